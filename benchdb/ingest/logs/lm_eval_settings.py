"""What a results file of lm-evaluation-harness says about the model and the protocol of a task."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from benchdb.ingest.logs.fields import at, collect, count, integer, number, object_at, positive, text
from benchdb.ingest.records import ModelRecord, ProtocolRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.ingest.logs.fields import Converter, Table

HARNESS = "lm-eval"
"""Name of the tool in sources and protocols."""
MODEL_KEYS = ("peft", "delta", "pretrained", "model", "path", "engine")
"""Model arguments that name a model, in the order in which the tool itself looks for them."""
_REDUCED = ("int", "4bit", "8bit", "fp8", "float8", "fp4", "nf4", "gptq", "awq")
_DEFAULT_REVISIONS = frozenset({"main", "master"})


def _named(value: object) -> str | None:
    found = text(value)
    return None if found in _DEFAULT_REVISIONS else found


def _greedy(value: object) -> float | None:
    return 0.0 if value is False else None


def _reduced(value: object) -> str | None:
    found = (text(value) or "").removeprefix("torch.")
    return found if any(mark in found.lower() for mark in _REDUCED) else None


def _if_true(word: str) -> Converter:
    def convert(value: object) -> str | None:
        return word if value is True or str(value).lower() == "true" else None

    return convert


def _given(word: str) -> Converter:
    def convert(value: object) -> str | None:
        return None if value is False or str(value).lower() in {"false", "none", ""} else word

    return convert


def _thinking(value: object) -> str | None:
    return {"true": "thinking", "false": "no thinking"}.get(str(value).lower())


OF_TASK: Table = {
    "split": (("task.test_split", text), ("task.validation_split", text), ("task.training_split", text)),
    "n_shot": (("n_shot", count), ("task.num_fewshot", count)),
    "temperature": (("gen.do_sample", _greedy), ("gen.temperature", number)),
    "top_p": (("gen.top_p", number),),
    "max_tokens": tuple((f"gen.{name}", positive) for name in ("max_gen_toks", "max_new_tokens", "max_tokens")),
    "samples_per_item": (("task.repeats", positive),),
    "seed": (("gen.seed", integer),),
    "task_version": (("version", text),),
    "dataset_revision": (("task.dataset_kwargs.revision", text),),
    "reasoning_effort": (("gen.reasoning_effort", text),),
}
"""Field of the protocol → places that say something of one task; `task` is its configuration, `gen` its generation settings."""
OF_RUN: Table = {
    "seed": (("args.seed", count), ("config.torch_seed", integer)),
    "harness_version": (("run.lm_eval_version", text),),
    "model_revision": (
        ("args.revision", _named),
        ("config.model_revision", _named),
        ("config.model_sha", text),
        ("args.revision", text),
        ("config.model_revision", text),
    ),
    "quantisation": (
        ("args.load_in_4bit", _if_true("4bit")),
        ("args.load_in_8bit", _if_true("8bit")),
        ("args.gptqmodel", _given("gptq")),
        ("args.autogptq", _given("gptq")),
        ("args.quantization", text),
        ("args.dtype", _reduced),
        ("config.model_dtype", _reduced),
    ),
    "reasoning_effort": (("args.reasoning_effort", text), ("args.enable_thinking", _thinking)),
    "engine": (("config.model", text),),
}
"""Field of the protocol → places that hold for all tasks, where a task says nothing of its own."""
_OF_EITHER = tuple(OF_TASK.keys() & OF_RUN.keys())


class RunSettings:
    """What holds for every task of a results file.

    Args:
        data: The file's object.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        """The file."""
        args = at(data, "config.model_args")
        self.args: Mapping[str, object] = args if isinstance(args, dict) else _split_args(args)
        """Arguments of the model, taken apart."""
        self._of_tasks: dict[str, dict[str, Any]] = {}

    def model(self) -> ModelRecord | None:
        """Return the model, or None where the file names none.

        The tracker's own `model_name` comes last: without a name among the arguments it is made up at random.
        """
        names = [self.args.get(key) for key in MODEL_KEYS]
        config = object_at(self.data, "config")
        model_name = None if self.data.get("config") else self.data.get("model_name")
        name = next((found for found in map(text, (*names, config.get("model"), model_name)) if found), None)
        if name is None:
            return None
        size = positive(config.get("model_num_parameters"))
        return ModelRecord(name=name, n_parameters=None if self._of_run["quantisation"] else size)

    def protocol(self, task: str, extraction: str | None = None) -> ProtocolRecord:
        """Return the settings of a task.

        Args:
            task: Its name.
            extraction: The filter, where one is meant.
        """
        return ProtocolRecord(**(self._protocol(task) | {"extraction": extraction}))

    def group_protocol(self, group: str, leaves: Sequence[str]) -> dict[str, Any]:
        """Return the settings that all tasks of a group share, by name; where they differ, None.

        Args:
            group: Its name.
            leaves: Its tasks, through all levels.
        """
        first, *others = [self._protocol(task) for task in leaves] or [self._protocol(group)]
        shared = dict(first)
        for other in others:
            for name, value in other.items():
                if value != first[name]:
                    shared[name] = None
        limit = next((each["item_limit"] for each in (first, *others) if each["item_limit"] is not None), None)
        return shared | {
            "harness_task": group,
            "task_version": text(object_at(self.data, "versions").get(group)),
            "item_limit": limit,
        }

    @cached_property
    def _of_run(self) -> dict[str, Any]:
        return collect({"run": self.data, "config": self.data.get("config"), "args": self.args}, OF_RUN)

    def _protocol(self, task: str) -> dict[str, Any]:
        """Return the settings of a task by name, without the filter."""
        known = self._of_tasks.get(task)
        if known is not None:
            return known
        config = self.part(task, "configs")
        tree = {
            "task": config,
            "gen": config.get("generation_kwargs"),
            "n_shot": self.of_task(task, "n-shot"),
            "version": self.of_task(task, "versions"),
        }
        own = collect(tree, OF_TASK)
        found = self._of_tasks[task] = {
            **own,
            **self._of_run,
            **{name: own[name] for name in _OF_EITHER if own[name] is not None},
            "prompt_hash": self._prompt,
            "harness": HARNESS,
            "harness_task": task or None,
            "item_limit": self._limit(task),
        }
        return found

    def n_items(self, task: str) -> int | None:
        """Return how many documents of a task were used, or None where the file does not say.

        Args:
            task: Its name.
        """
        return positive(self.part(task, "n-samples").get("effective")) or positive(
            self.part(task, "results").get("sample_len")
        )

    def n_documents(self, task: str) -> int | None:
        """Return how many documents a task has, or None where the file does not say.

        Args:
            task: Its name.
        """
        return positive(self.part(task, "n-samples").get("original"))

    def part(self, task: str, name: str) -> Mapping[str, Any]:
        """Return the object that a part of the file holds for a task or group; an empty one where it holds none.

        Args:
            task: Its name.
            name: The part: "configs", "n-samples", "results" …
        """
        found = self.of_task(task, name)
        return found if isinstance(found, dict) else {}

    def of_task(self, task: str, name: str) -> object:
        """Return what a part of the file holds for a task or group, or None.

        Args:
            task: Its name.
            name: The part: "versions", "n-shot" …
        """
        part = self.data.get(name)
        return part.get(task) if isinstance(part, dict) else None

    @cached_property
    def _prompt(self) -> str | None:
        """What sets the prompt apart: whether the model's own chat template was used, and the system instruction."""
        parts = (
            "chat-template" if self.data.get("chat_template_sha") or self.data.get("chat_template") else None,
            "multiturn" if self.data.get("fewshot_as_multiturn") is True else None,
            text(self.data.get("system_instruction_sha")),
        )
        return "+".join(part for part in parts if part) or None

    def _limit(self, task: str) -> float | None:
        """Return the limit where it left documents out."""
        limit = number(at(self.data, "config.limit"))
        used, there = self.n_items(task), self.n_documents(task)
        if used is None or there is None:
            return limit or None
        return None if used >= there else limit or float(used)


def _split_args(args: object) -> dict[str, object]:
    """Return the parts of "pretrained=a/b,dtype=auto"; a comma inside a value ends it, as it does in the tool."""
    pairs = (part.partition("=") for part in args.split(",")) if isinstance(args, str) else ()
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}
