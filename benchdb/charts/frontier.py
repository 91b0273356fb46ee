"""The best so far of each group of models over release dates, with the lags between groups."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, axis_room, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    protocol_label,
    shorten_middle,
    source_label,
    with_unit,
)
from benchdb.charts.line_ends import LineEnd, line_end_layers, line_end_room
from benchdb.charts.notes import claim_notes, evidence_note
from benchdb.charts.placement import Anchor, name_layers, place_labels
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.charts.trend_axis import DATE_LABEL, moment
from benchdb.errors import ChartError
from benchdb.rows.frontier import FrontierLag, FrontierRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.placement import Box

_NAME = "frontier"
_WIDTH, _HEIGHT = 640.0, 340
_MOST_GROUPS = 8
_MARGIN, _LEAST_MARGIN = 0.06, 20
_LABEL_LIMIT = 260.0
_POINT = 5.0
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")


def plot_frontier(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    records: Sequence[FrontierRecord],
    lags: Sequence[FrontierLag] = (),
    *,
    title: str | None = None,
    intervals: bool = False,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """One step line a group: its best so far on one benchmark; dotted arrows are lags, from a record to who reached it.

    Args:
        records: The records of a frontier, all on one benchmark, of at most eight groups.
        lags: The lags between its groups; those that were closed are drawn where there are two groups.
        title: Title, or None for none.
        intervals: Whether each record's interval is drawn where it is known.
        values: Whether the models are named and lags bear their months, where there is room.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the marks are explained below the chart.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are several benchmarks or too many groups.
    """
    rows = require_rows(records, FrontierRecord, _NAME, ("value", "lower", "upper"))
    groups = list(dict.fromkeys(row.group for row in rows))
    _check(rows, groups)
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    plan = _Plan(rows, lags, groups, require_width(width) or _WIDTH, intervals=intervals)
    colour = alt.Color(
        "group:N", title=None, scale=alt.Scale(domain=groups, range=list(look.categorical[: len(groups)])), legend=None
    )
    layers = [*_intervals(plan, colour), *_lag_layers(plan, look, values=values), _lines(plan, colour)]
    layers += [_points(plan, colour), *(_names(plan, look.muted) if values else [])]
    ends = plan.line_ends(look)
    layers += line_end_layers(ends, plan.width, _HEIGHT, room)
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(plan.low, plan.high, plan.step)),
        description=f"The best so far of {list_names(groups)} on {rows[0].benchmark_name}.",
        width=plan.width,
        height=_HEIGHT,
        theme=look,
        notes=_notes(plan) if footnotes else [],
        notes_top=72,
        right=line_end_room([end.text for end in ends], room),
    )
    return frame_layers(layers, frame)


def _check(rows: Sequence[FrontierRecord], groups: Sequence[str]) -> None:
    benchmarks = list(dict.fromkeys(row.benchmark_name for row in rows))
    if len(benchmarks) > 1:
        raise ChartError(f"frontier: expected one benchmark, found {list_names(benchmarks)}. Choose one with -b.")
    if len(groups) > _MOST_GROUPS:
        raise ChartError(
            f"frontier: {len(groups)} groups cannot be told apart by colour, {_MOST_GROUPS} can. Choose some, for instance "
            "with --organization."
        )


class _Plan:
    """What the layers are drawn from."""

    def __init__(
        self,
        rows: Sequence[FrontierRecord],
        lags: Sequence[FrontierLag],
        groups: Sequence[str],
        width: float,
        *,
        intervals: bool,
    ) -> None:
        self.rows = rows
        self.groups = groups
        self.width = width
        self.intervals = [row for row in rows if intervals and row.lower is not None and row.upper is not None]
        drawn = [lag for lag in lags if lag.benchmark == rows[0].benchmark] if len(groups) == 2 else []
        self.closed = [lag for lag in drawn if lag.reached_on is not None]
        self.waiting = [lag for lag in drawn if not lag.is_reached]
        days = [row.released_on.toordinal() for row in rows]
        days += [lag.reached_on.toordinal() for lag in self.closed if lag.reached_on]
        margin = max((max(days) - min(days)) * _MARGIN, _LEAST_MARGIN)
        self.ends = (min(days) - margin, max(days) + margin)
        held = [row.value for row in rows]
        held += [end for row in self.intervals for end in (row.lower, row.upper) if end is not None]
        self.low, self.high, self.step = nice_domain(held)

    def x(self, field: str = "at", *, bounded: bool = True) -> alt.X:
        """The axis of dates; a layer from one date to another leaves the bounds to the others, or Vega-Lite warns of two."""
        ends = [moment(date.fromordinal(round(end)).isoformat()) for end in self.ends]
        axis = alt.Axis(grid=False, tickCount=6, labelExpr=DATE_LABEL, labelOverlap=True)
        scale = alt.Scale(type="utc", domain=ends if bounded else alt.Undefined, nice=False)
        return alt.X(f"{field}:T", title="Release date", scale=scale, axis=axis)

    def y(self, field: str = "value") -> alt.Y:
        """The axis of values."""
        row = self.rows[0]
        title = with_unit(f"{clean_name(row.benchmark_name)}, {clean_name(row.metric)}", row.unit)
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False)
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=number_axis(ticks(self.low, self.high, self.step)))

    def pixels(self, day: date, value: float) -> tuple[float, float]:
        """Where a value stands in the plot."""
        low, high = self.ends
        across = (day.toordinal() - low) / (high - low) * self.width
        return across, (self.high - value) / (self.high - self.low) * _HEIGHT

    def corners(self, group: str) -> list[dict[str, Any]]:
        """The corners of a group's step line, to the right edge."""
        found = [
            {"group": group, "at": row.released_on.isoformat(), "value": row.value, "day": row.released_on}
            for row in self.rows
            if row.group == group
        ]
        last = date.fromordinal(round(self.ends[1]))
        return [*found, found[-1] | {"at": last.isoformat(), "day": last}]

    def line_ends(self, theme: Theme) -> list[LineEnd]:
        """The right end of each group's line."""
        found = []
        for place, group in enumerate(self.groups):
            last = self.corners(group)[-1]
            x, y = self.pixels(last["day"], last["value"])
            found.append(
                LineEnd(x=x, y=y, text=clean_name(group), colour=theme.categorical[place], shape=_SHAPES[place])
            )
        return found

    def obstacles(self) -> list[Box]:
        """What a name may not cover."""
        boxes: list[Box] = []
        for row in self.rows:
            x, y = self.pixels(row.released_on, row.value)
            boxes.append((x - _POINT, y - _POINT, x + _POINT, y + _POINT))
        for row in self.intervals:
            (x, top), (_, low) = (
                self.pixels(row.released_on, row.upper or 0),
                self.pixels(row.released_on, row.lower or 0),
            )
            boxes.append((x - 1, top, x + 1, low))
        for group in self.groups:
            corners = self.corners(group)
            for start, end in pairwise(corners):
                (x0, y0), (x1, y1) = self.pixels(start["day"], start["value"]), self.pixels(end["day"], end["value"])
                boxes += [(x0, y0 - 1, x1, y0 + 1), (x1 - 1, min(y0, y1), x1 + 1, max(y0, y1))]
        for lag in self.closed:
            (x0, y), (x1, _) = self.pixels(lag.record_on, lag.record_value), self.pixels(_end(lag), lag.record_value)
            boxes.append((x0, y - _POINT, x1, y + 14))
        return boxes


def _end(lag: FrontierLag) -> date:
    return lag.reached_on or lag.record_on


def _lines(plan: _Plan, colour: alt.Color) -> alt.Chart:
    corners = [
        {name: corner[name] for name in ("group", "at", "value")}
        for group in plan.groups
        for corner in plan.corners(group)
    ]
    mark = alt.Chart(inline(corners), name="best so far").mark_line(
        interpolate="step-after", strokeWidth=2, tooltip=None
    )
    layer: alt.Chart = mark.encode(x=plan.x(), y=plan.y(), color=colour)
    return layer


def _points(plan: _Plan, colour: alt.Color) -> alt.Chart:
    records = [
        {
            "group": row.group,
            "model": model_label(row.model_name, row.variant, None),
            "at": row.released_on.isoformat(),
            "value": row.value,
            "text": format_value(row.value, row.unit),
            "interval": format_interval(row.lower, row.upper, row.unit),
            "evidence": row.evidence,
            "protocol": protocol_label(row.protocol),
            "source": source_label(row.source),
            "overall": "yes" if row.is_overall else "no",
            "score_id": str(row.score_id),
        }
        for row in plan.rows
    ]
    titles = {"model": "Model", "group": "Group", "at": "Released", "text": "Value", "interval": "Interval"}
    titles |= {"evidence": "Evidence", "overall": "Best of all then"}
    titles |= {"protocol": "Protocol", "source": "Source"}
    shape = alt.Shape("group:N", scale=alt.Scale(domain=plan.groups, range=_SHAPES[: len(plan.groups)]), legend=None)
    mark = alt.Chart(inline(records), name="records").mark_point(filled=True, opacity=1, size=70)
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    layer: alt.Chart = mark.encode(x=plan.x(), y=plan.y(), color=colour, shape=shape, tooltip=tooltip)
    return layer


def _intervals(plan: _Plan, colour: alt.Color) -> list[alt.Chart]:
    rows = [
        {"group": row.group, "at": row.released_on.isoformat(), "lower": row.lower, "upper": row.upper}
        for row in plan.intervals
    ]
    if not rows:
        return []
    mark = alt.Chart(inline(rows), name="intervals").mark_rule(strokeWidth=1.4, strokeOpacity=0.5, tooltip=None)
    return [mark.encode(x=plan.x(), y=plan.y("lower"), y2=alt.Y2("upper"), color=colour)]


def _lag_layers(plan: _Plan, theme: Theme, *, values: bool) -> list[alt.Chart]:
    rows = [
        {
            "at": lag.record_on.isoformat(),
            "end": _end(lag).isoformat(),
            "value": lag.record_value,
            "text": f"{lag.months:.1f} months",
            "middle": date.fromordinal((lag.record_on.toordinal() + _end(lag).toordinal()) // 2).isoformat(),
            "space": plan.pixels(_end(lag), 0)[0] - plan.pixels(lag.record_on, 0)[0],
        }
        for lag in plan.closed
    ]
    if not rows:
        return []
    mark = alt.Chart(inline(rows), name="lags").mark_rule(
        color=theme.muted, strokeDash=[2, 3], strokeWidth=1.4, tooltip=None
    )
    layers = [mark.encode(x=plan.x(bounded=False), x2=alt.X2("end"), y=plan.y())]
    wide = [row for row in rows if float(str(row["space"])) > 64]
    if values and wide:
        text = alt.Chart(inline(wide), name="months").mark_text(
            baseline="top", dy=3, color=theme.muted, fontSize=VALUE_SIZE, tooltip=None
        )
        layers.append(text.encode(x=plan.x("middle"), y=plan.y(), text=alt.Text("text:N")))
    return layers


def _names(plan: _Plan, colour: str) -> list[alt.Chart]:
    ordered = sorted(plan.rows, key=lambda row: (not row.is_overall, -row.value))
    anchors = [
        Anchor(
            *plan.pixels(row.released_on, row.value),
            shorten_middle(model_label(row.model_name, row.variant, None), _LABEL_LIMIT, VALUE_SIZE),
        )
        for row in ordered
    ]
    places = place_labels(anchors, plan.obstacles(), (plan.width, _HEIGHT), VALUE_SIZE, far=True)
    return name_layers(anchors, places, colour)


def _notes(plan: _Plan) -> list[str]:
    notes = ["Step lines: the best so far of each group."]
    if plan.closed:
        notes.append("Dotted: lags, from a record to the day another group reached its value.")
    words = [
        f"{lag.group} after more than {lag.months:.1f} months ({format_value(lag.record_value, lag.unit)}; lead when it came: {lag.lead_verdict})"
        for lag in plan.waiting
    ]
    if words:
        notes.append(f"Not reached yet: {list_names(words, 3)}.")
    notes += [evidence_note([row.evidence for row in plan.intervals], None)] if plan.intervals else []
    notes += claim_notes([(clean_name(row.benchmark_name), row.fingerprint, row.is_approximate) for row in plan.rows])
    return [*notes, f"The axis starts at {plan.low:g}, not at zero."] if plan.low != 0 else notes
