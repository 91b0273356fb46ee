"""What all charts share around their marks: title, footnotes, size, theme and description."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import altair as alt
from altair.utils.schemapi import debug_mode

from benchdb.charts.labels import clean_name, text_width, wrap_text
from benchdb.charts.theme import NOTE_SIZE, TEXT_SIZE, theme_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.theme import Theme

ChartT = TypeVar("ChartT", alt.LayerChart, alt.VConcatChart)

FOOTNOTES = "footnotes"
"""Name of their layer."""

_PANEL_GAP = 24
_NOTE_LINE = 14.5
_TITLE_SIZE = 17
_NARROWEST_TEXT = 320.0
_AXIS_BESIDE = 25.0
_SAFETY = 6.0
_NICE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything around the marks of a chart."""

    title: str | None
    """Title, wrapped to the chart's width."""
    description: str
    """The chart in a sentence, for those who cannot see it."""
    width: float
    """Width of the plot in pixels."""
    height: float
    """Height of the plot in pixels."""
    theme: Theme
    """Colours."""
    notes: Sequence[str] = ()
    """Footnotes, one statement each."""
    notes_top: float = 0.0
    """Distance of the footnotes from the plot's lower edge."""
    left: float = 0.0
    """Room that labels take on the left of the plot; footnotes begin there."""
    right: float = 0.0
    """Room that columns take on the right of the plot."""
    limit: float | None = None
    """Most that the whole picture may be wide, where a sheet says so."""

    @property
    def room(self) -> float:
        """Width that titles and footnotes may take."""
        if self.limit:
            return self.limit - _SAFETY
        return max(self.left + self.width + self.right, _NARROWEST_TEXT)


def inline(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    """Rows as data that stand in the specification itself.

    Args:
        rows: Plain values by field.

    Returns:
        The data, whatever their number.
    """
    # Altair checks every value of every row against the schema, which takes seconds for a heat map; these are plain values.
    with debug_mode(arg=False):
        return alt.InlineData(values=list(rows))


def frame_panels(panels: Sequence[tuple[Sequence[alt.Chart], float]], frame: Frame) -> alt.VConcatChart:
    """Panels below each other as one chart, with the footnotes under the last.

    Args:
        panels: Marks of each panel, the lowest first, and the panel's width.
        frame: What surrounds them; its width is that of the first panel.

    Returns:
        A chart that carries its theme with it.
    """
    charts = []
    for place, (layers, width) in enumerate(panels, start=1):
        notes = [_notes_layer(frame)] if frame.notes and place == len(panels) else []
        charts.append(alt.layer(*layers, *notes).properties(width=width, height=frame.height))
    return _framed(alt.vconcat(*charts, spacing=_PANEL_GAP), frame)


def frame_layers(layers: Sequence[alt.Chart], frame: Frame) -> alt.LayerChart:
    """The chart of these layers.

    Args:
        layers: Marks, the lowest first.
        frame: What surrounds them.

    Returns:
        A chart that carries its theme with it.
    """
    notes = [_notes_layer(frame)] if frame.notes else []
    chart: Any = alt.layer(*layers, *notes).properties(width=frame.width, height=frame.height)
    framed: alt.LayerChart = _framed(chart, frame)
    return framed


def _framed(chart: ChartT, frame: Frame) -> ChartT:
    chart = chart.properties(description=clean_name(frame.description))
    if frame.title:
        lines = wrap_text(clean_name(frame.title), frame.room, _TITLE_SIZE, at_hyphens=False)
        chart = chart.properties(title=alt.TitleParams(text=lines))
    themed: ChartT = chart.configure(**theme_config(frame.theme))
    return themed


def _notes_layer(frame: Frame) -> alt.Chart:
    lines = [
        line for note in frame.notes for line in wrap_text(clean_name(note), frame.room, NOTE_SIZE, at_hyphens=False)
    ]
    layer: alt.Chart = (
        alt.Chart(inline([{}]), name=FOOTNOTES)
        .mark_text(
            text=lines,
            align="left",
            baseline="top",
            color=frame.theme.muted,
            fontSize=NOTE_SIZE,
            lineHeight=_NOTE_LINE,
            tooltip=None,
        )
        .encode(x=alt.value(-frame.left), y=alt.value(frame.height + frame.notes_top))
    )
    return layer


def nice_step(span: float, most: int = 10) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that divides an axis into few enough parts.

    Args:
        span: Length of the axis in its unit, above zero.
        most: Parts allowed.

    Returns:
        Distance between ticks.
    """
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * step for step in _NICE_STEPS if span / (power * step) <= most * (1 + 1e-9))


def ticks(low: float, high: float, step: float) -> list[float]:
    """The ticks of an axis: the multiples of the step counted from its lower end.

    Args:
        low: Lower end.
        high: Upper end.
        step: Distance between ticks, above zero.

    Returns:
        Ticks as whole numbers where they are whole.
    """
    count = math.floor((high - low) / step + 1e-9)
    values = [round(low + index * step, 10) for index in range(count + 1)]
    return [int(value) if value == int(value) else value for value in values]


def nice_domain(values: Sequence[float], *, zero: bool = False, most: int = 8) -> tuple[float, float, float]:
    """An axis that holds all values and begins and ends on a tick.

    Args:
        values: What it must hold; at least one.
        zero: Whether it must hold zero too.
        most: Parts allowed.

    Returns:
        Lower end, upper end and distance between ticks.
    """
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        low, high = low - abs(low) * 0.1 - 0.5, high + abs(high) * 0.1 + 0.5
    step = nice_step(high - low, most)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def axis_room(at: Sequence[float]) -> float:
    """Room that an upright axis of numbers takes on the left of the plot, its title included.

    Args:
        at: Its ticks.

    Returns:
        Pixels, rather a little too few: footnotes that begin there must not widen the picture.
    """
    return max(text_width(f"{value:.6g}", TEXT_SIZE) for value in at) + _AXIS_BESIDE


def number_axis(at: Sequence[float], **options: str | bool | float) -> alt.Axis:
    """An axis of numbers that shows each of these ticks.

    Args:
        at: The ticks.
        **options: Further options of the axis.

    Returns:
        The axis. Vega drops every other tick where there are more than it would choose, unless it is told their number.
    """
    defaults: dict[str, Any] = {"ticks": False, "domain": False, "format": ".6~r"}
    return alt.Axis(values=list(at), tickCount=len(at), **defaults | options)
