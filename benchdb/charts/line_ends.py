"""Names at the right ends of lines, pushed apart where they would cover each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.frame import inline
from benchdb.charts.labels import shorten_middle, text_width
from benchdb.charts.theme import VALUE_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = 13.5
_GAP = 30.0
_SYMBOL = 9.0
_WIDEST = 280.0
_SHARE = 0.38


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEnd:
    """The right end of a line that wants its name beside it."""

    x: float
    """Distance from the plot's left edge in pixels."""
    y: float
    """Distance from the plot's upper edge in pixels."""
    text: str
    """The name."""
    colour: str
    """Colour of the line."""
    shape: str
    """Shape of its points."""


def spread(wanted: Sequence[float], distance: float, height: float) -> list[float]:
    """Places as near as can be to those wanted, in the same order, apart from each other and inside the plot.

    Args:
        wanted: Places from top to bottom.
        distance: Least distance between neighbours.
        height: Height of the plot; it must hold all of them.

    Returns:
        Places from top to bottom. Neighbours that would overlap move as one block, whose middle stays where the middle
        of what its members want is.
    """
    blocks: list[tuple[list[float], float]] = []
    for place in wanted:
        members, top = [place], _kept(place, 1, distance, height)
        while blocks and blocks[-1][1] + distance * len(blocks[-1][0]) > top + 1e-9:
            members = [*blocks.pop()[0], *members]
            middle = sum(members) / len(members)
            top = _kept(middle - distance * (len(members) - 1) / 2, len(members), distance, height)
        blocks.append((members, top))
    return [top + distance * index for members, top in blocks for index in range(len(members))]


def _kept(top: float, count: int, distance: float, height: float) -> float:
    return max(0.0, min(top, height - distance * (count - 1)))


def line_end_room(texts: Sequence[str], room: float | None = None) -> float:
    """Room on the right of the plot that these names take.

    Args:
        texts: The names.
        room: Most that the whole picture may be wide, where a sheet says so.

    Returns:
        Pixels; 0 without names.
    """
    return _GAP + max(min(text_width(text, VALUE_SIZE), _widest(room)) for text in texts) if texts else 0.0


def _widest(room: float | None) -> float:
    return _WIDEST if room is None else min(_WIDEST, room * _SHARE)


def most_line_ends(height: float) -> int:
    """How many names fit one below the other.

    Args:
        height: Height of the plot in pixels.

    Returns:
        A number, at least 1.
    """
    return max(1, int(height // _LINE) + 1)


def line_end_layers(ends: Sequence[LineEnd], width: float, height: float, room: float | None = None) -> list[alt.Chart]:
    """Names on the right of the plot, each with its symbol and a thin line from the end of its line.

    Args:
        ends: Ends of lines; what does not fit below each other must be left out before.
        width: Width of the plot in pixels.
        height: Its height.
        room: Most that the whole picture may be wide, where a sheet says so; names are then cut to a share of it.

    Returns:
        Layers; none without ends.
    """
    if not ends:
        return []
    ordered = sorted(ends, key=lambda end: end.y)
    places = spread([end.y for end in ordered], _LINE, height)
    rows = [
        {
            "x": round(end.x + 6, 1),
            "y": round(end.y, 1),
            "x2": width + _GAP - 2 * _SYMBOL,
            "symbol": width + _GAP - _SYMBOL,
            "name": width + _GAP,
            "y2": round(place, 1),
            "text": shorten_middle(end.text, _widest(room), VALUE_SIZE),
            "colour": end.colour,
            "shape": end.shape,
        }
        for end, place in zip(ordered, places, strict=True)
    ]
    colour = alt.Color("colour:N", scale=None)
    leads = alt.Chart(inline(rows), name="leads to line ends").mark_rule(
        strokeWidth=1, strokeOpacity=0.6, strokeDash=[1, 2], tooltip=None
    )
    names = alt.Chart(inline(rows), name="names").mark_text(align="left", baseline="middle", tooltip=None)
    symbols = alt.Chart(inline(rows), name="symbols").mark_point(filled=True, opacity=1, size=46, tooltip=None)
    height_of = _pixels("y2", alt.Y)
    return [
        leads.encode(x=_pixels("x"), y=_pixels("y", alt.Y), x2=alt.X2("x2"), y2=alt.Y2("y2"), color=colour),
        symbols.encode(x=_pixels("symbol"), y=height_of, color=colour, shape=alt.Shape("shape:N", scale=None)),
        names.encode(x=_pixels("name"), y=height_of, text=alt.Text("text:N")),
    ]


def _pixels(field: str, channel: type[Any] = alt.X) -> Any:
    return channel(field=field, type="quantitative", scale=None, axis=None)
