"""Ranks by every aggregate side by side: a bump chart with the ranks that the uncertainty allows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_rows, require_width
from benchdb.charts.frame import Frame, frame_layers, inline
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    shorten,
    shorten_middle,
    text_width,
    unique_labels,
)
from benchdb.charts.theme import TEXT_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.rankings import RankingRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAME = "ranks"
_ROW, _LOWEST_ROW, _HEIGHT = 28.0, 12.0, 900.0
_MOST_WITH_INTERVALS, _MOST_WITH_NUMBERS = 16, 34
_NARROW, _SPREAD, _SIDE = 92.0, 9.0, 34.0
_LABEL_LIMIT = 300.0
_LABEL_SHARE, _MOST_OF_ROOM, _HEAD_GAP = 0.36, 0.5, 8.0
_GAP = 16.0
_TOOLTIP = {
    "model": "Model",
    "aggregate": "Ranked by",
    "rank": "Rank",
    "ranks": "Ranks allowed",
    "tier": "Tier",
    "chance": "P(best)",
    "value": "Value",
    "interval": "Interval",
    "evidence": "Evidence",
}

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything stands, in pixels."""

    points: list[dict[str, Any]]
    labels: Mapping[_Key, str]
    columns: Mapping[str, float]
    row: float
    width: float
    height: float
    intervals: bool


def plot_ranks(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    rows: Sequence[RankingRow],
    *,
    highlight: Sequence[str] = (),
    title: str | None = None,
    intervals: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Bump chart of ranks, a column an aggregate and a line a model, with a bar over the ranks that its uncertainty allows.

    Models that share a rank stand below each other with the same number. One that an aggregate does not rank has a gap there.

    Args:
        rows: Rows of all rankings.
        highlight: Names of models to draw in colour, at most eight; none means all of up to eight, of more those first in
            some ranking and then those whose rank changes most.
        title: Title, or None for none.
        intervals: Whether the bars are drawn; with many models they are left out.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If nobody is ranked, or a highlighted model is not there.
    """
    given = require_rows(rows, RankingRow, _NAME, ("value", "lower", "upper"))
    ranked = [row for row in given if row.rank is not None]
    if not ranked:
        raise ChartError(f"{_NAME}: no aggregate ranks any of the models. Choose benchmarks that they share.")
    look = get_theme(theme)
    plan = _plan(ranked, require_width(width), room, intervals=intervals)
    colours = _colours(ranked, plan.labels, highlight, look)
    for point in plan.points:
        point["colour"] = colours.get(point["model"], look.axis)
        point["strong"] = point["model"] in colours
    # A sheet that the names on both sides would fill has them on the left alone.
    left = _GAP + max(text_width(label, TEXT_SIZE) for label in plan.labels.values())
    both = len(plan.columns) > 1 and (room is None or 2 * left < room * _MOST_OF_ROOM)
    frame = Frame(
        title=title,
        limit=room,
        description=f"Ranks of {len(plan.labels)} models by {len(plan.columns)} aggregates.",
        width=plan.width,
        height=plan.height,
        theme=look,
        notes=_notes(given, plan, coloured=len(colours), asked=bool(highlight)) if footnotes else [],
        notes_top=16,
        left=left,
        right=left if both else 0.0,
    )
    return frame_layers(_layers(plan, look, both=both), frame)


def _plan(rows: Sequence[RankingRow], width: float | None, room: float | None, *, intervals: bool) -> _Plan:
    names: dict[tuple[str, ...], str] = {_key(row): _name(row, room) for row in rows}
    labels = {(key[0], key[1]): label for key, label in unique_labels(names, brief=room is not None).items()}
    aggregates = list(dict.fromkeys(row.aggregate for row in rows))
    shown = intervals and len(labels) <= _MOST_WITH_INTERVALS and _has_place(len(labels), aggregates, width, room)
    spread = _SPREAD * (len(labels) - 1) if shown else 0.0
    step = max(_NARROW, spread + _SIDE * 1.6)
    if width is not None:
        step = (width - 2 * _SIDE - spread) / max(len(aggregates) - 1, 1)
    columns = {name: _SIDE + spread / 2 + place * step for place, name in enumerate(aggregates)}
    row_height = max(_LOWEST_ROW, min(_ROW, _HEIGHT / len(labels)))
    points: list[dict[str, Any]] = []
    places: dict[_Key, int] = {}
    for aggregate in aggregates:
        column = [row for row in rows if row.aggregate == aggregate]
        # Models that share a rank keep the order of the column before, so that their lines do not cross for nothing.
        column.sort(key=lambda row: (row.rank, places.get(_key(row), len(places))))
        places |= {_key(row): place for place, row in enumerate(column)}
        points += [_point(row, place, labels, row_height) for place, row in enumerate(column)]
        for point in points[-len(column) :]:
            shift = (point["place"] - (len(labels) - 1) / 2) * _SPREAD if shown else 0.0
            point["x"] = columns[aggregate] + shift
    total = width or 2 * _SIDE + spread + step * (len(aggregates) - 1)
    return _Plan(points, labels, columns, row_height, round(total), round(row_height * len(labels)), shown)


def _has_place(n_models: int, aggregates: Sequence[str], width: float | None, room: float | None) -> bool:
    """Whether the bars of neighbouring columns stay apart on a sheet; what is worse, headings that do not, is an error."""
    if room is None or width is None:
        return True
    heads = max(text_width(name, TEXT_SIZE) for name in aggregates) + _HEAD_GAP
    if len(aggregates) > 1 and (width - 2 * _SIDE) / (len(aggregates) - 1) < heads:
        raise ChartError(
            f"{_NAME}: {len(aggregates)} rankings side by side need {heads * (len(aggregates) - 1) + 2 * _SIDE:.0f} pixels, "
            f"and {width:.0f} are left beside the names. Choose a wider size or fewer aggregates."
        )
    spread = _SPREAD * (n_models - 1)
    return (width - 2 * _SIDE - spread) / max(len(aggregates) - 1, 1) > spread + _HEAD_GAP


def _name(row: RankingRow, room: float | None) -> str:
    name = model_label(row.model_name, row.variant, None)
    if room is None:
        return shorten(name, _LABEL_LIMIT, TEXT_SIZE)
    return shorten_middle(name, min(_LABEL_LIMIT, room * _LABEL_SHARE), TEXT_SIZE)


def _key(row: RankingRow) -> _Key:
    return row.model, row.variant or ""


def _point(row: RankingRow, place: int, labels: Mapping[_Key, str], height: float) -> dict[str, Any]:
    bounds = None if row.rank_lower is None or row.rank_upper is None else (row.rank_lower, row.rank_upper)
    return {
        "model": labels[_key(row)],
        "aggregate": row.aggregate,
        "rank": row.rank,
        "ranks": "unknown" if bounds is None else f"{bounds[0]} to {bounds[1]}",
        "tier": "unknown" if row.tier is None else row.tier,
        "chance": "unknown" if row.p_best is None else f"{row.p_best:.0%}",
        "value": "unknown" if row.value is None else format_value(row.value, row.unit),
        "interval": format_interval(row.lower, row.upper, row.unit),
        "evidence": row.evidence,
        "place": place,
        "y": (place + 0.5) * height,
        "top": None if bounds is None else (bounds[0] - 0.5) * height,
        "bottom": None if bounds is None else (bounds[1] - 0.5) * height,
    }


def _colours(
    rows: Sequence[RankingRow], labels: Mapping[_Key, str], highlight: Sequence[str], theme: Theme
) -> dict[str, str]:
    palette = theme.categorical
    if highlight:
        wanted = {name.casefold() for name in highlight}
        chosen = [key for key in labels if wanted & _spellings(key, rows)]
        lost = sorted(wanted - set().union(*(_spellings(key, rows) for key in labels)))
        if lost or len(chosen) > len(palette):
            found = f'"{lost[0]}" is not among the ranked models' if lost else f"found {len(chosen)} models"
            raise ChartError(f"{_NAME}, highlight: {found}. Name at most {len(palette)} of those that are ranked.")
    elif len(labels) <= len(palette):
        chosen = list(labels)
    else:
        ranks: dict[_Key, list[int]] = {}
        for row in rows:
            ranks.setdefault(_key(row), []).append(row.rank or 0)
        order = sorted(ranks, key=lambda key: (min(ranks[key]) > 1, min(ranks[key]) - max(ranks[key])))
        chosen = order[: len(palette)]
    return {labels[key]: palette[place] for place, key in enumerate(chosen)}


def _spellings(key: _Key, rows: Sequence[RankingRow]) -> set[str]:
    row = next(row for row in rows if _key(row) == key)
    names = {row.model, row.model_name, model_label(row.model_name, row.variant, None)}
    return {name.casefold() for name in names}


def _layers(plan: _Plan, theme: Theme, *, both: bool) -> list[alt.Chart]:
    titles = [{"x": at, "text": name.replace("-", " ")} for name, at in plan.columns.items()]
    heading = alt.Chart(inline(titles), name="aggregates").mark_text(
        baseline="bottom", fontSize=TEXT_SIZE, fontWeight=600, color=theme.text, tooltip=None
    )
    layers = [heading.encode(x=_at("x"), y=alt.value(-8), text=alt.Text("text:N"))]
    layers += _links(plan)
    bars = [point for point in plan.points if plan.intervals and point["top"] is not None]
    if bars:
        mark = alt.Chart(inline(bars), name="intervals").mark_rule(
            strokeWidth=4, opacity=0.35, strokeCap="round", tooltip=None
        )
        layers.append(mark.encode(x=_at("x"), y=_at("top"), y2=alt.Y2("bottom"), color=_colour()))
    return [*layers, *_points(plan, theme), *_names(plan, theme, both=both)]


def _at(field: str) -> Any:
    channel = alt.X if field.startswith("x") else alt.Y
    return channel(field=field, type="quantitative", scale=None, axis=None)


def _colour() -> alt.Color:
    return alt.Color(field="colour", type="nominal", scale=None, legend=None)


def _links(plan: _Plan) -> list[alt.Chart]:
    """A line from each column to the next for every model that both rank; the coloured ones lie above."""
    order = {name: place for place, name in enumerate(plan.columns)}
    by_model: dict[str, list[dict[str, Any]]] = {}
    for point in plan.points:
        by_model.setdefault(point["model"], []).append(point)
    links = [
        {"x0": start["x"], "y0": start["y"], "x1": end["x"], "y1": end["y"], "colour": start["colour"]}
        | {"strong": start["strong"]}
        for points in by_model.values()
        for start, end in pairwise(points)
        if order[end["aggregate"]] == order[start["aggregate"]] + 1
    ]
    layers = []
    for strong, wide in ((False, 1.2), (True, 2.4)):
        some = [link for link in links if link["strong"] == strong]
        if some:
            mark = alt.Chart(inline(some), name="lines" if strong else "other lines").mark_rule(
                strokeWidth=wide, opacity=1 if strong else 0.55, tooltip=None
            )
            layers.append(mark.encode(x=_at("x0"), x2=alt.X2("x1"), y=_at("y0"), y2=alt.Y2("y1"), color=_colour()))
    return layers


def _points(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    numbers = len(plan.labels) <= _MOST_WITH_NUMBERS
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()]
    mark = alt.Chart(inline(plan.points), name="ranks").mark_point(
        shape="circle", filled=False, opacity=1, strokeWidth=2, size=210 if numbers else 30, fill=theme.background
    )
    layers = [
        mark.encode(
            x=_at("x"), y=_at("y"), stroke=alt.Stroke(field="colour", type="nominal", scale=None), tooltip=tooltip
        )
    ]
    if numbers:
        text = alt.Chart(inline(plan.points), name="numbers").mark_text(fontSize=9.5, color=theme.text, tooltip=None)
        layers.append(text.encode(x=_at("x"), y=_at("y"), text=alt.Text("rank:N")))
    return layers


def _names(plan: _Plan, theme: Theme, *, both: bool) -> list[alt.Chart]:
    """Each model's name beside its first and its last point, where these are in the outer columns."""
    first, last = next(iter(plan.columns)), list(plan.columns)[-1]
    sides = [(first, -_GAP, "right")] + ([(last, plan.width + _GAP, "left")] if both else [])
    layers = []
    for aggregate, at, align in sides:
        some = [point for point in plan.points if point["aggregate"] == aggregate]
        for strong in (True, False):
            part = [point for point in some if point["strong"] == strong]
            if part:
                style: dict[str, Any] = {"align": align, "baseline": "middle", "tooltip": None}
                style |= {"fontSize": max(9.0, min(TEXT_SIZE, plan.row - 1.5))}
                style |= {"color": theme.text if strong else theme.muted}
                text = alt.Chart(inline(part), name=f"{'' if strong else 'other '}names {align}").mark_text(**style)
                layers.append(text.encode(x=alt.value(at), y=_at("y"), text=alt.Text("model:N")))
    return layers


def _notes(rows: Sequence[RankingRow], plan: _Plan, *, coloured: int, asked: bool) -> list[str]:
    notes = ["Each column ranks the same scores by another aggregate, 1 is best; equal numbers share a rank."]
    known = any(point["top"] is not None for point in plan.points)
    if plan.intervals and known:
        notes.append("Bars cover the ranks that the uncertainty allows, for all models of a ranking at once.")
        bare = [name for name in plan.columns if all(p["top"] is None for p in plan.points if p["aggregate"] == name)]
        notes += [f"Nothing is known of the uncertainty of ranks by {list_names(bare, 9)}."] if bare else []
    elif known:
        notes.append("The ranks that the uncertainty allows are not drawn; pointing at a rank tells them.")
    else:
        notes.append("Nothing is known of the uncertainty of these ranks.")
    if coloured < len(plan.labels) and not asked:
        notes.append("In colour: those first in some ranking, then those whose rank changes most.")
    gaps = [name for name in plan.columns if sum(p["aggregate"] == name for p in plan.points) < len(plan.labels)]
    notes += [f"Not all of the {len(plan.labels)} models are ranked by {list_names(gaps, 9)}."] if gaps else []
    empty = [name for name in dict.fromkeys(row.aggregate for row in rows) if name not in plan.columns]
    notes += [f"Nobody is ranked by {list_names(empty, 9)}."] if empty else []
    lost = {_key(row): row for row in rows if _key(row) not in plan.labels}
    names = [clean_name(row.model_name) for row in lost.values()]
    return [*notes, f"Ranked by none: {list_names(names)}."] if names else notes
