"""pass@k and pass^k on small databases: by hand, against exact fractions, and against human-eval's published example."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import hypergeom, t

from benchdb.errors import EmptyResultError, StatisticsInputError, UnknownNameError
from benchdb.query.filters import Filters
from benchdb.query.pass_at_k import pass_at_k
from benchdb.query.policies import Policy
from benchdb.stats.effective import effective_interval
from benchdb.stats.intervals import clustered_stderr, mean_stderr
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.pass_rate import PassRate, PassRateRows
    from tests.query.conftest import Ask


def _run(facts: Facts, model: str = "m", benchmark: str = "code", value: float = 50.0, **about: object) -> int:
    score = facts.claim(model, benchmark, value, **about)
    return int(facts.rows["score"][score]["run_id"])


def _found(answer: PassRateRows, measure: str = "pass@k") -> dict[int, PassRate]:
    return {row.k: row for row in answer.rates if row.measure == measure}


def test_three_items_by_hand(ask: Ask) -> None:
    """4 attempts with 0, 2 and 4 right: pass@2 is (0 + 5/6 + 1) / 3, pass^2 is (0 + 1/6 + 1) / 3."""
    facts = Facts()
    facts.outcomes(_run(facts), [0, 2, 4], attempts=4)
    answer = pass_at_k(ask(facts), Filters(), ks=[2])
    any_, every = answer.rates
    assert (any_.measure, every.measure) == ("pass@k", "pass^k")
    assert any_.value == pytest.approx(100 * (0 + 5 / 6 + 1) / 3, abs=1e-12)
    assert every.value == pytest.approx(100 * (0 + 1 / 6 + 1) / 3, abs=1e-12)
    assert any_.stderr == pytest.approx(100 * np.std([0, 5 / 6, 1], ddof=1) / math.sqrt(3), abs=1e-12)
    assert (any_.n_items, any_.n_units, any_.least_attempts, any_.most_attempts) == (3, 3, 4, 4)
    assert (any_.unit, any_.evidence) == ("percent", "items")


def test_the_example_of_human_eval(ask: Ask) -> None:
    """One problem, six samples, three pass: the README of openai/human-eval prints 0.4999999999999999; exactly it is 1/2."""
    facts = Facts()
    facts.outcomes(_run(facts), [3], attempts=6)
    rate = _found(pass_at_k(ask(facts), Filters(), ks=[1]))[1]
    published = 1.0 - np.prod(1.0 - 1 / np.arange(6 - 3 + 1, 6 + 1))
    assert published == 0.4999999999999999
    assert rate.value / 100 == pytest.approx(published, abs=1e-15)
    assert (rate.stderr, rate.lower, rate.upper) == (None, None, None)


@pytest.mark.parametrize("n", [7, 60, 1_000])
def test_many_counts_against_exact_fractions(ask: Ask, n: int) -> None:
    """With an item for each number of right attempts, the mean is that of the exact fractions, for k from 1 to n."""
    facts = Facts()
    counts = range(0, n + 1, max(1, n // 30))
    facts.outcomes(_run(facts), list(counts), attempts=n)
    ks = sorted({1, 2, n // 2, n - 1, n})
    found = pass_at_k(ask(facts), Filters(), ks=ks)
    for k in ks:
        exact = sum(1 - Fraction(math.comb(n - c, k), math.comb(n, k)) for c in counts) / len(counts)
        every = sum(Fraction(math.comb(c, k), math.comb(n, k)) for c in counts) / len(counts)
        assert _found(found)[k].value == pytest.approx(float(100 * exact), rel=1e-13)
        assert _found(found, "pass^k")[k].value == pytest.approx(float(100 * every), rel=1e-13)
        drawn = np.mean([1 - hypergeom(n, c, k).pmf(0) for c in counts])
        assert _found(found)[k].value == pytest.approx(100 * drawn, rel=1e-6)


def test_items_with_different_attempts_are_each_their_own(ask: Ask) -> None:
    """1 of 2 and 1 of 4: pass@2 is (1 + 1/2) / 2, and a note says that attempts differ."""
    facts = Facts()
    run = _run(facts)
    facts.outcomes(run, [1], attempts=2)
    facts.outcomes(run, [1], attempts=4, first=1)
    answer = pass_at_k(ask(facts), Filters(), ks=[2])
    rate = _found(answer)[2]
    assert rate.value == pytest.approx(75.0, abs=1e-12)
    assert (rate.least_attempts, rate.most_attempts) == (2, 4)
    assert any("different numbers of attempts" in note for note in answer.notes)


def test_k_above_the_fewest_attempts_is_an_error(ask: Ask) -> None:
    """The message names model, benchmark, how many items fall short, and the fewest attempts."""
    facts = Facts()
    run = _run(facts)
    facts.outcomes(run, [1, 1], attempts=5)
    facts.outcomes(run, [1], attempts=3, first=2)
    connection = ask(facts)
    with pytest.raises(StatisticsInputError, match=r"m on code: k = 4: 1 of 3 items .* fewest 3"):
        pass_at_k(connection, Filters(), ks=[1, 4])
    with pytest.raises(StatisticsInputError, match="k: expected at least 1, found 0"):
        pass_at_k(connection, Filters(), ks=[0])
    with pytest.raises(StatisticsInputError, match="level"):
        pass_at_k(connection, Filters(), level=95)


def test_without_k_the_curve_doubles_up_to_the_fewest_attempts(ask: Ask) -> None:
    """Six attempts give 1, 2, 4 and 6; one attempt gives 1."""
    facts = Facts()
    facts.outcomes(_run(facts), [1, 3], attempts=6)
    facts.outcomes(_run(facts, "other"), [1, 0])
    answer = pass_at_k(ask(facts), Filters())
    ks = {
        name: [row.k for row in answer.rates if row.model == name and row.measure == "pass@k"]
        for name in ("m", "other")
    }
    assert ks == {"m": [1, 2, 4, 6], "other": [1]}


def test_k_of_one_is_the_mean_of_the_shares(ask: Ask) -> None:
    """For k = 1 both measures are the mean share of right attempts, whose error is that of the leaderboard's items."""
    facts = Facts()
    shares = [0, 1, 3, 5, 5, 2]
    facts.outcomes(_run(facts), shares, attempts=5)
    answer = pass_at_k(ask(facts), Filters(), ks=[1])
    for rate in answer.rates:
        assert rate.value == pytest.approx(100 * sum(shares) / 30, abs=1e-12)
        assert rate.stderr == pytest.approx(100 * mean_stderr([share / 5 for share in shares]), abs=1e-12)
        interval = effective_interval(sum(shares) / 30, mean_stderr([share / 5 for share in shares]), 6)
        assert (rate.lower, rate.upper) == pytest.approx((interval.lower * 100, interval.upper * 100), abs=1e-9)


def test_clusters_widen_the_error(ask: Ask) -> None:
    """Items in clusters get the clustered error of their estimates, and the interval the clusters' degrees of freedom."""
    facts = Facts()
    correct, clusters = [0, 0, 4, 4, 2, 1], ["a", "a", "b", "b", "c", "c"]
    facts.outcomes(_run(facts), correct, attempts=4, clusters=clusters)
    rates = _found(pass_at_k(ask(facts), Filters(), ks=[1, 2]))
    for k, rate in rates.items():
        estimates = [1 - math.comb(4 - c, k) / math.comb(4, k) for c in correct]
        assert rate.stderr == pytest.approx(100 * clustered_stderr(estimates, clusters), abs=1e-12)
        assert rate.n_units == 3


def test_errors_over_clusters_are_the_same_to_the_last_digit_in_any_order(ask: Ask) -> None:
    """Sevenths do not add up alike in every order; the same items the other way round give the same error, that of exact fractions."""
    rng = np.random.default_rng(11)
    facts = Facts()
    correct = rng.integers(0, 8, 400).tolist()
    clusters = [f"group {number}" for number in rng.integers(0, 37, 400).tolist()]
    facts.outcomes(_run(facts), correct, attempts=7, clusters=clusters)
    turned = _run(facts, benchmark="turned")
    facts.outcomes(turned, correct[::-1], attempts=7, clusters=clusters[::-1])
    found = pass_at_k(ask(facts), Filters(), ks=[1, 3])
    one, other = ([rate.stderr for rate in found.rates if rate.benchmark == name] for name in ("code", "turned"))
    assert one == other
    for rate in found.rates:
        assert rate.stderr == pytest.approx(100 * _clustered_exactly(correct, clusters, rate), rel=1e-15)


def _clustered_exactly(correct: Sequence[int], clusters: Sequence[str], rate: PassRate) -> float:
    """The clustered error of an estimate over items with seven attempts each, from fractions that are rounded once."""
    ways, n = math.comb(7, rate.k), len(correct)
    hits = [ways - math.comb(7 - c, rate.k) if rate.measure == "pass@k" else math.comb(c, rate.k) for c in correct]
    mean = Fraction(sum(hits), n)
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for hit, cluster in zip(hits, clusters, strict=True):
        totals[cluster] += hit - mean
    squares = sum((total * total for total in totals.values()), Fraction(0)) * Fraction(len(totals), len(totals) - 1)
    assert rate.n_units == len(totals)
    return math.sqrt(squares) / ways / n


def test_all_right_is_not_certain(ask: Ask) -> None:
    """Ten items of ten right: the estimate is 100, the upper bound 100, and the lower one far from it."""
    facts = Facts()
    facts.outcomes(_run(facts), [2] * 10, attempts=2)
    rate = _found(pass_at_k(ask(facts), Filters(), ks=[2]))[2]
    assert (rate.value, rate.upper) == (100.0, 100.0)
    assert rate.lower == pytest.approx(100 / (1 + t.ppf(0.975, 9) ** 2 / 10), abs=1e-9)


def test_the_claim_with_outcomes_counts(ask: Ask) -> None:
    """A newer claim from a paper has no outcomes, so the log's run is taken, whichever the policy prefers."""
    facts = Facts()
    facts.claim("m", "code", 99.0, source_id=facts.source("paper"))
    facts.outcomes(_run(facts, source_id=facts.source("log", kind="harness_log")), [1, 0], attempts=1)
    connection = ask(facts)
    for policy in Policy:
        (rate,) = [row for row in pass_at_k(connection, Filters(), policy=policy).rates if row.measure == "pass@k"]
        assert rate.value == 50.0


def test_what_is_not_right_or_wrong_is_left_out(ask: Ask) -> None:
    """A metric with values only gives no pass@k: beside others a note, alone an error."""
    facts = Facts()
    facts.outcomes(_run(facts, "m", "code"), [1, 0])
    graded = _run(facts, "m", "essay")
    facts.outcomes(graded, [0, 0])
    for key, row in facts.rows["outcome"].items():
        if key[0] == graded:
            row.update(n_correct=None, value=0.5)
    connection = ask(facts)
    answer = pass_at_k(connection, Filters())
    assert {row.benchmark for row in answer.rates} == {"code"}
    assert any("not right or wrong: m on essay" in note for note in answer.notes)
    with pytest.raises(EmptyResultError, match="right or wrong"):
        pass_at_k(connection, Filters(benchmarks=("essay",)))
    with pytest.raises(UnknownNameError):
        pass_at_k(connection, Filters(models=("nobody",)))


def test_retracted_claims_do_not_count(ask: Ask) -> None:
    """A run whose only claim was withdrawn gives nothing."""
    facts = Facts()
    score = facts.claim("m", "code", 50.0)
    facts.outcomes(facts.rows["score"][score]["run_id"], [1, 0])
    facts.correct(score)
    with pytest.raises(EmptyResultError):
        pass_at_k(ask(facts), Filters())


def test_rows_in_another_order_give_the_same_answer(ask: Ask) -> None:
    """The answer does not depend on the order of the rows in the tables."""
    facts = Facts()
    for model in ("b", "a"):
        facts.outcomes(_run(facts, model), [0, 1, 2, 2, 1], attempts=3)
    answer = pass_at_k(ask(facts, backwards=True), Filters())
    assert [(row.model, row.k, row.measure) for row in answer.rates][:4] == [
        ("a", 1, "pass@k"), ("a", 1, "pass^k"), ("a", 2, "pass@k"), ("a", 2, "pass^k"),
    ]  # fmt: skip
    assert answer.rates[0].value == pytest.approx(100 * (6 / 3) / 5, abs=1e-12)


def test_percent_and_fraction_are_the_metrics_own(ask: Ask) -> None:
    """A metric that is reported as a fraction gives fractions."""
    facts = Facts()
    facts.metric(unit="fraction")
    facts.outcomes(_run(facts, value=0.5, unit="fraction"), [1, 0, 0, 0])
    rate = _found(pass_at_k(ask(facts), Filters()))[1]
    assert (rate.value, rate.unit) == (0.25, "fraction")
