"""Intervals of shares on effective numbers of items, and what n items with k attempts each allow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from benchdb.errors import StatisticsInputError
from benchdb.stats.intervals import mean_stderr, wilson_interval
from benchdb.stats.shares import combined_df, effective_items, share_interval, stderr_bounds, stderr_of_runs

if TYPE_CHECKING:
    from collections.abc import Callable


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_whole_items_give_wilsons_interval(counts: tuple[int, int]) -> None:
    """With one attempt at each of n items the interval is Wilson's of the counts."""
    n_correct, n = counts
    ours, wilson = share_interval(n_correct / n, n), wilson_interval(n_correct, n)
    assert (ours.lower, ours.upper) == pytest.approx((wilson.lower, wilson.upper), abs=1e-12)
    assert ours.method == "wilson"


def test_bounds_solve_the_score_equation() -> None:
    """Each bound is where the distance from the share is t standard errors at the bound (roots found by SciPy)."""
    p, n, df = 0.9, 47.3, 29
    t = stats.t.ppf(0.975, df)

    def excess(bound: float) -> float:
        return float(abs(p - bound) - t * math.sqrt(bound * (1 - bound) / n))

    ours = share_interval(p, n, df=df)
    assert ours.lower == pytest.approx(optimize.brentq(excess, 1e-9, p), abs=1e-10)
    assert ours.upper == pytest.approx(optimize.brentq(excess, p, 1 - 1e-12), abs=1e-10)
    assert ours.method == "effective wilson"


def test_effective_items_by_hand() -> None:
    """A share of 0.8 with an error of 0.04 is as sure as 100 items, and clusters of four equal items count once."""
    assert effective_items(0.8, 0.04) == pytest.approx(100)
    assert effective_items(0.5, math.sqrt(0.25 / 25)) == pytest.approx(25)


def test_bounds_hold_at_their_ends() -> None:
    """All items equally hard give the least error, items that are always or never solved the greatest (by simulation)."""
    rng, n, k = np.random.default_rng(11), 50, 8
    least, greatest = stderr_bounds(0.6, n, k)
    equal = rng.binomial(k, 0.6, (20_000, n)).mean(axis=1) / k
    split = rng.binomial(1, 0.6, (20_000, n)).mean(axis=1)
    assert np.std(equal) == pytest.approx(least, rel=0.02)
    assert np.std(split) == pytest.approx(greatest, rel=0.02)
    assert stderr_bounds(0.6, n, 1) == (greatest, greatest)


@pytest.mark.parametrize(
    ("samples", "value", "stderr"),
    [(1, 0.4, 0.0910), (4, 0.2833, 0.0643), (8, 0.3, 0.0653), (16, 0.3187, 0.0604), (32, 0.3198, 0.0595), (64, 0.3182, 0.0596)],
)  # fmt: skip
def test_lighteval_aime24_errors_lie_between_the_bounds(samples: int, value: float, stderr: float) -> None:
    """Errors that lighteval printed for AIME24 (its pull request 661) lie where 30 items with k samples allow.

    lighteval divides by n - 1, so the greatest error grows by sqrt(30 / 29).
    """
    least, greatest = stderr_bounds(value, 30, samples)
    assert least * 0.99 <= stderr <= greatest * math.sqrt(30 / 29) + 5e-5


def test_lighteval_aime24_error_of_single_answers() -> None:
    """12 of 30 right is printed as 0.4000 with an error of 0.0910 in lighteval's pull request 661."""
    outcomes = [1.0] * 12 + [0.0] * 18
    assert (round(sum(outcomes) / 30, 4), round(mean_stderr(outcomes), 4)) == (0.4, 0.0910)


def test_degrees_of_freedom_add_up() -> None:
    """Two equal variances with 9 degrees each have 18, a known one adds none, and nothing estimated has no number."""
    assert combined_df([(2.0, 9), (2.0, 9)]) == pytest.approx(18)
    assert combined_df([(2.0, 9), (2.0, None)]) == pytest.approx(36)
    assert combined_df([(2.0, None)]) is None
    assert combined_df([(0.0, 3.0)]) is None


def test_error_of_runs_by_hand() -> None:
    """At 0.5 on 100 items three runs with a variance of 0.0008 leave 0.0025 - 2/3 * 0.0004; runs that agree leave it all."""
    assert stderr_of_runs(0.5, 100, math.sqrt(0.0008 / 3), 3) == pytest.approx(math.sqrt(0.0025 - 0.0008 / 3))
    assert stderr_of_runs(0.5, 100, 0.0, 3) == pytest.approx(0.05)


def test_error_of_runs_has_a_floor() -> None:
    """Runs that vary more than their answers can leave the error of r runs on items that are all alike, and no less."""
    assert stderr_of_runs(0.5, 100, 1.0, 4) == pytest.approx(0.05 / 2)
    assert stderr_of_runs(0.5, 100, 1.0, 4, samples_per_item=9) == pytest.approx(0.05 / 6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: effective_items(1.0, 0.1), "p: expected a fraction between 0 and 1, found 1.0"),
        (lambda: effective_items(0.5, 0.0), "stderr: expected a finite number above 0"),
        (lambda: share_interval(50, 30), "divide percent by 100"),
        (lambda: share_interval(0.5, 0), "n_effective"),
        (lambda: share_interval(0.5, 10, level=95), "write 95 % as 0.95"),
        (lambda: stderr_bounds(0.5, 0, 1), "n_samples"),
        (lambda: stderr_bounds(0.5, 10, 0), "samples_per_item"),
        (lambda: stderr_bounds(50, 10, 1), "divide percent by 100"),
        (lambda: stderr_of_runs(0.5, 10, 0.1, 1), "n_runs: expected at least 2"),
        (lambda: stderr_of_runs(0.5, 10, -0.1, 2), "between: expected a finite number of at least 0"),
        (lambda: combined_df([(-1.0, 3)]), "variance: expected a finite number of at least 0"),
        (lambda: combined_df([(1.0, 0)]), "df"),
    ],
)
def test_bad_numbers_are_refused_in_words(call: Callable[[], object], words: str) -> None:
    """Numbers outside the domain raise an error that names the argument."""
    with pytest.raises(StatisticsInputError, match=words):
        call()
