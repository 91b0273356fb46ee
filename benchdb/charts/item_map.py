"""What every model made of every item: a heat map, the best model on top and the hardest item on the left."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, nice_step, number_axis
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_value,
    model_label,
    protocol_label,
    shorten_middle,
    source_label,
    text_width,
    unique_labels,
    with_unit,
)
from benchdb.charts.theme import DECIMALS, TEXT_SIZE, VALUE_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.items import ItemValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME = "items"
_WIDTH = 1000.0
_NARROWEST_CELL, _WIDEST_CELL, _LABELLED_CELL = 2, 40, 14
_PAGE = 100
_ROW_HEIGHTS = ((15, 24), (40, 18), (_PAGE, 14))
_LABEL_LIMIT, _ITEM_LIMIT = 300.0, 110.0
_LABEL_SHARE = 0.42
_FULL = {"percent": 100.0, "fraction": 1.0}
_MOST_TICKS = 10


def plot_item_map(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    values: Sequence[ItemValue],
    *,
    page: int = 1,
    title: str | None = None,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Heat map of models by items, both ordered by the rows' places; a missing outcome is a thin line in an empty cell.

    Cells are whole pixels wide, at least 2. Where more items than fit in `width` are there, neighbours in difficulty share
    a cell, which shows the mean of those that have an outcome. A hundred models make a page.

    Args:
        values: Outcomes of the items of one benchmark.
        page: Which hundred of the models, from 1.
        title: Title, or None for none.
        width: Most the plot may be wide, in pixels; 1000 where it is None.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what a cell is and what is missing.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are several benchmarks, or no such page.
    """
    rows = require_rows(values, ItemValue, _NAME, ("value",))
    unit = require_one_unit(((row.benchmark, row.unit) for row in rows), _NAME)
    if len({row.benchmark for row in rows}) > 1:
        raise ChartError("items: expected the items of one benchmark. Draw each benchmark on its own.")
    look = get_theme(theme)
    plan = _Plan(rows, page, (require_width(width) or _WIDTH, room), unit)
    layers = [*_missing(plan, look), _cells(plan, look), _means(plan)]
    layers += _item_names(plan) if plan.is_labelled else []
    frame = Frame(
        title=title,
        limit=room,
        description=f"{len(plan.all_models)} models by {plan.n_items} items of {clean_name(rows[0].benchmark)}.",
        width=plan.width,
        height=plan.height,
        theme=look,
        notes=_notes(plan) if footnotes else [],
        notes_top=plan.item_room + (42 if plan.is_labelled else 58),
        left=max(text_width(label, TEXT_SIZE) for label in plan.labels),
        right=46,
    )
    return frame_layers(layers, frame)


class _Plan:
    """Places of models and items, and how many items share a cell."""

    def __init__(
        self, rows: Sequence[ItemValue], page: int, space: tuple[float, float | None], unit: str | None
    ) -> None:
        width, room = space
        self.unit = unit
        self.rows = rows
        self.items = {row.item_place: benchmark_label(row.item, row.subset) for row in rows}
        self.places = {place: index for index, place in enumerate(sorted(self.items))}
        self.n_items = len(self.places)
        self.all_models = _model_names(rows, room)
        self.pages = math.ceil(len(self.all_models) / _PAGE)
        if not 1 <= page <= self.pages:
            raise ChartError(f"items: page={page}: the {len(self.all_models)} models fill pages 1 to {self.pages}.")
        self.page = page
        shown = list(self.all_models)[(page - 1) * _PAGE : page * _PAGE]
        self.models = {key: self.all_models[key] for key in shown}
        self.labels = list(self.models.values())
        self.said = _said(rows, self.models)
        most = max(1, int(width // _NARROWEST_CELL))
        self.bin = math.ceil(self.n_items / most)
        self.n_cells = math.ceil(self.n_items / self.bin)
        self.cell = min(_WIDEST_CELL, max(_NARROWEST_CELL, int(width // self.n_cells)))
        self.width = float(self.cell * self.n_cells)
        self.row_height = next(height for count, height in _ROW_HEIGHTS if len(self.models) <= count)
        self.height = float(self.row_height * len(self.models))
        self.is_labelled = self.cell >= _LABELLED_CELL and self.bin == 1
        self.item_names = [shorten_middle(self.items[place], _ITEM_LIMIT, VALUE_SIZE) for place in self.places]
        self.item_room = max(text_width(name, VALUE_SIZE) for name in self.item_names) if self.is_labelled else 0.0
        self.values: dict[tuple[int, int], list[ItemValue]] = {}
        number = {key: index for index, key in enumerate(self.models)}
        for row in rows:
            model = number.get((row.model, row.variant or ""))
            if model is not None:
                self.values.setdefault((model, self.places[row.item_place] // self.bin), []).append(row)

    @property
    def scale(self) -> tuple[float, float]:
        """Ends of the colours: none and full marks, or the least and the greatest value."""
        full = _FULL.get(self.unit or "")
        found = [row.value for row in self.rows]
        if full is not None and min(found) >= 0 and max(found) <= full:
            return 0.0, full
        return nice_domain(found)[:2]

    def span(self, cell: int) -> str:
        """The items of a cell in words."""
        places = sorted(self.places)[cell * self.bin : (cell + 1) * self.bin]
        first, last = self.items[places[0]], self.items[places[-1]]
        return first if len(places) == 1 else f"{first} … {last} ({len(places)} items)"

    def x(self) -> alt.X:
        """The axis of items, by place from 1 for the hardest."""
        step = max(1, math.ceil(nice_step(self.n_items, _MOST_TICKS)))
        at = [1, *range(step, self.n_items + 1, step)] if step > 1 else list(range(1, self.n_items + 1))
        ends = [0.5, 0.5 + self.bin * self.n_cells]
        scale = alt.Scale(domain=ends, nice=False, zero=False)
        title = "Items, from the hardest (left) to the easiest"
        axis = number_axis(
            at, grid=False, labels=not self.is_labelled, titlePadding=(14 if self.is_labelled else 10) + self.item_room
        )
        return alt.X("x:Q", title=title, scale=scale, axis=axis)

    def y(self) -> alt.Y:
        """The axis of models."""
        scale = alt.Scale(domain=self.labels, paddingInner=0, paddingOuter=0)
        axis = alt.Axis(ticks=False, domain=False, grid=False, labelLimit=0, labelOverlap=False)
        return alt.Y("model:N", title=None, sort=self.labels, scale=scale, axis=axis)


def _model_names(rows: Sequence[ItemValue], room: float | None) -> dict[tuple[str, ...], str]:
    limit = _LABEL_LIMIT if room is None else min(_LABEL_LIMIT, room * _LABEL_SHARE)
    return unique_labels(
        {
            (row.model, row.variant or ""): shorten_middle(
                model_label(row.model_name, row.variant, None), limit, TEXT_SIZE
            )
            for row in sorted(rows, key=lambda row: row.model_place)
        },
        brief=room is not None,
    )


def _said(rows: Sequence[ItemValue], models: Iterable[tuple[str, ...]]) -> list[dict[str, str]]:
    """Protocol and source of each model's run."""
    firsts = {(row.model, row.variant or ""): row for row in reversed(rows)}
    return [
        {
            "protocol": protocol_label(firsts[key[0], key[1]].protocol),
            "source": source_label(firsts[key[0], key[1]].source),
        }
        for key in models
    ]


def _with_names(layer: alt.Chart, plan: _Plan) -> alt.Chart:
    """The layer with names of models and items looked up by number, so that they stand in the file once."""
    models = [
        {"m": number, "model": label, **said}
        for number, (label, said) in enumerate(zip(plan.labels, plan.said, strict=True))
    ]
    items = [{"c": cell, "item": plan.span(cell)} for cell in range(plan.n_cells)]
    named: alt.Chart = layer.transform_lookup(
        lookup="m", from_=alt.LookupData(data=inline(models), key="m", fields=["model", "protocol", "source"])
    ).transform_lookup(lookup="c", from_=alt.LookupData(data=inline(items), key="c", fields=["item"]))
    return named


def _cells(plan: _Plan, theme: Theme) -> alt.Chart:
    rows = []
    for (model, cell), group in sorted(plan.values.items()):
        value = math.fsum(row.value for row in group) / len(group)
        rows.append({"m": model, "c": cell, "v": round(value, 6), "n": sum(row.n_attempts for row in group)})
    scale = alt.Scale(domain=list(plan.scale), range=list(theme.sequential), zero=False, clamp=True)
    title = with_unit("Share of marks" if plan.unit in _FULL else "Value", plan.unit)
    legend = alt.Legend(
        orient="top", direction="horizontal", gradientLength=140, gradientThickness=10, tickCount=2, offset=8
    )
    places = DECIMALS.get(plan.unit or "", 2)
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("item:N", title="Items" if plan.bin > 1 else "Item"),
        alt.Tooltip("v:Q", title="Mean of the cell" if plan.bin > 1 else "Value", format=f".{places}f"),
        alt.Tooltip("n:Q", title="Attempts", format=","),
        alt.Tooltip("protocol:N", title="Protocol"),
        alt.Tooltip("source:N", title="Source"),
    ]
    layer = _with_names(alt.Chart(inline(rows), name="items"), plan).transform_calculate(
        x=f"datum.c * {plan.bin} + 0.5", x2=f"(datum.c + 1) * {plan.bin} + 0.5"
    )
    marked: alt.Chart = layer.mark_rect(height={"band": _band(plan)}).encode(
        x=plan.x(),
        x2=alt.X2("x2"),
        y=plan.y(),
        tooltip=tooltip,
        color=alt.Color("v:Q", title=title, scale=scale, legend=legend),
    )
    return marked


def _band(plan: _Plan) -> float:
    return 1 - 2 / plan.row_height


def _missing(plan: _Plan, theme: Theme) -> list[alt.Chart]:
    """Runs of cells without an outcome."""
    rows = []
    for model, label in enumerate(plan.labels):
        absent = [cell for cell in range(plan.n_cells) if (model, cell) not in plan.values]
        for _, run in groupby(enumerate(absent), key=lambda pair: pair[1] - pair[0]):
            cells = [cell for _, cell in run]
            first, last = plan.span(cells[0]), plan.span(cells[-1])
            ends = {"x": cells[0] * plan.bin + 0.5, "x2": (cells[-1] + 1) * plan.bin + 0.5}
            rows.append({"model": label, "item": first if first == last else f"{first} to {last}", **ends})
    if not rows:
        return []
    tooltip = [alt.Tooltip("model:N", title="Model"), alt.Tooltip("item:N", title="No outcome on")]
    mark = alt.Chart(inline(rows), name="missing").mark_rect(fill=theme.muted, opacity=0.7, height={"band": 0.12})
    return [mark.encode(x=plan.x(), x2=alt.X2("x2"), y=plan.y(), tooltip=tooltip)]


def _means(plan: _Plan) -> alt.Chart:
    by_model: dict[int, list[ItemValue]] = {}
    for (model, _), group in plan.values.items():
        by_model.setdefault(model, []).extend(group)
    rows = []
    for model, label in enumerate(plan.labels):
        found = by_model[model]
        mean = format_value(math.fsum(row.value for row in found) / len(found), plan.unit)
        rows.append({"model": label, "mean": mean, "items": len(found), **plan.said[model]})
    tooltip = [
        alt.Tooltip("model:N", title="Model"),
        alt.Tooltip("mean:N", title="Mean"),
        alt.Tooltip("items:Q", title="Items", format=","),
        alt.Tooltip("protocol:N", title="Protocol"),
        alt.Tooltip("source:N", title="Source"),
    ]
    mark = alt.Chart(inline(rows), name="means").mark_text(align="right", baseline="middle")
    layer: alt.Chart = mark.encode(x=alt.value(plan.width + 42), y=plan.y(), text=alt.Text("mean:N"), tooltip=tooltip)
    return layer


def _item_names(plan: _Plan) -> list[alt.Chart]:
    rows = [{"x": index + 1, "text": name} for index, name in enumerate(plan.item_names)]
    mark = alt.Chart(inline(rows), name="names of items").mark_text(
        align="right", baseline="middle", angle=270, tooltip=None
    )
    return [mark.encode(x=plan.x(), y=alt.value(plan.height + 6), text=alt.Text("text:N"))]


def _notes(plan: _Plan) -> list[str]:
    notes = ["On the right: the mean of each model over the items it has an outcome on."]
    if plan.bin > 1:
        notes.append(
            f"{plan.n_items:,} items, up to {plan.bin} of neighbouring difficulty to a cell, which shows the mean of those with an outcome."
        )
    shown = len(plan.models)
    seen = sum(len(group) for group in plan.values.values())
    lacking = shown * plan.n_items - seen
    if lacking:
        notes.append(
            f"Thin lines: no outcome. {lacking:,} of {shown * plan.n_items:,} are missing; none counts as wrong."
        )
    if plan.pages > 1:
        first = (plan.page - 1) * _PAGE + 1
        notes.append(
            f"Models {first} to {first + shown - 1} of {len(plan.all_models)}: page {plan.page} of {plan.pages}. Difficulty is over all of them."
        )
    return notes
