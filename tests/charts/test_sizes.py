"""Charts drawn for paper and slides."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import altair as alt
import pytest

from benchdb.charts.carried import png_chunks
from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.heat_map import plot_heat_map
from benchdb.charts.leaderboard import plot_leaderboard
from benchdb.charts.ranks import plot_ranks
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.charts.sizes import fit_chart
from benchdb.errors import ChartError
from tests.charts.kinds import KINDS, Rows, lengthened
from tests.charts.specification import overlaps

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def draw(seed: Any) -> Callable[..., Any]:
    """Draws the seed's bars with a plot of that width."""
    cells = seed.seed_cells()
    return lambda width, room: plot_grouped_bars(cells, title="Bars", width=width, room=room)


@pytest.mark.parametrize(("size", "inches"), [("single-column", 3.3), ("double-column", 6.9)])
def test_paper(draw: Callable[..., Any], size: str, inches: float) -> None:
    """PNG, SVG and PDF are as wide as the column, the PNG at 300 dots an inch, and labels have 8 points."""
    chart = fit_chart(draw, size).chart
    png = render_chart(chart, "png")
    chunks = dict(png_chunks(png))
    (pixels,) = struct.unpack(">I", png[16:20])
    dots = struct.unpack(">I", chunks[b"pHYs"][:4])[0] * 0.0254
    assert dots == pytest.approx(300, abs=0.1)
    assert pixels / dots == pytest.approx(inches, abs=0.02)
    svg = render_chart(chart, "svg").decode()
    width = re.search(r'<svg[^>]* width="([\d.]+)pt"', svg)
    box = re.search(r'viewBox="0 0 ([\d.]+) ', svg)
    assert width is not None
    assert box is not None
    assert float(width[1]) / 72 == pytest.approx(inches, abs=0.02)
    assert float(width[1]) / float(box[1]) * 12 == pytest.approx(8, abs=0.01)
    media = re.search(rb"/MediaBox ?\[0 0 ([\d.]+)", render_chart(chart, "pdf"))
    assert media is not None
    assert float(media[1]) / 72 == pytest.approx(inches, abs=0.02)


def test_slide(draw: Callable[..., Any]) -> None:
    """A slide is 1920 by 1080 pixels and its labels are larger than a screen's."""
    chart = fit_chart(draw, "slide").chart
    width, height = struct.unpack(">II", render_chart(chart, "png")[16:24])
    assert abs(width - 1920) <= 2
    assert abs(height - 1080) <= 2
    assert to_vega_lite(chart)["usermeta"]["sheet"]["points"] * 12 > 12


def test_known_width_draws_the_same_again(draw: Callable[..., Any]) -> None:
    """The width that was found draws the same specification without looking for it."""
    found = fit_chart(draw, "double-column")
    assert to_vega_lite(fit_chart(draw, "double-column", found.width).chart) == to_vega_lite(found.chart)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "inches"), [("single-column", 3.3), ("double-column", 6.9), ("slide", 40 / 3)])
def test_every_kind_fits_every_size(kind: str, size: str, inches: float, rows: Rows) -> None:
    """The drawing is as wide as the sheet to a hundredth of an inch, and no two of its texts cover each other."""
    chart = fit_chart(
        KINDS[kind].drawer(rows, title=f"A Title for {kind} That Takes a Good Part of a Line"), size
    ).chart
    svg = render_chart(chart, "svg")
    width = re.search(r'<svg[^>]* width="([\d.]+)pt"', svg.decode())
    assert width is not None
    assert float(width[1]) / 72 == pytest.approx(inches, abs=0.015)
    assert overlaps(svg) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_with_long_names_fits_a_column(kind: str, rows: Rows) -> None:
    """Names of 300 characters are cut for the sheet's sake, and the PNG has its 990 pixels."""
    long = [lengthened(row) for row in KINDS[kind].rows(rows)]
    found = fit_chart(lambda width, room: KINDS[kind].plot(long, width=width, room=room), "single-column")
    (pixels,) = struct.unpack(">I", render_chart(found.chart, "png")[16:20])
    assert pixels == pytest.approx(990, abs=4)


def test_texts_stand_above_the_marks_where_a_column_is_narrow(rows: Rows) -> None:
    """Beside the marks of a leaderboard there is no room for names and means in a column; on a page there is."""
    draw = KINDS["leaderboard"].drawer(rows)
    narrow, wide = (to_vega_lite(fit_chart(draw, size).chart)["layer"] for size in ("single-column", "double-column"))
    names = [[part.get("name") for part in layers] for layers in (narrow, wide)]
    assert "texts of model" in names[0]
    assert "texts of model" not in names[1]
    assert [each.count("texts of text") for each in names] == [1, 1]


def test_too_many_columns_for_a_column(seed: Any) -> None:
    """What leaves the cells no room is an error that says how much there is."""
    cells = [
        replace(seed.seed_cells()[0], benchmark=f"b{number}", benchmark_name=f"Benchmark {number}")
        for number in range(60)
    ]
    with pytest.raises(
        ChartError, match=r"^60 columns have \d\.\d pixels each, and their names need 9\. Choose a wider"
    ):
        fit_chart(lambda width, room: plot_heat_map(cells, width=width, room=room), "single-column")


def test_too_many_rankings_for_a_column(seed: Any) -> None:
    """Headings that would cover each other are an error that says how much room they need."""
    rows = [replace(row, aggregate=f"{row.aggregate}-{number}") for number in range(4) for row in seed.seed_rankings()]
    with pytest.raises(ChartError, match=r"ranks: 12 rankings side by side need \d+ pixels, and \d+ are left"):
        fit_chart(lambda width, room: plot_ranks(rows, width=width, room=room), "single-column")


def test_too_much_beside_the_plot() -> None:
    """A picture that stays too wide however narrow its plot is an error that says how much stands beside it."""

    def stubborn(width: float | None, room: float | None) -> Any:
        del room
        mark = alt.Chart(alt.InlineData(values=[{}])).mark_text(text="W" * 60)
        return mark.encode(x=alt.value(0)).properties(width=width, height=50).configure()

    with pytest.raises(ChartError, match=r"size=single-column: names, numbers and legend take \d+ pixels of the 356"):
        fit_chart(stubborn, "single-column")


def test_too_much_for_a_slide(seed: Any) -> None:
    """More lines than a slide can show in readable type are an error."""
    standings = seed.seed_standings() * 12
    with pytest.raises(ChartError, match=r"size=slide: .* less than the 11 that can be read"):
        fit_chart(partial(_leaderboard, standings), "slide")


def test_unknown_size(draw: Callable[..., Any]) -> None:
    """An unknown size is an error that names those there are."""
    with pytest.raises(ChartError, match="Choose one of: screen, single-column, double-column, slide"):
        fit_chart(draw, "poster")


def _leaderboard(standings: Any, width: float | None, room: float | None) -> Any:
    return plot_leaderboard(standings, width=width, room=room)
