"""Every kind of chart with long names, a hundred models, one model and none: it looks right or says why not."""

from __future__ import annotations

import re
import struct
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from benchdb.charts.comparison import plot_differences
from benchdb.charts.coverage import plot_coverage
from benchdb.charts.dumbbell import plot_dumbbell
from benchdb.charts.frontier import plot_frontier
from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.heat_map import plot_heat_map
from benchdb.charts.labels import text_width
from benchdb.charts.leaderboard import plot_leaderboard
from benchdb.charts.matrix import plot_matrix
from benchdb.charts.save import render_chart
from benchdb.charts.series import plot_series
from benchdb.charts.trend import plot_trend
from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Callable

SVG = "{http://www.w3.org/2000/svg}"
LONG = "An Extraordinarily Verbose Model Name-With-Hyphens " * 6
WIDEST, HIGHEST = 2400, 4000

PAIR = ("AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B")

KINDS: dict[str, tuple[Callable[..., Any], Callable[[Any], list[Any]]]] = {
    "grouped-bars": (plot_grouped_bars, lambda seed: seed.seed_cells()),
    "heat-map": (plot_heat_map, lambda seed: seed.seed_cells()),
    "leaderboard": (plot_leaderboard, lambda seed: seed.seed_standings()),
    "differences": (plot_differences, lambda seed: seed.seed_differences(*PAIR)),
    "dumbbell": (plot_dumbbell, lambda seed: seed.seed_differences(*PAIR)),
    "matrix": (plot_matrix, lambda seed: [row for row in seed.seed_pairs() if row.benchmark_name == "MATH-500"]),
    "trend": (plot_trend, lambda seed: seed.seed_points("parameters")),
    "frontier": (plot_frontier, lambda seed: seed.frontier_records()),
    "series": (plot_series, lambda seed: seed.nightly_points()),
    "coverage": (plot_coverage, lambda seed: seed.seed_coverage()),
}
"""Function and rows of each kind."""
HUNDRED = {
    "grouped-bars": "100 models are more than the 40",
    "dumbbell": "it draws two models, found 100 pairs. Compare two models, or draw differences or a matrix",
    "series": "expected the runs of one model",
}
"""Kinds that do not draw a hundred models, and what they say."""


def rename(row: Any, model: str, name: str) -> Any:
    """A row of another model; the cells of a standing follow."""
    names = {field.name for field in fields(row)}
    changed: dict[str, Any] = {"model": model, "model_name": name, "model_a": model, "model_name_a": name}
    row = replace(row, **{key: value for key, value in changed.items() if key in names})
    if "cells" in names:
        row = replace(row, cells=tuple(replace(cell, model=model, model_name=name) for cell in row.cells))
    return row


def boxes(svg: bytes) -> list[tuple[str, float, float, float, float]]:
    """Each level line of text in a drawing with its left, upper, right and lower edge."""
    found = []

    def walk(element: ElementTree.Element, x: float, y: float) -> None:
        place = element.get("transform", "")
        if moved := re.match(r"translate\(([-\d.e]+)(?:,([-\d.e]+))?\)", place):
            x, y = x + float(moved[1]), y + float(moved[2] or 0)
        if element.tag == f"{SVG}text" and "rotate" not in place:
            size = float((element.get("font-size") or "11px").removesuffix("px"))
            spans = list(element.iter(f"{SVG}tspan"))
            for number, text in enumerate([span.text or "" for span in spans] or [element.text or ""]):
                width = text_width(text, size)
                left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0.0)
                base = y + number * size * 1.2
                found.append((text, left, base - size * 0.7, left + width, base))
        for child in element:
            walk(child, x, y)

    walk(ElementTree.fromstring(svg), 0.0, 0.0)  # noqa: S314 - our own output
    return [box for box in found if box[0].strip()]


def overlaps(svg: bytes) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other; by a twentieth of their width they may, which is how well it is measured."""
    found = sorted(boxes(svg), key=lambda box: box[2])
    pairs = []
    for index, (text, left, top, right, bottom) in enumerate(found):
        for other, x0, y0, x1, y1 in found[index + 1 :]:
            if y0 >= bottom:
                break
            slack = 0.05 * min(right - left, x1 - x0) + 1
            if min(right, x1) - max(left, x0) > slack and min(bottom, y1) - max(top, y0) > 1:
                pairs.append((text, other))
    return pairs


def check(chart: Any) -> None:
    """Draw a chart; its size is that of a page and no two texts cover each other."""
    width, height = struct.unpack(">II", render_chart(chart, "png", scale=1)[16:24])
    assert 200 < width < WIDEST
    assert 60 < height < HIGHEST
    assert overlaps(render_chart(chart, "svg")) == []


def test_overlaps_are_seen() -> None:
    """The measure finds two texts on one place and none side by side."""
    head = f'<svg xmlns="{SVG[1:-1]}"><g transform="translate(5,5)">'
    one, two = (
        '<text transform="translate(0,9)" font-size="12px">alpha</text>',
        '<text transform="translate({},9)" font-size="12px">beta</text>',
    )
    assert overlaps(f"{head}{one}{two.format(10)}</g></svg>".encode()) == [("alpha", "beta")]
    assert overlaps(f"{head}{one}{two.format(60)}</g></svg>".encode()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_as_it_is(kind: str, seed: Any) -> None:
    """The rows of the gallery."""
    plot, rows = KINDS[kind]
    check(plot(rows(seed), title="A Title"))


@pytest.mark.parametrize("kind", KINDS)
def test_long_names(kind: str, seed: Any) -> None:
    """A name of 300 characters is cut or wrapped."""
    plot, rows = KINDS[kind]
    found = rows(seed)
    first = getattr(found[0], "model", None) or found[0].model_a
    long = [
        rename(row, first, LONG) if first in (getattr(row, "model", None), getattr(row, "model_a", None)) else row
        for row in found
    ]
    check(plot(long, title=LONG))


@pytest.mark.parametrize("kind", KINDS)
def test_one_model(kind: str, seed: Any) -> None:
    """The first row alone."""
    plot, rows = KINDS[kind]
    check(plot(rows(seed)[:1]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_models(kind: str, seed: Any) -> None:
    """A hundred models are drawn on a page, or an error says which chart fits."""
    plot, rows = KINDS[kind]
    found = [
        rename(row, f"maker/model-{number}", f"Model Number {number}")
        for number in range(100)
        for row in rows(seed)[:1]
    ]
    if kind in HUNDRED:
        with pytest.raises(ChartError, match=HUNDRED[kind]):
            plot(found)
        return
    check(plot(found))


@pytest.mark.parametrize("kind", KINDS)
def test_no_data(kind: str) -> None:
    """Nothing to draw is an error that says what was asked for and what to do."""
    with pytest.raises(ChartError, match=r"there are no \w+ rows to draw\. Ask for other models or benchmarks\."):
        KINDS[kind][0]([])
