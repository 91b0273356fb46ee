"""MTEB: results of one task in a tree of models and revisions, current and legacy, with the JSON of facts and settings beside.

Checked with a run of 2.26.24 and files of 1.2 to 2.18. Upstream: embeddings-benchmark/mteb, mteb/results/task_result.py,
mteb/cache/result_cache.py; the tree is that of embeddings-benchmark/results.

One run for each split and subset; the subset "default" is the whole. The model is what `model_meta.json` says, else the folder
"org__model", else `--map model==NAME`; the revision is the next folder, none where it says so ("no_revision_available"), and
"external" marks numbers from model cards. An experiment's setting is a variant unless it is empty. By default `main_score` is read,
which is a property of the task; with `--metrics all` every other number too. Files from before 1.11 have no main score: what can
be one (cosine Spearman and average precision, nDCG@10, accuracy, F1, MAP, V-measure) is read under its own name, the nested
`cos_sim.spearman` as "cos_sim_spearman". Scores are fractions, later ones rounded to six decimals, or five in retrieval; NaN and
null are none. Experiments with other training samples count as attempts at each item, their values stay in the file. Versions of
the tool stand in the row or in the file, and may be a range; `run_settings.jsonl` names those of its libraries and the encoder's
arguments, which are kept in `raw`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import number, text, unix_moment
from benchdb.ingest.logs.json_files import read_object
from benchdb.ingest.logs.mteb_files import (
    EXTERNAL,
    META,
    NO_REVISION,
    SETTINGS,
    legacy_rows,
    model_of,
    place_of,
    rows_of,
    setting_of,
    settings_of,
)
from benchdb.ingest.logs.stated import constant
from benchdb.ingest.records import BenchmarkRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HARNESS = "mteb"
"""Name of the tool in sources and protocols."""
SPEED = frozenset({"CPUSpeedTask", "GPUSpeedTask"})
"""Tasks whose numbers are words a second on some machine."""
MAIN = "main_score"
LEGACY_MAIN = frozenset({
    MAIN, "cos_sim_spearman", "cos_sim_ap", "max_ap", "ndcg_at_10", "accuracy", "f1", "map", "v_measure",
})  # fmt: skip
"""Metrics of old files that are the main one of some kind of task."""
_NOT_METRICS = frozenset(
    {"hf_subset", "languages", "evaluation_time", "mteb_version", "scores_per_experiment", "kg_co2_emissions"}
)
_FRACTION = re.compile(
    r"main_score|(?:ndcg|map|mrr|recall|precision|hit_rate|mrr|cv_recall|accuracy|f1|ap|v_measure)(?:_.*)?|"
    r"(?:.*_)?(?:pearson|spearman|ap|f1|accuracy|precision|recall|ap_weighted|f1_weighted)"
)
_CURRENT = (re.compile(rb'"scores"\s*:\s*\{'), re.compile(rb'"(?:dataset_revision|mteb_version)"\s*:'))
_TASK = re.compile(rb'"task_name"\s*:')
_ROW = (re.compile(rb'"hf_subset"\s*:'), re.compile(rb'"main_score"\s*:'))
"""Stand in every row of scores: of a file of many subsets the head does not reach the task's name, which may come last."""
_LEGACY = re.compile(rb'"mteb_dataset_name"\s*:')
_SCALES = {places: 10.0**places for places in (5, 6)}
_MOST_ROUNDED = 1e6
"""Below it a whole number of millionths has at most twelve digits, so that dividing it gives the number nearest to the decimal."""
_KEPT_FACTS = (
    "n_embedding_parameters",
    "embed_dim",
    "max_tokens",
    "similarity_fn_name",
    "adapted_from",
    "memory_usage_mb",
)


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file holds results of a task.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    if not head.lstrip().startswith(b"{") or name.endswith(".jsonl"):
        return False
    if _LEGACY.search(head) is not None:
        return True
    return all(each.search(head) for each in _CURRENT) and (
        _TASK.search(head) is not None or all(each.search(head) for each in _ROW)
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield a run for each split and subset of a task.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If nothing names the model, or the file names no task or holds text where a number belongs.
    """
    results = _Results(path, read_object(path), options)
    is_empty = True
    for run in results.runs():
        is_empty = False
        yield run
    if is_empty:
        raise MalformedFileError.at(str(path), "scores", "none", "at least one number")


class _Results:
    """The results of a task on their way to runs."""

    def __init__(self, path: Path, data: Mapping[str, Any], options: ReadOptions) -> None:
        self.path, self.data, self.options = path, data, options
        place = place_of(path)
        model, self.facts = model_of(place, constant(options, "model"))
        if model is None:
            expected = "<org>__<model>/<revision>/<Task>.json, model_meta.json or --map model==NAME"
            raise MalformedFileError.at(str(path), "", "no model in the path", expected)
        self.model = model
        self.kept_facts = {name: self.facts[name] for name in _KEPT_FACTS if self.facts.get(name) is not None}
        self.task = _task_of(path, data)
        self.revision, self.experiment = place.revision, place.experiment
        self.version = text(data.get("mteb_version"))
        self.settings = settings_of(place, self.task)
        self.shared: dict[str, Any] = {
            "harness_task": self.task,
            "dataset_revision": text(data.get("dataset_revision")),
            "model_revision": None if place.revision in NO_REVISION else place.revision,
            "scaffold": setting_of(place),
        }
        self.protocols: dict[tuple[str, str | None, int | None], ProtocolRecord] = {}

    def runs(self) -> Iterator[RunRecord]:
        data, is_legacy = self.data, "scores" not in self.data
        kind = SourceKind.MODEL_CARD if self.revision == EXTERNAL else SourceKind.HARNESS_LOG
        source = SourceRecord(kind=kind, harness=HARNESS, harness_version=self.version)
        benchmark, ran_at = BenchmarkRecord(name=self.task), unix_moment(data.get("date"))
        for split, where, row in legacy_rows(data) if is_legacy else rows_of(data, str(self.path)):
            scores = tuple(_scores(self.path, where, row, self.options, is_legacy=is_legacy))
            if not scores:
                continue
            subset = text(row.get("hf_subset")) or ""
            yield RunRecord(
                source=source,
                model=self.model,
                benchmark=benchmark,
                protocol=self._protocol(split, row),
                subset="" if subset == "default" else subset,
                ran_at=ran_at,
                label=self.experiment,
                raw=_raw(data, row, self.kept_facts, self.revision) | self.settings.get(split, {}),
                scores=scores,
            )

    def _protocol(self, split: str, row: Mapping[str, Any]) -> ProtocolRecord:
        """Return the settings of a row; those that rows share are one record."""
        experiments = row.get("scores_per_experiment")
        attempts = len(experiments) if isinstance(experiments, list) and experiments else None
        version = text(row.get("mteb_version")) or self.version
        said = (split, version, attempts)
        known = self.protocols.get(said)
        if known is None:
            known = self.protocols[said] = ProtocolRecord(
                split=split, samples_per_item=attempts, harness=HARNESS, harness_version=version, **self.shared
            )
        return known


def _task_of(path: Path, data: Mapping[str, Any]) -> str:
    task = text(data.get("task_name")) or text(data.get("mteb_dataset_name"))
    if task is None:
        raise MalformedFileError.at(str(path), "task_name", "nothing", "the name of a task")
    if task in SPEED:
        found = f"{task}, which measures how fast a machine is"
        raise MalformedFileError.at(
            str(path), "task_name", found, "a task that measures a model; nothing of it is kept"
        )
    return task


def _scores(
    path: Path, place: str, row: Mapping[str, Any], options: ReadOptions, *, is_legacy: bool
) -> Iterator[ScoreRecord]:
    main = LEGACY_MAIN if is_legacy else frozenset({MAIN})
    places = () if is_legacy else (5, 6) if "ndcg_at_10" in row else (6,)
    for metric, written in row.items():
        if not (options.all_metrics or metric in main) or metric in _NOT_METRICS:
            continue
        if type(written) is not float and isinstance(written, str | bool):
            if metric in main:
                raise MalformedFileError.at(str(path), f"{place}.{metric}", repr(written), "a number")
            continue
        value = number(written)
        if value is not None:
            yield ScoreRecord(
                metric=metric,
                value=value,
                unit=_unit(metric),
                decimals=_decimals(value, places),
                place=f"{place}.{metric}",
            )


@lru_cache(maxsize=4096)
def _unit(metric: str) -> ScoreUnit | None:
    return ScoreUnit.FRACTION if _FRACTION.fullmatch(metric) else None


def _decimals(value: float, places: tuple[int, ...]) -> int | None:
    """Return the decimals that the tool rounds to, of those that it may: 6, and 5 for most metrics of a retrieval task."""
    for each in places:
        if is_rounded(value, each):
            return each
    return None


def is_rounded(value: float, decimals: int) -> bool:
    """Return whether a value is the number nearest to some decimal of so many places; few digits are told by a division.

    Args:
        value: A finite number.
        decimals: 5 or 6.
    """
    if not -_MOST_ROUNDED < value < _MOST_ROUNDED:
        return round(value, decimals) == value
    scale = _SCALES[decimals]
    return round(value * scale) / scale == value


def _raw(
    data: Mapping[str, Any], row: Mapping[str, Any], facts: Mapping[str, Any], revision: str | None
) -> dict[str, object]:
    """Return what the files say and no column holds."""
    raw = {
        "revision": revision,
        "languages": row.get("languages"),
        "evaluation_time": number(row.get("evaluation_time")) or number(data.get("evaluation_time")),
        "kg_co2_emissions": number(data.get("kg_co2_emissions")),
        "evaluation_phases": data.get("evaluation_phases"),
        "model": facts,
    }
    return {key: value for key, value in raw.items() if value not in (None, {}, [])}


def _beside(path: Path) -> list[Path]:
    place = place_of(path)
    return [each for each in (place.meta, place.settings) if each is not None]


def _is_companion(head: bytes, name: str) -> bool:
    if name == SETTINGS:
        return head.startswith(b'{"task"') and b'"encode_kwargs"' in head
    return name == META and b'"revision"' in head and b'"name"' in head


IMPORTER = Importer(
    name="mteb",
    version="2",
    sniff=sniff,
    read=read,
    priority=10,
    path_parts=4,
    companions=_beside,
    is_companion=_is_companion,
)
