"""Hugging Face lighteval: results JSON, with the details Parquet of the same run.

Checked with a run of 0.13.0, files of 0.12 and 0.13 and the key forms of 2023 to 2025. Upstream: huggingface/lighteval,
src/lighteval/logging/evaluation_tracker.py, info_loggers.py, metrics/utils/stderr.py.

One run for each key of the results. The task without its suite is the benchmark ("mmlu:anatomy", a part of "mmlu"), since the
catalogue knows such parts as benchmarks; "task:_average" is an aggregate of the task, and "all", which mixes metrics of unrelated
tasks, is read with `--metrics all` only. Shots come from the key. "pass@k:k=1&n=16" and "codegen_pass@1:16" are pass@1 of 16
samples. A standard error has the method "sample" where the metric is summed up by a mean, and "mean of stderrs" for an aggregate
whose printed error is the plain mean of its parts' errors, else none: that of a corpus metric is the spread of its resamples over
the root of their number, which is no bootstrap error. The clock in `start_time` is not a date and the time in the file's name has no
zone, so that it is the label. NaN, null and infinities are no scores; counts of -1 are unknown, and the rows of the details count the
items then. The tool's version is not in the file; a `lighteval_sha` other than "?" stands for it. Item ids are row numbers of the
tool ("lighteval/7").
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import collect, integer, number, object_at, positive, text, without_secrets
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.lighteval_tasks import (
    ALL,
    Details,
    TaskKey,
    blocks,
    details_beside,
    details_of,
    parse_key,
    parse_metric,
    stamp_of,
    unit_of,
)
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import SourceKind, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchdb.ingest.logs.fields import Table
    from benchdb.ingest.records import OutcomeBlock

HARNESS = "lighteval"
"""Name of the tool in sources and protocols."""
_STDERR = "_stderr"
_SEEN = (re.compile(rb'"config_general"\s*:\s*\{'), re.compile(rb'"results"\s*:\s*\{'))
_REDUCED = ("int", "4bit", "8bit", "fp8", "float8", "nf4", "gptq", "awq")


def _sha(value: object) -> str | None:
    found = text(value)
    return None if found in {"?", "no_sha"} else found


def _reduced(value: object) -> str | None:
    found = text(value) or ""
    return found if any(mark in found.lower() for mark in _REDUCED) else None


def _splits(value: object) -> str | None:
    return "+".join(map(str, value)) or None if isinstance(value, list) else text(value)


def _one(value: object) -> int | None:
    return positive(value[0]) if isinstance(value, list) and len(value) == 1 else positive(value)


_PROTOCOL: Table = {
    "split": (("task.evaluation_splits", _splits),),
    "temperature": (("model.generation_parameters.temperature", number),),
    "top_p": (("model.generation_parameters.top_p", number),),
    "max_tokens": (("model.generation_parameters.max_new_tokens", positive),),
    "samples_per_item": (("task.num_samples", _one),),
    "seed": (("model.generation_parameters.seed", integer), ("model.seed", integer)),
    "harness_version": (("general.lighteval_sha", _sha),),
    "task_version": (("version", text), ("task.version", text)),
    "dataset_revision": (("task.hf_revision", text),),
    "model_revision": (("model.revision", text), ("general.model_sha", text)),
    "quantisation": (("model.quantization", text), ("model.dtype", _reduced), ("general.model_dtype", _reduced)),
}


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file holds results of lighteval.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    return head.lstrip().startswith(b"{") and not name.endswith(".jsonl") and all(each.search(head) for each in _SEEN)


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each task and mean over tasks of a results file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it lacks results, names no model, or holds text where a number belongs.
    """
    data = read_object(path)
    rows = data.get("results")
    if not isinstance(rows, dict):
        raise MalformedFileError.at(str(path), "results", type(rows).__name__, "a JSON object")
    for key, row in rows.items():
        if not isinstance(row, dict):
            raise MalformedFileError.at(str(path), f'results["{key}"]', type(row).__name__, "a JSON object")
    yield from _Results(path, data, rows).runs(options)


class _Results:
    """A results file on its way to runs."""

    def __init__(self, path: Path, data: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
        self.path = path
        self.data = data
        self.rows = rows
        self.general = object_at(data, "config_general")
        self.config = object_at(self.general, "model_config")
        name = text(self.general.get("model_name")) or text(self.config.get("model_name"))
        if name is None:
            raise MalformedFileError.at(str(path), "config_general.model_name", "no model", "the name of one")
        self.model = ModelRecord(name=name)
        sha = _sha(self.general.get("lighteval_sha"))
        self.source = SourceRecord(kind=SourceKind.HARNESS_LOG, harness=HARNESS, harness_version=sha)

    def runs(self, options: ReadOptions) -> Iterator[RunRecord]:
        for key, row in self.rows.items():
            named = parse_key(key)
            if key == ALL and not options.all_metrics:
                continue
            task = self._task(key)
            details = details_of(self.path, key)
            read_details = None if details is None else Details(details)
            n_items = positive(task.get("effective_num_docs")) or (read_details.n_rows if read_details else None)
            scores = tuple(self._scores(key, row, named, task, n_items))
            if not scores:
                continue
            yield RunRecord(
                source=self.source,
                model=self.model,
                benchmark=BenchmarkRecord(
                    name=f"{HARNESS} {ALL}" if key == ALL else named.task,
                    parent=named.parent,
                    n_items=positive(task.get("original_num_docs")),
                ),
                protocol=self._protocol(key, named, task, n_items),
                label=stamp_of(self.path),
                raw=self._raw(key, task),
                scores=scores,
                outcomes=self._outcomes(read_details, row, task) if read_details and options.with_samples else (),
            )

    def _scores(
        self, key: str, row: Mapping[str, Any], named: TaskKey, task: Mapping[str, Any], n_items: int | None
    ) -> Iterator[ScoreRecord]:
        for written, value in row.items():
            place = f'results["{key}"]["{written}"]'
            if written.endswith(_STDERR) and written.removesuffix(_STDERR) in row:
                continue
            if isinstance(value, str | bool):
                raise MalformedFileError.at(str(self.path), place, repr(value), "a number")
            found = number(value)
            if found is None:
                continue
            metric = parse_metric(written)
            stderr = number(row.get(f"{written}{_STDERR}"))
            definition = _definition(task, written)
            better = definition.get("higher_is_better")
            better = better.get(written) if isinstance(better, dict) else better
            yield ScoreRecord(
                metric=metric.name,
                value=found,
                unit=unit_of(metric.name),
                is_aggregate=named.is_aggregate,
                stderr=stderr,
                stderr_method=None if stderr is None else self._method(key, written, stderr, definition),
                n_items=None if named.is_aggregate else n_items,
                samples_per_item=metric.n_samples,
                higher_is_better=better if isinstance(better, bool) else None,
                k=metric.k,
                place=place,
            )

    def _method(self, key: str, written: str, stderr: float, definition: Mapping[str, Any]) -> StderrMethod | None:
        named = parse_key(key)
        if not named.is_aggregate:
            return StderrMethod.SAMPLE if definition.get("corpus_level_fn") == "mean" else None
        parts = [
            row.get(f"{written}{_STDERR}")
            for other, row in self.rows.items()
            if not (inner := parse_key(other)).is_aggregate and key in {ALL, other} | _average_keys(other, inner)
        ]
        errors = [error for part in parts if (error := number(part)) is not None]
        is_mean = errors and math.isclose(math.fsum(errors) / len(errors), stderr, rel_tol=1e-9, abs_tol=1e-15)
        return StderrMethod.MEAN_OF_STDERRS if is_mean else None

    def _task(self, key: str) -> dict[str, Any]:
        """Return the configuration of a task, under its key with or without the shots."""
        tasks = object_at(self.data, "config_tasks")
        shorter = [key.rsplit("|", cut)[0] for cut in range(3)]
        found: Mapping[str, Any] = next((tasks[name] for name in shorter if isinstance(tasks.get(name), dict)), {})
        return dict(found)

    def _protocol(self, key: str, named: TaskKey, task: Mapping[str, Any], n_items: int | None) -> ProtocolRecord:
        tree = {
            "task": task, "model": self.config, "general": self.general, "version": object_at(self.data, "versions").get(key),
        }  # fmt: skip
        limit = number(self.general.get("max_samples"))
        original = positive(task.get("original_num_docs"))
        is_whole = limit is None or (n_items is not None and n_items == original)
        return replace(
            ProtocolRecord(**collect(tree, _PROTOCOL)),
            n_shot=named.n_shot,
            harness=HARNESS,
            harness_task="|".join(part for part in (named.suite, named.task) if part) if key != ALL else None,
            item_limit=None if is_whole else limit,
        )

    def _outcomes(self, details: Details, row: Mapping[str, Any], task: Mapping[str, Any]) -> Iterator[OutcomeBlock]:
        keys, columns = details.columns()
        for written, column in columns.items():
            value = number(row.get(written))
            if value is not None and not isinstance(row.get(written), str):
                is_mean = _definition(task, written).get("corpus_level_fn") == "mean"
                yield from blocks(parse_metric(written), keys, column, value=value, is_mean=is_mean)

    def _raw(self, key: str, task: Mapping[str, Any]) -> dict[str, object]:
        hashes = object_at(self.data, "summary_tasks").get(key)
        kept = {"config_general": self.general, "task": dict(task), "summary": hashes}
        return object_at({"kept": without_secrets({name: value for name, value in kept.items() if value})}, "kept")


def _average_keys(key: str, named: TaskKey) -> set[str]:
    """Return the keys under which the mean over the parts of this one's task can stand."""
    return {key.replace(named.task, f"{named.parent}:_average")} if named.parent else set()


def _definition(task: Mapping[str, Any], written: str) -> dict[str, Any]:
    """Return how a task defines a metric; older files list names alone."""
    listed: Sequence[Any] = next((task[name] for name in ("metrics", "metric") if isinstance(task.get(name), list)), [])
    for entry in listed:
        if isinstance(entry, dict):
            name = entry.get("metric_name")
            if name == written or (isinstance(name, list) and written in name):
                return entry
    return {}


def _is_details(head: bytes, name: str) -> bool:
    return head.startswith(b"PAR1") and name.startswith("details_") and name.endswith(".parquet")


IMPORTER = Importer(
    name="lighteval",
    version="1",
    sniff=sniff,
    read=read,
    priority=10,
    path_parts=1,
    companions=details_beside,
    is_companion=_is_details,
)
