"""All pairs as a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.matrix import plot_matrix
from benchdb.charts.save import to_vega_lite
from benchdb.charts.theme import LIGHT
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes

LARGE, SMALL, DISTILL = "AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B", "DeepSeek-R1-Distill-Qwen-32B"


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """All pairs of four models on four benchmarks."""
    found: list[Any] = seed.seed_pairs()
    return found


def draw(rows: list[Any], benchmark: str | None = "MATH-500", **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_matrix(rows, benchmark=benchmark, **options))


def cells(figure: dict[str, Any], verdict: str) -> dict[tuple[str, str], str]:
    """What the cells of a verdict say, by row and column."""
    return {(row["row"], row["column"].replace("\n", "")): row["difference"] for row in layer(figure, verdict)["rows"]}


def key_texts(figure: dict[str, Any]) -> list[str]:
    """The words of the key."""
    return [
        part["mark"]["text"]
        for part in figure["layer"]
        if part["mark"]["type"] == "text" and part["mark"].get("align") == "left" and "name" not in part
    ]


def test_each_pair_stands_twice(rows: list[Any]) -> None:
    """A cell is its row minus its column: 97.0 against 94.3 is +2.7 above the diagonal and −2.7 below it."""
    figure = draw(rows)
    assert cells(figure, "better")[LARGE, DISTILL] == "+2.7"
    assert cells(figure, "worse")[DISTILL, LARGE] == "−2.7"
    assert len(layer(figure, "diagonal")["rows"]) == 4
    n_cells = sum(len(cells(figure, verdict)) for verdict in ("better", "worse", "not distinguishable"))
    assert n_cells == 12


def test_intervals_are_mirrored(rows: list[Any]) -> None:
    """The interval of the mirrored difference has its ends swapped and turned."""
    figure = draw(rows)
    (above,), (below,) = layer(figure, "better")["rows"], layer(figure, "worse")["rows"]
    assert (above["row"], above["interval"]) == (LARGE, "[+0.1, +5.3]")
    assert (below["row"], below["interval"]) == (DISTILL, "[−5.3, −0.1]")


def test_verdicts_have_looks_of_their_own(rows: list[Any]) -> None:
    """Established ones are filled, those within the noise outlined, unknown ones dotted, others hatched; unknown intervals stay so."""
    math = [row for row in rows if row.benchmark == "math-500"]
    math[2] = replace(math[2], verdict="not comparable", protocol_differences=("n_shot: 0, 5",))
    math[4] = replace(math[4], verdict="unknown", lower=None, upper=None)
    figure = draw(math)
    assert layer(figure, "better")["mark"]["fill"] == LIGHT.better
    assert layer(figure, "not distinguishable")["mark"]["fill"] == LIGHT.background
    assert "strokeDash" not in layer(figure, "not distinguishable")["mark"]
    assert layer(figure, "unknown")["mark"]["strokeDash"] == [1, 3]
    assert {row["interval"] for row in layer(figure, "unknown")["rows"]} == {"unknown"}
    assert layer(figure, "hatching")["rows"] == layer(figure, "not comparable")["rows"]
    assert key_texts(figure) == [
        "row better",
        "row worse",
        "within the noise (3)",
        "no known error (1)",
        "not comparable (1)",
    ]
    assert "Protocols differ in 1 pairs: n shot." in notes(figure)


def test_footnotes_say_what_is_drawn(rows: list[Any]) -> None:
    """One of six pairs differs by more than the noise on MATH-500; that the pairs were tested together is said where p was adjusted."""
    text = notes(draw(rows))
    assert "MATH-500, row minus column. 1 of 6 pairs are established as different." in text
    assert "tested together" not in text
    assert "They rest on the benchmark's catalogued number of items" in text
    adjusted = notes(draw([replace(row, correction="holm", higher_is_better=False) for row in rows]))
    assert "all pairs were tested together" in adjusted
    assert "Lower is better: a negative difference is the row's advantage." in adjusted
    bare = draw(rows, footnotes=False)
    assert "footnotes" not in layer_names(bare)
    assert key_texts(bare) == []


def test_one_benchmark_is_drawn(rows: list[Any], seed: Any) -> None:
    """The benchmark is chosen by name or slug; without one it is the only one, or the mean of each pair."""
    assert notes(draw(rows, "math-500")).startswith("MATH-500,")
    assert notes(draw([row for row in rows if row.benchmark == "math-500"], None)).startswith("MATH-500,")
    whole = [row for row in seed.seed_differences(LARGE, SMALL) if row.benchmark in {None, "math-500"}]
    assert notes(draw(whole, None)).startswith("MATH-500,")
    means = [*seed.seed_differences(LARGE, SMALL), *seed.seed_differences(LARGE, DISTILL)]
    means = [replace(row, n_benchmarks=4) for row in means]
    assert notes(draw(means, None)).startswith("Mean over the common benchmarks of each pair (4), row minus column.")
    means[-1] = replace(means[-1], n_benchmarks=2)
    means = [replace(row, protocol_differences=()) for row in means]
    means[-1] = replace(means[-1], protocol_differences=("aime-2024 samples_per_item: 4, 16",))
    assert "(2 to 4 benchmarks, other ones from pair to pair)" in notes(draw(means, None))
    assert "Protocols differ in 1 pairs: samples per item." in notes(draw(means, None))


def test_order_of_models(rows: list[Any]) -> None:
    """Models stand in the order given; one that lacks the benchmark keeps its row and column."""
    slugs = [f"a-m-team/{LARGE.lower()}", f"deepseek/{DISTILL.lower()}"]
    figure = draw(rows, models=slugs)
    domain = layer(figure, "diagonal")["encoding"]["y"]["scale"]["domain"]
    assert domain == [LARGE, DISTILL, SMALL, "DeepSeek-R1-Distill-Llama-70B"]
    without = [row for row in rows if row.benchmark != "math-500" or LARGE not in {row.model_name_a, row.model_name_b}]
    figure = draw(without)
    assert LARGE in layer(figure, "diagonal")["encoding"]["y"]["scale"]["domain"]
    assert "better" not in layer_names(figure)


def test_many_models_leave_signs(rows: list[Any]) -> None:
    """With fifty models no number fits a cell: a sign stays as second channel, and nothing in cells within the noise."""
    many = [
        replace(
            rows[1], model_a="a", model_b=f"m{number}", model_name_a="A", model_name_b=f"M {number}", verdict=verdict
        )
        for number, verdict in enumerate(["better", "not distinguishable"] * 25)
    ]
    figure = draw(many, None)
    assert layer(figure, "row better values")["mark"]["text"] == "+"
    assert layer(figure, "row worse values")["mark"]["text"] == "−"
    assert "within the noise values" not in layer_names(figure)
    assert layer(draw(rows, values=False), "row better values")["mark"]["text"] == "+"


def test_errors(rows: list[Any]) -> None:
    """No rows, an unknown benchmark, several benchmarks without a mean, and several units are errors."""
    with pytest.raises(ChartError, match="matrix: there are no Difference rows"):
        plot_matrix([])
    with pytest.raises(ChartError, match='no difference is of "MMLU"'):
        plot_matrix(rows, benchmark="MMLU")
    with pytest.raises(ChartError, match="found 4 and no mean over them"):
        plot_matrix(rows)
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_matrix([rows[1], replace(rows[6], benchmark="math-500", unit="elo")], benchmark="math-500")
