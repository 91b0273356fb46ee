"""Scores as a heat map of models by benchmarks: the better a score, the stronger its cell; what is missing stays empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from benchdb.charts.check import require_choice, require_one_unit, require_rows, require_width
from benchdb.charts.colours import ink_on
from benchdb.charts.frame import Frame, frame_layers, inline
from benchdb.charts.grid import TILE, Grid, ink, lay_out_grid, missing_layers
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    protocol_label,
    source_label,
    with_unit,
)
from benchdb.charts.notes import protocol_notes
from benchdb.charts.theme import UNIT_SUFFIX, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.leaderboard import Cell
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Shade = Literal["benchmark", "value"]
"""What the colour of a cell says: where its score stands on its benchmark, or the score itself."""

_NAME = "heat-map"
_SHADES = ("benchmark", "value")
_MARKS = {Evidence.UNKNOWN: "?", Evidence.BORROWED: "°", Evidence.PARTIAL: "+"}
_MEANINGS = {
    Evidence.UNKNOWN: "nothing is known of the error",
    Evidence.BORROWED: "the error rests on a borrowed number of items",
    Evidence.PARTIAL: "only a part of the error is known",
}
_PARTIES = {True: "first party", False: "third party", None: "unknown"}
_TOOLTIP = {
    "model": "Model",
    "maker": "Maker",
    "name": "Benchmark",
    "metric": "Metric",
    "value": "Value",
    "interval": "Interval",
    "evidence": "Evidence",
    "protocol": "Protocol",
    "claims": "Claims",
    "source": "Source",
    "reporter": "Reported by",
    "stated": "Stated on",
}

_Key = tuple[str, ...]


def plot_heat_map(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    cells: Sequence[Cell],
    *,
    title: str | None = None,
    shade: Shade = "benchmark",
    benchmarks: Sequence[str] = (),
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Heat map of scores, a row a model and a column a benchmark. The best of a column is bold.

    A missing score is an empty outline, never the colour of a low one. Values are left out where cells get too small.

    Args:
        cells: The cells of a leaderboard; models stand in the order in which they first occur.
        title: Title, or None for none.
        shade: "benchmark" colours each score by its place between the worst and the best on its benchmark, "value" all by
            one scale, which takes one unit and one direction.
        benchmarks: Slugs of benchmarks in the order of their columns, each with its subset in square brackets; others follow.
        values: Whether each cell bears its value.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what colours and marks mean.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are no cells, two are of one model and benchmark, or one scale cannot show them.
    """
    given = require_rows(cells, Cell, _NAME, ("value", "lower", "upper"))
    if require_choice(shade, _SHADES, "shade") == "value":
        _require_one_scale(given)
    look = get_theme(theme)
    models: dict[_Key, str] = {
        (cell.model, cell.variant or ""): model_label(cell.model_name, cell.variant, None) for cell in given
    }
    names = _columns(given, benchmarks)
    marked = len({cell.evidence for cell in given}) > 1
    texts = [_text(cell, marked=marked) for cell in given]
    grid = lay_out_grid(models, names, texts, require_width(width), room)
    shades, best = _shades(given, shade), _best(given)
    records = [
        _record(cell, grid)
        | {"text": text, "shade": shades[place], "best": place in best, "ink": ink_on(_share(shades, place), look)}
        for place, (cell, text) in enumerate(zip(given, texts, strict=True))
    ]
    held = {(record["model"], record["benchmark"]) for record in records}
    if len(held) < len(records):
        raise ChartError(f"{_NAME}: two scores are of one model and benchmark. Choose one metric.")
    missing = [
        {"model": model, "benchmark": benchmark, "name": names[key], "value": "no score in the database"}
        for model in grid.rows.values()
        for key, benchmark in grid.columns.items()
        if (model, benchmark) not in held
    ]
    shown = values and grid.has_room
    frame = Frame(
        title=title,
        limit=room,
        description=f"Scores of {len(models)} models on {len(names)} benchmarks.",
        width=grid.width,
        height=grid.height,
        theme=look,
        notes=_notes(given, missing, shade, grid, marked=shown and marked) if footnotes else [],
        notes_top=14,
        left=grid.left,
    )
    return frame_layers(_layers(records, missing, grid, look, values=shown), frame)


def _columns(cells: Sequence[Cell], order: Sequence[str]) -> dict[_Key, str]:
    names: dict[_Key, str] = {
        (cell.benchmark, cell.subset): benchmark_label(cell.benchmark_name, cell.subset) for cell in cells
    }
    places = {label: place for place, label in enumerate(order)}

    def place(key: _Key) -> int:
        slug, subset = key
        return places.get(f"{slug}[{subset}]" if subset else slug, len(places))

    return {key: names[key] for key in sorted(names, key=place)}


def _require_one_scale(cells: Sequence[Cell]) -> None:
    require_one_unit(((cell.benchmark_name, cell.unit) for cell in cells), _NAME)
    directions = {cell.higher_is_better for cell in cells}
    if len(directions) > 1:
        lower = list(dict.fromkeys(clean_name(cell.benchmark_name) for cell in cells if not cell.higher_is_better))
        raise ChartError(
            f"{_NAME}: one scale of colours needs one direction, and higher is not better on {list_names(lower)}. "
            'Choose benchmarks that share a direction, or shade="benchmark".'
        )


def _text(cell: Cell, *, marked: bool) -> str:
    value = format_value(cell.value, cell.unit, cell.decimals)
    return f"{'≈' if cell.is_approximate else ''}{value}{_MARKS.get(Evidence(cell.evidence), '') if marked else ''}"


def _by_column(cells: Sequence[Cell]) -> dict[_Key, list[int]]:
    columns: dict[_Key, list[int]] = {}
    for place, cell in enumerate(cells):
        columns.setdefault((cell.benchmark, cell.subset), []).append(place)
    return columns


def _shades(cells: Sequence[Cell], shade: str) -> list[float]:
    """How strong each cell's colour is: its value, or from 0 for the worst of its column to 1 for the best."""
    if shade == "value":
        return [cell.value for cell in cells]
    found = [0.0] * len(cells)
    for places in _by_column(cells).values():
        low, high = min(cells[place].value for place in places), max(cells[place].value for place in places)
        for place in places:
            share = (cells[place].value - low) / (high - low) if high > low else 0.5
            found[place] = round(1 - share if cells[place].higher_is_better is False else share, 4)
    return found


def _share(shades: Sequence[float], place: int) -> float:
    low, high = min(shades), max(shades)
    return (shades[place] - low) / (high - low) if high > low else 0.5


def _best(cells: Sequence[Cell]) -> set[int]:
    best: set[int] = set()
    for places in _by_column(cells).values():
        direction = cells[places[0]].higher_is_better
        if direction is None or len(places) < 2:
            continue
        top = (max if direction else min)(cells[place].value for place in places)
        best |= {place for place in places if cells[place].value == top}
    return best


def _record(cell: Cell, grid: Grid) -> dict[str, Any]:
    return {
        "model": grid.rows[cell.model, cell.variant or ""],
        "benchmark": grid.columns[cell.benchmark, cell.subset],
        "name": benchmark_label(cell.benchmark_name, cell.subset),
        "maker": clean_name(cell.organization or "unknown"),
        "metric": with_unit(clean_name(cell.metric_name), cell.unit),
        "value": _text(cell, marked=False),
        "interval": format_interval(cell.lower, cell.upper, cell.unit),
        "evidence": cell.evidence,
        "protocol": protocol_label(cell.protocol),
        "claims": cell.n_claims,
        "source": source_label(cell.source_title, cell.source_kind),
        "reporter": _PARTIES[cell.is_first_party],
        "stated": cell.stated_on.isoformat() if cell.stated_on else "unknown",
        "score_id": str(cell.score_id),
    }


def _layers(
    records: Sequence[dict[str, Any]],
    missing: Sequence[dict[str, Any]],
    grid: Grid,
    theme: Theme,
    *,
    values: bool,
) -> list[alt.Chart]:
    x, y = grid.x("benchmark"), grid.y("model")
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()]
    bare = [each for each, field in zip(tooltip, _TOOLTIP, strict=True) if field in {"model", "name", "value"}]
    ends = [min(record["shade"] for record in records), max(record["shade"] for record in records)]
    ramp = alt.Scale(domain=ends if ends[0] < ends[1] else [ends[0] - 0.5, ends[0] + 0.5], range=list(theme.sequential))
    tiles = alt.Chart(inline(records), name="scores").mark_rect(**TILE)
    layers = missing_layers(missing, grid, (x, y), bare, theme)
    layers.append(tiles.encode(x=x, y=y, color=alt.Color("shade:Q", scale=ramp, legend=None), tooltip=tooltip))
    if values:
        for best in (False, True):
            some = [record for record in records if record["best"] == best]
            text = alt.Chart(inline(some), name="best values" if best else "values").mark_text(
                tooltip=None, fontSize=grid.text_size, fontWeight="bold" if best else "normal"
            )
            layers += [text.encode(x=x, y=y, text=alt.Text("text:N"), color=ink(theme))] if some else []
    return layers


def _notes(
    cells: Sequence[Cell], missing: Sequence[dict[str, Any]], shade: str, grid: Grid, *, marked: bool
) -> list[str]:
    notes = [_shade_note(cells, shade)]
    directions: Mapping[bool | None, str] = {False: "Lower is better on", None: "No direction is known for"}
    for direction, words in directions.items():
        names = [
            benchmark_label(cell.benchmark_name, cell.subset) for cell in cells if cell.higher_is_better is direction
        ]
        notes += [f"{words} {list_names(list(dict.fromkeys(names)))}."] if names else []
    if any(cell.is_approximate for cell in cells):
        notes.append("≈ approximate value." if grid.has_room else "Some values are approximate.")
    notes += _evidence_notes(cells, marked=marked)
    notes += protocol_notes(cells)
    mark = "–" if grid.has_room else "Dotted outline:"
    total = len(cells) + len(missing)
    return [*notes, f"{mark} no score in the database: {len(missing)} of {total} cells."] if missing else notes


def _shade_note(cells: Sequence[Cell], shade: str) -> str:
    if shade == "value":
        low, high = min(cell.value for cell in cells), max(cell.value for cell in cells)
        unit = cells[0].unit
        return (
            f"The higher the value, the stronger the colour, from {format_value(low, unit)} to "
            f"{format_value(high, unit)} {UNIT_SUFFIX.get(unit or '', '')}".rstrip()
            + "; not from zero."
        )
    return "The better the score among those of its column, the stronger the colour, from the worst shown to the best."


def _evidence_notes(cells: Sequence[Cell], *, marked: bool) -> list[str]:
    found = {Evidence(cell.evidence) for cell in cells}
    if len(found) == 1:
        only = found.pop()
        return [f"All values: {_MEANINGS[only]}."] if only in _MEANINGS else []
    if not marked:
        numbers = [
            f"{_MEANINGS[kind]} in {sum(cell.evidence == kind for cell in cells)} of {len(cells)} cells"
            for kind in _MARKS
            if kind in found
        ]
        return ["; ".join(numbers).capitalize() + "."] if numbers else []
    return [f"{mark} {_MEANINGS[kind]}." for kind, mark in _MARKS.items() if kind in found]
