"""Standard errors and intervals against SciPy, published values and simulation."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats import intervals
from benchdb.stats.intervals import (
    Interval,
    beta_interval,
    bootstrap_interval,
    clustered_stderr,
    jeffreys_interval,
    mean_stderr,
    normal_interval,
    normal_quantile,
    proportion_stderr,
    rounding_interval,
    t_interval,
    t_quantile,
    wilson_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LEVELS = st.floats(0.5, 0.999)
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
PROPORTION_METHODS = [wilson_interval, jeffreys_interval, beta_interval]


def _bounds(interval: Interval) -> tuple[float, float]:
    return interval.lower, interval.upper


def _width(interval: Interval) -> float:
    return interval.upper - interval.lower


@given(COUNTS, LEVELS)
def test_wilson_is_scipys(counts: tuple[int, int], level: float) -> None:
    """The Wilson interval equals SciPy's for every count and level."""
    expected = stats.binomtest(*counts).proportion_ci(level, method="wilson")
    assert _bounds(wilson_interval(*counts, level=level)) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_a_worked_example() -> None:
    """81 of 263 at 95 % gives Newcombe's (1998) printed bounds 0.2553 and 0.3662."""
    assert _bounds(wilson_interval(81, 263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(COUNTS, LEVELS, st.floats(0.1, 5))
def test_beta_is_scipys_quantiles(counts: tuple[int, int], level: float, prior: float) -> None:
    """The Beta interval has the quantiles of SciPy's posterior."""
    n_correct, n_samples = counts
    posterior = stats.beta(n_correct + prior, n_samples - n_correct + prior)
    expected = posterior.ppf([(1 - level) / 2, (1 + level) / 2])
    assert _bounds(beta_interval(*counts, level=level, prior=prior)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(COUNTS, LEVELS)
def test_jeffreys_is_the_half_half_posterior_closed_at_the_ends(counts: tuple[int, int], level: float) -> None:
    """Jeffreys' interval is the Beta(1/2, 1/2) one except that it reaches 0 and 1 where the data do."""
    n_correct, n_samples = counts
    inner, closed = beta_interval(*counts, level=level, prior=0.5), jeffreys_interval(*counts, level=level)
    assert closed.lower == (0 if n_correct == 0 else inner.lower)
    assert closed.upper == (1 if n_correct == n_samples else inner.upper)


@pytest.mark.parametrize("method", [wilson_interval, jeffreys_interval])
@given(counts=COUNTS, level=LEVELS)
def test_proportion_intervals_contain_the_estimate(
    method: Callable[..., Interval], counts: tuple[int, int], level: float
) -> None:
    """The observed proportion lies inside, and the interval inside [0, 1]."""
    interval = method(*counts, level=level)
    assert 0 <= interval.lower <= counts[0] / counts[1] <= interval.upper <= 1


@pytest.mark.parametrize("method", PROPORTION_METHODS)
@given(counts=COUNTS, level=LEVELS)
def test_proportion_intervals_shrink_with_more_samples(
    method: Callable[..., Interval], counts: tuple[int, int], level: float
) -> None:
    """Four times the samples at the same proportion give a narrower interval."""
    n_correct, n_samples = counts
    few, many = method(n_correct, n_samples, level=level), method(4 * n_correct, 4 * n_samples, level=level)
    assert _width(many) < _width(few)


@pytest.mark.parametrize("method", PROPORTION_METHODS)
@given(counts=COUNTS, level=LEVELS)
def test_proportion_intervals_mirror(method: Callable[..., Interval], counts: tuple[int, int], level: float) -> None:
    """Counting the wrong answers instead of the right ones mirrors the interval."""
    n_correct, n_samples = counts
    right, wrong = method(n_correct, n_samples, level=level), method(n_samples - n_correct, n_samples, level=level)
    assert _bounds(right) == pytest.approx((1 - wrong.upper, 1 - wrong.lower), abs=1e-12)


@pytest.mark.parametrize(("method", "least"), [(wilson_interval, 0.945), (jeffreys_interval, 0.945)])
def test_proportion_intervals_cover_on_average(method: Callable[..., Interval], least: float) -> None:
    """Over uniform true proportions, 95 % intervals at n = 30 cover 94.5 to 97 % (exact sum over all outcomes)."""
    truths = (np.arange(400) + 0.5) / 400
    covered = np.zeros(400)
    for k in range(31):
        interval = method(k, 30)
        covered += stats.binom.pmf(k, 30, truths) * (interval.lower <= truths) * (truths <= interval.upper)
    assert least <= covered.mean() <= 0.97


@pytest.mark.parametrize(
    ("n_correct", "lower", "upper"),
    [
        (20, 0.838902, 0.998795),
        (12, 0.384354, 0.781803),
        (1, 0.011749, 0.238160),
        (10, 0.297807, 0.702193),
        (5, 0.112809, 0.471660),
        (8, 0.218197, 0.615646),
        (18, 0.696226, 0.969511),
        (0, 0.001205, 0.161098),
        (2, 0.030489, 0.303774),
    ],
)
def test_beta_intervals_are_those_of_bayes_evals(n_correct: int, lower: float, upper: float) -> None:
    """The nine models on 20 items of sambowyer/bayes_evals' basic example have the intervals its notebook prints."""
    assert _bounds(beta_interval(n_correct, 20)) == pytest.approx((lower, upper), abs=5e-7)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("n_correct", "n"), [(1, 10), (7, 10), (29, 30), (150, 198), (499, 500)])
def test_intervals_of_proportions_are_statsmodels(n_correct: int, n: int, level: float) -> None:
    """Wilson's, Jeffreys' and the normal interval equal those of statsmodels' proportion_confint."""
    from statsmodels.stats.proportion import proportion_confint

    def expected(method: str) -> tuple[float, float]:
        lower, upper = proportion_confint(n_correct, n, alpha=1 - level, method=method)
        return float(lower), float(upper)

    assert _bounds(wilson_interval(n_correct, n, level=level)) == pytest.approx(expected("wilson"), abs=1e-12)
    assert _bounds(jeffreys_interval(n_correct, n, level=level)) == pytest.approx(expected("jeffreys"), abs=1e-9)
    share = n_correct / n
    normal = normal_interval(share, proportion_stderr(share, n), level=level)
    clipped = max(0.0, normal.lower), min(1.0, normal.upper)  # as statsmodels does
    assert clipped == pytest.approx(expected("normal"), abs=1e-12)


def test_clustered_stderr_is_that_of_statsmodels_itself() -> None:
    """On 200 items in 23 clusters the clustered error equals a regression on a constant with clustered covariance."""
    from statsmodels.regression.linear_model import OLS

    rng = np.random.default_rng(5)
    clusters = rng.integers(0, 23, 200)
    values = rng.binomial(1, rng.uniform(0.2, 0.9, 23)[clusters]).astype(float)
    fit = OLS(values, np.ones(200)).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert clustered_stderr(values.tolist(), clusters.tolist()) == pytest.approx(float(fit.bse[0]), rel=1e-10)


@given(LEVELS, st.floats(1, 500))
def test_quantiles_are_scipys(level: float, df: float) -> None:
    """Normal and t quantiles equal SciPy's."""
    assert normal_quantile(level) == pytest.approx(stats.norm.ppf((1 + level) / 2), rel=1e-9)
    assert t_quantile(level, df) == pytest.approx(stats.t.ppf((1 + level) / 2, df), rel=1e-9)


@given(st.floats(-1e3, 1e3), st.floats(0, 1e3), LEVELS, st.integers(1, 200))
def test_normal_and_t_intervals_are_scipys(estimate: float, stderr: float, level: float, df: int) -> None:
    """Both intervals have SciPy's bounds, contain the estimate, and t is never the narrower one."""
    normal, student = normal_interval(estimate, stderr, level=level), t_interval(estimate, stderr, df, level=level)
    assert _width(student) >= _width(normal)
    assert student.lower <= normal.lower <= estimate <= normal.upper <= student.upper
    if stderr > 0:
        assert _bounds(normal) == pytest.approx(stats.norm.interval(level, estimate, stderr), rel=1e-9, abs=1e-9)
        assert _bounds(student) == pytest.approx(stats.t.interval(level, df, estimate, stderr), rel=1e-9, abs=1e-9)


def test_t_interval_covers() -> None:
    """95 % t intervals for the mean pass rate of 30 items with 4 attempts each cover the truth 93 to 97 % of runs."""
    rng = np.random.default_rng(7)
    truths = rng.beta(2, 1, size=(2000, 30))
    rates = rng.binomial(4, truths) / 4
    half = t_quantile(0.95, 29)
    covered = [abs(row.mean() - 2 / 3) <= half * mean_stderr(row.tolist()) for row in rates]
    assert 0.93 <= np.mean(covered) <= 0.97


def test_aime_stderr_is_eight_points() -> None:
    """A pass rate near 0.73 on 30 problems has a binomial standard error of 8.1 points."""
    assert proportion_stderr(0.73, 30) == pytest.approx(0.0810555, abs=1e-7)


@given(st.lists(st.integers(0, 16), min_size=2, max_size=60))
def test_binomial_stderr_bounds_the_item_stderr(correct: list[int]) -> None:
    """The binomial error is at least the error over items (divisor n) whatever the attempts an item."""
    rates = [c / 16 for c in correct]
    n = len(rates)
    over_items = mean_stderr(rates) * math.sqrt((n - 1) / n)
    assert over_items <= proportion_stderr(min(1.0, sum(rates) / n), n) + 1e-9


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=50))
def test_mean_stderr_is_scipys_sem(values: list[float]) -> None:
    """The error over items equals SciPy's standard error of the mean."""
    assert mean_stderr(values) == pytest.approx(stats.sem(values), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "clusters", "expected"),
    [
        ([1.0, 2.0, 3.0], [1, 2, 3], 0.5773502691896258),
        ([1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0], [1, 1, 2, 2, 3, 3, 3], 0.6040264729366833),
        ([9.0, 4.0, 11.0, 6.0, 13.0, 8.0], [1, 1, 2, 2, 3, 3], 1.1547005383792521),
    ],
)
def test_clustered_stderr_is_statsmodels(values: list[float], clusters: list[int], expected: float) -> None:
    """The clustered error has the values that statsmodels gives, as Inspect's own tests record them.

    statsmodels multiplies by (n - 1) / (n - p) = 1 for a regression on a constant, so the corrections agree.
    """
    assert clustered_stderr(values, clusters) == pytest.approx(expected, rel=1e-12)


def test_clustered_stderr_is_inspects() -> None:
    """The numbers 0 to 19 in four clusters by remainder give the 0.645 of Inspect's test."""
    assert round(clustered_stderr(list(range(20)), [i % 4 for i in range(20)]), 3) == 0.645


@given(st.lists(st.tuples(st.floats(-10, 10), st.integers(0, 5)), min_size=2, max_size=40))
def test_clustered_stderr_is_the_pairwise_definition(items: list[tuple[float, int]]) -> None:
    """The clustered variance is the sum over pairs inside clusters of the products of deviations, times G/(G-1)."""
    values, clusters = [v for v, _ in items], [c for _, c in items]
    groups = len(set(clusters))
    if groups < 2:
        with pytest.raises(StatisticsInputError, match="at least 2 different labels"):
            clustered_stderr(values, clusters)
        return
    deviations = np.array(values) - np.mean(values)
    same = np.equal.outer(clusters, clusters)
    variance = float((np.outer(deviations, deviations) * same).sum()) * groups / (groups - 1)
    expected = math.sqrt(max(0.0, variance)) / len(values)
    assert clustered_stderr(values, clusters) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=40))
def test_singleton_clusters_change_nothing(values: list[float]) -> None:
    """With one item a cluster the clustered error is the ordinary one."""
    assert clustered_stderr(values, list(range(len(values)))) == pytest.approx(mean_stderr(values), rel=1e-9, abs=1e-12)


def test_rounding_interval_by_hand() -> None:
    """72.6 to one decimal was 72.55 to 72.65, 70 to none 69.5 to 70.5, 1200 to hundreds 1150 to 1250."""
    assert rounding_interval(72.6, 1) == Interval(72.55, 72.65, 1.0, "rounding")
    assert _bounds(rounding_interval(70, 0)) == (69.5, 70.5)
    assert _bounds(rounding_interval(1200, -2)) == (1150, 1250)


def test_bootstrap_is_near_scipys_percentile_interval() -> None:
    """The bootstrap interval agrees with SciPy's percentile one within resampling noise."""
    values = np.random.default_rng(3).beta(2, 1, 80)
    expected = stats.bootstrap((values,), np.mean, n_resamples=9999, method="percentile", rng=5).confidence_interval
    assert _bounds(bootstrap_interval(values.tolist())) == pytest.approx((expected.low, expected.high), abs=3e-3)


def test_bootstrap_repeats_with_its_seed_and_batches() -> None:
    """The same seed gives the same interval, another seed another, and long lists are drawn in several batches."""
    values = [float(i % 7) for i in range(3000)]
    first = bootstrap_interval(values, n_resamples=700)
    assert first == bootstrap_interval(values, n_resamples=700)
    assert first != bootstrap_interval(values, n_resamples=700, seed=1)
    assert _bounds(first) == pytest.approx(_bounds(t_interval(sum(values) / 3000, mean_stderr(values), 2999)), abs=0.02)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: wilson_interval(1, 0), "n_samples: expected at least 1, found 0"),
        (lambda: wilson_interval(3, 2), "n_correct: expected 0 to 2, found 3"),
        (lambda: wilson_interval(-1, 2), "n_correct"),
        (lambda: wilson_interval(1, 2, level=95), "write 95 % as 0.95"),
        (lambda: jeffreys_interval(3, 2), "n_correct"),
        (lambda: beta_interval(1, 2, prior=0), "prior: expected a finite number above 0"),
        (lambda: normal_quantile(1.0), "level"),
        (lambda: t_quantile(0.95, 0), "df"),
        (lambda: normal_interval(math.nan, 1), r"estimate\[0\]"),
        (lambda: normal_interval(1, -1), "stderr: expected a finite number of at least 0"),
        (lambda: t_interval(1, math.nan, 3), "stderr"),
        (lambda: proportion_stderr(72.6, 30), "divide percent by 100"),
        (lambda: proportion_stderr(math.nan, 30), "p: expected a fraction"),
        (lambda: proportion_stderr(0.5, 0), "n_samples"),
        (lambda: mean_stderr([1.0]), "at least 2 values, found 1"),
        (lambda: mean_stderr([1.0, math.nan]), r"values\[1\].*leave missing values out"),
        (lambda: clustered_stderr([1.0], [1, 2]), "values has 1, clusters has 2"),
        (lambda: clustered_stderr([], []), "at least 1 value, found 0"),
        (lambda: clustered_stderr([1.0, 2.0], ["a", None]), r"clusters\[1\]: expected a label, found None"),
        (lambda: clustered_stderr([1.0, 2.0], [1.0, math.nan]), "found nan"),
        (lambda: rounding_interval(math.inf, 1), "value"),
        (lambda: bootstrap_interval([1.0]), "at least 2"),
        (lambda: bootstrap_interval([1.0, 2.0], n_resamples=0), "n_resamples"),
    ],
)
def test_bad_numbers_are_refused_in_words(call: Callable[[], object], words: str) -> None:
    """Numbers outside the domain raise an error that names the argument and what to do."""
    with pytest.raises(StatisticsInputError, match=words):
        call()


def test_importing_the_statistics_stays_light() -> None:
    """Importing every module imports neither NumPy nor SciPy."""
    modules = sorted(file.stem for file in Path(intervals.__file__).parent.glob("*.py"))
    code = "".join(f"import benchdb.stats.{module}\n" for module in modules)
    code += "import sys; print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_quantiles_are_plain_numbers_whoever_asked_first() -> None:
    """A quantile that was first asked with NumPy's numbers comes back as Python's, which print as numbers."""
    from benchdb.stats.student import upper_quantile

    first = upper_quantile(np.float64(0.0123), np.float64(17.5))
    assert type(first) is type(upper_quantile(0.0123, 17.5)) is float
