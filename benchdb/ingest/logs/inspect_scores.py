"""Scores out of the results of an Inspect log: values, intervals, standard errors and how the tool computed them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.logs.fields import count, number, object_at, positive, text
from benchdb.ingest.records import ScoreRecord
from benchdb.schema.vocab import ScoreUnit, StderrMethod

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEANS = frozenset({"accuracy", "mean"})
"""Metrics that are means over items: what the tool's standard errors and intervals are about."""
SPREADS = frozenset({"stderr", "bootstrap_stderr", "std", "var"})
"""Metrics that describe the spread of others; none is a score."""
INTERVALS = frozenset({"ci", "ci_wilson"})
"""Metrics whose values "lower" and "upper" are the ends of an interval."""
LEVEL = 0.95
"""Coverage of those intervals where the log states none, which is the tool's default."""
_REDUCER = re.compile(r"^(?P<kind>pass_at|pass_k|at_least)_(?P<k>\d+)$")
_KINDS = {"pass_at": "pass@", "pass_k": "pass^"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One metric of one score."""

    name: str
    """The metric's name; a subgroup's, where it was computed for subgroups."""
    key: str
    """Where it stands among the metrics."""
    value: float | None
    """Its value; None where it is not a finite number."""
    group: str | None
    """The metric that gave several values, of which this is one."""
    params: Mapping[str, Any]
    """The metric's parameters."""


@dataclass(slots=True)
class Score:
    """One entry of `results.scores`: a scorer, or one key of its dict, under one reducer."""

    scorer: str
    name: str
    reducer: str | None
    params: Mapping[str, Any]
    n_scored: int | None
    """Items scored."""
    place: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_part(self) -> bool:
        """Whether it is one key of a scorer's dict."""
        return self.name != self.scorer


@dataclass(slots=True)
class Spread:
    """Standard error and interval of a mean."""

    stderr: float | None = None
    method: StderrMethod | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None


def scores_of(where: str, header: Mapping[str, Any], n_items: int | None, epochs: int) -> list[Score]:
    """Return the scores of a log, of any version.

    Args:
        where: The file.
        header: The log's header.
        n_items: Items evaluated.
        epochs: Attempts at each.

    Raises:
        MalformedFileError: If results are there and cannot be read.
    """
    results = object_at(header, "results")
    listed = results.get("scores")
    if listed is None and isinstance(results.get("metrics"), dict):
        scorer = results.get("scorer")
        old = scorer if isinstance(scorer, dict) else {"name": scorer}
        listed = [{**old, "metrics": results["metrics"]}]
    if not isinstance(listed, list | None):
        raise MalformedFileError.at(where, "results.scores", type(listed).__name__, "a list")
    is_complete = results.get("completed_samples") == results.get("total_samples")
    found = []
    for position, entry in enumerate(listed or ()):
        place = f"results.scores[{position}]"
        if not isinstance(entry, dict) or text(entry.get("name")) is None:
            raise MalformedFileError.at(where, place, "no name", "the name of a scorer")
        n_scored = count(entry.get("scored_samples"))
        if n_scored is None:
            n_scored = n_items if is_complete else None
        elif n_items is not None and n_scored > n_items:
            n_scored = -(-n_scored // epochs)
        found.append(_score(where, place, entry, n_scored))
    return found


def mean_records(score: Score, *, n_clusters: int | None) -> Iterator[ScoreRecord]:
    """Yield the claims of a score about all items.

    Args:
        score: The score.
        n_clusters: Clusters seen among the items; of fewer than two the tool prints 0 as the clustered standard error.
    """
    plain = {(entry.name, entry.value) for entry in score.entries if entry.group is None}
    spread = _spread(
        [entry for entry in score.entries if entry.group is None or entry.group in INTERVALS], score, n_clusters
    )
    for entry in score.entries:
        if entry.value is None or (entry.group or entry.name) in SPREADS | INTERVALS:
            continue
        inner = inner_metric(entry)
        if inner is None:
            name = entry.name if entry.group is None else f"{entry.group}/{entry.name}"
            yield _record(score, entry, name, spread if entry.group is None else Spread())
        elif subgroup(entry) == "" and inner not in SPREADS and (inner, entry.value) not in plain:
            yield _record(score, entry, inner, _spread(_siblings(score, ""), score, n_clusters))


def subgroup_records(score: Score, sizes: Mapping[tuple[str, str], int]) -> Iterator[tuple[str, ScoreRecord]]:
    """Yield the claims of a score about subgroups of the items: (subgroup, claim).

    Args:
        score: The score.
        sizes: (metadata key, its value) → items, where they were counted.
    """
    for entry in score.entries:
        inner, label = inner_metric(entry), subgroup(entry)
        if inner is None or not label or inner in SPREADS or entry.value is None:
            continue
        size = sizes.get((str(entry.params.get("group_key")), label))
        spread = _spread(_siblings(score, label), score, None) if size is None or size > 1 else Spread()
        yield label, _record(score, entry, inner, spread, n_items=size, is_whole=False)


def inner_metric(entry: Entry) -> str | None:
    """Return the metric that a subgroup's value is of, or None where the entry is not about subgroups.

    Args:
        entry: The entry.
    """
    if entry.group != "grouped":
        return None
    inner = entry.params.get("metric")
    return _unqualified(text(inner.get("name") if isinstance(inner, dict) else inner) or "accuracy")


def subgroup(entry: Entry) -> str:
    """Return the subgroup of an entry, the empty text for all items.

    Args:
        entry: The entry.
    """
    return "" if entry.name == (text(entry.params.get("all_label")) or "all") else entry.name


def metric_name(score: Score, metric: str) -> tuple[str, int | None]:
    """Return what a metric is called under the score's reducer, and the k in it.

    A mean under `pass_at_2` is pass@2; under another reducer the reducer's name comes first. A part of a scorer's dict is a metric of
    its own.

    Args:
        score: The score.
        metric: The metric's own name.
    """
    found = _REDUCER.match(score.reducer or "mean")
    k = whole_number(found["k"]) if found else None
    if found and k is not None and metric in MEANS and found["kind"] in _KINDS:
        name = f"{_KINDS[found['kind']]}{k}"
    else:
        name = metric if score.reducer in {None, "mean"} else f"{score.reducer} {metric}"
    return (f"{score.name}/{name}" if score.is_part else name), k


def _score(where: str, place: str, entry: Mapping[str, Any], n_scored: int | None) -> Score:
    name = str(entry["name"])
    score = Score(
        scorer=text(entry.get("scorer")) or name,
        name=name,
        reducer=text(entry.get("reducer")),
        params=object_at(entry, "params"),
        n_scored=n_scored,
        place=place,
    )
    for key, metric in object_at(entry, "metrics").items():
        if not isinstance(metric, dict):
            raise MalformedFileError.at(where, f"{place}.metrics.{key}", type(metric).__name__, "a JSON object")
        value = metric.get("value")
        if isinstance(value, str):
            raise MalformedFileError.at(where, f"{place}.metrics.{key}.value", f'"{value}"', "a number")
        params = object_at(metric, "params") or object_at(metric, "options")
        own = text(metric.get("name")) or key
        group = text(metric.get("group"))
        name = _unqualified(own) if group is None else own
        score.entries.append(
            Entry(name=name, key=key, value=number(value), group=group and _unqualified(group), params=params)
        )
    return score


def _siblings(score: Score, label: str) -> list[Entry]:
    """Return what was computed for one subgroup, as if it were for all items."""
    found = []
    for entry in score.entries:
        inner = inner_metric(entry)
        if inner is not None and subgroup(entry) == label:
            params = object_at(entry.params, "metric.params")
            found.append(Entry(name=inner, key=entry.key, value=entry.value, group=None, params=params))
    return found


def _spread(entries: list[Entry], score: Score, n_clusters: int | None) -> Spread:
    spread = Spread()
    by_name: dict[str, Entry] = {}
    for entry in entries:
        if entry.value is None:
            continue
        if entry.group in INTERVALS:
            spread.level = number(entry.params.get("level")) or LEVEL
            spread.lower = entry.value if entry.name == "lower" else spread.lower
            spread.upper = entry.value if entry.name == "upper" else spread.upper
        elif entry.name not in by_name or entry.params.get("cluster"):
            by_name[entry.name] = entry
    stated = by_name.get("stderr", by_name.get("bootstrap_stderr"))
    if stated is None or score.n_scored is None or score.n_scored < 2:
        return spread
    is_clustered = bool(stated.params.get("cluster"))
    if is_clustered and n_clusters is not None and n_clusters < 2:
        return spread
    spread.stderr = stated.value
    spread.method = StderrMethod.BOOTSTRAP if stated.name == "bootstrap_stderr" else StderrMethod.SAMPLE
    spread.method = StderrMethod.CLUSTERED if is_clustered else spread.method
    return spread


def _record(
    score: Score, entry: Entry, metric: str, spread: Spread, *, n_items: int | None = None, is_whole: bool = True
) -> ScoreRecord:
    name, k = metric_name(score, metric)
    value = entry.value if entry.value is not None else 0.0
    has_spread = metric in MEANS
    has_interval = has_spread and spread.lower is not None and spread.upper is not None
    is_share = metric == "accuracy" or k is not None
    return ScoreRecord(
        metric=name,
        value=value,
        unit=ScoreUnit.FRACTION if is_share and 0.0 <= value <= 1.0 else None,
        is_aggregate=entry.group == "grouped" and entry.params.get("all") == "groups" and is_whole,
        stderr=spread.stderr if has_spread else None,
        stderr_method=spread.method if has_spread else None,
        interval_lower=spread.lower if has_interval else None,
        interval_upper=spread.upper if has_interval else None,
        interval_level=spread.level if has_interval else None,
        n_items=positive(score.n_scored) if is_whole else n_items,
        k=k,
        place=f"{score.place}.metrics.{entry.key}",
    )


def _unqualified(name: str) -> str:
    return name.removeprefix("inspect_ai/")
