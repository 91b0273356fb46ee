"""EvalScope: reports in JSON, versions 1 and 2, with the task's configuration and the reviews of the items beside them.

Checked with runs of 1.14.1 and reports of 1.x. Upstream: modelscope/evalscope, evalscope/report/report.py,
evalscope/api/metric/semantics.py.

One run for the whole data set and, where it has several subsets, one for each, and one for each of several categories; means over
subsets are aggregates. A single subset called "default" or "main" is the whole, any other single one is that subset. The score is the
mean over items; `macro_score`, the mean over subsets, is read with `--metrics all` as "macro …". Version 1 writes the aggregation into
the name ("mean_acc" is acc); version 2 apart from it: pass_at_k with its k is pass@k, pass_hat_k pass^k, vote_at_k vote@k, another
aggregation than the mean stands before the name. Its dimensions are a part of the name, too: "bleu-2", "rouge-l recall", "f1
[scope=overall]". Scores are fractions with four decimals where version 2 says so or the name is that of an accuracy; the direction is
what version 2 says. Every metric counts the same items. Shots, limit, split and generation settings come from
`configs/task_config.yaml`, where the data set's own arguments or its resolved settings have them; a limit counts where a subset
reached it. Reviews become outcomes of the whole where they add up to the score, their ids are row numbers of the tool ("evalscope/3")
and repeats are attempts. NaN and null are no scores; times are only in names of folders, which become labels. `report.html` repeats
the reports and is not read. Seconds, tokens and rates of the requests come with `--metrics all`, as means, beside the whole's scores.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.evalscope_files import (
    blocks,
    files_beside,
    review_named,
    reviews_of,
    task_config,
    work_folder,
)
from benchdb.ingest.logs.evalscope_metrics import (
    Metric,
    Part,
    metric_of,
    objects_in,
    parts_of,
    performance_of,
    subsets_of,
)
from benchdb.ingest.logs.fields import collect, count, integer, number, object_at, positive, text
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchdb.ingest.logs.fields import Table
    from benchdb.ingest.records import OutcomeBlock

HARNESS = "evalscope"
"""Name of the tool in sources and protocols."""
_SEEN = tuple(re.compile(rb'"%s"\s*:' % name) for name in (b"dataset_name", b"model_name", b"metrics"))
_VERSIONS = re.compile(rb'"(?:categories|primary_metric_identity|report_list)"\s*:')
_STAMP = re.compile(r"\d{8}_\d{6}")
_DECIMALS = 4
_PROTOCOL: Table = {
    "split": (("dataset.eval_split", text), ("resolved.eval_split", text)),
    "n_shot": (("dataset.few_shot_num", count), ("resolved.few_shot_num", count)),
    "dataset_revision": (("resolved.dataset_revision", text),),
    "temperature": (("task.generation_config.temperature", number),),
    "top_p": (("task.generation_config.top_p", number),),
    "max_tokens": (("task.generation_config.max_tokens", positive),),
    "samples_per_item": (("task.repeats", positive), ("task.generation_config.n", positive)),
    "seed": (("task.generation_config.seed", integer), ("task.seed", integer)),
    "harness_version": (("task.evalscope_version", text),),
    "reasoning_effort": (("task.generation_config.reasoning_effort", text),),
    "quantisation": (("task.model_args.quantization", text),),
    "model_revision": (("task.model_args.revision", text),),
    "engine": (("task.eval_type", text),),
}


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is a report.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    return (
        head.lstrip().startswith(b"{")
        and not name.endswith(".jsonl")
        and all(each.search(head) for each in _SEEN)
        and _VERSIONS.search(head) is not None
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each data set, category and subset of a report.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it names no model or data set, has no metric, or holds text where a number belongs.
    """
    data = read_object(path)
    listed = data.get("report_list")
    reports = (
        [(f"report_list[{i}].", each) for i, each in enumerate(listed)] if isinstance(listed, list) else [("", data)]
    )
    is_empty = True
    for place, report in reports:
        if not isinstance(report, dict):
            raise MalformedFileError.at(str(path), place.rstrip("."), type(report).__name__, "a report")
        for run in _Report(path, place, report).runs(options):
            is_empty = False
            yield run
    if is_empty:
        raise MalformedFileError.at(str(path), "metrics", "none with a score", "at least one")


class _Report:
    """A report on its way to runs."""

    def __init__(self, path: Path, place: str, report: dict[str, Any]) -> None:
        self.path = path
        self.place = place
        self.report = report
        self.model = self._name("model_name")
        self.dataset = self._name("dataset_name")
        self.config = task_config(path)
        work = work_folder(path)
        self.metrics = [
            metric_of(tree, str(path), f"{place}metrics[{index}]")
            for index, tree in enumerate(objects_in(report, "metrics", str(path), place.rstrip(".")))
        ]
        self.label = work.name if work is not None and _STAMP.fullmatch(work.name) else None

    def runs(self, options: ReadOptions) -> Iterator[RunRecord]:
        scores: dict[str, list[ScoreRecord]] = {}
        sizes: list[int] = []
        for metric in self.metrics:
            for part in parts_of(metric):
                score = self._score(metric, part)
                if score is None:
                    continue
                scores.setdefault(part.subset, []).append(score)
                sizes += [score.n_items] if score.n_items and not part.is_aggregate else []
                if (
                    options.all_metrics
                    and part.is_aggregate
                    and (macro := number(part.tree.get("macro_score"))) is not None
                ):
                    macro_score = replace(
                        score, metric=f"macro {score.metric}", value=macro, place=f"{part.place}.macro_score"
                    )
                    scores[part.subset].append(macro_score)
        protocol = self._protocol(max(sizes, default=None))
        if options.all_metrics and scores:
            next(iter(scores.values())).extend(performance_of(self.report, self.place))
        for index, (subset, found) in enumerate(scores.items()):
            outcomes = tuple(self._outcomes(found)) if options.with_samples and index == 0 else ()
            yield RunRecord(
                source=SourceRecord(
                    kind=SourceKind.HARNESS_LOG, harness=HARNESS, harness_version=protocol.harness_version
                ),
                model=ModelRecord(name=self.model),
                benchmark=BenchmarkRecord(name=self.dataset),
                protocol=protocol,
                subset=subset,
                label=self.label,
                raw=self._raw(),
                scores=tuple(found),
                outcomes=outcomes,
            )

    def _score(self, metric: Metric, part: Part) -> ScoreRecord | None:
        written = part.tree.get("score")
        if isinstance(written, str | bool):
            raise MalformedFileError.at(str(self.path), f"{part.place}.score", repr(written), "a number")
        value = number(written)
        if value is None:
            return None
        return ScoreRecord(
            metric=metric.name,
            value=value,
            unit=metric.unit,
            decimals=_DECIMALS if round(value, _DECIMALS) == value else None,
            is_aggregate=part.is_aggregate,
            n_items=self._n_items(metric, part),
            higher_is_better=metric.is_better,
            k=metric.k,
            place=f"{part.place}.score",
        )

    def _n_items(self, metric: Metric, part: Part) -> int | None:
        """Return the items: version 2 counts attempts for a mean and items for pass@k, version 1 does not say which."""
        repeats = positive(self.config.get("repeats")) or 1
        counted = positive(part.tree.get("num"))
        if repeats == 1 or counted is None or metric.k is not None:
            return counted
        return counted // repeats if "identity" in metric.tree and counted % repeats == 0 else None

    def _outcomes(self, found: Sequence[ScoreRecord]) -> Iterator[OutcomeBlock]:
        """Yield the outcomes of the first run, which stands for the whole or for the only subset."""
        metrics, names = self.metrics, self._subset_names()
        reviews = {name: reviews_of(self.path, self.dataset, name) for name in names}
        values = {score.metric: score.value for score in found}
        for metric in metrics:
            of_each = [
                (name, review_named(each, metric.review, is_only=len(metrics) == 1)) for name, each in reviews.items()
            ]
            parts = [(name, review) for name, review in of_each if review is not None]
            if metric.name in values and len(parts) == len(of_each) and metric.k is None:
                yield from blocks(metric.name, parts, values[metric.name])

    def _protocol(self, largest: int | None) -> ProtocolRecord:
        dataset = object_at(self.config, "dataset_args").get(self.dataset)
        resolved = object_at(self.config, "resolved_benchmarks").get(self.dataset)
        found = collect({"task": self.config, "dataset": dataset, "resolved": resolved}, _PROTOCOL)
        limit = number(object_at({"dataset": dataset}, "dataset").get("limit")) or number(self.config.get("limit"))
        is_reached = limit is not None and (limit < 1 or largest is None or largest >= limit)
        return ProtocolRecord(
            **found, harness=HARNESS, harness_task=self.dataset, item_limit=limit if is_reached else None
        )

    def _name(self, key: str) -> str:
        found = text(self.report.get(key))
        if found is None:
            raise MalformedFileError.at(str(self.path), f"{self.place}{key}", "nothing", "a name")
        return found

    def _subset_names(self) -> list[str]:
        return [text(each.get("name")) or "" for metric in self.metrics[:1] for _, each in subsets_of(metric)]

    def _raw(self) -> dict[str, object]:
        perf = object_at(self.report, "perf_metrics.summary")
        generation = object_at(self.config, "generation_config")
        raw = {
            "schema_version": self.report.get("schema_version"), "subsets": self._subset_names(), "perf_metrics": perf,
            "generation_config": generation, "execution_summary": self.report.get("execution_summary"),
            "evaluation_identity": object_at(self.config, "evaluation_identity.benchmarks").get(self.dataset),
        }  # fmt: skip
        return {key: value for key, value in raw.items() if value}


def _is_companion(head: bytes, name: str) -> bool:
    if name.endswith(".jsonl"):
        return head.startswith(b'{"index"') and (
            b'"sample_score"' in head or b'"model_output"' in head or b'"messages"' in head
        )
    if name == "report.html":
        return b"evalscope" in head
    return name.startswith("task_config") and name.endswith(".yaml") and b"\ndataset_args:" in head


IMPORTER = Importer(
    name="evalscope",
    version="3",
    sniff=sniff,
    read=read,
    priority=10,
    path_parts=4,
    companions=files_beside,
    is_companion=_is_companion,
)
