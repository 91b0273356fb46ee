"""All pairs of models: a square of differences, row minus column, that shows which of them are established."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.frame import Frame, frame_layers, inline
from benchdb.charts.grid import TILE, Grid, lay_out_grid
from benchdb.charts.hatch import bar_hatch
from benchdb.charts.labels import clean_name, format_value, list_names, text_width
from benchdb.charts.notes import evidence_words
from benchdb.charts.pairs import difference_record
from benchdb.charts.theme import NOTE_SIZE, VALUE_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.comparison import Difference

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "matrix"
_SMALLEST_TEXT = 8.0
_KEY_GAP, _KEY_SWATCH, _KEY_TOP, _KEY_LINE = 16.0, 12.0, 18.0, 18.0
_TOOLTIP = {
    "row": "Row",
    "column": "Column",
    "benchmark": "Benchmark",
    "difference": "Row minus column",
    "interval": "Interval",
    "verdict": "Row is",
    "evidence": "Evidence",
    "method": "Method",
    "protocols": "Protocols",
    "differing": "Protocols differ in",
    "sources": "Sources",
}
_MIRRORED = {"better": "worse", "worse": "better"}


@dataclass(frozen=True, slots=True)
class _Look:
    """How the cells of one verdict are drawn."""

    words: str
    mark: str
    fill: str
    ink: str
    stroke: str | None = None
    dash: tuple[int, int] | None = None
    hatched: bool = False


def plot_matrix(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    differences: Sequence[Difference],
    *,
    benchmark: str | None = None,
    models: Sequence[str] = (),
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Matrix of all pairs: a cell is its row's model minus its column's.

    Established differences are filled, blue where the row is better and orange where it is worse; those within the noise are
    outlined; those nobody knows the error of are dotted; those measured in different ways are hatched. Where cells get too
    small for numbers, a sign is left of them.

    Args:
        differences: The rows of a comparison of all pairs.
        benchmark: Name or slug of the benchmark to draw; None is the mean over the common ones, or the only one there is.
        models: Slugs of models in the order of rows and columns; others follow.
        title: Title, or None for none.
        values: Whether each cell bears its difference.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below.

    Returns:
        A layered chart with its data inside. Rows of several benchmarks without a mean raise `ChartError`.
    """
    given = require_rows(differences, Difference, _NAME, ("difference", "lower", "upper"))
    rows = _of_one_benchmark(given, benchmark)
    require_one_unit(((row.benchmark_name, row.unit) for row in rows), _NAME)
    look = get_theme(theme)
    labels = _models(given, models)
    both = [side for row in rows for side in (row, _mirrored(row))]
    texts = [format_value(row.difference, row.unit, signed=True) for row in both]
    grid = _square(lay_out_grid(labels, labels, texts, require_width(width), room))
    records = [_record(row, text, grid) for row, text in zip(both, texts, strict=True)]
    looks = _looks(look)
    key, below = _key(records, looks, look, grid, room) if footnotes else ([], 0.0)
    frame = Frame(
        title=title,
        limit=room,
        description=f"Differences between all pairs of {len(labels)} models on {clean_name(rows[0].benchmark_name)}.",
        width=grid.width,
        height=grid.height,
        theme=look,
        notes=_notes(rows) if footnotes else [],
        notes_top=_KEY_TOP + 10 + below,
        left=grid.left,
    )
    return frame_layers([*_layers(records, grid, looks, look, values=values), *key], frame)


def _models(rows: Sequence[Difference], order: Sequence[str]) -> dict[tuple[str, ...], str]:
    # All models of the answer, although some pair may lack the benchmark drawn.
    names: dict[tuple[str, ...], str] = {
        (slug,): clean_name(name)
        for row in rows
        for slug, name in ((row.model_a, row.model_name_a), (row.model_b, row.model_name_b))
    }
    places = {(slug,): place for place, slug in enumerate(order)}
    return {key: names[key] for key in sorted(names, key=lambda key: places.get((key[0],), len(places)))}


def _of_one_benchmark(rows: Sequence[Difference], benchmark: str | None) -> list[Difference]:
    names = {row.benchmark: clean_name(row.benchmark_name) for row in rows}
    if benchmark is not None:
        wanted = benchmark.casefold()
        found = [
            row for row in rows if row.benchmark and wanted in {row.benchmark.casefold(), row.benchmark_name.casefold()}
        ]
        if not found:
            known = list_names([name for slug, name in names.items() if slug], 12)
            raise ChartError(f'{_NAME}: no difference is of "{benchmark}". There are: {known}.')
        return found
    if len(names) == 1 or (None in names and len(names) == 2):
        return [row for row in rows if row.benchmark is not None] or list(rows)
    if None in names:
        return [row for row in rows if row.benchmark is None]
    raise ChartError(
        f"{_NAME}: it draws one benchmark, found {len(names)} and no mean over them. Choose one: "
        f"{list_names([name for slug, name in names.items() if slug], 12)}."
    )


def _mirrored(row: Difference) -> Difference:
    return replace(
        row,
        model_a=row.model_b,
        model_b=row.model_a,
        model_name_a=row.model_name_b,
        model_name_b=row.model_name_a,
        difference=-row.difference,
        lower=None if row.upper is None else -row.upper,
        upper=None if row.lower is None else -row.lower,
        verdict=_MIRRORED.get(row.verdict, row.verdict),
        source_a=row.source_b,
        source_b=row.source_a,
        protocol_a=row.protocol_b,
        protocol_b=row.protocol_a,
    )


def _square(grid: Grid) -> Grid:
    side = min(grid.cell_width, max(grid.cell_height, 52.0)) if grid.has_room else grid.cell_width
    return replace(grid, cell_width=side if grid.turned else grid.cell_width, cell_height=min(side, 30.0))


def _record(row: Difference, text: str, grid: Grid) -> dict[str, Any]:
    return {
        "row": grid.rows[row.model_a,],
        "column": grid.columns[row.model_b,],
        "benchmark": clean_name(row.benchmark_name),
        "difference": text,
        **difference_record(row),
    }


def _looks(theme: Theme) -> dict[str, _Look]:
    return {
        "better": _Look("row better", "+", theme.better, theme.background),
        "worse": _Look("row worse", "−", theme.worse, theme.background),
        "not distinguishable": _Look("within the noise", "", theme.background, theme.muted, theme.axis),
        "unknown": _Look("no known error", "?", theme.background, theme.muted, theme.axis, (1, 3)),
        "not comparable": _Look("not comparable", "×", theme.grid, theme.text, theme.axis, hatched=True),
    }


def _layers(
    records: Sequence[dict[str, Any]], grid: Grid, looks: dict[str, _Look], theme: Theme, *, values: bool
) -> list[alt.Chart]:
    x, y = grid.x("column"), grid.y("row")
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()]
    diagonal = [{"row": name, "column": grid.columns[key]} for key, name in grid.rows.items()]
    itself = alt.Chart(inline(diagonal), name="diagonal").mark_rect(color=theme.grid, tooltip=None, **TILE)
    layers = [itself.encode(x=x, y=y)]
    for verdict, look in looks.items():
        some = [record for record in records if record["verdict"] == verdict]
        if not some:
            continue
        style = {"fill": look.fill, **_outline(look)}
        layers.append(
            alt.Chart(inline(some), name=verdict).mark_rect(**style, **TILE).encode(x=x, y=y, tooltip=tooltip)
        )
        if look.hatched:
            layers.append(_hatching(some, grid, theme).encode(x=x, y=y))
        layers += _texts(some, grid, look, (x, y), values=values)
    return layers


def _outline(look: _Look) -> dict[str, Any]:
    if look.stroke is None:
        return {}
    return {"stroke": look.stroke, "strokeWidth": 1} | ({"strokeDash": list(look.dash)} if look.dash else {})


def _hatching(records: Sequence[dict[str, Any]], grid: Grid, theme: Theme) -> alt.Chart:
    wide, high = grid.cell_width * TILE["width"]["band"], grid.cell_height * TILE["height"]["band"]
    # Size 4 makes one unit of the path one pixel; the path's origin is the middle of the foot.
    chart: alt.Chart = alt.Chart(inline(records), name="hatching").mark_point(
        shape=bar_hatch("rising", wide, high),
        size=4,
        filled=False,
        opacity=0.45,
        stroke=theme.axis,
        strokeWidth=1,
        yOffset=high / 2,
        tooltip=None,
    )
    return chart


def _texts(
    records: Sequence[dict[str, Any]], grid: Grid, look: _Look, axes: tuple[alt.X, alt.Y], *, values: bool
) -> list[alt.Chart]:
    x, y = axes
    style: dict[str, Any] = {"color": look.ink, "tooltip": None, "fontSize": max(_SMALLEST_TEXT, grid.text_size)}
    style["fontWeight"] = "bold" if look.stroke is None else "normal"
    chart = alt.Chart(inline(records), name=f"{look.words} values")
    if values and grid.has_room:
        return [chart.mark_text(**style).encode(x=x, y=y, text=alt.Text("difference:N"))]
    return [chart.mark_text(text=look.mark, **style).encode(x=x, y=y)] if look.mark else []


def _key(
    records: Sequence[dict[str, Any]], looks: dict[str, _Look], theme: Theme, grid: Grid, room: float | None
) -> tuple[list[alt.Chart], float]:
    """What the cells mean, each with its number, below the matrix, and how high that is."""
    layers: list[alt.Chart] = []
    at = -grid.left
    top = grid.height + _KEY_TOP
    for verdict, look in looks.items():
        number = sum(record["verdict"] == verdict for record in records)
        if not number:
            continue
        words = look.words if verdict in _MIRRORED else f"{look.words} ({number // 2})"
        taken = _KEY_SWATCH + 5 + text_width(words, VALUE_SIZE)
        if room is not None and at > -grid.left and at + grid.left + taken > room:
            at, top = -grid.left, top + _KEY_LINE
        place = {
            "x": alt.value(at),
            "x2": alt.value(at + _KEY_SWATCH),
            "y": alt.value(top),
            "y2": alt.value(top + _KEY_SWATCH),
        }
        swatch = alt.Chart(inline([{}])).mark_rect(fill=look.fill, cornerRadius=2, tooltip=None, **_outline(look))
        layers.append(swatch.encode(**place))
        mark = {"better": "+", "worse": "−", "not comparable": "/"}.get(verdict, "")
        middle = {"y": alt.value(top + _KEY_SWATCH / 2)}
        if mark:
            sign = alt.Chart(inline([{}])).mark_text(text=mark, color=look.ink, fontWeight="bold", tooltip=None)
            layers.append(sign.encode(x=alt.value(at + _KEY_SWATCH / 2), **middle))
        style: dict[str, Any] = {"align": "left", "color": theme.text, "fontSize": NOTE_SIZE, "tooltip": None}
        text = alt.Chart(inline([{}])).mark_text(text=words, **style)
        layers.append(text.encode(x=alt.value(at + _KEY_SWATCH + 5), **middle))
        at += taken + _KEY_GAP
    return layers, top - grid.height - _KEY_TOP + _KEY_LINE


def _setting(difference: str) -> str:
    """The name of a setting in "n_shot: 0, 5", or in "mmlu n_shot: 0, 5" of a mean."""
    return difference.partition(":")[0].split()[-1].replace("_", " ")


def _what(rows: Sequence[Difference]) -> str:
    if rows[0].benchmark is not None:
        return clean_name(rows[0].benchmark_name)
    counts = sorted({row.n_benchmarks for row in rows})
    over = (
        f"{counts[0]} to {counts[-1]} benchmarks, other ones from pair to pair" if len(counts) > 1 else f"{counts[0]}"
    )
    return f"Mean over the common benchmarks of each pair ({over})"


def _notes(rows: Sequence[Difference]) -> list[str]:
    established = sum(row.verdict in _MIRRORED for row in rows)
    notes = [f"{_what(rows)}, row minus column. {established} of {len(rows)} pairs are established as different."]
    corrections = {row.correction for row in rows if row.correction not in {None, "none"}}
    if corrections:
        notes.append("The verdicts count that all pairs were tested together.")
    known = [row.evidence for row in rows if row.lower is not None]
    notes += [f"They rest on {evidence_words(known)}."] if known else []
    notes += (
        ["Lower is better: a negative difference is the row's advantage."] if rows[0].higher_is_better is False else []
    )
    differing = [row for row in rows if row.protocol_differences]
    settings = list(dict.fromkeys(_setting(word) for row in differing for word in row.protocol_differences))
    return [*notes, f"Protocols differ in {len(differing)} pairs: {list_names(settings)}."] if differing else notes
