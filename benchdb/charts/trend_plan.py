"""What a trend draws: its points, steps, fitted lines and where they stand in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from benchdb.charts.fit_band import fit_band
from benchdb.charts.frame import nice_domain
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    model_label,
    protocol_label,
    source_label,
    unique_labels,
    with_unit,
)
from benchdb.charts.placement import boxes_along
from benchdb.charts.trend_axis import TrendAxis, TrendBy, position_of, trend_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.placement import Box
    from benchdb.rows.trend import TrendFit, TrendPoint

HEIGHT = 360
"""Height of the plot in pixels."""

_POINT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPlan:
    """What the layers of a trend are drawn from."""

    records: list[dict[str, Any]]
    """The points, along the axis."""
    steps: list[dict[str, Any]]
    """Corners of the best so far, by benchmark."""
    fit_ends: list[dict[str, Any]]
    """Both ends of each fitted line."""
    benchmarks: list[str]
    """Their labels."""
    axis: TrendAxis
    """The horizontal axis."""
    y: tuple[float, float, float]
    """Lower end, upper end and step of the vertical axis."""
    y_title: str
    """Its title."""
    width: float
    """Width of the plot in pixels."""
    intervals: bool
    """Whether intervals are drawn."""

    def pixels(self, record: dict[str, Any], field: str = "value") -> tuple[float, float]:
        """Where a record stands in the plot.

        Args:
            record: A point, a corner or an end of a line.
            field: Which of its values.

        Returns:
            Distance from the left and from the upper edge.
        """
        low, high, _ = self.y
        return self.axis.share(record["position"]) * self.width, (high - record[field]) / (high - low) * HEIGHT

    def obstacles(self) -> list[Box]:
        """What a name may not cover.

        Returns:
            A box around each point, step and interval, and a row of boxes along each fitted line.
        """
        boxes = [(x - _POINT, y - _POINT, x + _POINT, y + _POINT) for x, y in map(self.pixels, self.records)]
        for start, end in _pairs(self.steps):
            (x0, y0), (x1, y1) = self.pixels(start), self.pixels(end)
            boxes += [(x0, y0 - 1, x1, y0 + 1), (x1 - 1, min(y0, y1), x1 + 1, max(y0, y1))]
        for record in known_intervals(self.records) if self.intervals else []:
            x, top = self.pixels(record, "upper")
            boxes.append((x - 1, top, x + 1, self.pixels(record, "lower")[1]))
        for start, end in _pairs(self.fit_ends):
            boxes += boxes_along(self.pixels(start), self.pixels(end))
        return boxes


def plan_trend(
    rows: Sequence[TrendPoint],
    fits: Sequence[TrendFit],
    *,
    by: TrendBy,
    width: float,
    frontier: bool,
    intervals: bool,
) -> TrendPlan:
    """The plan for these points.

    Args:
        rows: Points, all in one unit, at least one of them with a place on the axis.
        fits: Lines through them.
        by: What the axis shows.
        width: Width of the plot in pixels.
        frontier: Whether the best so far is drawn.
        intervals: Whether intervals are drawn, so that the vertical axis must hold them.

    Returns:
        The plan.
    """
    axis = trend_axis(rows, by)
    names = unique_labels({(row.benchmark, row.metric): clean_name(row.benchmark_name) for row in rows})
    placed = sorted(((at, row) for row in rows if (at := position_of(row, by)) is not None), key=lambda pair: pair[0])
    records = [_record(row, at, axis, names[row.benchmark, row.metric]) for at, row in placed]
    held = [record[field] for record in records for field in ("value", "best")]
    if intervals:
        held += [record[end] for record in known_intervals(records) for end in ("lower", "upper")]
    return TrendPlan(
        records=records,
        steps=_steps(records, list(names.values()), axis) if frontier else [],
        fit_ends=_fit_ends(fits, records, axis),
        benchmarks=list(names.values()),
        axis=axis,
        y=nice_domain(held),
        y_title=_y_title(rows, list(names.values())),
        width=width,
        intervals=intervals,
    )


def known_intervals(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records whose interval is known.

    Args:
        records: Points of a plan.

    Returns:
        Those with both ends.
    """
    return [record for record in records if record["lower"] is not None and record["upper"] is not None]


def _record(row: TrendPoint, at: float, axis: TrendAxis, benchmark: str) -> dict[str, Any]:
    day = row.released_on.isoformat() if row.released_on else None
    return {
        "model": model_label(row.model_name, row.variant, None),
        "size": clean_name(row.parameters_label or "unknown"),
        "released": day or "unknown",
        "maker": clean_name(row.organization or "unknown"),
        "benchmark": benchmark,
        "slug": row.benchmark,
        "at": row.n_parameters if axis.by == "parameters" else day,
        "position": at,
        "value": row.value,
        "text": format_value(row.value, row.unit),
        "lower": row.lower,
        "upper": row.upper,
        "interval": format_interval(row.lower, row.upper, row.unit),
        "evidence": row.evidence,
        "protocol": protocol_label(row.protocol),
        "source": source_label(row.source),
        "best": row.best_so_far,
        "record": row.is_record,
        "directed": row.higher_is_better is not None,
        "score_id": str(row.score_id),
    }


def _steps(records: Sequence[dict[str, Any]], benchmarks: Sequence[str], axis: TrendAxis) -> list[dict[str, Any]]:
    steps = []
    for benchmark in benchmarks:
        members = [record for record in records if record["benchmark"] == benchmark and record["directed"]]
        best = {record["position"]: record["best"] for record in members}
        if best:
            best[axis.high] = list(best.values())[-1]
        steps += [
            {"benchmark": benchmark, "at": axis.value(at), "position": at, "value": value} for at, value in best.items()
        ]
    return steps


def _fit_ends(fits: Sequence[TrendFit], records: Sequence[dict[str, Any]], axis: TrendAxis) -> list[dict[str, Any]]:
    ends = []
    for fit in fits:
        members = [record for record in records if record["slug"] == fit.benchmark]
        if fit.slope is None or fit.intercept is None or not members:
            continue
        ends += [
            {
                "benchmark": members[0]["benchmark"],
                "established": fit.verdict in {"rising", "falling"},
                "at": axis.value(end["position"]),
                "position": end["position"],
                "value": fit.intercept + fit.slope * end["position"],
            }
            for end in (members[0], members[-1])
        ]
    return ends


def band_rows(plan: TrendPlan, fits: Sequence[TrendFit]) -> list[dict[str, Any]]:
    """The bands of the fitted means, from each benchmark's first point to its last.

    Args:
        plan: A plan.
        fits: Lines through its points.

    Returns:
        A row a place, by benchmark; nothing for lines whose errors are not known.
    """
    rows = []
    for fit in fits:
        members = [record for record in plan.records if record["slug"] == fit.benchmark]
        if members:
            ends = members[0]["position"], members[-1]["position"]
            name = members[0]["benchmark"]
            rows += [
                {"benchmark": name, "at": plan.axis.value(at), "lower": lower, "upper": upper}
                for at, lower, upper in fit_band(fit, *ends)
            ]
    return rows


def _y_title(rows: Sequence[TrendPoint], benchmarks: Sequence[str]) -> str:
    metrics = {clean_name(row.metric) for row in rows}
    metric = metrics.pop() if len(metrics) == 1 else "score"
    if len(benchmarks) == 1:
        return with_unit(f"{benchmarks[0]}, {metric}", rows[0].unit)
    return with_unit(metric[:1].upper() + metric[1:], rows[0].unit)


def _pairs(ends: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(start, end) for start, end in pairwise(ends) if start["benchmark"] == end["benchmark"]]
