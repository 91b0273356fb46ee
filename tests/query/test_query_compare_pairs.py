"""All pairs from one scan: the sums of the database against NumPy, on easy and on ill-conditioned data."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sqlalchemy import event, update

from benchdb.query.compare import compare
from benchdb.query.compare_pairs import pair_stats, unit_differences
from benchdb.query.filters import Filters
from benchdb.query.tables import OUTCOME
from benchdb.stats.paired import permutation_test
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.query.compare_pairs import PairStats
    from tests.query.conftest import Ask


def _runs(facts: Facts, values: Sequence[Sequence[int]], *, attempts: int = 1, first: Sequence[int] = ()) -> list[int]:
    runs = []
    for number, correct in enumerate(values):
        run = facts.run(f"m/{number}", "arith", protocol={"samples_per_item": attempts})
        facts.score(run, 100 * sum(correct) / len(correct) / attempts)
        facts.outcomes(run, correct, attempts=attempts, first=first[number] if first else 0)
        runs.append(run)
    return runs


def _benchmarks(facts: Facts) -> set[int]:
    return set(facts.rows["benchmark"])


def _pair(found: dict[tuple[int, int, int], PairStats], one: int, other: int) -> PairStats:
    ((key, pair),) = [(key, pair) for key, pair in found.items() if {one, other} == set(key[:2])]
    return pair if key[0] == one else pair.mirrored()


def test_all_pairs_are_numpys_to_twelve_digits(ask: Ask) -> None:
    """Means, errors, wins and both variances of every pair of five runs agree with NumPy within 1e-12."""
    rng = np.random.default_rng(1)
    values = rng.binomial(3, rng.uniform(0.1, 0.9, (5, 40)))
    facts = Facts()
    runs = _runs(facts, values.tolist(), attempts=3)
    found = pair_stats(ask(facts), runs, _benchmarks(facts))
    assert len(found) == 10
    share = values / 3
    within = (share * (1 - share) / 2).mean(axis=1)
    for i in range(5):
        for j in range(i + 1, 5):
            pair = _pair(found, runs[i], runs[j])
            d = share[i] - share[j]
            assert (pair.mean_a, pair.mean_b, pair.mean) == pytest.approx(
                (share[i].mean(), share[j].mean(), d.mean()), abs=1e-12
            )
            assert pair.stderr == pytest.approx(stats.sem(d), abs=1e-12)
            assert (pair.n_wins, pair.n_losses, pair.n_items) == ((d > 0).sum(), (d < 0).sum(), 40)
            assert pair.averaged_variance == pytest.approx(within[i] + within[j], abs=1e-12)
            assert pair.prediction_variance == pytest.approx(3 * (within[i] + within[j]), abs=1e-12)


def test_runs_that_share_a_part_of_their_items(ask: Ask) -> None:
    """Means and noises of a pair are over the shared items only: 0 to 19, 10 to 29 and 25 to 44 overlap in 10, 5 and none."""
    rng = np.random.default_rng(2)
    values = rng.binomial(4, 0.5, (3, 20))
    facts = Facts()
    runs = _runs(facts, values.tolist(), attempts=4, first=[0, 10, 25])
    found = pair_stats(ask(facts), runs, _benchmarks(facts))
    assert len(found) == 2
    share = values / 4
    for i, j, mine, theirs in ((0, 1, slice(10, 20), slice(0, 10)), (1, 2, slice(15, 20), slice(0, 5))):
        pair = _pair(found, runs[i], runs[j])
        a, b = share[i][mine], share[j][theirs]
        assert pair.n_items == len(a)
        assert (pair.mean_a, pair.mean_b) == pytest.approx((a.mean(), b.mean()), abs=1e-12)
        assert pair.stderr == pytest.approx(stats.sem(a - b), abs=1e-12)
        expected = (a * (1 - a) / 3).mean() + (b * (1 - b) / 3).mean()
        assert pair.averaged_variance == pytest.approx(expected, abs=1e-12)


def test_few_pairs_of_many_runs_can_be_named(ask: Ask) -> None:
    """Consecutive runs alone give the same numbers as they do among all pairs."""
    facts = Facts()
    runs = sorted(_runs(facts, np.random.default_rng(7).binomial(2, 0.5, (4, 15)).tolist(), attempts=2))
    connection = ask(facts)
    some = pair_stats(connection, runs, _benchmarks(facts), list(itertools.pairwise(runs)))
    everything = pair_stats(connection, runs, _benchmarks(facts))
    assert len(some) == 3
    for key, pair in some.items():
        assert pair == pytest.approx(everything[key], rel=1e-12)


def test_two_runs_are_compared_as_among_three(ask: Ask) -> None:
    """A pair that is alone on its benchmarks, which is read in another way, has the numbers it has beside a third run, groups of items included."""
    rng = np.random.default_rng(5)
    facts = Facts()
    runs: dict[str, list[int]] = {}
    for benchmark, clusters in (("plain", None), ("grouped", [f"g{item // 3}" for item in range(30)])):
        facts.benchmark(benchmark)
        for number in range(3):
            run = facts.run(f"m/{number}", benchmark)
            facts.score(run, 50.0)
            facts.outcomes(run, rng.binomial(2, 0.4, 30).tolist(), attempts=2, clusters=clusters)
            runs.setdefault(benchmark, []).append(run)
    connection = ask(facts)
    of_two = pair_stats(connection, [*runs["plain"][:2], *runs["grouped"][1:]], _benchmarks(facts))
    of_all = pair_stats(connection, [*runs["plain"], *runs["grouped"]], _benchmarks(facts))
    assert len(of_two) == 2
    assert len(of_all) == 6
    for key, pair in of_two.items():
        assert pair == pytest.approx(of_all[key], abs=1e-12)
    assert sorted(pair.n_units for pair in of_two.values()) == [10, 30]


@pytest.mark.parametrize("clusters", [None, ["p"] * 5 + ["q"] * 7 + ["r"] * 8 + ["s"] * 10])
def test_large_values_with_a_small_spread_lose_no_digits(clusters: list[str] | None, ask: Ask) -> None:
    """Losses near a million whose difference is 1000 with a spread of 1e-3 keep nine digits of their error, in clusters too."""
    rng = np.random.default_rng(3)
    a = 1_000_000 + rng.normal(0, 50, 30)
    b = a - 1000 + rng.normal(0, 1e-3, 30)
    facts = Facts()
    facts.metric("loss", unit="nats", higher_is_better=False, is_proportion=False)
    facts.benchmark("lm", metric="loss")
    runs = []
    for model, values in (("a/one", a), ("b/two", b)):
        run = facts.run(model, "lm")
        facts.score(run, float(values.mean()), metric="loss", unit="nats")
        facts.outcomes(run, [0] * 30, metric="loss", clusters=clusters)
        for number, value in enumerate(values):
            row = next(row for (key, _, item), row in facts.rows["outcome"].items() if key == run and item == number)
            row.update(n_correct=None, value=float(value))
        runs.append(run)
    pair = _pair(pair_stats(ask(facts), runs, _benchmarks(facts)), *runs)
    d = a - b
    expected = stats.sem(d)
    if clusters:
        off = d - d.mean()
        sums = [off[[name == cluster for name in clusters]].sum() for cluster in "pqrs"]
        expected = math.sqrt(4 / 3 * sum(total**2 for total in sums)) / 30
    # Values near a million are known to 1e-10, so their differences' spread of 1e-3 is to 1e-7 and better.
    assert pair.stderr == pytest.approx(expected, rel=1e-6)
    assert pair.mean == pytest.approx(d.mean(), rel=1e-12)


def test_the_number_of_statements_does_not_grow_with_the_models(ask: Ask) -> None:
    """Three models and eight are compared with the same number of statements."""
    rng = np.random.default_rng(9)
    facts = Facts()
    _runs(facts, rng.integers(0, 2, (8, 12)).tolist())
    connection = ask(facts)
    statements: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    def count(n_models: int) -> int:
        statements.clear()
        compare(connection, [f"m/{number}" for number in range(n_models)], Filters(), all_pairs=True)
        return len(statements)

    assert count(3) == count(8)


def test_items_without_a_value_are_left_out(ask: Ask) -> None:
    """An item that one run has no value on is not shared, and no zero."""
    facts = Facts()
    runs = _runs(facts, [[1, 1, 1, 0], [1, 0, 1, 1]])
    connection = ask(facts)
    connection.execute(
        update(OUTCOME).where(OUTCOME.c.run_id == runs[0], OUTCOME.c.sample_number == 3).values(n_correct=None)
    )
    pair = _pair(pair_stats(connection, runs, _benchmarks(facts)), *runs)
    assert (pair.n_items, pair.mean_a, pair.n_wins, pair.n_losses) == (3, 1.0, 1, 0)
    assert pair.mean_b == pytest.approx(2 / 3)


def test_unit_differences_are_in_order_of_size(ask: Ask) -> None:
    """The differences that a permutation swaps come sorted by size, so that the order of arrival does not matter."""
    facts = Facts()
    runs = _runs(facts, [[4, 1, 2, 0], [0, 3, 2, 1]], attempts=4)
    ((key, found),) = unit_differences(ask(facts), runs).items()
    sign = 1 if key[0] == runs[0] else -1
    assert [sign * value for value in found] == [0.0, -0.25, -0.5, 1.0]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40), st.randoms())
@settings(max_examples=30, deadline=None)
def test_a_permutation_p_does_not_depend_on_the_order_of_items(pairs: list[tuple[int, int]], random: object) -> None:
    """Shuffling the items, or swapping the models, leaves a permutation p as it is to the last digit."""
    a, b = [first / 4 for first, _ in pairs], [second / 4 for _, second in pairs]
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    c, d = [first / 4 for first, _ in shuffled], [second / 4 for _, second in shuffled]
    p_value = permutation_test(a, b, n_resamples=200)
    assert p_value == permutation_test(c, d, n_resamples=200) == permutation_test(b, a, n_resamples=200)
