"""How scores change: a straight line with its interval, the best so far, and the Pareto front."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import (
    DEFAULT_LEVEL,
    lengths_problem,
    level_problem,
    positive_problem,
    stderr_problem,
    values_problem,
)
from benchdb.stats.intervals import Interval, t_interval, t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class LinearFit:
    """A straight line y = intercept + slope x."""

    slope: float
    """Change of y for one unit of x."""
    intercept: float
    """y at x = 0."""
    stderr: float | None
    """Standard error of the slope; None with two points, which always lie on a line."""
    interval: Interval | None
    """Student t interval of the slope with n - 2 degrees of freedom; None with two points."""
    n: int
    """Points fitted."""
    r2: float | None
    """Share of the (weighted) variance of y on the line; None if y does not vary."""
    centre: float = 0.0
    """(Weighted) mean of x, where the line is known best."""
    centre_stderr: float | None = None
    """Standard error of the line's y at the centre, which does not depend on that of the slope; None with two points."""

    def predict(self, x: float) -> float:
        """The line's y at x.

        Args:
            x: Where; beyond the points fitted it is an extrapolation.

        Returns:
            intercept + slope x.
        """
        return self.intercept + self.slope * x


def linear_fit(
    x: Sequence[float],
    y: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    level: float = DEFAULT_LEVEL,
) -> LinearFit:
    """Least-squares line through points, with the error of its slope.

    Two points give a slope without error or interval; one does not give a slope. The error is estimated from the
    scatter about the line, so points exactly on a line give 0.

    Args:
        x: Abscissae (log size, days), at least two different ones, all finite.
        y: Ordinates (scores), in the same order.
        weights: Relative weights above 0, as 1 / stderr^2 of each y; only their ratios matter. None weighs equally.
        level: Coverage of the interval as a fraction in (0, 1).

    Returns:
        The line; slope = sum w (x - mx)(y - my) / sum w (x - mx)^2 with weighted means mx and my, and
        stderr^2 = (sum w residual^2 / (n - 2)) / sum w (x - mx)^2.

    Raises:
        StatisticsInputError: If the lists differ in length, a number is not finite, there are fewer than two different
            x, a weight is not above 0, or the level is out of range.

    References:
        Draper, Smith (1998), Applied regression analysis, chapters 1 and 9.
    """
    weights = [1.0] * len(x) if weights is None else weights
    problem = (
        lengths_problem(x=x, y=y, weights=weights)
        or values_problem("x", x, minimum=2)
        or values_problem("y", y, minimum=2)
        or next((fault for weight in weights if (fault := positive_problem(weight, "weights"))), None)
        or level_problem(level)
    )
    if problem is None and min(x) == max(x):
        problem = f"x: expected at least 2 different values, found only {x[0]!r}; a trend needs a spread"
    if problem:
        raise StatisticsInputError(problem)
    n, total = len(x), math.fsum(weights)
    mean_x = math.fsum(w * value for w, value in zip(weights, x, strict=True)) / total
    mean_y = math.fsum(w * value for w, value in zip(weights, y, strict=True)) / total
    points = [(w, u - mean_x, v - mean_y) for w, u, v in zip(weights, x, y, strict=True)]
    spread_x = math.fsum(w * u * u for w, u, _ in points)
    spread_y = math.fsum(w * v * v for w, _, v in points)
    slope = math.fsum(w * u * v for w, u, v in points) / spread_x
    left = math.fsum(w * (v - slope * u) ** 2 for w, u, v in points)
    scatter = left / (n - 2) if n > 2 else None
    stderr = None if scatter is None else math.sqrt(scatter / spread_x)
    return LinearFit(
        slope=slope,
        intercept=mean_y - slope * mean_x,
        stderr=stderr,
        interval=None if stderr is None else t_interval(slope, stderr, n - 2, level=level),
        n=n,
        r2=1 - left / spread_y if min(y) < max(y) else None,
        centre=mean_x,
        centre_stderr=None if scatter is None else math.sqrt(scatter / total),
    )


def line_mean_half_width(
    x: float, *, centre: float, centre_stderr: float, slope_stderr: float, n: int, level: float = DEFAULT_LEVEL
) -> float:
    """Half-width of the interval of a fitted line's mean at x: of the line itself, not of a further point.

    Args:
        x: Where; beyond the points fitted it is an extrapolation that trusts the line to stay straight.
        centre: Mean of the points' x.
        centre_stderr: Standard error of the line there, at least 0.
        slope_stderr: Standard error of the slope, at least 0.
        n: Points fitted, at least 3.
        level: Coverage at each x as a fraction in (0, 1); the band as a whole holds the line less often.

    Returns:
        t * sqrt(centre_stderr^2 + (x - centre)^2 slope_stderr^2), t with n - 2 degrees of freedom; mean and slope of a
        least-squares line are uncorrelated.

    Raises:
        StatisticsInputError: If a number is not finite or out of range.

    References:
        Draper, Smith (1998), Applied regression analysis, section 3.1.
    """
    problem = (
        values_problem("x", [x, centre], minimum=2)
        or stderr_problem(centre_stderr)
        or stderr_problem(slope_stderr)
        or level_problem(level)
    )
    if problem is None and n < 3:
        problem = f"n: expected at least 3 points behind a band, found {n}"
    if problem:
        raise StatisticsInputError(problem)
    return t_quantile(level, n - 2) * math.hypot(centre_stderr, (x - centre) * slope_stderr)


def best_so_far(values: Sequence[float], *, higher_is_better: bool = True) -> list[float]:
    """The best of each value and all before it.

    Args:
        values: Scores in order of time, all finite; put those of one day in any order and read the last of the day.
        higher_is_better: Whether the best is the largest.

    Returns:
        One value each, never getting worse; an empty list gives an empty list.

    Raises:
        StatisticsInputError: If a value is missing or not finite.
    """
    if problem := values_problem("values", values, minimum=0):
        raise StatisticsInputError(problem)
    best: list[float] = []
    for value in values:
        improves = not best or (value > best[-1] if higher_is_better else value < best[-1])
        best.append(value if improves else best[-1])
    return best


def record_indices(values: Sequence[float], *, higher_is_better: bool = True) -> list[int]:
    """Positions at which the best so far was improved.

    Args:
        values: Scores in order of time, all finite.
        higher_is_better: Whether the best is the largest.

    Returns:
        Rising positions, the first always among them; equalling a record is not a new one.

    Raises:
        StatisticsInputError: If a value is missing or not finite.
    """
    if problem := values_problem("values", values, minimum=0):
        raise StatisticsInputError(problem)
    best = best_so_far(values, higher_is_better=higher_is_better)
    return [index for index in range(len(best)) if index == 0 or best[index] != best[index - 1]]


def pareto_front(points: Sequence[Sequence[float]], higher_is_better: Sequence[bool]) -> list[int]:
    """Positions of the points that no other point beats.

    A point beats another if it is at least as good in every respect and better in one; equal points do not beat each
    other and stay together.

    Args:
        points: One point a model (score, size, cost), all coordinates finite.
        higher_is_better: One entry a coordinate.

    Returns:
        Rising positions; whether a point is among them does not depend on the order of the others.

    Raises:
        StatisticsInputError: If a point has another number of coordinates or one is not finite.

    References:
        Kung, Luccio, Preparata (1975), On finding the maxima of a set of vectors, doi:10.1145/321906.321910.
    """
    for i, point in enumerate(points):
        problem = lengths_problem(**{f"points[{i}]": point, "higher_is_better": higher_is_better})
        if problem := problem or values_problem(f"points[{i}]", point):
            raise StatisticsInputError(problem)
    signed = [
        tuple(value if up else -value for value, up in zip(point, higher_is_better, strict=True)) for point in points
    ]
    # From the best first coordinate on, a point can only be beaten by one that comes before it.
    front: list[tuple[float, ...]] = []
    for candidate in sorted(set(signed), reverse=True):
        if not any(all(u >= v for u, v in zip(other, candidate, strict=True)) for other in front):
            front.append(candidate)
    kept = set(front)
    return [index for index, point in enumerate(signed) if point in kept]
