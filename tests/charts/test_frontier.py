"""The best so far of groups over release dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.frontier import plot_frontier
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def records(seed: Any) -> list[Any]:
    """Four closed records and five open ones."""
    found: list[Any] = seed.frontier_records()
    return found


@pytest.fixture
def lags(seed: Any) -> list[Any]:
    """Three lags that are over and one that is not."""
    found: list[Any] = seed.frontier_lags()
    return found


def test_each_group_is_a_step_line_to_the_edge(records: list[Any]) -> None:
    """A group's line has a corner at each record and ends at the right edge on its best."""
    rows = layer(to_vega_lite(plot_frontier(records)), "best so far")["rows"]
    closed = [row["value"] for row in rows if row["group"] == "closed"]
    assert closed == [35.7, 50.4, 59.4, 77.3, 77.3]
    assert {row["group"] for row in rows} == {"closed", "open"}


def test_lags_end_where_the_value_was_reached(records: list[Any], lags: list[Any]) -> None:
    """Three lags are drawn with their months, the fourth is in the notes as not reached."""
    figure = to_vega_lite(plot_frontier(records, lags))
    drawn = layer(figure, "lags")["rows"]
    assert [(row["at"], row["end"], row["text"]) for row in drawn] == [
        ("2023-03-14", "2024-04-18", "13.2 months"), ("2024-03-04", "2024-07-23", "4.6 months"), ("2024-06-20", "2024-12-26", "6.2 months"),
    ]  # fmt: skip
    assert "Not reached yet: open after more than 1.5 months (77.3; lead when it came: established)." in notes(figure)
    assert "months" not in layer_names(to_vega_lite(plot_frontier(records, lags, values=False)))


def test_lags_of_many_groups_are_not_drawn(records: list[Any], lags: list[Any]) -> None:
    """With three groups lines of lags would lie on each other; they are left to the table."""
    third = [*records, replace(records[0], group="third", value=30.0)]
    figure = to_vega_lite(plot_frontier(third, lags))
    assert "lags" not in layer_names(figure)
    assert "Not reached" not in notes(figure)


def test_records_are_named_and_intervals_drawn_on_request(records: list[Any]) -> None:
    """Names stand in the plot; intervals are drawn where known, with what they rest on."""
    figure = plot_frontier(records, intervals=True)
    assert ">Closed Four<" in render_chart(figure, "svg").decode()
    assert len(layer(to_vega_lite(figure), "intervals")["rows"]) == 9
    assert "catalogued number of items" in notes(to_vega_lite(figure))
    unknown = [replace(row, lower=None, upper=None) for row in records]
    assert "intervals" not in layer_names(to_vega_lite(plot_frontier(unknown, intervals=True)))


def test_one_record_alone_can_be_drawn(records: list[Any]) -> None:
    """A single record is a point and a line to the edge."""
    figure = plot_frontier(records[:1], footnotes=False)
    assert notes(to_vega_lite(figure)) == ""
    assert render_chart(figure, "png", scale=1)[:4] == b"\x89PNG"


def test_what_cannot_share_a_plot_is_refused(records: list[Any]) -> None:
    """Two benchmarks, more than eight groups and no records are errors that say what to change."""
    with pytest.raises(ChartError, match="one benchmark, found GPQA Diamond, Other"):
        plot_frontier([records[0], replace(records[1], benchmark_name="Other", unit="elo")])
    with pytest.raises(ChartError, match="9 groups"):
        plot_frontier([replace(records[0], group=f"g{number}") for number in range(9)])
    with pytest.raises(ChartError, match="no FrontierRecord rows"):
        plot_frontier([])
