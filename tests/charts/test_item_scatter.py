"""Difficulty of items against their discrimination."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.item_scatter import plot_item_difficulty
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def items(item_rows: Any) -> list[Any]:
    """Sixty items over twelve models; question 42 has a wrong answer in its key, and all or none solve three."""
    found: list[Any] = item_rows.items()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the points."""
    return to_vega_lite(plot_item_difficulty(rows, **options))


def test_each_known_item_is_in_a_point(items: list[Any]) -> None:
    """The points hold every item of known discrimination once; the others are counted below."""
    figure = draw(items)
    drawn = [row for name in ("items", "items below zero") for row in layer(figure, name)["rows"]]
    known = [item for item in items if item.discrimination is not None]
    assert sum(row["count"] for row in drawn) == len(known) == 57
    assert "Not drawn: 3 of 60 items" in notes(figure)


def test_area_is_proportional_to_the_items(items: list[Any]) -> None:
    """Items at one place are one point, five times the area of a single one for five of them."""
    drawn = layer(draw(items), "items")["rows"]
    assert max(row["count"] for row in drawn) == 5
    assert {round(row["area"] / row["count"], 6) for row in drawn} == {36.0}
    assert "Larger points: up to 5 items at one place." in notes(draw(items))


def test_an_item_that_favours_poor_models_stands_out(items: list[Any]) -> None:
    """The item with the wrong key is a diamond of its own colour, with its name."""
    figure = draw(items)
    (below,) = layer(figure, "items below zero")["rows"]
    assert (below["items"], below["solved"]) == ("question 42", "4 of 12")
    assert below["discrimination"] < -0.5
    assert layer(figure, "items below zero")["mark"]["shape"] == "diamond"
    assert ">question 42<" in render_chart(plot_item_difficulty(items), "svg").decode()
    assert not [name for name in layer_names(draw(items, values=False)) if name.startswith("names")]


def test_the_reach_of_chance_is_students(items: list[Any]) -> None:
    """At 10 models 95 % of independent correlations lie within 0.632, as tables of Pearson's r have it."""
    # Critical value of r for 8 degrees of freedom, two-sided 5 %: 0.632.
    assert "about 95 % lie within ±0.63 of zero at 10 models." in notes(draw(items))


def test_the_side_of_the_hard_items(items: list[Any]) -> None:
    """Rows come with the hardest first, which says on which side hard items are."""
    title = layer(draw(items), "items")["encoding"]["x"]["title"]
    assert title == "Mean over models (%); hard items on the left"
    turned = layer(draw(items[::-1]), "items")["encoding"]["x"]["title"]
    assert turned.endswith("hard items on the right")


def test_an_axis_that_does_not_start_at_zero_says_so(items: list[Any]) -> None:
    """Shares of marks stand on an axis from 0 to 100, other means on one that holds them."""
    assert layer(draw(items), "items")["encoding"]["x"]["scale"]["domain"] == [0, 100]
    assert "starts at" not in notes(draw(items))
    high = [replace(item, unit="points", mean=item.mean + 500) for item in items]
    assert "The axis of means starts at 500, not at zero." in notes(draw(high))


def test_discrimination_at_zero_is_not_below(items: list[Any]) -> None:
    """An item at zero is a circle; the zero line is always drawn."""
    figure = draw([replace(items[10], discrimination=0.0)])
    assert len(layer(figure, "items")["rows"]) == 1
    assert "items below zero" not in layer_names(figure)
    assert "zero" in layer_names(figure)


def test_what_cannot_be_drawn(items: list[Any]) -> None:
    """No rows, several benchmarks, and items of unknown discrimination are errors that say what is lacking."""
    with pytest.raises(ChartError, match="no Item rows"):
        draw([])
    with pytest.raises(ChartError, match="one benchmark"):
        draw([items[0], replace(items[1], benchmark="other")])
    with pytest.raises(ChartError, match="needs the outcomes of at least 3 models"):
        draw([replace(item, discrimination=None) for item in items])
    with pytest.raises(ChartError, match="finite"):
        draw([replace(items[10], discrimination=math.nan)])
