"""Scores over parameter size or release date, with the best so far and a line of best fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import altair as alt

from benchdb.charts.check import require_choice, require_one_unit, require_rows, require_width
from benchdb.charts.fit_band import band_note, reach_note
from benchdb.charts.frame import Frame, axis_room, frame_layers, inline, number_axis, ticks
from benchdb.charts.labels import clean_name, format_value, list_names, shorten_middle
from benchdb.charts.line_ends import LineEnd, line_end_layers, line_end_room
from benchdb.charts.notes import claim_notes, evidence_note
from benchdb.charts.placement import Anchor, name_layers, place_labels
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.charts.trend_axis import TrendBy, position_of
from benchdb.charts.trend_plan import HEIGHT, TrendPlan, band_rows, known_intervals, plan_trend
from benchdb.rows.trend import TrendFit, TrendPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

Named = Literal["records", "all", "none"]
"""Which models are named in the plot: those that set a best value, all, or none."""

_NAME = "trend"
_LABEL_LIMIT = 260.0
_WIDTH = 640.0
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def plot_trend(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    points: Sequence[TrendPoint],
    fits: Sequence[TrendFit] = (),
    *,
    by: TrendBy = "parameters",
    title: str | None = None,
    intervals: bool = False,
    frontier: bool = True,
    bands: bool | None = None,
    named: Named = "records",
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Scores of models over their size or release date, one colour and shape per benchmark.

    The step line is the best so far. A line of best fit is drawn where there is one, dashed unless its slope is
    established. Names that would cover something are left out; they stand in the tooltips.

    Args:
        points: The points of a trend, all in one unit.
        fits: The lines through them.
        by: "parameters" (logarithmic) or "date".
        title: Title, or None for none.
        intervals: Whether each point's interval is drawn where it is known.
        frontier: Whether the best so far is drawn.
        bands: Whether the interval of each fitted mean is drawn as a band; None where there is one benchmark.
        named: Which models are named in the plot.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what the lines are and which models are not shown.

    Returns:
        A layered chart with its data inside. Rows without a place on the axis or in several units raise `ChartError`.
    """
    rows = require_rows(points, TrendPoint, _NAME, ("value", "lower", "upper", "best_so_far"))
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    require_choice(by, get_args(TrendBy), "by")
    require_choice(named, get_args(Named), "named")
    look = get_theme(theme)
    plot_width = require_width(width) or _WIDTH
    plan = plan_trend(rows, fits, by=by, width=plot_width, frontier=frontier, intervals=intervals)
    colour, y = _colour(plan, look), _y_axis(plan)
    band = band_rows(plan, fits) if (len(plan.benchmarks) == 1 if bands is None else bands) else []
    layers = [
        *_band_layer(plan, band, y, colour),
        *_fit_layers(plan, y, colour),
        *_frontier(plan, y, colour),
        *_interval_layer(plan, y, colour),
    ]
    names, unnamed = _names(plan, named, look.muted)
    ends = _line_ends(plan, look)
    layers += [_points(plan, y, colour), *names, *line_end_layers(ends, plan.width, HEIGHT, room)]
    reach = reach_note([(row["lower"], row["upper"]) for row in band], *plan.y[:2])
    band_notes = [band_note(fits[0].level), *reach] if band else []
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(*plan.y)),
        description=f"Scores on {list_names(plan.benchmarks)} over {by}, {len(plan.records)} points.",
        width=plan.width,
        height=HEIGHT,
        theme=look,
        notes=[*_notes(plan, rows, fits, unnamed), *band_notes, *_axis_notes(plan)] if footnotes else [],
        right=line_end_room([end.text for end in ends], room),
        notes_top=58 if by == "parameters" else 72,
    )
    return frame_layers(layers, frame)


def _y_axis(plan: TrendPlan) -> alt.Y:
    low, high, step = plan.y
    return alt.Y(
        "value:Q",
        title=plan.y_title,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(ticks(low, high, step)),
    )


def _colour(plan: TrendPlan, theme: Theme) -> alt.Color:
    colours = theme.categorical
    picked = [colours[index % len(colours)] for index in range(len(plan.benchmarks))]
    scale = alt.Scale(domain=plan.benchmarks, range=picked)
    return alt.Color("benchmark:N", sort=plan.benchmarks, scale=scale, legend=None)


def _shape(plan: TrendPlan) -> alt.Shape:
    shapes = [_SHAPES[index % len(_SHAPES)] for index in range(len(plan.benchmarks))]
    scale = alt.Scale(domain=plan.benchmarks, range=shapes)
    return alt.Shape("benchmark:N", sort=plan.benchmarks, scale=scale, legend=None)


def _line_ends(plan: TrendPlan, theme: Theme) -> list[LineEnd]:
    """The benchmarks' names at the right ends of their lines, else at their last points; one alone is named by the axis."""
    if len(plan.benchmarks) < 2:
        return []
    found = []
    for place, name in enumerate(plan.benchmarks):
        ends = [step for step in plan.steps if step["benchmark"] == name]
        ends = ends or [record for record in plan.records if record["benchmark"] == name]
        if ends:
            x, y = plan.pixels(ends[-1])
            colour = theme.categorical[place % len(theme.categorical)]
            found.append(LineEnd(x=x, y=y, text=name, colour=colour, shape=_SHAPES[place % len(_SHAPES)]))
    return found


def _points(plan: TrendPlan, y: alt.Y, colour: alt.Color) -> alt.Chart:
    titles = {
        "model": "Model",
        "maker": "Maker",
        "size": "Parameters",
        "released": "Released",
        "benchmark": "Benchmark",
    }
    titles |= {"text": "Value", "interval": "Interval", "evidence": "Evidence"}
    titles |= {"protocol": "Protocol", "source": "Source"}
    mark = alt.Chart(inline(plan.records), name="points").mark_point(filled=True, opacity=1, size=70)
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    layer: alt.Chart = mark.encode(x=plan.axis.channel("at"), y=y, color=colour, shape=_shape(plan), tooltip=tooltip)
    return layer


def _frontier(plan: TrendPlan, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    if not plan.steps:
        return []
    mark = alt.Chart(inline(plan.steps), name="best so far").mark_line(
        interpolate="step-after", strokeWidth=1.6, strokeOpacity=0.75, tooltip=None
    )
    return [mark.encode(x=plan.axis.channel("at"), y=y, color=colour)]


def _fit_layers(plan: TrendPlan, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    layers = []
    for established in (True, False):
        ends = [end for end in plan.fit_ends if end["established"] == established]
        if ends:
            dash: dict[str, Any] = {} if established else {"strokeDash": [2, 4]}
            mark = alt.Chart(inline(ends), name="fit" if established else "fit, not established").mark_line(
                strokeWidth=2.5, strokeOpacity=0.4, clip=True, tooltip=None, **dash
            )
            layers.append(mark.encode(x=plan.axis.channel("at"), y=y, color=colour))
    return layers


def _band_layer(plan: TrendPlan, band: list[dict[str, Any]], y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    if not band:
        return []
    area = alt.Chart(inline(band), name="bands of the fits").mark_area(opacity=0.13, clip=True, tooltip=None)
    lower = y.copy()
    lower.shorthand = "lower:Q"
    return [area.encode(x=plan.axis.channel("at"), y=lower, y2=alt.Y2("upper"), color=colour)]


def _interval_layer(plan: TrendPlan, y: alt.Y, colour: alt.Color) -> list[alt.Chart]:
    known = known_intervals(plan.records) if plan.intervals else []
    if not known:
        return []
    mark = alt.Chart(inline(known), name="intervals").mark_rule(strokeWidth=1.4, strokeOpacity=0.6, tooltip=None)
    start = y.copy()
    start.shorthand = "lower:Q"
    return [mark.encode(x=plan.axis.channel("at"), y=start, y2=alt.Y2("upper"), color=colour)]


def _names(plan: TrendPlan, named: Named, colour: str) -> tuple[list[alt.Chart], int]:
    """Layers of names, and how many found no room."""
    wanted = [record for record in plan.records if named == "all" or (named == "records" and record["record"])]
    highest: dict[str, dict[str, Any]] = {}
    for record in wanted:
        if (
            len(plan.benchmarks) == 1
            or record["value"] > highest.get(record["model"], record | {"value": -1e308})["value"]
        ):
            highest[record["model"]] = record
    chosen = sorted(highest.values(), key=lambda record: -record["value"])
    anchors = [
        Anchor(*plan.pixels(record), shorten_middle(record["model"], _LABEL_LIMIT, VALUE_SIZE)) for record in chosen
    ]
    places = place_labels(anchors, plan.obstacles(), (plan.width, HEIGHT), VALUE_SIZE, far=named == "records")
    return name_layers(anchors, places, colour), sum(place is None for place in places)


def _notes(plan: TrendPlan, rows: Sequence[TrendPoint], fits: Sequence[TrendFit], unnamed: int) -> list[str]:
    notes = ["Step lines: the best so far."] if plan.steps else []
    notes += [f"Names without room stand in the tooltips: {unnamed}."] if unnamed else []
    notes += _fit_notes(plan, fits)
    if plan.intervals:
        known = known_intervals(plan.records)
        notes += [evidence_note([record["evidence"] for record in known], None)] if known else []
        names = list(dict.fromkeys(record["benchmark"] for record in plan.records if record not in known))
        notes += [f"No line where the uncertainty is unknown: {list_names(names)}."] if names else []
    lost = list(dict.fromkeys(clean_name(row.model_name) for row in rows if position_of(row, plan.axis.by) is None))
    what = "size" if plan.axis.by == "parameters" else "release date"
    notes += [f"Not shown, because their {what} is unknown: {list_names(lost)}."] if lost else []
    return notes + claim_notes([(clean_name(row.benchmark_name), row.fingerprint, row.is_approximate) for row in rows])


def _axis_notes(plan: TrendPlan) -> list[str]:
    low = plan.y[0]
    return [f"The axis starts at {low:g}, not at zero."] if low != 0 else []


def _fit_notes(plan: TrendPlan, fits: Sequence[TrendFit]) -> list[str]:
    drawn = [fit for fit in fits if fit.slope is not None]
    short = [clean_name(fit.benchmark_name) for fit in fits if fit.slope is None]
    per = "for a model ten times as large" if plan.axis.by == "parameters" else "a year"
    slopes = [
        f"{clean_name(fit.benchmark_name)} {format_value(fit.slope or 0.0, fit.unit, signed=True)} ({fit.verdict})"
        for fit in drawn
    ]
    notes = (
        [f"Straight lines: fits, dotted unless the slope is established. Gain {per}: {list_names(slopes, 6)}."]
        if drawn
        else []
    )
    return [*notes, f"No fit for {list_names(short)}: too few models."] if short else notes
