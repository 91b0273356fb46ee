"""Cells whose claims disagree: a line from the least to the greatest value claimed, and what may explain it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.columns import Column, Lines, Look, cut_name
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_value,
    model_label,
    shorten,
    unique_labels,
    with_unit,
)
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.rows.conflicts import EXPLAINED, PROTOCOL_UNKNOWN, UNEXPLAINED, Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "conflicts"
_LABEL_LIMIT, _REASON_LIMIT = 380.0, 260.0
_TOOLTIP = {
    "model": "Model",
    "benchmark": "Benchmark",
    "metric": "Metric",
    "claims": "Claims",
    "apart": "Apart",
    "evidence": "Evidence",
    "reason": "Protocols",
}


def plot_conflicts(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    conflicts: Sequence[Conflict],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Ranges of the values claimed, a line a cell, in the order of the rows.

    The line is strong where settings are stated and all agree, thin where some differ, dotted where too little is stated.

    Args:
        conflicts: Rows of the conflicts, all in one unit.
        title: Title, or None for none.
        values: Whether each line ends in how far apart the claims are, and in what differs.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below.

    Returns:
        A layered chart with its data inside. No conflicts, or several units, raise `ChartError`.
    """
    rows = require_rows(conflicts, Conflict, _NAME, ("least", "greatest", "sigmas"))
    unit = require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    names: dict[tuple[str, ...], str] = {
        (row.metric, str(place)): cut_name(_label(row), _LABEL_LIMIT) for place, row in enumerate(rows)
    }
    labels = list(unique_labels(names).values())
    records = [_record(row, label) for row, label in zip(rows, labels, strict=True)]
    lines = Lines(
        records,
        Look(
            columns=(Column(field="apart"), Column(field="short", muted=True)) if values else (),
            heights=(26, 26, 0),
            default_width=400.0,
        ),
        require_width(width),
        room,
    )
    domain = nice_domain([end for row in rows for end in (row.least, row.greatest)])
    x = _x_axis(rows, domain, unit)
    y = lines.y()
    layers = [*_ranges(records, (x, y), look), *_ends(records, (x, y), look), *lines.layers(look)]
    frame = Frame(
        title=title,
        limit=room,
        description=f"Values claimed for {len(rows)} cells whose claims disagree.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(rows, domain[0]) if footnotes else [],
        notes_top=60,
        left=lines.left,
        right=lines.right,
    )
    return frame_layers(layers, frame)


def _x_axis(rows: Sequence[Conflict], domain: tuple[float, float, float], unit: str | None) -> alt.X:
    low, high, step = domain
    metrics = {clean_name(row.metric) for row in rows}
    metric = metrics.pop() if len(metrics) == 1 else "value claimed"
    return alt.X(
        "least:Q",
        title=with_unit(metric[:1].upper() + metric[1:], unit),
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(ticks(low, high, step), labelFlush=False),
    )


def _label(row: Conflict) -> str:
    return f"{model_label(row.model_name, row.variant, None)}, {benchmark_label(row.benchmark_name, row.subset)}"


def _record(row: Conflict, label: str) -> dict[str, Any]:
    apart = format_value(row.difference, row.unit)
    listed = [f"{value} {clean_name(source)}" for value, source in zip(row.values, row.sources, strict=True)]
    reason = clean_name("; ".join(row.settings) or row.explanation).replace("_", " ")
    return {
        "label": label,
        "model": model_label(row.model_name, row.variant, None),
        "benchmark": benchmark_label(row.benchmark_name, row.subset),
        "metric": clean_name(row.metric),
        "claims": "; ".join(listed),
        "least": row.least,
        "greatest": row.greatest,
        "apart": apart if row.sigmas is None else f"{apart}, {row.sigmas:.1f} s.e.",
        "evidence": row.evidence,
        "explanation": row.explanation,
        "reason": reason,
        "short": shorten(reason, _REASON_LIMIT, VALUE_SIZE),
        "score_ids": list(row.score_ids),
    }


def _ranges(records: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    looks: dict[str, dict[str, Any]] = {
        UNEXPLAINED: {"color": theme.worse, "strokeWidth": 4},
        EXPLAINED: {"color": theme.axis, "strokeWidth": 2},
        PROTOCOL_UNKNOWN: {"color": theme.axis, "strokeWidth": 2, "strokeDash": [2, 3]},
    }
    layers = []
    for explanation, look in looks.items():
        some = [record for record in records if record["explanation"] == explanation]
        if some:
            mark = alt.Chart(inline(some), name=explanation).mark_rule(tooltip=None, **look)
            layers.append(mark.encode(x=axes[0], x2=alt.X2("greatest"), y=axes[1]))
    return layers


def _ends(records: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()]
    layers = []
    for end, fill in (("least", theme.background), ("greatest", theme.text)):
        x = axes[0].copy()
        x.shorthand = f"{end}:Q"
        mark = alt.Chart(inline(records), name=f"{end} values").mark_point(
            shape="circle", size=60, opacity=1, fill=fill, stroke=theme.text, strokeWidth=1.6
        )
        layers.append(mark.encode(x=x, y=axes[1], tooltip=tooltip))
    return layers


def _notes(rows: Sequence[Conflict], low: float) -> list[str]:
    found = {row.explanation for row in rows}
    words = {
        UNEXPLAINED: "Strong lines: settings are stated and all agree.",
        EXPLAINED: "Thin lines: the settings named differ between the least and the greatest value.",
        PROTOCOL_UNKNOWN: "Dotted lines: too little is stated of the protocols.",
    }
    notes = ["From the least value claimed (hollow) to the greatest."]
    notes += [text for explanation, text in words.items() if explanation in found]
    if any(row.sigmas is not None for row in rows):
        notes.append(
            "Standard errors (s.e.) count as of independent claims; on shared items the true error is usually smaller."
        )
    if any(value.startswith("~") for row in rows for value in row.values):
        notes.append("Some claims are approximate.")
    return [*notes, f"The axis starts at {low:g}, not at zero."] if low != 0 else notes
