"""Metrics of EvalScope's reports: names, units and directions of both versions, and the parts they have numbers for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import at, number, object_at, positive, text
from benchdb.ingest.records import ScoreRecord
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WHOLE = frozenset({"default", "main"})
"""What data sets call their only subset."""
_FRACTION = re.compile(
    r"(?:.*[_ ])?(?:acc|accuracy|strict|loose|exact_match|em|f1|pass|match)(?:[@^]\d+)?|(?:pass|vote)[@^]\d+|.*Accuracy|Pass@\d+"
)
_AT_K = {"pass_at_k": "pass@", "pass_hat_k": "pass^", "vote_at_k": "vote@"}
_VARIANTS = ("ngram", "variant")
_ROUGE = {"recall": "R", "precision": "P", "f1": "F"}
_DIRECTIONS = {"higher_is_better": True, "lower_is_better": False}
PERFORMANCE = (
    ("latency", "latency.mean", ScoreUnit.SECONDS), ("ttft", "ttft.mean", ScoreUnit.SECONDS), ("tpot", "tpot.mean", ScoreUnit.SECONDS),
    ("avg_output_tps", "throughput.avg_output_tps", None), ("avg_req_ps", "throughput.avg_req_ps", None),
    ("input_tokens", "usage.input_tokens.mean", None), ("output_tokens", "usage.output_tokens.mean", None),
    ("total_tokens", "usage.total_tokens.mean", None),
)  # fmt: skip
"""Metric, its place in the summary of what the requests took, and its unit; all are means over the requests or rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric of a report, taken apart."""

    name: str
    """Its name, with the k of pass@k and its dimensions, and without the mean."""
    review: str
    """What the reviews of the items call it."""
    k: int | None
    """The k, where it is stated apart from the name."""
    unit: ScoreUnit | None
    """Its unit."""
    is_better: bool | None
    """Whether higher is better."""
    place: str
    """Key path of it."""
    tree: Mapping[str, Any]
    """The report's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A number of a metric: for the whole, a category or a subset."""

    subset: str
    """Subset, empty for the whole."""
    place: str
    """Key path of it."""
    tree: Mapping[str, Any]
    """The report's own words."""
    is_aggregate: bool
    """Whether it is computed from other numbers of the report."""


def metric_of(tree: Mapping[str, Any], where: str, place: str) -> Metric:
    """Return a metric of a report.

    Args:
        tree: The report's own words.
        where: The file.
        place: Key path in it.

    Raises:
        MalformedFileError: If it has no name, or its categories are no lists of subsets.
    """
    for index, category in enumerate(objects_in(tree, "categories", where, place)):
        objects_in(category, "subsets", where, f"{place}.categories[{index}]")
    identity = object_at(tree, "identity")
    written = text(identity.get("name")) or text(tree.get("name"))
    if written is None:
        raise MalformedFileError.at(where, f"{place}.name", "no name", "that of a metric")
    dimensions = object_at(identity, "dimensions")
    k = positive(dimensions.get("k"))
    aggregation = text(identity.get("aggregation")) or "mean"
    if aggregation in _AT_K and k is not None:
        name = f"{_AT_K[aggregation]}{k}"
    else:
        plain = _with_dimensions(written.removeprefix("mean_") if aggregation == "mean" else written, dimensions)
        name = plain if aggregation == "mean" else f"{aggregation} {plain}"
    semantics = object_at(tree, "semantics")
    return Metric(
        name=name,
        review=_review_name(name, dimensions),
        k=k,
        unit=_unit(name, semantics),
        is_better=_DIRECTIONS.get(text(semantics.get("direction")) or ""),
        place=place,
        tree=tree,
    )


def objects_in(tree: Mapping[str, Any], name: str, where: str, place: str) -> list[Mapping[str, Any]]:
    """Return the objects of a list; none where the member is absent or null.

    Args:
        tree: What holds the list.
        name: Name of the member.
        where: The file.
        place: Key path of what holds it.

    Raises:
        MalformedFileError: If it is no list of objects.
    """
    found = tree.get(name)
    spot = f"{place}.{name}".lstrip(".")
    if found is not None and not isinstance(found, list):
        raise MalformedFileError.at(where, spot, type(found).__name__, "a list")
    for index, each in enumerate(found or ()):
        if not isinstance(each, dict):
            raise MalformedFileError.at(where, f"{spot}[{index}]", type(each).__name__, "a JSON object")
    return found or []


def parts_of(metric: Metric) -> Iterator[Part]:
    """Yield the numbers of a metric, each subset once, from the whole down.

    Args:
        metric: The metric.
    """
    subsets = subsets_of(metric)
    if len(subsets) <= 1:
        name = text(subsets[0][1].get("name")) if subsets else None
        yield Part(
            subset="" if name is None or name in WHOLE else name,
            place=metric.place,
            tree=metric.tree,
            is_aggregate=False,
        )
        return
    yield Part(subset="", place=metric.place, tree=metric.tree, is_aggregate=True)
    taken = {""}
    for place, tree in subsets:
        name = text(tree.get("name")) or ""
        if name not in taken:
            taken.add(name)
            yield Part(subset=name, place=place, tree=tree, is_aggregate=tree.get("is_aggregate") is True)
    categories = metric.tree.get("categories") or ()
    for index, category in enumerate(categories if len(categories) > 1 else ()):
        name = _category(category)
        if name not in taken:
            taken.add(name)
            yield Part(subset=name, place=f"{metric.place}.categories[{index}]", tree=category, is_aggregate=True)


def subsets_of(metric: Metric) -> list[tuple[str, Mapping[str, Any]]]:
    """Return place and tree of each subset of a metric.

    Args:
        metric: The metric.
    """
    return [
        (f"{metric.place}.categories[{i}].subsets[{j}]", subset)
        for i, category in enumerate(metric.tree.get("categories") or ())
        for j, subset in enumerate(category.get("subsets") or ())
    ]


def _with_dimensions(name: str, dimensions: Mapping[str, Any]) -> str:
    """Return a name with what sets the metric apart: "bleu-2", "rouge-l recall", "f1 [scope=overall]"."""
    original = text(dimensions.get("original_name"))
    variant = "".join(f"-{dimensions[key]}" for key in _VARIANTS if key in dimensions)
    statistic = text(dimensions.get("statistic"))
    others = sorted(set(dimensions) - {*_VARIANTS, "statistic", "original_name"})
    rest = ", ".join(f"{key}={dimensions[key]}" for key in others)
    return f"{original or name}{variant}{f' {statistic}' if statistic else ''}{f' [{rest}]' if rest else ''}"


def _review_name(name: str, dimensions: Mapping[str, Any]) -> str:
    """Return what the reviews call a metric: its name, but for "Rouge-L-R"."""
    statistic = _ROUGE.get(text(dimensions.get("statistic")) or "")
    parts = name.partition(" ")[0].split("-")
    return f"Rouge-{parts[1].upper()}-{statistic}" if statistic and len(parts) == 2 and parts[0] == "rouge" else name


def _category(category: Mapping[str, Any]) -> str:
    name = category.get("name")
    return "/".join(map(str, name)) if isinstance(name, list) else text(name) or ""


def _unit(name: str, semantics: Mapping[str, Any]) -> ScoreUnit | None:
    """Return the unit that version 2 states, else that of an accuracy's name."""
    scale = number(semantics.get("display_multiplier"))
    if semantics.get("display_unit") == "%" and scale in {1.0, 100.0}:
        return ScoreUnit.FRACTION if scale == 100.0 else ScoreUnit.PERCENT
    if semantics.get("raw_unit") == "s":
        return ScoreUnit.SECONDS
    return ScoreUnit.FRACTION if not semantics and _FRACTION.fullmatch(name) else None


def performance_of(report: Mapping[str, Any], place: str) -> Iterator[ScoreRecord]:
    """Yield time and tokens of a request, as a report sums them up.

    Args:
        report: The report.
        place: Key path of it, with a dot behind it, or empty.
    """
    summary = object_at(report, "perf_metrics.summary")
    for metric, path, unit in PERFORMANCE:
        written = at(summary, path)
        value = None if isinstance(written, str | bool) else number(written)
        if value is not None:
            yield ScoreRecord(metric=metric, value=value, unit=unit, place=f"{place}perf_metrics.summary.{path}")
