"""Curves over the attempts allowed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.charts.line_ends import spread
from benchdb.charts.pass_rates import plot_pass_rates
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rates(item_rows: Any) -> list[Any]:
    """Two models on 164 items with 32 attempts each, k = 1 to 32."""
    found: list[Any] = item_rows.pass_rates()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the curves."""
    return to_vega_lite(plot_pass_rates(rows, **options))


def many(rates: list[Any], count: int) -> list[Any]:
    """Models one per cent apart, the last one the best, as pass@k of the first one moved down."""
    first = [row for row in rates if row.model_name == "Sampler-7B" and row.measure == "pass@k"]
    return [
        replace(row, model=f"m{number}", model_name=f"M{number:03}", value=row.value - (count - number) * 0.1)
        for number in range(count)
        for row in first
    ]


def test_the_axis_of_k_is_in_powers_of_two(rates: list[Any]) -> None:
    """The axis runs from 1 to 32 on a logarithm of base 2 with a tick for each k."""
    x = layer(draw(rates), "rates")["encoding"]["x"]
    assert (x["scale"]["type"], x["scale"]["base"]) == ("log", 2)
    assert x["axis"]["values"] == [1, 2, 4, 8, 16, 32]


def test_pass_hat_k_is_dashed_and_pass_at_k_is_not(rates: list[Any]) -> None:
    """The measure decides the dashes, the model colour and shape, and the notes say which is which."""
    figure = draw(rates)
    encoding = layer(figure, "curves")["encoding"]
    dashes = dict(zip(encoding["strokeDash"]["scale"]["domain"], encoding["strokeDash"]["scale"]["range"], strict=True))
    assert (dashes["pass@k"], dashes["pass^k"]) == ([1, 0], [6, 4])
    looks = {(row["name"], row["colour"], row["shape"]) for row in layer(figure, "rates")["rows"]}
    assert len(looks) == 2
    assert len({shape for _, _, shape in looks}) == 2
    assert "Dashed: pass^k, all k attempts are right." in notes(figure)


def test_curves_are_named_at_their_ends(rates: list[Any]) -> None:
    """Each curve has its name at the height of its last point, and there is no legend."""
    figure = draw(rates)
    rows = layer(figure, "names")["rows"]
    assert {row["text"] for row in rows} == {
        f"{name}, {measure}" for name in ("Sampler-7B", "Sampler-70B") for measure in ("pass@k", "pass^k")
    }
    # At k = 32 pass@k is the share of items with a right attempt: 152 of 164; the axis runs from 0 to 100 over 360 px.
    (end,) = [row["y"] for row in rows if row["text"] == "Sampler-70B, pass@k"]
    assert end == pytest.approx(360 * (1 - 152 / 164), abs=0.05)
    drawn = render_chart(plot_pass_rates(rates), "svg").decode()
    assert ">Sampler-70B, pass@k<" in drawn
    assert "role-legend" not in drawn


def test_bands_are_the_intervals(rates: list[Any]) -> None:
    """The bands hold the bounds of the rows, say what they rest on, and can be left out."""
    figure = draw(rates)
    drawn = {(row["curve"], row["k"]): (row["lower"], row["upper"]) for row in layer(figure, "intervals")["rows"]}
    assert drawn == {(f"{row.model_name}, {row.measure}", row.k): (row.lower, row.upper) for row in rates}
    assert "Bands are 95 % intervals, from outcomes of the items." in notes(figure)
    assert "intervals" not in layer_names(draw(rates, bands=False))
    assert "Intervals stand in the tooltips." in notes(draw(many(rates, 5)))
    assert "intervals" in layer_names(draw(many(rates, 5), bands=True))


def test_one_measure_alone(rates: list[Any]) -> None:
    """Of one measure the names stand alone; a measure that nobody knows is an error, one without rows too."""
    figure = draw(rates, measures=["pass@k"])
    assert {row["text"] for row in layer(figure, "names")["rows"]} == {"Sampler-7B", "Sampler-70B"}
    assert layer(figure, "curves")["encoding"]["y"]["title"] == "HumanEval, pass@k (%)"
    with pytest.raises(ChartError, match=r'measures="pass@8" is unknown'):
        draw(rates, measures=["pass@8"])
    with pytest.raises(ChartError, match="no PassRate rows"):
        draw(rates, measures=["maj@k"])


def test_a_hundred_models_are_grey_but_eight(rates: list[Any]) -> None:
    """Of a hundred models the eight highest at the largest shared k are in colour and named, the others grey."""
    figure = draw(many(rates, 100))
    named = {row["text"] for row in layer(figure, "names")["rows"]}
    assert named == {f"M{number:03}" for number in range(92, 100)}
    assert len({row["colour"] for row in layer(figure, "other curves")["rows"]}) == 1
    assert len({row["name"] for row in layer(figure, "other rates")["rows"]}) == 92
    assert "In colour: the 8 highest of 100 at k = 32; grey: the other 92." in notes(figure)
    assert render_chart(plot_pass_rates(many(rates, 100)), "png", scale=1)[:4] == b"\x89PNG"


def test_many_models_without_a_shared_k_are_refused(rates: list[Any]) -> None:
    """Where more than eight models share no k there is no fair choice of the highest."""
    rows = [row for row in many(rates, 9) if (row.k == 1) != (row.model == "m0")]
    rows = [row if row.model == "m0" else replace(row, k=1) for row in rows]
    with pytest.raises(ChartError, match="share no k"):
        draw(rows)


def test_unequal_evidence_is_noted(rates: list[Any]) -> None:
    """Curves of different length and on different numbers of items say so."""
    short = [replace(row, n_items=80) if row.model_name == "Sampler-7B" else row for row in rates if row.k < 32]
    figure = draw([*short, *[row for row in rates if row.k == 32 and row.model_name == "Sampler-70B"]])
    assert "rest on different numbers of items: 80 to 164." in notes(figure)
    assert "A curve ends where its items have no more attempts" in notes(figure)
    assert "different numbers" not in notes(draw(rates))


def test_a_curve_needs_two_k(rates: list[Any]) -> None:
    """Single attempts make no curve, and no rows make no chart."""
    with pytest.raises(ChartError, match="at least 2 values of k, found k = 1 alone"):
        draw([row for row in rates if row.k == 1])
    with pytest.raises(ChartError, match="no PassRate rows"):
        draw([])


def test_one_model_on_several_benchmarks(rates: list[Any]) -> None:
    """One model has a curve a benchmark; several models on several benchmarks are refused."""
    one = [row for row in rates if row.model_name == "Sampler-7B"]
    two = [*one, *[replace(row, benchmark="mbpp", benchmark_name="MBPP") for row in one]]
    assert {row["text"] for row in layer(draw(two, measures=["pass@k"]), "names")["rows"]} == {"HumanEval", "MBPP"}
    with pytest.raises(ChartError, match="Choose one benchmark with -b, or one model with -m"):
        draw([*rates, *two])


def test_long_names_keep_their_ends(rates: list[Any]) -> None:
    """Names of one family, too long for the column, still differ."""
    rows = [replace(row, model_name=f"{'An-unusually-long-family-name-' * 4}{row.model_name}") for row in rates]
    texts = [row["text"] for row in layer(draw(rows, measures=["pass@k"]), "names")["rows"]]
    assert len(set(texts)) == 2
    assert {text[-11:] for text in texts} == {"-Sampler-7B", "Sampler-70B"}


@given(st.lists(st.floats(0, 300), min_size=1, max_size=20))
def test_names_are_pushed_apart_but_no_further(wanted: list[float]) -> None:
    """Names keep their order and their distance, stay inside, and stand where they want if they can."""
    ordered = sorted(wanted)
    places = spread(ordered, 13.5, 300)
    assert all(second - first >= 13.5 - 1e-6 for first, second in pairwise(places))
    assert places[0] >= -1e-6
    assert places[-1] <= 300 + 1e-6
    if all(second - first >= 13.5 for first, second in pairwise(ordered)):
        assert places == pytest.approx(ordered)
