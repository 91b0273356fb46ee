"""What the hatching of a grouped bar chart says, where it shows a field: a line of swatches below the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.bar_layout import SWATCH
from benchdb.charts.frame import inline
from benchdb.charts.hatch import LINE_WIDTH, swatch
from benchdb.charts.labels import text_width
from benchdb.charts.theme import TEXT_SIZE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchdb.charts.hatch import Hatch
    from benchdb.charts.theme import Theme

_LINE = 24.0
_GAP = 20.0
_LABEL_GAP = 6.0


def key_layers(
    key: Mapping[str, Hatch], field: str, at: tuple[float, float], theme: Theme
) -> tuple[list[alt.Chart], float]:
    """The layers of the key.

    Args:
        key: Hatching by value.
        field: The field that it shows.
        at: Width of the plot, and distance of the key from its upper edge.
        theme: Where the colours come from.

    Returns:
        The layers, and the height they take; nothing and 0 without a key.
    """
    if not key:
        return [], 0.0
    width, top = at
    name = f"{field.removeprefix('is_').replace('_', ' ').capitalize()}:"
    x, y = text_width(name, TEXT_SIZE) + _LABEL_GAP * 2, top + _LINE / 2
    layers = [_text(name, 0.0, y, theme.muted)]
    for value, hatch in key.items():
        taken = SWATCH + _LABEL_GAP + text_width(value, TEXT_SIZE)
        if x > 0 and x + taken > width:
            x, y = 0.0, y + _LINE
        mark: dict[str, Any] = {"shape": swatch(hatch), "size": SWATCH**2, "filled": True, "opacity": 1}
        point = alt.Chart(inline([{}]), name=f"key {len(layers)}").mark_point(
            **mark, fill=theme.neutral_ramp[1], stroke=theme.hatch, strokeWidth=LINE_WIDTH, tooltip=None
        )
        layers.append(point.encode(x=alt.value(x + SWATCH / 2), y=alt.value(y)))
        layers.append(_text(value, x + SWATCH + _LABEL_GAP, y, theme.text))
        x += taken + _GAP
    return layers, y + _LINE / 2 - top


def _text(text: str, x: float, y: float, colour: str) -> alt.Chart:
    mark = alt.Chart(inline([{}])).mark_text(
        text=text, align="left", baseline="middle", fontSize=TEXT_SIZE, color=colour, tooltip=None
    )
    layer: alt.Chart = mark.encode(x=alt.value(x), y=alt.value(y))
    return layer
