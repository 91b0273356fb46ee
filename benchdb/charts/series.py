"""The runs of one model on one benchmark in order, with the levels they lie on and where the level changes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, axis_room, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    model_label,
    protocol_label,
    source_label,
    text_width,
    with_unit,
)
from benchdb.charts.notes import evidence_note
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.series import SeriesPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "series"
_WIDTH, _HEIGHT = 640.0, 320
_MARGIN = 0.03
_MOST_CHANGES = 4
_BOLD = 1.1
_NUMBERS = ("value", "lower", "upper", "level_mean")


def plot_series(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    points: Sequence[SeriesPoint],
    *,
    title: str | None = None,
    intervals: bool = False,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Runs over their time or checkpoint: a point each, a line for each level, a rule where a new level begins.

    Runs that all have a moment stand on an axis of time, else runs that all have a checkpoint on one of steps, else all
    stand side by side in their order.

    Args:
        points: The runs of a series, in order.
        title: Title, or None for none.
        intervals: Whether each run's interval is drawn where it is known.
        values: Whether each change bears its size.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the marks are explained below the chart.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If the runs are not those of one series.
    """
    rows = require_rows(points, SeriesPoint, _NAME, _NUMBERS)
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    if len({(row.model, row.benchmark, row.metric) for row in rows}) > 1:
        raise ChartError("series: expected the runs of one model on one benchmark. Draw each series on its own.")
    look = get_theme(theme)
    kind = _kind(rows)
    records = [_record(row, kind) for row in rows]
    held = [row.value for row in rows] + [row.level_mean for row in rows]
    if intervals:
        held += [end for row in rows for end in (row.lower, row.upper) if end is not None]
    low, high, step = nice_domain(held)
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    y = alt.Y("value:Q", title=_y_title(rows[0]), scale=scale, axis=number_axis(ticks(low, high, step)))
    x = _x(records, kind)
    plot_width = require_width(width) or _WIDTH
    # Rules of changes lie lowest: each stands at a run, whose point and interval it must not hide.
    layers = [*_changes(records, x, look), *_intervals(records, x, y, look, shown=intervals)]
    layers += [*_levels(records, x, y, look), _points(records, x, y, look)]
    layers += _change_sizes(records, x, look, plot_width) if values else []
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(low, high, step)),
        description=f"{len(rows)} runs of {rows[0].model_name} on {rows[0].benchmark_name}.",
        width=plot_width,
        height=_HEIGHT,
        theme=look,
        notes=_notes(rows, low, intervals=intervals) if footnotes else [],
        notes_top=58,
    )
    return frame_layers(layers, frame)


def _kind(rows: Sequence[SeriesPoint]) -> str:
    places = [row.step for row in rows]
    if all(place is not None for place in places) and places == sorted(places, key=lambda place: place or 0):
        return "step"
    return "time" if all(row.ran_at is not None for row in rows) else "order"


def _record(row: SeriesPoint, kind: str) -> dict[str, Any]:
    moment = row.ran_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if row.ran_at else None
    coincides = f" ({'; '.join(row.coincides)})" if row.coincides else ""
    return {
        "x": {"time": moment, "step": row.step}.get(kind, row.position),
        "run": clean_name(row.label or row.at),
        "model": model_label(row.model_name, row.variant, None),
        "at": row.at,
        "value": row.value,
        "text": format_value(row.value, row.unit),
        "lower": row.lower,
        "upper": row.upper,
        "interval": format_interval(row.lower, row.upper, row.unit),
        "evidence": row.evidence,
        "mean": row.level_mean,
        "level": format_value(row.level_mean, row.unit),
        "change": None if row.change is None else format_value(row.change, row.unit, signed=True),
        "size": abs(row.change or 0.0),
        "verdict": row.verdict,
        "why": clean_name(f"{row.verdict}{coincides}") if row.is_change else "–",
        "protocol": protocol_label(row.protocol),
        "source": source_label(row.source),
        "score_id": str(row.score_id),
    }


def _x(records: Sequence[dict[str, Any]], kind: str) -> alt.X:
    if kind == "time":
        scale = alt.Scale(type="utc", nice=False, padding=14)
        years = list(dict.fromkeys((records[0]["x"][:4], records[-1]["x"][:4])))
        return alt.X(
            "x:T",
            title=f"Run at (UTC), {'–'.join(years)}",
            scale=scale,
            axis=alt.Axis(grid=False, tickCount=6, labelOverlap=True),
        )
    title = "Step" if kind == "step" else "Run"
    ends = [records[0]["x"], records[-1]["x"]]
    margin = max((ends[1] - ends[0]) * _MARGIN, 0.5)
    scale = alt.Scale(domain=[ends[0] - margin, ends[1] + margin], nice=False, zero=False)
    axis = alt.Axis(grid=False, tickCount=8, format=".3~s" if kind == "step" else "d", labelOverlap=True)
    return alt.X("x:Q", title=title, scale=scale, axis=axis)


def _y_title(row: SeriesPoint) -> str:
    return with_unit(f"{clean_name(row.benchmark_name)}, {clean_name(row.metric)}", row.unit)


def _points(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme) -> alt.Chart:
    titles = {"run": "Run", "at": "At", "model": "Model", "text": "Value", "interval": "Interval"}
    titles |= {"evidence": "Evidence", "level": "Mean of the level", "why": "Change"}
    titles |= {"protocol": "Protocol", "source": "Source"}
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    mark = alt.Chart(inline(records), name="runs").mark_point(
        filled=True, opacity=0.85, size=45, color=theme.categorical[0]
    )
    layer: alt.Chart = mark.encode(x=x, y=y, tooltip=tooltip)
    return layer


def _intervals(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme, *, shown: bool) -> list[alt.Chart]:
    known = [record for record in records if record["lower"] is not None and record["upper"] is not None]
    if not shown or not known:
        return []
    mark = alt.Chart(inline(known), name="intervals").mark_rule(
        color=theme.categorical[0], strokeOpacity=0.35, strokeWidth=1.2, tooltip=None
    )
    start = y.copy()
    start.shorthand = "lower:Q"
    return [mark.encode(x=x, y=start, y2=alt.Y2("upper"))]


def _levels(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme) -> list[alt.Chart]:
    ends: list[dict[str, Any]] = []
    number = 0
    for record in records:
        number += record["change"] is not None
        ends.append({"x": record["x"], "value": record["mean"], "number": number})
    spans = []
    for _, group in groupby(ends, key=lambda end: end["number"]):
        members = list(group)
        spans.append(members[0] | {"x2": members[-1]["x"]})
    mark = alt.Chart(inline(spans), name="levels").mark_rule(color=theme.text, strokeWidth=2, tooltip=None)
    return [mark.encode(x=x, x2=alt.X2("x2"), y=y)]


def _looks(theme: Theme) -> tuple[tuple[str, str, list[int]], ...]:
    """Verdict, colour and dashes of a change."""
    return (
        ("improvement", theme.better, [7, 3]),
        ("regression", theme.worse, [3, 3]),
        ("change", theme.muted, [1, 3]),
    )


def _changes(records: Sequence[dict[str, Any]], x: alt.X, theme: Theme) -> list[alt.Chart]:
    layers = []
    for verdict, colour, dash in _looks(theme):
        rows = [record for record in records if record["change"] is not None and record["verdict"] == verdict]
        if rows:
            mark = alt.Chart(inline(rows), name=f"{verdict}s").mark_rule(
                color=colour, strokeWidth=1.4, strokeDash=dash, tooltip=None
            )
            layers.append(mark.encode(x=x))
    return layers


def _change_sizes(records: Sequence[dict[str, Any]], x: alt.X, theme: Theme, width: float) -> list[alt.Chart]:
    """Sizes of the changes at the upper edge, the larger ones first where they would cover each other."""
    shown = _apart([record for record in records if record["change"] is not None], records, width)
    layers = []
    for verdict, colour, _ in _looks(theme):
        rows = [record for record in shown if record["verdict"] == verdict]
        if rows:
            text = alt.Chart(inline(rows), name=f"sizes of {verdict}s").mark_text(
                align="left", baseline="top", dx=4, color=colour, fontSize=VALUE_SIZE, fontWeight="bold", tooltip=None
            )
            layers.append(text.encode(x=x, y=alt.value(2), text=alt.Text("change:N")))
    return layers


def _apart(found: Sequence[dict[str, Any]], records: Sequence[dict[str, Any]], width: float) -> list[dict[str, Any]]:
    ends = [_place(records[0]["x"]), _place(records[-1]["x"])]
    span = (ends[1] - ends[0]) or 1.0
    kept: list[tuple[float, float, dict[str, Any]]] = []
    for record in sorted(found, key=lambda record: -record["size"]):
        left = (_place(record["x"]) - ends[0]) / span * width
        right = left + text_width(record["change"], VALUE_SIZE) * _BOLD + 4
        if all(right < start or end < left for start, end, _ in kept):
            kept.append((left, right, record))
    return [record for record in found if any(record is other for _, _, other in kept)]


def _place(x: float | str) -> float:
    return datetime.fromisoformat(x).timestamp() if isinstance(x, str) else float(x)


def _notes(rows: Sequence[SeriesPoint], low: float, *, intervals: bool) -> list[str]:
    notes = ["Horizontal lines: the mean of each level."]
    changed = [row for row in rows if row.is_change]
    words = [f"{format_value(row.change or 0.0, row.unit, signed=True)} at {row.at} ({row.verdict})" for row in changed]
    more = f"; and {len(words) - _MOST_CHANGES} more" if len(words) > _MOST_CHANGES else ""
    listed = "; ".join(words[:_MOST_CHANGES])
    notes.append(f"Dashed: change points, {listed}{more}." if words else "No change point was found.")
    known = [row.evidence for row in rows if row.lower is not None]
    notes += [evidence_note(known, None, marks="Upright lines")] if intervals and known else []
    return [*notes, f"The axis starts at {low:g}, not at zero."] if low != 0 else notes
