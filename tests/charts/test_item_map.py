"""Models by items."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.item_map import plot_item_map
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from benchdb.rows.items import ItemValue
from tests.charts.specification import layer, layer_names, notes


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the map."""
    return to_vega_lite(plot_item_map(rows, **options))


def value(model: int, item: int, marks: float, **facts: Any) -> ItemValue:
    """What the model of that place made of the item of that place."""
    row = ItemValue(
        model=f"m{model}", model_name=f"M{model}", variant=None, benchmark="quiz", subset="", item=f"q{item}",
        item_place=item, model_place=model, value=marks, unit="percent", n_attempts=2,
    )  # fmt: skip
    return replace(row, **facts)


SMALL = [
    value(1, 1, 50.0), value(1, 2, 100.0), value(1, 3, 100.0), value(1, 4, 100.0), value(1, 5, 100.0),
    value(2, 1, 0.0), value(2, 5, 50.0),
]  # fmt: skip
"""Two models on five items; the second has no outcome on items 2 to 4."""


def test_cells_are_the_rows() -> None:
    """There is a cell for each outcome and none for a missing one; names stand once, beside the cells."""
    figure = draw(SMALL)
    cells = layer(figure, "items")
    assert [(row["m"], row["c"], row["v"]) for row in cells["rows"]] == [
        (0, 0, 50.0), (0, 1, 100.0), (0, 2, 100.0), (0, 3, 100.0), (0, 4, 100.0), (1, 0, 0.0), (1, 4, 50.0),
    ]  # fmt: skip
    assert cells["encoding"]["color"]["scale"]["domain"] == [0, 100]
    assert cells["encoding"]["y"]["sort"] == ["M1", "M2"]
    assert {step["lookup"] for step in cells["transform"] if "lookup" in step} == {"m", "c"}


def test_missing_is_a_line_of_its_own() -> None:
    """Three missing outcomes in a row are one thin line over their places, counted in the notes, and not in the mean."""
    figure = draw(SMALL)
    assert layer(figure, "missing")["rows"] == [{"model": "M2", "item": "q2 to q4", "x": 1.5, "x2": 4.5}]
    assert "3 of 10 are missing; none counts as wrong." in notes(figure)
    assert [(row["mean"], row["items"]) for row in layer(figure, "means")["rows"]] == [("90.0", 5), ("25.0", 2)]
    assert "missing" not in layer_names(draw(SMALL[:5]))


def test_names_of_items_stand_below_where_they_fit() -> None:
    """Few items are named in the order of their difficulty, many have an axis of places."""
    assert [row["text"] for row in layer(draw(SMALL), "names of items")["rows"]] == ["q1", "q2", "q3", "q4", "q5"]
    many = draw([value(1, place, 100.0) for place in range(1, 301)])
    assert "names of items" not in layer_names(many)
    axis = layer(many, "items")["encoding"]["x"]["axis"]
    assert (axis["labels"], axis["values"][:3], axis["values"][-1]) == (True, [1, 50, 100], 300)


def test_five_hundred_items_by_fifty_models_keep_their_cells() -> None:
    """500 items are cells of 2 pixels without any being joined."""
    rows = [value(model, item, 100.0 * ((model * item) % 2)) for model in range(1, 51) for item in range(1, 501)]
    chart = plot_item_map(rows)
    figure = to_vega_lite(chart)
    assert (figure["width"], figure["height"]) == (1000, 50 * 14)
    assert len(layer(figure, "items")["rows"]) == 25_000
    assert "to a cell" not in notes(figure)


def test_more_items_than_pixels_share_cells() -> None:
    """Of 1,000 items two share a cell, which shows the mean of the outcomes there are; the note says so."""
    rows = [value(1, item, 100.0 if item == 2 else 0.0) for item in range(1, 1002) if item != 3]
    figure = draw(rows)
    cells = layer(figure, "items")["rows"]
    # Without item 3 there are 1,000 items, two to a cell.
    assert (len(cells), cells[0]["v"], cells[0]["n"]) == (500, 50.0, 4)
    assert "1,000 items, up to 2 of neighbouring difficulty to a cell" in notes(figure)
    narrow = draw([*rows, value(2, 3, 0.0)], width=400)
    cells = layer(narrow, "items")["rows"]
    assert cells[0] == {"m": 0, "c": 0, "v": 20.0, "n": 10}
    assert narrow["width"] == 2 * 167
    assert "1,001 items, up to 6 of neighbouring difficulty to a cell" in notes(narrow)


def test_a_hundred_models_make_a_page() -> None:
    """Of 120 models the first page shows 100 and the second 20, over the same items, and says so."""
    rows = [value(model, item, 0.0) for model in range(1, 121) for item in (1, 2)]
    second = draw(rows, page=2)
    assert len(layer(second, "means")["rows"]) == 20
    assert "Models 101 to 120 of 120: page 2 of 2. Difficulty is over all of them." in notes(second)
    assert len(layer(draw(rows), "means")["rows"]) == 100
    assert "page" not in notes(draw(SMALL))
    with pytest.raises(ChartError, match="page=3: the 120 models fill pages 1 to 2"):
        draw(rows, page=3)


def test_values_that_are_no_shares_have_their_own_scale() -> None:
    """Points from 1 to 9 are coloured over the range they take."""
    rows = [value(1, 1, 9.0, unit="points"), value(1, 2, 1.0, unit="points")]
    color = layer(draw(rows), "items")["encoding"]["color"]
    assert (color["scale"]["domain"], color["title"]) == ([1, 9], "Value (points)")


def test_names_from_files_are_only_text() -> None:
    """Names with line breaks and quotes are data, never part of an expression."""
    rows = [replace(value(1, 1, 0.0), model_name="a'\n\"b", item="</script>'+alert(1)+'")]
    chart = plot_item_map(rows)
    figure = to_vega_lite(chart)
    assert layer(figure, "means")["rows"][0]["model"] == "a' \"b"
    assert "alert" not in str([part.get("transform") for part in figure["layer"]])
    assert render_chart(chart, "png", scale=1)[:4] == b"\x89PNG"


def test_what_cannot_be_drawn() -> None:
    """No rows and several benchmarks are errors."""
    with pytest.raises(ChartError, match="no ItemValue rows"):
        draw([])
    with pytest.raises(ChartError, match="one benchmark"):
        draw([*SMALL, value(1, 1, 0.0, benchmark="other")])
