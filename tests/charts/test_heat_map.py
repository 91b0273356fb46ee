"""Scores as a heat map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.heat_map import plot_heat_map
from benchdb.charts.save import to_vega_lite
from benchdb.charts.theme import LIGHT
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def cells(seed: Any) -> list[Any]:
    """The sixteen scores of the seed, benchmark by benchmark."""
    found: list[Any] = seed.seed_cells()
    return found


def draw(cells: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_heat_map(cells, **options))


def scores(figure: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """The cells that hold a score, by model and benchmark."""
    return {(row["model"], row["name"]): row for row in layer(figure, "scores")["rows"]}


def test_shade_is_the_place_between_worst_and_best(cells: list[Any]) -> None:
    """On AIME 2024 (72.7, 72.6, 76.5, 70.0) the best is 1, the worst 0, and 72.6 is 2.6 of 6.5 above the worst."""
    found = scores(draw(cells))
    assert found["AM-Distill-Qwen-72B", "AIME 2024"]["shade"] == 1
    assert found["DeepSeek-R1-Distill-Llama-70B", "AIME 2024"]["shade"] == 0
    assert found["DeepSeek-R1-Distill-Qwen-32B", "AIME 2024"]["shade"] == pytest.approx(0.4)


def test_shade_turns_where_lower_is_better(cells: list[Any]) -> None:
    """Where lower is better the lowest is the strongest and bold, and a footnote says so."""
    turned = [replace(cell, higher_is_better=False) for cell in cells[:4]]
    figure = draw(turned)
    assert scores(figure)["DeepSeek-R1-Distill-Llama-70B", "AIME 2024"]["shade"] == 1
    assert [row["text"] for row in layer(figure, "best values")["rows"]] == ["70.0"]
    assert "Lower is better on AIME 2024." in notes(figure)


def test_unknown_direction_has_no_best(cells: list[Any]) -> None:
    """Where no direction is known nothing is bold, and a footnote says so."""
    figure = draw([replace(cell, higher_is_better=None) for cell in cells[:4]])
    assert "best values" not in layer_names(figure)
    assert "No direction is known for AIME 2024." in notes(figure)


def test_missing_is_an_outline(cells: list[Any]) -> None:
    """A score that is not there is an empty outline with a dash, and counted; nothing stands for it among the scores."""
    figure = draw(cells[1:])
    assert [(row["model"], row["name"]) for row in layer(figure, "missing")["rows"]] == [
        ("AM-Distill-Qwen-32B", "AIME 2024")
    ]
    assert len(layer(figure, "scores")["rows"]) == 15
    assert "– no score in the database: 1 of 16 cells." in notes(figure)
    assert "missing" not in layer_names(draw(cells))


def test_columns_stand_in_the_order_given(cells: list[Any]) -> None:
    """Benchmarks stand in the order given, others after them as they occur."""
    domain = layer(draw(cells, benchmarks=["gpqa-diamond"]), "scores")["encoding"]["x"]["scale"]["domain"]
    assert domain == ["GPQA Diamond", "AIME 2024", "MATH-500", "LiveCodeBench"]
    part = [replace(cell, subset="easy") if cell.benchmark == "math-500" else cell for cell in cells]
    domain = layer(draw(part, benchmarks=["math-500[easy]"]), "scores")["encoding"]["x"]["scale"]["domain"]
    assert domain[0] == "MATH-500: easy"


def test_evidence_is_marked(cells: list[Any]) -> None:
    """Values bear a mark for a borrowed and for an unknown error where cells differ; one kind of all is a footnote."""
    figure = draw(cells)
    found = scores(figure)
    assert found["AM-Distill-Qwen-32B", "AIME 2024"]["text"] == "72.7°"
    assert found["AM-Distill-Qwen-32B", "LiveCodeBench"]["text"] == "59.1?"
    assert "? nothing is known of the error. ° the error rests on a borrowed number of items." in notes(figure)
    same = draw(cells[:12])
    assert scores(same)["AM-Distill-Qwen-32B", "AIME 2024"]["text"] == "72.7"
    assert "All values: the error rests on a borrowed number of items." in notes(same)
    sure = draw([replace(cell, evidence="items") for cell in cells])
    assert "error" not in notes(sure)


def test_approximate_values_and_protocols(cells: list[Any]) -> None:
    """An approximate value bears its mark, and differing protocols are named."""
    figure = draw([replace(cells[0], is_approximate=True, fingerprint=2), *cells[1:]])
    assert scores(figure)["AM-Distill-Qwen-32B", "AIME 2024"]["text"] == "≈72.7°"
    assert "≈ approximate value." in notes(figure)
    assert "Protocols differ between models on AIME 2024." in notes(figure)


def test_shade_by_value(cells: list[Any]) -> None:
    """Shaded by value, one scale runs over all scores, and a footnote gives its ends."""
    figure = draw(cells, shade="value")
    assert layer(figure, "scores")["encoding"]["color"]["scale"]["domain"] == [57.2, 97.0]
    assert "from 57.2 to 97.0 %; not from zero" in notes(figure)


def test_text_contrasts_with_its_cell(cells: list[Any]) -> None:
    """The strongest cell bears light text, the weakest dark text, and the other way round in the dark."""
    found = scores(draw(cells))
    assert found["AM-Distill-Qwen-72B", "AIME 2024"]["ink"] == LIGHT.background
    assert found["DeepSeek-R1-Distill-Llama-70B", "AIME 2024"]["ink"] == LIGHT.text
    dark = scores(draw(cells, theme="dark"))
    assert dark["AM-Distill-Qwen-72B", "AIME 2024"]["ink"] == "#14171c"


def test_a_hundred_models_keep_their_names(cells: list[Any]) -> None:
    """With a hundred models rows get low but all names stand; with sixty benchmarks the numbers go, and footnotes say the rest."""
    tall = [replace(cells[0], model=f"m{number}", model_name=f"Model {number}") for number in range(100)]
    figure = draw(tall)
    assert figure["height"] == 1300
    assert layer(figure, "scores")["encoding"]["y"]["axis"]["labelOverlap"] is False
    assert len(layer(figure, "best values")["rows"]) == 100
    wide = [
        replace(cell, benchmark=f"b{number}", benchmark_name=f"B {number}", is_approximate=True)
        for number in range(60)
        for cell in (cells[0], replace(cells[1], evidence="unknown"))
    ]
    figure = draw(wide[:-1])
    assert not {"values", "best values", "missing marks"} & set(layer_names(figure))
    text = notes(figure)
    assert "Some values are approximate." in text
    assert "Nothing is known of the error in 59 of 119 cells" in text
    assert "Dotted outline: no score in the database: 1 of 120 cells." in text
    sure = [replace(cell, evidence=kind) for cell, kind in zip(wide, ["items", "counts"] * 60, strict=True)]
    assert "error" not in notes(draw(sure))


def test_one_score(cells: list[Any]) -> None:
    """A single score is a cell of middle strength that is not called the best of anything."""
    assert layer_names(draw(cells[:1], values=False, footnotes=False)) == ["scores"]
    assert layer(draw(cells[:1]), "scores")["rows"][0]["shade"] == 0.5
    assert "best values" not in layer_names(draw(cells[:1]))


def test_tooltips_lead_to_the_source(cells: list[Any]) -> None:
    """Pointing at a cell tells its value, interval, evidence, source and who reports it."""
    figure = draw(cells)
    fields = [each["field"] for each in layer(figure, "scores")["encoding"]["tooltip"]]
    assert {"value", "interval", "evidence", "source", "reporter"} <= set(fields)
    row = scores(figure)["AM-Distill-Qwen-32B", "MATH-500"]
    assert (row["value"], row["reporter"]) == ("96.2", "first party")


def test_errors(cells: list[Any]) -> None:
    """No cells, an unknown shade, and one scale for several units or directions are errors."""
    with pytest.raises(ChartError, match="heat-map: there are no Cell rows"):
        plot_heat_map([])
    with pytest.raises(ChartError, match="two scores are of one model and benchmark"):
        plot_heat_map([cells[0], replace(cells[0], metric="accuracy")])
    with pytest.raises(ChartError, match='shade="rainbow" is unknown'):
        plot_heat_map(cells, shade="rainbow")  # type: ignore[arg-type]  # what a caller may type
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_heat_map([cells[0], replace(cells[4], unit="elo")], shade="value")
    with pytest.raises(ChartError, match="higher is not better on AIME 2024"):
        plot_heat_map([replace(cells[0], higher_is_better=False), cells[4]], shade="value")
