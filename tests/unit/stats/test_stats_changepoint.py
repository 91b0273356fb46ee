"""Change points against all partitions, by simulation, and against published quantiles."""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchdb.errors import StatisticsInputError
from benchdb.stats.changepoint import (
    FEWEST,
    MOST,
    break_quantile,
    change_points,
    difference_noise,
    optimal_partition,
)

SCORES = st.lists(st.integers(-40, 40).map(float), min_size=1, max_size=10)


def cost(values: list[float], cuts: tuple[int, ...], penalty: float) -> float:
    """Squared deviation about the levels, and the price of the cuts."""
    edges = [0, *cuts, len(values)]
    parts = [values[start:end] for start, end in pairwise(edges)]
    return sum(sum((v - sum(part) / len(part)) ** 2 for v in part) for part in parts) + penalty * len(cuts)


def cheapest(values: list[float], penalty: float, places: list[int]) -> float:
    """The least cost over all partitions with cuts at these places only."""
    every = [cuts for size in range(len(places) + 1) for cuts in combinations(places, size)]
    return min(cost(values, cuts, penalty) for cuts in every)


@given(SCORES, st.integers(1, 400).map(lambda number: number / 4))
@settings(max_examples=60, deadline=None)
def test_partition_is_the_best_of_all(values: list[float], penalty: float) -> None:
    """No partition of up to ten values costs less than the one found, all of them tried."""
    found = optimal_partition(values, penalty)
    assert cost(values, tuple(found), penalty) == pytest.approx(
        cheapest(values, penalty, list(range(1, len(values)))), abs=1e-6
    )


def test_partition_of_twelve_values_is_the_best_of_all() -> None:
    """Of all 2,048 partitions of twelve values of three levels the true one is found."""
    values = [1.0, 1.2, 0.9, 1.1, 6.0, 6.2, 5.9, 6.1, 3.0, 3.1, 2.8, 3.0]
    assert optimal_partition(values, 1.0) == [4, 8]
    assert cost(values, (4, 8), 1.0) == pytest.approx(cheapest(values, 1.0, list(range(1, 12))))


@given(SCORES, st.lists(st.booleans(), min_size=10, max_size=10))
@settings(max_examples=40, deadline=None)
def test_levels_begin_only_where_they_may(values: list[float], flags: list[bool]) -> None:
    """With some places forbidden the best of the remaining partitions is found."""
    mask = flags[: len(values)]
    found = optimal_partition(values, 9.0, mask)
    places = [at for at in range(1, len(values)) if mask[at]]
    assert set(found) <= set(places)
    assert cost(values, tuple(found), 9.0) == pytest.approx(cheapest(values, 9.0, places), abs=1e-6)


def test_noise_by_hand() -> None:
    """Steps 1, -1, 3, -1 deviate from their median 0 by 1, 1, 3, 1, of which the median is 1."""
    assert difference_noise([0.0, 1.0, 0.0, 3.0, 2.0]) == pytest.approx(1 / (0.6744897501960817 * math.sqrt(2)))


def test_noise_of_coarse_scores_comes_from_all_steps() -> None:
    """Where most steps are zero the mean square of the steps is used: sqrt(4 / 5 / 2)."""
    assert difference_noise([1.0, 1.0, 1.0, 1.0, 3.0, 3.0]) == pytest.approx(math.sqrt(4 / 5 / 2))
    assert difference_noise([5.0] * 6) == 0.0


def test_noise_ignores_a_step() -> None:
    """A step of a hundred noises changes the noise learned by less than a tenth."""
    series = np.random.default_rng(1).standard_normal(60)
    stepped = series + 100 * (np.arange(60) >= 30)
    assert difference_noise(stepped.tolist()) == pytest.approx(difference_noise(series.tolist()), rel=0.1)


@pytest.mark.parametrize(("level", "published"), [(0.90, 7.7), (0.95, 11.0), (0.99, 19.8)])
def test_break_quantiles_are_bais(level: float, published: float) -> None:
    """The quantiles for the place of a break are those Bai prints."""
    assert break_quantile(level) == pytest.approx(published, abs=0.05)


def every_null(n: int, places: list[int], seed: int) -> list[float]:
    """The greatest gain per change of 1,999 series without a change, rising: every partition of each tried."""
    series = np.random.default_rng(seed).standard_normal((1999, n))
    noise = np.array([difference_noise(row.tolist()) for row in series])
    series = (series - series.mean(axis=1, keepdims=True)) / noise[:, None]
    gains = [np.zeros(1999)]
    for cuts in (cuts for size in range(1, len(places) + 1) for cuts in combinations(places, size)):
        levels = sum(
            (series[:, start:end].sum(axis=1) ** 2 / (end - start) for start, end in pairwise([0, *cuts, n])),
            np.zeros(1999),
        )
        gains.append(levels / len(cuts))
    return sorted(np.max(gains, axis=0).tolist())


@cache
def null_of_nine() -> list[float]:
    """The null of nine values, of which any may begin a level."""
    return every_null(9, list(range(1, 9)), 0)


@pytest.mark.parametrize(("n", "forbidden"), [(8, set()), (9, set()), (10, {1, 4, 7})])
@pytest.mark.parametrize("seed", [0, 7])
def test_penalty_is_the_quantile_of_the_null(n: int, forbidden: set[int], seed: int) -> None:
    """At any level the penalty is the value of that rank among the simulated series, whose every partition was tried."""
    null = every_null(n, [at for at in range(1, n) if at not in forbidden], seed)
    values = np.random.default_rng(n).standard_normal(n).tolist()
    mask = [at not in forbidden for at in range(n)]
    for level in (0.2, 0.5, 0.9, 0.95, 0.999, 0.9999):
        rank = min(1999, math.ceil(2000 * level))
        found = change_points(values, may_change=mask, level=level, seed=seed)
        assert found.penalty == pytest.approx(null[rank - 1], rel=1e-9)


@given(st.integers(0, 10**6), st.sampled_from([0.5, 0.8, 0.95]))
@settings(max_examples=60, deadline=None)
def test_p_value_counts_the_null(seed: int, level: float) -> None:
    """The p-value is the share of the simulated series, all partitions tried, with a greater gain; no change is weaker than the penalty."""
    random = np.random.default_rng(seed)
    values = (random.standard_normal(9) + random.uniform(0, 40) * (np.arange(9) >= random.integers(1, 9))).tolist()
    found = change_points(values, level=level)
    edges = [0, *(change.index for change in found.changes), 9]
    for number, change in enumerate(found.changes):
        both = 1 / (edges[number + 1] - edges[number]) + 1 / (edges[number + 2] - edges[number + 1])
        strength = change.size**2 / both / found.noise**2
        assert strength >= found.penalty * (1 - 1e-9)
        assert change.p_value == (1 + sum(other >= strength for other in null_of_nine())) / 2000


@pytest.mark.parametrize("n", [10, 24, 60])
def test_false_alarms_are_rare(n: int) -> None:
    """Of 600 series without a change one in twenty is cut, up to three errors of the count."""
    random = np.random.default_rng(n)
    alarms = sum(bool(change_points(random.normal(70, 2, n).tolist()).changes) for _ in range(600))
    assert alarms / 600 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 600)


@pytest.mark.parametrize(("n", "least"), [(20, 0.95), (40, 0.97)])
def test_a_step_of_four_noises_is_found(n: int, least: float) -> None:
    """A step of four noises in the middle is found within one place, and its interval covers the size."""
    random = np.random.default_rng(n)
    hits = covered = 0
    for _ in range(300):
        values = random.standard_normal(n) + 4 * (np.arange(n) >= n // 2)
        near = [change for change in change_points(values.tolist()).changes if abs(change.index - n // 2) <= 1]
        hits += bool(near)
        covered += bool(near) and near[0].interval.lower <= 4 <= near[0].interval.upper
    assert hits / 300 >= least
    assert covered / hits >= 0.90


def test_size_and_error_by_hand() -> None:
    """Two levels of six values: means 10 and 20, pooled deviation from ten degrees of freedom, t interval."""
    values = [9.0, 11.0, 9.0, 11.0, 9.0, 11.0, 19.0, 21.0, 19.0, 21.0, 19.0, 21.0]
    (change,) = change_points(values).changes
    assert (change.index, change.before, change.after, change.size) == (6, 10.0, 20.0, 10.0)
    assert change.stderr == pytest.approx(math.sqrt(12 / 10) * math.sqrt(1 / 6 + 1 / 6))
    half = 2.2281388519649385 * change.stderr
    assert (change.interval.lower, change.interval.upper) == pytest.approx((10 - half, 10 + half))
    assert change.p_value <= 0.05
    assert change.earliest <= 6 <= change.latest


def test_mirrored_series_has_mirrored_changes() -> None:
    """Turning the sign turns the sizes and moves no change point."""
    values = [
        *np.random.default_rng(3).standard_normal(15).tolist(),
        *np.random.default_rng(4).normal(8, 1, 15).tolist(),
    ]
    up, down = change_points(values), change_points([-value for value in values])
    assert [change.index for change in up.changes] == [change.index for change in down.changes] == [15]
    assert up.changes[0].size == pytest.approx(-down.changes[0].size)
    assert up.changes[0].p_value == down.changes[0].p_value


def test_constant_series_has_no_change() -> None:
    """A series that never moves is one level, with no noise."""
    found = change_points([42.0] * 10)
    assert (found.changes, found.noise) == ((), 0.0)


def test_a_place_that_may_not_change_is_never_chosen() -> None:
    """Where only one place is allowed, that one is found or none."""
    values = [0.0, 0.1, -0.1, 0.05, 9.0, 9.1, 8.9, 9.05]
    allowed = [at == 5 for at in range(8)]
    assert all(change.index == 5 for change in change_points(values, may_change=allowed).changes)
    assert change_points(values, may_change=[False] * 8).changes == ()


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([1.0] * (FEWEST - 1), {}, "values"),
        ([1.0] * (MOST + 1), {}, "at most"),
        ([1.0] * FEWEST, {"level": 2.0}, "level"),
        ([1.0] * FEWEST, {"may_change": [True]}, "may_change"),
        ([math.nan] * FEWEST, {}, "values"),
    ],
)
def test_odd_input_is_refused(values: list[float], options: dict[str, object], message: str) -> None:
    """Too short, too long, out of range, of unequal length or not finite is an error that names the argument."""
    with pytest.raises(StatisticsInputError, match=message):
        change_points(values, **options)  # type: ignore[arg-type]  # what a caller may get wrong


def test_partition_refuses_a_penalty_of_zero() -> None:
    """A cut that costs nothing would fall between any two values."""
    with pytest.raises(StatisticsInputError, match="penalty"):
        optimal_partition([1.0, 2.0], 0.0)
    with pytest.raises(StatisticsInputError, match="values"):
        difference_noise([1.0, 2.0])
    with pytest.raises(StatisticsInputError, match="level"):
        break_quantile(1.5)
