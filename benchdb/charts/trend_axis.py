"""The horizontal axis of a trend: parameters on a logarithmic scale, or dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.trend import TrendPoint

TrendBy = Literal["parameters", "date"]
"""What a trend runs over."""

_EPOCH = date(1970, 1, 1)
_DAYS_A_YEAR = 365.25
_LADDERS = ((1, 1.5, 2, 3, 5, 7, 10), (1, 2, 3, 5, 7, 10), (1, 2, 5, 10), (1, 3, 10), (1, 10))
_CLOSE_RUNGS = (1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10)
"""For an axis around a single size."""
_MOST_TICKS = 8
_MARGIN = 0.06
# Wide enough for a tick even around a single model: neighbouring rungs are at most a factor of 5/3 apart.
_LEAST_MARGIN = 0.12
_SIZE_LABEL = (
    "datum.value >= 1e12 ? format(datum.value / 1e12, '~r') + 'T' : "
    "datum.value >= 1e9 ? format(datum.value / 1e9, '~r') + 'B' : format(datum.value / 1e6, '~r') + 'M'"
)


@dataclass(frozen=True, slots=True)
class TrendAxis:
    """Positions on the axis: log10 of the parameters, or years since 1970."""

    by: TrendBy
    """What it shows."""
    low: float
    """Position of its left end."""
    high: float
    """Position of its right end."""

    def share(self, position: float) -> float:
        """How far along the axis a position is, from 0 to 1.

        Args:
            position: On the axis's own scale.
        """
        return (position - self.low) / (self.high - self.low)

    def value(self, position: float) -> float | str:
        """The position as the data hold it: parameters, or a day.

        Args:
            position: On the axis's own scale.
        """
        if self.by == "parameters":
            return 10**position
        return (_EPOCH + timedelta(days=round(position * _DAYS_A_YEAR))).isoformat()

    def channel(self, field: str, title: str = "Parameters (logarithmic)") -> alt.X:
        """The axis for a field of such values.

        Args:
            field: Name of the field.
            title: Title of an axis of parameters.

        Returns:
            An encoding.
        """
        ends = [self.value(self.low), self.value(self.high)]
        if self.by == "parameters":
            at = _size_ticks(10**self.low, 10**self.high)
            axis = alt.Axis(values=at, tickCount=len(at), labelExpr=_SIZE_LABEL, labelOverlap=False, grid=False)
            scale: Any = alt.Scale(type="log", domain=ends, nice=False)
            return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)
        scale = alt.Scale(type="utc", domain=[moment(end) for end in ends], nice=False)
        dates = alt.Axis(grid=False, tickCount=6, labelExpr=DATE_LABEL, labelOverlap=True)
        return alt.X(f"{field}:T", title="Release date", scale=scale, axis=dates)


DATE_LABEL = "[utcFormat(datum.value, '%b %-d') == 'Jan 1' ? utcFormat(datum.value, '%b') : utcFormat(datum.value, utcdate(datum.value) == 1 ? '%b' : '%b %-d'), utcFormat(datum.value, '%Y')]"
"""Text of a tick: month, and day where it is not the first, above the year."""


def moment(day: float | str) -> alt.DateTime:
    """A day as Vega-Lite's date, in UTC.

    Args:
        day: The day as text, YYYY-MM-DD.
    """
    at = date.fromisoformat(str(day))
    return alt.DateTime(year=at.year, month=at.month, date=at.day, utc=True)


def position_of(point: TrendPoint, by: TrendBy) -> float | None:
    """Where a point stands on the axis.

    Args:
        point: A point.
        by: What the axis shows.

    Returns:
        log10 of its parameters or the years from 1970 to its release; None where that is unknown.
    """
    if by == "parameters":
        return math.log10(point.n_parameters) if point.n_parameters else None
    return (point.released_on - _EPOCH).days / _DAYS_A_YEAR if point.released_on else None


def trend_axis(points: Sequence[TrendPoint], by: TrendBy) -> TrendAxis:
    """The axis that holds these points, with a margin at either end.

    Args:
        points: Points of a trend.
        by: What the axis shows.

    Returns:
        The axis.

    Raises:
        ChartError: If none of the models has a place on it.
    """
    positions = [at for point in points if (at := position_of(point, by)) is not None]
    if not positions:
        what = "parameter count" if by == "parameters" else "release date"
        raise ChartError(f"trend: no model shown has a known {what}. Add it to the catalogue, or choose another axis.")
    return axis_around(positions, by)


def axis_around(positions: Sequence[float], by: TrendBy) -> TrendAxis:
    """The axis that holds these positions, with a margin at either end.

    Args:
        positions: At least one, on the axis's own scale.
        by: What the axis shows.

    Returns:
        The axis.
    """
    low, high = min(positions), max(positions)
    margin = max((high - low) * _MARGIN, _LEAST_MARGIN)
    return TrendAxis(by, low - margin, high + margin)


def _size_ticks(low: float, high: float) -> list[float]:
    powers = [10.0**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    options = [
        sorted({power * rung for power in powers for rung in ladder if low <= power * rung <= high})
        for ladder in _LADDERS
    ]
    chosen = next((found for found in options if len(found) <= _MOST_TICKS), options[-1][::2])
    close = sorted({power * rung for power in powers for rung in _CLOSE_RUNGS if low <= power * rung <= high})
    return chosen if len(chosen) > 1 else close
