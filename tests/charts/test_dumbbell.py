"""Two models as dumbbells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.dumbbell import plot_dumbbell
from benchdb.charts.save import to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes

LARGE, SMALL = "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Qwen-32B"


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """The larger model and the smaller on four benchmarks and overall."""
    found: list[Any] = seed.seed_differences(LARGE, SMALL)
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_dumbbell(rows, **options))


def test_both_values_stand_on_each_line(rows: list[Any]) -> None:
    """Each benchmark has the two printed values, a circle for the first model and a square for the second."""
    figure = draw(rows)
    values = {(row["model"], row["benchmark"]): row["value"] for row in layer(figure, "values")["rows"]}
    assert values[LARGE, "MATH-500"] == 97.0
    assert values[SMALL, "MATH-500"] == 94.3
    assert len(values) == 10
    shape = layer(figure, "values")["encoding"]["shape"]
    assert shape["scale"] == {"domain": [LARGE, SMALL], "range": ["circle", "square"]}


def test_the_bar_says_what_is_established(rows: list[Any]) -> None:
    """An established difference is a strong bar, one within the noise a thin one, one that is not judged is dotted."""
    figure = draw(rows)
    assert [row["label"] for row in layer(figure, "established differences")["rows"]] == ["MATH-500"]
    assert [row["label"] for row in layer(figure, "noise differences")["rows"]] == ["AIME 2024", "GPQA Diamond"]
    dotted = layer(figure, "unjudged differences")
    assert [row["label"] for row in dotted["rows"]] == ["LiveCodeBench", "Mean of the four"]
    assert dotted["mark"]["strokeDash"]


def test_intervals_are_those_of_the_values(rows: list[Any]) -> None:
    """On MATH-500, 97.0 of 500 items has the normal interval 97.0 ± 1.96 * 0.763; unknown ones have no line and are named."""
    figure = draw(rows)
    first = {row["label"]: row for row in layer(figure, "intervals of the first")["rows"]}
    assert first["MATH-500"]["lower"] == pytest.approx(97.0 - 1.95996 * 0.76288, abs=1e-3)
    assert set(first) == {"AIME 2024", "MATH-500", "GPQA Diamond"}
    assert "No interval is known of a value on LiveCodeBench." in notes(figure)
    assert "95 % intervals of the single values, from the benchmark's catalogued number of items" in notes(figure)


def test_paired_values_rest_on_items(rows: list[Any]) -> None:
    """The interval of a single value of a paired comparison rests on that model's items, not on pairs."""
    assert "from outcomes of the items" in notes(draw([replace(rows[1], evidence="paired")]))


def test_without_intervals(rows: list[Any]) -> None:
    """Values without any known interval are points alone."""
    figure = draw([rows[3]])
    assert layer_names(figure)[:2] == ["unjudged differences", "values"]
    assert "intervals of the single values" not in notes(figure)


def test_approximate_values_are_named(rows: list[Any]) -> None:
    """An approximate value bears its mark in the tooltip, and a footnote names the benchmark."""
    figure = draw([replace(rows[0], is_approximate_b=True), rows[1]])
    found = {(row["model"], row["benchmark"]): row["text"] for row in layer(figure, "values")["rows"]}
    assert found[SMALL, "AIME 2024"] == "≈72.6"
    assert found[LARGE, "AIME 2024"] == "76.5"
    assert "Approximate values on AIME 2024." in notes(figure)


def test_axis_and_protocols_have_footnotes(rows: list[Any]) -> None:
    """An axis that does not start at zero says so, as do protocols that differ."""
    assert "The axis starts at 50, not at zero." in notes(draw(rows))
    assert "Protocols differ on AIME 2024 (samples per item)." in notes(draw(rows))
    assert "axis" not in notes(draw([replace(rows[3], value_a=40.0, value_b=0.0)]))
    assert "footnotes" not in layer_names(draw(rows, footnotes=False))


def test_columns_can_go(rows: list[Any]) -> None:
    """Each line ends in its difference and verdict, unless they are not wanted."""
    texts = [part["encoding"]["text"]["field"] for part in draw(rows)["layer"] if "text" in part["encoding"]]
    assert texts == ["text", "verdict"]
    assert not [part for part in draw(rows, values=False)["layer"] if "text" in part["encoding"]]


def test_axis_names_the_metric(rows: list[Any]) -> None:
    """The axis names the metric where all share it."""
    assert layer(draw(rows), "values")["encoding"]["x"]["title"] == "Pass@1 (%)"
    several = [rows[0], replace(rows[1], metric="accuracy")]
    assert layer(draw(several), "values")["encoding"]["x"]["title"] == "Score (%)"


def test_long_names_stand_below_each_other(rows: list[Any]) -> None:
    """Names too long for one line make a legend of two lines; equal names are told apart by the slug."""
    long = [replace(row, model_name_a="Model " * 12, model_name_b="Model " * 12) for row in rows]
    encoding = layer(draw(long), "values")["encoding"]
    assert encoding["color"]["legend"]["direction"] == "vertical"
    first, second = encoding["color"]["scale"]["domain"]
    assert (first, second[:5]) == ("Model " * 11 + "Model", "Model")
    assert second.endswith(" [deepseek/deepseek-r1-distill-qwen-32b]")
    assert layer(draw(rows), "values")["encoding"]["color"]["legend"]["direction"] == "horizontal"


def test_many_benchmarks_make_low_rows(rows: list[Any]) -> None:
    """Forty benchmarks stand closer than five."""
    many = [replace(rows[0], benchmark=f"b{number}", benchmark_name=f"B {number}") for number in range(40)]
    assert draw(many)["height"] == 40 * 26
    assert draw(rows)["height"] == 5 * 36


def test_errors(rows: list[Any], seed: Any) -> None:
    """No rows, several pairs, and several units are errors."""
    with pytest.raises(ChartError, match="dumbbell: there are no Difference rows"):
        plot_dumbbell([])
    with pytest.raises(ChartError, match="it draws two models, found 2 pairs"):
        plot_dumbbell([*rows, *seed.seed_differences(LARGE, "AM-Distill-Qwen-32B")])
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_dumbbell([rows[0], replace(rows[1], unit="elo")])
