"""Statements that are kept for other keys, and facts of the catalogue that are read together, are those of every question alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from benchdb.query.cells import select_cells, select_every
from benchdb.query.claims import chosen_cells
from benchdb.query.filters import Filters, kept_select, resolve
from benchdb.query.history import history
from benchdb.query.known import known_facts
from benchdb.query.policies import Policy
from benchdb.query.stated import select_claims
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, PROTOCOL
from tests.query.facts import Facts
from tests.query.seed import seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.query.conftest import Ask

ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"metric": "pass@1"},
    {"suite": None, "benchmarks": ("math-500", "aime-2024")},
    {"kinds": ("paper",), "min_parameters": 40 * 10**9},
    {"variants": ("",), "include_aggregates": False},
    {"published_until": date(2025, 3, 26)},
    {"as_of": datetime(2100, 1, 1, tzinfo=UTC)},
)
MODELS: tuple[tuple[str, ...], ...] = (
    (),
    ("a-m-team/am-distill-qwen-32b",),
    ("a-m-team/am-distill-qwen-72b", "deepseek-ai/deepseek-r1-distill-qwen-32b"),
)


def _cells(*policies: Policy) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    return [(select_cells, (policy,)) for policy in policies] + [(select_every, ())]


@pytest.mark.parametrize("asked", ASKED)
def test_a_kept_statement_gives_what_a_new_one_gives(ask: Ask, asked: dict[str, Any]) -> None:
    """Whoever asked for other models before, the rows are those of a statement made for these; one is made for all of equal shape."""
    connection = ask(seed())
    for build, others in _cells(*Policy):
        made = {}
        for models in MODELS:
            scope = resolve(connection, Filters(models=models, **asked))
            kept, keys = kept_select(build, scope, *others)
            alone = connection.execute(build(scope, *others)).all()
            assert sorted(map(repr, connection.execute(kept, keys))) == sorted(map(repr, alone))
            made[models] = kept
        assert made[MODELS[1]] is made[MODELS[2]]
        assert made[MODELS[0]] is not made[MODELS[1]]


def test_a_kept_statement_needs_its_keys(ask: Ask) -> None:
    """Without keys it is refused, so that no question can be answered with those of another one."""
    connection = ask(seed())
    statement, _ = kept_select(select_every, resolve(connection, Filters(models=MODELS[1])))
    with pytest.raises(StatementError, match="model_ids"):
        connection.execute(statement)


def test_no_statement_is_kept_that_names_runs(ask: Ask) -> None:
    """Runs that are known to have outcomes stand in the statement, which is made for them alone."""
    scope = replace(resolve(ask(seed()), Filters()), outcomes_of={(1, 2)})
    first, keys = kept_select(select_cells, scope, Policy.PREFERRED)
    assert (first is kept_select(select_cells, scope, Policy.PREFERRED)[0], keys) == (False, {})


@pytest.mark.parametrize(("actions", "value", "looks"), [
    ((), 70.0, False), (("retract",), 60.0, True), (("retract", "restore"), 70.0, True), (("restore",), 70.0, False),
])  # fmt: skip
def test_retractions_are_looked_for_where_there_are_some(
    ask: Ask, actions: tuple[str, ...], value: float, *, looks: bool
) -> None:
    """A statement for a name reads corrections only where a claim was ever retracted; one that always does gives the same."""
    facts = Facts()
    facts.claim("a/one", "math", 60.0, ran_at=datetime(2025, 1, 1, tzinfo=UTC))
    newer = facts.claim("a/one", "math", 70.0, ran_at=datetime(2025, 2, 1, tzinfo=UTC))
    for days, action in enumerate(actions):
        facts.correct(newer, action, after_days=10 + days)
    connection = ask(facts)
    for filters in (Filters(models=("a/one",)), Filters(benchmarks=("math",))):
        scope = resolve(connection, filters)
        assert scope.has_retractions is looks
        assert ("correction" in str(select_claims(scope))) is looks
        always = replace(scope, has_retractions=True)
        for policy in Policy:
            cells, notes = chosen_cells(connection, scope, policy)
            assert [cell.value for cell in cells] == [60.0 if policy is Policy.MEDIAN else value]
            others, other_notes = chosen_cells(connection, always, policy)
            # Runs are listed in no order.
            assert [cell._replace(run_ids=None) for cell in cells] == [cell._replace(run_ids=None) for cell in others]
            assert notes == other_notes
    assert resolve(connection, Filters()).has_retractions


@pytest.mark.parametrize("n_more", [0, 600])
def test_facts_are_those_of_the_tables(ask: Ask, n_more: int) -> None:
    """Every fact is in its place, whether the keys are named or, where there are many, all rows are read."""
    facts = Facts()
    facts.model(
        "a/one", family="f", n_parameters=7 * 10**9, n_active_parameters=10**9, parameters_label="7B",
        released_on=date(2025, 1, 2), is_open_weights=True,
    )  # fmt: skip
    facts.metric("acc", lower_bound=0.0, upper_bound=100.0, is_proportion=True, higher_is_better=True)
    facts.benchmark("whole", metric="acc", n_items=30)
    facts.claim("a/one", "whole", 60.0, metric="acc", protocol={"n_shot": 5, "temperature": 0.5, "split": "test"})
    connection = ask(facts)
    keys = [
        [*connection.execute(select(key)).scalars(), *range(-n_more, 0)]
        for key in (MODEL.c.model_id, BENCHMARK.c.benchmark_id, METRIC.c.metric_id, PROTOCOL.c.fingerprint)
    ]
    known = known_facts(connection, keys)
    assert ("a/one", "ONE", "A", "f", 7 * 10**9, 10**9, "7B", date(2025, 1, 2), True) in known.models.values()
    main = next(key for key, found in known.metrics.items() if found[0] == "acc")
    assert known.metrics[main][2:] == (True, True, 0.0, 100.0)
    assert ("whole", "WHOLE", None, main, 30) in known.benchmarks.values()
    assert set(known.protocols.values()) == {"5-shot, temperature 0.5, split test"}


def test_history_of_one_pair_after_another(ask: Ask) -> None:
    """The histories of two models hold their own claims, whichever was asked first, and mark the ones chosen by each policy."""
    connection = ask(seed())
    for policy in Policy:
        for model in (*MODELS[2], *MODELS[1], *MODELS[2]):
            found = history(connection, model, "math-500", policy=policy)
            assert {claim.model for claim in found.claims} == {model}
            assert sum(claim.is_chosen for claim in found.claims) == 1


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize(
    "asked", [{}, {"include_aggregates": False}, {"subsets": ("hard",)}, {"as_of": datetime(2100, 1, 1, tzinfo=UTC)}]
)
def test_history_marks_what_the_leaderboard_chooses(ask: Ask, policy: Policy, asked: dict[str, Any]) -> None:
    """Units that convert and that do not, subsets, aggregates, retracted and approximate claims: both choose the same, with the same notes."""
    facts = Facts()
    facts.metric("accuracy", unit="percent")
    claims = []
    for at, (unit, subset) in enumerate(2 * [*product(("percent", "fraction", "elo", None), ("", "hard"))]):
        value = 0.6 + at / 100 if unit == "fraction" else 60.0 + at
        odd = {"unit": unit, "is_aggregate": at % 5 == 0, "is_approximate": at % 3 == 0}
        claims.append(facts.claim("a/one", "arith", value, subset=subset, source_id=facts.source(f"s{at % 4}"), **odd))
    facts.correct(claims[3])
    connection = ask(facts)
    filters = Filters(models=("a/one",), benchmarks=("arith",), **asked)
    cells, notes = chosen_cells(connection, resolve(connection, filters), policy)
    found = history(connection, "a/one", "arith", filters, policy=policy)
    assert {claim.score_id for claim in found.claims if claim.is_chosen} == {cell.score_id for cell in cells}
    assert set(notes) <= set(found.notes)
