"""Cells whose claims disagree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.conflicts import plot_conflicts
from benchdb.charts.save import to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def rows(seed: Any) -> list[Any]:
    """Three cells: settings differ, nothing explains it, too little is stated."""
    found: list[Any] = seed.seed_conflicts()
    return found


def draw(rows: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_conflicts(rows, **options))


def test_lines_reach_from_the_least_to_the_greatest(rows: list[Any]) -> None:
    """Each cell has both ends, and its line says what the protocols do."""
    figure = draw(rows)
    assert [(row["least"], row["greatest"]) for row in layer(figure, "least values")["rows"]] == [
        (94.3, 96.0),
        (97.3, 98.0),
        (42.6, 47.0),
    ]
    assert [row["benchmark"] for row in layer(figure, "explained by")["rows"]] == ["MATH-500"]
    assert [row["model"] for row in layer(figure, "not explained")["rows"]] == ["o3-mini (medium)"]
    assert layer(figure, "protocol unknown")["mark"]["strokeDash"]


def test_numbers_and_reasons(rows: list[Any]) -> None:
    """Each line ends in how far apart the claims are, in errors where one is known, and in what differs."""
    found = layer(draw(rows), "least values")["rows"]
    assert [row["apart"] for row in found] == ["1.7, 1.3 s.e.", "0.7", "4.4, 4.1 s.e."]
    assert [row["short"] for row in found] == ["samples per item: 64, 4", "not explained", "protocol unknown"]
    assert found[0]["claims"] == "~94.3 A figure; 96.0 A paper"
    texts = [part["encoding"]["text"]["field"] for part in draw(rows)["layer"] if "text" in part["encoding"]]
    assert texts == ["apart", "short"]
    assert not [part for part in draw(rows, values=False)["layer"] if "text" in part["encoding"]]


def test_footnotes(rows: list[Any]) -> None:
    """Footnotes explain the lines that are there, the errors, approximate claims and the axis."""
    text = notes(draw(rows))
    assert "Strong lines: settings are stated and all agree." in text
    assert "Standard errors (s.e.) count as of independent claims" in text
    assert "Some claims are approximate." in text
    assert "The axis starts at 40, not at zero." in text
    plain = notes(draw([replace(rows[1], least=0.0)]))
    assert "Dotted" not in plain
    assert "s.e." not in plain
    assert "approximate" not in plain
    assert "axis" not in plain
    assert "footnotes" not in layer_names(draw(rows, footnotes=False))


def test_errors(rows: list[Any]) -> None:
    """No conflicts, and several units, are errors."""
    with pytest.raises(ChartError, match="conflicts: there are no Conflict rows"):
        plot_conflicts([])
    several = [rows[0], replace(rows[1], metric="pass@1")]
    assert layer(draw(several), "least values")["encoding"]["x"]["title"] == "Value claimed (%)"
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_conflicts([rows[0], replace(rows[1], unit="elo")])
