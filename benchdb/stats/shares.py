"""Shares of items that are right, when all that is known of them is a mean with an error, or with a number of items.

A share keeps to [0, 1], and near its ends a symmetric interval covers too little: 95 % Student intervals of 30 items with
a mean of 0.97 cover 80 to 86 %. Wilson's interval on the effective number of items covers about as stated
(tests/unit/stats/test_stats_coverage.py has the figures), so it is what questions use.
"""

from __future__ import annotations

import math

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, counts_problem, level_problem, positive_problem, stderr_problem
from benchdb.stats.intervals import Interval, normal_quantile, t_quantile


def effective_items(p: float, stderr: float) -> float:
    """Number of independent right-or-wrong items that would give this error: p (1 - p) / stderr^2.

    Args:
        p: The share, above 0 and below 1.
        stderr: Its standard error as a fraction, above 0.

    Returns:
        The number; need not be whole. More than there are items where several attempts an item make the mean surer, fewer
        where items come in clusters.

    Raises:
        StatisticsInputError: If the share or the error are out of range.

    References:
        Kish (1965), Survey sampling, section 8.2: the number of items over the design effect.
    """
    if not 0 < p < 1:
        msg = (
            f"p: expected a fraction between 0 and 1, found {p!r}; without right and wrong items the error says nothing"
        )
        raise StatisticsInputError(msg)
    if problem := positive_problem(stderr, "stderr"):
        raise StatisticsInputError(problem)
    return p * (1 - p) / (stderr * stderr)


def share_interval(p: float, n_effective: float, *, df: float | None = None, level: float = DEFAULT_LEVEL) -> Interval:
    """Wilson interval of a share on an effective number of items, with Student's quantile where the error was estimated.

    Args:
        p: The share as a fraction in [0, 1].
        n_effective: Effective number of items, above 0: the number of items where each was tried once, else
            `effective_items`.
        df: Degrees of freedom of the error: items - 1, or clusters - 1; None for the normal quantile.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Bounds in [0, 1], with the method `wilson`, or `effective wilson` where degrees of freedom are given. All p for
        which |p - the share| is at most the quantile times sqrt(p (1 - p) / n_effective).

    Raises:
        StatisticsInputError: If a number is out of range.

    References:
        Wilson (1927), doi:10.1080/01621459.1927.10502953; for effective numbers Korn, Graubard (1998), Confidence
        intervals for proportions with small expected number of positive counts, Survey Methodology 24, and Dean, Pagano
        (2015), doi:10.1093/jssam/smv024.
    """
    problem = positive_problem(n_effective, "n_effective") or level_problem(level)
    if not 0 <= p <= 1:
        problem = f"p: expected a fraction from 0 to 1, found {p!r}; divide percent by 100"
    if problem:
        raise StatisticsInputError(problem)
    q = normal_quantile(level) if df is None else t_quantile(level, df)
    centre = (p * n_effective + q * q / 2) / (n_effective + q * q)
    half = q * math.sqrt(p * (1 - p) * n_effective + q * q / 4) / (n_effective + q * q)
    lower = 0.0 if p == 0 else max(0.0, centre - half)
    upper = 1.0 if p == 1 else min(1.0, centre + half)
    return Interval(lower, upper, level, "wilson" if df is None else "effective wilson")


def stderr_bounds(p: float, n_items: int, samples_per_item: int) -> tuple[float, float]:
    """Least and greatest standard error of a pass rate over n items with k independent attempts each.

    The variance of the mean is (p (1 - p) - (1 - 1/k) E[p_i (1 - p_i)]) / n for pass rates p_i with mean p (law of total
    variance). It is greatest where each item is always or never solved, and least where all items are equally hard.

    Args:
        p: The mean pass rate as a fraction in [0, 1].
        n_items: Items, at least 1.
        samples_per_item: Attempts an item, at least 1.

    Returns:
        sqrt(p (1 - p) / (n k)) and sqrt(p (1 - p) / n), fractions; equal for one attempt an item.

    Raises:
        StatisticsInputError: If a number is out of range.

    References:
        Miller (2024), arXiv:2411.00640, on resampling; Bhatia, Davis (2000), doi:10.1080/00029890.2000.12005203.
    """
    problem = counts_problem(0, n_items) or positive_problem(samples_per_item, "samples_per_item")
    if not 0 <= p <= 1:
        problem = f"p: expected a fraction from 0 to 1, found {p!r}; divide percent by 100"
    if problem:
        raise StatisticsInputError(problem)
    greatest = math.sqrt(p * (1 - p) / n_items)
    return greatest / math.sqrt(samples_per_item), greatest


def stderr_of_runs(p: float, n_items: int, between: float, n_runs: int, samples_per_item: int = 1) -> float:
    """Standard error of a mean over repeated runs on the same items, from the runs' means and the number of items alone.

    A run's variance over drawing items and answers is p (1 - p) / n for one attempt an item. The variance between runs on the
    same items holds the part of the answers only, which r runs divide by r: with v for that of a run of k attempts an item,
    p (1 - p) / n - (k - 1 / r) v is left. Few runs estimate v badly, so the estimate with the least squared error is taken
    (divisor r + 1), and no more than p (1 - p) / (n k).

    Args:
        p: Mean over the runs, a fraction in [0, 1].
        n_items: Items, at least 1.
        between: Standard error of the mean over runs as their spread gives it: standard deviation over sqrt(n_runs).
        n_runs: Runs, at least 2.
        samples_per_item: Attempts at each item in each run, at least 1.

    Returns:
        The standard error as a fraction; with Student's quantile of n_items - 1 degrees of freedom its interval covers 94 %
        and more in simulations.

    Raises:
        StatisticsInputError: If a number is out of range.

    References:
        Miller (2024), arXiv:2411.00640, on resampling (law of total variance); for the divisor Goodman (1953), A simple method
        for improving some estimators, Annals of Mathematical Statistics 24.
    """
    least, greatest = stderr_bounds(p, n_items, samples_per_item)
    problem = stderr_problem(between, "between")
    if n_runs < 2:
        problem = f"n_runs: expected at least 2, found {n_runs!r}; one run says nothing about the next"
    if problem:
        raise StatisticsInputError(problem)
    of_a_run = min(between * between * n_runs * (n_runs - 1) / (n_runs + 1), least * least)
    return math.sqrt(greatest * greatest - (samples_per_item - 1 / n_runs) * of_a_run)


def combined_df(variances: list[tuple[float, float | None]]) -> float | None:
    """Degrees of freedom of a sum of independent estimated variances.

    Args:
        variances: Each variance, at least 0, with its degrees of freedom; None where it counts as known.

    Returns:
        (sum of variances)^2 / sum of variance^2 / df; None where every variance counts as known, or all are 0.

    Raises:
        StatisticsInputError: If a variance is negative or not finite, or degrees of freedom are not above 0.

    References:
        Satterthwaite (1946), doi:10.2307/3002019.
    """
    for variance, df in variances:
        if problem := stderr_problem(variance, "variance") or (df is not None and positive_problem(df, "df")):
            raise StatisticsInputError(problem)
    total = math.fsum(variance for variance, _ in variances)
    spread = math.fsum(variance * variance / df for variance, df in variances if df is not None)
    return total * total / spread if spread > 0 else None
