"""The leaderboard as dots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.leaderboard import plot_leaderboard
from benchdb.charts.save import to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """The leaderboard of the seed."""
    found: list[Any] = seed.seed_standings()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_leaderboard(rows, **options))


def test_means_and_ranks(rows: list[Any]) -> None:
    """Each line shows the mean that the report prints and the ranks that the uncertainty allows."""
    means = layer(draw(rows), "means")["rows"]
    assert [row["text"] for row in means] == ["74.8", "73.1", "71.8", "71.6"]
    assert means[0]["ranks"] == "rank 1 (1 to 4)"
    sure = layer(draw([replace(rows[0], rank_lower=1, rank_upper=1)]), "means")["rows"]
    assert sure[0]["ranks"] == "rank 1"


def test_tiers_are_ruled_off(rows: list[Any]) -> None:
    """A thin rule stands between two tiers and the note says what a tier is; without tiers there is none."""
    tiered = [replace(row, tier=tier) for row, tier in zip(rows, (1, 1, 2, 2), strict=True)]
    figure = draw(tiered)
    assert [row["y"] for row in layer(figure, "tiers")["rows"]] == [60]
    assert layer(figure, "means")["rows"][2]["ranks"].endswith(", tier 2")
    assert "A tier holds the models not established as worse than its leader" in notes(figure)
    assert "tiers" not in layer_names(draw(rows))
    assert "tiers" not in layer_names(draw([replace(row, tier=1) for row in rows]))


def test_other_aggregates_have_no_dots(rows: list[Any]) -> None:
    """A win rate has another scale than scores: the axis names it and no score is drawn."""
    figure = draw([replace(row, aggregate="win-rate", value=0.5, unit=None, stderr=None) for row in rows])
    assert "scores" not in layer_names(figure)
    assert layer(figure, "means")["encoding"]["x"]["title"] == "Mean win rate"
    assert "Diamonds are the mean win rate." in notes(figure)
    borda = draw([replace(row, aggregate="borda", value=12.5, unit=None, stderr=None) for row in rows])
    assert layer(borda, "means")["rows"][0]["text"] == "12.5"
    assert "Diamonds are the Borda count." in notes(borda)


def test_a_hundred_models_stand_closer(rows: list[Any]) -> None:
    """Rows are lower where there are many, and the rules between tiers keep their places."""
    many = [
        replace(rows[0], model=f"m{number}", model_name=f"M {number}", tier=1 + number // 50) for number in range(100)
    ]
    figure = draw(many)
    assert figure["height"] == 2000
    assert [row["y"] for row in layer(figure, "tiers")["rows"]] == [1000]


def test_partial_errors_have_no_line(rows: list[Any]) -> None:
    """A mean whose error is partly unknown has no line, and a footnote says why."""
    figure = draw(rows)
    assert "intervals" not in layer_names(figure)
    assert "the error of some benchmark is unknown" in notes(figure)


def test_intervals(rows: list[Any]) -> None:
    """A known interval is drawn with what it rests on."""
    figure = draw([replace(rows[0], lower=70.0, upper=79.0, evidence="reported"), *rows[1:]])
    every = draw([replace(row, lower=70.0, upper=79.0, evidence="reported") for row in rows])
    assert "without a line" not in notes(every)
    assert len(layer(figure, "intervals")["rows"]) == 1
    assert "95 % intervals, from reported standard errors" in notes(figure)


def test_scores_behind_the_mean(rows: list[Any]) -> None:
    """The scores are small dots in a colour per benchmark, and can be left out."""
    dots = layer(draw(rows), "scores")
    assert len(dots["rows"]) == 16
    assert dots["encoding"]["color"]["scale"]["domain"] == ["AIME 2024", "MATH-500", "GPQA Diamond", "LiveCodeBench"]
    assert "scores" not in layer_names(draw(rows, scores=False))


def test_many_benchmarks_share_a_colour(rows: list[Any]) -> None:
    """More benchmarks than colours make grey dots without a legend."""
    cells = tuple(replace(rows[0].cells[0], benchmark=f"b{number}", benchmark_name=f"B{number}") for number in range(9))
    assert "color" not in layer(draw([replace(rows[0], cells=cells)]), "scores")["encoding"]


def test_no_mean(rows: list[Any]) -> None:
    """A model without a mean keeps its line and its scores, and never counts as zero."""
    lacking = replace(rows[3], value=None, rank=None, stderr=None, cells=rows[3].cells[:2])
    figure = draw([*rows[:3], lacking])
    assert len(layer(figure, "means")["rows"]) == 3
    assert len(layer(figure, "scores")["rows"]) == 14
    assert layer(figure, "means")["encoding"]["y"]["scale"]["domain"][3] == "DeepSeek-R1-Distill-Qwen-32B"
    assert "Not ranked: 1 of 4 models" in notes(figure)


def test_footnote_names_what_the_mean_is_over(rows: list[Any]) -> None:
    """The benchmarks of the mean are named where their average is the mean, and only then."""
    assert "means over AIME 2024, MATH-500, GPQA Diamond, LiveCodeBench; dots are the scores." in notes(draw(rows))
    three = [replace(row, value=sum(cell.value for cell in row.cells[:3]) / 3) for row in rows]
    assert "means over the benchmarks that all models with a mean share" in notes(draw(three, scores=False))
    three[0] = replace(three[0], cells=three[0].cells[:3])
    assert "means over AIME 2024, MATH-500, GPQA Diamond." in notes(draw(three, scores=False))


def test_nobody_has_a_mean(rows: list[Any]) -> None:
    """Without any mean and score the chart still says so."""
    figure = draw([replace(row, value=None, rank=None, cells=()) for row in rows])
    assert "Not ranked: 4 of 4 models" in notes(figure)


def test_columns_and_footnotes_can_go(rows: list[Any]) -> None:
    """Numbers beside the lines and footnotes can be left out."""
    figure = draw(rows, values=False, footnotes=False)
    assert layer_names(figure) == ["scores", "means"]


def test_axis_from_zero_needs_no_note(rows: list[Any]) -> None:
    """An axis that starts at zero is not remarked on."""
    assert "starts at" not in notes(draw([replace(rows[0], value=0.0), *rows[1:]]))


def test_errors(rows: list[Any]) -> None:
    """No lines, and means of several units, are errors."""
    with pytest.raises(ChartError, match="leaderboard: there are no Standing rows"):
        plot_leaderboard([])
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_leaderboard([rows[0], replace(rows[1], unit="elo")])


def test_one_benchmark_is_named_and_no_mean(rows: list[Any]) -> None:
    """A leaderboard of one benchmark shows its scores, named after it, with protocol and source, and speaks of no mean."""
    one = [replace(row, value=row.cells[1].value, n_benchmarks=1, cells=row.cells[1:2]) for row in rows]
    figure = draw(one)
    means = layer(figure, "means")
    assert means["encoding"]["x"]["title"] == "MATH-500 (%)"
    titles = {each["title"] for each in means["encoding"]["tooltip"]}
    assert {"Value", "Interval", "Evidence", "Protocol", "Source"} <= titles
    assert "Mean" not in titles
    assert means["rows"][0]["protocol"] == "temperature 0.6, 4 samples"
    assert "scores" not in layer_names(figure)
    assert "Diamonds are the scores on MATH-500." in notes(figure)
    assert "mean" not in f"{notes(figure)} {figure['description']}"
