"""Aggregates: one number a model from its scores on several benchmarks, with an error and how errors go together."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from benchdb.query.grids import Imputed
from benchdb.query.uncertainty import weakest
from benchdb.schema.vocab import Evidence
from benchdb.stats.inputs import DEFAULT_SEED
from benchdb.stats.intervals import normal_interval, t_interval
from benchdb.stats.shares import combined_df

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy import float64
    from numpy.typing import NDArray

    from benchdb.query.grids import Grid
    from benchdb.query.item_errors import ColumnKey, JointErrors
    from benchdb.rows.leaderboard import Cell

OPEN_KINDS = (Evidence.PARTIAL, Evidence.UNKNOWN)
"""Evidence that bounds an error from below at best: such a model is told apart from nobody."""


class Aggregate(StrEnum):
    """What models are ranked by."""

    MEAN = "mean"
    """Mean of the scores: sum of values / number of benchmarks. Needs one unit and one direction."""
    WEIGHTED = "weighted"
    """Weighted mean: sum of weight times value / sum of weights; a benchmark without a weight counts 1."""
    CATEGORY_MEAN = "category-mean"
    """Mean over categories of the mean within each; the catalogue says which category a benchmark is of."""
    WIN_RATE = "win-rate"
    """HELM's mean win rate: the share of the other models beaten, ties half, averaged over benchmarks."""
    BORDA = "borda"
    """MTEB's Borda count: over benchmarks, number of models less average rank, added up."""
    RANK_SUM = "rank-sum"
    """Sum of ranks over benchmarks, ties sharing the best rank; the smallest is best."""
    Z_SCORE = "z-score"
    """Mean over benchmarks of (value - mean of models) / standard deviation of models."""
    BRADLEY_TERRY = "bradley-terry"
    """Bradley-Terry strengths in Elo points about 1000, each benchmark being one game of each pair, ties half."""
    ABILITY = "ability"
    """Latent ability in logits: logit(score) = ability - difficulty, weighted by the errors. Proportions only."""


ONE_UNIT = frozenset({Aggregate.MEAN, Aggregate.WEIGHTED, Aggregate.CATEGORY_MEAN})
"""Aggregates that need scores of one unit and one direction."""

NATIVE = frozenset({Aggregate.WIN_RATE, Aggregate.BRADLEY_TERRY, Aggregate.ABILITY})
"""Aggregates that are defined on incomplete tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """One number a model, in the order of the grid's models."""

    values: Sequence[float | None]
    """The aggregate; None for a model that it says nothing of."""
    stderrs: Sequence[float | None]
    """Standard errors."""
    evidence: Sequence[Evidence]
    """What they rest on."""
    bounds: Sequence[tuple[float, float] | None]
    """Intervals."""
    roundings: Sequence[float]
    """How far rounding can have moved each number."""
    unit: str | None
    """Unit of the numbers."""
    higher_is_better: bool
    """Whether the largest is best."""
    dfs: Sequence[float] | None = None
    """Degrees of freedom of the errors, infinite where they are as good as known; None is all infinite."""
    covariance: NDArray[float64] | None = None
    """Covariance of the numbers; None where they are independent, or drawn."""
    df: NDArray[float64] | None = None
    """Degrees of freedom of each pair's error; None is many."""
    draws: NDArray[float64] | None = None
    """Simulated numbers, shape (draws, models)."""
    seed: int | None = None
    """Seed of the simulation."""
    notes: list[str] = field(default_factory=list)
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How an aggregate is taken."""

    level: float = 0.95
    """Coverage of the intervals."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weight of a benchmark by its slug."""
    categories: Mapping[str, str | None] = field(default_factory=dict)
    """Category of a benchmark by its slug."""
    joint: Mapping[ColumnKey, JointErrors] = field(default_factory=dict)
    """Errors that go together, by column."""
    seed: int = DEFAULT_SEED
    """Seed of simulations."""


def estimate(aggregate: Aggregate, grid: Grid, options: Options) -> Estimates:
    """Return the aggregate of each model of a grid.

    Args:
        aggregate: Which one.
        grid: The scores; complete unless the aggregate is one of `NATIVE`.
        options: Level, weights, categories, joint errors and seed.
    """
    if aggregate in ONE_UNIT:
        return linear(grid, column_weights(aggregate, grid, options), options)
    if aggregate is Aggregate.BRADLEY_TERRY:
        from benchdb.query.latent import by_bradley_terry

        return by_bradley_terry(grid, options)
    if aggregate is Aggregate.ABILITY:
        from benchdb.query.latent import by_ability

        return by_ability(grid, options)
    from benchdb.query.simulated import by_ranks

    return by_ranks(aggregate, grid, options)


def point_values(aggregate: Aggregate, grid: Grid, options: Options) -> Sequence[float | None]:
    """Return the aggregate of each model without its error, which is quicker where errors are simulated.

    Args:
        aggregate: Which one.
        grid: The scores.
        options: Weights and categories.
    """
    if aggregate in {Aggregate.WIN_RATE, Aggregate.BORDA, Aggregate.RANK_SUM, Aggregate.Z_SCORE}:
        from benchdb.query.simulated import values_of

        return values_of(aggregate, grid)
    return estimate(aggregate, grid, replace(options, joint={})).values


def column_weights(aggregate: Aggregate, grid: Grid, options: Options) -> list[float]:
    """Return the weight of each benchmark in a mean; they add up to 1, and 0 leaves a benchmark out.

    Args:
        aggregate: One of `ONE_UNIT`.
        grid: The scores.
        options: Weights and categories.
    """
    if aggregate is Aggregate.WEIGHTED:
        shares = [options.weights.get(column.slug, 1.0) for column in grid.columns]
    elif aggregate is Aggregate.CATEGORY_MEAN:
        categories = [options.categories.get(column.slug) for column in grid.columns]
        sizes = Counter(categories)
        shares = [0.0 if category is None else 1 / sizes[category] for category in categories]
    else:
        shares = [1.0] * len(grid.columns)
    total = math.fsum(shares)
    return [share / total for share in shares] if total else []


def linear(grid: Grid, weights: Sequence[float], options: Options) -> Estimates:
    """Return weighted means with the errors of independent benchmarks, and of shared items where there are some.

    Args:
        grid: The scores, complete.
        weights: One a benchmark, adding up to 1; an empty list gives no means.
        options: Level and joint errors.
    """
    n = len(grid.models)
    used = [k for k, weight in enumerate(weights) if weight]
    if not used:
        return nothing(n)
    scale = [weights[k] for k in used]
    parts = [_weigh([row[k] for k in used], scale, options.level) for row in grid.scores]
    column = grid.columns[used[0]]
    covariance, df = _joint_covariance(grid, weights, options, [part.stderr for part in parts])
    notes = []
    if covariance is not None:
        shared = sum(1 for k in used if (grid.columns[k].slug, grid.columns[k].subset) in options.joint)
        notes.append(
            f"Pairs are compared on the items they share on {shared} of {len(used)} benchmarks (paired errors)."
        )
    return Estimates(
        values=[part.value for part in parts],
        stderrs=[part.stderr for part in parts],
        evidence=[part.evidence for part in parts],
        bounds=[part.bounds for part in parts],
        roundings=[part.rounding for part in parts],
        dfs=[math.inf if part.df is None else part.df for part in parts],
        unit=column.unit,
        higher_is_better=bool(column.higher_is_better),
        covariance=covariance,
        df=df,
        notes=notes,
    )


def nothing(n: int) -> Estimates:
    """Return no number for anybody.

    Args:
        n: How many models there are.
    """
    return Estimates(
        values=[None] * n,
        stderrs=[None] * n,
        evidence=[Evidence.UNKNOWN] * n,
        bounds=[None] * n,
        roundings=[0.0] * n,
        unit=None,
        higher_is_better=True,
    )


def joint_kind(scores: Sequence[Cell | Imputed | None]) -> Evidence:
    """Return what the error of an aggregate of scores rests on.

    Args:
        scores: A model's scores; None is missing and does not count.
    """
    found = [score for score in scores if score is not None]
    kinds = [score.evidence for score in found if not isinstance(score, Imputed)]
    evidence = weakest(kinds) if kinds else Evidence.UNKNOWN
    imputed = [score for score in found if isinstance(score, Imputed)]
    if not imputed:
        return evidence
    if evidence in OPEN_KINDS:
        return Evidence.PARTIAL
    return Evidence.PARTIAL if any(score.stderr is None for score in imputed) else Evidence.IMPUTED


@dataclass(frozen=True, slots=True)
class _Mean:
    value: float
    stderr: float | None
    evidence: Evidence
    bounds: tuple[float, float] | None
    rounding: float
    df: float | None


def _weigh(scores: Sequence[Cell | Imputed | None], weights: Sequence[float], level: float) -> _Mean:
    found = [(score, weight) for score, weight in zip(scores, weights, strict=True) if score is not None]
    equal = len(set(weights)) == 1
    total = math.fsum(score.value * (1 if equal else weight) for score, weight in found)
    value = total / len(found) if equal else total
    rounding = math.fsum(score.rounding * weight for score, weight in found)
    evidence = joint_kind(scores)
    variances = [((score.stderr * weight) ** 2, _df(score)) for score, weight in found if score.stderr is not None]
    stderr = math.sqrt(math.fsum(variance for variance, _ in variances)) if variances else None
    df = combined_df(variances)
    only = found[0][0]
    if len(found) == 1 and not isinstance(only, Imputed):
        bounds = None if only.lower is None or only.upper is None else (only.lower, only.upper)
        return _Mean(value, stderr, evidence, bounds, rounding, df)
    if stderr is None or evidence in OPEN_KINDS:
        return _Mean(value, stderr, evidence, None, rounding, df)
    about = normal_interval(value, stderr, level=level) if df is None else t_interval(value, stderr, df, level=level)
    return _Mean(value, stderr, evidence, (about.lower - rounding, about.upper + rounding), rounding, df)


def _df(score: Cell | Imputed) -> float | None:
    """Degrees of freedom of a score's error; None where nobody knows how many items there were."""
    stated = None if isinstance(score, Imputed) else score.df
    return score.n_items - 1 if stated is None and score.n_items is not None and score.n_items > 1 else stated


def _joint_covariance(
    grid: Grid, weights: Sequence[float], options: Options, stderrs: Sequence[float | None]
) -> tuple[NDArray[float64] | None, NDArray[float64] | None]:
    """Covariance of the means and degrees of freedom of their pairs, after Satterthwaite, where items say so."""
    shared = {
        k: joint
        for k, column in enumerate(grid.columns)
        if weights[k] and (joint := options.joint.get((column.slug, column.subset))) is not None
    }
    if not shared:
        return None, None
    import numpy as np

    n = len(grid.models)
    position = {model: place for place, model in enumerate(grid.models)}
    covariance = np.diag([(stderr or 0.0) ** 2 for stderr in stderrs])
    spread = np.zeros((n, n))
    for k, joint in shared.items():
        known = [place for place, model in enumerate(joint.models) if model in position]
        places = np.array([position[joint.models[place]] for place in known])
        part = (joint.factor.T @ joint.factor)[np.ix_(known, known)] * weights[k] ** 2
        own = part.diagonal().copy()
        np.fill_diagonal(part, 0.0)
        covariance[np.ix_(places, places)] += part
        units = np.maximum(joint.n_units[known] - 1, 1)
        variance = own[:, None] + own[None, :] - 2 * part
        spread[np.ix_(places, places)] += variance**2 / np.minimum(units[:, None], units[None, :])
        alone = np.setdiff1d(np.arange(n), places)
        spread[np.ix_(places, alone)] += (own**2 / units)[:, None]
        spread[np.ix_(alone, places)] += (own**2 / units)[None, :]
    own = np.diag(covariance)
    variance = own[:, None] + own[None, :] - 2 * covariance
    with np.errstate(divide="ignore", invalid="ignore"):
        df: NDArray[float64] = np.where(spread > 0, variance**2 / spread, np.inf)
    df = np.maximum(df, 1.0)
    np.fill_diagonal(df, np.inf)
    return covariance, df
