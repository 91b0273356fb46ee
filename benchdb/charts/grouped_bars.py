"""Grouped bars: models side by side on each benchmark."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Literal, get_args

import altair as alt
from altair.utils.schemapi import Undefined, UndefinedType

from benchdb.charts.bar_key import key_layers
from benchdb.charts.bar_layout import (
    BAR_GAP,
    HEIGHT,
    LEGEND_PADDING,
    LEGEND_ROW,
    SWATCH,
    corner_is_free,
    lay_out_bars,
    legend_size,
)
from benchdb.charts.bar_names import name_layers, names_below, names_height
from benchdb.charts.bar_notes import bar_notes
from benchdb.charts.bar_plan import BarPlan, BarStyle, hatch_key, plan_bars, split_benchmarks, value_axis
from benchdb.charts.check import require_choice, require_one_unit, require_rows, require_width
from benchdb.charts.colours import Colouring
from benchdb.charts.frame import Frame, axis_room, frame_layers, frame_panels, inline, number_axis, ticks
from benchdb.charts.hatch import LINE_WIDTH, swatch
from benchdb.charts.labels import clean_name, with_unit
from benchdb.charts.theme import LINE_HEIGHT, get_theme
from benchdb.rows.leaderboard import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.hatch import Hatch

LegendPlace = Literal["top-right", "top-left", "right", "top", "none"]
"""Where the legend stands."""

_NAME = "grouped bars"
_LEGEND_LABEL_LIMIT, _LEGEND_ROOM, _LEGEND_BESIDE = 420.0, 1000.0, 104.0
_MOST_LEGEND_ROWS = 15


def plot_grouped_bars(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    cells: Sequence[Cell],
    *,
    title: str | None = None,
    y_title: str | None = None,
    domain: tuple[float, float] | None = None,
    step: float | None = None,
    colour: Colouring = "size-and-maker",
    hatch: bool = True,
    hatch_by: str | None = None,
    highlight: Sequence[str] = (),
    error_bars: bool = False,
    values: bool = True,
    legend: LegendPlace = "top-right",
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart | alt.VConcatChart:
    """Grouped bar chart of models on benchmarks.

    Models and benchmarks stand in the order in which they first appear in the cells. A model without a score on a
    benchmark gets a dash in place of a bar. With many bars values are turned upright, and benchmarks that do not fit side
    by side (in 1,200 pixels, or in `width`) continue in panels below, all on one axis. Up to 40 models have a look of their own.

    Args:
        cells: The scores; one per model, variant, benchmark and subset, all in one unit.
        title: Title, or None for none.
        y_title: Title of the value axis; by default the metric (or "Score" for several) with its unit.
        domain: Ends of the value axis; by default from zero, to 100 for per cent.
        step: Distance between ticks; by default a round number.
        colour: "size-and-maker" (hue by size class, lightness by maker) or "model".
        hatch: Whether bars are hatched, each size class in its own direction.
        hatch_by: A field of the cells that the hatching shows instead, such as "evidence", with a key below the plot.
        highlight: Names of models that stand out; the others turn grey.
        error_bars: Whether intervals are drawn where they are known.
        values: Whether each bar bears its value, with the decimals of its claim.
        legend: Place of the legend. In a corner it stands inside the plot if nothing lies under it, else beside it. Where there
            is one benchmark, names stand below the bars instead if they fit and no other place is asked for.
        width: Width of a panel in pixels; by default the number of bars decides.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what a reader could mistake.

    Returns:
        A layered chart with its data inside, or several below each other. No cells, two for one bar, several units, too many
        models, a name or field that is not there, or an axis that would hide a bar raise `ChartError`.
    """
    rows = require_rows(cells, Cell, _NAME, ("value", "lower", "upper"))
    unit = require_one_unit(((cell.benchmark_name, cell.unit) for cell in rows), _NAME)
    require_choice(legend, get_args(LegendPlace), "legend")
    require_choice(colour, get_args(Colouring), "colour")
    low, high, tick_step = value_axis(rows, domain, step, error_bars=error_bars)
    by = hatch_by if hatch else None
    style = BarStyle(colour, hatch, error_bars, get_theme(theme), _names(highlight), by)
    parts = split_benchmarks(rows, require_width(width))
    options = BarOptions(
        y_axis=_y_axis(rows, y_title, unit, ticks(low, high, tick_step), (low, high)),
        legend=legend if len(parts) == 1 or legend == "none" else "top",
        error_bars=error_bars,
        values=values,
        key=hatch_key(rows, by),
        hatch_by=by or "",
        legend_limit=min(_LEGEND_LABEL_LIMIT, (room or _LEGEND_ROOM) - _LEGEND_BESIDE),
    )
    plans = [plan_bars(part, (low, high), _panel_width(width, parts, part), style, rows) for part in parts]
    panels = [_panel(plan, options, place, len(plans)) for place, plan in enumerate(plans, start=1)]
    label_lines = max(label.count("\n") + 1 for label in plans[-1].benchmarks)
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(low, high, tick_step)),
        description=f"Grouped bar chart of {len(plans[0].models)} models on {sum(len(plan.benchmarks) for plan in plans)} benchmarks.",
        width=plans[0].layout.width,
        height=HEIGHT,
        theme=style.theme,
        notes=bar_notes(
            rows, [row for plan in plans for row in plan.missing], domain=(low, high), error_bars=error_bars
        )
        if footnotes
        else [],
        notes_top=24 + label_lines * LINE_HEIGHT + panels[-1].below,
    )
    if len(panels) == 1:
        return frame_layers(panels[0].layers, frame)
    return frame_panels([(panel.layers, plan.layout.width) for panel, plan in zip(panels, plans, strict=True)], frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarOptions:
    """What all panels of a grouped bar chart share."""

    y_axis: alt.Y
    """The value axis."""
    legend: LegendPlace
    """Place of the legend."""
    error_bars: bool
    """Whether intervals are drawn."""
    values: bool
    """Whether each bar bears its value."""
    key: dict[str, Hatch]
    """Hatching by value of a field; empty where it shows the size class."""
    hatch_by: str
    """That field."""
    legend_limit: float
    """Most that a name in the legend may be wide."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel's layers."""

    layers: list[alt.Chart]
    """The lowest first."""
    below: float
    """Room that the key takes below the plot."""


def _panel(plan: BarPlan, options: BarOptions, place: int, of: int) -> Panel:
    names = names_below(plan) if options.legend == "top-right" else {}
    layers = [
        _bars(plan, options.y_axis, names_height(names)),
        *_hatching(plan),
        *name_layers(plan, names, _places(plan)),
    ]
    layers += [*_error_bars(plan)] if options.error_bars else []
    layers += [*_values(plan)] if options.values else []
    layers += [*_missing(plan), *_zero(plan), _legend(plan, options, shown=place == 1 and not names)]
    below = names_height(names)
    if place == of:
        lines = max(label.count("\n") + 1 for label in plan.benchmarks)
        at = (plan.layout.width, HEIGHT + 18.0 + lines * LINE_HEIGHT + below)
        key, height = key_layers(options.key, options.hatch_by, at, plan.theme)
        layers, below = [*layers, *key], below + height
    return Panel(layers, below)


def _panel_width(width: float | None, parts: list[list[Cell]], part: list[Cell]) -> float | None:
    """The width of a panel: its benchmarks' share of a row, so that bars are as wide in all panels."""
    if len(parts) == 1:
        return width
    counts = [len({(cell.benchmark, cell.subset, cell.metric) for cell in each}) for each in parts]
    here = counts[parts.index(part)]
    if width is not None:
        return round(width * here / counts[0])
    models = {(cell.model, cell.variant) for each in parts for cell in each}
    return round(lay_out_bars(sum(counts), len(models), (0, 1), None).width * here / sum(counts))


def _names(names: Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _y_axis(
    cells: list[Cell], y_title: str | None, unit: str | None, at: list[float], domain: tuple[float, float]
) -> alt.Y:
    metrics = {clean_name(cell.metric_name) for cell in cells}
    name = with_unit(metrics.pop() if len(metrics) == 1 else "Score", unit)
    return alt.Y(
        "value:Q",
        title=y_title or name,
        scale=alt.Scale(domain=list(domain), nice=False, zero=False),
        axis=number_axis(at),
    )


def _places(plan: BarPlan, padding: float = 0.0) -> dict[str, Any]:
    x = alt.X(
        "benchmark:N",
        title=None,
        sort=plan.benchmarks,
        scale=alt.Scale(
            domain=plan.benchmarks, paddingInner=plan.layout.group_padding, paddingOuter=plan.layout.group_padding / 2
        ),
        axis=alt.Axis(
            labelExpr="split(datum.label, '\\n')",
            labelPadding=6 + padding,
            labelAngle=0,
            labelOverlap=False,
            labelLimit=0,
            ticks=False,
        ),
    )
    offset = alt.XOffset(
        "model:N", sort=plan.models, scale=alt.Scale(domain=plan.models, paddingInner=BAR_GAP, paddingOuter=0)
    )
    return {"x": x, "xOffset": offset}


def _colour(plan: BarPlan, legend: alt.Legend | UndefinedType | None = Undefined) -> alt.Color:
    colours = [plan.looks[model].colour for model in plan.models]
    return alt.Color("model:N", sort=plan.models, scale=alt.Scale(domain=plan.models, range=colours), legend=legend)


def _bars(plan: BarPlan, y_axis: alt.Y, padding: float) -> alt.Chart:
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("maker:N", title="Maker"),
        alt.Tooltip("name:N", title="Benchmark"),
        alt.Tooltip("metric:N", title="Metric"),
        alt.Tooltip("text:N", title="Value"),
        alt.Tooltip("interval:N", title="Interval"),
        alt.Tooltip("evidence:N", title="Evidence"),
        alt.Tooltip("protocol:N", title="Protocol"),
        alt.Tooltip("claims:Q", title="Claims"),
        alt.Tooltip("source:N", title="Source"),
    ]
    mark = alt.Chart(inline(plan.rows), name="bars").mark_bar()
    layer: alt.Chart = mark.encode(
        **_places(plan, padding), y=y_axis, y2=alt.Y2("base"), color=_colour(plan), tooltip=tooltip
    )
    return layer


def _hatching(plan: BarPlan) -> list[alt.Chart]:
    hatched = [row for row in plan.rows if row["hatch"]]
    if not hatched:
        return []
    # Size 4 makes one unit of the path one pixel.
    mark: dict[str, Any] = {
        "shape": alt.ExprRef("datum.hatch"),
        "size": 4,
        "filled": False,
        "opacity": 1,
        "tooltip": None,
    }
    chart = alt.Chart(inline(hatched), name="hatching").mark_point(
        **mark, stroke=plan.theme.hatch, strokeWidth=LINE_WIDTH
    )
    return [chart.encode(**_places(plan), y=alt.Y("foot:Q"))]


def _error_bars(plan: BarPlan) -> list[alt.Chart]:
    known = [row for row in plan.rows if row["lower"] is not None and row["upper"] is not None]
    if not known:
        return []
    data, places = inline(known), _places(plan)
    low, high = plan.layout.low, plan.layout.high
    style: dict[str, Any] = {"color": plan.theme.text, "tooltip": None, "clip": True}
    halo = alt.Chart(data, name="interval halos").mark_rule(
        strokeWidth=4, strokeOpacity=0.55, **style | {"color": plan.theme.background}
    )
    rule = alt.Chart(data, name="intervals").mark_rule(strokeWidth=1.4, **style)
    cap = alt.Chart(data, name="upper ends").mark_tick(thickness=1.3, size=9, orient="horizontal", **style)
    foot = alt.Chart(data, name="lower ends").mark_tick(thickness=1.3, size=9, orient="horizontal", **style)
    return [
        halo.encode(**places, y=alt.Y("lower:Q"), y2=alt.Y2("upper")),
        rule.encode(**places, y=alt.Y("lower:Q"), y2=alt.Y2("upper")),
        cap.transform_filter(f"datum.upper <= {high}").encode(**places, y=alt.Y("upper:Q")),
        foot.transform_filter(f"datum.lower >= {low}").encode(**places, y=alt.Y("lower:Q")),
    ]


def _values(plan: BarPlan) -> list[alt.Chart]:
    upright = plan.layout.upright_values(row["text"] for row in plan.rows)
    turned: dict[str, Any] = {"angle": 270, "align": "left", "baseline": "middle", "dx": 4}
    level: dict[str, Any] = {"align": "center", "baseline": "bottom", "dy": -3}
    mark = {"tooltip": None, **(turned if upright else level)}
    behind = [row for row in plan.rows if plan.highlighted and row["model"] not in plan.highlighted]
    front = [row for row in plan.rows if row not in behind] if behind else plan.rows
    charts = [alt.Chart(inline(front), name="values").mark_text(**mark)] if front else []
    charts += (
        [alt.Chart(inline(behind), name="values behind").mark_text(**mark, color=plan.theme.muted)] if behind else []
    )
    return [chart.encode(**_places(plan), y=alt.Y("top:Q"), text=alt.Text("text:N")) for chart in charts]


def _missing(plan: BarPlan) -> list[alt.Chart]:
    if not plan.missing:
        return []
    chart = alt.Chart(inline(plan.missing), name="missing").mark_text(
        color=plan.theme.muted, baseline="bottom", dy=-3, tooltip=None
    )
    return [chart.encode(**_places(plan), y=alt.Y("base:Q"), text=alt.Text("text:N"))]


def _zero(plan: BarPlan) -> list[alt.Chart]:
    if not plan.layout.low < 0 < plan.layout.high:
        return []
    mark = alt.Chart(inline([{}]), name="zero").mark_rule(color=plan.theme.axis, tooltip=None)
    return [mark.encode(y=alt.datum(0))]


def _legend(plan: BarPlan, options: BarOptions, *, shown: bool) -> alt.Chart:
    """The layer that only makes the legend: no marks, but symbols in each model's colour and hatching."""
    place = options.legend if shown else "none"
    side = "left" if place == "top-left" else "right"
    numbered = [
        (plan.benchmarks.index(row["benchmark"]), plan.models.index(row["model"]), row["top"]) for row in plan.rows
    ]
    inside = place in {"top-right", "top-left"} and corner_is_free(plan.layout, numbered, plan.models, side)
    beside: LegendPlace = "top" if place == "top" or _is_narrow(plan) else "right"
    legend = (
        None
        if place == "none"
        else alt.Legend(
            orient=place if inside else beside,
            title=None,
            columns=_columns(plan, beside),
            symbolSize=SWATCH**2,
            symbolStrokeColor=plan.theme.hatch,
            symbolStrokeWidth=LINE_WIDTH,
            rowPadding=LEGEND_ROW - SWATCH,
            columnPadding=20,
            padding=LEGEND_PADDING if inside else 0,
            offset=0 if inside else _legend_offset(plan, beside),
            fillColor=plan.theme.background if inside else None,
            labelLimit=options.legend_limit,
            symbolLimit=0,
            labelOffset=6,
        )
    )
    shapes = [swatch(plan.looks[model].hatch) for model in plan.models]
    shape = alt.Shape("model:N", sort=plan.models, scale=alt.Scale(domain=plan.models, range=shapes), legend=legend)
    chart = alt.Chart(inline([]), name="legend").mark_point(filled=True, opacity=1)
    layer: alt.Chart = chart.encode(color=_colour(plan, legend=legend), shape=shape)
    return layer


def _is_narrow(plan: BarPlan) -> bool:
    """Whether a legend beside the plot would take more room than half the plot, so that it goes above."""
    return legend_size(plan.models)[0] > plan.layout.width / 2


def _columns(plan: BarPlan, place: LegendPlace) -> int:
    if place == "top":
        return max(1, int(plan.layout.width // (legend_size(plan.models)[0] + 20)))
    return ceil(len(plan.models) / _MOST_LEGEND_ROWS)


def _legend_offset(plan: BarPlan, place: LegendPlace) -> int:
    upright = plan.layout.upright_values(row["text"] for row in plan.rows)
    return 40 if place == "top" and upright else 18
