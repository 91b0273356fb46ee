"""Differences between models: a point with its interval for each benchmark, and what follows from it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
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
from benchdb.charts.theme import LINE_HEIGHT, TEXT_SIZE, VALUE_SIZE, Theme, get_theme
from benchdb.rows.comparison import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME = "differences"
_MOST_TITLE_LINES = 2
_ROW, _LOW_ROW, _MANY = 32, 24, 20
_LABEL_LIMIT = 340
_COLUMN_GAP = 22
_WIDTH = 420.0
_DIFFERENCE_UNIT = {"percent": "percentage points"}


def plot_differences(
    differences: Sequence[Difference],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
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
    domain = _with_headings(records) if headed else list(labels.values())
    plot_width = require_width(width) or _WIDTH
    height = len(domain) * (_ROW if len(domain) <= _MANY else _LOW_ROW)
    axis_title = _x_title(rows, pairs, unit, plot_width)
    x = _x_axis(rows, axis_title)
    y = _y_axis(domain)
    layers = [_zero(look), *_lines(records, x, y, look), _points(records, x, y)]
    layers += _columns(records, y, plot_width) if values else []
    layers += _sides(rows, pairs, plot_width, look)
    frame = Frame(
        title=title,
        description=f"Differences between {list_names([f'{a} and {b}' for a, b in pairs])} with their intervals.",
        width=plot_width,
        height=height,
        theme=look,
        notes=_notes(rows) if footnotes else [],
        notes_top=78 + LINE_HEIGHT * max(0, len(axis_title) - 2),
        left=_left(domain),
        right=_COLUMN_GAP + sum(_column_widths(records)) if values else 0.0,
    )
    return frame_layers(layers, frame)


def _key(row: Difference, index: int) -> tuple[str, ...]:
    return row.metric, str(index)


def _label(row: Difference, pairs: Sequence[tuple[str, str]], *, headed: bool) -> str:
    """The first line is shown; the second one keeps rows of several pairs apart."""
    name = shorten(clean_name(row.benchmark_name), _LABEL_LIMIT, TEXT_SIZE)
    if len(pairs) == 1:
        return name
    pair = shorten(_pair(row), _LABEL_LIMIT, TEXT_SIZE)
    return f"{name}\n{pair}" if headed else f"{pair}\n{name}"


def _pair(row: Difference) -> str:
    return f"{clean_name(row.model_name_a)} − {clean_name(row.model_name_b)}"


def _with_headings(records: Sequence[dict[str, Any]]) -> list[str]:
    """The labels, with a line before the rows of each pair that names it; such a line has no first line."""
    domain: list[str] = []
    for before, record in zip([None, *records], records, strict=False):
        if before is None or before["pair"] != record["pair"]:
            domain.append(f"\n{shorten(record['pair'], _LABEL_LIMIT, TEXT_SIZE)}\n{len(domain)}")
        domain.append(record["label"])
    return domain


def _record(row: Difference, label: str, theme: Theme) -> dict[str, Any]:
    established = row.verdict in {"better", "worse"}
    colour = {"better": theme.better, "worse": theme.worse}.get(row.verdict, theme.muted)
    known = row.lower is not None and row.upper is not None
    interval = format_interval(row.lower, row.upper, row.unit, signed=True)
    return {
        "label": label,
        "pair": _pair(row),
        "benchmark": clean_name(row.benchmark_name),
        "difference": row.difference,
        "start": row.lower if known else row.difference - row.rounding,
        "end": row.upper if known else row.difference + row.rounding,
        "known": known,
        "values": f"{format_value(row.value_a, row.unit)} − {format_value(row.value_b, row.unit)}",
        "text": format_value(row.difference, row.unit, signed=True) + (f" {interval}" if known else ""),
        "interval": interval,
        "verdict": clean_name(row.verdict),
        "evidence": row.evidence,
        "method": clean_name(row.method or "none"),
        "colour": colour,
        "fill": colour if established else theme.background,
        "shape": "cross" if row.verdict == "not comparable" else "circle" if row.benchmark is not None else "diamond",
        "size": 80 if row.benchmark is not None else 130,
    }


def _x_title(rows: Sequence[Difference], pairs: Sequence[tuple[str, str]], unit: str | None, width: float) -> list[str]:
    """The title of the axis in lines: two for the names at most, each cut where it does not fit one."""
    room = max(width, _WIDTH)
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


def _y_axis(labels: Sequence[str]) -> alt.Y:
    axis = alt.Axis(
        labelExpr="split(datum.label, '\\n')[0] || split(datum.label, '\\n')[1]",
        labelFontWeight=alt.when("split(datum.label, '\\n')[0] == ''")
        .then(alt.value("bold"))
        .otherwise(alt.value("normal")),
        labelLimit=0,
        ticks=False,
        domain=False,
        grid=False,
    )
    return alt.Y("label:N", title=None, sort=list(labels), scale=alt.Scale(domain=list(labels)), axis=axis)


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
        "text": "Difference",
        "verdict": "Verdict",
    }
    titles |= {"evidence": "Evidence", "method": "Method"}
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


def _columns(records: Sequence[dict[str, Any]], y: alt.Y, width: float) -> list[alt.Chart]:
    numbers_at = width + _COLUMN_GAP
    verdict_at = numbers_at + _column_widths(records)[0]
    chart = alt.Chart(inline(records))
    style: dict[str, Any] = {"align": "left", "baseline": "middle", "tooltip": None}
    return [
        chart.mark_text(**style).encode(x=alt.value(numbers_at), y=y, text=alt.Text("text:N")),
        chart.mark_text(**style, fontWeight=600).encode(
            x=alt.value(verdict_at), y=y, text=alt.Text("verdict:N"), color=alt.Color(**_plain("colour"))
        ),
    ]


def _column_widths(records: Sequence[dict[str, Any]]) -> list[float]:
    widest = [max(text_width(record[field], VALUE_SIZE) for record in records) for field in ("text", "verdict")]
    return [width + _COLUMN_GAP for width in widest]


def _left(labels: Iterable[str]) -> float:
    shown = (next(line for line in label.split("\n") if line) for label in labels)
    return max(text_width(text, TEXT_SIZE) for text in shown)


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
