"""Score against parameter size: which models nothing beats, the fitted line and its band."""

from __future__ import annotations

import math
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.fit_band import band_note, fit_band, reach_note
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
from benchdb.charts.notes import evidence_note
from benchdb.charts.placement import Anchor, boxes_along, name_layers, place_labels
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.charts.trend_axis import TrendAxis, axis_around
from benchdb.errors import ChartError
from benchdb.rows.frontier import ParetoPoint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.charts.placement import Box
    from benchdb.rows.trend import TrendFit

_NAME = "pareto"
_WIDTH, _HEIGHT = 640.0, 360.0
_POINT = 6.0
_LABEL_LIMIT = 260.0
_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "total": "Total parameters (logarithmic)",
        "active": "Active parameters (logarithmic)",
        "both": "Active (left end) to total (right end) parameters (logarithmic)",
    }
)
_UNKNOWN: Mapping[str, str] = MappingProxyType(
    {
        "total": "number of parameters",
        "active": "number of active parameters",
        "both": "number of total or active parameters",
    }
)


def plot_pareto(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    points: Sequence[ParetoPoint],
    fits: Sequence[TrendFit] = (),
    *,
    parameters: str = "total",
    unsized: Sequence[str] = (),
    title: str | None = None,
    intervals: bool = False,
    bands: bool | None = None,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Scores over size, the models on the front named and joined by steps, with the fitted line and its band.

    Diamonds are on the front. Circles are beaten, hollow ones by a score that is not established as better. Where total and
    active parameters count at once, each model is a line from the one to the other, and there is no step line.

    Args:
        points: Points of one benchmark's front.
        fits: The line through them, over the same size.
        parameters: Which of them count: "total", "active" or "both".
        unsized: Names of models that have a score and no known size; they are counted in a footnote.
        title: Title, or None for none.
        intervals: Whether each score's interval is drawn where it is known.
        bands: Whether the band of the fitted mean is drawn; None draws it where it is known.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are several benchmarks, no single score, or no model with a known size.
    """
    rows = require_rows(points, ParetoPoint, _NAME, ("value", "stderr", "lower", "upper"))
    _check(rows, parameters)
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    fit = next((fit for fit in fits if fit.benchmark == rows[0].benchmark), None)
    plan = _Plan(rows, fit, parameters, require_width(width) or _WIDTH, intervals=intervals)
    layers = [*_fit_layers(plan, look, bands=bands is not False), *_steps(plan, look), *_intervals(plan, look)]
    layers += [*_spans(plan, look), *_points(plan, look), *plan.names(look.muted)]
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(plan.low, plan.high, plan.step)),
        description=f"{len(rows)} models on {rows[0].benchmark_name} over {parameters} parameters, {len(plan.front)} on the front.",
        width=plan.width,
        height=_HEIGHT,
        theme=look,
        notes=_notes(plan, unsized, bands=bands is not False) if footnotes else [],
        notes_top=58,
    )
    return frame_layers(layers, frame)


def _check(rows: Sequence[ParetoPoint], size: str) -> None:
    if size not in _TITLES:
        raise ChartError(f'parameters="{size}" is unknown. Choose one of: {", ".join(_TITLES)}')
    if any(row.value is None for row in rows):
        raise ChartError(
            "pareto: a front over several benchmarks at once has no single score to draw. Draw each benchmark on its own."
        )
    names = list(dict.fromkeys(row.benchmark for row in rows))
    if len(names) > 1:
        raise ChartError(f"pareto: expected one benchmark, found {list_names(names)}. Choose one with -b.")
    lacking = [row.model_name for row in rows if None in _sizes(row, size)]
    if lacking:
        raise ChartError(f"pareto: the {_UNKNOWN[size]} of {list_names(lacking)} is not known. Leave those rows out.")


def _sizes(row: ParetoPoint, size: str) -> tuple[int | None, ...]:
    known = {"total": (row.n_parameters,), "active": (row.n_active_parameters,)}
    return known.get(size, (row.n_active_parameters, row.n_parameters))


class _Plan:
    """What the layers are drawn from."""

    def __init__(
        self, rows: Sequence[ParetoPoint], fit: TrendFit | None, size: str, width: float, *, intervals: bool
    ) -> None:
        self.size = size
        self.width = width
        self.row = rows[0]
        self.fit = fit if fit is not None and fit.slope is not None and size != "both" else None
        self.unfitted = fit is not None and fit.slope is None and size != "both"
        self.records = [self._record(row) for row in rows]
        self.front = [record for record in self.records if record["standing"] == "front"]
        places = [place for record in self.records for place in record["places"]]
        self.ends = min(places), max(places)
        self.axis: TrendAxis = axis_around(places, "parameters")
        self.known = [record for record in self.records if intervals and record["lower"] is not None]
        held = [record["value"] for record in self.records]
        held += [record[end] for record in self.known for end in ("lower", "upper")]
        self.low, self.high, self.step = nice_domain(held)

    def _record(self, row: ParetoPoint) -> dict[str, Any]:
        sizes = [found for found in _sizes(row, self.size) if found is not None]
        beaten = "not " if row.verdict != "established" else ""
        is_known = row.lower is not None and row.upper is not None
        return {
            "model": model_label(row.model_name, row.variant, None),
            "maker": clean_name(row.organization or "unknown"),
            "total": _count(row.n_parameters),
            "active": _count(row.n_active_parameters),
            "at": sizes[-1],
            "from": sizes[0],
            "places": [math.log10(found) for found in sizes],
            "value": row.value,
            "text": format_value(row.value or 0.0, row.unit),
            "lower": row.lower if is_known else None,
            "upper": row.upper if is_known else None,
            "interval": format_interval(row.lower, row.upper, row.unit),
            "evidence": row.evidence or "unknown",
            "protocol": protocol_label(row.protocol),
            "source": source_label(row.source_title),
            "standing": "front" if row.is_on_front else f"beaten, {beaten}established",
            "by": "–" if row.beaten_by is None else model_label(row.beaten_by, row.beaten_by_variant, None),
            "verdict": row.verdict or "–",
            "score_id": None if row.score_id is None else str(row.score_id),
        }

    def x(self, field: str = "at") -> alt.X:
        """The axis of sizes."""
        return self.axis.channel(field, _TITLES[self.size])

    def y(self, field: str = "value") -> alt.Y:
        """The axis of scores."""
        metric = f", {clean_name(self.row.metric)}" if self.row.metric else ""
        better = "; lower is better" if self.row.higher_is_better is False else ""
        title = with_unit(f"{clean_name(self.row.benchmark_name)}{metric}", self.row.unit) + better
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False)
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=number_axis(ticks(self.low, self.high, self.step)))

    def pixels(self, place: float, value: float) -> tuple[float, float]:
        """Where a value stands in the plot."""
        return self.axis.share(place) * self.width, (self.high - value) / (self.high - self.low) * _HEIGHT

    def corners(self) -> list[dict[str, Any]]:
        """Corners of the front, the smallest model first, to the right edge."""
        if self.size == "both":
            return []
        best: dict[float, dict[str, Any]] = {record["at"]: record for record in self.front}
        found = [
            {"at": best[at]["at"], "value": best[at]["value"], "place": best[at]["places"][0]} for at in sorted(best)
        ]
        end = {"at": self.axis.value(self.axis.high), "value": found[-1]["value"], "place": self.axis.high}
        return [*found, end]

    def names(self, colour: str) -> list[alt.Chart]:
        """Names of the models on the front, where there is room."""
        anchors = [
            Anchor(
                *self.pixels(record["places"][-1], record["value"]),
                shorten_middle(record["model"], _LABEL_LIMIT, VALUE_SIZE),
            )
            for record in sorted(self.front, key=lambda record: -record["places"][-1])
        ]
        places = place_labels(anchors, self._obstacles(), (self.width, _HEIGHT), VALUE_SIZE, far=True)
        self.unnamed = sum(place is None for place in places)
        return name_layers(anchors, places, colour)

    def _obstacles(self) -> list[Box]:
        boxes: list[Box] = []
        for record in self.records:
            spots = [self.pixels(place, record["value"]) for place in record["places"]]
            boxes.append((spots[0][0] - _POINT, spots[0][1] - _POINT, spots[-1][0] + _POINT, spots[-1][1] + _POINT))
        for start, end in pairwise(self.corners()):
            (x0, y0), (x1, y1) = self.pixels(start["place"], start["value"]), self.pixels(end["place"], end["value"])
            boxes += [(x0, y0 - 1, x1, y0 + 1), (x1 - 1, min(y0, y1), x1 + 1, max(y0, y1))]
        fit = self.fit
        if fit is not None and fit.slope is not None and fit.intercept is not None:
            left, right = (self.pixels(at, fit.intercept + fit.slope * at) for at in self.ends)
            boxes += boxes_along(left, right)
        for record in self.known:
            (x, top), (_, bottom) = (self.pixels(record["places"][-1], record[end]) for end in ("upper", "lower"))
            boxes.append((x - 1, top, x + 1, bottom))
        return boxes


def _count(parameters: int | None) -> str:
    if parameters is None:
        return "unknown"
    scale, suffix = next((pair for pair in ((1e12, "T"), (1e9, "B"), (1e6, "M")) if parameters >= pair[0]), (1, ""))
    return f"{parameters / scale:.3g}{suffix}"


def _fit_layers(plan: _Plan, theme: Theme, *, bands: bool) -> list[alt.Chart]:
    fit = plan.fit
    if fit is None or fit.slope is None or fit.intercept is None:
        return []
    layers = []
    found = fit_band(fit, *plan.ends) if bands else []
    if found:
        rows = [{"at": 10**at, "lower": lower, "upper": upper} for at, lower, upper in found]
        area = alt.Chart(inline(rows), name="band of the fit").mark_area(
            color=theme.categorical[6], opacity=0.16, clip=True, tooltip=None
        )
        layers.append(area.encode(x=plan.x(), y=plan.y("lower"), y2=alt.Y2("upper")))
    ends = [{"at": 10**at, "value": fit.intercept + fit.slope * at} for at in plan.ends]
    dash: dict[str, Any] = {} if fit.verdict in {"rising", "falling"} else {"strokeDash": [2, 4]}
    line = alt.Chart(inline(ends), name="fit").mark_line(
        color=theme.categorical[6], strokeWidth=2, strokeOpacity=0.8, clip=True, tooltip=None, **dash
    )
    return [*layers, line.encode(x=plan.x(), y=plan.y())]


def _steps(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    corners = [{"at": corner["at"], "value": corner["value"]} for corner in plan.corners()]
    if not corners:
        return []
    mark = alt.Chart(inline(corners), name="front steps").mark_line(
        interpolate="step-after", color=theme.categorical[0], strokeWidth=1.8, tooltip=None
    )
    return [mark.encode(x=plan.x(), y=plan.y())]


def _intervals(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    if not plan.known:
        return []
    rows = [{name: record[name] for name in ("at", "lower", "upper")} for record in plan.known]
    mark = alt.Chart(inline(rows), name="intervals").mark_rule(
        color=theme.muted, strokeWidth=1.2, strokeOpacity=0.7, tooltip=None
    )
    return [mark.encode(x=plan.x(), y=plan.y("lower"), y2=alt.Y2("upper"))]


def _spans(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    rows = [
        {"from": record["from"], "at": record["at"], "value": record["value"]}
        for record in plan.records
        if record["from"] != record["at"]
    ]
    if not rows:
        return []
    mark = alt.Chart(inline(rows), name="active to total").mark_rule(color=theme.muted, strokeWidth=1.4, tooltip=None)
    end = alt.Chart(inline(rows), name="active").mark_point(
        shape="stroke", angle=90, color=theme.muted, strokeWidth=1.4, size=60, opacity=1, tooltip=None
    )
    return [
        mark.encode(x=plan.x("from"), x2=alt.X2("at"), y=plan.y()),
        end.encode(x=plan.x("from"), y=plan.y()),
    ]


def _points(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    titles = {"model": "Model", "maker": "Maker", "total": "Total parameters", "active": "Active parameters"}
    titles |= {"text": "Value", "interval": "Interval", "evidence": "Evidence"}
    titles |= {"protocol": "Protocol", "source": "Source"}
    titles |= {"standing": "Standing", "by": "Beaten by", "verdict": "Better score"}
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    looks: dict[str, dict[str, Any]] = {
        "beaten, established": {"shape": "circle", "fill": theme.muted, "stroke": theme.muted, "size": 42},
        "beaten, not established": {"shape": "circle", "fill": theme.background, "stroke": theme.muted, "size": 42},
        "front": {"shape": "diamond", "fill": theme.categorical[0], "stroke": theme.categorical[0], "size": 90},
    }
    layers = []
    for standing, look in looks.items():
        rows = [
            {name: value for name, value in record.items() if name not in {"places", "lower", "upper"}}
            for record in plan.records
            if record["standing"] == standing
        ]
        if rows:
            mark = alt.Chart(inline(rows), name=standing).mark_point(opacity=1, strokeWidth=1.3, **look)
            layers.append(mark.encode(x=plan.x(), y=plan.y(), tooltip=tooltip))
    return layers


def _notes(plan: _Plan, unsized: Sequence[str], *, bands: bool) -> list[str]:
    notes = ["Diamonds: no model beats them in score and size."]
    standings = {record["standing"] for record in plan.records}
    if standings - {"front"}:
        hollow = ", hollow ones by a score not established as better" if "beaten, not established" in standings else ""
        notes[0] = f"{notes[0][:-1]}; circles: beaten{hollow}."
    notes += [] if plan.size == "both" else ["Steps: the best score up to each size."]
    if plan.unnamed:
        notes.append(
            f"{plan.unnamed} of {len(plan.front)} names on the front found no room; they stand in the tooltips."
        )
    notes += _fit_notes(plan, bands=bands)
    if plan.known:
        notes.append(evidence_note([record["evidence"] for record in plan.known], None, marks="Upright lines"))
    if unsized:
        names = list_names([clean_name(name) for name in unsized])
        count = f"{len(unsized)} model{'s' if len(unsized) > 1 else ''}"
        notes.append(f"Not drawn, because the {_UNKNOWN[plan.size]} is not known: {count} ({names}).")
    return [*notes, f"The axis of scores starts at {plan.low:g}, not at zero."] if plan.low != 0 else notes


def _fit_notes(plan: _Plan, *, bands: bool) -> list[str]:
    fit = plan.fit
    if fit is None or fit.slope is None:
        return ["No fitted line: fewer than three models, or all of one size."] if plan.unfitted else []
    slope = format_value(fit.slope, fit.unit, signed=True)
    reach = format_interval(fit.lower, fit.upper, fit.unit, signed=True)
    notes = [f"Line: fit over log size, {slope} for a model ten times as large, interval {reach} ({fit.verdict})."]
    band = fit_band(fit, *plan.ends) if bands else []
    beyond = reach_note([(lower, upper) for _, lower, upper in band], plan.low, plan.high)
    return [*notes, band_note(fit.level), *beyond] if band else notes
