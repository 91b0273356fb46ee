"""Where the bars of a grouped bar chart stand, in pixels: hatching, values and the legend need to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.charts.labels import text_width
from benchdb.charts.theme import LINE_HEIGHT, TEXT_SIZE, VALUE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEIGHT = 340
"""Height of the plot."""

BAR_GAP = 0.08
"""Share of a bar's place that stays empty."""

SWATCH = 17.0
"""Side of a legend symbol."""

LEGEND_ROW = 23.0
"""Height of a legend's row."""

LEGEND_PADDING = 6.0
"""Space inside a legend's edge."""

_GROUP_GAP = 0.24
_WIDEST_BAR = 64.0
_NAMED_BAR, _MOST_NAMED = 84.0, 8
_BAR_BY_MODELS = ((4, 44.0), (6, 38.0), (8, 32.0))
_MANY_MODELS_BAR, _MANY_BARS_BAR, _MANY_BARS = 22.0, 13.0, 60
_NARROWEST_PLOT, _WIDEST_PLOT = 300.0, 1200.0
_NARROWEST_BAR = 9.0
_LABEL_GAP = 6.0


@dataclass(frozen=True, slots=True)
class BarLayout:
    """The geometry of one grouped bar chart."""

    n_groups: int
    """Benchmarks."""
    n_bars: int
    """Models, hence bars in each group."""
    width: float
    """Width of the plot."""
    bar_step: float
    """Place of one bar, its gap included."""
    low: float
    """Value at the lower end of the axis."""
    high: float
    """Value at the upper end of the axis."""

    @property
    def group_step(self) -> float:
        """Place of one group, its gap included."""
        return self.width / self.n_groups

    @property
    def group_width(self) -> float:
        """Width of one group's bars."""
        return self.bar_step * (self.n_bars - BAR_GAP)

    @property
    def group_padding(self) -> float:
        """Share of a group's place that stays empty: Vega-Lite's inner padding."""
        return 1 - self.group_width / self.group_step

    @property
    def bar_width(self) -> float:
        """Width of one bar."""
        return self.bar_step * (1 - BAR_GAP)

    def y(self, value: float) -> float:
        """Distance of a value from the top of the plot; outside it where the value is outside the axis.

        Args:
            value: On the scale of the axis.
        """
        return HEIGHT * (self.high - value) / (self.high - self.low)

    def x(self, group: int, bar: int) -> float:
        """Left edge of a bar.

        Args:
            group: Place of its group, from 0.
            bar: Its place in the group, from 0.
        """
        start = self.group_step * group + (self.group_step - self.group_width) / 2
        return start + self.bar_step * bar

    def upright_values(self, texts: Iterable[str]) -> bool:
        """Whether values must be turned because they are wider than the bars.

        Args:
            texts: The values as they are written.
        """
        return max(text_width(text, VALUE_SIZE) for text in texts) + 2 > self.bar_step


def lay_out_bars(n_groups: int, n_bars: int, domain: tuple[float, float], width: float | None) -> BarLayout:
    """The geometry for that many groups and bars.

    Args:
        n_groups: Benchmarks.
        n_bars: Models.
        domain: Ends of the value axis.
        width: Width of the plot, or None to let the number of bars decide.

    Returns:
        A layout. Bars get narrower the more there are, down to a width that a turned value still fits; from there on the
        plot gets wider.
    """
    if width is None:
        bar_step = _bar_step(n_groups, n_bars)
        width = max(_NARROWEST_PLOT, round(n_groups * bar_step * n_bars / (1 - _GROUP_GAP)))
    else:
        widest = _NAMED_BAR if n_groups == 1 and n_bars <= _MOST_NAMED else _WIDEST_BAR
        bar_step = min(widest, width / n_groups * (1 - _GROUP_GAP) / n_bars)
    return BarLayout(n_groups, n_bars, width, bar_step, *domain)


def _bar_step(n_groups: int, n_bars: int) -> float:
    if n_groups == 1 and n_bars <= _MOST_NAMED:
        return _NAMED_BAR
    if n_groups * n_bars > _MANY_BARS:
        return _MANY_BARS_BAR
    return next((step for most, step in _BAR_BY_MODELS if n_bars <= most), _MANY_MODELS_BAR)


def groups_in_a_row(n_groups: int, n_bars: int, width: float | None) -> int:
    """How many groups fit side by side.

    Args:
        n_groups: Groups there are.
        n_bars: Bars in each.
        width: Width of the plot, or None for what a page holds.

    Returns:
        The number; 0 where not even one fits.
    """
    if width is not None:
        return min(n_groups, int(width * (1 - _GROUP_GAP) / (n_bars * _NARROWEST_BAR)))
    group = _bar_step(n_groups, n_bars) * n_bars / (1 - _GROUP_GAP)
    return n_groups if n_groups * group <= _WIDEST_PLOT else max(1, int(_WIDEST_PLOT / group))


def legend_size(labels: Sequence[str]) -> tuple[float, float]:
    """Width and height of a legend in one column.

    Args:
        labels: Its labels.

    Returns:
        Width and height in pixels.
    """
    widest = max(text_width(label, TEXT_SIZE) for label in labels)
    return SWATCH + _LABEL_GAP + widest + 2 * LEGEND_PADDING, LEGEND_ROW * len(labels) + 2 * LEGEND_PADDING


def corner_is_free(layout: BarLayout, tops: Iterable[tuple[int, int, float]], labels: Sequence[str], side: str) -> bool:
    """Whether a legend fits into an upper corner of the plot without covering a bar or its value.

    Args:
        layout: The geometry.
        tops: Group, bar and highest value drawn of each bar.
        labels: The legend's labels.
        side: "left" or "right".

    Returns:
        True if nothing lies under it.
    """
    width, height = legend_size(labels)
    if width > layout.width:
        return False
    for group, bar, top in tops:
        left = layout.x(group, bar)
        inside = left < width if side == "left" else left + layout.bar_step > layout.width - width
        if inside and layout.y(top) - LINE_HEIGHT < height:
            return False
    return True
