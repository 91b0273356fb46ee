"""How hard each item is against how well it tells good models from poor ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, axis_room, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import benchmark_label, clean_name, format_value, shorten_middle, with_unit
from benchdb.charts.placement import Anchor, name_layers, place_labels
from benchdb.charts.theme import VALUE_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.items import Item
from benchdb.stats.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.placement import Box

_NAME = "item-difficulty"
_WIDTH, _HEIGHT = 560.0, 360.0
_FULL = {"percent": 100.0, "fraction": 1.0}
_MOST_NAMES = 8
_LABEL_LIMIT = 140.0
_POINT_AREA, _LARGEST_AREA, _SMALLEST_AREA = 36.0, 600.0, 8.0


def plot_item_difficulty(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    items: Sequence[Item],
    *,
    values: bool = True,
    title: str | None = None,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Items by their mean over models and their discrimination; those that favour the poorer models stand apart.

    Items at one place are one point, whose area says how many they are. A discrimination below zero has another colour
    and shape: good models do worse on such an item than poor ones, which is worth a look at its answer key.

    Args:
        items: Items of one benchmark, the hardest first.
        values: Whether the items of the lowest discrimination below zero are named where there is room.
        title: Title, or None for none.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below, and counts what it does not show.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are several benchmarks, or no item's discrimination is known.
    """
    rows = require_rows(items, Item, _NAME, ("mean", "discrimination"))
    unit = require_one_unit(((row.benchmark, row.unit) for row in rows), _NAME)
    if len({row.benchmark for row in rows}) > 1:
        raise ChartError("item-difficulty: expected the items of one benchmark. Draw each benchmark on its own.")
    known = [row for row in rows if row.discrimination is not None]
    if not known:
        raise ChartError(
            f"item-difficulty: the discrimination of none of the {len(rows)} items is known. It needs the outcomes of at "
            "least 3 models that do not all do the same on an item."
        )
    look = get_theme(theme)
    plan = _Plan(known, unit, require_width(width) or _WIDTH)
    layers = [_zero_line(plan, look), *_points(plan, look), *(_names(plan) if values else [])]
    frame = Frame(
        title=title,
        limit=room,
        left=axis_room(ticks(*plan.y_ends)),
        description=f"Mean and discrimination of {len(known)} items of {clean_name(rows[0].benchmark)}.",
        width=plan.width,
        height=_HEIGHT,
        theme=look,
        notes=_notes(plan, rows) if footnotes else [],
        notes_top=58,
    )
    return frame_layers(layers, frame)


class _Plan:
    """Points with the items that stand there, and the axes."""

    def __init__(self, rows: Sequence[Item], unit: str | None, width: float) -> None:
        self.rows = rows
        self.unit = unit
        self.width = width
        places: dict[tuple[float, float], list[Item]] = {}
        for row in rows:
            places.setdefault((round(row.mean, 9), round(row.discrimination or 0.0, 9)), []).append(row)
        self.places = dict(sorted(places.items()))
        self.most = max(map(len, self.places.values()))
        full = _FULL.get(unit or "")
        means = [row.mean for row in rows]
        whole = full is not None and min(means) >= 0 and max(means) <= full
        self.x_ends = (0.0, full or 0.0, (full or 0.0) / 10) if whole else nice_domain(means)
        self.y_ends = nice_domain([row.discrimination or 0.0 for row in rows], zero=True)

    def pixels(self, mean: float, discrimination: float) -> tuple[float, float]:
        """Where a point stands in the plot."""
        (left, right, _), (low, high, _) = self.x_ends, self.y_ends
        return (mean - left) / (right - left) * self.width, (high - discrimination) / (high - low) * _HEIGHT

    def radius(self, count: int) -> float:
        """Radius of a point of so many items in pixels."""
        return math.sqrt(self.area(count) / math.pi)

    def area(self, count: int) -> float:
        """Area of a point of so many items."""
        return count * max(_SMALLEST_AREA, min(_POINT_AREA, _LARGEST_AREA / self.most))

    def x(self) -> alt.X:
        """The axis of means."""
        low, high, step = self.x_ends
        scale = alt.Scale(domain=[low, high], nice=False, zero=False)
        side = "left" if self.rows[0].mean <= self.rows[-1].mean else "right"
        title = f"{with_unit('Mean over models', self.unit)}; hard items on the {side}"
        return alt.X("mean:Q", title=title, scale=scale, axis=number_axis(ticks(low, high, step), grid=False))

    def y(self) -> alt.Y:
        """The axis of discriminations."""
        low, high, step = self.y_ends
        scale = alt.Scale(domain=[low, high], nice=False, zero=False)
        return alt.Y(
            "discrimination:Q", title="Discrimination (item–rest correlation)", scale=scale,
            axis=number_axis(ticks(low, high, step)),
        )  # fmt: skip


def _zero_line(plan: _Plan, theme: Theme) -> alt.Chart:
    mark = alt.Chart(inline([{"discrimination": 0}]), name="zero").mark_rule(color=theme.axis, tooltip=None)
    layer: alt.Chart = mark.encode(y=plan.y())
    return layer


def _item(row: Item) -> str:
    return benchmark_label(row.item, row.subset)


def _points(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    titles = {"items": "Item", "count": "Items here", "text": "Mean", "r": "Discrimination", "models": "Models"}
    titles |= {"solved": "Solved by", "alone": "Solved only by"}
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    layers = []
    for name, below, colour, shape in (
        ("items", False, theme.better, "circle"),
        ("items below zero", True, theme.worse, "diamond"),
    ):
        rows = [_record(plan, group) for (_, at), group in plan.places.items() if (at < 0) == below]
        if rows:
            mark = alt.Chart(inline(rows), name=name).mark_point(
                filled=True, opacity=0.75, color=colour, shape=shape, stroke=theme.background, strokeWidth=0.7
            )
            layers.append(mark.encode(x=plan.x(), y=plan.y(), size=alt.Size("area:Q", scale=None), tooltip=tooltip))
    return layers


def _record(plan: _Plan, group: Sequence[Item]) -> dict[str, Any]:
    first = group[0]
    models = sorted({row.n_models for row in group})
    return {
        "mean": first.mean,
        "discrimination": first.discrimination,
        "area": round(plan.area(len(group)), 2),
        "items": _item(first) if len(group) == 1 else f"{_item(first)} and {len(group) - 1} more",
        "count": len(group),
        "text": format_value(first.mean, first.unit),
        "r": format_value(first.discrimination or 0.0, None, 2),
        "models": str(models[0]) if len(models) == 1 else f"{models[0]}–{models[-1]}",
        "solved": "–" if first.n_solved is None else f"{first.n_solved} of {first.n_models}",
        "alone": clean_name(first.solved_by or "–"),
    }


def _names(plan: _Plan) -> list[alt.Chart]:
    """Names of the items of the lowest discrimination below zero, where there is room."""
    below = [(at, group) for at, group in plan.places.items() if at[1] < 0 and len(group) == 1]
    below.sort(key=lambda pair: (pair[0][1], pair[0][0]))
    anchors = [
        Anchor(*plan.pixels(*at), shorten_middle(_item(group[0]), _LABEL_LIMIT, VALUE_SIZE))
        for at, group in below[:_MOST_NAMES]
    ]
    _, zero = plan.pixels(plan.x_ends[0], 0.0)
    boxes: list[Box] = [(0.0, zero - 1, plan.width, zero + 1)]
    for at, group in plan.places.items():
        (x, y), reach = plan.pixels(*at), plan.radius(len(group)) + 1
        boxes.append((x - reach, y - reach, x + reach, y + reach))
    places = place_labels(anchors, boxes, (plan.width, _HEIGHT), VALUE_SIZE)
    return name_layers(anchors, places)


def _chance(n_models: int) -> float:
    """Correlation that independent normal values of so many models exceed in 5 % of cases, either way."""
    quantile = t_quantile(0.95, n_models - 2)
    return quantile / math.sqrt(n_models - 2 + quantile**2)


def _notes(plan: _Plan, rows: Sequence[Item]) -> list[str]:
    models = sorted({row.n_models for row in plan.rows})
    of = f"{models[0]}" if len(models) == 1 else f"{models[0]} to {models[-1]}"
    notes = [
        f"Correlation over {of} models between an item and the mean of each model's other items; a point each item."
    ]
    if plan.most > 1:
        notes.append(f"Larger points: up to {plan.most} items at one place.")
    below = sum((row.discrimination or 0.0) < 0 for row in plan.rows)
    if below:
        notes.append(
            f"Diamonds: below zero, where good models do worse than poor ones; {below} of {len(plan.rows)} items."
        )
    chance = _chance(models[0])
    notes.append(
        f"Where items have nothing to do with each other, about 95 % lie within ±{chance:.2f} of zero at {models[0]} models."
    )
    lost = len(rows) - len(plan.rows)
    if lost:
        notes.append(
            f"Not drawn: {lost} of {len(rows)} items, whose discrimination is not known (all models alike, or fewer than 3)."
        )
    low = plan.x_ends[0]
    return [*notes, f"The axis of means starts at {low:g}, not at zero."] if low != 0 else notes
