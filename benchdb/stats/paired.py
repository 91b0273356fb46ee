"""Is one model better than another: differences with their error, on shared items.

The ladder, best first: `paired_difference` (same items), `mcnemar_exact` / `sign_test` / `permutation_test` (the same,
with fewer assumptions); without shared items those of `benchdb.stats.unpaired`: `two_proportion` (counts only),
`independent_difference` (two values and two errors only).
Every function is antisymmetric: swapping A and B turns the sign of the difference and leaves p as it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import (
    DEFAULT_LEVEL,
    DEFAULT_SEED,
    lengths_problem,
    level_problem,
    positive_problem,
    values_problem,
)
from benchdb.stats.intervals import clustered_stderr, mean_stderr, t_p_value, t_quantile

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_DRAWN_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A mean difference A - B over the same items."""

    difference: float
    """Mean of A - B, in the unit of the values."""
    stderr: float
    """Standard error of the mean difference; 0 when all differences are the same."""
    lower: float | None
    """Lower bound at the level asked for; None where there are too few items for one (method sign)."""
    upper: float | None
    """Upper bound, likewise."""
    n_items: int
    """Items both models were given."""
    p_value: float
    """Two-sided p-value of no difference."""
    method: str
    """How it was tested: paired t, paired t clustered, sign, sign clustered."""


@dataclass(frozen=True, slots=True)
class SignTest:
    """Wins and losses of A over B on shared items."""

    n_wins: int
    """Items on which A is above B."""
    n_losses: int
    """Items on which A is below B."""
    n_ties: int
    """Items on which they are equal; they do not enter the p-value."""
    p_value: float
    """Exact two-sided p-value of wins and losses being equally likely."""


def paired_difference(
    a: Sequence[float],
    b: Sequence[float],
    *,
    level: float = DEFAULT_LEVEL,
    clusters: Sequence[Hashable] | None = None,
) -> PairedDifference:
    """Mean difference over shared items, with the paired t test and interval.

    Where all differences (or all clusters' mean differences) are the same, their spread is unknown rather than 0 and t
    does not exist. The sign test on the n independent units (items, or clusters) then gives p = 2 / 2^n (1 for a
    difference of 0), and the interval is the order-statistic one for the median: the common difference itself if
    2 / 2^n <= 1 - level, which takes 6 units at 0.95, and None below that. Two items out of two are no proof.

    Args:
        a: A's value on each item (correct or not, or the pass rate over attempts), at least 2, all finite.
        b: B's value on the same items, in the same order.
        level: Coverage of the interval as a fraction in (0, 1).
        clusters: The cluster of each item where items are not independent; the error is then `clustered_stderr` and
            the degrees of freedom are clusters - 1.

    Returns:
        The difference A - B with standard error, interval and p-value.

    Raises:
        StatisticsInputError: If the lists differ in length, there are fewer than 2 items or clusters, a value is not
            finite, a cluster is missing, or the level is out of range.

    References:
        Miller (2024), Adding error bars to evals, arXiv:2411.00640, on paired differences; Student (1908),
        doi:10.1093/biomet/6.1.1; for the sign test Conover (1999), Practical nonparametric statistics, chapter 3.
    """
    problem = (
        lengths_problem(a=a, b=b)
        or values_problem("a", a, minimum=2)
        or values_problem("b", b, minimum=2)
        or level_problem(level)
    )
    if problem:
        raise StatisticsInputError(problem)
    differences = [x - y for x, y in zip(a, b, strict=True)]
    if clusters is None:
        stderr, n_units, suffix = mean_stderr(differences), len(differences), ""
    else:
        stderr, n_units, suffix = clustered_stderr(differences, clusters), len(set(clusters)), " clustered"
    difference = math.fsum(differences) / len(differences)
    # Decimal fractions differ in the last digits (0.3 - 0.2 and 0.2 - 0.1): such a spread is none.
    noise = 1e-12 * max(map(abs, (*a, *b)))
    if stderr <= noise:
        common = difference if abs(difference) > noise else 0.0
        return _without_spread(common, len(differences), n_units, level, f"sign{suffix}")
    half = t_quantile(level, n_units - 1) * stderr
    return PairedDifference(
        difference=difference,
        stderr=stderr,
        lower=difference - half,
        upper=difference + half,
        n_items=len(differences),
        p_value=t_p_value(difference / stderr, n_units - 1),
        method=f"paired t{suffix}",
    )


def _without_spread(common: float, n_items: int, n_units: int, level: float, method: str) -> PairedDifference:
    chance = math.ldexp(2.0, -n_units)
    bound = common if chance <= 1 - level else None
    return PairedDifference(common, 0.0, bound, bound, n_items, chance if common else 1.0, method)


def mcnemar_exact(b: int, c: int) -> float:
    """Exact McNemar test: the two-sided binomial p-value of the items on which exactly one model is right.

    Args:
        b: Items only A solves.
        c: Items only B solves.

    Returns:
        min(1, 2 P(X <= min(b, c))) for X binomial with b + c trials and chance 1/2; 1 without discordant items.
        Relative error about 1e-14; 100,000 discordant items take about 0.1 s.

    Raises:
        StatisticsInputError: If a count is negative.

    References:
        McNemar (1947), doi:10.1007/BF02295996, with the binomial distribution in place of chi-squared.
    """
    if b < 0 or c < 0:
        msg = f"b, c: expected counts of at least 0, found {b} and {c}"
        raise StatisticsInputError(msg)
    n, k = b + c, min(b, c)
    # Tail terms relative to the largest, P(X = k): each is the one before times i / (n - i + 1).
    tail = term = 1.0
    for i in range(k, 0, -1):
        term *= i / (n - i + 1)
        tail += term
    return min(1.0, 2 * tail * (math.comb(n, k) / (1 << n)))


def sign_test(a: Sequence[float], b: Sequence[float]) -> SignTest:
    """Wins, losses and ties of A over B on shared items, with the exact sign test.

    Args:
        a: A's value on each item, at least 1, all finite.
        b: B's value on the same items, in the same order.

    Returns:
        The counts with p; for right-or-wrong items p equals `mcnemar_exact(n_wins, n_losses)`.

    Raises:
        StatisticsInputError: If the lists are empty or differ in length or a value is not finite.

    References:
        Dixon, Mood (1946), The statistical sign test, doi:10.1080/01621459.1946.10501898.
    """
    if problem := lengths_problem(a=a, b=b) or values_problem("a", a) or values_problem("b", b):
        raise StatisticsInputError(problem)
    wins = sum(x > y for x, y in zip(a, b, strict=True))
    losses = sum(x < y for x, y in zip(a, b, strict=True))
    return SignTest(wins, losses, len(a) - wins - losses, mcnemar_exact(wins, losses))


def permutation_test(
    a: Sequence[float],
    b: Sequence[float],
    *,
    n_resamples: int = 10_000,
    seed: int = DEFAULT_SEED,
) -> float:
    """Paired permutation test: p-value of the mean difference when the models' names are swapped item by item.

    Items without a difference do not matter. If all 2^m swaps of the m others are at most `n_resamples`, they are all
    tried and the p-value is exact; otherwise it is (1 + at least as extreme) / (1 + n_resamples).

    Args:
        a: A's value on each item, at least 1, all finite.
        b: B's value on the same items, in the same order.
        n_resamples: Swaps drawn, at least 1.
        seed: Seed of NumPy's default generator.

    Returns:
        The two-sided p-value, above 0 and at most 1; 1 if no item differs.

    Raises:
        StatisticsInputError: If the lists are empty or differ in length, a value is not finite, or n_resamples is
            below 1.

    References:
        Fisher (1935), The design of experiments, section 21; Phipson, Smyth (2010), doi:10.2202/1544-6115.1585.
    """
    problem = (
        lengths_problem(a=a, b=b)
        or values_problem("a", a)
        or values_problem("b", b)
        or positive_problem(n_resamples, "n_resamples")
    )
    if problem:
        raise StatisticsInputError(problem)
    import numpy as np

    # In order of size, so that the swaps drawn do not depend on the order of the items.
    differences = np.array(sorted(abs(x - y) for x, y in zip(a, b, strict=True) if x != y))
    n = len(differences)
    # Sums in another order differ in the last digits; what is equal but for those counts as equal.
    observed = abs(math.fsum(x - y for x, y in zip(a, b, strict=True))) - 1e-12 * float(differences.sum())
    if n < 60 and 2**n <= n_resamples:
        signs = (np.arange(2**n)[:, None] >> np.arange(n) & 1) * 2 - 1
        return float((abs(signs @ differences) >= observed).mean())
    rng = np.random.default_rng(seed)
    extreme = 0
    batch = max(1, _DRAWN_AT_ONCE // n)
    for start in range(0, n_resamples, batch):
        signs = rng.integers(0, 2, size=(min(batch, n_resamples - start), n)) * 2 - 1
        extreme += int((abs(signs @ differences) >= observed).sum())
    return (1 + extreme) / (1 + n_resamples)
