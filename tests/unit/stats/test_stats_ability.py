"""The additive fit against dense least squares and simulation, and array aggregates against those of single tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats.ability import additive_fit
from benchdb.stats.aggregates import borda_counts, rank_sums, win_rates, z_scores
from benchdb.stats.ranking import borda, mean_win_rate, sum_of_ranks


def _table(seed: int, scatter: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    models, benchmarks = rng.normal(0, 1, 9), rng.normal(0, 1, 7)
    errors = rng.uniform(0.05, 0.3, (9, 7))
    noise = rng.normal(0, 1, (9, 7)) * np.sqrt(errors**2 + scatter**2)
    values = models[:, None] + benchmarks[None, :] + noise
    values[rng.random((9, 7)) < 0.25] = np.nan
    values[0], values[:, 0] = models[0] + benchmarks + noise[0], models + benchmarks[0] + noise[:, 0]
    return values, errors, models


@pytest.mark.parametrize("scatter", [0.0, 0.4])
def test_fit_is_weighted_least_squares(scatter: float) -> None:
    """Differences of models, their errors and the scatter equation are those of dense least squares by NumPy."""
    values, errors, _ = _table(3, scatter)
    fit = additive_fit(values, errors)
    rows, columns = np.nonzero(np.isfinite(values))
    weights = 1 / (errors[rows, columns] ** 2 + fit.scatter**2)
    design = np.zeros((len(rows), 16))
    design[np.arange(len(rows)), rows] = 1
    design[np.arange(len(rows)), 9 + columns] = 1
    design = design[:, 1:] * np.sqrt(weights)[:, None]
    solution = np.linalg.lstsq(design, values[rows, columns] * np.sqrt(weights), rcond=None)[0]
    assert fit.models[1:] - fit.models[0] == pytest.approx(solution[:8], abs=1e-9)
    expected = np.linalg.inv(design.T @ design)[:8, :8]
    steps = np.hstack([-np.ones((8, 1)), np.eye(8)])
    assert steps @ fit.covariance[:9, :9] @ steps.T == pytest.approx(expected, abs=1e-9)
    assert fit.models.sum() == pytest.approx(0, abs=1e-9)
    residuals = values - fit.models[:, None] - fit.benchmarks[None, :]
    squares = (weights * residuals[rows, columns] ** 2).sum()
    assert squares == pytest.approx(fit.n_left, rel=1e-6) if fit.scatter else squares <= fit.n_left
    assert fit.n_left == len(rows) - 15


def test_intervals_of_abilities_cover() -> None:
    """Normal 95 % intervals of a difference cover the truth on 92 to 98 % of 400 tables with a quarter missing."""
    held = []
    for seed in range(400):
        values, errors, models = _table(seed, 0.4)
        fit = additive_fit(values, errors)
        variance = fit.covariance[1, 1] + fit.covariance[5, 5] - 2 * fit.covariance[1, 5]
        lead = fit.models[1] - fit.models[5] - (models[1] - models[5])
        held.append(abs(lead) <= stats.t.ppf(0.975, fit.n_left) * math.sqrt(variance))
    assert 0.92 <= np.mean(held) <= 0.98


def test_exact_tables_have_no_scatter() -> None:
    """A table that is a sum of effects is recovered, a gap included; without errors the scatter is next to nothing."""
    values = np.array([[1.0, 3.0, 6.0], [2.0, 4.0, np.nan], [4.0, 6.0, 9.0]])
    fit = additive_fit(values, np.zeros((3, 3)))
    assert fit.models[1] + fit.benchmarks[2] == pytest.approx(7.0, abs=1e-9)
    assert fit.scatter < 1e-4
    tight = additive_fit(np.array([[1.0, 3.0]]), np.ones((1, 2)))
    assert (tight.n_left, tight.scatter) == (0, 0.0)


def test_tables_in_parts_are_refused() -> None:
    """Two models that share no benchmark, even through others, cannot be compared; nor can one without a score."""
    for values in ([[1.0, np.nan], [np.nan, 2.0]], [[1.0, 2.0], [np.nan, np.nan]]):
        with pytest.raises(StatisticsInputError, match="falls into parts"):
            additive_fit(np.array(values), np.zeros((2, 2)))


def test_array_aggregates_are_those_of_single_tables() -> None:
    """On 30 random tables without ties, stacked, the array functions say what the plain ones say of each."""
    rng = np.random.default_rng(9)
    tables = rng.normal(0, 1, (30, 6, 4))
    up = [True, False, True, False]
    for table, counts, sums, rates in zip(
        tables, borda_counts(tables, up), rank_sums(tables, up), win_rates(tables, up), strict=True
    ):
        assert counts.tolist() == pytest.approx(borda(table.tolist(), up))
        assert sums.tolist() == sum_of_ranks(table.tolist(), up)
        assert rates.tolist() == pytest.approx(mean_win_rate(table.tolist(), up))


def test_z_scores_are_scipys() -> None:
    """The mean over benchmarks of SciPy's z-scores, turned where lower is better; a flat benchmark counts 0."""
    table = np.random.default_rng(10).normal(50, 9, (6, 3))
    expected = (stats.zscore(table, axis=0) * [1, -1, 1]).mean(axis=1)
    assert z_scores(table, [True, False, True]) == pytest.approx(expected)
    flat = np.column_stack([table[:, 0], np.full(6, 70.1)])
    assert z_scores(flat, [True, True]) == pytest.approx(stats.zscore(table[:, 0]) / 2)
