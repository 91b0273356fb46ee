"""Intervals and standard errors of one number: a proportion, a mean over items, a rounded value.

Nothing here imports NumPy or SciPy at import time: Beta quantiles come from `scipy.special`, the bootstrap from NumPy,
each when it is called.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import (
    DEFAULT_LEVEL,
    DEFAULT_SEED,
    clusters_problem,
    counts_problem,
    lengths_problem,
    level_problem,
    positive_problem,
    stderr_problem,
    values_problem,
)
from benchdb.stats.student import upper_quantile

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_RESAMPLED_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A lower and an upper bound, with what they promise."""

    lower: float
    """Lower bound, in the unit of the estimate."""
    upper: float
    """Upper bound, in the unit of the estimate."""
    level: float
    """Coverage as a fraction; 1.0 for bounds that always hold (rounding)."""
    method: str
    """How it was made: wilson, effective wilson, beta, jeffreys, normal, t, rounding, bootstrap."""


def normal_quantile(level: float) -> float:
    """Half-width of a two-sided normal interval in standard errors: 1.959964 for 0.95.

    Args:
        level: Coverage as a fraction in (0, 1).

    Returns:
        The quantile of the standard normal at (1 + level) / 2.

    Raises:
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    # The upper tail is asked for through the lower one: 1 - tail loses digits for levels close to 1.
    return -NormalDist().inv_cdf((1 - level) / 2)


def t_quantile(level: float, df: float) -> float:
    """Half-width of a two-sided Student t interval in standard errors: 2.045230 for 0.95 and 29 degrees of freedom.

    Args:
        level: Coverage as a fraction in (0, 1).
        df: Degrees of freedom, above 0; need not be whole.

    Returns:
        The quantile of Student's t at (1 + level) / 2.

    Raises:
        StatisticsInputError: If the level or the degrees of freedom are out of range.
    """
    if problem := level_problem(level) or positive_problem(df, "df"):
        raise StatisticsInputError(problem)
    return upper_quantile((1 - level) / 2, df)


def t_p_value(t: float, df: float) -> float:
    """Two-sided p-value of Student's t.

    Args:
        t: The statistic.
        df: Degrees of freedom, above 0; need not be whole.

    Returns:
        The chance of a t at least as far from 0.
    """
    from scipy.special import stdtr

    return 2 * float(stdtr(df, -abs(t)))


def wilson_interval(n_correct: int, n_samples: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Wilson score interval for a proportion.

    Args:
        n_correct: Correct samples, 0 <= n_correct <= n_samples.
        n_samples: Independent samples scored; unscored ones are not counted. Repeated attempts at one item are not
            independent: for those use `mean_stderr` over items with `t_interval`.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Lower and upper bound as fractions in [0, 1]; exactly 0 and 1 at the ends.

    Raises:
        StatisticsInputError: If the counts or the level are out of range.

    References:
        Wilson (1927), doi:10.1080/01621459.1927.10502953:
        (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    """
    if problem := counts_problem(n_correct, n_samples) or level_problem(level):
        raise StatisticsInputError(problem)
    z = normal_quantile(level)
    n_wrong = n_samples - n_correct
    centre = (n_correct + z * z / 2) / (n_samples + z * z)
    half = z * math.sqrt(n_correct * n_wrong / n_samples + z * z / 4) / (n_samples + z * z)
    lower = 0.0 if n_correct == 0 else max(0.0, centre - half)
    upper = 1.0 if n_wrong == 0 else min(1.0, centre + half)
    return Interval(lower, upper, level, "wilson")


def beta_interval(n_correct: int, n_samples: int, *, level: float = DEFAULT_LEVEL, prior: float = 1.0) -> Interval:
    """Central credible interval of a proportion under a symmetric Beta prior.

    Args:
        n_correct: Correct samples, 0 <= n_correct <= n_samples.
        n_samples: Independent samples scored.
        level: Probability inside, as a fraction in (0, 1).
        prior: Both parameters of the prior: 1 is uniform, 0.5 is Jeffreys'.

    Returns:
        The (1 - level)/2 and (1 + level)/2 quantiles of Beta(n_correct + prior, n_samples - n_correct + prior).

    Raises:
        StatisticsInputError: If the counts, the level or the prior are out of range.

    References:
        Bowyer, Aitchison, Ivanova (2025), Don't use the CLT in LLM evals with fewer than a few hundred datapoints,
        arXiv:2503.01747.
    """
    problem = counts_problem(n_correct, n_samples) or level_problem(level) or positive_problem(prior, "prior")
    if problem:
        raise StatisticsInputError(problem)
    from scipy.special import betaincinv

    successes, failures = n_correct + prior, n_samples - n_correct + prior
    tail = (1 - level) / 2
    # The upper quantile is one minus the lower quantile of the mirrored distribution: exact symmetry.
    lower = float(betaincinv(successes, failures, tail))
    upper = 1.0 - float(betaincinv(failures, successes, tail))
    return Interval(lower, upper, level, "beta")


def jeffreys_interval(n_correct: int, n_samples: int, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Jeffreys interval for a proportion: the Beta(1/2, 1/2) credible interval, closed at the ends.

    Args:
        n_correct: Correct samples, 0 <= n_correct <= n_samples; otherwise a `StatisticsInputError`.
        n_samples: Independent samples scored.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Bounds in [0, 1]; the lower is 0 where nothing is correct and the upper 1 where everything is, as the
        reference recommends.

    References:
        Brown, Cai, DasGupta (2001), Interval estimation for a binomial proportion, doi:10.1214/ss/1009213286.
    """
    inner = beta_interval(n_correct, n_samples, level=level, prior=0.5)
    lower = 0.0 if n_correct == 0 else inner.lower
    upper = 1.0 if n_correct == n_samples else inner.upper
    return Interval(lower, upper, level, "jeffreys")


def normal_interval(estimate: float, stderr: float, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Normal interval: estimate +- z stderr.

    Only for a reported error whose number of items is unknown or large; with few items `t_interval` is right.

    Args:
        estimate: The value; finite.
        stderr: Its standard error, at least 0.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Bounds in the unit of the estimate, not clipped to any range.

    Raises:
        StatisticsInputError: If a number is not finite, the error negative or the level out of range.
    """
    problem = values_problem("estimate", [estimate]) or stderr_problem(stderr) or level_problem(level)
    if problem:
        raise StatisticsInputError(problem)
    half = normal_quantile(level) * stderr
    return Interval(estimate - half, estimate + half, level, "normal")


def t_interval(estimate: float, stderr: float, df: float, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Student t interval: estimate +- t stderr.

    Args:
        estimate: The value; finite.
        stderr: Its standard error, at least 0.
        df: Degrees of freedom: items - 1, or clusters - 1.
        level: Coverage as a fraction in (0, 1).

    Returns:
        Bounds in the unit of the estimate, not clipped to any range.

    Raises:
        StatisticsInputError: If a number is not finite, the error negative, or df or level out of range.

    References:
        Student (1908), The probable error of a mean, doi:10.1093/biomet/6.1.1.
    """
    problem = values_problem("estimate", [estimate]) or stderr_problem(stderr)
    if problem:
        raise StatisticsInputError(problem)
    half = t_quantile(level, df) * stderr
    return Interval(estimate - half, estimate + half, level, "t")


def proportion_stderr(p: float, n: int) -> float:
    """Binomial standard error of a proportion: sqrt(p (1 - p) / n).

    For 0/1 items it is the standard error over items (with divisor n). When each item has several attempts and
    p is the mean of the items' pass rates, it is an upper bound of the standard error over items (divisor n), because
    rates in [0, 1] with mean p have variance at most p (1 - p). It is what can be said from a printed score and a
    number of items alone; label it so.

    Args:
        p: The proportion as a fraction in [0, 1].
        n: Number of items, at least 1; not items times attempts.

    Returns:
        The standard error as a fraction; 0 at p = 0 and p = 1, where `wilson_interval` says more.

    Raises:
        StatisticsInputError: If p is outside [0, 1] or n below 1.

    References:
        Bhatia, Davis (2000), A better bound on the variance, doi:10.1080/00029890.2000.12005203.
    """
    if not 0 <= p <= 1:
        msg = f"p: expected a fraction from 0 to 1, found {p!r}; divide percent by 100"
        raise StatisticsInputError(msg)
    if problem := counts_problem(0, n):
        raise StatisticsInputError(problem)
    return math.sqrt(p * (1 - p) / n)


def mean_stderr(values: Sequence[float]) -> float:
    """Standard error of the mean of independent items: sample standard deviation (divisor n - 1) over sqrt(n).

    Args:
        values: One number an item (a score, a pass rate, a paired difference), at least 2, all finite.

    Returns:
        The standard error in the unit of the values; 0 when all are the same.

    Raises:
        StatisticsInputError: If there are fewer than 2 values or one is not finite. (Inspect gives 0 for one value;
            here one value says nothing about spread.)

    References:
        Miller (2024), Adding error bars to evals, arXiv:2411.00640, equation 1.
    """
    if problem := values_problem("values", values, minimum=2):
        raise StatisticsInputError(problem)
    n = len(values)
    mean = math.fsum(values) / n
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (n - 1) / n)


def clustered_stderr(values: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Standard error of the mean when items come in clusters (questions on one passage, say).

    With G clusters: sqrt(G / (G - 1) * sum over clusters of (sum of deviations in the cluster)^2) / n. The factor
    G / (G - 1) is the small-sample correction that Inspect's `stderr(cluster=...)` applies and the paper does not;
    with one item a cluster the result equals `mean_stderr`.

    Args:
        values: One number an item, all finite.
        clusters: The cluster of each item, in the same order; any hashable label.

    Returns:
        The standard error in the unit of the values.

    Raises:
        StatisticsInputError: If the lists differ in length, a value is not finite, a label is None or NaN, or there
            are fewer than 2 clusters. (Inspect gives 0 for one cluster.)

    References:
        Miller (2024), arXiv:2411.00640, on clustered standard errors, and its appendix A; UKGovernmentBEIS/inspect_ai,
        src/inspect_ai/scorer/_metrics/std.py.
    """
    problem = (
        lengths_problem(values=values, clusters=clusters)
        or values_problem("values", values)
        or clusters_problem(clusters)
    )
    if problem:
        raise StatisticsInputError(problem)
    n = len(values)
    mean = math.fsum(values) / n
    deviations: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        deviations.setdefault(cluster, []).append(value - mean)
    squares = math.fsum(math.fsum(members) ** 2 for members in deviations.values())
    return math.sqrt(squares * len(deviations) / (len(deviations) - 1)) / n


def rounding_interval(value: float, decimals: int) -> Interval:
    """What a printed number may have been before rounding: half a unit of the last decimal either way.

    Args:
        value: The number as printed; finite.
        decimals: Decimals as printed; negative ones mean tens, hundreds.

    Returns:
        Closed bounds in the unit of the value, level 1.0, computed in decimal arithmetic: 72.6 with 1 decimal gives
        72.55 and 72.65, the doubles nearest to those.

    Raises:
        StatisticsInputError: If the value is not finite.
    """
    if problem := values_problem("value", [value]):
        raise StatisticsInputError(problem)
    exact, half = Decimal(str(value)), Decimal(5).scaleb(-decimals - 1)
    return Interval(float(exact - half), float(exact + half), 1.0, "rounding")


def bootstrap_interval(
    values: Sequence[float],
    *,
    level: float = DEFAULT_LEVEL,
    n_resamples: int = 10_000,
    seed: int = DEFAULT_SEED,
) -> Interval:
    """Percentile bootstrap interval for the mean over items.

    Below about 100 items it is too narrow (the resampled variance has divisor n): prefer `t_interval` there.

    Args:
        values: One number an item, at least 2, all finite.
        level: Coverage as a fraction in (0, 1).
        n_resamples: Resamples drawn, at least 1.
        seed: Seed of NumPy's default generator; the same seed gives the same interval.

    Returns:
        The (1 - level)/2 and (1 + level)/2 quantiles of the resampled means, linearly interpolated.

    Raises:
        StatisticsInputError: If there are fewer than 2 values, one is not finite, or level or n_resamples are out of
            range.

    References:
        Efron (1979), Bootstrap methods: another look at the jackknife, doi:10.1214/aos/1176344552.
    """
    problem = (
        values_problem("values", values, minimum=2)
        or level_problem(level)
        or positive_problem(n_resamples, "n_resamples")
    )
    if problem:
        raise StatisticsInputError(problem)
    import numpy as np

    rng = np.random.default_rng(seed)
    items = np.asarray(values, dtype=float)
    means = np.empty(n_resamples)
    batch = max(1, _RESAMPLED_AT_ONCE // len(items))
    for start in range(0, n_resamples, batch):
        stop = min(start + batch, n_resamples)
        means[start:stop] = items[rng.integers(0, len(items), size=(stop - start, len(items)))].mean(axis=1)
    lower, upper = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(lower), float(upper), level, "bootstrap")
