"""The chance of being best against closed forms, SciPy's integrals and simulation."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from benchdb.errors import StatisticsInputError
from benchdb.stats import best as module
from benchdb.stats.best import best_of_draws, chance_of_best, simulated_best


@pytest.mark.parametrize(("lead", "first", "second"), [(1.0, 1.0, 1.0), (3.0, 0.001, 1.0), (0.0, 5.0, 0.2)])
def test_two_models_have_a_closed_form(lead: float, first: float, second: float) -> None:
    """Of two models the chance is the normal distribution function of the lead over the joint error."""
    expected = stats.norm.cdf(lead / math.hypot(first, second))
    assert chance_of_best([lead, 0.0], [first, second]) == pytest.approx([expected, 1 - expected], abs=1e-8)
    assert chance_of_best([-lead, 0.0], [first, second], higher_is_better=False) == pytest.approx(
        [expected, 1 - expected], abs=1e-8
    )


def test_several_models_against_scipys_integral() -> None:
    """With errors from 0.01 to 3 each chance equals SciPy's adaptive integral to 1e-6, and they add up to 1."""
    values, errors = [1.0, 0.5, 0.9, -4.0, 1.05], [0.3, 1.0, 0.01, 3.0, 0.1]
    found = chance_of_best(values, errors)
    assert found is not None
    assert sum(found) == pytest.approx(1, abs=1e-12)
    for i, chance in enumerate(found):

        def density(x: float, i: int = i) -> float:
            others = [stats.norm.cdf(x, values[j], errors[j]) for j in range(5) if j != i]
            return float(stats.norm.pdf(x, values[i], errors[i]) * math.prod(others))

        ends = [values[i] - 9 * errors[i], 0.85, 0.9, 0.95, 1.05, values[i] + 9 * errors[i]]
        expected = sum(integrate.quad(density, a, b, limit=500)[0] for a, b in pairwise(ends))
        assert chance == pytest.approx(expected, abs=1e-6)


def test_equal_models_share_the_chance() -> None:
    """Ten models alike have a tenth each; one far behind has none."""
    assert chance_of_best([5.0] * 10, [2.0] * 10) == pytest.approx([0.1] * 10, abs=1e-9)
    assert (chance_of_best([5.0, 5.0, -100.0], [2.0] * 3) or [])[2] == 0.0
    assert chance_of_best([5.0], [2.0]) == [1.0]


def test_simulation_agrees_with_the_integral(monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 draws are within 1 point of the integral, for a diagonal given as one or as a matrix, in small pieces too."""
    values, errors = [1.0, 0.8, 0.5, 0.0], np.array([0.4, 0.6, 0.9, 0.2])
    exact = chance_of_best(values, errors.tolist())
    assert simulated_best(values, errors**2, n_draws=100_000) == pytest.approx(exact, abs=0.01)
    assert simulated_best(values, np.diag(errors**2), n_draws=100_000) == pytest.approx(exact, abs=0.01)
    assert simulated_best([-v for v in values], errors**2, higher_is_better=False, n_draws=100_000) == pytest.approx(
        exact, abs=0.01
    )
    monkeypatch.setattr(module, "MOST_INTEGRATED", 3)
    assert chance_of_best(values, errors.tolist()) is None


def test_common_noise_does_not_hide_a_lead() -> None:
    """Two models whose errors go together with correlation 0.99 have the chance of their difference's error."""
    covariance = np.array([[1.0, 0.99], [0.99, 1.0]])
    expected = stats.norm.cdf(0.1 / math.sqrt(0.02))
    assert simulated_best([0.1, 0.0], covariance, n_draws=200_000)[0] == pytest.approx(expected, abs=0.005)


def test_few_degrees_of_freedom_make_the_chance_less_sure() -> None:
    """With 3 degrees of freedom a lead of two joint errors wins as often as Student's t says."""
    found = simulated_best([2.0, 0.0], np.diag([0.5, 0.5]), df=3, n_draws=200_000)
    assert found[0] == pytest.approx(stats.t.cdf(2.0, 3), abs=0.005)


def test_seed_decides_the_draws() -> None:
    """The same seed gives the same chances, another one others."""
    covariance = np.array([1.0, 1.0, 1.0])
    first, again, other = (simulated_best([0.0, 0.1, 0.2], covariance, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_tables_are_shared_by_those_first_together() -> None:
    """Of four tables the first model wins two, shares one with the second, and loses one."""
    draws = np.array([[3.0, 1.0], [3.0, 2.0], [2.0, 2.0], [0.0, 1.0]])
    assert best_of_draws(draws) == [2.5 / 4, 1.5 / 4]
    assert best_of_draws(draws, higher_is_better=False) == [1.5 / 4, 2.5 / 4]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chance_of_best([1.0, 2.0], [1.0]), "values has 2, stderrs has 1"),
        (lambda: chance_of_best([math.nan], [1.0]), r"values\[0\]"),
        (lambda: chance_of_best([1.0], [0.0]), "above 0"),
        (lambda: simulated_best([1.0], np.array([1.0, 1.0])), "values has 1, covariance has 2"),
        (lambda: simulated_best([1.0], np.array([-1.0])), "covariance"),
    ],
)
def test_faulty_input_is_refused(call: Any, words: str) -> None:
    """Missing numbers, errors of zero and unequal lengths are errors."""
    with pytest.raises(StatisticsInputError, match=words):
        call()
