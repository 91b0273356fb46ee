"""Claims for one score."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from benchdb.charts.claims import plot_claims
from benchdb.charts.save import to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """Four claims for one model on AIME 2024: about 72.6, 72.6, 72.6 and 72.0, the last chosen."""
    found: list[Any] = seed.seed_claims()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_claims(rows, **options))


def test_the_chosen_claim_is_marked(rows: list[Any]) -> None:
    """The chosen claim is a diamond with a rule at its value and the word beside it; the others are circles."""
    figure = draw(rows)
    (chosen,) = layer(figure, "chosen claims")["rows"]
    assert (chosen["text"], chosen["state"]) == ("72.0", "chosen")
    assert len(layer(figure, "other claims")["rows"]) == 3
    assert [row["value"] for row in layer(figure, "chosen value")["rows"]] == [72.0]
    none = draw([replace(row, is_chosen=False) for row in rows])
    assert not {"chosen value", "chosen claims"} & set(layer_names(none))
    assert "diamond" not in notes(none)


def test_bars_reach_as_far_as_rounding(rows: list[Any]) -> None:
    """72.6 with one decimal may be 72.55 to 72.65; read off a figure, 72.5 to 72.7; exact values have no bar."""
    bars = layer(draw(rows), "rounding")["rows"]
    assert (bars[0]["low"], bars[0]["high"]) == pytest.approx((72.5, 72.7))
    assert (bars[1]["low"], bars[1]["high"]) == pytest.approx((72.55, 72.65))
    figure = draw([replace(rows[1], decimals=None)])
    assert "rounding" not in layer_names(figure)
    assert "Thick bars" not in notes(figure)
    vague = layer(draw([replace(rows[0], decimals=None)]), "rounding")["rows"][0]
    assert (vague["low"], vague["high"]) == pytest.approx((71.6, 73.6))


def test_intervals_are_those_of_reported_errors(rows: list[Any]) -> None:
    """A reported error of 2 around 72.6 is 72.6 ± 3.92; without one there is no line, and a footnote counts."""
    figure = draw([replace(rows[1], stderr=2.0), *rows[2:]])
    (line,) = layer(figure, "intervals")["rows"]
    assert (line["lower"], line["upper"]) == pytest.approx((72.6 - 3.92, 72.6 + 3.92), abs=1e-3)
    assert line["interval"] == "[68.7, 76.5]"
    assert "95 % intervals from reported standard errors, known of 1 of 3." in notes(figure)
    assert "No source reports a standard error." in notes(draw(rows))


def test_retracted_claims_stay_visible(rows: list[Any]) -> None:
    """A retracted claim is a cross with the word beside it."""
    figure = draw([replace(rows[0], is_retracted=True), *rows[1:]])
    assert [row["state"] for row in layer(figure, "retracted claims")["rows"]] == ["retracted"]
    assert "Crosses are retracted claims." in notes(figure)


def test_fractions_join_percent(rows: list[Any]) -> None:
    """0.726 stands at 72.6 beside per cent, with its error and rounding, and a footnote says so; alone it stays a fraction."""
    fraction = replace(rows[1], value=0.726, unit="fraction", decimals=3, stderr=0.02)
    figure = draw([fraction, *rows[2:]])
    row = layer(figure, "other claims")["rows"][0]
    assert (row["value"], row["text"]) == (72.6, "72.6")
    assert (row["low"], row["upper"]) == pytest.approx((72.55, 72.6 + 3.92), abs=1e-3)
    assert "Fractions are shown as per cent." in notes(figure)
    alone = layer(draw([fraction]), "other claims")["rows"][0]
    assert (alone["value"], alone["text"]) == (0.726, "0.726")


def test_source_and_protocol_stand_with_each_claim(rows: list[Any]) -> None:
    """Each line names source, day, kind and protocol; what is not stated is said to be unknown in the tooltip."""
    found = layer(draw(rows), "other claims")["rows"]
    assert found[0]["detail"] == "undated · figure"
    assert found[0]["protocol"] == "not stated"
    assert found[2]["detail"].startswith("2025-03-25 · paper, third party · samples per item=16")
    assert "The claims rest on 4 different protocols." in notes(draw(rows))
    ran = layer(draw([replace(rows[0], ran_at=datetime(2025, 2, 3, 4, tzinfo=UTC))]), "other claims")["rows"][0]
    assert ran["stated"] == "2025-02-03"
    bare = layer(draw([replace(rows[0], source_title=None, place=None)]), "other claims")["rows"][0]
    assert (bare["source"], bare["place"]) == ("claims.toml", "not stated")


def test_one_cell_is_drawn(rows: list[Any]) -> None:
    """Of several cells the one with most claims is drawn, unless another is asked for; the others are named."""
    other = [
        replace(rows[0], metric="cons@64", metric_label="cons@64"),
        replace(rows[0], variant="high", subset="easy"),
    ]
    figure = draw([*other, *rows])
    assert len(layer(figure, "other claims")["rows"]) == 3
    assert "Claims not shown: cons@64 (1), easy: pass@1 (high) (1)." in notes(figure)
    for asked in ({"metric": "CONS@64"}, {"variant": "high"}, {"subset": "easy"}):
        assert len(layer(draw([*other, *rows], **asked), "other claims")["rows"]) == 1
    assert len(layer(draw([*other, *rows], variant="", subset="", metric="pass@1"), "other claims")["rows"]) == 3
    retracted = [replace(row, is_retracted=True) for row in rows]
    assert "other claims" in layer_names(draw([*retracted, *other], footnotes=False))


def test_many_claims_make_low_rows(rows: list[Any]) -> None:
    """Forty claims stand in low rows without the second line; the axis from zero needs no note."""
    many = [replace(rows[1], score_id=number, value=float(number)) for number in range(40)]
    figure = draw(many)
    assert figure["height"] == 40 * 24
    assert draw(rows)["height"] == 4 * 46
    fields = [part["encoding"]["text"]["field"] for part in figure["layer"] if "text" in part["encoding"]]
    assert fields == ["label", "text", "state"]
    assert [
        part for part in draw(many, values=False)["layer"] if part["encoding"].get("text", {}).get("field") == "text"
    ] == []


def test_axis_that_does_not_start_at_zero_says_so(rows: list[Any]) -> None:
    """Claims between 72.0 and 72.7 are drawn on an axis from below 72, which a footnote says."""
    assert "not at zero" in notes(draw(rows))
    exact = [replace(rows[1], decimals=None, value=0.0), replace(rows[2], decimals=None, value=9.0)]
    assert "not at zero" not in notes(draw(exact))


def test_errors(rows: list[Any]) -> None:
    """No rows, a cell that nobody claims anything of, and units without a common axis are errors."""
    with pytest.raises(ChartError, match="claims: there are no Claim rows"):
        plot_claims([])
    with pytest.raises(ChartError, match="claims: no claim fits"):
        plot_claims(rows, metric="elo")
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_claims([rows[0], replace(rows[1], unit="elo")])
