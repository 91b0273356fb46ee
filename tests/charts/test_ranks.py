"""Ranks by several aggregates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.ranks import plot_ranks
from benchdb.charts.save import to_vega_lite
from benchdb.charts.theme import LIGHT
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """Four models by three aggregates, in the order of the mean: 74.8, 73.1, 71.8 (Llama), 71.6 (Qwen)."""
    found: list[Any] = seed.seed_rankings()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_ranks(rows, **options))


def many(rows: list[Any], number: int) -> list[Any]:
    """That many models by two aggregates, which swap the first and the last."""
    ranks = list(range(1, number + 1))
    turned = [number, *ranks[1:-1], 1]
    return [
        replace(rows[0], aggregate=aggregate, model=f"m{place}", model_name=f"Model {place}", rank=rank)
        for aggregate, column in (("mean", ranks), ("borda", turned))
        for place, rank in enumerate(column)
    ]


def test_each_column_is_a_ranking(rows: list[Any]) -> None:
    """A column lists the models by rank from above: on MATH-500 the order is 97.0, 96.2, 94.5, 94.3."""
    found = layer(draw(rows), "ranks")["rows"]
    assert [row["model"] for row in found if row["aggregate"] == "weighted"] == [
        "AM-Distill-Qwen-72B",
        "AM-Distill-Qwen-32B",
        "DeepSeek-R1-Distill-Llama-70B",
        "DeepSeek-R1-Distill-Qwen-32B",
    ]
    assert [row["y"] for row in found if row["aggregate"] == "weighted"] == [14, 42, 70, 98]


def test_lines_join_neighbouring_columns(rows: list[Any]) -> None:
    """Four models in three columns make eight lines; one that a column does not rank has none to either side."""
    assert len(layer(draw(rows), "lines")["rows"]) == 8
    lacking = [*rows[:4], replace(rows[4], rank=None), *rows[5:]]
    figure = draw(lacking)
    assert len(layer(figure, "lines")["rows"]) == 6
    assert "Not all of the 4 models are ranked by weighted." in notes(figure)


def test_bars_cover_the_ranks_allowed(rows: list[Any]) -> None:
    """Ranks 1 to 3 reach from the middle of the first row to that of the third; unknown ones have no bar and are named."""
    figure = draw(rows)
    first = layer(figure, "intervals")["rows"][0]
    assert (first["ranks"], first["top"], first["bottom"]) == ("1 to 3", 14, 70)
    half = [replace(row, rank_lower=None, rank_upper=None) if row.aggregate == "borda" else row for row in rows]
    assert len(layer(draw(half), "intervals")["rows"]) == 8
    assert "Nothing is known of the uncertainty of ranks by borda." in notes(draw(half))
    none = [replace(row, rank_lower=None, rank_upper=None) for row in rows]
    assert "intervals" not in layer_names(draw(none))
    assert "Nothing is known of the uncertainty of these ranks." in notes(draw(none))
    assert "are not drawn" in notes(draw(rows, intervals=False))


def test_equal_ranks_stand_below_each_other(rows: list[Any]) -> None:
    """Models that share a rank bear the same number and keep the order of the column before."""
    shared = [*rows[:4], *[replace(row, rank=1) for row in rows[4:8]]]
    found = [row for row in layer(draw(shared), "ranks")["rows"] if row["aggregate"] == "weighted"]
    assert [row["rank"] for row in found] == [1, 1, 1, 1]
    before = [row["model"] for row in layer(draw(shared), "ranks")["rows"] if row["aggregate"] == "mean"]
    assert [row["model"] for row in found] == before


def test_many_models_are_coloured_by_what_they_do(rows: list[Any]) -> None:
    """Of twenty models the two that lead somewhere have a colour first, the others stay grey, and bars are left to tooltips."""
    figure = draw(many(rows, 20))
    found = layer(figure, "ranks")["rows"]
    coloured = {row["model"] for row in found if row["colour"] in LIGHT.categorical}
    assert len(coloured) == 8
    assert {"Model 0", "Model 19"} <= coloured
    assert {row["colour"] for row in found if row["model"] not in coloured} == {LIGHT.axis}
    assert "In colour: those first in some ranking" in notes(figure)
    assert "intervals" not in layer_names(figure)
    assert "pointing at a rank tells them" in notes(figure)


def test_highlighted_models(rows: list[Any]) -> None:
    """Models named are drawn in colour alone; a name that is not ranked, or too many, are errors."""
    figure = draw(many(rows, 20), highlight=["model 7", "m3"])
    found = layer(figure, "ranks")["rows"]
    assert {row["model"] for row in found if row["strong"]} == {"Model 7", "Model 3"}
    assert "In colour" not in notes(figure)
    with pytest.raises(ChartError, match='highlight: "nobody" is not among the ranked models'):
        draw(rows, highlight=["nobody"])
    with pytest.raises(ChartError, match="highlight: found 9 models"):
        draw(many(rows, 20), highlight=[f"m{number}" for number in range(9)])


def test_a_hundred_models(rows: list[Any]) -> None:
    """A hundred models keep their names at both sides, without numbers in the points."""
    figure = draw(many(rows, 100))
    assert figure["height"] == 1200
    n_names = [
        len(layer(figure, f"{kind}names {side}")["rows"]) for side in ("right", "left") for kind in ("", "other ")
    ]
    assert n_names == [8, 92, 8, 92]
    assert "numbers" not in layer_names(figure)


def test_one_aggregate_and_one_model(rows: list[Any]) -> None:
    """A single ranking has names on one side and no lines; a single model is a chart too."""
    figure = draw(rows[:4], footnotes=False)
    assert {"lines", "names left"} & set(layer_names(figure)) == set()
    assert len(layer(draw(rows[:1]), "ranks")["rows"]) == 1


def test_width_spreads_the_columns(rows: list[Any]) -> None:
    """A width that is asked for is that of the plot."""
    figure = draw(rows, width=900)
    assert figure["width"] == 900
    assert max(row["x"] for row in layer(figure, "ranks")["rows"]) < 900


def test_what_is_not_ranked_is_named(rows: list[Any]) -> None:
    """Aggregates and models without any rank are left out and named; with none at all it is an error."""
    text = notes(draw([*rows[:8], *[replace(row, rank=None) for row in rows[8:]]]))
    assert "Nobody is ranked by borda." in text
    lost = [replace(row, rank=None) if row.model_name == "AM-Distill-Qwen-72B" else row for row in rows]
    assert "Ranked by none: AM-Distill-Qwen-72B." in notes(draw(lost))
    with pytest.raises(ChartError, match="no aggregate ranks any of the models"):
        draw([replace(row, rank=None) for row in rows])
    with pytest.raises(ChartError, match="ranks: there are no RankingRow rows"):
        plot_ranks([])


def test_tooltips_say_what_is_known(rows: list[Any]) -> None:
    """Pointing at a rank tells the ranks allowed, tier, chance, value and evidence, unknown where unknown."""
    row = layer(draw(rows), "ranks")["rows"][0]
    assert (row["value"], row["tier"], row["chance"]) == ("74.8", "unknown", "unknown")
    sure = layer(draw([replace(rows[0], tier=1, p_best=0.83, value=None)]), "ranks")["rows"][0]
    assert (sure["value"], sure["tier"], sure["chance"]) == ("unknown", 1, "83%")
