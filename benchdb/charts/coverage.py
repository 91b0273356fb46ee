"""Coverage: which models have a score on which benchmarks, and how many claims say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_rows, require_width
from benchdb.charts.colours import ink_on
from benchdb.charts.frame import Frame, frame_layers, inline
from benchdb.charts.grid import TILE, Grid, ink, lay_out_grid, missing_layers
from benchdb.charts.labels import clean_name, model_label
from benchdb.charts.theme import Theme, get_theme
from benchdb.rows.coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_NAME = "coverage"


def plot_coverage(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    rows: Sequence[Coverage],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Heat map of models by benchmarks, the more claims the stronger; what is missing stays an empty outline.

    Args:
        rows: Coverage rows; several metrics of one model on one benchmark count together, an absent row is missing.
        title: Title, or None for none.
        values: Whether each cell bears its number of claims.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the marks are explained below the chart.

    Returns:
        A layered chart with its data inside. No rows raise `ChartError`.
    """
    given = require_rows(rows, Coverage, _NAME, ("n_claims", "n_sources", "n_items_seen"))
    look = get_theme(theme)
    models: dict[tuple[str, ...], str] = {
        (row.model, row.variant or ""): model_label(row.model_name, row.variant, None) for row in given
    }
    names: dict[tuple[str, ...], str] = {(row.benchmark,): clean_name(row.benchmark_name) for row in given}
    cells = _cells(given, models, names)
    grid = lay_out_grid(models, names, [cell["text"] for cell in cells.values()], require_width(width), room)
    records = [
        {"model": grid.rows[model], "benchmark": grid.columns[benchmark], "name": names[benchmark], **cell}
        for (model, benchmark), cell in cells.items()
    ]
    frame = Frame(
        title=title,
        limit=room,
        description=f"Claims for {len(models)} models on {len(names)} benchmarks.",
        width=grid.width,
        height=grid.height,
        theme=look,
        notes=_notes(records, numbers=values and grid.has_room, dashes=grid.has_room) if footnotes else [],
        notes_top=14,
        left=grid.left,
    )
    return frame_layers(_layers(records, grid, look, values=values), frame)


def _cells(
    rows: Sequence[Coverage], models: Iterable[tuple[str, ...]], benchmarks: Collection[tuple[str, ...]]
) -> dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Any]]:
    cells: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Any]] = {
        (model, benchmark): {"claims": 0, "sources": 0, "items": 0} for model in models for benchmark in benchmarks
    }
    for row in rows:
        cell = cells[(row.model, row.variant or ""), (row.benchmark,)]
        cell["claims"] += row.n_claims
        cell["sources"] = max(cell["sources"], row.n_sources)
        cell["items"] = max(cell["items"], row.n_items_seen)
    for cell in cells.values():
        cell["text"] = f"{cell['claims']}{' •' if cell['items'] else ''}" if cell["claims"] else "–"
    return cells


def _layers(records: Sequence[dict[str, Any]], grid: Grid, theme: Theme, *, values: bool) -> list[alt.Chart]:
    seen = [record for record in records if record["claims"]]
    absent = [record for record in records if not record["claims"]]
    most = max((record["claims"] for record in seen), default=1)
    titles = {
        "model": "Model",
        "name": "Benchmark",
        "claims": "Claims",
        "sources": "Sources",
        "items": "Items with outcomes",
    }
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    ramp = alt.Scale(domain=[1, max(most, 2)], range=list(theme.sequential), zero=False)
    colour = alt.Color("claims:Q", scale=ramp, legend=None)
    x, y = grid.x("benchmark"), grid.y("model")
    layers = missing_layers(absent, grid, (x, y), tooltip, theme)
    if seen:
        tiles = alt.Chart(inline(seen), name="claims").mark_rect(**TILE)
        layers.append(tiles.encode(x=x, y=y, color=colour, tooltip=tooltip))
    if seen and values and grid.has_room:
        inked = [record | {"ink": ink_on((record["claims"] - 1) / (max(most, 2) - 1), theme)} for record in seen]
        text = alt.Chart(inline(inked), name="numbers of claims").mark_text(tooltip=None, fontSize=grid.text_size)
        layers.append(text.encode(x=x, y=y, text=alt.Text("text:N"), color=ink(theme)))
    return layers


def _notes(records: Sequence[dict[str, Any]], *, numbers: bool, dashes: bool) -> list[str]:
    many = max(record["claims"] for record in records)
    notes = [
        "Each number counts claims; the more, the stronger the colour."
        if numbers
        else f"The more claims, the stronger the colour, up to {many}."
    ]
    notes += (
        ["• outcomes of items are in the database."] if numbers and any(record["items"] for record in records) else []
    )
    missing = sum(not record["claims"] for record in records)
    mark = "–" if dashes else "Dotted outline:"
    return [*notes, f"{mark} no claim: {missing} of {len(records)} cells."] if missing else notes
