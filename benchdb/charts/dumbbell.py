"""Two models side by side: on each benchmark both values with their intervals, joined by the difference."""

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
    shorten_middle,
    text_width,
    unique_labels,
    with_unit,
)
from benchdb.charts.notes import difference_notes, evidence_words
from benchdb.charts.pairs import claim_sides, difference_record
from benchdb.charts.theme import TEXT_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.comparison import Difference
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "dumbbell"
_LEGEND_LIMIT = 560
_APART = 6.0
_LEGEND_SYMBOLS = 60.0
_NARROW_LEGEND = 340.0
_ESTABLISHED = {"better", "worse"}
_JUDGED = {*_ESTABLISHED, "not distinguishable"}
_TOOLTIP = {
    "model": "Model",
    "benchmark": "Benchmark",
    "metric": "Metric",
    "text": "Value",
    "interval": "Interval",
    "difference": "Difference",
    "difference_interval": "Interval of the difference",
    "verdict": "Verdict",
    "evidence": "Evidence",
    "method": "Method",
    "protocol": "Protocol",
    "differing": "Protocols differ in",
    "source": "Source",
}


def plot_dumbbell(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    differences: Sequence[Difference],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Dumbbells of two models, a line a benchmark: a circle and a square at their values, and a bar between.

    The bar is strong where the difference is established, thin where it is within the noise, dotted where it cannot be
    judged. Intervals of the single values may overlap although the difference is established: it has an error of its own.

    Args:
        differences: The rows of a comparison of two models, all in one unit.
        title: Title, or None for none.
        values: Whether each line ends in its difference and its verdict in words.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what the lines rest on and how protocols differ.

    Returns:
        A layered chart with its data inside. Several pairs, or several units, raise `ChartError`.
    """
    rows = require_rows(differences, Difference, _NAME, ("value_a", "value_b", "difference"))
    unit = require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    models = _pair(rows, _LEGEND_LIMIT if room is None else min(_LEGEND_LIMIT, room - _LEGEND_SYMBOLS))
    look = get_theme(theme)
    names: dict[tuple[str, ...], str] = {
        (row.benchmark or "", row.metric, str(place)): cut_name(clean_name(row.benchmark_name))
        for place, row in enumerate(rows)
    }
    labels = list(unique_labels(names).values())
    links = [_link(row, label) for row, label in zip(rows, labels, strict=True)]
    ends = [record for row, label in zip(rows, labels, strict=True) for record in _ends(row, label, models)]
    lines = Lines(
        links,
        Look(
            columns=(Column(field="text", bold=True), Column(field="verdict", muted=True)) if values else (),
            heights=(36, 26, 15),
        ),
        require_width(width),
        room,
    )
    held = [end[field] for end in ends for field in ("value", "lower", "upper") if end[field] is not None]
    domain = nice_domain(held)
    axes = _x_axis(domain, rows, unit), lines.y()
    layers = [*_links(links, axes, look), *_intervals(ends, axes, look), _points(ends, models, axes, lines, look)]
    layers += lines.layers(look)
    frame = Frame(
        title=title,
        limit=room,
        description=f"{models[0]} and {models[1]} on {len(rows)} benchmarks.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(rows, domain[0]) if footnotes else [],
        notes_top=60,
        left=lines.left,
        right=lines.right,
    )
    return frame_layers(layers, frame)


def _pair(rows: Sequence[Difference], limit: float) -> tuple[str, str]:
    pairs = list(dict.fromkeys((row.model_a, row.model_b) for row in rows))
    if len(pairs) > 1:
        raise ChartError(
            f"{_NAME}: it draws two models, found {len(pairs)} pairs. Compare two models, or draw differences or a matrix."
        )
    first = rows[0]
    names = [shorten(clean_name(name), limit, TEXT_SIZE) for name in (first.model_name_a, first.model_name_b)]
    return names[0], names[1] if names[1] != names[0] else shorten_middle(
        f"{names[1]} [{clean_name(first.model_b)}]", limit, TEXT_SIZE
    )


def _link(row: Difference, label: str) -> dict[str, Any]:
    weight = "established" if row.verdict in _ESTABLISHED else "noise" if row.verdict in _JUDGED else "unjudged"
    return {
        "label": label,
        "a": row.value_a,
        "b": row.value_b,
        "weight": weight,
        "text": format_value(row.difference, row.unit, signed=True),
        "verdict": clean_name(row.verdict),
        "score_id_a": None if row.score_id_a is None else str(row.score_id_a),
        "score_id_b": None if row.score_id_b is None else str(row.score_id_b),
    }


def _ends(row: Difference, label: str, models: tuple[str, str]) -> list[dict[str, Any]]:
    said = difference_record(row)
    protocols, sources = claim_sides(row)
    shared = {
        "label": label,
        "benchmark": clean_name(row.benchmark_name),
        "metric": clean_name(row.metric),
        "difference": format_value(row.difference, row.unit, signed=True),
        "difference_interval": said["interval"],
        **{field: said[field] for field in ("verdict", "evidence", "method", "differing")},
    }
    sides = (
        (row.value_a, row.lower_a, row.upper_a, row.is_approximate_a, -_APART, protocols[0], sources[0]),
        (row.value_b, row.lower_b, row.upper_b, row.is_approximate_b, _APART, protocols[1], sources[1]),
    )
    return [
        shared
        | {
            "model": model,
            "value": value,
            "text": f"{'≈' if approximate else ''}{format_value(value, row.unit)}",
            "lower": lower,
            "upper": upper,
            "interval": format_interval(lower, upper, row.unit),
            "shift": shift,
            "protocol": protocol,
            "source": source,
            # The circle lies on the square and is smaller, so that both are seen where they meet.
            "size": 60 if shift < 0 else 125,
        }
        for model, (value, lower, upper, approximate, shift, protocol, source) in zip(
            models[::-1], sides[::-1], strict=True
        )
    ]


def _x_axis(domain: tuple[float, float, float], rows: Sequence[Difference], unit: str | None) -> alt.X:
    low, high, step = domain
    metrics = {clean_name(row.metric) for row in rows if row.benchmark is not None}
    metric = metrics.pop() if len(metrics) == 1 else "score"
    return alt.X(
        "value:Q",
        title=with_unit(metric[:1].upper() + metric[1:], unit),
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(ticks(low, high, step), labelFlush=False),
    )


def _links(links: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    looks: dict[str, dict[str, Any]] = {
        "established": {"color": theme.text, "strokeWidth": 4},
        "noise": {"color": theme.axis, "strokeWidth": 1.6},
        "unjudged": {"color": theme.axis, "strokeWidth": 1.6, "strokeDash": [2, 3]},
    }
    x = axes[0].copy()
    x.shorthand = "a:Q"
    layers = []
    for weight, look in looks.items():
        some = [link for link in links if link["weight"] == weight]
        if some:
            mark = alt.Chart(inline(some), name=f"{weight} differences").mark_rule(tooltip=None, **look)
            layers.append(mark.encode(x=x, x2=alt.X2("b"), y=axes[1]))
    return layers


def _intervals(ends: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    """Each model's intervals beside the bar: the first one's above it, the second one's below."""
    x = axes[0].copy()
    x.shorthand = "lower:Q"
    layers = []
    for side, shift in enumerate((-_APART, _APART)):
        known = [end for end in ends if end["shift"] == shift and None not in {end["lower"], end["upper"]}]
        if known:
            mark = alt.Chart(inline(known), name=f"intervals of {'the second' if side else 'the first'}").mark_rule(
                color=theme.categorical[side], strokeWidth=2, opacity=0.75, yOffset=shift, tooltip=None
            )
            layers.append(mark.encode(x=x, x2=alt.X2("upper"), y=axes[1]))
    return layers


def _points(
    ends: Sequence[dict[str, Any]], models: tuple[str, str], axes: tuple[alt.X, alt.Y], lines: Lines, theme: Theme
) -> alt.Chart:
    narrow = sum(text_width(model, TEXT_SIZE) for model in models) + _LEGEND_SYMBOLS > max(lines.width, _NARROW_LEGEND)
    legend = alt.Legend(
        orient="top", title=None, symbolSize=90, labelLimit=0, direction="vertical" if narrow else "horizontal"
    )
    scale = alt.Scale(domain=list(models), range=list(theme.categorical[:2]))
    shapes = alt.Scale(domain=list(models), range=["circle", "square"])
    mark = alt.Chart(inline(ends), name="values").mark_point(
        filled=True, opacity=1, stroke=theme.background, strokeWidth=1
    )
    layer: alt.Chart = mark.encode(
        x=axes[0],
        y=axes[1],
        color=alt.Color("model:N", sort=list(models), scale=scale, legend=legend),
        shape=alt.Shape("model:N", sort=list(models), scale=shapes, legend=legend),
        size=alt.Size("size:Q", scale=None, legend=None),
        tooltip=[alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()],
    )
    return layer


def _notes(rows: Sequence[Difference], low: float) -> list[str]:
    notes = ["Bars: strong where the difference is established, thin within the noise, dotted where it is not judged."]
    if any(end is not None for row in rows for end in (row.lower_a, row.lower_b)):
        # Single values of paired models rest on the items of each.
        kinds = [
            Evidence.ITEMS if row.evidence == "paired" else row.evidence for row in rows if row.lower_a is not None
        ]
        notes.append(
            f"Lines are {rows[0].level * 100:g} % intervals of the single values, from {evidence_words(kinds)}; the difference has "
            "an interval of its own."
        )
    lacking = [
        clean_name(row.benchmark_name)
        for row in rows
        if row.benchmark is not None and (row.lower_a is None or row.lower_b is None)
    ]
    notes += [f"No interval is known of a value on {list_names(lacking)}."] if lacking else []
    if any(row.is_approximate_a or row.is_approximate_b for row in rows):
        names = [clean_name(row.benchmark_name) for row in rows if row.is_approximate_a or row.is_approximate_b]
        notes.append(f"Approximate values on {list_names(names)}.")
    notes += difference_notes(rows)
    return [*notes, f"The axis starts at {low:g}, not at zero."] if low != 0 else notes
