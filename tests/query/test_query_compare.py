"""Comparisons: paired where items allow it, never more certain than the evidence, the same from both sides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError, UnknownNameError
from benchdb.query.compare import Rules, compare
from benchdb.query.filters import Filters
from benchdb.schema.names import normalize_name
from tests.query.facts import Facts
from tests.query.seed import AM_32, AM_72, R1_32, R1_70, seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.comparison import ComparisonRows, Difference
    from tests.query.conftest import Ask


def _rows(found: ComparisonRows) -> dict[str | None, Difference]:
    return {row.benchmark: row for row in found.differences}


def test_seed_differences_are_not_established(ask: Ask) -> None:
    """72.7 against 72.6 says nothing, and neither does 76.5 against 70.0 on 30 problems."""
    connection = ask(seed(disagreeing=False))
    small = _rows(compare(connection, [AM_32, R1_32], Filters()))["aime-2024"]
    assert (small.value_a, small.value_b, small.verdict) == (72.7, 72.6, "not distinguishable")
    assert small.stderr == pytest.approx(100 * math.sqrt((0.727 * 0.273 + 0.726 * 0.274) / 30))
    large = _rows(compare(connection, [AM_72, R1_70], Filters()))["aime-2024"]
    assert (round(large.difference, 9), large.verdict) == (6.5, "not distinguishable")
    assert large.rounding == pytest.approx(0.1)


def test_unpaired_interval_is_welch_widened_by_rounding(ask: Ask) -> None:
    """The interval is Student's t with Welch's degrees of freedom plus half a decimal of each value; p leaves them out."""
    row = _rows(compare(ask(seed(disagreeing=False)), [AM_72, R1_70], Filters()))["math-500"]
    var_a, var_b = 0.97 * 0.03 / 500, 0.945 * 0.055 / 500
    df = (var_a + var_b) ** 2 / ((var_a**2 + var_b**2) / 499)
    half = 100 * math.sqrt(var_a + var_b) * stats.t.ppf(0.975, df) + 0.1
    assert (row.lower, row.upper) == pytest.approx((2.5 - half, 2.5 + half), abs=1e-9)
    assert row.p_value == pytest.approx(2 * stats.t.sf(0.024 / math.sqrt(var_a + var_b), df), abs=1e-9)
    assert (row.evidence, row.n_items, row.method) == ("borrowed", 500, "independent t")


def test_overall_row_is_the_mean_and_only_as_sure_as_its_parts(ask: Ask) -> None:
    """LiveCodeBench has no number of items, so the overall error is a lower bound and cannot establish anything."""
    found = compare(ask(seed(disagreeing=False)), [AM_72, R1_32], Filters())
    overall = _rows(found)[None]
    assert overall.value_a == pytest.approx(74.775)
    assert overall.value_b == pytest.approx(71.55)
    assert (overall.evidence, overall.lower, overall.p_value) == ("partial", None, None)
    assert overall.verdict == "not distinguishable"
    assert _rows(found)["livecodebench"].verdict == "unknown"


def test_overall_error_is_that_of_independent_benchmarks(ask: Ask) -> None:
    """Errors of 3 and 4 of a difference on two benchmarks give 2.5 for their mean; without items the test is normal."""
    facts = Facts()
    facts.metric("accuracy", is_proportion=False)
    for benchmark, stderr in (("arith", 3.0), ("logic", 4.0)):
        facts.claim("a/one", benchmark, 60.0, stderr=stderr * 0.6)
        facts.claim("b/two", benchmark, 50.0, stderr=stderr * 0.8)
    overall = _rows(compare(ask(facts), ["a/one", "b/two"], Filters()))[None]
    z = stats.norm.ppf(0.975)
    assert overall.stderr == pytest.approx(2.5)
    assert (overall.lower, overall.upper) == pytest.approx((10 - 2.5 * z, 10 + 2.5 * z))
    assert overall.p_value == pytest.approx(2 * stats.norm.sf(4))
    assert (overall.evidence, overall.verdict, overall.n_items) == ("reported", "better", None)
    assert (overall.benchmark_name, overall.method) == ("Mean of 2 benchmarks", "mean of benchmarks normal")


def test_overall_degrees_of_freedom_are_satterthwaites(ask: Ask) -> None:
    """Two paired benchmarks of n1 and n2 items give the degrees of freedom of a sum of independent errors."""
    facts = Facts()
    rng = np.random.default_rng(3)
    differences = []
    for benchmark, n in (("arith", 12), ("logic", 20)):
        pair = []
        for model in ("a/one", "b/two"):
            correct = rng.binomial(8, 0.5, n).tolist()
            run = facts.run(model, benchmark, protocol={"samples_per_item": 8})
            facts.score(run, sum(correct) / n / 8, unit="fraction")
            facts.outcomes(run, correct, attempts=8)
            pair.append(np.array(correct) / 8)
        differences.append(pair[0] - pair[1])
    overall = _rows(compare(ask(facts), ["a/one", "b/two"], Filters()))[None]
    var = [stats.sem(d) ** 2 for d in differences]
    df = sum(var) ** 2 / (var[0] ** 2 / 11 + var[1] ** 2 / 19)
    mean, stderr = sum(d.mean() for d in differences) / 2, math.sqrt(sum(var)) / 2
    assert overall.p_value == pytest.approx(2 * stats.t.sf(abs(mean) / stderr, df), rel=1e-9)
    assert (overall.evidence, overall.n_items) == ("paired", 32)
    assert overall.upper == pytest.approx(100 * (mean + stats.t.ppf(0.975, df) * stderr))


def test_partial_evidence_never_says_better(ask: Ask) -> None:
    """A difference beyond the known part of the error is unknown, not better."""
    facts = Facts()
    facts.claim("a/one", "arith", 90.0, stderr=1.0)
    facts.claim("b/two", "arith", 50.0)
    row = compare(ask(facts), ["a/one", "b/two"], Filters()).differences[0]
    assert (row.evidence, row.stderr, row.verdict) == ("partial", 1.0, "unknown")


def test_a_against_b_mirrors_b_against_a(ask: Ask) -> None:
    """Swapping the models turns every sign and verdict and leaves errors and p as they are, to the last digit."""
    facts = seed()
    for model, seed_number in ((AM_32, 1), (R1_32, 2)):
        correct = np.random.default_rng(seed_number).integers(0, 2, 40).tolist()
        facts.metric("accuracy")
        run = facts.run(model, "logic", protocol={"samples_per_item": 1})
        facts.score(run, 100 * sum(correct) / 40, unit="percent")
        facts.outcomes(run, correct)
    connection = ask(facts)
    there = compare(connection, [AM_32, R1_32], Filters()).differences
    back = compare(connection, [R1_32, AM_32], Filters()).differences
    turned = {"better": "worse", "worse": "better"}
    assert len(there) == len(back) == 6
    for one, other in zip(there, back, strict=True):
        assert (one.model_a, one.value_a, one.benchmark) == (other.model_b, other.value_b, other.benchmark)
        assert (one.difference, one.stderr, one.p_value) == (-other.difference, other.stderr, other.p_value)
        assert one.lower == (None if other.upper is None else -other.upper)
        assert one.verdict == turned.get(other.verdict, other.verdict)
        assert one.evidence == other.evidence


def _with_items(
    correct_a: Sequence[int],
    correct_b: Sequence[int],
    *,
    attempts: int = 1,
    first_b: int = 0,
    clusters: Sequence[str] | None = None,
) -> Facts:
    facts = Facts()
    for model, correct, first in (("a/one", correct_a, 0), ("b/two", correct_b, first_b)):
        run = facts.run(model, "arith", protocol={"samples_per_item": attempts})
        facts.score(run, sum(correct) / len(correct) / attempts, unit="fraction")
        facts.outcomes(run, correct, attempts=attempts, first=first, clusters=clusters)
    return facts


def test_paired_items_give_scipys_paired_t_and_mcnemar(ask: Ask) -> None:
    """Error and interval are those of SciPy's paired t test, p is the exact binomial one of the discordant items."""
    a = [1] * 30 + [1] * 12 + [0] * 3 + [0] * 15
    b = [1] * 30 + [0] * 12 + [1] * 3 + [0] * 15
    row = compare(ask(_with_items(a, b)), ["a/one", "b/two"], Filters()).differences[0]
    test = stats.ttest_rel(a, b)
    interval = test.confidence_interval(0.95)
    assert row.difference == pytest.approx(100 * (42 - 33) / 60, abs=1e-12)
    assert row.stderr == pytest.approx(100 * stats.sem(np.array(a) - np.array(b)), abs=1e-12)
    assert (row.lower, row.upper) == pytest.approx((100 * interval.low, 100 * interval.high), abs=1e-9)
    assert row.p_value == pytest.approx(stats.binomtest(3, 15).pvalue, abs=1e-12)
    assert (row.evidence, row.n_items, row.verdict, row.rounding) == ("paired", 60, "better", 0.0)


def test_several_attempts_pair_by_pass_rate(ask: Ask) -> None:
    """With four attempts an item the paired t test is over pass rates."""
    rng = np.random.default_rng(5)
    a, b = rng.binomial(4, 0.8, 25).tolist(), rng.binomial(4, 0.5, 25).tolist()
    row = compare(ask(_with_items(a, b, attempts=4)), ["a/one", "b/two"], Filters()).differences[0]
    test = stats.ttest_rel(np.array(a) / 4, np.array(b) / 4)
    assert row.p_value == pytest.approx(test.pvalue, rel=1e-9)
    assert row.method == "paired t"
    assert row.verdict == ("better" if test.pvalue < 0.05 else "not distinguishable")


def test_clusters_widen_the_error(ask: Ask) -> None:
    """Items in clusters give the clustered error of Miller (2024) with clusters - 1 degrees of freedom."""
    a, b = [1, 1, 1, 0, 0, 1, 1, 1, 0, 1], [0, 0, 1, 0, 1, 0, 1, 0, 0, 0]
    clusters = ["p", "p", "p", "q", "q", "r", "r", "s", "s", "s"]
    row = compare(ask(_with_items(a, b, clusters=clusters)), ["a/one", "b/two"], Filters()).differences[0]
    d = np.array(a) - np.array(b)
    sums = [sum((d - d.mean())[[c == name for c in clusters]]) for name in "pqrs"]
    stderr = math.sqrt(4 / 3 * sum(total**2 for total in sums)) / 10
    assert row.stderr == pytest.approx(100 * stderr, abs=1e-10)
    assert row.upper == pytest.approx(100 * (d.mean() + stats.t.ppf(0.975, 3) * stderr), abs=1e-8)
    assert row.method == "paired t clustered"


def test_each_value_has_the_interval_of_its_cell(ask: Ask) -> None:
    """A reported error of 3 around 60 is 60 ± 3 z, whatever the difference's own interval; the mean of benchmarks has none."""
    facts = Facts()
    facts.metric("accuracy", is_proportion=False)
    for benchmark in ("arith", "logic"):
        facts.claim("a/one", benchmark, 60.0, stderr=3.0, is_approximate=True)
        facts.claim("b/two", benchmark, 50.0, stderr=4.0)
    rows = _rows(compare(ask(facts), ["a/one", "b/two"], Filters()))
    z = stats.norm.ppf(0.975)
    assert (rows["arith"].lower_a, rows["arith"].upper_a) == pytest.approx((60 - 3 * z, 60 + 3 * z))
    assert (rows["arith"].lower_b, rows["arith"].upper_b) == pytest.approx((50 - 4 * z, 50 + 4 * z))
    assert (rows["arith"].is_approximate_a, rows["arith"].is_approximate_b) == (True, False)
    assert (rows[None].lower_a, rows[None].upper_b) == (None, None)


def test_only_shared_items_are_compared(ask: Ask) -> None:
    """Runs that share part of their items are compared on that part, and the values shown are those on it."""
    a, b = [1] * 10 + [0] * 10, [1] * 5 + [0] * 5 + [1] * 10
    found = compare(ask(_with_items(a, b, first_b=10)), ["a/one", "b/two"], Filters()).differences[0]
    assert (found.n_items, found.value_a, found.value_b) == (10, 0.0, 50.0)
    assert (found.lower_a, found.upper_b) == (None, None)


@pytest.mark.parametrize(("n", "verdict", "lower"), [(5, "not distinguishable", None), (6, "better", 50.0)])
def test_equal_differences_on_few_items_prove_nothing(ask: Ask, n: int, verdict: str, lower: float | None) -> None:
    """Five of five items won have a sign-test p of 2/32, so no verdict; six have 2/64 and give one."""
    row = compare(ask(_with_items([3] * n, [1] * n, attempts=4)), ["a/one", "b/two"], Filters()).differences[0]
    assert (row.verdict, row.lower) == (verdict, lower)
    assert row.p_value == pytest.approx(2 / 2**n)
    assert (row.method, row.stderr) == ("sign", 0.0)


def test_equal_outcomes_are_not_distinguishable(ask: Ask) -> None:
    """Two runs with the same outcome on every item have a p of 1."""
    row = compare(ask(_with_items([1, 0] * 10, [1, 0] * 10)), ["a/one", "b/two"], Filters()).differences[0]
    assert (row.verdict, row.p_value, row.difference) == ("not distinguishable", 1.0, 0.0)


def test_different_tasks_are_not_comparable_unless_asked_for(ask: Ask) -> None:
    """Zero against five shots gets no verdict and lists the setting; across_protocols gives the verdict and keeps the list."""
    facts = Facts()
    facts.claim("a/one", "arith", 90.0, stderr=1.0, protocol={"n_shot": 5, "temperature": 0.0, "seed": 1})
    facts.claim("b/two", "arith", 50.0, stderr=1.0, protocol={"n_shot": 0, "temperature": 0.6, "max_tokens": 10})
    connection = ask(facts)
    found = compare(connection, ["a/one", "b/two"], Filters())
    row = found.differences[0]
    assert row.verdict == "not comparable"
    assert row.protocol_differences == ("n_shot: 5, 0", "temperature: 0, 0.6")
    assert row.protocol_unknown == ("max_tokens", "seed")
    assert found.differences[1].verdict == "not comparable"
    assert any(note.startswith("Not comparable") for note in found.notes)
    forced = compare(connection, ["a/one", "b/two"], Filters(), rules=Rules(across_protocols=True)).differences[0]
    assert (forced.verdict, forced.protocol_differences) == ("better", row.protocol_differences)


def test_sampling_settings_do_not_forbid(ask: Ask) -> None:
    """Other temperatures and numbers of attempts are listed and leave the verdict."""
    facts = Facts()
    facts.claim("a/one", "arith", 90.0, stderr=1.0, protocol={"samples_per_item": 16})
    facts.claim("b/two", "arith", 50.0, stderr=1.0, protocol={"samples_per_item": 64})
    row = compare(ask(facts), ["a/one", "b/two"], Filters()).differences[0]
    assert (row.verdict, row.protocol_differences) == ("better", ("samples_per_item: 16, 64",))


def test_less_is_better_turns_the_verdict(ask: Ask) -> None:
    """For a loss the smaller value is better; for a metric of unknown direction neither is."""
    facts = Facts()
    facts.metric("loss", unit="nats", higher_is_better=False, is_proportion=False)
    facts.metric("odd", unit="nats", higher_is_better=None, is_proportion=False)
    for benchmark, metric in (("lm", "loss"), ("puzzle", "odd")):
        facts.benchmark(benchmark, metric=metric)
        facts.claim("a/one", benchmark, 1.0, metric=metric, unit="nats", stderr=0.01)
        facts.claim("b/two", benchmark, 2.0, metric=metric, unit="nats", stderr=0.01)
    rows = _rows(compare(ask(facts), ["a/one", "b/two"], Filters()))
    assert (rows["lm"].verdict, rows["puzzle"].verdict) == ("better", "unknown")
    assert (rows[None].benchmark_name, rows[None].metric) == ("Mean", "loss")


def test_all_pairs_of_several_models(ask: Ask) -> None:
    """Four models give six pairs in the order named, each with four benchmarks and one overall row."""
    found = compare(ask(seed(disagreeing=False)), [AM_72, AM_32, R1_70, R1_32], Filters())
    pairs = list(dict.fromkeys((row.model_a, row.model_b) for row in found.differences))
    assert pairs == [(AM_72, AM_32), (AM_72, R1_70), (AM_72, R1_32), (AM_32, R1_70), (AM_32, R1_32), (R1_70, R1_32)]
    assert len(found.differences) == 30
    assert any("adjusted over 18 comparisons" in note for note in found.notes)
    assert all(row.difference > 0 for row in found.differences if (row.model_a, row.model_b) == (AM_72, AM_32))


def test_variants_are_named_in_brackets(ask: Ask) -> None:
    """A variant is chosen in brackets; without a plain variant the name alone is ambiguous and the error lists them."""
    facts = Facts()
    for variant, value in (("low", 50.0), ("high", 70.0)):
        facts.claim("a/one", "arith", value, stderr=1.0, protocol={"variant": variant})
    facts.claim("b/two", "arith", 60.0, stderr=1.0)
    facts.claim("b/two", "arith", 61.0, stderr=1.0, protocol={"variant": "fast"})
    facts.claim("c/three", "arith", 60.0, stderr=1.0, protocol={"variant": "only"})
    connection = ask(facts)
    found = compare(connection, ["a/one[High]", "a/one[low]", "b/two", "c/three"], Filters())
    assert found.models == ("a/one[high]", "a/one[low]", "b/two", "c/three[only]")
    assert found.differences[0].verdict == "better"
    with pytest.raises(AmbiguousQueryError, match=r"\[high\], \[low\]"):
        compare(connection, ["a/one", "b/two"], Filters())
    with pytest.raises(EmptyResultError, match=r"its variants: \[high\], \[low\]"):
        compare(connection, ["a/one[middle]", "b/two"], Filters())


@pytest.mark.parametrize("typed", ["a/one[high]", "A/One[High]", "One, thinking [hard]", "one: hard [x]"])
def test_a_model_that_has_the_brackets_in_its_name_wins(typed: str, ask: Ask) -> None:
    """A slug, name or alias that ends in brackets is that model's, though another one has a variant of that name."""
    facts = Facts()
    facts.claim("a/one", "arith", 50.0, stderr=1.0, protocol={"variant": "high"})
    for variant in ("hard", "x"):
        facts.claim("a/one", "arith", 51.0, stderr=1.0, protocol={"variant": variant})
    key = facts.model("a/one[high]", name="One, thinking [hard]")
    facts.alias("model", "one: hard [x]", normalize_name("one: hard [x]"), key)
    facts.claim("a/one[high]", "arith", 70.0, stderr=1.0)
    facts.claim("b/two", "arith", 60.0, stderr=1.0)
    connection = ask(facts)
    row = compare(connection, [typed, "b/two"], Filters()).differences[0]
    assert (row.model_a, row.value_a, row.difference) == ("a/one[high]", 70.0, 10.0)
    assert compare(connection, ["a/one[hard]", "b/two"], Filters()).differences[0].value_a == 51.0


def test_questions_without_an_answer_say_why(ask: Ask) -> None:
    """One model, the same twice, an unknown one, one without scores, none in common, and a level in percent are errors."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0)
    facts.claim("b/two", "logic", 1.0)
    facts.model("c/three")
    connection = ask(facts)
    for models in (["a/one"], ["a/one", "A/ONE"], []):
        with pytest.raises(AmbiguousQueryError, match="two or more different models"):
            compare(connection, models, Filters())
    with pytest.raises(UnknownNameError, match=r"a/one"):
        compare(connection, ["a/onne", "b/two"], Filters())
    with pytest.raises(EmptyResultError, match="c/three has no score"):
        compare(connection, ["a/one", "c/three"], Filters())
    with pytest.raises(EmptyResultError, match="no benchmark in common"):
        compare(connection, ["a/one", "b/two"], Filters())
    with pytest.raises(StatisticsInputError, match="level"):
        compare(connection, ["a/one", "b/two"], Filters(), rules=Rules(level=95.0))


def test_pairs_without_a_common_benchmark_are_noted(ask: Ask) -> None:
    """Of three models two share nothing: their pair has no row and a note names it."""
    facts = Facts()
    for model, benchmark in (("a/one", "arith"), ("b/two", "arith"), ("b/two", "logic"), ("c/three", "logic")):
        facts.claim(model, benchmark, 50.0)
    found = compare(ask(facts), ["a/one", "b/two", "c/three"], Filters())
    assert {(row.model_a, row.model_b) for row in found.differences} == {("a/one", "b/two"), ("b/two", "c/three")}
    assert "a/one and c/three have no benchmark in common." in found.notes


def test_items_that_do_not_average_to_the_claim_are_not_used(ask: Ask) -> None:
    """Outcomes whose mean is not the claimed value say nothing about its error, and a note says so."""
    facts = Facts()
    for model, value in (("a/one", 90.0), ("b/two", 50.0)):
        run = facts.run(model, "arith")
        facts.score(run, value, decimals=0)
        facts.outcomes(run, [1, 0] * 10)
    found = compare(ask(facts), ["a/one", "b/two"], Filters())
    assert found.differences[0].evidence == "partial"
    assert found.differences[0].verdict == "unknown"
    assert any("In 1 of 2 cells the items do not average" in note for note in found.notes)
