"""Power: what a benchmark can show, from the variance of shared items down to the worst case of its catalogue entry."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.query.filters import Filters
from benchdb.query.power import Plan, power
from benchdb.stats.variance import paired_noise_from_counts
from tests.query.facts import Facts
from tests.query.seed import AM_32, R1_32, seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.rows.power import PowerRow
    from tests.query.conftest import Ask

Z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.8)


def _ask(connection: Connection, benchmark: str = "arith", **plan: object) -> PowerRow:
    found = power(connection, Filters(benchmarks=(benchmark,)), plan=Plan(**plan))  # type: ignore[arg-type]  # named by the tests
    (row,) = found.rows
    return row


def _outcomes(facts: Facts, models: dict[str, Sequence[int]], attempts: int) -> None:
    for model, correct in models.items():
        run = facts.run(model, "arith", protocol={"samples_per_item": attempts})
        facts.score(run, 100 * sum(correct) / len(correct) / attempts)
        facts.outcomes(run, correct, attempts=attempts)


def test_the_seeds_tenth_of_a_point_is_undetectable(ask: Ask) -> None:
    """72.7 against 72.6 on AIME 2024: its 30 items show 32.2 points, and 0.1 would take 3.1 million items."""
    row = _ask(ask(seed(disagreeing=False)), "aime-2024", models=(AM_32, R1_32))
    variance = 10_000 * (0.727 * 0.273 + 0.726 * 0.274)
    assert (row.value_a, row.value_b, row.difference, row.n_items) == (72.7, 72.6, 0.1, 30)
    assert row.is_detectable is False
    assert row.detectable_difference == pytest.approx(Z * math.sqrt(variance / 30), rel=1e-9)
    assert round(row.detectable_difference or 0, 1) == 32.2
    assert row.n_items_needed == math.ceil((Z / 0.1) ** 2 * variance) == 3_119_106
    assert row.power_at_difference == pytest.approx(0.05, abs=0.001)
    assert (row.evidence, row.samples_per_item) == ("borrowed", 16)


def test_shared_items_give_the_paired_variance_and_its_parts(ask: Ask) -> None:
    """The variance of two models with outcomes is that of the paired difference, split as the estimator on counts splits it."""
    rng = np.random.default_rng(1)
    a, b = rng.binomial(4, 0.7, 60), rng.binomial(4, 0.5, 60)
    facts = Facts()
    _outcomes(facts, {"m/one": a.tolist(), "m/two": b.tolist()}, 4)
    row = _ask(ask(facts), models=("m/one", "m/two"), difference=1.0)
    noise = paired_noise_from_counts([4] * 60, a.tolist(), [4] * 60, b.tolist())
    assert (row.evidence, row.n_pairs, row.n_items) == ("paired", 1, 60)
    assert row.variance == pytest.approx(1e4 * np.var((a - b) / 4, ddof=1), rel=1e-9)
    assert row.data_variance == pytest.approx(1e4 * noise.data_variance, rel=1e-6)
    assert row.prediction_variance == pytest.approx(1e4 * noise.prediction_variance, rel=1e-9)
    assert row.n_items_needed == math.ceil(Z**2 * (row.variance or 0))
    needed = 60 / Z**2 - max(0.0, 1e4 * noise.data_variance)
    expected = None if needed <= 0 else math.ceil(1e4 * noise.prediction_variance / needed)
    assert row.samples_per_item_needed == expected


def test_enough_attempts_can_show_a_difference(ask: Ask) -> None:
    """Where both models find all items equally hard, only prediction noise is left, and attempts lower it."""
    rng = np.random.default_rng(2)
    facts = Facts()
    a, b = rng.binomial(2, 0.5, 200), rng.binomial(2, 0.5, 200)
    _outcomes(facts, {"m/one": a.tolist(), "m/two": b.tolist()}, 2)
    row = _ask(ask(facts), models=("m/one", "m/two"), difference=8.0)
    noise = paired_noise_from_counts([2] * 200, a.tolist(), [2] * 200, b.tolist())
    allowed = 200 * (0.08 / Z) ** 2 - max(0.0, noise.data_variance)
    assert allowed > 0
    assert row.samples_per_item_needed == math.ceil(noise.prediction_variance / allowed)
    assert row.is_detectable is False


def test_similar_pairs_stand_in_for_models_without_outcomes(ask: Ask) -> None:
    """Three close models and a far one have outcomes; two others take the median variance of the three close pairs."""
    rng = np.random.default_rng(3)
    rates = {"m/a": 0.50, "m/b": 0.52, "m/c": 0.54, "m/far": 0.95}
    outcomes = {model: rng.binomial(1, rate, 400) for model, rate in rates.items()}
    facts = Facts()
    _outcomes(facts, {model: correct.tolist() for model, correct in outcomes.items()}, 1)
    facts.claim("m/x", "arith", 50.0)
    facts.claim("m/y", "arith", 55.0)
    connection = ask(facts)
    variances = sorted(
        np.var(outcomes[one] - outcomes[other], ddof=1)
        for one, other in (("m/a", "m/b"), ("m/a", "m/c"), ("m/b", "m/c"))
    )
    assert max(abs(outcomes["m/a"].mean() - outcomes[other].mean()) for other in ("m/b", "m/c")) < 0.1
    row = _ask(connection, models=("m/x", "m/y"))
    assert (row.evidence, row.n_pairs, row.difference) == ("similar pairs", 3, 5.0)
    assert row.variance == pytest.approx(1e4 * variances[1], rel=1e-9)
    any_two = _ask(connection)
    assert (any_two.evidence, any_two.variance, any_two.difference) == ("similar pairs", row.variance, None)
    assert any_two.n_items_needed is None


def test_reported_errors_count_as_independent(ask: Ask) -> None:
    """Stated errors of 3 and 4 on 100 items make a variance of 100 · 25 and a detectable difference of 5 · 2.80."""
    facts = Facts()
    facts.claim("m/one", "arith", 50.0, stderr=3.0, n_items=100)
    facts.claim("m/two", "arith", 70.0, stderr=4.0, n_items=100)
    row = _ask(ask(facts), models=("m/one", "m/two"))
    assert (row.evidence, row.n_items) == ("reported", 100)
    assert row.variance == pytest.approx(2500)
    assert row.detectable_difference == pytest.approx(5 * Z)
    assert row.is_detectable is True
    assert row.samples_per_item_needed is None


def test_without_models_the_stored_errors_or_the_worst_case_count(ask: Ask) -> None:
    """Any two models take twice the median variance; without any error the binomial one at one half."""
    facts = Facts()
    for model, stderr in (("m/one", 2.0), ("m/two", 3.0), ("m/three", 9.0)):
        facts.claim(model, "arith", 50.0, stderr=stderr, n_items=100)
    facts.benchmark("logic", n_items=64)
    facts.claim("m/one", "logic", 120.0)
    facts.benchmark("odd", metric="elo", n_items=64)
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.claim("m/one", "odd", 1200.0, metric="elo", unit="elo")
    connection = ask(facts)
    typical = _ask(connection)
    assert (typical.evidence, typical.n_pairs) == ("reported", 0)
    assert typical.variance == pytest.approx(2 * 100 * 9.0)
    worst = _ask(connection, "logic", difference=5.0)
    assert (worst.evidence, worst.variance, worst.n_items) == ("borrowed", 5000.0, 64)
    assert worst.n_items_needed == math.ceil((Z / 5) ** 2 * 5000)
    nothing = _ask(connection, "odd", difference=5.0)
    assert (nothing.evidence, nothing.variance, nothing.detectable_difference, nothing.is_detectable) == (
        "unknown", None, None, None,
    )  # fmt: skip


def test_fractions_are_asked_for_in_points(ask: Ask) -> None:
    """A metric kept as a fraction takes a wanted difference of 5 points as 0.05."""
    facts = Facts()
    facts.metric("share", unit="fraction")
    facts.benchmark("arith", metric="share")
    for model in ("m/one", "m/two"):
        facts.claim(model, "arith", 0.5, metric="share", unit="fraction", n_items=100)
    row = _ask(ask(facts), models=("m/one", "m/two"), difference=5.0)
    assert row.difference == pytest.approx(0.05)
    assert row.n_items_needed == math.ceil((Z / 0.05) ** 2 * 0.5)


def test_a_model_that_has_the_brackets_in_its_name_wins(ask: Ask) -> None:
    """The pair is that of the models whose whole names these are, not of a variant of one of them."""
    facts = Facts()
    facts.claim("m/one", "arith", 10.0, n_items=100, protocol={"variant": "high"})
    for model, value in (("m/one[high]", 50.0), ("m/two", 50.0)):
        facts.claim(model, "arith", value, n_items=100)
    row = _ask(ask(facts), models=("m/one[high]", "m/two"), difference=5.0)
    assert row.variance == pytest.approx(2 * 2500.0)


@pytest.mark.parametrize("backwards", [False, True])
def test_order_and_sides_do_not_matter(backwards: bool, ask: Ask) -> None:
    """The same rows in another order, and the models swapped, give the same numbers."""
    rng = np.random.default_rng(5)
    outcomes = {f"m/{number}": rng.binomial(3, 0.5, 30).tolist() for number in range(4)}
    facts = Facts()
    _outcomes(facts, outcomes, 3)
    connection = ask(facts, backwards=backwards)
    one = _ask(connection, models=("m/0", "m/1"), difference=2.0)
    other = _ask(connection, models=("m/1", "m/0"), difference=2.0)
    d = (np.array(outcomes["m/0"]) - np.array(outcomes["m/1"])) / 3
    assert one.variance == other.variance == pytest.approx(1e4 * np.var(d, ddof=1), rel=1e-9)
    assert one.n_items_needed == other.n_items_needed


def test_questions_without_an_answer_say_why(ask: Ask) -> None:
    """One model, none in common, no score, a power below the significance level and a difference of zero are errors."""
    facts = Facts()
    facts.claim("m/one", "arith", 50.0, stderr=1.0)
    facts.claim("m/two", "logic", 50.0, stderr=1.0)
    facts.benchmark("empty")
    connection = ask(facts)
    with pytest.raises(AmbiguousQueryError, match="two models or none"):
        _ask(connection, models=("m/one",))
    with pytest.raises(EmptyResultError, match="m/two has no score"):
        _ask(connection, models=("m/one", "m/two"))
    with pytest.raises(EmptyResultError, match="none of these benchmarks in common"):
        power(connection, Filters(), plan=Plan(models=("m/one", "m/two")))
    with pytest.raises(EmptyResultError, match="no score fits"):
        _ask(connection, "empty")
    with pytest.raises(StatisticsInputError, match="power: expected more than"):
        _ask(connection, power=0.05)
    with pytest.raises(StatisticsInputError, match="difference"):
        _ask(connection, difference=0.0)
