"""Where names fit beside points without covering each other or the points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt

from benchdb.charts.frame import inline
from benchdb.charts.labels import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHT = 13.0
_DISTANCE = 8.0
_FAR = (1.0, 2.5, 4.0, 6.0, 8.0, 11.0, 15.0)
_LEAD_STARTS = 6.0
_LEAD_STEP = 3.0
_LINE_BOXES = 48

Box: TypeAlias = tuple[float, float, float, float]
"""Left, upper, right and lower edge in pixels."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A point that wants its name beside it."""

    x: float
    """Distance from the plot's left edge in pixels."""
    y: float
    """Distance from the plot's upper edge in pixels."""
    text: str
    """The name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name goes."""

    x: float
    """Where the text is anchored, from the plot's left edge."""
    y: float
    """Where the text is anchored, from the plot's upper edge; its middle."""
    align: str
    """Side of the text that stands there: left, right or center."""
    is_far: bool = False
    """Whether it stands so far from its point that a thin line must lead there."""


def place_labels(
    anchors: Sequence[Anchor],
    obstacles: Sequence[Box],
    size: tuple[float, float],
    font_size: float,
    *,
    far: bool = False,
) -> list[Place | None]:
    """A place for each name: above its point, else right, left or below of it.

    Args:
        anchors: Names with their points; the first ones get the better places.
        obstacles: What no name may cover: points and lines, each by the box around it.
        size: Width and height of the plot.
        font_size: Size of the names.
        far: Whether a name may stand at some distance, where none beside its point is free; a line must lead there.

    Returns:
        A place per anchor; None where every place would cover something or leave the plot.
    """
    taken = list(obstacles)
    names: list[Box] = []
    places: list[Place | None] = []
    for anchor in anchors:
        width = text_width(anchor.text, font_size)
        options = [option for reach in (_FAR if far else _FAR[:1]) for option in _options(anchor, width, reach)]
        free = (option for option in options if _is_free(option[1], taken, size))
        found = next(((*option, lead) for option in free if _keeps_off(lead := _lead(anchor, option[0]), names)), None)
        places.append(found[0] if found else None)
        if found:
            names.append(found[1])
            taken += [found[1], *found[2]]
    return places


def name_layers(
    anchors: Sequence[Anchor], places: Sequence[Place | None], lead_colour: str = "#888888"
) -> list[alt.Chart]:
    """The names that found a place.

    Args:
        anchors: Names with their points.
        places: Their places, as `place_labels` returns them.
        lead_colour: Colour of the lines that lead to names at a distance.

    Returns:
        A layer for each side on which names stand, and one of the lines.
    """
    layers = _leads(anchors, places, lead_colour)
    position: dict[str, Any] = {"type": "quantitative", "scale": None, "axis": None}
    for align in ("left", "center", "right"):
        rows = [
            {"text": anchor.text, "x": round(place.x, 1), "y": round(place.y, 1)}
            for anchor, place in zip(anchors, places, strict=True)
            if place is not None and place.align == align
        ]
        if rows:
            mark = alt.Chart(inline(rows), name=f"names, {align}").mark_text(
                align=align, baseline="middle", tooltip=None
            )
            layers.append(
                mark.encode(x=alt.X(field="x", **position), y=alt.Y(field="y", **position), text=alt.Text("text:N"))
            )
    return layers


def boxes_along(start: tuple[float, float], end: tuple[float, float]) -> list[Box]:
    """A row of boxes along a straight line, for names to keep off.

    Args:
        start: Its left end in pixels.
        end: Its right end.
    """
    (x0, y0), (x1, y1) = start, end
    wide, high = (x1 - x0) / _LINE_BOXES, (y1 - y0) / _LINE_BOXES
    return [
        (
            x0 + index * wide,
            min(y0 + index * high, y0 + (index + 1) * high) - 1,
            x0 + (index + 1) * wide,
            max(y0 + index * high, y0 + (index + 1) * high) + 1,
        )
        for index in range(_LINE_BOXES)
    ]


def _leads(anchors: Sequence[Anchor], places: Sequence[Place | None], colour: str) -> list[alt.Chart]:
    rows = []
    for anchor, place in zip(anchors, places, strict=True):
        if place is None or not place.is_far:
            continue
        across, down = place.x - anchor.x, place.y - anchor.y
        start = _LEAD_STARTS / math.hypot(across, down)
        # The line ends at the edge of the text: below or above it, or at its side where it stands level with the point.
        end = place.y - math.copysign(_HEIGHT / 2, down) if abs(down) > 1 else place.y
        rows.append(
            {
                "x": round(anchor.x + across * start, 1),
                "y": round(anchor.y + down * start, 1),
                "x2": round(place.x, 1),
                "y2": round(end, 1),
            }
        )
    if not rows:
        return []
    position: dict[str, Any] = {"type": "quantitative", "scale": None, "axis": None}
    mark = alt.Chart(inline(rows), name="leads to names").mark_rule(
        color=colour, strokeWidth=0.8, strokeOpacity=0.8, tooltip=None
    )
    ends = {"x": alt.X(field="x", **position), "y": alt.Y(field="y", **position)}
    return [mark.encode(**ends, x2=alt.X2("x2"), y2=alt.Y2("y2"))]


def _options(anchor: Anchor, width: float, reach: float) -> list[tuple[Place, Box]]:
    x, y, half = anchor.x, anchor.y, _HEIGHT / 2
    distance = _DISTANCE * reach
    above, below = y - distance - half, y + distance + half
    spots = [
        (x, above, "center"),
        (x + distance, y, "left"),
        (x - distance, y, "right"),
        (x, below, "center"),
        (x + distance / 2, above, "left"),
        (x - distance / 2, above, "right"),
        (x + distance / 2, below, "left"),
        (x - distance / 2, below, "right"),
    ]
    shift = {"left": 0.0, "center": -width / 2, "right": -width}
    return [
        (
            Place(at_x, at_y, align, reach > 1),
            (at_x + shift[align], at_y - half, at_x + shift[align] + width, at_y + half),
        )
        for at_x, at_y, align in spots
    ]


def _lead(anchor: Anchor, place: Place) -> list[Box]:
    """Small boxes along the line that leads to a name at a distance, short of both its ends."""
    if not place.is_far:
        return []
    across, down = place.x - anchor.x, place.y - anchor.y
    count = max(2, round(math.hypot(across, down) / _LEAD_STEP))
    shares = [part / count for part in range(1, count) if abs(down) * (1 - part / count) > _HEIGHT / 2 or abs(down) < 1]
    spots = [(anchor.x + across * share, anchor.y + down * share) for share in shares]
    return [(x - 0.5, y - 0.5, x + 0.5, y + 0.5) for x, y in spots]


def _is_free(box: Box, taken: Sequence[Box], size: tuple[float, float]) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
        return False
    return _keeps_off([box], taken)


def _keeps_off(boxes: Sequence[Box], taken: Sequence[Box]) -> bool:
    return not any(
        left < x1 and x0 < right and top < y1 and y0 < bottom
        for left, top, right, bottom in boxes
        for x0, y0, x1, y1 in taken
    )
