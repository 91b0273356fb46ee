"""An interval for a mean of values between 0 and 1 whose error is known: it stays inside, and is honest at both ends."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, level_problem, stderr_problem
from benchdb.stats.intervals import t_quantile
from benchdb.stats.shares import effective_items, share_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray

    from benchdb.stats.intervals import Interval

_NO_SPREAD = 1e-12


def effective_interval(value: float, stderr: float, n_units: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Wilson interval for the mean of values in [0, 1], on the effective number of items.

    The effective number is value (1 - value) / stderr^2: as many right-or-wrong items would give that error. Without any
    spread (all items right, or all wrong) it is the number of independent units, because a sample without spread is no
    certainty. The quantile is Student's with n_units - 1 degrees of freedom.

    Args:
        value: The mean, a fraction in [0, 1].
        stderr: Its standard error, clustered where items are; below 1e-12 no item differs from another.
        n_units: Independent units (items or clusters), at least 2.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Lower and upper bound in [0, 1].

    Raises:
        StatisticsInputError: If the value lies outside [0, 1], there are fewer than two units, or the error or the level
            is out of range.

    References:
        Wilson (1927), doi:10.1080/01621459.1927.10502953; Franco, Little, Louis, Slud (2019), Comparative study of confidence
        intervals for proportions in complex sample surveys, doi:10.1093/jssam/smy019.
    """
    if problem := _problem(value, stderr, n_units, level):
        raise StatisticsInputError(problem)
    variance = value * (1 - value)
    n = effective_items(value, stderr) if stderr > _NO_SPREAD and variance > 0 else float(n_units)
    return share_interval(value, n, df=n_units - 1, level=level)


def effective_bounds(
    values: Sequence[float], stderrs: Sequence[float], n_units: Sequence[int], *, level: float = DEFAULT_LEVEL
) -> tuple[NDArray[float64], NDArray[float64]]:
    """Lower and upper bounds of many means: what `effective_interval` gives for each, to the last digit.

    Args:
        values: The means, fractions in [0, 1].
        stderrs: Their standard errors, in the same order.
        n_units: Independent units of each, at least 2.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Two float64 arrays of shape (n,), in the order of the means.

    Raises:
        StatisticsInputError: As of `effective_interval`, for the first that is out of range.

    References:
        As of `effective_interval`: Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    import numpy as np

    for value, stderr, n in zip(values, stderrs, n_units, strict=True):
        if not (0 <= value <= 1 and n > 1 and 0 <= stderr < math.inf) and (
            problem := _problem(value, stderr, n, level)
        ):
            raise StatisticsInputError(problem)
    p, error, units = np.asarray(values, dtype=float), np.asarray(stderrs, dtype=float), np.asarray(n_units)
    variance = p * (1 - p)
    is_spread = (error > _NO_SPREAD) & (variance > 0)
    effective = np.divide(variance, error * error, out=units.astype(float), where=is_spread)
    different, place = np.unique(units, return_inverse=True)
    q = np.array([t_quantile(level, n - 1) for n in different.tolist()])[place] if len(units) else p
    centre = (p * effective + q * q / 2) / (effective + q * q)
    half = q * np.sqrt(variance * effective + q * q / 4) / (effective + q * q)
    return np.where(p == 0, 0.0, np.maximum(0.0, centre - half)), np.where(p == 1, 1.0, np.minimum(1.0, centre + half))


def _problem(value: float, stderr: float, n_units: int, level: float) -> str | None:
    if not 0 <= value <= 1:
        return f"value: expected a fraction from 0 to 1, found {value!r}; write 72.6 % as 0.726"
    if n_units < 2:
        return f"n_units: expected at least 2, found {n_units!r}; one item says nothing about the next"
    return stderr_problem(stderr) or level_problem(level)
