"""pass@k over k: what several attempts at each item are worth, with pass^k and maj@k."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_choice, require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, axis_room, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    benchmark_label,
    format_interval,
    format_value,
    list_names,
    model_label,
    protocol_label,
    source_label,
    unique_labels,
    with_unit,
)
from benchdb.charts.line_ends import LineEnd, line_end_layers, line_end_room, most_line_ends
from benchdb.charts.notes import evidence_note
from benchdb.charts.theme import Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.pass_rate import PassRate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = "pass-at-k"
_WIDTH, _HEIGHT = 520.0, 360.0
_MARGIN = 12.0
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
_DASHES: Mapping[str, list[int]] = MappingProxyType({"pass@k": [1, 0], "pass^k": [6, 4], "maj@k": [2, 3]})
_WORDS = MappingProxyType(
    {
        "pass@k": "Solid: pass@k, at least one of k attempts is right.",
        "pass^k": "Dashed: pass^k, all k attempts are right.",
        "maj@k": "Dotted: maj@k, the answer that most of k attempts give is right.",
    }
)
_MOST_TICKS = 12
_MOST_BANDS = 4


def plot_pass_rates(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    rates: Sequence[PassRate],
    *,
    measures: Sequence[str] = (),
    title: str | None = None,
    bands: bool | None = None,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Curves over the attempts allowed, named at their ends; k is on a logarithmic axis.

    There is a curve a model on one benchmark, or a benchmark for one model. Up to eight have colours and shapes of their
    own; of more, the eight highest at the largest k that all have do, and the others are grey.

    Args:
        rates: Rows of pass@k.
        measures: "pass@k", "pass^k", "maj@k"; empty for all there are.
        title: Title, or None for none.
        bands: Whether each coloured curve has the band of its intervals; None where there are at most four names.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains its lines below itself.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are several models on several benchmarks, or no curve has a second k.
    """
    given = require_rows(rates, PassRate, _NAME, ("value", "lower", "upper"))
    wanted = [require_choice(measure, tuple(_DASHES), "measures") for measure in measures] or list(_DASHES)
    rows = require_rows([row for row in given if row.measure in wanted], PassRate, _NAME)
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    plan = _Plan(rows, require_width(width) or _WIDTH, look, bands=bands)
    layers = [*_bands(plan), *_lines(plan, shown=False), *_lines(plan, shown=True), *_points(plan)]
    ends = plan.ends()
    layers += line_end_layers(ends, plan.width, _HEIGHT, room)
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(plan.low, plan.high, plan.step)),
        description=f"{' and '.join(plan.measures)} of {list_names(plan.names)} for k up to {plan.ks[-1]}.",
        width=plan.width,
        height=_HEIGHT,
        theme=look,
        notes=_notes(plan) if footnotes else [],
        notes_top=58,
        right=line_end_room([end.text for end in ends], room),
    )
    return frame_layers(layers, frame)


class _Plan:
    """What the layers are drawn from."""

    def __init__(self, rows: Sequence[PassRate], width: float, theme: Theme, *, bands: bool | None) -> None:
        self.rows = rows
        self.width = width
        self.theme = theme
        labels = _labels(rows)
        self.names = list(labels.values())
        self.measures = [measure for measure in _DASHES if any(row.measure == measure for row in rows)]
        self.ks = sorted({row.k for row in rows})
        if len(self.ks) == 1:
            raise ChartError(
                f"pass-at-k: a curve needs at least 2 values of k, found k = {self.ks[0]} alone. Import runs with several "
                "attempts at each item, or ask for more k."
            )
        self.curves: dict[tuple[str, str], list[PassRate]] = {}
        for row in sorted(rows, key=lambda row: row.k):
            self.curves.setdefault((labels[_key(row)], row.measure), []).append(row)
        self.compared_at, self.coloured = self._chosen()
        shown = [row for (name, _), curve in self.curves.items() if name in self.coloured for row in curve]
        drawn = len(self.names) <= _MOST_BANDS if bands is None else bands
        self.intervals = [row for row in shown if drawn and row.lower is not None and row.upper is not None]
        held = [row.value for row in rows]
        held += [end for row in self.intervals for end in (row.lower, row.upper) if end is not None]
        self.low, self.high, self.step = nice_domain(held)

    def _chosen(self) -> tuple[int, dict[str, int]]:
        """The k at which curves are compared, and the place of each coloured curve's colour."""
        lead = self.measures[0]
        by_name = {name: {row.k: row.value for row in self.curves.get((name, lead), [])} for name in self.names}
        common = set.intersection(*(set(values) for values in by_name.values()))
        most = len(_SHAPES)
        if len(self.names) > most and not common:
            raise ChartError(
                f"pass-at-k: {len(self.names)} curves cannot be told apart by colour, {most} can, and they share no k at "
                "which to pick the highest. Choose models with -m."
            )
        at = max(common, default=0)
        ranked = self.names if len(self.names) <= most else sorted(self.names, key=lambda name: -by_name[name][at])
        kept = ranked[:most]
        return at, {name: index for index, name in enumerate(name for name in self.names if name in kept)}

    def colour(self, name: str) -> str:
        """Colour of a curve; grey for those beyond eight."""
        place = self.coloured.get(name)
        return self.theme.axis if place is None else self.theme.categorical[place]

    def x(self) -> alt.X:
        """The axis of k: powers of two, or the very k where they are few."""
        powers = [2**power for power in range(self.ks[-1].bit_length()) if 2**power >= self.ks[0]]
        at = self.ks if len(self.ks) <= _MOST_TICKS else powers
        scale = alt.Scale(type="log", base=2, domain=[self.ks[0], self.ks[-1]], nice=False, padding=_MARGIN)
        axis = alt.Axis(values=at, tickCount=len(at), format="d", grid=False, labelOverlap="greedy")
        return alt.X("k:Q", title="k: attempts allowed (logarithmic)", scale=scale, axis=axis)

    def y(self, field: str = "value") -> alt.Y:
        """The axis of rates."""
        benchmarks = {benchmark_label(row.benchmark_name, row.subset) for row in self.rows}
        where = f"{benchmarks.pop()}, " if len(benchmarks) == 1 else ""
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False)
        axis = number_axis(ticks(self.low, self.high, self.step))
        title = with_unit(f"{where}{', '.join(self.measures)}", self.rows[0].unit)
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=axis)

    def pixels(self, row: PassRate) -> tuple[float, float]:
        """Where a rate stands in the plot."""
        first, last = math.log2(self.ks[0]), math.log2(self.ks[-1])
        across = _MARGIN + (math.log2(row.k) - first) / (last - first) * (self.width - 2 * _MARGIN)
        return across, (self.high - row.value) / (self.high - self.low) * _HEIGHT

    def ends(self) -> list[LineEnd]:
        """The ends of the coloured curves that have room for a name; of too many, those of the first measure."""
        found = [(name, measure, curve[-1]) for (name, measure), curve in self.curves.items() if name in self.coloured]
        if len(found) > most_line_ends(_HEIGHT):
            found = [each for each in found if each[1] == self.measures[0]]
        several = len(self.measures) > 1
        return [
            LineEnd(
                x=self.pixels(row)[0],
                y=self.pixels(row)[1],
                text=f"{name}, {measure}" if several else name,
                colour=self.colour(name),
                shape=_SHAPES[self.coloured[name]],
            )
            for name, measure, row in found
        ]


def _key(row: PassRate) -> tuple[str, ...]:
    return (row.model, row.variant or "", row.benchmark, row.subset, row.metric)


def _labels(rows: Sequence[PassRate]) -> dict[tuple[str, ...], str]:
    models = {(row.model, row.variant) for row in rows}
    benchmarks = {(row.benchmark, row.subset) for row in rows}
    if len(models) > 1 and len(benchmarks) > 1:
        names = list(dict.fromkeys(benchmark_label(row.benchmark_name, row.subset) for row in rows))
        raise ChartError(
            f"pass-at-k: {len(models)} models on {len(benchmarks)} benchmarks ({list_names(names)}) are too much for one "
            "plot. Choose one benchmark with -b, or one model with -m."
        )
    of_benchmarks = len(benchmarks) > 1
    return unique_labels(
        {
            _key(row): benchmark_label(row.benchmark_name, row.subset)
            if of_benchmarks
            else model_label(row.model_name, row.variant, None)
            for row in rows
        }
    )


def _dash() -> alt.StrokeDash:
    scale = alt.Scale(domain=list(_DASHES), range=list(_DASHES.values()))
    return alt.StrokeDash("measure:N", scale=scale, legend=None)


def _records(plan: _Plan, *, shown: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "measure": measure,
            "curve": f"{name}, {measure}",
            "colour": plan.colour(name),
            "shape": _SHAPES[plan.coloured.get(name, 0)],
            "k": row.k,
            "value": row.value,
            "text": format_value(row.value, row.unit),
            "interval": format_interval(row.lower, row.upper, row.unit),
            "lower": row.lower,
            "upper": row.upper,
            "evidence": row.evidence,
            "items": row.n_items,
            "attempts": str(row.least_attempts)
            if row.least_attempts == row.most_attempts
            else f"{row.least_attempts}–{row.most_attempts}",
            "protocol": protocol_label(row.protocol),
            "source": source_label(row.source),
            "score_id": str(row.score_id),
        }
        for (name, measure), curve in plan.curves.items()
        if (name in plan.coloured) == shown
        for row in curve
    ]


def _bands(plan: _Plan) -> list[alt.Chart]:
    if not plan.intervals:
        return []
    names = ("curve", "colour", "k", "lower", "upper")
    rows = [
        {name: record[name] for name in names}
        for record in _records(plan, shown=True)
        if record["lower"] is not None and record["upper"] is not None
    ]
    mark = alt.Chart(inline(rows), name="intervals").mark_area(opacity=0.12, tooltip=None)
    colour = alt.Color("colour:N", scale=None)
    return [mark.encode(x=plan.x(), y=plan.y("lower"), y2=alt.Y2("upper"), color=colour, detail="curve:N")]


def _lines(plan: _Plan, *, shown: bool) -> list[alt.Chart]:
    records = _records(plan, shown=shown)
    if not records:
        return []
    names = ("curve", "measure", "colour", "k", "value")
    rows = [{name: record[name] for name in names} for record in records]
    look: dict[str, Any] = {"strokeWidth": 2} if shown else {"strokeWidth": 1, "strokeOpacity": 0.45}
    mark = alt.Chart(inline(rows), name="curves" if shown else "other curves").mark_line(tooltip=None, **look)
    colour = alt.Color("colour:N", scale=None)
    return [mark.encode(x=plan.x(), y=plan.y(), color=colour, strokeDash=_dash(), detail="curve:N")]


def _points(plan: _Plan) -> list[alt.Chart]:
    titles = {"name": "Curve", "measure": "Measure", "k": "k", "text": "Value", "interval": "Interval"}
    titles |= {"evidence": "Evidence", "items": "Items", "attempts": "Attempts an item"}
    titles |= {"protocol": "Protocol", "source": "Source"}
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    layers = []
    for shown, size in ((False, 14), (True, 46)):
        records = _records(plan, shown=shown)
        if records:
            mark = alt.Chart(inline(records), name="rates" if shown else "other rates").mark_point(
                filled=True, opacity=1 if shown else 0.5, size=size
            )
            looks: dict[str, Any] = {
                "color": alt.Color("colour:N", scale=None),
                "shape": alt.Shape("shape:N", scale=None),
            }
            layers.append(mark.encode(x=plan.x(), y=plan.y(), tooltip=tooltip, **looks))
    return layers


def _notes(plan: _Plan) -> list[str]:
    notes = [_WORDS[measure] for measure in plan.measures]
    if plan.intervals:
        notes.append(evidence_note([row.evidence for row in plan.intervals], plan.intervals[0].level, marks="Bands"))
    else:
        notes.append("Intervals stand in the tooltips.")
    others = len(plan.names) - len(plan.coloured)
    if others:
        notes.append(
            f"In colour: the {len(plan.coloured)} highest of {len(plan.names)} at k = {plan.compared_at}; grey: the other {others}."
        )
    counts = sorted({row.n_items for row in plan.rows})
    if len(counts) > 1:
        notes.append(f"The curves rest on different numbers of items: {counts[0]:,} to {counts[-1]:,}.")
    ends = {curve[-1].k for curve in plan.curves.values()}
    if len(ends) > 1:
        notes.append("A curve ends where its items have no more attempts, or none was asked for.")
    return [*notes, f"The axis starts at {plan.low:g}, not at zero."] if plan.low != 0 else notes
