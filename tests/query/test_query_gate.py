"""The gate: a regression, none, or not enough evidence, and never at odds with a comparison."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from statistics import NormalDist
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchdb.errors import AmbiguousQueryError, EmptyResultError, StatisticsInputError
from benchdb.query.compare import Rules, compare
from benchdb.query.compare_family import Correction
from benchdb.query.filters import Filters
from benchdb.query.gate import NO_REGRESSION, NOT_ENOUGH, REGRESSION, Limits, gate
from benchdb.query.gate_sides import SideName
from benchdb.stats.power import power_to_detect
from tests.query.facts import Facts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchdb.rows.gate import GateRows
    from tests.query.conftest import Ask


def _stated(old: float, new: float, stderr: float = 1.0, **facts_of_claim: object) -> Facts:
    facts = Facts()
    facts.claim("m/old", "arith", old, stderr=stderr, **facts_of_claim)
    facts.claim("m/new", "arith", new, stderr=stderr, **facts_of_claim)
    return facts


def _gate(connection: Connection, baseline: str = "m/old", candidate: str = "m/new", **limits: object) -> GateRows:
    return gate(
        connection,
        SideName(name=baseline),
        SideName(name=candidate),
        Filters(),
        limits=Limits(**limits),  # type: ignore[arg-type]  # named by the tests
    )


# The error of a difference is √2, so its interval at 95 % is ±2.772.
@pytest.mark.parametrize(
    ("new", "margin", "decision"),
    [
        (47.0, None, REGRESSION),
        (47.5, None, NO_REGRESSION),
        (53.0, None, NO_REGRESSION),
        (47.0, 6.0, NO_REGRESSION),
        (47.0, 5.0, REGRESSION),
        (49.0, 4.0, NO_REGRESSION),
        (49.0, 3.0, NOT_ENOUGH),
        (53.0, 0.0, NO_REGRESSION),
        (52.0, 0.0, NOT_ENOUGH),
    ],
)
def test_a_gate_decides_by_interval_and_margin(new: float, margin: float | None, decision: str, ask: Ask) -> None:
    """Worse by 3 is a regression unless a drop of 6 is allowed; less than 2.77 proves nothing, and a margin must be excluded."""
    found = _gate(ask(_stated(50.0, new)), max_regression=margin)
    assert (found.decision, found.checks[0].outcome) == (decision, decision)
    assert found.checks[0].difference == pytest.approx(new - 50)
    assert len(found.checks) == 1


def test_a_model_that_has_the_brackets_in_its_name_wins(ask: Ask) -> None:
    """A baseline whose name ends in brackets is that model, with a run behind it too, not the variant of another one."""
    facts = _stated(50.0, 60.0)
    facts.claim("m/old", "arith", 90.0, stderr=1.0, protocol={"variant": "high"})
    facts.claim("m/old[high]", "arith", 55.0, stderr=1.0, source_id=facts.source("Report"))
    connection = ask(facts)
    assert {row.value_baseline for row in _gate(connection, "m/old[high]").checks} == {55.0}
    assert {row.value_baseline for row in _gate(connection, "m/old[high]@report").checks} == {55.0}


def test_less_is_better_turns_the_gate(ask: Ask) -> None:
    """A loss that grows is a regression, and one that shrinks is none, within a margin too."""
    facts = Facts()
    facts.metric("loss", unit="nats", higher_is_better=False, is_proportion=False)
    facts.benchmark("lm", metric="loss")
    for model, value in (("m/old", 2.0), ("m/new", 2.5)):
        facts.claim(model, "lm", value, metric="loss", unit="nats", stderr=0.1)
    connection = ask(facts)
    assert _gate(connection).decision == REGRESSION
    assert _gate(connection, max_regression=0.8).decision == NO_REGRESSION
    assert _gate(connection, "m/new", "m/old", max_regression=0.0).decision == NO_REGRESSION


def test_power_and_detectable_drop_are_those_of_a_normal_test(ask: Ask) -> None:
    """With an error of √2, 80 % power finds (1.96 + 0.84) · √2 = 3.96, and a drop of 3 is found with 56 %."""
    (check,) = _gate(ask(_stated(50.0, 50.0)), max_regression=3.0).checks
    assert check.detectable_drop == pytest.approx((1.959964 + 0.841621) * math.sqrt(2), abs=1e-5)
    normal = NormalDist()
    shift = 3 / math.sqrt(2)
    assert check.power == pytest.approx(normal.cdf(shift - 1.959964) + normal.cdf(-shift - 1.959964), abs=1e-6)


def test_too_little_power_is_not_enough_evidence(ask: Ask) -> None:
    """A larger drop than 3 is excluded by luck; where 80 % power was asked for, that is not enough, and 50 % is."""
    connection = ask(_stated(50.0, 51.0))
    assert _gate(connection, max_regression=3.0, min_power=0.8).decision == NOT_ENOUGH
    assert _gate(connection, max_regression=3.0, min_power=0.5).decision == NO_REGRESSION
    with pytest.raises(StatisticsInputError, match="max_regression beside it"):
        _gate(connection, min_power=0.8)
    with pytest.raises(StatisticsInputError, match="at least 0"):
        _gate(connection, max_regression=-1.0)


def test_paired_items_decide_as_scipy_does(ask: Ask) -> None:
    """On shared items the p is the exact McNemar one, and the margin is held against SciPy's paired interval."""
    old, new = [1] * 40 + [1] * 12 + [0] * 3 + [0] * 25, [1] * 40 + [0] * 12 + [1] * 3 + [0] * 25
    facts = Facts()
    for model, correct in (("m/old", old), ("m/new", new)):
        run = facts.run(model, "arith", protocol={"samples_per_item": 1})
        facts.score(run, 100 * sum(correct) / 80)
        facts.outcomes(run, correct)
    connection = ask(facts)
    (check,) = _gate(connection).checks
    assert check.p_value == pytest.approx(stats.binomtest(3, 15).pvalue)
    assert (check.outcome, check.evidence) == (REGRESSION, "paired")
    lowest = -100 * stats.ttest_rel(new, old).confidence_interval(0.95).low
    assert _gate(connection, max_regression=lowest + 0.001).decision == NO_REGRESSION
    assert _gate(connection, max_regression=lowest - 0.001).decision == REGRESSION


def test_several_benchmarks_are_corrected_and_their_mean_is_checked(ask: Ask) -> None:
    """A p of 0.034 among four checks is no regression with Holm's correction and one without; the drop found grows with it."""
    facts = _stated(50.0, 47.0)
    for benchmark in ("logic", "words"):
        facts.claim("m/old", benchmark, 50.0, stderr=1.0)
        facts.claim("m/new", benchmark, 50.0, stderr=1.0)
    connection = ask(facts)
    found = _gate(connection)
    assert found.decision == NO_REGRESSION
    assert [check.benchmark for check in found.checks] == ["arith", "logic", "words", None]
    z = NormalDist().inv_cdf(1 - 0.05 / 8) + NormalDist().inv_cdf(0.8)
    assert found.checks[0].detectable_drop == pytest.approx(z * math.sqrt(2), rel=1e-9)
    assert _gate(connection, rules=Rules(correction=Correction.NONE)).decision == REGRESSION


def test_what_is_missing_or_unknown_is_not_enough_evidence(ask: Ask) -> None:
    """No score, no error, other tasks and a metric without a direction each block the gate and say why."""
    facts = _stated(50.0, 50.0)
    facts.metric("odd", unit="nats", higher_is_better=None, is_proportion=False)
    facts.benchmark("puzzle", metric="odd")
    for model in ("m/old", "m/new"):
        facts.claim(model, "bare", 50.0)
        facts.claim(model, "shots", 50.0, stderr=1.0, protocol={"n_shot": len(model) if model == "m/old" else 0})
        facts.claim(model, "puzzle", 1.0, metric="odd", unit="nats", stderr=0.1)
    facts.claim("m/old", "gone", 50.0, stderr=1.0)
    found = _gate(ask(facts))
    reasons = {check.benchmark: check.reason for check in found.checks if check.outcome == NOT_ENOUGH}
    assert found.decision == NOT_ENOUGH
    assert reasons["bare"] == "nothing says how uncertain the scores are"
    assert reasons["shots"] == "measured in different ways: n_shot: 0, 5"
    assert reasons["puzzle"] == "nothing says which direction of the metric is better"
    assert reasons["gone"].startswith("the candidate has no score")
    assert "arith" not in reasons


def test_a_regression_stands_above_missing_evidence(ask: Ask) -> None:
    """One established regression decides, whatever is missing elsewhere."""
    facts = _stated(50.0, 40.0)
    facts.claim("m/old", "gone", 50.0, stderr=1.0)
    assert _gate(ask(facts)).decision == REGRESSION


def _nightly() -> Facts:
    facts = Facts()
    for day, label, value in ((1, "build-1", 60.0), (2, "build-2", 50.0)):
        source = facts.source(f"Nightly {label}", kind="harness_log", ingest_id=facts.ingest(f"logs/{label}"))
        run = facts.run("m/own", "arith", source_id=source, ran_at=datetime(2025, 5, day, 3, tzinfo=UTC))
        facts.rows["run"][run].update(label=label, ingest_id=facts.ingest(f"logs/{label}"))
        facts.score(run, value, stderr=1.0)
    return facts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("m/own@build-1", "m/own@build-2"),
        ("m/own@2025-05-01", "m/own@2025-05-02"),
        ("m/own@build-1.csv", "m/own@logs/build-2.csv"),
        ("m/own@Nightly build-1", "m/own@ly build-2"),
    ],
)
def test_runs_of_one_model_are_named_behind_an_at(first: str, second: str, ask: Ask) -> None:
    """Two nightly runs of one model are told apart by label, day, file or title, and the labels say which is which."""
    found = _gate(ask(_nightly()), first, second)
    assert (found.decision, found.checks[0].difference) == (REGRESSION, -10.0)
    assert found.checks[0].baseline == first
    assert found.candidate.endswith(second.rpartition("@")[2])


def test_runs_are_named_by_key_and_by_source(ask: Ask) -> None:
    """The key of a run names it, and so does a part of its source's title as an option."""
    facts = _nightly()
    one, two = (key for key, _ in sorted(facts.rows["run"].items(), key=lambda item: item[1]["label"]))
    connection = ask(facts)
    assert _gate(connection, f"m/own@{two}", f"m/own@{one}").decision == NO_REGRESSION
    found = gate(
        connection, SideName(name="m/own", source="build-1"), SideName(name="m/own", source="build-2"), Filters()
    )
    assert (found.decision, found.baseline) == (REGRESSION, "OWN@build-1")


@pytest.mark.parametrize("name", ["@x", "m/at@home"])
def test_a_name_may_have_an_at_of_its_own(name: str, ask: Ask) -> None:
    """A model whose own name has an "@" is meant by all of it, and a run of it stands behind another one."""
    facts = Facts()
    facts.claim("m/old", "arith", 50.0, stderr=1.0)
    facts.claim(name, "arith", 40.0, stderr=1.0, ran_at=datetime(2025, 5, 1, tzinfo=UTC))
    connection = ask(facts)
    assert _gate(connection, candidate=name).decision == REGRESSION
    assert _gate(connection, candidate=f"{name}@2025-05-01").decision == REGRESSION
    with pytest.raises(EmptyResultError):
        _gate(connection, candidate=f"{name}@2025-05-02")


def test_a_gate_needs_two_different_sides(ask: Ask) -> None:
    """The same score on both sides, an unknown run and models without a common benchmark are errors that say what to do."""
    facts = _nightly()
    facts.claim("m/other", "logic", 1.0)
    connection = ask(facts)
    with pytest.raises(AmbiguousQueryError, match="the same score on arith; name their runs"):
        _gate(connection, "m/own", "m/own")
    with pytest.raises(EmptyResultError, match='no run "build-3"'):
        _gate(connection, "m/own@build-3", "m/own")
    with pytest.raises(EmptyResultError, match="no benchmark in common"):
        _gate(connection, "m/own", "m/other")


def test_gate_and_comparison_never_contradict(ask: Ask) -> None:
    """Without a margin the gate finds a regression exactly where the comparison calls the candidate worse."""
    facts = Facts()
    for number, (value, stderr) in enumerate([(48.0, 0.5), (49.0, 1.0), (45.0, 1.0), (55.0, 1.0), (50.0, 0.1)]):
        facts.claim("m/old", f"bench-{number}", 50.0, stderr=stderr)
        facts.claim("m/new", f"bench-{number}", value, stderr=stderr)
    connection = ask(facts)
    compared = compare(connection, ["m/new", "m/old"], Filters()).differences
    checks = _gate(connection).checks
    assert [check.outcome == REGRESSION for check in checks] == [row.verdict == "worse" for row in compared]
    assert {check.outcome for check in checks} == {REGRESSION, NO_REGRESSION}


@given(st.floats(0.01, 50), st.floats(0.01, 20), st.floats(0.5, 0.99))
@settings(max_examples=100, deadline=None)
def test_the_detectable_drop_is_found_with_its_power(stderr: float, drop: float, power: float) -> None:
    """Power grows with the drop, and the drop that is detectable with some power is found with it."""
    from benchdb.stats.power import minimum_detectable_difference

    detectable = minimum_detectable_difference(stderr, power=power)
    assert power_to_detect(detectable, stderr) == pytest.approx(power, abs=0.01)
    assert power_to_detect(drop, stderr) <= power_to_detect(2 * drop, stderr)
