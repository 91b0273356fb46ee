"""Where the error of each score comes from: the part of the items, the part of the answers, and both together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.columns import Lines, Look
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    benchmark_label,
    format_value,
    model_label,
    protocol_label,
    shorten_middle,
    source_label,
    unique_labels,
    with_unit,
)
from benchdb.charts.theme import TEXT_SIZE, get_theme
from benchdb.errors import ChartError
from benchdb.rows.noise import Noise
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "noise"
_ROW = 24
_MOST_ROWS = 100
_LABEL_LIMIT = 360.0
_PARTS = (
    ("data_stderr", "from items", "circle"),
    ("prediction_stderr", "from answers", "diamond"),
    ("stderr", "together", "stroke"),
)


def plot_noise(
    rows: Sequence[Noise],
    *,
    title: str | None = None,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Standard errors of scores, the largest first: a tick for the whole, a circle and a diamond for its two parts.

    Args:
        rows: Errors of scores, all in one unit; at most a hundred.
        title: Title, or None for none.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the marks are explained below the chart.

    Returns:
        A layered chart with its data inside.

    Raises:
        ChartError: If there are more than a hundred scores.
    """
    given = require_rows(rows, Noise, _NAME, ("stderr", "data_stderr", "prediction_stderr"))
    unit = require_one_unit(((row.benchmark_name, row.unit) for row in given), _NAME)
    if len(given) > _MOST_ROWS:
        raise ChartError(
            f"noise: {len(given)} scores are too many for one chart, {_MOST_ROWS} are not. Choose with -m or -b."
        )
    look = get_theme(theme)
    ordered = sorted(given, key=lambda row: -row.stderr)
    labels = _labels(ordered)
    records = [record for row, label in zip(ordered, labels, strict=True) for record in _records(row, label)]
    named = [{"score": label} for label in labels]
    lines = Lines(
        named,
        Look(key="score", name="score", heights=(_ROW, _ROW, 0), dotted=False, default_width=520.0),
        require_width(width),
        room,
    )
    x, y = _x_axis(given, unit), lines.y()
    frame = Frame(
        title=title,
        limit=room,
        description=f"Standard errors of {len(given)} scores by origin.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(given) if footnotes else [],
        notes_top=58,
        left=lines.left,
    )
    colours = dict(zip((name for _, name, _ in _PARTS), (*look.categorical[:2], look.text), strict=True))
    layers = [_line(records, x, y, look.grid), *_points(records, x, y, colours), *lines.layers(look)]
    return frame_layers(layers, frame)


def _x_axis(rows: Sequence[Noise], unit: str | None) -> alt.X:
    low, high, step = nice_domain([row.stderr for row in rows], zero=True)
    return alt.X(
        "error:Q",
        title=with_unit("Standard error", unit),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=number_axis(ticks(low, high, step)),
    )


def _labels(rows: Sequence[Noise]) -> list[str]:
    several = len({(row.benchmark, row.subset) for row in rows}) > 1
    named: dict[tuple[str, ...], str] = {
        (row.model, row.variant or "", row.benchmark, row.subset, row.metric): shorten_middle(
            model_label(row.model_name, row.variant, None)
            + (f" · {benchmark_label(row.benchmark_name, row.subset)}" if several else ""),
            _LABEL_LIMIT,
            TEXT_SIZE,
        )
        for row in rows
    }
    return list(unique_labels(named).values())


def _records(row: Noise, label: str) -> list[dict[str, Any]]:
    attempts = (
        str(row.fewest_attempts)
        if row.fewest_attempts == row.most_attempts
        else f"{row.fewest_attempts}–{row.most_attempts}"
    )
    return [
        {
            "score": label,
            "part": name,
            "error": error,
            "text": format_value(error, row.unit, 2),
            "value": format_value(row.value, row.unit),
            "items": row.n_items,
            "attempts": attempts,
            "helps": row.helps,
            "evidence": Evidence.ITEMS.value,
            "protocol": protocol_label(row.protocol),
            "source": source_label(row.source),
            "score_id": str(row.score_id),
        }
        for field, name, _ in _PARTS
        if (error := getattr(row, field)) is not None
    ]


def _line(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, colour: str) -> alt.Chart:
    rows = [
        {"score": record["score"], "error": record["error"], "zero": 0}
        for record in records
        if record["part"] == "together"
    ]
    mark = alt.Chart(inline(rows), name="whole errors").mark_rule(color=colour, strokeWidth=2, tooltip=None)
    layer: alt.Chart = mark.encode(x=x, x2=alt.X2("zero"), y=y)
    return layer


def _points(records: Sequence[dict[str, Any]], x: alt.X, y: alt.Y, colours: dict[str, str]) -> list[alt.Chart]:
    titles = {"score": "Score of", "part": "Error", "text": "Standard error", "value": "Value", "items": "Items"}
    titles |= {"attempts": "Attempts an item", "helps": "What would lower it"}
    titles |= {"evidence": "Evidence", "protocol": "Protocol", "source": "Source"}
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in titles.items()]
    layers = []
    for _, name, shape in _PARTS:
        rows = [record for record in records if record["part"] == name]
        look: dict[str, Any] = {"filled": True, "size": 70}
        if shape == "stroke":
            look = {"filled": False, "size": 200, "strokeWidth": 2.4, "angle": 90}
        if rows:
            mark = alt.Chart(inline(rows), name=name).mark_point(opacity=1, shape=shape, color=colours[name], **look)
            layers.append(mark.encode(x=x, y=y, tooltip=tooltip))
    return layers


def _notes(rows: Sequence[Noise]) -> list[str]:
    notes = ["Tick: the whole standard error."]
    split = [row for row in rows if row.prediction_stderr is not None]
    if split:
        notes.append(
            "Circle: the part of the items, which only more items lower; diamond: the part of the answers, which more attempts lower."
        )
        notes.append(
            "Their squares add up to that of the whole, unless the part of the items came out below zero and is shown as 0."
        )
    if len(split) < len(rows):
        notes.append(
            f"No parts for {len(rows) - len(split)} of {len(rows)} scores: some item had one attempt only, or no attempt is right or wrong."
        )
    return notes
