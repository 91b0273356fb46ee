"""Every kind of chart with long names, other scripts, a hundred models, one model and none: it looks right or says why not."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from benchdb.charts.save import draw_svg, drawn_size, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.kinds import KINDS, LONG, Rows, first_model, lengthened, renamed
from tests.charts.specification import SVG, overlaps

WIDEST, HIGHEST = 2400, 4000
ARABIC = "نموذج اللغة الكبير ٧٠ مليار 🦙🚀 👩‍👩‍👧"
BOTH = "abc \u202egpj.exe\u202c מודל שפה <b>&amp;"

HUNDRED = {
    "grouped-bars": "100 models are more than the 40",
    "dumbbell": "it draws two models, found 100 pairs. Compare two models, or draw differences or a matrix",
    "series": "expected the runs of one model",
}
"""Kinds that do not draw a hundred models, and what they say."""


def one(kind: str, rows: Rows) -> list[Any]:
    """The first row that is drawn: an item whose discrimination is not known is only counted."""
    return [row for row in KINDS[kind].rows(rows) if getattr(row, "discrimination", 0.0) is not None][:1]


def hundred(kind: str, rows: Rows) -> list[Any]:
    """The first row a hundred times, each of another model, item or claim."""
    found = KINDS[kind].rows(rows)
    if kind == "pass-at-k":  # A curve needs more than one k.
        found = [row for row in found if row.model == found[0].model and row.measure == found[0].measure]
    else:
        found = one(kind, rows)
    if kind == "ranks":
        return [
            replace(renamed(row, f"maker/model-{number}", f"Model Number {number}"), rank=number + 1)
            for number in range(100)
            for row in found
        ]
    return [
        numbered(renamed(row, f"maker/model-{number}", f"Model Number {number}"), number)
        for number in range(100)
        for row in found
    ]


def numbered(row: Any, number: int) -> Any:
    """A row with keys of its own, where it has any that are not the model's."""
    names = {field.name for field in fields(row)}
    changed: dict[str, Any] = {"score_id": 5_000_000 + number, "item": f"item {number}", "model_place": number + 1}
    if "item_place" in names:  # One item, which every model was asked.
        changed.pop("item")
    return replace(row, **{key: value for key, value in changed.items() if key in names})


def check(chart: Any) -> None:
    """Draw a chart; its size is that of a page and no two texts cover each other."""
    svg = draw_svg(to_vega_lite(chart))
    width, height = drawn_size(svg)
    assert 200 < width < WIDEST
    assert 60 < height < HIGHEST
    assert overlaps(svg.encode()) == []


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
def test_as_it_is(kind: str, rows: Rows) -> None:
    """The rows of the gallery."""
    check(KINDS[kind].draw(rows, title="A Title"))


@pytest.mark.parametrize("kind", KINDS)
def test_long_names(kind: str, rows: Rows) -> None:
    """A name of 300 characters is cut or wrapped."""
    check(KINDS[kind].plot([lengthened(row) for row in KINDS[kind].rows(rows)], title=LONG))


@pytest.mark.parametrize("name", [ARABIC, BOTH], ids=["arabic and emoji", "both directions"])
@pytest.mark.parametrize("kind", KINDS)
def test_other_scripts(kind: str, name: str, rows: Rows) -> None:
    """Right-to-left names, emoji, and characters that would turn the text around: drawn, and none of them acts."""
    found = KINDS[kind].rows(rows)
    first = first_model(found[0])
    named = [renamed(row, first_model(row), name) if first_model(row) == first else row for row in found]
    chart = KINDS[kind].plot(named, title=name)
    check(chart)
    said = str(to_vega_lite(chart))
    assert "\u202e" not in said
    assert next(word for word in name.split() if word.isalpha()) in said


@pytest.mark.parametrize("kind", KINDS)
def test_one_row(kind: str, rows: Rows) -> None:
    """The first row alone; a curve and a cloud of points need more, and say so."""
    plot, found = KINDS[kind].plot, one(kind, rows)
    if kind == "pass-at-k":
        with pytest.raises(ChartError, match="a curve needs at least 2 values of k, found k = 1 alone"):
            plot(found)
        return
    check(plot(found))


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_models(kind: str, rows: Rows) -> None:
    """A hundred models are drawn on a page, or an error says which chart fits."""
    found = hundred(kind, rows)
    if kind in HUNDRED:
        with pytest.raises(ChartError, match=HUNDRED[kind]):
            KINDS[kind].plot(found)
        return
    check(KINDS[kind].plot(found))


@pytest.mark.parametrize("kind", KINDS)
def test_no_data(kind: str) -> None:
    """Nothing to draw is an error that says what was asked for and what to do."""
    with pytest.raises(ChartError, match=r"there are no \w+ rows to draw\. Ask for other models or benchmarks\."):
        KINDS[kind].plot([])
