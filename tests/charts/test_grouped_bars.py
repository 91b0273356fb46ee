"""Grouped bars beyond the seed figure."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import pytest

from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.save import draw_svg, to_vega_lite
from benchdb.charts.theme import LIGHT
from benchdb.errors import ChartError
from tests.charts.specification import layer, layer_names, notes


@pytest.fixture
def cells(seed: Any) -> list[Any]:
    """The cells of the seed figure."""
    found: list[Any] = seed.seed_cells()
    return found


def draw(cells: list[Any], **options: Any) -> dict[str, Any]:
    """The specification of a grouped bar chart."""
    return to_vega_lite(plot_grouped_bars(cells, **options))


def test_defaults(cells: list[Any]) -> None:
    """Without options bars start at zero, reach to 100 per cent, and the axis names metric and unit."""
    figure = draw(cells)
    y = layer(figure, "bars")["encoding"]["y"]
    assert y["scale"]["domain"] == [0, 100]
    assert y["axis"]["values"] == list(range(0, 101, 10))
    assert y["title"] == "Pass@1 (%)"
    assert "title" not in figure
    assert notes(figure) == ""


def test_several_metrics(cells: list[Any]) -> None:
    """Where metrics differ the axis says "Score" and each benchmark its own metric."""
    cells[0] = replace(cells[0], metric="accuracy", metric_name="Accuracy")
    figure = draw(cells)
    assert layer(figure, "bars")["encoding"]["y"]["title"] == "Score (%)"
    assert "AIME 2024\n(Accuracy)" in layer(figure, "bars")["encoding"]["x"]["sort"]


@pytest.mark.parametrize(
    ("unit", "values", "domain"),
    [("fraction", (0.2, 0.9), [0, 1]), ("elo", (1100.0, 1290.0), [0, 1400]), ("points", (-12.0, 27.0), [-15, 30])],
)
def test_natural_axes(cells: list[Any], unit: str, values: tuple[float, float], domain: list[float]) -> None:
    """Fractions reach to one, other units to the next round number; negative values go below a line at zero."""
    low, high = (replace(cell, value=value, unit=unit) for cell, value in zip(cells[:2], values, strict=True))
    figure = draw([low, high])
    assert layer(figure, "bars")["encoding"]["y"]["scale"]["domain"] == domain
    assert ("zero" in layer_names(figure)) == (domain[0] < 0)


def test_error_bars(cells: list[Any]) -> None:
    """Intervals are drawn where known; a footnote names those that have none and what the others rest on."""
    figure = draw(cells, error_bars=True, domain=(30, 100))
    drawn = layer(figure, "intervals")["rows"]
    assert {row["name"] for row in drawn} == {"AIME 2024", "MATH-500", "GPQA Diamond"}
    aime = drawn[0]
    assert aime["lower"] == pytest.approx(72.7 - 1.959964 * 100 * math.sqrt(0.727 * 0.273 / 30))
    assert "95 % intervals, from the benchmark's catalogued number of items" in notes(figure)
    assert "No line where the uncertainty is unknown: LiveCodeBench." in notes(figure)
    assert "intervals" not in layer_names(draw(cells))


def test_error_bars_of_unknown_only(cells: list[Any]) -> None:
    """With no interval known none is drawn, and the footnote says so."""
    figure = draw(cells[-4:], error_bars=True)
    assert "intervals" not in layer_names(figure)
    assert "unknown: LiveCodeBench" in notes(figure)


def test_single_unknown_error_is_named(cells: list[Any]) -> None:
    """A model without an interval among others with one is named with its benchmark."""
    cells[0] = replace(cells[0], lower=None, upper=None)
    assert "AM-Distill-Qwen-32B on AIME 2024" in notes(draw(cells, error_bars=True))


def test_cut_intervals(cells: list[Any]) -> None:
    """An interval that leaves the axis loses its cap, and a footnote explains it."""
    figure = draw(cells, error_bars=True, domain=(57, 100))
    assert "goes on beyond the axis" in notes(figure)
    assert layer(figure, "lower ends")["transform"] == [{"filter": "datum.lower >= 57"}]


def test_values_stand_above_intervals(cells: list[Any]) -> None:
    """A value is written above its interval, and inside the plot's reach where that is cut."""
    row = layer(draw(cells, error_bars=True), "values")["rows"][0]
    assert row["top"] == pytest.approx(row["upper"])
    plain = layer(draw(cells, values=True), "values")["rows"][0]
    assert plain["top"] == 72.7
    assert "values" not in layer_names(draw(cells, values=False))


def test_approximate_values(cells: list[Any]) -> None:
    """Single approximate values are marked; where all are, one footnote says it."""
    one = draw([replace(cells[0], is_approximate=True), *cells[1:]])
    assert [row["text"] for row in layer(one, "values")["rows"][:2]] == ["≈72.7", "72.6"]
    assert "≈ approximate value." in notes(one)
    every = draw([replace(cell, is_approximate=True) for cell in cells])
    assert layer(every, "values")["rows"][0]["text"] == "72.7"
    assert notes(every) == "All values are approximate."


def test_mixed_protocols(cells: list[Any]) -> None:
    """Benchmarks on which protocols differ are named; footnotes can be left out."""
    cells[0] = replace(cells[0], fingerprint=7)
    assert notes(draw(cells)) == "Protocols differ between models on AIME 2024."
    assert notes(draw(cells, footnotes=False)) == ""


def test_missing_is_never_zero(cells: list[Any]) -> None:
    """A missing score is a dash in its place and no bar."""
    figure = draw(cells[1:])
    assert len(layer(figure, "bars")["rows"]) == 15
    assert layer(figure, "missing")["rows"] == [
        {"model": "AM-Distill-Qwen-32B", "benchmark": "AIME 2024\n(Pass@1)", "text": "–", "base": 0.0}
    ]
    assert notes(figure) == "– no score in the database."


@pytest.mark.parametrize(
    ("place", "high", "orient"),
    [
        ("top-right", 59.0, "top-right"),
        ("top-right", 99.0, "right"),
        ("top-left", 59.0, "right"),
        ("right", 59.0, "right"),
        ("top", 59.0, "top"),
    ],
)
def test_legend_covers_nothing(cells: list[Any], place: Any, high: float, orient: str) -> None:
    """A corner is used only if no bar or value lies under the legend; else it stands beside the plot."""
    first, last = cells[:4], [replace(cell, value=high) for cell in cells[-4:]]
    figure = draw([*[replace(cell, value=99.0) for cell in first], *cells[4:-4], *last], legend=place)
    assert layer(figure, "legend")["encoding"]["color"]["legend"]["orient"] == orient


def test_narrow_plot_puts_legend_above(cells: list[Any]) -> None:
    """A legend wider than half the plot stands above it, and values stand upright on narrow bars."""
    figure = draw(cells, width=200)
    assert figure["width"] == 200
    assert layer(figure, "legend")["encoding"]["color"]["legend"]["orient"] == "top"
    assert layer(figure, "values")["mark"]["angle"] == 270


def test_no_legend(cells: list[Any]) -> None:
    """The legend can be left out."""
    assert layer(draw(cells, legend="none"), "legend")["encoding"]["color"]["legend"] is None


def test_without_hatching(cells: list[Any]) -> None:
    """Bars can be plain."""
    assert "hatching" not in layer_names(draw(cells, hatch=False))


def test_one_bar(cells: list[Any]) -> None:
    """One model on one benchmark is a bar that its name fits below, in a plot that a title fits."""
    figure = draw(cells[:1])
    x = layer(figure, "bars")["encoding"]["x"]["scale"]
    assert figure["width"] == 300
    assert figure["width"] * (1 - x["paddingInner"]) < 84


def many_cells(cells: list[Any], models: int, benchmarks: int) -> list[Any]:
    """That many models on that many benchmarks."""
    return [
        replace(
            cells[0],
            model=f"m/{model}",
            model_name=f"Model {model}",
            organization=f"Maker {model}",
            benchmark=f"b{benchmark}",
            benchmark_name=f"Benchmark with Quite a Long Name {benchmark}",
            value=float((5 + 7 * model + benchmark) % 100),
        )
        for benchmark in range(benchmarks)
        for model in range(models)
    ]


def test_many_bars_wrap(cells: list[Any]) -> None:
    """12 models on 10 benchmarks make two panels on one axis, bars as wide in both, with upright values and one legend."""
    figure = draw(many_cells(cells, 12, 10), title="Many")
    upper, lower = figure["vconcat"]
    assert upper["width"] == lower["width"] == 1026
    assert [len(layer(figure | part, name)["rows"]) for part, name in ((upper, "bars_0"), (lower, "bars_1"))] == [
        60,
        60,
    ]
    for part, suffix in ((upper, "_0"), (lower, "_1")):
        bars = layer(figure | part, f"bars{suffix}")["encoding"]
        assert bars["y"]["scale"]["domain"] == [0, 100]
        assert len(set(bars["color"]["scale"]["range"])) == 8
        assert layer(figure | part, f"values{suffix}")["mark"]["angle"] == 270
        legend = layer(figure | part, f"legend{suffix}")["encoding"]["color"]["legend"]
        assert (legend is None) == (suffix == "_1")
    assert figure["title"]["text"] == ["Many"]
    drawn = draw_svg(figure)
    assert [drawn.count(f">Model {model} (32B)<") for model in range(12)] == [1] * 12
    assert drawn.count(">(Pass@1)<") == 10


def test_last_panel_is_narrower(cells: list[Any]) -> None:
    """A panel with fewer benchmarks keeps the width of the bars; footnotes stand under the last."""
    figure = draw(many_cells(cells, 12, 7)[1:])
    upper, lower = figure["vconcat"]
    assert upper["width"] / 4 == pytest.approx(lower["width"] / 3, abs=1)
    assert layer(figure | lower, "footnotes_1")["mark"]["text"] == ["– no score in the database."]
    assert "footnotes_0" not in layer_names(upper)


def test_a_given_width_wraps(cells: list[Any]) -> None:
    """Where the bars do not fit a given width side by side they continue below; one benchmark that does not fit is an error."""
    figure = draw(many_cells(cells, 6, 4), width=200)
    assert [part["width"] for part in figure["vconcat"]] == [200, 200]
    with pytest.raises(ChartError, match="a plot 50 pixels wide is too narrow for the bars of 6 models"):
        draw(many_cells(cells, 6, 4), width=50)


def test_too_many_models(cells: list[Any]) -> None:
    """40 models are drawn, each with a look of its own; 41 are an error that names charts for so many."""
    figure = draw(many_cells(cells, 40, 1))
    scale = layer(figure, "legend")["encoding"]
    looks = set(zip(scale["color"]["scale"]["range"], scale["shape"]["scale"]["range"], strict=True))
    assert len(looks) == 40
    with pytest.raises(ChartError, match=r"41 models are more than the 40 .* \(leaderboard\)"):
        draw(many_cells(cells, 41, 1))


@pytest.mark.parametrize("name", ["AM-Distill-Qwen-72B", "am-distill-qwen-72b", "a-m-team/am-distill-qwen-72b"])
def test_highlight(cells: list[Any], name: str) -> None:
    """A highlighted model keeps its colour and the others turn grey, bars and values; names and slugs both do."""
    figure = draw(cells, highlight=[name])
    scale = layer(figure, "bars")["encoding"]["color"]["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    plain = layer(draw(cells), "bars")["encoding"]["color"]["scale"]["range"]
    assert colours.pop("AM-Distill-Qwen-72B") == plain[2]
    assert set(colours.values()) == {LIGHT.faded}
    assert {row["model"] for row in layer(figure, "values")["rows"]} == {"AM-Distill-Qwen-72B"}
    assert len(layer(figure, "values behind")["rows"]) == 12


def test_hatch_by(cells: list[Any]) -> None:
    """The hatching can show a field: the first value plain, each other in its own direction, with a key below the plot."""
    figure = draw(cells, hatch_by="evidence")
    by_evidence: dict[str, set[bool]] = {}
    for row in layer(figure, "bars")["rows"]:
        by_evidence.setdefault(row["evidence"], set()).add(bool(row["hatch"]))
    assert by_evidence == {"borrowed": {False}, "unknown": {True}}
    shapes = layer(figure, "legend")["encoding"]["shape"]["scale"]["range"]
    assert len(set(shapes)) == 1
    texts = [part["mark"]["text"] for part in figure["layer"] if isinstance(part["mark"].get("text"), str)]
    assert texts == ["Evidence:", "borrowed", "unknown"]
    words = draw(
        [replace(cells[0], is_first_party=True), replace(cells[1], is_first_party=None)], hatch_by="is_first_party"
    )
    texts = [part["mark"]["text"] for part in words["layer"] if isinstance(part["mark"].get("text"), str)]
    assert texts == ["First party:", "yes", "unknown"]


@pytest.mark.parametrize(("models", "step"), [(5, 38.0), (7, 32.0), (9, 22.0)])
def test_bars_get_narrower(cells: list[Any], models: int, step: float) -> None:
    """The more models there are, the narrower each bar."""
    few = [replace(cells[0], model=str(number), model_name=f"M{number}") for number in range(models)]
    figure = draw([*few, *[replace(cell, benchmark="b2", benchmark_name="B2") for cell in few]])
    assert figure["width"] == round(2 * models * step / 0.76)


def test_equal_names_stay_apart(cells: list[Any]) -> None:
    """Two models, or two benchmarks, of one name are told apart by their slugs."""
    twin = replace(cells[0], model="other/am", benchmark="aime-2024-ii")
    bars = layer(draw([cells[0], twin]), "bars")["encoding"]
    assert bars["xOffset"]["sort"] == ["AM-Distill-Qwen-32B", "AM-Distill-Qwen-32B [other/am]"]
    assert bars["x"]["sort"] == ["AIME 2024\n(Pass@1)", "AIME 2024\n(Pass@1) [aime-2024-ii]"]


def test_dark_theme(cells: list[Any]) -> None:
    """The dark theme is carried by the specification itself."""
    assert draw(cells, theme="dark")["config"]["background"] == "#14171c"


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"unit": "elo"}, {}, "one axis needs one unit, found elo (AIME 2024) and percent (AIME 2024)"),
        ({"value": math.nan}, {}, "row 0: value is nan"),
        (
            {"model": "deepseek/deepseek-r1-distill-qwen-32b", "model_name": "X"},
            {},
            "two cells for DeepSeek-R1-Distill-Qwen-32B on AIME 2024",
        ),
        ({}, {"domain": (60, 100)}, "domain=(60, 100) hides 4 of 16 bars, for instance DeepSeek-R1-Distill-Qwen-32B"),
        ({}, {"domain": (100, 30)}, "the axis must rise"),
        ({}, {"domain": (30, 100), "step": 0}, "step=0: ticks must be"),
        ({}, {"step": -1}, "step=-1: ticks must be"),
        ({}, {"legend": "left"}, 'legend="left" is unknown. Choose one of: top-right, top-left, right, top, none'),
        ({}, {"colour": "rainbow"}, 'colour="rainbow" is unknown. Choose one of: size-and-maker, model'),
        ({}, {"theme": "x"}, 'Theme "x" is unknown'),
        ({}, {"highlight": ["GPT"]}, 'the chart has no model "GPT". Choose among: AM-Distill-Qwen-32B'),
        ({}, {"hatch_by": "maker_"}, 'hatch_by="maker_" is no field of a cell.'),
        ({}, {"hatch_by": "evidense"}, "Did you mean evidence?"),
        ({}, {"hatch_by": "score_id"}, 'hatch_by="score_id": 16 values are more than the 6 hatchings'),
        ({}, {"width": 0}, "width=0: expected a number of pixels above 0"),
    ],
)
def test_what_cannot_be_drawn(cells: list[Any], change: Any, options: Any, message: str) -> None:
    """What would mislead or cannot be drawn is an error that says where and what to do."""
    cells[0] = replace(cells[0], **change)
    with pytest.raises(ChartError, match=re.escape(message)):
        plot_grouped_bars(cells, **options)


def test_no_rows() -> None:
    """Nothing to draw is an error that says what is missing."""
    with pytest.raises(ChartError, match="grouped bars: there are no Cell rows to draw"):
        plot_grouped_bars([])


def test_rows_of_another_kind(seed: Any) -> None:
    """Rows of another query are an error that names both kinds."""
    with pytest.raises(ChartError, match="row 0: expected a Cell, found a Standing"):
        plot_grouped_bars(seed.seed_standings())


def test_names_stand_below_the_bars_of_one_benchmark(cells: list[Any]) -> None:
    """With one benchmark each bar is named in lines below it, and there is no legend."""
    figure = draw(cells[:4])
    assert [row["lines"].replace("\n", "") for row in layer(figure, "names")["rows"]] == [
        cell.model_name for cell in cells[:4]
    ]
    assert layer(figure, "legend")["encoding"]["shape"]["legend"] is None


def test_names_that_do_not_fit_below_the_bars_make_a_legend(cells: list[Any]) -> None:
    """A word wider than the bar's place would be cut, so the legend stays; so it does where it is asked for elsewhere."""
    long = [replace(cells[0], model_name="Unbreakablelongmodelname"), *cells[1:4]]
    for figure in (draw(long), draw(cells[:4], legend="right"), draw(cells)):
        assert "names" not in layer_names(figure)
        assert layer(figure, "legend")["encoding"]["shape"]["legend"] is not None
