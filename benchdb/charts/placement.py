"""Where names fit beside points without covering each other or the points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt

from benchdb.charts.frame import inline
from benchdb.charts.labels import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEIGHT = 13.0
_DISTANCE = 8.0

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


def place_labels(
    anchors: Sequence[Anchor], obstacles: Sequence[Box], size: tuple[float, float], font_size: float
) -> list[Place | None]:
    """A place for each name: above its point, else right, left or below of it.

    Args:
        anchors: Names with their points; the first ones get the better places.
        obstacles: What no name may cover: points and lines, each by the box around it.
        size: Width and height of the plot.
        font_size: Size of the names.

    Returns:
        A place per anchor; None where every place would cover something or leave the plot.
    """
    taken = list(obstacles)
    places: list[Place | None] = []
    for anchor in anchors:
        width = text_width(anchor.text, font_size)
        found = next((option for option in _options(anchor, width) if _is_free(option[1], taken, size)), None)
        places.append(found[0] if found else None)
        if found:
            taken.append(found[1])
    return places


def name_layers(anchors: Sequence[Anchor], places: Sequence[Place | None]) -> list[alt.Chart]:
    """The names that found a place.

    Args:
        anchors: Names with their points.
        places: Their places, as `place_labels` returns them.

    Returns:
        A layer for each side on which names stand.
    """
    layers = []
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
            position: dict[str, Any] = {"type": "quantitative", "scale": None, "axis": None}
            layers.append(
                mark.encode(x=alt.X(field="x", **position), y=alt.Y(field="y", **position), text=alt.Text("text:N"))
            )
    return layers


def _options(anchor: Anchor, width: float) -> list[tuple[Place, Box]]:
    x, y, half = anchor.x, anchor.y, _HEIGHT / 2
    above, below = y - _DISTANCE - half, y + _DISTANCE + half
    spots = [
        (x, above, "center"),
        (x + _DISTANCE, y, "left"),
        (x - _DISTANCE, y, "right"),
        (x, below, "center"),
        (x + _DISTANCE / 2, above, "left"),
        (x - _DISTANCE / 2, above, "right"),
        (x + _DISTANCE / 2, below, "left"),
        (x - _DISTANCE / 2, below, "right"),
    ]
    shift = {"left": 0.0, "center": -width / 2, "right": -width}
    return [
        (Place(at_x, at_y, align), (at_x + shift[align], at_y - half, at_x + shift[align] + width, at_y + half))
        for at_x, at_y, align in spots
    ]


def _is_free(box: Box, taken: Sequence[Box], size: tuple[float, float]) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > size[0] or bottom > size[1]:
        return False
    return not any(left < x1 and x0 < right and top < y1 and y0 < bottom for x0, y0, x1, y1 in taken)
