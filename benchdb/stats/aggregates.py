"""Aggregates of score tables as array functions, for whole stacks of simulated tables at once.

A table has shape (..., models, benchmarks) and is complete; `up` has one entry a benchmark, true where higher is better.
The functions of `ranking` say the same of one table, ties and missing cells included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray


def z_scores(tables: NDArray[float64], up: Sequence[bool]) -> NDArray[float64]:
    """Mean z-score of each model: its distance from the models' mean in standard deviations, averaged over benchmarks.

    Args:
        tables: Scores, shape (..., models, benchmarks).
        up: Whether higher is better, one entry a benchmark.

    Returns:
        Shape (..., models), larger is better. The deviation is that of the models shown (divisor n); a benchmark on
        which all are equal counts 0 for everyone.
    """
    import numpy as np

    centred = (tables - tables.mean(axis=-2, keepdims=True)) * np.where(up, 1.0, -1.0)
    spread = tables.std(axis=-2, keepdims=True)
    flat = spread <= 1e-12 * np.abs(tables).max(axis=-2, keepdims=True)
    found: NDArray[float64] = np.where(flat, 0.0, centred / np.where(flat, 1.0, spread)).mean(axis=-1)
    return found


def rank_sums(tables: NDArray[float64], up: Sequence[bool]) -> NDArray[float64]:
    """Sum of each model's ranks over benchmarks, of tables without ties.

    Args:
        tables: Scores, shape (..., models, benchmarks); equal ones are ranked in the order given.
        up: Whether higher is better, one entry a benchmark.

    Returns:
        Shape (..., models), smaller is better.
    """
    import numpy as np

    keys = tables * np.where(up, -1.0, 1.0)
    ranks = keys.argsort(axis=-2, kind="stable").argsort(axis=-2, kind="stable") + 1
    found: NDArray[float64] = ranks.sum(axis=-1).astype(float)
    return found


def borda_counts(tables: NDArray[float64], up: Sequence[bool]) -> NDArray[float64]:
    """Borda count of each model, of tables without ties: over benchmarks, n less its rank, added up.

    Args:
        tables: Scores, shape (..., models, benchmarks).
        up: Whether higher is better, one entry a benchmark.

    Returns:
        Shape (..., models), larger is better.
    """
    found: NDArray[float64] = tables.shape[-2] * tables.shape[-1] - rank_sums(tables, up)
    return found


def win_rates(tables: NDArray[float64], up: Sequence[bool]) -> NDArray[float64]:
    """Mean win rate of each model, of tables without ties: its Borda count over benchmarks times other models.

    Args:
        tables: Scores of two models or more, shape (..., models, benchmarks).
        up: Whether higher is better, one entry a benchmark.

    Returns:
        Shape (..., models), from 0 to 1, larger is better.
    """
    found: NDArray[float64] = borda_counts(tables, up) / (tables.shape[-1] * (tables.shape[-2] - 1))
    return found
