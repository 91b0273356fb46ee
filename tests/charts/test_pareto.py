"""Scores over size with the front that none beats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.charts.fit_band import fit_band
from benchdb.charts.labels import text_width
from benchdb.charts.pareto import plot_pareto
from benchdb.charts.placement import Anchor, Place, name_layers, place_labels
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes

if TYPE_CHECKING:
    from benchdb.charts.placement import Box

FRONT = {
    "Kestrel 1B", "Robin 2B", "Kestrel 3B", "Heron 7B", "Kestrel 14B", "Heron 32B", "Heron 72B", "Finch Large MoE",
    "Osprey MoE",
}  # fmt: skip
"""Those of the invented models that are the best up to their total size, read off the list."""


def draw(rows: list[Any], fits: Any = (), **options: Any) -> dict[str, Any]:
    """The specification of the chart."""
    return to_vega_lite(plot_pareto(rows, fits, **options))


def named(figure: dict[str, Any]) -> list[str]:
    """The names in the plot."""
    return [
        row["text"] for name in layer_names(figure) if name.startswith("names") for row in layer(figure, name)["rows"]
    ]


def test_the_front_is_a_step_line_through_its_members(size_rows: Any) -> None:
    """Steps go up at each member and on to the right edge; members are diamonds with their names."""
    figure = draw(size_rows.pareto_points())
    steps = layer(figure, "front steps")
    assert steps["mark"]["interpolate"] == "step-after"
    assert [row["value"] for row in steps["rows"]] == [24.2, 27.8, 33.3, 39.4, 48.0, 56.6, 62.6, 65.2, 71.7, 71.7]
    front = layer(figure, "front")
    assert front["mark"]["shape"] == "diamond"
    assert {row["model"] for row in front["rows"]} == FRONT == set(named(figure))


def test_active_parameters_are_an_axis_of_their_own(size_rows: Any) -> None:
    """Over active parameters the mixture of experts with 3 billion active ones is on the front, left of Heron 7B."""
    figure = draw(size_rows.pareto_points("active"), parameters="active")
    x = layer(figure, "front")["encoding"]["x"]
    assert (x["scale"]["type"], x["title"]) == ("log", "Active parameters (logarithmic)")
    places = {row["model"]: row["at"] for row in layer(figure, "front")["rows"]}
    assert places["Finch MoE"] == 3_000_000_000
    assert "Heron 7B" not in places


def test_both_sizes_are_ends_of_a_line(size_rows: Any) -> None:
    """Where both sizes count a mixture of experts is a line from active to total, and there are no steps."""
    figure = draw(size_rows.pareto_points(), parameters="both")
    spans = {row["from"]: row["at"] for row in layer(figure, "active to total")["rows"]}
    assert spans == {3 * 10**9: 30 * 10**9, 22 * 10**9: 235 * 10**9, 37 * 10**9: 671 * 10**9}
    assert "front steps" not in layer_names(figure)
    assert "fit" not in layer_names(draw(size_rows.pareto_points(), [size_rows.size_fit()], parameters="both"))


def test_beaten_models_are_hollow_unless_established(size_rows: Any) -> None:
    """A model beaten within the noise is a hollow circle, one beaten beyond it a filled one."""
    figure = draw(size_rows.pareto_points())
    filled, hollow = layer(figure, "beaten, established"), layer(figure, "beaten, not established")
    assert {row["model"] for row in filled["rows"]} == {"Robin 34B"}
    assert {row["model"] for row in hollow["rows"]} == {"Robin 8B", "Finch MoE", "Kestrel 70B"}
    assert hollow["mark"]["fill"] != filled["mark"]["fill"]
    assert "hollow ones by a score not established as better" in notes(figure)


def test_the_band_is_that_of_the_mean(size_rows: Any) -> None:
    """At the mean size the band is the quantile times the scatter over the root of n, and it is wider at the ends."""
    fit = size_rows.size_fit()
    band = fit_band(fit, fit.centre - 1, fit.centre + 1)
    (middle,) = [(lower, upper) for at, lower, upper in band if at == pytest.approx(fit.centre)]
    line = fit.intercept + fit.slope * fit.centre
    assert middle == pytest.approx((line - 2.200985 * fit.centre_stderr, line + 2.200985 * fit.centre_stderr), abs=1e-5)
    assert band[0][2] - band[0][1] > middle[1] - middle[0]
    figure = draw(size_rows.pareto_points(), [fit])
    assert len(layer(figure, "band of the fit")["rows"]) == 33
    assert "Band: 95 % interval of the fitted mean at each place" in notes(figure)
    assert "band of the fit" not in layer_names(draw(size_rows.pareto_points(), [fit], bands=False))


def test_lines_without_errors_have_no_band(size_rows: Any) -> None:
    """A fit of unknown errors is a line alone, dotted unless established; one without a slope is said to lack."""
    fit = size_rows.size_fit()
    bare = draw(size_rows.pareto_points(), [replace(fit, centre_stderr=None, verdict="not established")])
    assert "band of the fit" not in layer_names(bare)
    assert layer(bare, "fit")["mark"]["strokeDash"] == [2, 4]
    none = draw(size_rows.pareto_points(), [replace(fit, slope=None, intercept=None)])
    assert "No fitted line: fewer than three models, or all of one size." in notes(none)
    assert fit_band(replace(fit, slope=None), 9, 10) == fit_band(replace(fit, n_models=2), 9, 10) == []


def test_unknown_sizes_are_counted(size_rows: Any) -> None:
    """Models without a stated number of active parameters are counted and named below."""
    unsized = [f"Closed {number}" for number in range(1, 7)]
    figure = draw(size_rows.pareto_points("active"), parameters="active", unsized=unsized)
    text = "Not drawn, because the number of active parameters is not known: 6 models (Closed 1, Closed 2, Closed 3, Closed 4 and 2 more)."
    assert text in notes(figure)


def test_intervals_and_tooltips(size_rows: Any) -> None:
    """Intervals are drawn where known on request; the tooltip gives value, interval, evidence and source."""
    rows = size_rows.pareto_points()
    figure = draw([replace(rows[0], lower=None, upper=None), *rows[1:]], intervals=True)
    assert len(layer(figure, "intervals")["rows"]) == 12
    assert "Upright lines are intervals, from stated numbers of items" in notes(figure)
    titles = [tip["title"] for tip in layer(figure, "front")["encoding"]["tooltip"]]
    assert {"Value", "Interval", "Evidence", "Source", "Total parameters", "Active parameters"} <= set(titles)
    first = next(row for row in layer(figure, "front")["rows"] if row["model"] == "Kestrel 1B")
    assert (first["interval"], first["total"], first["source"]) == ("unknown", "1.2B", "Invented")


def test_a_hundred_models_and_long_names(size_rows: Any) -> None:
    """Of a hundred members with long names some find no room, which is said; what is named covers nothing."""
    template = size_rows.pareto_points()[0]
    rows = [
        replace(
            template, model=f"m{number}", model_name=f"{'Exceedingly-long-name-' * 12}{number}",
            n_parameters=10**9 * (number + 1), value=20 + number / 2,
        )
        for number in range(100)
    ]  # fmt: skip
    chart = plot_pareto(rows)
    figure = to_vega_lite(chart)
    assert "of 100 names on the front found no room" in notes(figure)
    assert all(text_width(text, 11) <= 260 for text in named(figure))
    assert render_chart(chart, "png", scale=1)[:4] == b"\x89PNG"


def test_one_model_alone(size_rows: Any) -> None:
    """A single model has an axis with ticks around it and is on the front."""
    chart = plot_pareto([size_rows.pareto_points()[-1]])
    figure = to_vega_lite(chart)
    assert named(figure) == ["Osprey MoE"]
    assert len(layer(figure, "front")["encoding"]["x"]["axis"]["values"]) > 1
    assert render_chart(chart, "png", scale=1)[:4] == b"\x89PNG"


def test_lower_is_better_is_said(size_rows: Any) -> None:
    """Where lower is better the axis says so, and the steps go down."""
    rows = [
        replace(row, higher_is_better=False, value=100 - (row.value or 0), lower=None, upper=None)
        for row in size_rows.pareto_points()
    ]
    figure = draw(rows)
    assert layer(figure, "front")["encoding"]["y"]["title"].endswith("; lower is better")
    values = [row["value"] for row in layer(figure, "front steps")["rows"]]
    assert values == sorted(values, reverse=True)


def test_names_at_a_distance_have_a_line_that_crosses_no_name() -> None:
    """A name hemmed in stands above what hems it in, and the name of a point on its line keeps off that line."""
    hem: list[Box] = [(60, 70, 240, 95), (60, 105, 240, 130), (60, 94, 143, 106), (157, 94, 240, 106)]
    anchors = [Anchor(150.0, 100.0, "Hemmed in"), Anchor(150.0, 40.0, "Above"), Anchor(155.0, 84.0, "Beside the line")]
    assert place_labels(anchors, hem, (300, 200), 11)[0] is None
    hemmed, above, beside = place_labels(anchors, hem, (300, 200), 11, far=True)
    # Four times the usual 8 pixels away, above the hem that ends at 70: 100 - 32 - half a line of 13.
    assert hemmed == Place(150.0, 61.5, "center", is_far=True)
    assert above is not None
    assert above.is_far is False
    assert beside is None or not (beside.align == "center" and 55 < beside.y < 100)
    (lead, *_) = name_layers(anchors, [hemmed, above, beside])
    (drawn,) = [row for row in lead.to_dict()["datasets"].popitem()[1] if row["y2"] == 68.0]
    assert (drawn["x"], drawn["y"], drawn["x2"]) == (150.0, 94.0, 150.0)


def test_what_cannot_be_drawn(size_rows: Any) -> None:
    """Several benchmarks, a joint front, an unknown size and an unknown kind of size are errors that say why."""
    rows = size_rows.pareto_points()
    with pytest.raises(ChartError, match="no ParetoPoint rows"):
        draw([])
    with pytest.raises(ChartError, match=r"expected one benchmark, found gpqa-diamond, other\. Choose one with -b"):
        draw([rows[0], replace(rows[1], benchmark="other")])
    with pytest.raises(ChartError, match="several benchmarks at once has no single score"):
        draw([replace(row, value=None) for row in rows])
    with pytest.raises(ChartError, match="the number of active parameters of Kestrel 1B is not known"):
        draw([replace(rows[0], n_active_parameters=None)], parameters="active")
    with pytest.raises(ChartError, match='parameters="weight" is unknown'):
        draw(rows, parameters="weight")
