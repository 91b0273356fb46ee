"""Scores over size and date."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.charts.frame import nice_domain, nice_step, ticks
from benchdb.charts.placement import Anchor, place_labels
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.charts.trend import plot_trend
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


def draw(rows: list[Any], fits: Any = (), **options: Any) -> dict[str, Any]:
    """The specification of a trend."""
    return to_vega_lite(plot_trend(rows, fits, **options))


@pytest.fixture
def sizes(seed: Any) -> list[Any]:
    """GPQA Diamond over parameters: 64.3 and 62.1 at 32.8B, 65.2 at 70.6B, 65.9 at 72.7B."""
    found: list[Any] = seed.seed_points("parameters", ["GPQA Diamond"])
    return found


def test_size_axis_is_logarithmic_with_human_labels(sizes: list[Any]) -> None:
    """The size axis is logarithmic and speaks of billions."""
    chart = plot_trend(sizes)
    x = layer(to_vega_lite(chart), "points")["encoding"]["x"]
    assert x["scale"]["type"] == "log"
    assert x["axis"]["values"] == [30e9, 50e9, 70e9]
    drawn = render_chart(chart, "svg").decode()
    for label in ("30B", "50B", "70B"):
        assert f">{label}<" in drawn


@pytest.mark.parametrize(
    ("smallest", "largest", "labels"),
    [
        (70e6, 7e9, {"100M", "1B", "5B"}),
        (1e9, 2e12, {"1B", "10B", "100B", "1T"}),
        (1e6, 3e12, {"1M", "1B", "1T"}),
        (1e5, 1e13, {"1B"}),
    ],
)
def test_wide_size_axes(sizes: list[Any], smallest: float, largest: float, labels: set[str]) -> None:
    """However wide the range, there are a few round ticks from millions to trillions."""
    ends = [replace(sizes[0], n_parameters=int(smallest)), replace(sizes[1], n_parameters=int(largest))]
    chart = plot_trend(ends)
    assert len(layer(to_vega_lite(chart), "points")["encoding"]["x"]["axis"]["values"]) <= 8
    drawn = render_chart(chart, "svg").decode()
    assert all(f">{label}<" in drawn for label in labels)


def test_date_axis(seed: Any) -> None:
    """Dates are days in UTC, wherever the chart is opened."""
    figure = draw(seed.seed_points("date", ["GPQA Diamond"]), by="date")
    points = layer(figure, "points")
    assert points["encoding"]["x"]["scale"]["type"] == "utc"
    assert {row["at"] for row in points["rows"]} == {"2025-01-20", "2025-03-25"}


def test_best_so_far(sizes: list[Any]) -> None:
    """The step line rises at each record and goes on to the end of the axis."""
    steps = layer(draw(sizes), "best so far")
    assert steps["mark"]["interpolate"] == "step-after"
    assert [row["value"] for row in steps["rows"]] == [64.3, 65.2, 65.9, 65.9]
    assert "best so far" not in layer_names(draw(sizes, frontier=False))


def test_no_direction_no_best(sizes: list[Any]) -> None:
    """Without a known direction there is no best so far."""
    assert "best so far" not in layer_names(draw([replace(row, higher_is_better=None) for row in sizes]))


def test_fits(sizes: list[Any], seed: Any) -> None:
    """A fit runs between the outermost models at the values it predicts, dotted unless established."""
    fit = seed.seed_fits("parameters", ["GPQA Diamond"])[0]
    figure = draw(sizes, [fit])
    dotted = layer(figure, "fit, not established")
    assert dotted["mark"]["strokeDash"] == [2, 4]
    middle_small = (64.3 + 62.1) / 2
    assert dotted["rows"][0]["value"] == pytest.approx(middle_small, abs=0.05)
    assert "Gain for a model ten times as large: GPQA Diamond +7.0 (not established)." in notes(figure)
    solid = layer(draw(sizes, [replace(fit, verdict="rising")]), "fit")
    assert "strokeDash" not in solid["mark"]


def test_fits_that_cannot_be_drawn(sizes: list[Any], seed: Any) -> None:
    """A fit without a slope is named, one of another benchmark is left out."""
    fit = seed.seed_fits("parameters", ["GPQA Diamond"])[0]
    figure = draw(sizes, [replace(fit, slope=None, intercept=None, verdict="too few models")])
    assert "No fit for GPQA Diamond: too few models." in notes(figure)
    assert not [name for name in layer_names(draw(sizes, [replace(fit, benchmark="other")])) if name.startswith("fit")]


def test_the_fitted_mean_has_a_band(sizes: list[Any], seed: Any) -> None:
    """One benchmark's fit has its band from the first model to the last; of several only on request."""
    fits = seed.seed_fits("parameters", ["GPQA Diamond"])
    figure = draw(sizes, fits)
    band = layer(figure, "bands of the fits")
    assert (band["rows"][0]["at"], band["rows"][-1]["at"]) == pytest.approx((32_763_876_352, 72_706_203_648))
    # Two pairs of sizes: at the small one the mean is 63.2, and half the band 4.303 * sqrt(s^2 / 4 + (x - mx)^2 sb^2).
    fit, first = fits[0], band["rows"][0]
    half = 4.302653 * math.hypot(fit.centre_stderr, (math.log10(32_763_876_352) - fit.centre) * fit.slope_stderr)
    assert (first["upper"] - first["lower"]) / 2 == pytest.approx(half, rel=1e-5)
    assert "Band: 95 % interval of the fitted mean" in notes(figure)
    assert "bands of the fits" not in layer_names(draw(sizes, fits, bands=False))
    every = seed.seed_points("parameters"), seed.seed_fits("parameters")
    assert "bands of the fits" not in layer_names(draw(*every))
    assert {row["benchmark"] for row in layer(draw(*every, bands=True), "bands of the fits")["rows"]} == set(
        seed.BENCHMARKS
    )


def holders(template: Any, gap: float, spread: float) -> list[Any]:
    """A model far below and to the left, and twelve record holders so far apart in score and size."""
    low = replace(template, model="low", model_name="Low", value=0.0, best_so_far=0.0, n_parameters=10**9)
    values = [60 + number * gap for number in range(12)]
    return [
        replace(low, is_record=True),
        *[
            replace(
                low, model=f"m{number}", model_name=f"Record holder {number}", value=value, best_so_far=value,
                is_record=True, n_parameters=int(30e9 * (1 + spread * number)),
            )
            for number, value in enumerate(values)
        ],
    ]  # fmt: skip


def test_records_without_room_stand_further_off(sizes: list[Any]) -> None:
    """Crowded record holders are named at a distance, with lines; those without any room are counted."""
    crowded = draw(holders(sizes[0], 2.0, 0.05))
    assert len(names(crowded)) == 13
    assert len(layer(crowded, "leads to names")["rows"]) == 10
    assert "without room" not in notes(crowded)
    heap = draw(holders(sizes[0], 0.1, 0.0))
    left = 13 - len(names(heap))
    assert left > 0
    assert f"Names without room stand in the tooltips: {left}." in notes(heap)


def test_long_names_are_cut_in_their_middle(sizes: list[Any]) -> None:
    """A name too long for the plot is cut, and still there."""
    (name,) = names(draw([replace(sizes[0], model_name=f"{'Very-long-name-' * 20}7B")]))
    assert name.startswith("Very-long")
    assert name.endswith("7B")
    assert len(name) < 60


def test_gain_a_year(seed: Any) -> None:
    """Over dates the gain is a year's."""
    rows, fits = seed.seed_points("date", ["MATH-500"]), seed.seed_fits("date", ["MATH-500"])
    assert "Gain a year: MATH-500" in notes(draw(rows, fits, by="date"))


def test_intervals(sizes: list[Any]) -> None:
    """Intervals are drawn on request, where known, and widen the axis."""
    rows = [*sizes[:3], replace(sizes[3], lower=None, upper=None)]
    figure = draw(rows, intervals=True)
    assert len(layer(figure, "intervals")["rows"]) == 3
    low, high = layer(figure, "points")["encoding"]["y"]["scale"]["domain"]
    assert low <= min(row.lower for row in rows[:3])
    assert high >= max(row.upper for row in rows[:3])
    assert "No line where the uncertainty is unknown: GPQA Diamond." in notes(figure)
    assert "Lines are intervals, from the benchmark's catalogued number of items" in notes(figure)
    assert "intervals" not in layer_names(draw(sizes))
    unknown = [replace(row, lower=None, upper=None) for row in sizes]
    assert "intervals" not in layer_names(draw(unknown, intervals=True))


def names(figure: dict[str, Any]) -> set[str]:
    """The models named in the plot."""
    return {
        row["text"] for name in layer_names(figure) if name.startswith("names") for row in layer(figure, name)["rows"]
    }


def test_names(sizes: list[Any]) -> None:
    """Records are named, or all models, or none."""
    assert names(draw(sizes)) == {"AM-Distill-Qwen-32B", "DeepSeek-R1-Distill-Llama-70B", "AM-Distill-Qwen-72B"}
    assert len(names(draw(sizes, named="all"))) == 4
    assert names(draw(sizes, named="none")) == set()


def test_several_benchmarks(seed: Any) -> None:
    """Several benchmarks have a legend in colours and shapes and name each model once; a single one has neither."""
    figure = draw(seed.seed_points("parameters"))
    encoding = layer(figure, "points")["encoding"]
    assert len(set(encoding["color"]["scale"]["range"])) == len(set(encoding["shape"]["scale"]["range"])) == 4
    assert encoding["y"]["title"] == "Pass@1 (%)"
    named = [
        row["text"] for part in layer_names(figure) if part.startswith("names") for row in layer(figure, part)["rows"]
    ]
    assert len(named) == len(set(named))
    single = layer(draw(seed.seed_points("parameters", ["MATH-500"])), "points")["encoding"]
    assert single["color"]["legend"] is None
    assert single["y"]["title"] == "MATH-500, pass@1 (%)"


def test_several_metrics(sizes: list[Any]) -> None:
    """Where metrics differ the axis says "Score"."""
    other = replace(sizes[0], metric="accuracy")
    assert layer(draw([*sizes, other]), "points")["encoding"]["y"]["title"] == "Score (%)"


def test_models_without_a_place(sizes: list[Any]) -> None:
    """A model of unknown size is named below the chart; if all are, that is an error."""
    lost = replace(sizes[0], model_name="GPT-4o", n_parameters=None)
    assert "Not shown, because their size is unknown: GPT-4o." in notes(draw([*sizes, lost]))
    with pytest.raises(ChartError, match="no model shown has a known parameter count"):
        plot_trend([lost])
    with pytest.raises(ChartError, match="no model shown has a known release date"):
        plot_trend([replace(lost, released_on=None)], by="date")
    undated = [replace(lost, released_on=None), replace(lost, released_on=date(2024, 5, 13))]
    assert "because their release date is unknown" in notes(draw(undated, by="date"))


def test_errors(sizes: list[Any]) -> None:
    """Unknown choices and several units are errors."""
    with pytest.raises(ChartError, match=r'by="size" is unknown\. Choose one of: parameters, date'):
        plot_trend(sizes, by="size")  # type: ignore[arg-type] # what a command line may pass
    with pytest.raises(ChartError, match="one axis needs one unit"):
        plot_trend([sizes[0], replace(sizes[1], unit="elo")])


def test_footnotes_can_go(sizes: list[Any]) -> None:
    """Footnotes can be left out."""
    assert notes(draw(sizes, footnotes=False)) == ""


def test_axis_from_zero_needs_no_note(sizes: list[Any]) -> None:
    """An axis that starts at zero is not remarked on."""
    rows = [replace(sizes[0], value=0.0, best_so_far=0.0), sizes[2]]
    assert "starts at" not in notes(draw(rows))


@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(0, 300)), min_size=1, max_size=30),
    st.text(alphabet="abcM-", min_size=1, max_size=12),
)
def test_names_cover_nothing(points: list[tuple[float, float]], text: str) -> None:
    """No placed name covers a point or another name, and all stay in the plot."""
    obstacles = [(x - 5, y - 5, x + 5, y + 5) for x, y in points]
    places = place_labels([Anchor(x, y, text) for x, y in points], obstacles, (400, 300), 11)
    boxes = list(obstacles)
    from benchdb.charts.labels import text_width

    wide = text_width(text, 11)
    for place in places:
        if place is None:
            continue
        left = place.x - {"left": 0.0, "center": wide / 2, "right": wide}[place.align]
        box = (left, place.y - 6.5, left + wide, place.y + 6.5)
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 400
        assert box[3] <= 300
        assert not any(box[0] < x1 and x0 < box[2] and box[1] < y1 and y0 < box[3] for x0, y0, x1, y1 in boxes)
        boxes.append(box)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
def test_axes_hold_their_values(values: list[float]) -> None:
    """A chosen axis holds every value, begins and ends on a tick, and has few ticks."""
    low, high, step = nice_domain(values)
    assert low <= min(values) + 1e-9 * step
    assert high >= max(values) - 1e-9 * step
    assert 2 <= len(ticks(low, high, step)) <= 11


@pytest.mark.parametrize(("span", "step"), [(70, 10), (100, 10), (39, 5), (0.3, 0.05), (24, 2.5)])
def test_steps_are_round(span: float, step: float) -> None:
    """Ticks are 1, 2, 2.5 or 5 times a power of ten apart and at most ten parts."""
    assert nice_step(span) == pytest.approx(step)
