"""The interval of a mean in [0, 1] with a known error, against statsmodels and by simulation."""

from __future__ import annotations

import math
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, norm, t

from benchdb.errors import StatisticsInputError
from benchdb.stats.effective import effective_bounds, effective_interval


def test_it_is_wilsons_interval_on_the_effective_number() -> None:
    """An error as of 6 right of 20 gives SciPy's Wilson interval of those, at the level whose normal quantile is Student's."""
    quantile = t.ppf(0.975, 11)
    expected = binomtest(6, 20).proportion_ci(2 * norm.cdf(quantile) - 1, method="wilson")
    found = effective_interval(0.3, math.sqrt(0.3 * 0.7 / 20), 12)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("value", "ends"), [(1.0, (None, 1.0)), (0.0, (0.0, None))])
def test_items_without_spread_are_no_certainty(value: float, ends: tuple[float | None, float | None]) -> None:
    """All of 12 items right: the lower bound is q^2 away, 1 / (1 + q^2 / 12), and the upper one is 1; mirrored for none."""
    q = t.ppf(0.975, 11)
    found = effective_interval(value, 0.0, 12)
    inner = 1 / (1 + q * q / 12)
    expected = [inner if value else 0.0, 1.0 if value else 1 - inner]
    assert [found.lower, found.upper] == pytest.approx(expected, abs=1e-12)
    assert [end for end in ends if end is not None] == [value]


@given(
    st.floats(0, 1), st.floats(0, 0.6), st.integers(2, 500), st.sampled_from([0.5, 0.8, 0.95, 0.99])
)  # fmt: skip
def test_it_holds_the_value_and_stays_inside(value: float, stderr: float, n_units: int, level: float) -> None:
    """Whatever the error, the bounds lie in [0, 1] around the value."""
    found = effective_interval(value, stderr, n_units, level=level)
    assert 0 <= found.lower <= value + 1e-9
    assert value - 1e-9 <= found.upper <= 1


@pytest.mark.parametrize(
    ("a", "b", "attempts", "items"), [(0.3, 0.3, 1, 30), (2, 1, 5, 30), (0.5, 0.1, 5, 30), (1, 3, 10, 164)]
)
def test_it_covers_the_true_mean(a: float, b: float, attempts: int, items: int) -> None:
    """Over 2,000 draws of items with Beta rates the 95 % interval holds the mean rate 93 to 97 times in a hundred."""
    generator = np.random.default_rng(20250325)
    hits = 0
    for _ in range(2_000):
        shares = generator.binomial(attempts, generator.beta(a, b, items)) / attempts
        found = effective_interval(fmean(shares), stdev(shares) / math.sqrt(items), items)
        hits += found.lower <= a / (a + b) <= found.upper
    assert 0.93 <= hits / 2_000 <= 0.97


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ((72.6, 1.0, 30), "write 72.6 % as 0.726"),
        ((0.5, -1.0, 30), "stderr"),
        ((0.5, 0.1, 1), "n_units"),
    ],
)
def test_what_cannot_be_is_refused(arguments: tuple[float, float, int], fault: str) -> None:
    """Percent, negative errors and a single unit are errors that say what was expected."""
    with pytest.raises(StatisticsInputError, match=fault):
        effective_interval(*arguments)


def test_a_level_outside_zero_and_one_is_refused() -> None:
    """A coverage of 95 is 0.95 written wrongly."""
    with pytest.raises(StatisticsInputError, match=r"write 95 % as 0\.95"):
        effective_interval(0.5, 0.1, 30, level=95)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 1e-13, 0.01, 0.2]), st.integers(2, 3000)), max_size=8),
    st.sampled_from([0.5, 0.95]),
)
def test_many_means_have_the_bounds_that_each_has(means: list[tuple[float, float, int]], level: float) -> None:
    """Bounds of many means at once are those of each alone, to the last digit."""
    values, stderrs, n_units = ([mean[0] for mean in means], [mean[1] for mean in means], [mean[2] for mean in means])
    found = effective_bounds(values, stderrs, n_units, level=level)
    each = [effective_interval(*mean, level=level) for mean in means]
    assert found[0].tolist() == [interval.lower for interval in each]
    assert found[1].tolist() == [interval.upper for interval in each]


@pytest.mark.parametrize("mean", [(1.5, 0.1, 9), (0.5, -0.1, 9), (0.5, math.inf, 9), (0.5, 0.1, 1), (math.nan, 0.1, 9)])
def test_one_mean_out_of_range_is_refused_among_many(mean: tuple[float, float, int]) -> None:
    """What one interval refuses, many refuse in the same words."""
    with pytest.raises(StatisticsInputError) as alone:
        effective_interval(*mean)
    with pytest.raises(StatisticsInputError) as among:
        effective_bounds([0.5, mean[0]], [0.1, mean[1]], [9, mean[2]])
    assert str(among.value) == str(alone.value)
    with pytest.raises(StatisticsInputError, match="level"):
        effective_bounds([0.5], [0.1], [9], level=1.0)
