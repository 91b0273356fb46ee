"""A fitted line with the band of the interval of its mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.stats.trend import line_mean_half_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.trend import TrendFit

_PARTS = 32


def fit_band(fit: TrendFit, low: float, high: float) -> list[tuple[float, float, float]]:
    """The band of a fitted line's mean from one place to another.

    Args:
        fit: A line.
        low: Place where the band begins, on the axis's own scale.
        high: Place where it ends.

    Returns:
        Place, lower and upper end, from left to right; nothing for a line whose errors are not known.
    """
    known = (fit.slope, fit.intercept, fit.slope_stderr, fit.centre, fit.centre_stderr, fit.level)
    slope, intercept, slope_stderr, centre, centre_stderr, level = known
    if slope is None or intercept is None or slope_stderr is None or centre is None:
        return []
    if centre_stderr is None or level is None or fit.n_models < 3:
        return []
    band = []
    for part in range(_PARTS + 1):
        at = low + (high - low) * part / _PARTS
        half = line_mean_half_width(
            at, centre=centre, centre_stderr=centre_stderr, slope_stderr=slope_stderr, n=fit.n_models, level=level
        )
        band.append((at, intercept + slope * at - half, intercept + slope * at + half))
    return band


def reach_note(band: Sequence[tuple[float, float]], low: float, high: float) -> list[str]:
    """Whether a band is cut at the edges of the plot.

    Args:
        band: Its lower and upper ends.
        low: Lower end of the axis.
        high: Its upper end.

    Returns:
        A statement; nothing where the plot holds the band.
    """
    return ["The band reaches beyond the axis."] if any(a < low or b > high for a, b in band) else []


def band_note(level: float | None) -> str:
    """What a band says and what it does not.

    Args:
        level: Coverage as a fraction; None where the rows do not say.
    """
    coverage = "" if level is None else f"{level * 100:g} % "
    return (
        f"Band: {coverage}interval of the fitted mean at each place, from the scatter about the line. It does not hold single "
        "models, and models are no random sample."
    )
