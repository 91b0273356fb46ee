"""EleutherAI lm-evaluation-harness 0.4 and later: results JSON, with the samples JSONL beside it.

Checked with 0.4.13 and files of 0.4.0 to 0.4.9. Upstream: EleutherAI/lm-evaluation-harness, lm_eval/loggers/evaluation_tracker.py,
lm_eval/result_schema.py, lm_eval/evaluator_utils.py.

One run for each task and filter; a group with scores of its own is a run too, its scores are aggregates, and it is the parent of
its tasks. The task's name is the benchmark; it settles the data set's configuration, which is kept in `raw`. "N/A", null, NaN and
infinities are no scores, and the metric "bypass" is none. A standard error's method is named where the task states how it sums a
metric up (mean: closed form; perplexity, F1, BLEU …: bootstrap) or, for a group, where the pooled formula gives the printed
number. Decoding without sampling is temperature 0. A limit counts only where it left documents out. `prompt_hash` says whether
the model's chat template was used, and holds the hash of a system instruction. The seed is PyTorch's. A number format of the
weights is a quantisation only where it is a reduced one, not "bfloat16" or "auto". Outcomes are read of metrics that are means
over documents; a document's key is its hash.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import object_at, text, unix_moment, without_secrets
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.lm_eval_samples import TaskSamples, blocks, is_samples, samples_beside, samples_of
from benchdb.ingest.logs.lm_eval_scores import Cell, aggregation_of, cells, group_n_items, group_score_of, score_of
from benchdb.ingest.logs.lm_eval_settings import HARNESS, RunSettings
from benchdb.ingest.records import BenchmarkRecord, ProtocolRecord, RunRecord, SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.records import ModelRecord, OutcomeBlock, ScoreRecord

_LIGHTEVAL = b'"config_general"'
"""Stands in lighteval's results, whose metrics may hold a comma too."""
_RESULTS = re.compile(rb'"results"\s*:\s*\{')
_CONFIGS = re.compile(rb'"configs"\s*:\s*\{')
_VALUE = re.compile(rb'"[^"\\\n]{1,200},[^"\\,\n]{1,100}"\s*:\s*(?:-?\d|"N/A"|NaN|-?Infinity|null)')
_TASK = re.compile(rb'"(?:doc_to_text|output_type|dataset_path)"\s*:')
_NOT_KEPT = frozenset({
    "results", "groups", "group_subtasks", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "samples",
    "task_hashes", "date", "lm_eval_version", "pretty_env_info", "chat_template", "start_time", "end_time", "model_name_sanitized",
})  # fmt: skip
_WANTED: Mapping[str, Wanted] = {"samples": Part.NOTHING, "*": Part.WHOLE}
"""A file written by a script of one's own may hold every document in it; outcomes are read of the files beside it."""


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file holds results of the harness.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    if not head.lstrip().startswith(b"{") or name.endswith(".jsonl") or _LIGHTEVAL in head:
        return False
    if _RESULTS.search(head) is not None and _VALUE.search(head) is not None:
        return True
    return _CONFIGS.search(head) is not None and _TASK.search(head) is not None


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of a results file: groups from the top down, then tasks.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the file lacks results, names no model, or holds text where a number belongs.
    """
    data = read_object(path, _WANTED)
    for name in ("results", "configs"):
        if not isinstance(data.get(name), dict):
            raise MalformedFileError.at(str(path), name, type(data.get(name)).__name__, "a JSON object")
    for name, row in data["results"].items():
        if not isinstance(row, dict):
            raise MalformedFileError.at(str(path), f"results.{name}", type(row).__name__, "a JSON object")
    settings = RunSettings(data)
    model = settings.model()
    if model is None:
        raise MalformedFileError.at(str(path), "config.model_args", "no model", "pretrained=NAME or the like")
    yield from _Results(path, settings, model).runs(options)


class _Results:
    """A results file on its way to runs."""

    def __init__(self, path: Path, settings: RunSettings, model: ModelRecord) -> None:
        self.path = path
        self.settings = settings
        self.model = model
        self.data = settings.data
        self.rows: dict[str, dict[str, Any]] = self.data["results"]
        self.children = {
            name: [child for child in children if isinstance(child, str)]
            for name, children in object_at(self.data, "group_subtasks").items()
            if isinstance(children, list) and children
        }
        self.parents = {group: children for group, children in self.children.items() if self._has_scores(group)}
        self.source = SourceRecord(
            kind=SourceKind.HARNESS_LOG, harness=HARNESS, harness_version=text(self.data.get("lm_eval_version"))
        )

        self.has_samples = bool(samples_beside(path))
        self.ran_at = unix_moment(self.data.get("date"))
        self.kept = _kept(settings)

    def runs(self, options: ReadOptions) -> Iterator[RunRecord]:
        cells_of = {name: cells(str(self.path), f"results.{name}", row) for name, row in self.rows.items()}
        is_group = {name for name in self.rows if name in self.children or name in object_at(self.data, "groups")}
        for name in self._top_down(is_group):
            yield from self._group_runs(name, cells_of[name])
        for name, found in cells_of.items():
            if name not in is_group:
                yield from self._task_runs(name, found, options)

    def _task_runs(self, task: str, found: Sequence[Cell], options: ReadOptions) -> Iterator[RunRecord]:
        config = self.settings.part(task, "configs")
        better = self.settings.part(task, "higher_is_better")
        samples = samples_of(self.path, task) if options.with_samples and self.has_samples else None
        n_items = self.settings.n_items(task)
        by_filter = _by_filter(found)
        rows = None if samples is None else TaskSamples(samples, frozenset(by_filter))
        for extraction, each in by_filter.items():
            scores = tuple(
                score_of(
                    cell,
                    f"results.{task}",
                    config,
                    n_items=n_items,
                    is_better=better.get(cell.metric),
                )
                for cell in each
            )
            outcomes = () if rows is None else _outcomes(rows, extraction, each, config)
            yield self._run(task, scores, self.settings.protocol(task, extraction), config, outcomes)

    def _group_runs(self, group: str, found: Sequence[Cell]) -> Iterator[RunRecord]:
        leaves = self._leaves(group, set())
        parts = [self.rows[leaf] for leaf in leaves]
        sizes = [self.settings.n_items(leaf) for leaf in leaves]
        better = self.settings.part(group, "higher_is_better")
        shared = self.settings.group_protocol(group, leaves)
        for extraction, each in _by_filter(found).items():
            scores = []
            for cell in each:
                score = group_score_of(cell, f"results.{group}", parts, sizes, better.get(cell.metric))
                stated = group_n_items(self.rows[group], cell.key)
                scores.append(score if stated is None else replace(score, n_items=stated))
            yield self._run(group, tuple(scores), ProtocolRecord(**shared | {"extraction": extraction}), {}, ())

    def _run(
        self,
        name: str,
        scores: tuple[ScoreRecord, ...],
        protocol: ProtocolRecord,
        config: Mapping[str, Any],
        outcomes: Iterable[OutcomeBlock],
    ) -> RunRecord:
        parent = next((group for group, children in self.parents.items() if name in children), None)
        own = {"task": config, "task_hash": self.settings.of_task(name, "task_hashes")}
        return RunRecord(
            source=self.source,
            model=self.model,
            benchmark=BenchmarkRecord(name=name, parent=parent, n_items=self.settings.n_documents(name)),
            protocol=protocol,
            ran_at=self.ran_at,
            raw={**self.kept, **{key: value for key, value in own.items() if value}},
            scores=scores,
            outcomes=outcomes,
        )

    def _has_scores(self, group: str) -> bool:
        return any("," in key for key in self.rows.get(group, {}))

    def _top_down(self, groups: set[str]) -> list[str]:
        """Return groups, each after the group that it is a part of."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in order or name not in groups:
                return
            order.append(name)
            for child in self.children.get(name, ()):
                visit(child)

        inner = {child for children in self.children.values() for child in children}
        for name in (*(name for name in self.rows if name not in inner), *self.rows):
            visit(name)
        return order

    def _leaves(self, group: str, seen: set[str]) -> list[str]:
        """Return the tasks of a group, through all levels."""
        leaves: list[str] = []
        for child in self.children.get(group, ()):
            if child in seen:
                continue
            seen.add(child)
            leaves += self._leaves(child, seen) if child in self.children else [child] if child in self.rows else []
        return leaves


def _by_filter(found: Sequence[Cell]) -> dict[str, list[Cell]]:
    by_filter: dict[str, list[Cell]] = {}
    for cell in found:
        by_filter.setdefault(cell.extraction, []).append(cell)
    return by_filter


def _outcomes(
    rows: TaskSamples, extraction: str, found: Sequence[Cell], config: Mapping[str, Any]
) -> Iterator[OutcomeBlock]:
    """Yield the outcomes of metrics whose mean over the documents is the score."""
    repeats = config.get("repeats")
    for cell in found:
        column = rows.column(extraction, cell.metric)
        if column is None:
            continue
        is_mean = aggregation_of(config, cell.metric) in {"mean", "nanmean"} or math.isclose(
            math.fsum(column.values) / len(column.values), cell.value, rel_tol=1e-9, abs_tol=1e-12
        )
        if is_mean:
            yield from blocks(cell.metric, column, repeats if isinstance(repeats, int) else None)


def _kept(settings: RunSettings) -> dict[str, object]:
    """Return what the file says of the run and no column holds, without passwords."""
    kept = {
        key: value for key, value in settings.data.items() if key not in _NOT_KEPT and value not in (None, "", "N/A")
    }
    kept["config"] = {**object_at(settings.data, "config"), "model_args": dict(settings.args)}
    return object_at({"kept": without_secrets(kept)}, "kept")


IMPORTER = Importer(
    name="lm-eval",
    version="1",
    sniff=sniff,
    read=read,
    priority=10,
    path_parts=1,
    companions=samples_beside,
    is_companion=is_samples,
)
