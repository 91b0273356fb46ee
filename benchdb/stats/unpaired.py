"""Is one model better than another, without shared items: from counts alone, or from two values and their errors.

Every function is antisymmetric: swapping A and B turns the sign of the difference and leaves p as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, counts_problem, positive_problem, stderr_problem, values_problem
from benchdb.stats.intervals import normal_quantile, t_p_value, t_quantile, wilson_interval


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference A - B of two independent values."""

    difference: float
    """A - B, in the unit of the values."""
    stderr: float
    """Standard error of the difference."""
    lower: float
    """Lower bound at the level asked for."""
    upper: float
    """Upper bound at the level asked for."""
    p_value: float
    """Two-sided p-value of no difference."""
    method: str
    """How it was tested: normal, t, n-1 chi-squared, fisher-irwin."""


def two_proportion(
    n_correct_a: int, n_samples_a: int, n_correct_b: int, n_samples_b: int, *, level: float = DEFAULT_LEVEL
) -> Difference:
    """Difference of two proportions from counts alone.

    Each sample counts as independent, which repeated attempts at one item are not; and if both models saw the same
    items, a paired test on the items sees more.

    Args:
        n_correct_a: Correct samples of A.
        n_samples_a: Samples of A, at least 1.
        n_correct_b: Correct samples of B.
        n_samples_b: Samples of B, at least 1.
        level: Coverage of the interval as a fraction in (0, 1).

    Returns:
        The difference A - B as a fraction; the unpooled standard error sqrt(pA(1-pA)/nA + pB(1-pB)/nB); Newcombe's
        interval from the two Wilson intervals, which stays in [-1, 1] and does not collapse at 0 and 1; and p from
        the N - 1 chi-squared test, or the Fisher-Irwin exact test where a cell's expected count is below 1. Decide by
        p: at the edge the interval, made another way, may disagree.

    Raises:
        StatisticsInputError: If a count or the level is out of range.

    References:
        Newcombe (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I;
        Campbell (2007), doi:10.1002/sim.2832.
    """
    problem = counts_problem(n_correct_a, n_samples_a) or counts_problem(n_correct_b, n_samples_b)
    if problem:
        raise StatisticsInputError(problem)
    p_a, p_b = n_correct_a / n_samples_a, n_correct_b / n_samples_b
    wilson_a = wilson_interval(n_correct_a, n_samples_a, level=level)
    wilson_b = wilson_interval(n_correct_b, n_samples_b, level=level)
    difference = p_a - p_b
    p_value, method = _two_by_two(n_correct_a, n_samples_a, n_correct_b, n_samples_b)
    return Difference(
        difference=difference,
        stderr=math.sqrt(p_a * (1 - p_a) / n_samples_a + p_b * (1 - p_b) / n_samples_b),
        lower=difference - math.hypot(p_a - wilson_a.lower, wilson_b.upper - p_b),
        upper=difference + math.hypot(wilson_a.upper - p_a, p_b - wilson_b.lower),
        p_value=p_value,
        method=method,
    )


def _two_by_two(c_a: int, n_a: int, c_b: int, n_b: int) -> tuple[float, str]:
    """The p-value of a two-by-two table and the name of the test."""
    n, correct = n_a + n_b, c_a + c_b
    if min(n_a, n_b) * min(correct, n - correct) < n:
        observed = math.comb(n_a, c_a) * math.comb(n_b, c_b)
        ways = [
            math.comb(n_a, x) * math.comb(n_b, correct - x) for x in range(max(0, correct - n_b), 1 + min(correct, n_a))
        ]
        return sum(way for way in ways if way <= observed) / math.comb(n, correct), "fisher-irwin"
    excess = c_a * n_b - c_b * n_a
    chi_squared = excess * excess * (n - 1) / (n_a * n_b * correct * (n - correct))
    return math.erfc(math.sqrt(chi_squared / 2)), "n-1 chi-squared"


def independent_difference(
    value_a: float,
    stderr_a: float,
    value_b: float,
    stderr_b: float,
    *,
    level: float = DEFAULT_LEVEL,
    df: float | None = None,
) -> Difference:
    """Difference of two values from their standard errors alone, as if they were independent.

    On shared items this is usually too wide (models find the same items hard); say "unpaired" wherever it is shown.

    Args:
        value_a: A's value; finite.
        stderr_a: Its standard error, at least 0.
        value_b: B's value, in the same unit.
        stderr_b: Its standard error, at least 0; not both errors are 0.
        level: Coverage of the interval as a fraction in (0, 1).
        df: Degrees of freedom, from `welch_df`, where the numbers of items are known; None is the normal test.

    Returns:
        The difference A - B with sqrt(stderr_a^2 + stderr_b^2), interval and p-value.

    Raises:
        StatisticsInputError: If a number is not finite, an error negative or both are 0, or level or df out of range.

    References:
        Miller (2024), arXiv:2411.00640, on unpaired differences; Welch (1947), doi:10.1093/biomet/34.1-2.28.
    """
    stderr = math.hypot(stderr_a, stderr_b)
    problem = (
        values_problem("value_a, value_b", [value_a, value_b])
        or stderr_problem(stderr_a, "stderr_a")
        or stderr_problem(stderr_b, "stderr_b")
        or positive_problem(stderr, "stderr_a and stderr_b together")
    )
    if problem:
        raise StatisticsInputError(problem)
    difference = value_a - value_b
    if df is None:
        half, method = normal_quantile(level) * stderr, "normal"
        p_value = math.erfc(abs(difference) / stderr / math.sqrt(2))
    else:
        half, method = t_quantile(level, df) * stderr, "t"
        p_value = t_p_value(difference / stderr, df)
    return Difference(difference, stderr, difference - half, difference + half, p_value, method)


def welch_df(stderr_a: float, n_a: int, stderr_b: float, n_b: int) -> float:
    """Degrees of freedom of the difference of two independent means.

    Args:
        stderr_a: Standard error of A's mean, at least 0.
        n_a: Items behind it, at least 2.
        stderr_b: Standard error of B's mean, at least 0; not both errors are 0.
        n_b: Items behind it, at least 2.

    Returns:
        The Welch-Satterthwaite degrees of freedom, between min(n_a, n_b) - 1 and n_a + n_b - 2.

    Raises:
        StatisticsInputError: If an error is negative or not finite, both are 0, or an n is below 2.

    References:
        Welch (1947), doi:10.1093/biomet/34.1-2.28; Satterthwaite (1946), doi:10.2307/3002019.
    """
    problem = (
        stderr_problem(stderr_a, "stderr_a")
        or stderr_problem(stderr_b, "stderr_b")
        or positive_problem(max(stderr_a, stderr_b), "stderr_a and stderr_b together")
        or positive_problem(n_a - 1, "n_a - 1")
        or positive_problem(n_b - 1, "n_b - 1")
    )
    if problem:
        raise StatisticsInputError(problem)
    # Only the ratio matters; scaling by the larger keeps fourth powers of tiny errors from vanishing.
    share_a, share_b = ((stderr / max(stderr_a, stderr_b)) ** 2 for stderr in (stderr_a, stderr_b))
    return (share_a + share_b) ** 2 / (share_a**2 / (n_a - 1) + share_b**2 / (n_b - 1))
