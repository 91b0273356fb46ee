"""Comparisons of two models against SciPy, enumeration, symmetry and simulation."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats.intervals import clustered_stderr, wilson_interval
from benchdb.stats.paired import mcnemar_exact, paired_difference, permutation_test, sign_test
from benchdb.stats.unpaired import independent_difference, two_proportion, welch_df

ITEM_PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=40)
TABLES = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda sizes: st.tuples(st.integers(0, sizes[0]), st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1]))
)


def _split(pairs: list[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [a / 8 for a, _ in pairs], [b / 8 for _, b in pairs]


@given(ITEM_PAIRS)
def test_paired_difference_is_scipys_paired_t(pairs: list[tuple[int, int]]) -> None:
    """Difference, p-value and interval equal those of SciPy's paired t test wherever it exists."""
    a, b = _split(pairs)
    assume(len({x - y for x, y in zip(a, b, strict=True)}) > 1)
    ours, expected = paired_difference(a, b, level=0.9), stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.9)
    assert ours.difference == pytest.approx(np.mean(a) - np.mean(b), abs=1e-12)
    assert ours.p_value == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
    assert (ours.lower, ours.upper) == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-9)
    assert (ours.n_items, ours.method) == (len(a), "paired t")


@given(ITEM_PAIRS)
def test_paired_difference_mirrors(pairs: list[tuple[int, int]]) -> None:
    """A against B is B against A with the sign turned and the same p-value."""
    a, b = _split(pairs)
    one, other = paired_difference(a, b), paired_difference(b, a)
    assert one.difference == pytest.approx(-other.difference, abs=1e-15)
    assert (one.stderr, one.p_value, one.method) == pytest.approx((other.stderr, other.p_value, other.method))
    if one.lower is None or one.upper is None:
        assert other.lower is other.upper is None
    else:
        assert (one.lower, one.upper) == pytest.approx((-other.upper, -other.lower), abs=1e-12)  # type: ignore[operator] # both or neither
        assert one.lower <= one.difference <= one.upper


def test_clustered_difference_by_hand() -> None:
    """With clusters the error is the clustered one and the degrees of freedom are clusters - 1."""
    a, b, clusters = [1, 1, 0, 1, 1, 0], [0, 1, 0, 0, 1, 1], ["p", "p", "q", "q", "r", "r"]
    ours = paired_difference(a, b, clusters=clusters)
    stderr = clustered_stderr([1, 0, 0, 1, 0, -1], clusters)
    assert ours.stderr == stderr
    assert ours.p_value == pytest.approx(2 * stats.t.sf(ours.difference / stderr, 2))
    assert ours.upper == pytest.approx(ours.difference + stats.t.ppf(0.975, 2) * stderr)
    assert ours.method == "paired t clustered"


def test_two_of_two_prove_nothing() -> None:
    """Where all differences are the same, p is the sign test's and too few items have no interval."""
    two = paired_difference([1, 1], [0, 0])
    assert (two.difference, two.stderr, two.p_value, two.lower, two.upper) == (1, 0, 0.5, None, None)
    assert two.method == "sign"
    six = paired_difference([1] * 6, [0] * 6)
    assert (six.p_value, six.lower, six.upper) == (2 / 64, 1, 1)
    assert six.p_value == stats.binomtest(6, 6).pvalue


def test_same_outcomes_are_no_difference() -> None:
    """Two models with the same outcome on every item have difference 0 and p 1."""
    same = paired_difference([1, 0, 1] * 3, [1, 0, 1] * 3)
    assert (same.difference, same.p_value, same.lower, same.upper) == (0, 1, 0, 0)


def test_last_digits_are_no_spread() -> None:
    """Differences that are equal but for rounding of decimals do not make a certain result."""
    ours = paired_difference([0.3, 0.2, 0.7], [0.2, 0.1, 0.6])
    assert ours.method == "sign"
    assert ours.p_value == 0.25
    assert ours.difference == pytest.approx(0.1)
    assert paired_difference([0.1 + 0.2] * 3, [0.3] * 3).p_value == 1


def test_clusters_that_all_agree_are_no_spread() -> None:
    """Where every cluster has the same mean difference, its clusters are the units of the sign test."""
    ours = paired_difference([1, 0, 1, 0], [0, 0, 0, 0], clusters=[1, 1, 2, 2])
    assert (ours.difference, ours.p_value, ours.lower, ours.method) == (0.5, 0.5, None, "sign clustered")


def test_paired_interval_covers() -> None:
    """95 % intervals for two models of related difficulty on 30 items cover the truth 93 to 97 % of 2,000 runs."""
    rng = np.random.default_rng(9)
    rates = rng.beta(2, 1, (2000, 30))
    a, b = rng.binomial(4, rates) / 4, rng.binomial(4, rates**2) / 4
    truth = 2 / 3 - 1 / 2
    results = [paired_difference(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    covered = [r.lower is not None and r.upper is not None and r.lower <= truth <= r.upper for r in results]
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("n", range(25))
def test_mcnemar_is_scipys_binomial_test(n: int) -> None:
    """For every split of up to 24 discordant items p equals SciPy's two-sided binomial test."""
    for b in range(n + 1):
        expected = stats.binomtest(b, n).pvalue if n else 1.0
        assert mcnemar_exact(b, n - b) == pytest.approx(expected, rel=1e-12)


def test_mcnemar_of_many_items() -> None:
    """Large and lopsided counts agree with SciPy's binomial distribution, down to 0."""
    assert mcnemar_exact(4900, 5100) == pytest.approx(2 * stats.binom.cdf(4900, 10_000, 0.5), rel=1e-9)
    assert mcnemar_exact(30, 200) == pytest.approx(2 * stats.binom.cdf(30, 230, 0.5), rel=1e-9)
    assert mcnemar_exact(0, 5000) == 0


@given(ITEM_PAIRS)
def test_sign_test_counts_and_mirrors(pairs: list[tuple[int, int]]) -> None:
    """Wins, losses and ties add up to the items, swap with the models, and give McNemar's p."""
    a, b = _split(pairs)
    one, other = sign_test(a, b), sign_test(b, a)
    assert (one.n_wins, one.n_losses, one.n_ties) == (other.n_losses, other.n_wins, other.n_ties)
    assert one.n_wins + one.n_losses + one.n_ties == len(a)
    assert one.n_wins == sum(x > y for x, y in pairs)
    assert one.p_value == other.p_value == mcnemar_exact(one.n_wins, one.n_losses)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8))
def test_permutation_test_is_exact_for_few_items(pairs: list[tuple[int, int]]) -> None:
    """With few items p is the share of all swaps that are at least as extreme."""
    differences = [x - y for x, y in pairs]
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences, strict=True)))
        for signs in product((1, -1), repeat=len(pairs))
    ]
    expected = np.mean([total >= abs(sum(differences)) for total in sums])
    a, b = ([pair[i] / 10 for pair in pairs] for i in (0, 1))
    assert permutation_test(a, b) == pytest.approx(expected)
    assert permutation_test(b, a) == pytest.approx(expected)


def test_permutation_test_draws_for_many_items() -> None:
    """With many items p agrees with SciPy's permutation test, repeats with its seed, and swaps with the models."""
    rng = np.random.default_rng(10)
    a, b = rng.integers(0, 5, (2, 200)) / 4
    b = b - 0.06
    expected = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples", n_resamples=9999, rng=1
    ).pvalue
    p_value = permutation_test(a.tolist(), b.tolist())
    assert p_value == pytest.approx(expected, abs=0.02)
    assert p_value == permutation_test(a.tolist(), b.tolist()) == permutation_test(b.tolist(), a.tolist())
    assert p_value != permutation_test(a.tolist(), b.tolist(), seed=2)


def test_permutation_test_never_says_never() -> None:
    """The smallest p from R draws is 1 / (R + 1)."""
    assert permutation_test([1.0] * 100, [0.0] * 100, n_resamples=999) == 1 / 1000


@given(TABLES)
def test_two_proportion_is_scipys_table_test(table: tuple[int, int, int, int]) -> None:
    """P is SciPy's chi-squared with N - 1 for N, or its Fisher test where an expected count is below 1."""
    c_a, n_a, c_b, n_b = table
    ours = two_proportion(*table)
    cells = np.array([[c_a, n_a - c_a], [c_b, n_b - c_b]])
    if stats.contingency.expected_freq(cells).min() < 1 - 1e-12:
        assert ours.method == "fisher-irwin"
        assert ours.p_value == pytest.approx(stats.fisher_exact(cells).pvalue, rel=1e-9)
    else:
        n = n_a + n_b
        chi_squared = stats.chi2_contingency(cells, correction=False).statistic * (n - 1) / n
        assert ours.method == "n-1 chi-squared"
        assert ours.p_value == pytest.approx(stats.chi2.sf(chi_squared, 1), rel=1e-9)


@given(TABLES)
def test_two_proportion_mirrors_and_stays_in_range(table: tuple[int, int, int, int]) -> None:
    """Swapping the models turns the sign; the interval holds the difference and stays in [-1, 1]."""
    c_a, n_a, c_b, n_b = table
    one, other = two_proportion(*table), two_proportion(c_b, n_b, c_a, n_a)
    assert (one.difference, one.lower, one.upper) == pytest.approx((-other.difference, -other.upper, -other.lower))
    assert (one.stderr, one.p_value) == pytest.approx((other.stderr, other.p_value))
    assert -1 - 1e-12 <= one.lower <= one.difference <= one.upper <= 1 + 1e-12


def test_two_proportion_by_hand() -> None:
    """56/70 against 48/80 has Newcombe's printed interval 0.0524 to 0.3339 and the unpooled error."""
    ours = two_proportion(56, 70, 48, 80)
    assert (ours.lower, ours.upper) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert ours.stderr == pytest.approx(math.sqrt(0.8 * 0.2 / 70 + 0.6 * 0.4 / 80))
    assert ours.difference == pytest.approx(0.2)


def test_two_proportion_at_the_ends() -> None:
    """All against none of two samples is not established, although the unpooled error is 0."""
    ours = two_proportion(2, 2, 0, 2)
    assert ours.stderr == 0
    assert ours.p_value > 0.05
    assert ours.lower == pytest.approx(1 - math.hypot(1 - wilson_interval(2, 2).lower, wilson_interval(0, 2).upper))


def test_independent_difference_is_the_normal_test() -> None:
    """72.7 +- 8.1 against 72.6 +- 8.1 says nothing: the interval is 22 points either way, p near 1."""
    ours = independent_difference(72.7, 8.1, 72.6, 8.1)
    half = stats.norm.ppf(0.975) * math.hypot(8.1, 8.1)
    assert (ours.lower, ours.upper) == pytest.approx((0.1 - half, 0.1 + half))
    assert ours.p_value == pytest.approx(2 * stats.norm.sf(0.1 / math.hypot(8.1, 8.1)))
    assert ours.method == "normal"


def test_independent_difference_with_welch_is_scipys() -> None:
    """With Welch's degrees of freedom p and interval equal SciPy's unequal-variance t test."""
    rng = np.random.default_rng(14)
    a, b = rng.normal(0, 1, 9), rng.normal(1, 3, 14)
    expected = stats.ttest_ind(a, b, equal_var=False)
    df = welch_df(stats.sem(a), 9, stats.sem(b), 14)
    ours = independent_difference(a.mean(), stats.sem(a), b.mean(), stats.sem(b), df=df)
    assert df == pytest.approx(expected.df)
    assert ours.p_value == pytest.approx(expected.pvalue)
    assert (ours.lower, ours.upper) == pytest.approx(tuple(expected.confidence_interval()))
    assert ours.method == "t"


@given(st.floats(0, 1e3), st.integers(2, 100), st.floats(1e-9, 1e3), st.integers(2, 100))
def test_welch_df_lies_between_its_limits(stderr_a: float, n_a: int, stderr_b: float, n_b: int) -> None:
    """The degrees of freedom lie between the smaller n - 1 and the sum of both."""
    df = welch_df(stderr_a, n_a, stderr_b, n_b)
    assert min(n_a, n_b) - 1 <= df * (1 + 1e-9)
    assert df <= (n_a + n_b - 2) * (1 + 1e-9)
    assert df == pytest.approx(welch_df(stderr_b, n_b, stderr_a, n_a))


@given(st.floats(-100, 100), st.floats(0.01, 10), st.floats(-100, 100), st.floats(0, 10))
def test_independent_difference_mirrors(value_a: float, stderr_a: float, value_b: float, stderr_b: float) -> None:
    """Swapping the values turns the sign and keeps the p-value."""
    one = independent_difference(value_a, stderr_a, value_b, stderr_b)
    other = independent_difference(value_b, stderr_b, value_a, stderr_a)
    assert (one.difference, one.lower, one.upper) == pytest.approx((-other.difference, -other.upper, -other.lower))
    assert one.p_value == other.p_value


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: paired_difference([1, 0], [1]), "a has 2, b has 1"),
        (lambda: paired_difference([1], [1]), "at least 2 values"),
        (lambda: paired_difference([1, math.nan], [1, 0]), r"a\[1\]"),
        (lambda: paired_difference([1, 0], [1, math.nan]), r"b\[1\]"),
        (lambda: paired_difference([1, 0], [0, 0], level=95), "level"),
        (lambda: paired_difference([1, 0], [0, 0], clusters=["x", "x"]), "at least 2 different labels"),
        (lambda: paired_difference([1, 0], [0, 0], clusters=["x"]), "values has 2, clusters has 1"),
        (lambda: mcnemar_exact(-1, 3), "at least 0, found -1 and 3"),
        (lambda: mcnemar_exact(1, -3), "at least 0"),
        (lambda: sign_test([], []), "at least 1"),
        (lambda: sign_test([1], [1, 2]), "one length"),
        (lambda: permutation_test([1, 2], [1]), "one length"),
        (lambda: permutation_test([1], [math.nan]), r"b\[0\]"),
        (lambda: permutation_test([1], [2], n_resamples=0), "n_resamples"),
        (lambda: two_proportion(1, 0, 1, 2), "n_samples"),
        (lambda: two_proportion(1, 2, 3, 2), "n_correct"),
        (lambda: two_proportion(1, 2, 1, 2, level=0), "level"),
        (lambda: independent_difference(1, 0, 2, 0), "stderr_a and stderr_b together"),
        (lambda: independent_difference(math.nan, 1, 2, 1), "value_a, value_b"),
        (lambda: independent_difference(1, -1, 2, 1), "stderr_a"),
        (lambda: independent_difference(1, 1, 2, math.inf), "stderr_b"),
        (lambda: independent_difference(1, 1, 2, 1, level=2), "level"),
        (lambda: independent_difference(1, 1, 2, 1, df=0), "df"),
        (lambda: welch_df(0, 3, 0, 3), "together"),
        (lambda: welch_df(1, 1, 1, 3), "n_a - 1"),
        (lambda: welch_df(1, 3, 1, 1), "n_b - 1"),
        (lambda: welch_df(-1, 3, 1, 3), "stderr_a"),
        (lambda: welch_df(1, 3, math.nan, 3), "stderr_b"),
    ],
)
def test_what_cannot_be_compared_is_refused(call: object, words: str) -> None:
    """Unpaired lists, missing values, impossible counts and unknown errors are errors."""
    assert callable(call)
    with pytest.raises(StatisticsInputError, match=words):
        call()
