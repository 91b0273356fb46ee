"""Which models are established as better than which, over all pairs at once: rank intervals and tiers.

Every pair is tested and Holm's step-down keeps the chance of any false claim among all pairs below one minus the level.
Holm's rejections are found as a fixed point: with R pairs established, test all at (1 - level) / (pairs - R), until R stays.
Small tables are done in plain Python, large ones in NumPy; both give the same answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from statistics import NormalDist
from typing import TYPE_CHECKING, Protocol

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, lengths_problem, level_problem, stderr_problem, values_problem
from benchdb.stats.ranking import RankInterval
from benchdb.stats.student import upper_quantile, upper_tail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy import bool_, float64
    from numpy.typing import NDArray

MOST_IN_PYTHON = 96
"""Models up to which plain Python is quicker than importing NumPy."""


_Model = tuple[float, float, float, float]
"""Value, variance, rounding and degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Separation:
    """What all pairs together establish, in the order of the models given."""

    ranks: tuple[RankInterval, ...]
    """The ranks that each model may truly have; all of them hold together at the level."""
    tiers: tuple[int, ...]
    """Tie group of each model, from 1."""


class _Pairs(Protocol):
    """Tests of the pairs of models sorted best first."""

    def count(self, alpha: float) -> int:
        """Return how many pairs are established at alpha."""

    def row(self, i: int, alpha: float) -> Sequence[bool] | NDArray[bool_]:
        """Return for each model after i whether i is established as better."""

    def above_and_below(self, alpha: float) -> tuple[list[int], list[int]]:
        """Return for each model how many are established as better, and how many as worse."""


def separate(
    values: Sequence[float],
    stderrs: Sequence[float],
    roundings: Sequence[float],
    dfs: Sequence[float] | None = None,
    *,
    level: float = DEFAULT_LEVEL,
    higher_is_better: bool = True,
) -> Separation:
    """Rank intervals and tiers from values with independent errors.

    A pair's p is that of its difference, less the rounding of both values, over the root of both squared errors, with
    Welch's degrees of freedom.

    Args:
        values: One value a model.
        stderrs: Standard error of each value.
        roundings: How far rounding can have moved each value.
        dfs: Degrees of freedom of each error, infinite where it is as good as known; None is all infinite.
        level: The chance that no pair is established falsely, as a fraction.
        higher_is_better: Whether rank 1 is the largest value.

    Returns:
        Rank intervals from 1 + the models established as better to n - those established as worse; and tiers: going
        down the values, a model opens a new tier when the leader of the present one is established as better. Equal
        values are in one tier.

    Raises:
        StatisticsInputError: If a number is missing, an error is negative, the lengths differ, or the level is out of
            range.

    References:
        Holm (1979), A simple sequentially rejective multiple test procedure; Welch (1947), doi:10.1093/biomet/34.1-2.28;
        Al Mohamad, Goeman, van Zwet (2022), doi:10.1111/biom.13419, for rank intervals from all pairs.
    """
    dfs = [math.inf] * len(values) if dfs is None else dfs
    problem = level_problem(level) or lengths_problem(values=values, stderrs=stderrs, roundings=roundings, dfs=dfs)
    problem = (
        problem or values_problem("values", values, minimum=0) or values_problem("roundings", roundings, minimum=0)
    )
    problem = problem or next((found for error in stderrs if (found := stderr_problem(error))), None)
    if problem:
        raise StatisticsInputError(problem)
    order = _best_first(values, higher_is_better=higher_is_better)
    models = [(values[i], stderrs[i] ** 2, roundings[i], dfs[i]) for i in order]
    is_small = len(order) <= MOST_IN_PYTHON
    pairs: _Pairs = _PlainPairs(models, level) if is_small else _independent_pairs(models)
    return _separated(pairs, [model[0] for model in models], order, level)


def separate_jointly(
    values: Sequence[float],
    covariance: NDArray[float64],
    roundings: Sequence[float],
    df: NDArray[float64] | None = None,
    *,
    level: float = DEFAULT_LEVEL,
    higher_is_better: bool = True,
) -> Separation:
    """Rank intervals and tiers from values whose errors go together, as of models that were given the same items.

    Args:
        values: One value a model.
        covariance: Covariance of the values, square.
        roundings: How far rounding can have moved each value.
        df: Degrees of freedom of each pair's error, square, infinite for a normal test; None is all infinite.
        level: The chance that no pair is established falsely, as a fraction.
        higher_is_better: Whether rank 1 is the largest value.

    Returns:
        As `separate`, with the variance of a difference var_i + var_j - 2 cov_ij and Student's t.

    Raises:
        StatisticsInputError: If a number is missing, the lengths differ, or the level is out of range.
    """
    problem = level_problem(level) or lengths_problem(values=values, covariance=covariance, roundings=roundings)
    if problem := problem or values_problem("values", values, minimum=0):
        raise StatisticsInputError(problem)
    import numpy as np

    order = _best_first(values, higher_is_better=higher_is_better)
    placed = np.ix_(order, order)
    value, rounding = np.asarray(values, dtype=float)[order], np.asarray(roundings, dtype=float)[order]
    spread = np.diag(covariance)
    variance = (spread[:, None] + spread[None, :] - 2 * covariance)[placed]
    lead = np.abs(value[:, None] - value[None, :]) - rounding[:, None] - rounding[None, :]
    pairs = _tested_pairs(_p_values(lead, np.sqrt(np.maximum(variance, 0.0)), None if df is None else df[placed]))
    return _separated(pairs, value.tolist(), order, level)


def separate_draws(
    values: Sequence[float],
    draws: NDArray[float64],
    *,
    level: float = DEFAULT_LEVEL,
    higher_is_better: bool = True,
) -> Separation:
    """Rank intervals and tiers from simulated values, as of aggregates that are no plain means.

    Args:
        values: One value a model.
        draws: What they may have been as well, shape (draws, models).
        level: The chance that no pair is established falsely, as a fraction.
        higher_is_better: Whether rank 1 is the largest value.

    Returns:
        As `separate`. A pair's p is the larger one of the normal one, with the draws' standard deviation of the
        difference, and twice the share of draws in which the order is turned, equal values counting half.

    Raises:
        StatisticsInputError: If a number is missing, the lengths differ, or the level is out of range.
    """
    problem = level_problem(level) or lengths_problem(values=values, models=draws.T)
    if problem := problem or values_problem("values", values, minimum=0):
        raise StatisticsInputError(problem)
    import numpy as np

    order = _best_first(values, higher_is_better=higher_is_better)
    value, drawn = np.asarray(values, dtype=float)[order], draws[:, order] * (1 if higher_is_better else -1)
    p_values = np.ones((len(order), len(order)))
    for i in range(len(order) - 1):
        difference = drawn[:, i, None] - drawn[:, i + 1 :]
        turned = (difference < 0).mean(axis=0) + (difference == 0).mean(axis=0) / 2
        lead = np.abs(value[i] - value[i + 1 :])
        p_values[i, i + 1 :] = np.maximum(2 * turned, _p_values(lead, difference.std(axis=0, ddof=1), None))
    return _separated(_tested_pairs(p_values), value.tolist(), order, level)


def _p_values(lead: NDArray[float64], stderr: NDArray[float64], df: NDArray[float64] | None) -> NDArray[float64]:
    """Two-sided p of each pair; a lead without any error is certain, no lead is none at all."""
    import numpy as np
    from scipy.special import ndtr, stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(lead > 0, lead / stderr, 0.0)
    p: NDArray[float64] = 2 * ndtr(-score)
    if df is not None:
        p = np.where(np.isfinite(df), 2 * stdtr(np.where(np.isfinite(df), df, 1.0), -score), p)
    return p


def _best_first(values: Sequence[float], *, higher_is_better: bool) -> list[int]:
    sign = -1.0 if higher_is_better else 1.0
    return sorted(range(len(values)), key=lambda i: sign * values[i])


def _separated(pairs: _Pairs, values: Sequence[float], order: Sequence[int], level: float) -> Separation:
    n = len(values)
    alpha = _step_down(pairs, n * (n - 1) // 2, level)
    above, below = pairs.above_and_below(alpha)
    numbers = _tiers(pairs, values, alpha)
    ranks = [RankInterval(1, n)] * n
    tiers = [0] * n
    for place, model in enumerate(order):
        ranks[model] = RankInterval(1 + above[place], n - below[place])
        tiers[model] = numbers[place]
    return Separation(tuple(ranks), tuple(tiers))


def _step_down(pairs: _Pairs, n_pairs: int, level: float) -> float:
    """The significance level that each pair is tested at once Holm's step-down has come to rest."""
    established = 0
    while established < n_pairs:
        alpha = (1 - level) / (n_pairs - established)
        found = pairs.count(alpha)
        if found == established:
            return alpha
        established = found
    return 1 - level


def _tiers(pairs: _Pairs, values: Sequence[float], alpha: float) -> list[int]:
    numbers: list[int] = []
    leaders: list[tuple[int, Sequence[bool] | NDArray[bool_]]] = []
    for _, run in groupby(enumerate(values), key=lambda pair: pair[1]):
        group = [place for place, _ in run]
        if all(row[place - leader - 1] for leader, row in leaders for place in group):
            leaders = [(place, pairs.row(place, alpha)) for place in group]
            number = numbers[-1] + 1 if numbers else 1
        else:
            number = numbers[-1]
        numbers += [number] * len(group)
    return numbers


class _PlainPairs:
    """Independent errors, in plain Python."""

    def __init__(self, models: Sequence[_Model], level: float) -> None:
        # Student's tail is longer than the normal one: a pair short of the normal quantile need not be looked at closer.
        least = _quantile(1 - level)
        self._p_values = [
            [_p_value(first, second, least) for second in models[i + 1 :]] for i, first in enumerate(models)
        ]

    def count(self, alpha: float) -> int:
        return sum(p_value < alpha for row in self._p_values for p_value in row)

    def row(self, i: int, alpha: float) -> list[bool]:
        return [p_value < alpha for p_value in self._p_values[i]]

    def above_and_below(self, alpha: float) -> tuple[list[int], list[int]]:
        rows = [self.row(i, alpha) for i in range(len(self._p_values))]
        above = [sum(rows[i][j - i - 1] for i in range(j)) for j in range(len(rows))]
        return above, [sum(row) for row in rows]


class _RowPairs:
    """Rows that are NumPy arrays, taken one at a time: all pairs of ten thousand models would not fit."""

    def __init__(self, n: int, row: Callable[[int, float], NDArray[bool_]]) -> None:
        self._n = n
        self.row = row

    def count(self, alpha: float) -> int:
        return sum(int(self.row(i, alpha).sum()) for i in range(self._n))

    def above_and_below(self, alpha: float) -> tuple[list[int], list[int]]:
        import numpy as np

        above, below = np.zeros(self._n, dtype=int), np.zeros(self._n, dtype=int)
        for i in range(self._n):
            row = self.row(i, alpha)
            below[i] = row.sum()
            above[i + 1 :] += row
        return above.tolist(), below.tolist()


def _independent_pairs(models: Sequence[_Model]) -> _RowPairs:
    import numpy as np

    value, variance, rounding, df = (np.array(column, dtype=float) for column in zip(*models, strict=True))
    doubt = variance**2 / df
    fewest = float(df.min())
    enough = cache(lambda alpha: upper_quantile(alpha / 2, fewest) if math.isfinite(fewest) else _quantile(alpha))

    def row(i: int, alpha: float) -> NDArray[bool_]:
        from scipy.special import stdtr

        lead = np.abs(value[i] - value[i + 1 :]) - rounding[i] - rounding[i + 1 :]
        noise = np.sqrt(variance[i] + variance[i + 1 :])
        found: NDArray[bool_] = lead > enough(alpha) * noise
        # Between the quantiles of the fewest and of infinite degrees of freedom each pair's own decide.
        (near,) = np.nonzero(~found & (lead > _quantile(alpha) * noise))
        if len(near):
            # Errors that are as good as known leave no doubt: their degrees of freedom are infinite, not a quotient by almost nothing.
            unsure = doubt[i] + doubt[i + 1 :][near]
            freedom = np.full(len(near), np.inf)
            np.divide(noise[near] ** 4, unsure, out=freedom, where=unsure > 0)
            found[near] = 2 * stdtr(freedom, -lead[near] / noise[near]) < alpha
        found &= lead > 0
        return found

    return _RowPairs(len(models), row)


def _tested_pairs(p_values: NDArray[float64]) -> _RowPairs:
    def row(i: int, alpha: float) -> NDArray[bool_]:
        found: NDArray[bool_] = p_values[i, i + 1 :] < alpha
        return found

    return _RowPairs(len(p_values), row)


def _p_value(first: _Model, second: _Model, least: float) -> float:
    """Two-sided p of one pair; 1 where it is below the normal quantile `least` already."""
    lead = abs(first[0] - second[0]) - first[2] - second[2]
    variance = first[1] + second[1]
    if lead <= 0:
        return 1.0
    if variance == 0:
        return 0.0
    score = lead / math.sqrt(variance)
    if score <= least:
        return 1.0
    doubt = first[1] ** 2 / first[3] + second[1] ** 2 / second[3]
    return 2 * upper_tail(score, variance**2 / doubt) if doubt else math.erfc(score / math.sqrt(2))


def _quantile(alpha: float) -> float:
    return -NormalDist().inv_cdf(alpha / 2)
