"""Tests, corrections, counts and noises of a comparison, each against SciPy or a sum by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from benchdb.query.compare import Rules, compare
from benchdb.query.compare_family import Correction
from benchdb.query.contrasts import ChosenTest
from benchdb.query.filters import Filters
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.comparison import ComparisonRows, Difference
    from tests.query.conftest import Ask

A, B = [1] * 30 + [1] * 12 + [0] * 3 + [0] * 15, [1] * 30 + [0] * 12 + [1] * 3 + [0] * 15
"""Twelve items only the first solves, three only the second, of sixty."""


def _facts(
    outcomes: dict[str, Sequence[int]], *, attempts: int = 1, clusters: Sequence[str] | None = None, on: str = "arith"
) -> Facts:
    facts = Facts()
    _add(facts, outcomes, attempts=attempts, clusters=clusters, on=on)
    return facts


def _add(
    facts: Facts,
    outcomes: dict[str, Sequence[int]],
    *,
    attempts: int = 1,
    clusters: Sequence[str] | None = None,
    on: str = "arith",
) -> None:
    for model, correct in outcomes.items():
        run = facts.run(model, on, protocol={"samples_per_item": attempts})
        facts.score(run, sum(correct) / len(correct) / attempts, unit="fraction")
        facts.outcomes(run, correct, attempts=attempts, clusters=clusters)


def _first(ask: Ask, facts: Facts, **rules: object) -> Difference:
    return compare(ask(facts), ["a/one", "b/two"], Filters(), rules=Rules(**rules)).differences[0]  # type: ignore[arg-type]  # named by the tests


def _two(value_a: float, n_a: int | None, value_b: float, n_b: int | None, decimals: int | None = None) -> Facts:
    facts = Facts()
    facts.claim("a/one", "arith", value_a, n_items=n_a, decimals=decimals)
    facts.claim("b/two", "arith", value_b, n_items=n_b, decimals=decimals)
    return facts


@pytest.mark.parametrize(
    ("test", "method"),
    [
        (ChosenTest.AUTO, "paired t interval, exact McNemar p"),
        (ChosenTest.MCNEMAR, "paired t interval, exact McNemar p"),
        (ChosenTest.SIGN, "paired t interval, exact sign p"),
        (ChosenTest.T, "paired t"),
        (ChosenTest.PERMUTATION, "paired t interval, permutation p"),
    ],
)
def test_each_test_gives_scipys_p(test: ChosenTest, method: str, ask: Ask) -> None:
    """The p of each test on the same right-or-wrong items is SciPy's; the interval is the paired t one for all of them."""
    row = _first(ask, _facts({"a/one": A, "b/two": B}), test=test)
    d = np.array(A) - np.array(B)
    exact = stats.binomtest(3, 15).pvalue
    expected = {ChosenTest.T: stats.ttest_rel(A, B).pvalue}.get(test, exact)
    # 2^15 swaps of the discordant items are more than are drawn, so the permutation p is within their scatter.
    tolerance = 4 * math.sqrt(exact * (1 - exact) / 10_000) if test is ChosenTest.PERMUTATION else 1e-12
    assert row.p_value == pytest.approx(expected, abs=tolerance)
    assert row.method == method
    half = 100 * stats.sem(d) * stats.t.ppf(0.975, 59)
    assert (row.lower, row.upper) == pytest.approx((15 - half, 15 + half), abs=1e-9)
    assert (row.n_wins, row.n_losses) == (12, 3)
    assert row.items_difference == pytest.approx(9)


def test_a_permutation_of_few_items_is_scipys_exact_one(ask: Ask) -> None:
    """With ten items of four attempts all swaps are tried, and p is that of SciPy's exact paired permutation test."""
    a, b = [4, 3, 4, 2, 4, 1, 3, 4, 0, 4], [2, 3, 1, 2, 0, 2, 1, 3, 0, 1]
    row = _first(ask, _facts({"a/one": a, "b/two": b}, attempts=4), test=ChosenTest.PERMUTATION)
    exact = stats.permutation_test(
        (np.array(a), np.array(b)), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=10_000,
    )  # fmt: skip
    assert row.p_value == pytest.approx(exact.pvalue, abs=1e-12)


def test_the_permutation_seed_is_printed_and_decides(ask: Ask) -> None:
    """The same seed gives the same p, from both sides, and the notes say which seed it was."""
    rng = np.random.default_rng(8)
    connection = ask(_facts({"a/one": rng.integers(0, 2, 60).tolist(), "b/two": rng.integers(0, 2, 60).tolist()}))

    def asked(*names: str, seed: int) -> ComparisonRows:
        return compare(connection, names, Filters(), rules=Rules(test=ChosenTest.PERMUTATION, seed=seed))

    one, again, back = asked("a/one", "b/two", seed=1), asked("a/one", "b/two", seed=1), asked("b/two", "a/one", seed=1)
    assert one.differences[0].p_value == again.differences[0].p_value == back.differences[0].p_value
    assert one.differences[0].p_value != asked("a/one", "b/two", seed=2).differences[0].p_value
    assert any("seed 1." in note for note in one.notes)


def test_signs_and_swaps_of_clusters(ask: Ask) -> None:
    """Where items come in clusters, the sign and the permutation test take a cluster as one unit: 6 won, 1 lost, 1 tied."""
    clusters = [name for name in "pqrstuvw" for _ in range(2)]
    a = [1, 1] * 6 + [0, 0] + [1, 0]
    b = [0, 0] * 6 + [1, 0] + [0, 1]
    facts = _facts({"a/one": a, "b/two": b}, clusters=clusters)
    connection = ask(facts)
    sign, swapped = (
        compare(connection, ["a/one", "b/two"], Filters(), rules=Rules(test=test)).differences[0]
        for test in (ChosenTest.SIGN, ChosenTest.PERMUTATION)
    )
    assert sign.p_value == pytest.approx(stats.binomtest(1, 7).pvalue, abs=1e-12)
    assert sign.method == "paired t clustered interval, exact sign clustered p"
    sums = np.array([2] * 6 + [-1, 0])
    exact = stats.permutation_test(
        (sums, np.zeros(8)), lambda x, y, axis: np.sum(x - y, axis=axis), permutation_type="samples", vectorized=True,
        n_resamples=10_000,
    )  # fmt: skip
    assert swapped.p_value == pytest.approx(exact.pvalue, abs=1e-12)


def test_a_test_that_the_evidence_does_not_allow_is_named(ask: Ask) -> None:
    """McNemar's test of values with stated errors falls back on the normal test; the row and a note say so."""
    facts = Facts()
    for model, value in (("a/one", 60.0), ("b/two", 50.0)):
        facts.claim(model, "arith", value, stderr=1.0)
    found = compare(ask(facts), ["a/one", "b/two"], Filters(), rules=Rules(test=ChosenTest.MCNEMAR))
    assert found.differences[0].method == "independent normal"
    assert any(note.startswith("The McNemar test needs shared items") and "in 1 rows" in note for note in found.notes)


@pytest.mark.parametrize(("right_a", "n_a", "right_b", "n_b"), [(41, 50, 30, 48), (30, 30, 25, 30), (0, 20, 12, 400)])
def test_counts_alone_give_newcombes_interval(right_a: int, n_a: int, right_b: int, n_b: int, ask: Ask) -> None:
    """The interval is Newcombe's from SciPy's two Wilson intervals; p is N - 1 chi-squared, or exact at expected counts below 1."""
    a, b = right_a / n_a, right_b / n_b
    row = _first(ask, _two(100 * a, n_a, 100 * b, n_b))
    wilson_a = stats.binomtest(right_a, n_a).proportion_ci(method="wilson")
    wilson_b = stats.binomtest(right_b, n_b).proportion_ci(method="wilson")
    lower = a - b - math.hypot(a - wilson_a.low, wilson_b.high - b)
    upper = a - b + math.hypot(wilson_a.high - a, b - wilson_b.low)
    assert (row.lower, row.upper) == pytest.approx((100 * lower, 100 * upper), abs=1e-9)
    table = [[right_a, n_a - right_a], [right_b, n_b - right_b]]
    n = n_a + n_b
    if min(np.outer(np.sum(table, axis=1), np.sum(table, axis=0)).ravel()) < n:
        assert row.p_value == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-9)
        assert row.method == "two proportions, fisher-irwin"
    else:
        chi_squared = stats.chi2_contingency(table, correction=False).statistic * (n - 1) / n
        assert row.p_value == pytest.approx(stats.chi2.sf(chi_squared, 1), rel=1e-9)
        assert row.method == "two proportions, n-1 chi-squared"
    assert row.evidence == "counts"
    assert row.items_difference == pytest.approx((a - b) * min(n_a, n_b))


@pytest.mark.parametrize(("decimals", "right_a", "right_b"), [(1, 600, 580), (0, 595, 585)])
def test_rounded_counts_are_taken_where_they_are_closest(decimals: int, right_a: int, right_b: int, ask: Ask) -> None:
    """60.0 and 58.0 of 1,000 items are 600 and 580; 60 and 58 are 595 to 605 and 575 to 585, whose nearest are 595 and 585."""
    row = _first(ask, _two(60.0, 1000, 58.0, 1000, decimals=decimals))
    table = [[right_a, 1000 - right_a], [right_b, 1000 - right_b]]
    chi_squared = stats.chi2_contingency(table, correction=False).statistic * 1999 / 2000
    assert row.p_value == pytest.approx(stats.chi2.sf(chi_squared, 1), rel=1e-9)


def test_values_that_no_count_prints_are_not_counts(ask: Ask) -> None:
    """72.6 of 30 items is no count of right answers, so several attempts stand behind it and Welch's t test is made."""
    assert _first(ask, _two(72.6, 30, 72.7, 30, decimals=1)).method == "independent t"


def test_the_difference_within_rounding_has_a_p_of_one(ask: Ask) -> None:
    """Two values that differ by less than both roundings have p 1."""
    facts = Facts()
    for model, value in (("a/one", 50.1), ("b/two", 50.0)):
        facts.claim(model, "arith", value, stderr=0.001, decimals=1)
    row = _first(ask, facts)
    assert row.p_value == pytest.approx(1.0)
    assert row.verdict == "not distinguishable"


def _many() -> Facts:
    facts = Facts()
    # Against errors of 1 each, differences of 3 and 4 and 5 points have p of 0.034, 0.0047 and 0.00041.
    for benchmark, value in (("arith", 53.0), ("logic", 54.0), ("words", 55.0)):
        facts.claim("a/one", benchmark, value, stderr=1.0)
        facts.claim("b/two", benchmark, 50.0, stderr=1.0)
    return facts


@pytest.mark.parametrize("correction", Correction)
def test_corrections_are_over_all_that_was_asked(correction: Correction, ask: Ask) -> None:
    """Holm by hand, Benjamini-Hochberg by SciPy, over three benchmarks and their mean; the intervals stay as they are."""
    found = compare(ask(_many()), ["a/one", "b/two"], Filters(), rules=Rules(correction=correction))
    p = [2 * stats.norm.sf(value / math.sqrt(2)) for value in (3, 4, 5)] + [2 * stats.norm.sf(4 / math.sqrt(2 / 3))]
    order = np.argsort(p)
    holm = np.empty(4)
    holm[order] = np.maximum.accumulate((4 - np.arange(4)) * np.array(p)[order])
    expected = {Correction.HOLM: holm, Correction.BH: stats.false_discovery_control(p), Correction.NONE: np.array(p)}
    assert [row.p_value for row in found.differences] == pytest.approx(p, rel=1e-9)
    assert [row.p_adjusted for row in found.differences] == pytest.approx(expected[correction].tolist(), rel=1e-9)
    assert {row.correction for row in found.differences} == {correction.value}
    assert [row.upper for row in found.differences][:3] == pytest.approx(
        [value + 1.959964 * math.sqrt(2) for value in (3, 4, 5)], abs=1e-6
    )


def test_the_verdict_uses_the_adjusted_p(ask: Ask) -> None:
    """0.034 is established on its own and not as one of seven comparisons, although its interval still excludes zero."""
    facts = _many()
    for number in range(3):
        facts.claim("a/one", f"same-{number}", 50.0, stderr=1.0)
        facts.claim("b/two", f"same-{number}", 50.0, stderr=1.0)
    connection = ask(facts)
    alone = compare(connection, ["a/one", "b/two"], Filters(benchmarks=("arith",))).differences
    assert [row.verdict for row in alone] == ["better", "better"]
    assert [row.p_adjusted for row in alone] == [row.p_value for row in alone]
    row = compare(connection, ["a/one", "b/two"], Filters()).differences[0]
    assert (row.benchmark, row.verdict) == ("arith", "not distinguishable")
    assert row.lower is not None
    assert row.lower > 0


def test_rows_that_are_not_comparable_do_not_count(ask: Ask) -> None:
    """A benchmark whose protocols differ is not judged: its p is not adjusted and does not weaken the others."""
    facts = _many()
    facts.claim("a/one", "shots", 90.0, stderr=1.0, protocol={"n_shot": 5})
    facts.claim("b/two", "shots", 50.0, stderr=1.0, protocol={"n_shot": 0})
    rows = {row.benchmark: row for row in compare(ask(facts), ["a/one", "b/two"], Filters()).differences}
    assert (rows["shots"].verdict, rows["shots"].p_adjusted, rows["shots"].correction) == ("not comparable", None, None)
    assert rows["words"].p_adjusted == pytest.approx(3 * (rows["words"].p_value or 0))


def test_noise_of_items_and_of_answers(ask: Ask) -> None:
    """With four attempts an item the error splits into data and prediction noise by the law of total variance."""
    rng = np.random.default_rng(4)
    a, b = rng.binomial(4, 0.7, 50), rng.binomial(4, 0.4, 50)
    facts = _facts({"a/one": a.tolist(), "b/two": b.tolist()}, attempts=4)
    _add(facts, {"a/one": A, "b/two": B}, on="logic")
    row, single = compare(ask(facts), ["a/one", "b/two"], Filters()).differences[:2]
    assert (single.data_stderr, single.prediction_stderr) == (None, None)
    within = sum((p * (1 - p) / 3).mean() for p in (a / 4, b / 4))
    total = np.var(a / 4 - b / 4, ddof=1)
    assert row.prediction_stderr == pytest.approx(100 * math.sqrt(within / 50), rel=1e-10)
    assert row.data_stderr == pytest.approx(100 * math.sqrt(max(0.0, total - within) / 50), rel=1e-9)


def test_all_pairs_without_names_are_best_first(ask: Ask) -> None:
    """All that fit the filters are compared, the best first; a model without the benchmark is not among them."""
    facts = _facts({"c/low": [0] * 30 + [1] * 10, "a/high": [1] * 35 + [0] * 5, "b/middle": [1] * 20 + [0] * 20})
    facts.claim("d/elsewhere", "logic", 50.0, stderr=1.0)
    found = compare(ask(facts), [], Filters(benchmarks=("arith",)), all_pairs=True)
    assert found.models == ("a/high", "b/middle", "c/low")
    assert found.is_matrix
    assert [(row.model_a, row.model_b) for row in found.differences if row.benchmark] == [
        ("a/high", "b/middle"), ("a/high", "c/low"), ("b/middle", "c/low"),
    ]  # fmt: skip
    assert {row.evidence for row in found.differences} == {"paired"}


@pytest.mark.parametrize("backwards", [False, True])
def test_all_pairs_are_scipys_in_any_order_of_insertion(backwards: bool, ask: Ask) -> None:
    """However the rows were written, every pair has SciPy's paired t test."""
    rng = np.random.default_rng(6)
    models = {f"m/{number}": rng.binomial(2, 0.3 + number / 10, 30).tolist() for number in range(4)}
    connection = ask(_facts(models, attempts=2), backwards=backwards)
    found = compare(connection, list(models), Filters(), all_pairs=True).differences
    rows = [row for row in found if row.benchmark]
    assert len(rows) == 6
    for row in rows:
        test = stats.ttest_rel(np.array(models[row.model_a]) / 2, np.array(models[row.model_b]) / 2)
        assert row.p_value == pytest.approx(test.pvalue, rel=1e-9)
        assert row.difference / (row.stderr or 0) == pytest.approx(test.statistic, rel=1e-9)
