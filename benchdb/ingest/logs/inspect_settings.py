"""What the header of an Inspect log says about the model, the benchmark and the protocol."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import (
    collect,
    count,
    integer,
    moment,
    number,
    object_at,
    positive,
    text,
    without_secrets,
)
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from benchdb.ingest.logs.fields import Table

HARNESS = "inspect"
"""Name of the tool in sources and protocols."""
HOSTS = frozenset({
    "azureai", "bedrock", "cloudflare", "fireworks", "goodfire", "groq", "hf", "hf-inference-providers", "litellm",
    "llama-cpp-python", "nnterp", "ollama", "openrouter", "sagemaker", "sambanova", "sglang", "together", "transformer_lens", "vllm",
})  # fmt: skip
"""Providers that serve models of others: not a part of a model's name."""
SERVICES = frozenset({"azure", "bedrock", "vertex"})
"""Second parts of a model's name that say where a maker's model is served."""
NO_MODEL = "none/none"
"""Model of a log whose task calls models by role only."""
_BY_SERVICE = "openai-api"
_LONG = 80


def _version(value: object) -> str | None:
    return None if value == 0 else text(value)


def _tokens(value: object) -> str | None:
    found = positive(value)
    return None if found is None else f"{found} tokens"


def _if_true(value: object) -> str | None:
    return "4bit" if value is True else None


PROTOCOL: Table = {
    "temperature": (("gen.temperature", number),),
    "top_p": (("gen.top_p", number),),
    "max_tokens": (("gen.max_tokens", positive),),
    "samples_per_item": (("eval.config.epochs", positive),),
    "seed": (("gen.seed", integer),),
    "harness_version": (("eval.packages.inspect_ai", text),),
    "task_version": (("eval.task_version", _version), ("eval.task_attribs.version", text), ("eval.task_version", text)),
    "model_revision": (("eval.model_args.revision", text),),
    "quantisation": (("eval.model_args.quantization", text), ("eval.model_args.load_in_4bit", _if_true)),
    "reasoning_effort": (("gen.reasoning_effort", text), ("gen.effort", text), ("gen.reasoning_tokens", _tokens)),
}
"""Field of the protocol → places; `gen` are the settings of generation in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """What holds for every score of a log."""

    where: str
    """The file."""
    header: Mapping[str, Any]
    """Its header."""
    eval: dict[str, Any] = field(init=False)
    """The header's `eval`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "eval", object_at(self.header, "eval"))

    @property
    def epochs(self) -> int:
        """Attempts at each item; one where the log does not say, which is the tool's own default."""
        return positive(object_at(self.eval, "config").get("epochs")) or 1

    def model(self) -> tuple[ModelRecord, str | None]:
        """Return the model and the provider or service that ran it.

        Raises:
            MalformedFileError: If the log names no model, or several none of which is the one evaluated.
        """
        name = text(self.eval.get("model"))
        if name is None or name == NO_MODEL:
            name = self._only_model(name)
        provider, slash, rest = name.partition("/")
        if not slash:
            return ModelRecord(name=name), None
        service, _, tail = rest.partition("/")
        if provider == _BY_SERVICE and tail:
            return ModelRecord(name=tail), f"{provider}/{service}"
        if service in SERVICES and tail:
            return ModelRecord(name=f"{provider}/{tail}"), f"{provider}/{service}"
        return ModelRecord(name=rest if provider in HOSTS else name), provider

    def benchmark(self) -> BenchmarkRecord:
        """Return the benchmark: the task's name without the package it comes from.

        Raises:
            MalformedFileError: If the log names no task.
        """
        task = text(self.eval.get("task"))
        if task is None:
            raise MalformedFileError.at(self.where, "eval.task", repr(self.eval.get("task")), "the name of a task")
        there, used = positive(object_at(self.eval, "dataset").get("samples")), self.n_items()
        is_whole = there is not None and (used is None or used <= there)
        return BenchmarkRecord(name=task.rpartition("/")[2], n_items=there if is_whole else None)

    def protocol(self, engine: str | None, n_scored: int | None, extraction: str) -> ProtocolRecord:
        """Return the settings.

        Args:
            engine: Provider or service.
            n_scored: Items scored, which limit an evaluation that did not succeed.
            extraction: The scorer.
        """
        gen = {
            **_set(object_at(self.eval, "model_generate_config")),
            **_set(object_at(self.header, "plan.config")),
        }
        found = collect({"eval": self.eval, "gen": gen}, PROTOCOL)
        solver = text(self.eval.get("solver"))
        return ProtocolRecord(
            **{**found, "samples_per_item": self.epochs},
            harness=HARNESS,
            harness_task=_with_args(str(self.eval.get("task")), object_at(self.eval, "task_args")),
            scaffold=None
            if solver in {None, "generate"}
            else _with_args(str(solver), object_at(self.eval, "solver_args")),
            extraction=extraction,
            engine=engine,
            item_limit=self._limit(n_scored),
        )

    def n_items(self) -> int | None:
        """Return the number of items evaluated, or None where the log does not say."""
        total = count(object_at(self.header, "results").get("total_samples"))
        if total:
            return -(-total // self.epochs)
        keys = object_at(self.eval, "dataset").get("sample_ids")
        return len(keys) if isinstance(keys, list) and keys else None

    def ran_at(self) -> datetime | None:
        """Return when the evaluation started, or None where the log does not say or names no time zone."""
        return moment(object_at(self.header, "stats").get("started_at")) or moment(self.eval.get("created"))

    def label(self) -> str | None:
        """Return the tool's own identifier of the evaluation."""
        return text(self.eval.get("eval_id")) or text(self.eval.get("run_id"))

    def grader(self, scorer: str, params: Mapping[str, Any]) -> str | None:
        """Return the model that a scorer asks, or None.

        Args:
            scorer: The scorer.
            params: Its parameters.
        """
        candidates = [params.get(name) for name in ("model", "grader_model", "grader")]
        if scorer.startswith("model_graded"):
            candidates.append(object_at(self.eval, "model_roles").get("grader"))
        for candidate in candidates:
            found = text(candidate.get("model") if isinstance(candidate, dict) else candidate)
            if found is not None:
                return found
        return None

    def _limit(self, n_scored: int | None) -> float | None:
        """Return the number of items used where it is not the whole data set."""
        if self.header.get("status") != "success":
            return float(n_scored) if n_scored else None
        there, used = positive(object_at(self.eval, "dataset").get("samples")), self.n_items()
        return float(used) if there is not None and used is not None and used < there else None

    def _only_model(self, name: str | None) -> str:
        roles = [role for role in object_at(self.eval, "model_roles").values() if isinstance(role, dict)]
        found = {
            *object_at(self.header, "stats.model_usage"),
            *filter(None, (text(role.get("model")) for role in roles)),
        }
        found.discard(NO_MODEL)
        if len(found) != 1:
            expected = "the model evaluated" if not found else f"one model, not {', '.join(sorted(found))}"
            raise MalformedFileError.at(self.where, "eval.model", repr(name), expected)
        return found.pop()


def _set(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if value is not None}


def _with_args(name: str, args: Mapping[str, Any]) -> str:
    """Return a name with its arguments, which make two uses of it different; folders of a machine and long texts do not fit there."""
    parts = [
        f"{key}={_short(value)}"
        for key, value in sorted(object_at({"args": without_secrets(args)}, "args").items())
        if not _is_left_out(value)
    ]
    return f"{name}({', '.join(parts)})" if parts else name


def _is_left_out(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.startswith(("/", "~")))


def _short(value: object) -> str:
    found = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return (
        found
        if len(found) <= _LONG
        else "#" + hashlib.blake2b(found.encode("utf-8", "replace"), digest_size=6).hexdigest()
    )
