"""Errors of scores by their origin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.noise import plot_noise
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rows(item_rows: Any) -> list[Any]:
    """Two scores with 32 attempts an item and one with a single attempt, on 164 items each."""
    found: list[Any] = item_rows.noise_rows()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the errors."""
    return to_vega_lite(plot_noise(rows, **options))


def test_the_parts_are_those_of_the_rows(rows: list[Any]) -> None:
    """Each part is where its row says, its squares adding up to that of the whole, and an unknown one is absent."""
    figure = draw(rows)
    parts = {
        name: {row["score"]: row["error"] for row in layer(figure, name)["rows"]}
        for name in ("from items", "from answers", "together")
    }
    assert parts["together"].keys() == {"Sampler-7B", "Sampler-70B", "Single-13B"}
    assert parts["from items"].keys() == parts["from answers"].keys() == {"Sampler-7B", "Sampler-70B"}
    for name, error in parts["from items"].items():
        assert error**2 + parts["from answers"][name] ** 2 == pytest.approx(parts["together"][name] ** 2)
    assert "No parts for 1 of 3 scores" in notes(figure)
    shapes = {layer(figure, name)["mark"]["shape"] for name in parts}
    assert len(shapes) == 3


def test_the_largest_error_stands_first(rows: list[Any]) -> None:
    """Of 50 of 100 right on single attempts the error is the largest: sqrt(2500 / 163) is 3.9 points; the axis starts at 0."""
    encoding = layer(draw(rows), "together")["encoding"]
    assert encoding["y"]["sort"][0] == "Single-13B"
    assert encoding["x"]["scale"]["domain"][0] == 0
    assert layer(draw(rows), "together")["rows"][0]["text"] == "3.92"


def test_several_benchmarks_are_named(rows: list[Any]) -> None:
    """Where there are several benchmarks each line names its own, and lines never share a name."""
    two = [*rows, *[replace(row, benchmark="mbpp", benchmark_name="MBPP") for row in rows]]
    labels = layer(draw(two), "together")["encoding"]["y"]["sort"]
    assert len(set(labels)) == 6
    assert "Single-13B · MBPP" in labels


def test_a_hundred_scores_are_drawn_and_more_refused(rows: list[Any]) -> None:
    """A hundred lines with long names make a picture; one more is an error, and so are none and two units."""
    many = [replace(rows[2], model=f"m{number}", model_name=f"{'Long-name-' * 30}{number}") for number in range(101)]
    assert render_chart(plot_noise(many[:100]), "png", scale=1)[:4] == b"\x89PNG"
    assert "from items" not in layer_names(draw(many[:100]))
    with pytest.raises(ChartError, match="101 scores are too many"):
        draw(many)
    with pytest.raises(ChartError, match="no Noise rows"):
        draw([])
    with pytest.raises(ChartError, match="one axis needs one unit"):
        draw([rows[0], replace(rows[1], unit="fraction")])
