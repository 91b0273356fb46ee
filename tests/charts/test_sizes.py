"""Charts drawn for paper and slides."""

from __future__ import annotations

import re
import struct
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.charts.carried import png_chunks
from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.leaderboard import plot_leaderboard
from benchdb.charts.save import render_chart, to_vega_lite
from benchdb.charts.sizes import fit_chart
from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def draw(seed: Any) -> Callable[..., Any]:
    """Draws the seed's bars with a plot of that width."""
    cells = seed.seed_cells()
    return lambda width: plot_grouped_bars(cells, title="Bars", width=width)


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


def test_too_much_for_a_column(seed: Any) -> None:
    """What leaves the plot no room is an error that says how much stands beside it."""
    draw = partial(_leaderboard, seed.seed_standings())
    with pytest.raises(ChartError, match=r"size=single-column: names, numbers and legend take \d+ pixels of the 356"):
        fit_chart(draw, "single-column")


def test_too_much_for_a_slide(seed: Any) -> None:
    """More lines than a slide can show in readable type are an error."""
    standings = seed.seed_standings() * 12
    with pytest.raises(ChartError, match=r"size=slide: .* less than the 11 that can be read"):
        fit_chart(partial(_leaderboard, standings), "slide")


def test_unknown_size(draw: Callable[..., Any]) -> None:
    """An unknown size is an error that names those there are."""
    with pytest.raises(ChartError, match="Choose one of: screen, single-column, double-column, slide"):
        fit_chart(draw, "poster")


def _leaderboard(standings: Any, width: float | None) -> Any:
    return plot_leaderboard(standings, width=width)
