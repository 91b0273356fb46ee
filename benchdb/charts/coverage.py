"""Coverage: which models have a score on which benchmarks, and how many claims say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_rows, require_width
from benchdb.charts.frame import Frame, frame_layers, inline
from benchdb.charts.labels import clean_name, model_label, shorten, text_width, unique_labels, wrap_text
from benchdb.charts.theme import TEXT_SIZE, Theme, get_theme
from benchdb.rows.coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "coverage"
_CELL_HEIGHT = 30
_WIDEST_CELL, _NARROWEST_CELL = 104.0, 34.0
_PLOT_WIDTH = 640.0
_LABEL_LIMIT = 400
_TURNED_BELOW = 70.0
_MOST_LINES = 3
_TILE: dict[str, Any] = {"width": {"band": 0.95}, "height": {"band": 0.88}, "cornerRadius": 3}


def plot_coverage(
    rows: Sequence[Coverage],
    *,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Heat map of models by benchmarks, the more claims the stronger; what is missing stays an empty outline.

    Args:
        rows: Coverage rows; several metrics of one model on one benchmark count together, an absent row is missing.
        title: Title, or None for none.
        values: Whether each cell bears its number of claims.
        width: Width of the plot in pixels.
        theme: "light" or "dark".
        footnotes: Whether the marks are explained below the chart.

    Returns:
        A layered chart with its data inside. No rows raise `ChartError`.
    """
    given = require_rows(rows, Coverage, _NAME, ("n_claims", "n_sources", "n_items_seen"))
    look = get_theme(theme)
    models = unique_labels({(row.model, row.variant or ""): _model(row) for row in given})
    names = unique_labels({(row.benchmark,): clean_name(row.benchmark_name) for row in given})
    cell = min(_WIDEST_CELL, max(_NARROWEST_CELL, (require_width(width) or _PLOT_WIDTH) / len(names)))
    turned = cell < _TURNED_BELOW
    benchmarks = unique_labels({key: name if turned else _wrapped(name, cell) for key, name in names.items()})
    records = _records(given, models, benchmarks, names)
    x = _x_axis(list(benchmarks.values()), turned=turned)
    y = alt.Y(
        "model:N",
        title=None,
        sort=list(models.values()),
        scale=alt.Scale(domain=list(models.values())),
        axis=alt.Axis(ticks=False, domain=False, grid=False, labelLimit=0),
    )
    frame = Frame(
        title=title,
        description=f"Claims for {len(models)} models on {len(benchmarks)} benchmarks.",
        width=round(cell * len(benchmarks)),
        height=_CELL_HEIGHT * len(models),
        theme=look,
        notes=_notes(records) if footnotes else [],
        notes_top=14,
        left=max(text_width(label, TEXT_SIZE) for label in models.values()),
    )
    return frame_layers(_layers(records, x, y, look, values=values), frame)


def _model(row: Coverage) -> str:
    return shorten(model_label(row.model_name, row.variant, None), _LABEL_LIMIT, TEXT_SIZE)


def _wrapped(name: str, width: float) -> str:
    return "\n".join(wrap_text(name, width - 6, TEXT_SIZE, _MOST_LINES))


def _records(
    rows: Sequence[Coverage],
    models: dict[tuple[str, ...], str],
    benchmarks: dict[tuple[str, ...], str],
    names: dict[tuple[str, ...], str],
) -> list[dict[str, Any]]:
    cells: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, Any]] = {
        (model, benchmark): {"model": models[model], "benchmark": benchmarks[benchmark], "name": names[benchmark]}
        | {"claims": 0, "sources": 0, "items": 0}
        for model in models
        for benchmark in benchmarks
    }
    for row in rows:
        cell = cells[(row.model, row.variant or ""), (row.benchmark,)]
        cell["claims"] += row.n_claims
        cell["sources"] = max(cell["sources"], row.n_sources)
        cell["items"] = max(cell["items"], row.n_items_seen)
    for cell in cells.values():
        cell["text"] = f"{cell['claims']}{' •' if cell['items'] else ''}" if cell["claims"] else "–"
    return list(cells.values())


def _x_axis(benchmarks: Sequence[str], *, turned: bool) -> alt.X:
    axis = alt.Axis(
        orient="top",
        labelExpr="split(datum.label, '\\n')",
        labelAngle=-50 if turned else 0,
        labelAlign="left" if turned else "center",
        labelBaseline="middle" if turned else "line-bottom",
        labelOverlap=False,
        labelLimit=_LABEL_LIMIT if turned else 0,
        ticks=False,
        domain=False,
        grid=False,
    )
    return alt.X("benchmark:N", title=None, sort=list(benchmarks), scale=alt.Scale(domain=list(benchmarks)), axis=axis)


def _layers(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme, *, values: bool) -> list[alt.Chart]:
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
    layers = []
    if absent:
        outline = alt.Chart(inline(absent), name="missing").mark_rect(
            fill=theme.background,
            stroke=theme.axis,
            strokeWidth=1.2,
            strokeOpacity=0.5,
            strokeDash=[3, 3],
            fillOpacity=0,
            **_TILE,
        )
        layers.append(outline.encode(x=x, y=y, tooltip=tooltip))
        dash = alt.Chart(inline(absent), name="missing marks").mark_text(color=theme.muted, tooltip=None)
        layers.append(dash.encode(x=x, y=y, text=alt.Text("text:N")))
    if seen:
        tiles = alt.Chart(inline(seen), name="claims").mark_rect(**_TILE)
        layers.append(tiles.encode(x=x, y=y, color=colour, tooltip=tooltip))
    if seen and values:
        strong = f"datum.claims > {(1 + max(most, 2)) / 2}"
        ink = alt.when(strong).then(alt.value(theme.background)).otherwise(alt.value(theme.text))
        text = alt.Chart(inline(seen), name="numbers of claims").mark_text(tooltip=None)
        layers.append(text.encode(x=x, y=y, text=alt.Text("text:N"), color=ink))
    return layers


def _notes(records: Sequence[dict[str, Any]]) -> list[str]:
    notes = ["Each number counts claims; the more, the stronger the colour."]
    notes += ["• outcomes of items are in the database."] if any(record["items"] for record in records) else []
    missing = sum(not record["claims"] for record in records)
    return [*notes, f"– no claim: {missing} of {len(records)} cells."] if missing else notes
