"""Fits to incomplete tables of models by benchmarks: latent ability, and the additive model that fills gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

_LEAST = 1e-12
_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class AdditiveFit:
    """value = model + benchmark + scatter, by weighted least squares."""

    models: NDArray[float64]
    """Effect of each model; they add up to 0."""
    benchmarks: NDArray[float64]
    """Effect of each benchmark: the value that the average model would have on it."""
    covariance: NDArray[float64]
    """Covariance of all effects, the models' first."""
    scatter: float
    """Standard deviation of the scatter beyond the errors of the values; 0 where the errors explain it all."""
    n_left: int
    """Values less parameters: with none left, nothing is known about the scatter."""


def additive_fit(values: NDArray[float64], stderrs: NDArray[float64]) -> AdditiveFit:
    """Effects of models and benchmarks from a table with gaps, with the scatter that the errors do not explain.

    Values are weighted by 1 / (stderr^2 + scatter^2). The scatter is the one for which the weighted squared residuals
    add up to the number of values less parameters; 0 if they are less without any.

    Args:
        values: Shape (models, benchmarks), NaN where there is none.
        stderrs: Standard error of each value, 0 where none is known.

    Returns:
        The fit. Differences of models are `models[i] - models[j]`.

    Raises:
        StatisticsInputError: If a model or benchmark has no value, or the table falls into parts that share none.

    References:
        Paule, Mandel (1982), Consensus values and weighting factors, doi:10.6028/jres.087.022, for the scatter;
        Searle (1971), Linear models, chapter 7, for two-way tables with gaps.
    """
    import numpy as np

    known = np.isfinite(values)
    if not _is_connected(known):
        msg = (
            "values: the table falls into parts without a shared benchmark, so models of different parts cannot be"
            " compared; restrict models or benchmarks"
        )
        raise StatisticsInputError(msg)
    y, variance = np.where(known, values, 0.0), stderrs**2
    n_left = int(known.sum()) - (sum(known.shape) - 1)
    scatter = _scatter(y, known, variance, n_left)
    weights = _weights(known, variance, scatter)
    models, benchmarks = _effects(y, weights)
    n = len(models)
    information = np.block([[np.diag(weights.sum(axis=1)), weights], [weights.T, np.diag(weights.sum(axis=0))]])
    free = np.concatenate([np.ones(n), -np.ones(len(benchmarks))])
    inverse = np.linalg.inv(information + np.outer(free, free) * information.trace() / len(free) ** 2)
    # The models' effects add up to 0: take their mean's share out of the covariance, along the free direction.
    fixed = np.eye(len(free)) - np.outer(free, np.concatenate([np.full(n, 1 / n), np.zeros(len(benchmarks))]))
    covariance = fixed @ inverse @ fixed.T
    return AdditiveFit(models, benchmarks, covariance, float(np.sqrt(scatter)), n_left)


def _scatter(y: NDArray[float64], known: NDArray[bool_], variance: NDArray[float64], n_left: int) -> float:
    """The variance beyond that of the errors, by bisection on its logarithm."""
    import numpy as np

    typical = float(np.var(y[known])) or 1.0
    floor, upper = typical * _LEAST, typical

    def is_too_small(scatter: float) -> bool:
        weights = _weights(known, variance, scatter)
        models, benchmarks = _effects(y, weights)
        residuals = y - models[:, None] - benchmarks[None, :]
        return float((weights * residuals**2).sum()) > n_left

    if n_left <= 0 or not is_too_small(floor):
        return floor if bool((variance[known] == 0).any()) else 0.0
    while is_too_small(upper):
        upper *= 4
    lower = floor
    while upper > lower * (1 + _TOLERANCE):
        middle = float(np.sqrt(lower * upper))
        lower, upper = (middle, upper) if is_too_small(middle) else (lower, middle)
    return upper


def _weights(known: NDArray[bool_], variance: NDArray[float64], scatter: float) -> NDArray[float64]:
    import numpy as np

    return np.where(known, 1 / np.where(known, variance + scatter, 1.0), 0.0)


def _effects(y: NDArray[float64], weights: NDArray[float64]) -> tuple[NDArray[float64], NDArray[float64]]:
    """Solve the normal equations with the models eliminated; the models' effects add up to 0."""
    import numpy as np

    by_model, by_benchmark = weights.sum(axis=1), weights.sum(axis=0)
    of_model, of_benchmark = (weights * y).sum(axis=1), (weights * y).sum(axis=0)
    reduced = np.diag(by_benchmark) - weights.T @ (weights / by_model[:, None])
    reduced += by_benchmark.mean() / len(by_benchmark)
    benchmarks = np.linalg.solve(reduced, of_benchmark - weights.T @ (of_model / by_model))
    models = (of_model - weights @ benchmarks) / by_model
    return models - models.mean(), benchmarks + models.mean()


def _is_connected(known: NDArray[bool_]) -> bool:
    """Whether from one model one gets to every model and benchmark over shared scores."""
    import numpy as np

    reached = np.zeros(known.shape[0], dtype=bool)
    reached[:1] = True
    while True:
        benchmarks = known[reached].any(axis=0)
        grown = known[:, benchmarks].any(axis=1)
        if (grown == reached).all():
            return bool(reached.all() and benchmarks.all())
        reached = grown | reached
