"""The chance that each model is truly the best: by integration where errors are independent, else by simulation."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_SEED, lengths_problem, positive_problem, stderr_problem, values_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray

MOST_INTEGRATED = 96
"""Models with a chance worth mentioning up to which the integral is taken; more are simulated."""

N_DRAWS = 10_000
"""Draws of a simulation when the caller names no number; a chance of one half is then known to 0.5 points."""

_REACH = 8.0
_RIDGE = 1e-9
_PARTS = (-8.0, -5.0, -3.5, -2.5, -1.75, -1.0, -0.5, 0.0, 0.5, 1.0, 1.75, 2.5, 3.5, 5.0, 8.0)
_NODES = ((-0.9061798459386640, 0.2369268850561891), (-0.5384693101056831, 0.4786286704993665), (0.0, 0.5688888888888889),
          (0.5384693101056831, 0.4786286704993665), (0.9061798459386640, 0.2369268850561891))  # fmt: skip
"""Gauss-Legendre nodes and weights on (-1, 1)."""


def chance_of_best(
    values: Sequence[float], stderrs: Sequence[float], *, higher_is_better: bool = True
) -> list[float] | None:
    """Chance that each model has the best true value, from values with independent normal errors, by integration.

    Args:
        values: One value a model.
        stderrs: Standard error of each, above 0.
        higher_is_better: Whether the best is the largest.

    Returns:
        Chances in the order given, adding up to 1: the integral of the model's density times the chance that all
        others are below, a flat prior being taken for the true values. None where more than `MOST_INTEGRATED` models
        have a chance: simulate instead.

    Raises:
        StatisticsInputError: If a value is missing, an error is not above 0, or the lengths differ.
    """
    problem = lengths_problem(values=values, stderrs=stderrs) or values_problem("values", values)
    problem = problem or next((found for error in stderrs if (found := positive_problem(error, "stderrs"))), None)
    if problem:
        raise StatisticsInputError(problem)
    sign = 1.0 if higher_is_better else -1.0
    models = [(sign * value, stderr) for value, stderr in zip(values, stderrs, strict=True)]
    floor = max(value - _REACH * stderr for value, stderr in models)
    contenders = [i for i, (value, stderr) in enumerate(models) if value + _REACH * stderr > floor]
    if len(contenders) > MOST_INTEGRATED:
        return None
    shares = _integrate([models[i] for i in contenders], floor)
    total = math.fsum(shares)
    chances = [0.0] * len(models)
    for i, share in zip(contenders, shares, strict=True):
        chances[i] = share / total
    return chances


def simulated_best(
    values: Sequence[float],
    covariance: NDArray[float64],
    *,
    higher_is_better: bool = True,
    df: float = math.inf,
    seed: int = DEFAULT_SEED,
    n_draws: int = N_DRAWS,
) -> list[float]:
    """Chance that each model has the best true value, from draws whose errors go together.

    Args:
        values: One value a model.
        covariance: Their covariance, square; a one-dimensional array is a diagonal.
        higher_is_better: Whether the best is the largest.
        df: Degrees of freedom of the covariance: the draws are Student's t, infinite for normal ones.
        seed: Seed of the generator.
        n_draws: Number of draws.

    Returns:
        The share of draws in which each model is best, in the order given.

    Raises:
        StatisticsInputError: If a value is missing or the lengths differ.
    """
    problem = lengths_problem(values=values, covariance=covariance) or values_problem("values", values)
    if problem := problem or stderr_problem(float(covariance.min() if covariance.ndim == 1 else 0), "covariance"):
        raise StatisticsInputError(problem)
    import numpy as np

    generator = np.random.default_rng(seed)
    centre = np.asarray(values, dtype=float)
    if covariance.ndim == 1:
        root: NDArray[float64] = np.sqrt(covariance)
    else:
        # Unlike eigenvectors, Cholesky's factor follows the last digits of the covariance; the ridge is for singular ones.
        ridge = np.eye(len(centre)) * max(float(covariance.trace()), np.finfo(float).tiny) * _RIDGE
        root = np.asarray(np.linalg.cholesky(covariance + ridge).T, dtype=float)
    counts = np.zeros(len(centre))
    at_once = max(1, 4_000_000 // len(centre))
    for start in range(0, n_draws, at_once):
        noise = generator.standard_normal((min(at_once, n_draws - start), len(centre)))
        if math.isfinite(df):
            noise *= np.sqrt(df / generator.chisquare(df, (len(noise), 1)))
        drawn = centre + (noise * root if covariance.ndim == 1 else noise @ root)
        best = drawn.argmax(axis=1) if higher_is_better else drawn.argmin(axis=1)
        counts += np.bincount(best, minlength=len(centre))
    chances: list[float] = (counts / n_draws).tolist()
    return chances


def best_of_draws(draws: NDArray[float64], *, higher_is_better: bool = True) -> list[float]:
    """Share of simulated tables in which each model is first.

    Args:
        draws: Shape (draws, models).
        higher_is_better: Whether the best is the largest.

    Returns:
        One share a model, adding up to 1; models that are first together share the table.
    """
    best = draws.max(axis=1, keepdims=True) if higher_is_better else draws.min(axis=1, keepdims=True)
    first = draws == best
    shares: list[float] = (first / first.sum(axis=1, keepdims=True)).mean(axis=0).tolist()
    return shares


def _integrate(models: Sequence[tuple[float, float]], floor: float) -> list[float]:
    """Add up Gauss-Legendre sums between points where any model's density bends."""
    least = min(stderr for _, stderr in models) / 4
    ends: list[float] = []
    for end in sorted(value + part * stderr for value, stderr in models for part in _PARTS):
        if end >= floor and (not ends or end - ends[-1] >= least):
            ends.append(end)
    shares = [0.0] * len(models)
    for lower, upper in pairwise(ends):
        half = (upper - lower) / 2
        for node, weight in _NODES:
            point = lower + half * (1 + node)
            for i, part in enumerate(_densities(models, point)):
                shares[i] += weight * half * part
    return shares


def _densities(models: Sequence[tuple[float, float]], point: float) -> list[float]:
    """Density of each model at a point times the chance that all others are below it."""
    scores = [(point - value) / stderr for value, stderr in models]
    below = [math.erfc(-score / math.sqrt(2)) / 2 for score in scores]
    everyone = math.prod(below)
    if everyone == 0.0:
        return [0.0] * len(models)
    return [
        everyone / chance * math.exp(-score * score / 2) / stderr / math.sqrt(2 * math.pi)
        for score, chance, (_, stderr) in zip(scores, below, models, strict=True)
    ]
