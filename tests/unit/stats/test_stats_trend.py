"""Lines, frontiers and fronts against SciPy, NumPy and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats.trend import best_so_far, line_mean_half_width, linear_fit, pareto_front, record_indices

COORDINATES = st.integers(-50, 50)
POINTS = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=3, max_size=30).filter(
    lambda points: len({x for x, _ in points}) > 1 and len({y for _, y in points}) > 1
)


@given(POINTS)
def test_line_is_scipys(points: list[tuple[int, int]]) -> None:
    """Slope, intercept, error, interval and r2 equal those of SciPy's linear regression."""
    x, y = ([float(point[i]) for point in points] for i in (0, 1))
    fit, expected = linear_fit(x, y), stats.linregress(x, y)
    assert fit.n == len(points)
    assert (fit.slope, fit.intercept) == pytest.approx((expected.slope, expected.intercept), rel=1e-9, abs=1e-9)
    assert fit.stderr == pytest.approx(expected.stderr, rel=1e-6, abs=1e-6)
    assert fit.interval is not None
    half = stats.t.ppf(0.975, len(points) - 2) * expected.stderr
    assert (fit.interval.lower, fit.interval.upper) == pytest.approx(
        (expected.slope - half, expected.slope + half), rel=1e-5, abs=1e-4
    )
    assert fit.r2 == pytest.approx(expected.rvalue**2, abs=1e-9)


def test_weighted_line_is_numpys() -> None:
    """With weights 1/s^2 the line and its error are those of NumPy's polynomial fit with weights 1/s."""
    rng = np.random.default_rng(6)
    x, y, s = rng.normal(size=12), rng.normal(size=12), rng.uniform(0.5, 2, 12)
    (slope, intercept), covariance = np.polyfit(x, y, 1, w=1 / s, cov=True)
    fit = linear_fit(x.tolist(), y.tolist(), weights=(1 / s**2).tolist())
    assert (fit.slope, fit.intercept) == pytest.approx((slope, intercept), rel=1e-9)
    assert fit.stderr == pytest.approx(math.sqrt(covariance[0, 0]), rel=1e-9)
    assert fit.predict(2.0) == pytest.approx(np.polyval([slope, intercept], 2.0), rel=1e-9)


@given(POINTS, st.floats(-60, 60))
def test_band_of_the_mean_is_statsmodels(points: list[tuple[int, int]], at: float) -> None:
    """The interval of the line's mean at any place equals that of statsmodels' ordinary least squares."""
    x, y = ([float(point[i]) for point in points] for i in (0, 1))
    fit = linear_fit(x, y)
    assert fit.stderr is not None
    assert fit.centre_stderr is not None
    half = line_mean_half_width(
        at, centre=fit.centre, centre_stderr=fit.centre_stderr, slope_stderr=fit.stderr, n=fit.n, level=0.9
    )
    expected = sm.OLS(y, sm.add_constant(np.array(x))).fit().get_prediction([[1.0, at]]).conf_int(alpha=0.1)[0]
    assert (fit.predict(at) - half, fit.predict(at) + half) == pytest.approx(tuple(expected), rel=1e-5, abs=1e-4)


@pytest.mark.parametrize(
    "wrong", [{"n": 2}, {"slope_stderr": -1.0}, {"centre_stderr": math.nan}, {"level": 1.0}, {"centre": math.inf}]
)
def test_a_band_needs_three_points_and_finite_errors(wrong: dict[str, float]) -> None:
    """What no band can be drawn from is an error."""
    given_ = {"centre": 0.0, "centre_stderr": 1.0, "slope_stderr": 1.0, "n": 5, "level": 0.95} | wrong
    with pytest.raises(StatisticsInputError):
        line_mean_half_width(1.0, **given_)  # type: ignore[arg-type]  # n is whole in each case


def test_scaling_all_weights_changes_nothing() -> None:
    """Only the ratios of the weights matter."""
    x, y, w = [1.0, 2.0, 4.0, 5.0], [1.0, 3.0, 2.0, 5.0], [1.0, 2.0, 3.0, 4.0]
    once, thrice = linear_fit(x, y, weights=w), linear_fit(x, y, weights=[3 * value for value in w])
    assert (once.slope, once.stderr, once.r2) == pytest.approx((thrice.slope, thrice.stderr, thrice.r2))
    assert (once.centre, once.centre_stderr) == pytest.approx((thrice.centre, thrice.centre_stderr))


def test_two_points_have_a_slope_and_no_error() -> None:
    """Two points give the line through them, without error or interval."""
    fit = linear_fit([0, 2], [1, 5])
    assert (fit.slope, fit.intercept, fit.stderr, fit.interval, fit.n, fit.r2) == (2, 1, None, None, 2, 1)


def test_flat_points_have_no_r2() -> None:
    """Where the scores do not vary there is no variance to explain, and the slope is 0 without error."""
    fit = linear_fit([0, 1, 2], [0.1, 0.1, 0.1], weights=[0.1, 0.3, 0.7])
    assert fit.r2 is None
    assert (fit.slope, fit.stderr) == pytest.approx((0, 0), abs=1e-15)


def test_slope_interval_covers() -> None:
    """95 % intervals of the slope over six points cover the truth 93 to 97 % of 2,000 runs."""
    rng = np.random.default_rng(8)
    x = [0.0, 1.0, 1.5, 3.0, 4.0, 7.0]
    covered = []
    for noise in rng.normal(size=(2000, 6)):
        interval = linear_fit(x, (2 * np.array(x) + noise).tolist()).interval
        assert interval is not None
        covered.append(interval.lower <= 2 <= interval.upper)
    assert 0.93 <= np.mean(covered) <= 0.97


@given(st.lists(COORDINATES, max_size=30))
def test_best_so_far_is_the_running_extreme(values: list[int]) -> None:
    """The frontier is NumPy's running maximum, or minimum where lower is better."""
    assert best_so_far(values) == np.maximum.accumulate(np.array(values, dtype=int)).tolist()
    assert best_so_far(values, higher_is_better=False) == np.minimum.accumulate(np.array(values, dtype=int)).tolist()


@given(st.lists(COORDINATES, max_size=30))
def test_records_are_strictly_better_than_all_before(values: list[int]) -> None:
    """A position is a record if and only if its value is above every earlier one."""
    assert record_indices(values) == [i for i, v in enumerate(values) if all(v > before for before in values[:i])]
    lower = record_indices(values, higher_is_better=False)
    assert lower == [i for i, v in enumerate(values) if all(v < before for before in values[:i])]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)), max_size=25), st.data())
def test_front_is_what_nothing_dominates(points: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """A point is on the front if and only if no other is as good everywhere and better somewhere."""
    up = data.draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    signed = [[v if u else -v for v, u in zip(point, up, strict=True)] for point in points]

    def beaten(i: int) -> bool:
        return any(q != signed[i] and all(u >= v for u, v in zip(q, signed[i], strict=True)) for q in signed)

    assert pareto_front(points, up) == [i for i in range(len(points)) if not beaten(i)]


def test_front_of_score_against_size() -> None:
    """Of the seed's four models on AIME 2024 (score up, size down) the 72B and the better 32B are on the front."""
    models = [(72.6, 32), (72.7, 32), (70.0, 70), (76.5, 72)]
    assert pareto_front(models, [True, False]) == [1, 3]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: linear_fit([1, 2], [1]), "x has 2, y has 1, weights has 2"),
        (lambda: linear_fit([1], [1]), "x: expected at least 2 values"),
        (lambda: linear_fit([3, 3, 3], [1, 2, 3]), "at least 2 different values, found only 3"),
        (lambda: linear_fit([1, math.nan], [1, 2]), r"x\[1\]"),
        (lambda: linear_fit([1, 2], [1, math.inf]), r"y\[1\]"),
        (lambda: linear_fit([1, 2], [1, 2], weights=[1, 0]), "weights"),
        (lambda: linear_fit([1, 2], [1, 2], level=2), "level"),
        (lambda: best_so_far([1, math.nan]), r"values\[1\]"),
        (lambda: record_indices([math.nan]), r"values\[0\]"),
        (lambda: pareto_front([(1, 2)], [True]), r"points\[0\] has 2, higher_is_better has 1"),
        (lambda: pareto_front([(1, 2), (1, math.nan)], [True, True]), r"points\[1\]\[1\]"),
    ],
)
def test_bad_points_are_refused(call: object, words: str) -> None:
    """Missing values, unequal lists and a trend without spread are errors."""
    assert callable(call)
    with pytest.raises(StatisticsInputError, match=words):
        call()
