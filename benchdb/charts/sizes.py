"""Charts for a sheet: as wide as a column of a paper, or as a slide, with type of a size that can be read there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_choice
from benchdb.charts.frame import FOOTNOTES
from benchdb.charts.save import draw_svg, drawn_size
from benchdb.charts.theme import LEAST_SLIDE_POINTS, SIZES, TEXT_SIZE
from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.charts.theme import Size

SCREEN = "screen"
"""The name of no sheet."""

SIZE_NAMES: tuple[str, ...] = (SCREEN, *SIZES)
"""What `size` may be."""

_POINTS_PER_INCH = 72
_NARROWEST_PLOT = 100.0
_NARROWEST_SLIDE = 560.0
_NARROWEST_ON_SLIDE = 240.0
_ROUNDS = 4
_SLACK = 1.01


@dataclass(frozen=True, slots=True)
class Sized:
    """A chart drawn for a sheet."""

    chart: Any
    """The chart; its `usermeta.sheet` says how large it is printed."""
    width: float
    """Width of its plot in pixels, which draws the same chart again."""


def fit_chart(draw: Callable[[float | None, float | None], Any], size: str, width: float | None = None) -> Sized:
    """Draw a chart so that the whole picture fits a sheet.

    Charts keep their type, so the plot gives way: it is drawn, measured and drawn again until labels, plot and legend
    together are as wide as the sheet. For a slide the height decides how wide that is, and the rest is left empty.

    Args:
        draw: Draws the chart with a plot of that many pixels, and a whole picture of at most so many; None where the chart
            decides.
        size: One of `SIZES`.
        width: Width of the plot where it is already known, for instance from an earlier drawing.

    Returns:
        The chart and the width of its plot.

    Raises:
        ChartError: If there is no such size, or the chart is too wide or too high for it.
    """
    require_choice(size, SIZE_NAMES, "size")
    sheet = SIZES[size]
    if width is not None:
        chart, _ = _tried(draw, width, sheet)
        return Sized(_printed(chart, sheet, _measured(chart.to_dict())), width)
    plot = _NARROWEST_SLIDE if sheet.height else float(round(_pixels(sheet)))
    chart, found = _tried(draw, plot, sheet)
    fitting = None
    for _ in range(_ROUNDS):
        spare = _wanted_width(sheet, found[1]) - found[0]
        if abs(spare) < 1:
            break
        if (
            spare > 0 and not sheet.height
        ):  # Charts of whole cells leave some room, and the next wider one does not fit.
            fitting = chart, found, plot
        if plot + spare < _NARROWEST_PLOT and not sheet.height:
            raise ChartError(_too_wide(sheet, found[0] - plot))
        plot = float(round(max(plot + spare, _NARROWEST_ON_SLIDE if sheet.height else 0)))
        chart, found = _tried(draw, plot, sheet)
    if fitting and found[0] > _pixels(sheet) * _SLACK:
        chart, found, plot = fitting
    whole = _measured(chart.to_dict())
    over = whole[0] - _pixels(sheet)
    if not sheet.height and 1 < over <= plot - _NARROWEST_PLOT:  # the title begins left of the names
        plot = float(round(plot - over))
        chart, found = _tried(draw, plot, sheet)
        whole = _measured(chart.to_dict())
    _require_fit(sheet, max(found[0], whole[0]), found[0] - plot)
    return Sized(_printed(chart, sheet, whole), plot)


def _require_fit(sheet: Size, width: float, beside: float) -> None:
    """Do nothing if a picture is no wider than its sheet, give or take what nobody sees."""
    if not sheet.height and width > _pixels(sheet) * _SLACK:
        raise ChartError(_too_wide(sheet, beside))


def _tried(
    draw: Callable[[float | None, float | None], Any], plot: float, sheet: Size
) -> tuple[Any, tuple[float, float]]:
    chart = _dressed(draw(plot, None if sheet.height else _pixels(sheet) - 2 * sheet.padding), sheet)
    specification = chart.to_dict()
    if sheet.height:
        return chart, _measured(specification)
    return chart, _measured(_bare(specification))


def _bare(specification: dict[str, Any]) -> dict[str, Any]:
    """A specification without title and footnotes: they are broken to the sheet's width, whatever that of the plot."""
    bare = {name: part for name, part in specification.items() if name != "title"}
    for name in ("layer", "vconcat"):
        if name in bare:
            bare[name] = [_bare(part) for part in bare[name] if part.get("name") != FOOTNOTES]
    return bare


def _measured(specification: dict[str, Any]) -> tuple[float, float]:
    return drawn_size(draw_svg(specification))


def _pixels(sheet: Size) -> float:
    return sheet.width * _POINTS_PER_INCH / ((sheet.points or TEXT_SIZE) / TEXT_SIZE)


def _wanted_width(sheet: Size, height: float) -> float:
    return max(_NARROWEST_SLIDE, height * sheet.width / sheet.height) if sheet.height else _pixels(sheet)


def _too_wide(sheet: Size, beside: float) -> str:
    return (
        f"size={sheet.name}: names, numbers and legend take {beside:.0f} pixels of the {_pixels(sheet):.0f} there are, which "
        f"leaves no room for the plot. Choose a wider size, fewer models, or leave values or the legend out."
    )


def _dressed(chart: Any, sheet: Size) -> Any:
    config = chart.config.to_dict()
    config["padding"] = sheet.padding
    config["title"] = {**config.get("title", {}), "fontSize": sheet.title_size}
    dressed = chart.copy()
    dressed.config = alt.Config.from_dict(config)
    return dressed


def _printed(chart: Any, sheet: Size, found: tuple[float, float]) -> Any:
    """Note how large a pixel is printed, and fill the sheet: a slide up to its shape, a column up to its width."""
    width, height = found
    points = (sheet.points or TEXT_SIZE) / TEXT_SIZE
    if sheet.height:
        points = min(sheet.width * _POINTS_PER_INCH / width, sheet.height * _POINTS_PER_INCH / height)
        if points * TEXT_SIZE < LEAST_SLIDE_POINTS:
            raise ChartError(
                f"size={sheet.name}: the chart is {width:.0f} by {height:.0f} pixels, so its labels would have {points * TEXT_SIZE:.1f} "
                f"points, less than the {LEAST_SLIDE_POINTS:g} that can be read. Show fewer models or benchmarks."
            )
        right = sheet.width * _POINTS_PER_INCH / points - width
        below = sheet.height * _POINTS_PER_INCH / points - height
        edge = sheet.padding
        chart.padding = {
            "left": edge + right / 2,
            "right": edge + right / 2,
            "top": edge + below / 2,
            "bottom": edge + below / 2,
        }
    elif width < _pixels(sheet):
        edge = sheet.padding
        chart.padding = {"left": edge, "right": edge + _pixels(sheet) - width, "top": edge, "bottom": edge}
    chart.usermeta = {"sheet": {"size": sheet.name, "points": round(points, 6), "dpi": sheet.dots_per_inch}}
    return chart
