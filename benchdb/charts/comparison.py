"""Differences between models: a point with its interval for each benchmark, and what follows from it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.columns import Column, Lines, Look, cut_name
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    list_names,
    shorten,
    text_width,
    unique_labels,
    wrap_text,
)
from benchdb.charts.notes import difference_notes, evidence_note
from benchdb.charts.pairs import difference_record
from benchdb.charts.theme import LINE_HEIGHT, TEXT_SIZE, VALUE_SIZE, Theme, get_theme
from benchdb.rows.comparison import Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "differences"
_MOST_TITLE_LINES = 2
_TITLE_ROOM = 420.0
_DIFFERENCE_UNIT = {"percent": "percentage points"}


def plot_differences(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    differences: Sequence[Difference],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Dot plot of differences with their intervals, one line per pair of models and benchmark, pair by pair.

    A filled point is an established difference, a hollow one is not; a dotted line shows the rounding of the printed
    values where nothing else is known. The row over all common benchmarks is a diamond, one that is not comparable a cross.

    Args:
        differences: The rows of a comparison, all in one unit.
        title: Title, or None for none.
        values: Whether each line ends in its numbers and its verdict in words.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what the lines rest on and how protocols differ.

    Returns:
        A layered chart with its data inside.
        Rows that cannot share one axis raise `ChartError`.
    """
    rows = require_rows(differences, Difference, _NAME, ("difference", "lower", "upper", "rounding"))
    unit = require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    pairs = list(dict.fromkeys((row.model_name_a, row.model_name_b) for row in rows))
    headed = len(pairs) > 1 and len(rows) > len(pairs)
    labels = unique_labels({_key(row, index): _label(row, pairs, headed=headed) for index, row in enumerate(rows)})
    records = [_record(row, labels[_key(row, index)], look) for index, row in enumerate(rows)]
    lines = Lines(
        records,
        Look(
            name="name",
            heading="heading" if headed else None,
            columns=(Column(field="text"), Column(field="verdict", colour="colour", bold=True)) if values else (),
            heights=(32, 24, 20),
            dotted=False,
        ),
        require_width(width),
        room,
    )
    axis_title = _x_title(rows, pairs, unit, lines.width if room else max(lines.width, _TITLE_ROOM))
    x, y = _x_axis(rows, axis_title), lines.y()
    layers = [_zero(look), *_lines(records, x, y, look), _points(records, x, y), *lines.layers(look)]
    layers += _sides(rows, pairs, lines.width, look)
    frame = Frame(
        title=title,
        limit=room,
        description=f"Differences between {list_names([f'{a} and {b}' for a, b in pairs])} with their intervals.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(rows) if footnotes else [],
        notes_top=78 + LINE_HEIGHT * max(0, len(axis_title) - 2),
        left=lines.left,
        right=lines.right,
    )
    return frame_layers(layers, frame)


def _key(row: Difference, index: int) -> tuple[str, ...]:
    return row.metric, str(index)


def _label(row: Difference, pairs: Sequence[tuple[str, str]], *, headed: bool) -> str:
    """The first line is shown; the second one keeps rows of several pairs apart."""
    name = cut_name(clean_name(row.benchmark_name))
    if len(pairs) == 1:
        return name
    pair = cut_name(_pair(row))
    return f"{name}\n{pair}" if headed else f"{pair}\n{name}"


def _pair(row: Difference) -> str:
    return f"{clean_name(row.model_name_a)} − {clean_name(row.model_name_b)}"


def _record(row: Difference, label: str, theme: Theme) -> dict[str, Any]:
    established = row.verdict in {"better", "worse"}
    colour = {"better": theme.better, "worse": theme.worse}.get(row.verdict, theme.muted)
    known = row.lower is not None and row.upper is not None
    interval = format_interval(row.lower, row.upper, row.unit, signed=True)
    return {
        "label": label,
        "name": next(part for part in label.split("\n") if part),
        "heading": cut_name(_pair(row)),
        "pair": _pair(row),
        "benchmark": clean_name(row.benchmark_name),
        "difference": row.difference,
        "start": row.lower if known else row.difference - row.rounding,
        "end": row.upper if known else row.difference + row.rounding,
        "known": known,
        "values": f"{format_value(row.value_a, row.unit)} − {format_value(row.value_b, row.unit)}",
        "size_text": format_value(row.difference, row.unit, signed=True),
        "text": format_value(row.difference, row.unit, signed=True) + (f" {interval}" if known else ""),
        **difference_record(row),
        "colour": colour,
        "fill": colour if established else theme.background,
        "shape": "cross" if row.verdict == "not comparable" else "circle" if row.benchmark is not None else "diamond",
        "size": 80 if row.benchmark is not None else 130,
    }


def _x_title(rows: Sequence[Difference], pairs: Sequence[tuple[str, str]], unit: str | None, room: float) -> list[str]:
    """The title of the axis in lines: two for the names at most, each cut where it does not fit the room."""
    first, second = (clean_name(name) for name in pairs[0])
    name = f"{first} minus {second}" if len(pairs) == 1 else "Difference"
    benchmarks = {clean_name(row.benchmark_name) for row in rows}
    if len(pairs) > 1 and len(benchmarks) == 1:
        name += f" on {benchmarks.pop()}"
    lines = wrap_text(name, room, TEXT_SIZE)
    if len(lines) > _MOST_TITLE_LINES:
        cut = shorten(first, room - text_width(" minus", TEXT_SIZE), TEXT_SIZE)
        lines = (
            [f"{cut} minus", shorten(second, room, TEXT_SIZE)] if len(pairs) == 1 else [shorten(name, room, TEXT_SIZE)]
        )
    measured = _DIFFERENCE_UNIT.get(unit or "", unit or "")
    return [*lines, f"({measured})"] if measured else lines


def _x_axis(rows: Sequence[Difference], title: list[str]) -> alt.X:
    ends = [end for row in rows for end in (row.lower, row.upper) if end is not None]
    ends += [row.difference + sign * row.rounding for row in rows for sign in (-1, 1)]
    low, high, step = nice_domain(ends, zero=True)
    return alt.X(
        "difference:Q",
        title=title if len(title) > 1 else title[0],
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(
            ticks(low, high, step),
            labelExpr="replace(format(datum.value, '+.6~r'), '+0', '0')",
            labelFlush=False,
            domain=True,
        ),
    )


def _zero(theme: Theme) -> alt.Chart:
    mark = alt.Chart(inline([{}]), name="zero").mark_rule(color=theme.axis, strokeWidth=1.2, tooltip=None)
    layer: alt.Chart = mark.encode(x=alt.datum(0))
    return layer


def _plain(channel: str) -> dict[str, Any]:
    return {"field": channel, "type": "nominal", "scale": None, "legend": None}


def _lines(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme) -> list[alt.Chart]:
    known = [record for record in records if record["known"]]
    rounded = [record for record in records if not record["known"] and record["end"] > record["start"]]
    layers = []
    start = x.copy()
    start.shorthand = "start:Q"
    if known:
        mark = alt.Chart(inline(known), name="intervals").mark_rule(strokeWidth=2.2, tooltip=None)
        layers.append(mark.encode(x=start, x2=alt.X2("end"), y=y, color=alt.Color(**_plain("colour"))))
    if rounded:
        dotted = alt.Chart(inline(rounded), name="rounding").mark_rule(
            strokeWidth=2.2, strokeDash=[2, 2], color=theme.muted, tooltip=None
        )
        layers.append(dotted.encode(x=start, x2=alt.X2("end"), y=y))
    return layers


def _points(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y) -> alt.Chart:
    titles = {
        "pair": "Models",
        "benchmark": "Benchmark",
        "values": "Values",
        "size_text": "Difference",
        "interval": "Interval",
        "verdict": "Verdict",
    }
    titles |= {"evidence": "Evidence", "method": "Method"}
    titles |= {"protocols": "Protocols", "differing": "Protocols differ in", "sources": "Sources"}
    point = alt.Chart(inline(records), name="differences").mark_point(opacity=1, strokeWidth=2)
    layer: alt.Chart = point.encode(
        x=x,
        y=y,
        stroke=alt.Stroke(**_plain("colour")),
        fill=alt.Fill(**_plain("fill")),
        shape=alt.Shape(**_plain("shape")),
        size=alt.Size(field="size", type="quantitative", scale=None, legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()],
    )
    return layer


def _sides(rows: Sequence[Difference], pairs: Sequence[tuple[str, str]], width: float, theme: Theme) -> list[alt.Chart]:
    """Which side of zero is whose, where all rows agree on it."""
    directions = {row.higher_is_better for row in rows}
    if len(pairs) > 1 or directions not in ({True}, {False}):
        return []
    right, left = pairs[0] if directions == {True} else pairs[0][::-1]
    room = width / 2 - text_width("←  better", VALUE_SIZE) - 8
    names = [shorten(clean_name(name), room, VALUE_SIZE) for name in (left, right)]
    if names[0] == names[1]:  # Cut to what they share they would say nothing; the axis title names both.
        return []
    layers = []
    for at, align, text in ((0.0, "left", f"← {names[0]} better"), (width, "right", f"{names[1]} better →")):
        style: dict[str, Any] = {"align": align, "baseline": "bottom", "color": theme.muted, "tooltip": None}
        mark = alt.Chart(inline([{}])).mark_text(text=text, **style)
        layers.append(mark.encode(x=alt.value(at), y=alt.value(-6)))
    return layers


def _notes(rows: Sequence[Difference]) -> list[str]:
    known = [row for row in rows if row.lower is not None and row.upper is not None]
    notes = []
    if known:
        notes.append(evidence_note([row.evidence for row in known], known[0].level))
        if any(row.rounding for row in known):
            notes.append("Intervals are widened by the rounding of the printed values.")
    if any(row.rounding for row in rows if row not in known):
        notes.append("Where the uncertainty is unknown, only the reach of rounding is drawn, dotted.")
    return notes + difference_notes(rows)
