"""A leaderboard: each model's mean with its interval, and the scores it is the mean of."""

from __future__ import annotations

from itertools import pairwise
from math import isclose
from statistics import fmean
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.columns import Column, Lines, Look, cut_name
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    protocol_label,
    source_label,
    text_width,
    unique_labels,
    with_unit,
)
from benchdb.charts.notes import claim_notes, evidence_note
from benchdb.charts.theme import TEXT_SIZE, Theme, get_theme
from benchdb.rows.leaderboard import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "leaderboard"
_DECIMALS = {"borda": 1, "rank-sum": 1}
_LABEL_LIMIT = 400
_LEGEND_SYMBOL = 34.0
_MOST_COLOURS = 8
_SHAPES = ("circle", "square", "triangle-up", "cross", "triangle-down", "triangle-right", "triangle-left", "stroke")
_MEANS = {"mean", "weighted", "category-mean"}
_TITLES = {
    "mean": "Mean over the common benchmarks",
    "weighted": "Weighted mean",
    "category-mean": "Mean over categories of benchmarks",
    "win-rate": "Mean win rate",
    "borda": "Borda count",
    "rank-sum": "Sum of ranks, least is best",
    "z-score": "Mean z-score",
    "bradley-terry": "Bradley-Terry strength",
    "ability": "Latent ability in logits",
}


def plot_leaderboard(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    standings: Sequence[Standing],
    *,
    title: str | None = None,
    scores: bool = True,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Dot plot of a leaderboard: a line per model, its mean with the interval, and its scores as small dots.

    A model without a mean, because it lacks one of the common benchmarks, keeps its line and its scores.

    Args:
        standings: The lines of a leaderboard, in its order.
        title: Title, or None for none.
        scores: Whether the scores behind the mean are shown.
        values: Whether each line ends in its mean and the ranks that its uncertainty allows.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart says below itself what the mean and the lines are.

    Returns:
        A layered chart with its data inside. No lines, or means in several units, raise `ChartError`.
    """
    rows = require_rows(standings, Standing, _NAME, ("value", "lower", "upper"))
    means = [row for row in rows if row.value is not None] or rows
    unit = require_one_unit(((row.model_name, row.unit) for row in means), _NAME)
    look = get_theme(theme)
    labels = unique_labels({(row.model, row.variant or ""): _label(row) for row in rows})
    records = [_record(row, labels[row.model, row.variant or ""]) for row in rows]
    alone = _only_benchmark(rows)
    with_dots = scores and alone is None and all(row.aggregate in _MEANS for row in rows)
    dots = [dot for row in rows for dot in _dots(row, labels[row.model, row.variant or ""], unit)] if with_dots else []
    lines = Lines(
        records,
        Look(
            key="model",
            name="model",
            columns=(Column(field="text", bold=True), Column(field="ranks", muted=True)) if values else (),
            heights=(30, 20, 30),
            default_width=440.0,
        ),
        require_width(width),
        room,
    )
    ends = _ends(records, dots)
    x = _x_axis(ends, with_unit(alone or _TITLES.get(rows[0].aggregate, rows[0].aggregate), unit))
    y = lines.y()
    frame = Frame(
        title=title,
        limit=room,
        description=f"Leaderboard of {len(rows)} models by {f'their score on {alone}' if alone else 'their mean score'}.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(rows, ends[0], alone, scores=with_dots) if footnotes else [],
        notes_top=60,
        left=lines.left,
        right=lines.right,
    )
    layers = [
        *_tier_layer(rows, lines.line_height, look),
        *_interval_layer(records, x, y, look),
        *_dot_layers(dots, (x, y), look, frame.room),
        _mean_layer(records, x, y, look, alone=alone is not None),
        *lines.layers(look),
    ]
    return frame_layers(layers, frame)


def _label(row: Standing) -> str:
    return cut_name(model_label(row.model_name, row.variant, row.parameters_label), _LABEL_LIMIT)


def _record(row: Standing, label: str) -> dict[str, Any]:
    ranks = "" if row.rank is None else f"rank {row.rank}"
    if ranks and row.rank_lower is not None and row.rank_lower != row.rank_upper:
        ranks += f" ({row.rank_lower} to {row.rank_upper})"
    if row.tier is not None:
        ranks += f", tier {row.tier}"
    return {
        "model": label,
        "maker": clean_name(row.organization or "unknown"),
        "mean": row.value,
        "text": "not ranked" if row.value is None else format_value(row.value, row.unit, _DECIMALS.get(row.aggregate)),
        "ranks": ranks,
        "lower": row.lower,
        "upper": row.upper,
        "interval": format_interval(row.lower, row.upper, row.unit),
        "evidence": row.evidence,
        "benchmarks": row.n_benchmarks,
        **_of_the_score(row),
    }


def _ends(records: Sequence[dict[str, Any]], dots: Sequence[dict[str, Any]]) -> tuple[float, float, float]:
    held = [record[end] for record in records for end in ("mean", "lower", "upper") if record[end] is not None]
    return nice_domain([*held, *(dot["value"] for dot in dots)] or [0.0, 1.0])


def _of_the_score(row: Standing) -> dict[str, str]:
    """Protocol and source of the one score behind a value; those of a mean are its scores'."""
    if len(row.cells) != 1:
        return {}
    cell = row.cells[0]
    return {"protocol": protocol_label(cell.protocol), "source": source_label(cell.source_title, cell.source_kind)}


def _only_benchmark(rows: Sequence[Standing]) -> str | None:
    """The benchmark that a leaderboard of means is over, where there is one alone."""
    names = {benchmark_label(cell.benchmark_name, cell.subset) for row in rows for cell in row.cells}
    return names.pop() if len(names) == 1 and all(row.aggregate in _MEANS for row in rows) else None


def _dots(row: Standing, label: str, unit: str | None) -> list[dict[str, Any]]:
    return [
        {
            "model": label,
            "benchmark": benchmark_label(cell.benchmark_name, cell.subset),
            "value": cell.value,
            "text": format_value(cell.value, cell.unit, cell.decimals),
            "interval": format_interval(cell.lower, cell.upper, cell.unit),
            "evidence": cell.evidence,
            "protocol": protocol_label(cell.protocol),
            "source": source_label(cell.source_title, cell.source_kind),
            "score_id": str(cell.score_id),
        }
        for cell in row.cells
        if cell.unit == unit
    ]


def _x_axis(ends: tuple[float, float, float], title: str) -> alt.X:
    low, high, step = ends
    return alt.X(
        "mean:Q",
        title=title,
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(ticks(low, high, step), labelFlush=False),
    )


def _dot_layers(
    dots: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme, room: float
) -> list[alt.Chart]:
    if not dots:
        return []
    x, y = axes
    names = list(dict.fromkeys(dot["benchmark"] for dot in dots))
    at = x.copy()
    at.shorthand = "value:Q"
    titles = {
        "model": "Model",
        "benchmark": "Benchmark",
        "text": "Value",
        "interval": "Interval",
        "evidence": "Evidence",
        "protocol": "Protocol",
        "source": "Source",
    }
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    points = alt.Chart(inline(dots), name="scores")
    if len(names) > _MOST_COLOURS:
        return [
            points.mark_point(filled=True, size=26, opacity=0.5, color=theme.muted).encode(x=at, y=y, tooltip=tooltip)
        ]
    scale = alt.Scale(domain=names, range=list(theme.categorical[: len(names)]))
    columns = max(1, int(room // (max(text_width(name, TEXT_SIZE) for name in names) + _LEGEND_SYMBOL)))
    legend = alt.Legend(orient="top", title=None, symbolSize=60, columns=columns)
    colour = alt.Color("benchmark:N", sort=names, scale=scale, legend=legend)
    shapes = alt.Scale(domain=names, range=list(_SHAPES[: len(names)]))
    shape = alt.Shape("benchmark:N", sort=names, scale=shapes, legend=legend)
    mark = points.mark_point(filled=True, size=42, opacity=0.85)
    return [mark.encode(x=at, y=y, color=colour, shape=shape, tooltip=tooltip)]


def _interval_layer(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme) -> list[alt.Chart]:
    known = [record for record in records if record["lower"] is not None and record["upper"] is not None]
    if not known:
        return []
    start = x.copy()
    start.shorthand = "lower:Q"
    rule = alt.Chart(inline(known), name="intervals").mark_rule(color=theme.text, strokeWidth=2.4, tooltip=None)
    return [rule.encode(x=start, x2=alt.X2("upper"), y=y)]


def _mean_layer(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, theme: Theme, *, alone: bool) -> alt.Chart:
    titles = {"model": "Model", "maker": "Maker", "text": "Value" if alone else "Mean", "interval": "Interval"}
    titles |= {"evidence": "Evidence", "ranks": "Ranks"}
    titles |= {"protocol": "Protocol", "source": "Source"} if alone else {}
    ranked = [record for record in records if record["mean"] is not None]
    mark = alt.Chart(inline(ranked), name="means").mark_point(
        shape="diamond", filled=True, opacity=1, size=120, color=theme.text, stroke=theme.background, strokeWidth=1
    )
    layer: alt.Chart = mark.encode(
        x=x, y=y, tooltip=[alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    )
    return layer


def _tier_layer(rows: Sequence[Standing], height: float, theme: Theme) -> list[alt.Chart]:
    """Thin rules between tiers."""
    ends = [
        {"y": place * height}
        for place, (above, row) in enumerate(pairwise(rows), start=1)
        if None not in {above.tier, row.tier} and above.tier != row.tier
    ]
    if not ends:
        return []
    rule = alt.Chart(inline(ends), name="tiers").mark_rule(color=theme.muted, strokeWidth=1, tooltip=None)
    return [rule.encode(y=alt.Y("y:Q", scale=None, axis=None))]


def _notes(rows: Sequence[Standing], low: float, alone: str | None, *, scores: bool) -> list[str]:
    notes = [f"Diamonds are {_diamonds(rows, alone)}{'; dots are the scores' if scores else ''}."]
    if any(row.tier is not None for row in rows):
        notes.append("A tier holds the models not established as worse than its leader, all pairs tested together.")
    known = [row for row in rows if row.lower is not None and row.upper is not None]
    level = next((cell.level for row in rows for cell in row.cells), None)
    notes += [evidence_note([row.evidence for row in known], level)] if known else []
    if alone is None and any(row.evidence == "partial" and row.lower is None for row in rows):
        notes.append("Diamonds without a line: the error of some benchmark is unknown, so that of the mean is too.")
    if scores or alone:
        cells = [cell for row in rows for cell in row.cells]
        notes += claim_notes(
            [
                (benchmark_label(cell.benchmark_name, cell.subset), cell.fingerprint, cell.is_approximate)
                for cell in cells
            ]
        )
    notes += [f"The axis starts at {low:g}, not at zero."] if low != 0 else []
    lacking = sum(row.value is None for row in rows)
    return (
        [*notes, f"Not ranked: {lacking} of {len(rows)} models; they lack a benchmark that is needed."]
        if lacking
        else notes
    )


def _in_sentence(title: str) -> str:
    # Names of people keep their capital.
    return title if title.startswith(("Borda", "Bradley")) else title[:1].lower() + title[1:]


def _diamonds(rows: Sequence[Standing], alone: str | None) -> str:
    if alone:
        return f"the scores on {alone}"
    aggregate = rows[0].aggregate
    return (
        f"means over {_averaged(rows)}"
        if aggregate == "mean"
        else f"the {_in_sentence(_TITLES.get(aggregate, aggregate))}"
    )


def _averaged(rows: Sequence[Standing]) -> str:
    """The benchmarks that the means are over, named only where their average proves it."""
    tables = [
        (row.value, {(cell.benchmark_name, cell.subset): cell.value for cell in row.cells if cell.unit == row.unit})
        for row in rows
        if row.value is not None
    ]
    common = [key for key in (tables[0][1] if tables else ()) if all(key in values for _, values in tables)]
    proven = common and all(
        isclose(mean, fmean(values[key] for key in common), rel_tol=1e-9) for mean, values in tables
    )
    if not proven or len(common) > _MOST_COLOURS:
        return "the benchmarks that all models with a mean share"
    return list_names([benchmark_label(*key) for key in common], _MOST_COLOURS)
