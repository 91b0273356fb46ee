"""Runs in order with their levels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.charts.series import plot_series
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def nights(seed: Any) -> list[Any]:
    """Thirty nightly runs with a regression at the twelfth and an improvement at the twenty-third."""
    found: list[Any] = seed.nightly_points()
    return found


def test_each_level_is_a_line_at_its_mean(nights: list[Any]) -> None:
    """Three levels are three lines from their first run to their last."""
    spans = layer(to_vega_lite(plot_series(nights)), "levels")["rows"]
    assert [(span["value"], span["x"][:10], span["x2"][:10]) for span in spans] == [
        (94.2, "2025-03-01", "2025-03-11"), (91.0, "2025-03-12", "2025-03-22"), (94.6, "2025-03-23", "2025-03-30"),
    ]  # fmt: skip


def test_changes_bear_size_and_direction(nights: list[Any]) -> None:
    """A regression and an improvement are layers of their own, with their sizes in the plot and the notes."""
    figure = to_vega_lite(plot_series(nights))
    assert [row["change"] for row in layer(figure, "regressions")["rows"]] == ["−3.2"]
    assert [row["change"] for row in layer(figure, "improvements")["rows"]] == ["+3.6"]
    assert "−3.2 at 2025-03-12 (regression); +3.6 at 2025-03-23 (improvement)" in notes(figure)
    assert "sizes of regressions" not in layer_names(to_vega_lite(plot_series(nights, values=False)))
    drawn = render_chart(plot_series(nights), "svg").decode()
    assert ">−3.2<" in drawn


def test_what_changed_with_a_run_stands_in_its_tooltip(nights: list[Any]) -> None:
    """The run of the regression says that the harness changed with it."""
    rows = layer(to_vega_lite(plot_series(nights)), "runs")["rows"]
    assert rows[11]["why"] == "regression (harness version 1.4 → 1.5)"


def test_steps_and_bare_orders_have_axes_of_their_own(nights: list[Any]) -> None:
    """Checkpoints stand on an axis of steps; runs without moment and step stand side by side."""
    steps = [replace(row, step=1000 * row.position, ran_at=None) for row in nights]
    figure = layer(to_vega_lite(plot_series(steps)), "runs")
    assert figure["encoding"]["x"]["title"] == "Step"
    assert [row["x"] for row in figure["rows"]][:2] == [1000, 2000]
    bare = layer(to_vega_lite(plot_series([replace(row, ran_at=None) for row in nights])), "runs")
    assert (bare["encoding"]["x"]["title"], bare["rows"][4]["x"]) == ("Run", 5)


def test_intervals_only_where_known(nights: list[Any]) -> None:
    """A run without an interval has none drawn, and the notes say what the others rest on."""
    rows = [replace(nights[0], lower=None, upper=None, stderr=None, evidence="unknown"), *nights[1:]]
    figure = to_vega_lite(plot_series(rows, intervals=True))
    assert len(layer(figure, "intervals")["rows"]) == 29
    assert "stated numbers of items" in notes(figure)
    nothing = [replace(row, lower=None, upper=None) for row in nights]
    assert "intervals" not in layer_names(to_vega_lite(plot_series(nothing, intervals=True)))


def test_one_run_alone_can_be_drawn(nights: list[Any]) -> None:
    """A single run is one point on one level, without a change."""
    figure = plot_series([replace(nights[0], ran_at=None)])
    assert "No change point was found." in notes(to_vega_lite(figure))
    assert render_chart(figure, "png", scale=1)[:4] == b"\x89PNG"


def test_many_changes_are_listed_in_part_and_cover_nothing(nights: list[Any]) -> None:
    """Of nine neighbouring changes only those sizes are written that do not cover each other, the largest among them."""
    rows = [
        replace(row, is_change=row.position > 21, change=-float(row.position), verdict="regression")
        if row.position > 21
        else replace(row, is_change=False, change=None, verdict=None)
        for row in nights
    ]
    figure = to_vega_lite(plot_series(rows))
    assert len(layer(figure, "regressions")["rows"]) == 9
    sizes = [row["change"] for row in layer(figure, "sizes of regressions")["rows"]]
    # 640 pixels over 29 nights are 22 a night; "−30.0" in bold is wider than one night and narrower than two.
    assert sizes == ["−22.0", "−24.0", "−26.0", "−28.0", "−30.0"]
    assert "−25.0 at 2025-03-25 (regression); and 5 more." in notes(figure)


def test_rules_lie_below_the_runs_and_differ_in_their_dashes(nights: list[Any]) -> None:
    """A rule does not hide the run it stands at; a regression is told from an improvement without colour, too."""
    figure = to_vega_lite(plot_series(nights))
    names = layer_names(figure)
    assert max(names.index("regressions"), names.index("improvements")) < names.index("runs")
    dashes = [layer(figure, name)["mark"]["strokeDash"] for name in ("regressions", "improvements")]
    assert dashes[0] != dashes[1]


def test_the_axis_of_time_names_the_year(nights: list[Any]) -> None:
    """The title says of which years the days are."""
    assert layer(to_vega_lite(plot_series(nights)), "runs")["encoding"]["x"]["title"] == "Run at (UTC), 2025"


def test_a_change_without_direction_is_neither(nights: list[Any]) -> None:
    """Where the metric has no known direction a change is drawn as one."""
    rows = [replace(row, verdict="change") if row.is_change else row for row in nights]
    assert len(layer(to_vega_lite(plot_series(rows)), "changes")["rows"]) == 2


def test_two_series_are_refused(nights: list[Any]) -> None:
    """Runs of two models are not one series, and no runs are none."""
    with pytest.raises(ChartError, match="one model on one benchmark"):
        plot_series([nights[0], replace(nights[1], model="another")])
    with pytest.raises(ChartError, match="no SeriesPoint rows"):
        plot_series([])
