"""Tiers and rank intervals over all pairs against Holm's p-values from SciPy, by hand, and on simulated null data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats import separation as module
from benchdb.stats.multiple import holm
from benchdb.stats.ranking import RankInterval, rank_intervals, tiers
from benchdb.stats.separation import Separation, separate, separate_draws, separate_jointly


def _by_holm(values: np.ndarray, noise: np.ndarray, slack: np.ndarray, df: np.ndarray | None = None) -> Separation:
    """The same from SciPy's p-values, `holm`, and the functions that take a table of established pairs."""
    n = len(values)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    scores = [max(0.0, abs(values[i] - values[j]) - slack[i] - slack[j]) / noise[i, j] for i, j in pairs]
    freedom = [math.inf if df is None else df[i, j] for i, j in pairs]
    p_values = [float(2 * stats.t.sf(score, many)) for score, many in zip(scores, freedom, strict=True)]
    better = [[False] * n for _ in range(n)]
    for (i, j), p_value in zip(pairs, holm(p_values), strict=True):
        if p_value < 0.05:
            above, below = (i, j) if values[i] > values[j] else (j, i)
            better[above][below] = True
    return Separation(tuple(rank_intervals(better)), tuple(tiers(values.tolist(), better)))


@pytest.mark.parametrize("n", [1, 2, 5, 30])
@pytest.mark.parametrize("in_python", [0, 1000], ids=["numpy", "python"])
def test_independent_pairs_are_holms(n: int, in_python: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixed point gives exactly what Holm's adjusted p-values give, normal and with Welch's degrees of freedom."""
    monkeypatch.setattr(module, "MOST_IN_PYTHON", in_python)
    rng = np.random.default_rng(n)
    for _ in range(20):
        values, errors, slack = rng.normal(0, 3, n), rng.uniform(0.2, 1.5, n), rng.uniform(0, 0.3, n)
        found = separate(values.tolist(), errors.tolist(), slack.tolist())
        assert found == _by_holm(values, np.hypot(errors[:, None], errors[None, :]), slack)
        dfs = rng.uniform(2, 60, n)
        own = errors**4 / dfs
        welch = (errors[:, None] ** 2 + errors[None, :] ** 2) ** 2 / (own[:, None] + own[None, :])
        student = separate(values.tolist(), errors.tolist(), slack.tolist(), dfs.tolist())
        assert student == _by_holm(values, np.hypot(errors[:, None], errors[None, :]), slack, welch)
        turned = separate((-values).tolist(), errors.tolist(), slack.tolist(), higher_is_better=False)
        assert turned == found


@pytest.mark.parametrize("in_python", [0, 1000], ids=["numpy", "python"])
def test_errors_as_good_as_known_stand_beside_estimated_ones(in_python: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 120 models some have five degrees of freedom and some infinitely many: every pair has its own, and nothing overflows."""
    monkeypatch.setattr(module, "MOST_IN_PYTHON", in_python)
    rng = np.random.default_rng(1)
    values, errors, slack = rng.normal(50, 10, 120), rng.uniform(0.5, 3, 120), np.full(120, 0.05)
    dfs = np.where(np.arange(120) % 3 == 0, 5.0, math.inf)
    doubt = errors**4 / dfs
    unsure = doubt[:, None] + doubt[None, :]
    square = (errors[:, None] ** 2 + errors[None, :] ** 2) ** 2
    welch = np.divide(square, unsure, out=np.full_like(square, math.inf), where=unsure > 0)
    found = separate(values.tolist(), errors.tolist(), slack.tolist(), dfs.tolist())
    assert found == _by_holm(values, np.hypot(errors[:, None], errors[None, :]), slack, welch)


@pytest.mark.parametrize("df", [3.0, math.inf])
def test_joint_pairs_are_holms(df: float) -> None:
    """With a covariance a pair's error is sqrt(var_i + var_j - 2 cov_ij), and with degrees of freedom p is Student's."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        factor = rng.normal(0, 1, (12, 12))
        covariance = factor.T @ factor / 12
        values, slack = rng.normal(0, 4, 12), rng.uniform(0, 0.2, 12)
        own = np.diag(covariance)
        noise = np.sqrt(own[:, None] + own[None, :] - 2 * covariance)
        found = separate_jointly(values.tolist(), covariance, slack.tolist(), np.full((12, 12), df))
        assert found == _by_holm(values, noise, slack, np.full((12, 12), df))


def test_tiers_by_hand() -> None:
    """At 95 % over three pairs, 10 and 9 with errors of 1 are one tier and 0 is another; ranks follow."""
    found = separate([9.0, 0.0, 10.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    assert found.tiers == (1, 2, 1)
    assert found.ranks == (RankInterval(1, 2), RankInterval(3, 3), RankInterval(1, 2))


def test_holm_establishes_what_bonferroni_does_not() -> None:
    """With two of three pairs certain, the third (z of 2.2, p of 0.028) is tested at 0.05, not at 0.05 / 3."""
    found = separate([100.0, 100.0 - 2.2 * math.sqrt(2), 0.0], [1.0] * 3, [0.0] * 3)
    assert found.tiers == (1, 2, 3)
    assert separate([100.0, 100.0 - 2.2 * math.sqrt(2), 99.0], [1.0] * 3, [0.0] * 3).tiers == (1, 1, 1)


def test_rounding_holds_models_together() -> None:
    """Certain values 0.1 apart are told apart, and not when each may have been rounded by 0.05."""
    assert separate([72.7, 72.6], [1e-6, 1e-6], [0.0, 0.0]).tiers == (1, 2)
    assert separate([72.7, 72.6], [1e-6, 1e-6], [0.05, 0.05]).tiers == (1, 1)


def test_equal_values_share_a_tier() -> None:
    """Of two equal values the leader is told from one only: neither is put below."""
    assert separate([10.0, 5.0, 5.0], [1.0, 0.1, 9.0], [0.0] * 3).tiers == (1, 1, 1)
    assert separate([10.0, 5.0, 5.0], [1.0, 0.1, 0.1], [0.0] * 3).tiers == (1, 2, 2)


def test_null_data_are_one_tier() -> None:
    """Of 2,000 boards of 12 equal models, at least 95 % have one tier and every rank open."""
    rng = np.random.default_rng(20)
    single = [separate(rng.normal(50, 2, 12).tolist(), [2.0] * 12, [0.0] * 12) for _ in range(2000)]
    assert np.mean([found.tiers == (1,) * 12 for found in single]) >= 0.95
    assert np.mean([set(found.ranks) == {RankInterval(1, 12)} for found in single]) >= 0.94


def test_rank_intervals_hold_together() -> None:
    """True ranks of 10 models lie in all ten intervals at once on at least 95 % of 1,000 boards."""
    rng = np.random.default_rng(21)
    truth = np.linspace(60, 40, 10)
    held = []
    for _ in range(1000):
        found = separate(rng.normal(truth, 3).tolist(), [3.0] * 10, [0.0] * 10)
        held.append(all(ranks.lower <= place <= ranks.upper for place, ranks in enumerate(found.ranks, start=1)))
    assert np.mean(held) >= 0.95


def test_draws_tell_apart_by_turned_orders() -> None:
    """One benchmark, two models: a lead whose order turns in 2.5 % of the draws has p = 0.05, whatever its size."""
    for share, expected in ((0.02, (1, 2)), (0.03, (1, 1))):
        draws = np.tile([1.0, 0.0], (1000, 1))
        draws[: int(1000 * share)] = [0.0, 1.0]
        assert separate_draws([1.0, 0.0], draws).tiers == expected


def test_draws_of_normal_values_agree_with_the_formula() -> None:
    """Where draws are normal and leads clear, drawn and computed tiers are the same, in both directions."""
    rng = np.random.default_rng(22)
    values = [10.0, 9.8, 5.0, 4.9, 0.0]
    draws = rng.normal(values, 0.5, (20_000, 5))
    expected = separate(values, [0.5] * 5, [0.0] * 5)
    assert separate_draws(values, draws) == expected
    assert separate_draws([-value for value in values], -draws, higher_is_better=False) == expected


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: separate([1.0], [1.0, 2.0], [0.0]), "values has 1, stderrs has 2"),
        (lambda: separate([math.nan], [1.0], [0.0]), r"values\[0\]"),
        (lambda: separate([1.0], [-1.0], [0.0]), "stderr"),
        (lambda: separate([1.0], [1.0], [math.nan]), r"roundings\[0\]"),
        (lambda: separate([1.0], [1.0], [0.0], level=95), "level"),
        (lambda: separate_jointly([1.0], np.eye(2), [0.0]), "values has 1, covariance has 2"),
        (lambda: separate_draws([1.0], np.zeros((3, 2))), "values has 1, models has 2"),
    ],
)
def test_faulty_input_is_refused(call: Any, words: str) -> None:
    """Missing numbers, negative errors, unequal lengths and odd levels are errors."""
    with pytest.raises(StatisticsInputError, match=words):
        call()
