"""Differences as points with intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.comparison import plot_differences
from benchdb.charts.save import to_vega_lite
from benchdb.charts.theme import LIGHT
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes

LARGE, SMALL = "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Qwen-32B"


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """The larger model minus the smaller on four benchmarks and overall."""
    found: list[Any] = seed.seed_differences(LARGE, SMALL)
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_differences(rows, **options))


def test_verdict_decides_the_mark(rows: list[Any]) -> None:
    """An established difference is filled and coloured; all others are hollow and grey."""
    points = {row["benchmark"]: row for row in layer(draw(rows), "differences")["rows"]}
    assert points["MATH-500"]["verdict"] == "better"
    assert points["MATH-500"]["fill"] == LIGHT.better
    for name in ("AIME 2024", "GPQA Diamond", "LiveCodeBench"):
        assert points[name]["fill"] == LIGHT.background
        assert points[name]["colour"] == LIGHT.muted
    worse = draw([replace(rows[1], verdict="worse")])
    assert layer(worse, "differences")["rows"][0]["fill"] == LIGHT.worse


def test_overall_row_is_a_diamond(rows: list[Any]) -> None:
    """The row over all benchmarks has a shape of its own."""
    assert [row["shape"] for row in layer(draw(rows), "differences")["rows"]] == ["circle"] * 4 + ["diamond"]


def test_unknown_is_not_an_interval(rows: list[Any]) -> None:
    """Where nothing is known, only rounding is drawn, dotted, and no interval is printed."""
    figure = draw(rows)
    assert [row["benchmark"] for row in layer(figure, "rounding")["rows"]] == ["LiveCodeBench", "Mean of the four"]
    rounding = layer(figure, "rounding")["rows"][0]
    assert (rounding["start"], rounding["end"]) == (pytest.approx(2.4), pytest.approx(2.6))
    assert rounding["text"] == "+2.5"
    assert len(layer(figure, "intervals")["rows"]) == 3
    assert "only the reach of rounding is drawn" in notes(figure)


def test_numbers_and_words_beside_each_line(rows: list[Any]) -> None:
    """Each line ends in its difference with the interval, and in its verdict."""
    row = layer(draw(rows), "differences")["rows"][1]
    assert row["text"] == "+2.7 [+0.1, +5.3]"
    assert row["values"] == "97.0 − 94.3"
    texts = [part["encoding"]["text"]["field"] for part in draw(rows)["layer"] if "text" in part["encoding"]]
    assert texts == ["text", "verdict"]
    assert not [part for part in draw(rows, values=False)["layer"] if "text" in part["encoding"]]


def side_texts(figure: dict[str, Any]) -> list[str]:
    """The words that say whose side is whose."""
    return [part["mark"]["text"] for part in figure["layer"] if isinstance(part["mark"].get("text"), str)]


def test_sides(rows: list[Any]) -> None:
    """The sides of zero are named, the other way round where lower is better, and not where rows disagree."""
    assert side_texts(draw(rows)) == ["← DeepSeek-R1-Distill-Qwen-32B better", "AM-Distill-Qwen-72B better →"]
    lower = [replace(row, higher_is_better=False) for row in rows]
    assert side_texts(draw(lower)) == ["← AM-Distill-Qwen-72B better", "DeepSeek-R1-Distill-Qwen-32B better →"]
    assert "Lower is better on AIME 2024" in notes(draw(lower))
    assert side_texts(draw([lower[0], *rows[1:]])) == []


def test_axis_names_the_difference(rows: list[Any]) -> None:
    """The axis says what is subtracted from what and in which unit, and holds zero."""
    x = layer(draw(rows), "differences")["encoding"]["x"]
    assert x["title"] == ["AM-Distill-Qwen-72B minus DeepSeek-R1-Distill-Qwen-32B", "(percentage points)"]
    assert x["scale"]["domain"][0] <= 0 <= x["scale"]["domain"][1]
    bare = layer(draw([replace(rows[0], unit=None)]), "differences")["encoding"]["x"]
    assert bare["title"] == "AM-Distill-Qwen-72B minus DeepSeek-R1-Distill-Qwen-32B"


def test_several_pairs(rows: list[Any], seed: Any) -> None:
    """With several pairs a heading names each pair above its benchmarks."""
    figure = draw([*rows, *seed.seed_differences(LARGE, "AM-Distill-Qwen-32B")])
    labels = layer(figure, "differences")["encoding"]["y"]["sort"]
    assert labels[0] == "\nAM-Distill-Qwen-72B − DeepSeek-R1-Distill-Qwen-32B\n0"
    assert labels[1] == "AIME 2024\nAM-Distill-Qwen-72B − DeepSeek-R1-Distill-Qwen-32B"
    assert labels[6] == "\nAM-Distill-Qwen-72B − AM-Distill-Qwen-32B\n6"
    assert len(set(labels)) == 12
    assert side_texts(figure) == []


def test_many_pairs_on_one_benchmark(rows: list[Any]) -> None:
    """Where each pair has one row, the line bears the pair's name and the axis that of the benchmark."""
    pairs = [replace(rows[0], model_a=f"m{number}", model_name_a=f"Model {number}") for number in range(30)]
    figure = draw(pairs)
    encoding = layer(figure, "differences")["encoding"]
    assert encoding["y"]["sort"][0] == "Model 0 − DeepSeek-R1-Distill-Qwen-32B\nAIME 2024"
    assert encoding["x"]["title"] == ["Difference on AIME 2024", "(percentage points)"]
    assert figure["height"] == 30 * 24


def test_long_names_of_the_axis_are_wrapped(rows: list[Any]) -> None:
    """The axis title names both models in as many lines as they take."""
    long = draw([replace(rows[0], model_name_a="Very Long Model Name " * 6)])
    title = layer(long, "differences")["encoding"]["x"]["title"]
    assert len(title) > 2
    assert " ".join(title).startswith("Very Long Model Name")


def test_not_comparable_is_a_cross(rows: list[Any]) -> None:
    """A difference across protocols that change the task has a shape of its own."""
    assert layer(draw([replace(rows[0], verdict="not comparable")]), "differences")["rows"][0]["shape"] == "cross"


def test_protocol_footnotes(rows: list[Any]) -> None:
    """Settings that differ, and those that one side leaves open, are named with the benchmark."""
    rows[1] = replace(rows[1], protocol_unknown=("seed", "n_shot"))
    text = notes(draw(rows))
    assert "Protocols differ on AIME 2024 (samples per item)." in text
    assert "Settings that only one side states: MATH-500 (seed, n shot)." in text
    assert "widened by the rounding" in text
    exact = [replace(row, rounding=0.0, protocol_differences=()) for row in rows[:1]]
    assert "rounding" not in notes(draw(exact))
    assert "footnotes" not in layer_names(draw(rows, footnotes=False))


def test_only_unknown(rows: list[Any]) -> None:
    """Exact values without evidence are points without any line."""
    bare = [replace(rows[3], rounding=0.0)]
    names = layer_names(draw(bare))
    assert "intervals" not in names
    assert "rounding" not in names


def test_errors(rows: list[Any]) -> None:
    """No rows, and rows of several units, are errors."""
    with pytest.raises(ChartError, match="differences: there are no Difference rows"):
        plot_differences([])
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_differences([rows[0], replace(rows[1], unit="elo")])
