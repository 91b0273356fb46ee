"""What one result of an Every Eval Ever file measures: benchmark, subset, metric, unit, value and its uncertainty."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import at, count, number, object_at, positive, text
from benchdb.ingest.records import ScoreRecord
from benchdb.ingest.tables.headings import is_metric, parse_heading
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import ScoreUnit, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_UNITS = {
    "proportion": ScoreUnit.FRACTION, "fraction": ScoreUnit.FRACTION, "ratio": ScoreUnit.RATIO, "percent": ScoreUnit.PERCENT,
    "percentage": ScoreUnit.PERCENT, "%": ScoreUnit.PERCENT, "points": ScoreUnit.POINTS, "elo": ScoreUnit.ELO,
    "elo_points": ScoreUnit.ELO, "usd": ScoreUnit.USD, "seconds": ScoreUnit.SECONDS, "s": ScoreUnit.SECONDS,
    "bits": ScoreUnit.BITS, "nats": ScoreUnit.NATS,
}  # fmt: skip
_IN_BRACKETS = re.compile(r"(?P<head>\S(?:.*?\S)?)\s*+\((?P<part>[^()]+)\)")
_OF_SCORER = re.compile(r"(?P<metric>\S.*?) on (?P<task>.+?) for scorer (?P<scorer>\S+)")
_ON = re.compile(r"(?P<metric>\S.*?) on (?P<task>.+)", re.DOTALL)
_FILTERED = re.compile(r"(?P<metric>\S+)(?: \(filter: (?P<filter>.+)\))?")
_WHOLE = re.compile(
    r"(?:overall |total )?scores?|overall|average|(?:macro|micro)[ -]average|mean|all|mean win rate", re.IGNORECASE
)
_OF_SEVERAL = re.compile(r"average|(?:macro|micro)[ -]average|mean|mean win rate", re.IGNORECASE)
_ACCURACY = re.compile(r"\baccuracy\b", re.IGNORECASE)
_SCORES_OF_PARTS = frozenset({"livecodebenchpro"})
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DETAIL = re.compile(r"(?:.* - )?(?P<metric>[^-].*)")


class Entries:
    """The entries of `evaluation_results`.

    Args:
        is_packed: Whether they are kept as compact JSON, of which values take about six times as much memory; those of the one asked
            for last are held.
    """

    def __init__(self, *, is_packed: bool) -> None:
        self._is_packed = is_packed
        self._kept: list[Any] = []
        self._last: tuple[int, object] = (-1, None)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> Any:
        if not self._is_packed:
            return self._kept[index]
        if self._last[0] != index:
            self._last = (index, json.loads(self._kept[index].decode("utf-8", "surrogatepass")))
        return self._last[1]

    def add(self, element: object) -> None:
        """Take the next entry.

        Args:
            element: A JSON value.
        """
        self._kept.append(_ENCODE(element).encode("utf-8", "surrogatepass") if self._is_packed else element)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One entry of `evaluation_results`."""

    entries: Entries
    """All entries."""
    index: int
    """Which it is of them."""
    name: str
    """Its `evaluation_name`."""
    benchmark: str
    """What it is measured on."""
    subset: str
    """Part of it; empty for the whole."""
    is_aggregate: bool
    """Whether it sums up others, or stands as the whole beside its parts."""

    @property
    def place(self) -> str:
        """Key path of the entry."""
        return f"evaluation_results[{self.index}]"

    @property
    def data(self) -> Mapping[str, Any]:
        """The entry."""
        found: dict[str, Any] = self.entries[self.index]
        return found

    @property
    def result_id(self) -> str | None:
        """Identifier that samples refer to."""
        return text(self.data.get("evaluation_result_id"))


def results_of(where: str, data: Mapping[str, Any]) -> list[Result]:
    """Return the results of a file with the names of what they measure.

    Args:
        where: The file, for messages.
        data: Its object, with `Entries` in the place of the results.

    Raises:
        MalformedFileError: If it has no results, or one of them no name.
    """
    entries = data.get("evaluation_results")
    if not isinstance(entries, Entries) or not len(entries):
        found = "list" if isinstance(entries, Entries) else type(entries).__name__
        raise MalformedFileError.at(where, "evaluation_results", found, "a list of results")
    named = [_named(where, entries, index, data) for index in range(len(entries))]
    named = _split_brackets(named)
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for result in named:
        parts[result.benchmark].add(result.subset)
    return [
        replace(result, is_aggregate=True) if not result.subset and len(parts[result.benchmark]) > 1 else result
        for result in named
    ]


def metric_of(result: Result) -> tuple[str, str | None]:
    """Return the metric of a result and how answers were extracted, where the file says so.

    Args:
        result: The result.
    """
    config = object_at(result.data, "metric_config")
    scorer = _OF_SCORER.fullmatch(result.name)
    if scorer is not None:
        return scorer["metric"], scorer["scorer"]
    stated, label = text(config.get("metric_id")), text(config.get("metric_name"))
    if stated and "/" not in stated and "." not in stated:
        return _with_k(stated, at(config, "metric_parameters.k")), None
    if label and is_metric(label):
        return label, None
    kind = text(config.get("metric_kind"))
    if kind and kind.casefold() not in {"score", "other"}:
        return kind, None
    return _described(result, text(config.get("evaluation_description")) or "")


def score_of(where: str, result: Result, library: str | None) -> ScoreRecord | None:
    """Return the value of a result, or None where it is missing.

    Args:
        where: The file, for messages.
        result: The result.
        library: The evaluation library, as the file names it.

    Raises:
        MalformedFileError: If the value is no number.
    """
    place = f"{result.place}.score_details.score"
    details = object_at(result.data, "score_details")
    found = details.get("score")
    if isinstance(found, bool | str | list | dict) or "score" not in details:
        raise MalformedFileError.at(where, place, "nothing" if found is None else repr(found), "a number")
    value = number(found)
    config = object_at(result.data, "metric_config")
    if value is None or (value == -1 and config.get("has_unknown_level") is True):
        return None
    lower_is_better = config.get("lower_is_better")
    return ScoreRecord(
        metric=metric_of(result)[0],
        value=value,
        unit=_unit(config),
        is_aggregate=result.is_aggregate,
        **_uncertainty(details, value, library),
        n_items=positive(at(details, "uncertainty.num_samples"))
        or positive(at(result.data, "source_data.additional_details.tasks_evaluated"))
        or _helm_count(details),
        higher_is_better=not lower_is_better if isinstance(lower_is_better, bool) else None,
        k=positive(at(config, "metric_parameters.k")),
        place=place,
    )


def side_scores(result: Result) -> Iterator[ScoreRecord]:
    """Yield the numbers that a result packs into its details, and its cost.

    Args:
        result: The result.
    """
    place = f"{result.place}.score_details.details"
    for name, detail in object_at(result.data, "score_details.details").items():
        value = number(detail.get("score")) if isinstance(detail, dict) else None
        match = _DETAIL.fullmatch(name)
        if value is not None and match is not None:
            yield ScoreRecord(metric=match["metric"], value=value, place=f'{place}["{name}"].score')
    cost = number(at(result.data, "generation_config.additional_details.total_cost_usd"))
    if cost is not None:
        place = f"{result.place}.generation_config.additional_details.total_cost_usd"
        yield ScoreRecord(metric="cost", value=cost, unit=ScoreUnit.USD, place=place)


def _named(where: str, entries: Entries, index: int, data: Mapping[str, Any]) -> Result:
    entry, place = entries[index], f"evaluation_results[{index}]"
    if not isinstance(entry, dict):
        raise MalformedFileError.at(where, place, type(entry).__name__, "a JSON object")
    name = text(entry.get("evaluation_name"))
    if name is None:
        raise MalformedFileError.at(where, f"{place}.evaluation_name", "nothing", "the name of the evaluation")
    dataset = text(at(entry, "source_data.dataset_name")) or name
    collection = (text(data.get("evaluation_id")) or "").partition("/")[0]
    if collection in _SCORES_OF_PARTS:
        dataset = text(at(data, "source_metadata.source_name")) or dataset
    generated = _OF_SCORER.fullmatch(name) or _ON.fullmatch(name)
    is_whole = (
        normalize_name(name) == normalize_name(dataset)
        or _WHOLE.fullmatch(name) is not None
        or name.startswith(f"{dataset}/")
        or name.endswith(f".{dataset}")
        or (generated is not None and normalize_name(generated["task"]) == normalize_name(dataset))
        or _OF_SCORER.fullmatch(name) is not None
    )
    return Result(
        entries=entries,
        index=index,
        name=name,
        benchmark=dataset,
        subset="" if is_whole else name,
        is_aggregate=_OF_SEVERAL.fullmatch(name) is not None,
    )


def _split_brackets(results: Sequence[Result]) -> list[Result]:
    """Return results with "MMLU-Pro (Biology)" taken apart where all of one data set are named so, with the same head."""
    matches: defaultdict[str, list[re.Match[str] | None]] = defaultdict(list)
    for result in results:
        matches[result.benchmark].append(_IN_BRACKETS.fullmatch(result.name))
    heads = {}
    for benchmark, found in matches.items():
        named = {match["head"] for match in found if match is not None}
        if len(found) > 1 and len(named) == 1 and None not in found:
            heads[benchmark] = named.pop()
    return [
        _split_bracket(result, heads[result.benchmark]) if result.benchmark in heads else result for result in results
    ]


def _split_bracket(result: Result, head: str) -> Result:
    match = _IN_BRACKETS.fullmatch(result.name)
    part = "" if match is None or _WHOLE.fullmatch(match["part"]) else match["part"]
    return replace(result, benchmark=head, subset=part)


def _described(result: Result, description: str) -> tuple[str, str | None]:
    """Return the metric that a description names; without one the format's own word for a value."""
    filtered = _FILTERED.fullmatch(description)
    if filtered is not None:
        return filtered["metric"], filtered["filter"]
    for words in (description, result.name):
        named = _ON.fullmatch(words)
        if named is not None and (
            is_metric(named["metric"]) or normalize_name(named["task"]) == normalize_name(result.benchmark)
        ):
            return named["metric"], None
        if named is not None and named["task"].strip() == result.name:
            return named["metric"], None
    if parse_heading(result.name).metric is not None or result.name.casefold() == "mean win rate":
        return result.name, None
    return ("accuracy" if _ACCURACY.search(description) else "score"), None


def _with_k(metric: str, k: object) -> str:
    """Return "pass@3" for the format's own pass_at_k with k = 3."""
    at_k = count(k)
    return (
        f"{metric.removesuffix('_at_k').removesuffix('@k')}@{at_k}"
        if at_k and metric.endswith(("_at_k", "@k"))
        else metric
    )


def _unit(config: Mapping[str, Any]) -> ScoreUnit | None:
    stated = text(config.get("metric_unit"))
    if stated is not None:
        kind = (text(config.get("metric_kind")) or "").casefold()
        return ScoreUnit.ELO if kind == "elo" else _UNITS.get(stated.casefold())
    low, high = number(config.get("min_score")), number(config.get("max_score"))
    if low is None or low not in {0.0, -high if high else 0.0}:
        return None
    return {1.0: ScoreUnit.FRACTION, 100.0: ScoreUnit.PERCENT}.get(high or 0.0)


def _uncertainty(details: Mapping[str, Any], value: float, library: str | None) -> dict[str, Any]:
    """Return error and interval; bounds that are distances from the value are no interval."""
    stderr = number(at(details, "uncertainty.standard_error.value"))
    method = text(at(details, "uncertainty.standard_error.method"))
    found: dict[str, Any] = {}
    if stderr is not None and stderr >= 0:
        found["stderr"] = stderr
        # The converter of lm-eval writes "bootstrap" beside every error, also beside those in closed form.
        if method == "bootstrap" and library not in {"lm_eval", "lm-eval", "lm-evaluation-harness"}:
            found["stderr_method"] = StderrMethod.BOOTSTRAP
    interval = object_at(details, "uncertainty.confidence_interval")
    lower, upper = number(interval.get("lower")), number(interval.get("upper"))
    if lower is not None and upper is not None and lower <= value <= upper:
        level = number(interval.get("confidence_level"))
        found |= {"interval_lower": lower, "interval_upper": upper}
        found["interval_level"] = level if level is not None and 0 < level < 1 else None
    return found


def _helm_count(details: Mapping[str, Any]) -> int | None:
    """Return the number of items that the converter of HELM keeps as "NAME - # eval"."""
    counts = object_at(details, "details")
    return next((positive(at(counts[name], "score")) for name in counts if name.endswith(" - # eval")), None)
