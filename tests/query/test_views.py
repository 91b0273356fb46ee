"""The views that everybody may ask in SQL: the same claims, cells and outcomes as the questions show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from benchdb.query.claims import chosen_cells
from benchdb.query.filters import Filters, resolve
from benchdb.query.policies import Policy
from tests.migrations.every_table import VIEWS
from tests.query.facts import Facts
from tests.query.seed import AM_32, seed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.query.conftest import Ask


def _rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(statement))]


def _awkward() -> Facts:
    """Return the seed with a retraction, one taken back, an undone import, fractions, mixed units, variants and a subset."""
    facts = seed()
    facts.correct(facts.claim("x/one", "math-500", 99.9, metric="pass@1"))
    restored = facts.claim("x/two", "math-500", 0.57, metric="pass@1", unit="fraction", decimals=2)
    facts.correct(restored, after_days=3)
    facts.correct(restored, "restore", after_days=4)
    facts.claim("x/three", "math-500", 1.0, metric="pass@1", ingest_id=facts.ingest("undone", state="undone"))
    facts.metric("loose", unit=None)
    facts.benchmark("other", metric="loose")
    for value, unit in ((0.5, "fraction"), (51.0, "percent"), (3.0, "points")):
        facts.claim("x/four", "other", value, metric="loose", unit=unit)
    facts.claim("x/two", "math-500", 61.0, metric="pass@1", protocol={"variant": "high"})
    facts.claim("x/two", "math-500", 62.0, metric="pass@1", subset="algebra", is_first_party=False)
    facts.claim("x/two", "math-500", 63.0, metric="pass@1", subset="algebra", is_first_party=True)
    facts.claim("x/five", "math-500", 9.0, metric="pass@1", unit="elo")
    return facts


@pytest.mark.parametrize("view", sorted(VIEWS))
def test_every_view_answers(ask: Ask, view: str) -> None:
    """Each view can be read on an empty database and has no row there."""
    assert _rows(ask(Facts()), f"SELECT * FROM {view}") == []


def test_leaderboard_cells_are_the_cells_of_the_questions(ask: Ask) -> None:
    """The view shows cell by cell the claim, value and spread that the policy preferred chooses in the query layer."""
    connection = ask(_awkward())
    chosen, _notes = chosen_cells(connection, resolve(connection, Filters()), Policy.PREFERRED)
    expected = {
        row.score_id: (row.model, row.variant, row.benchmark, row.subset, row.metric, row.unit, row.n_claims)
        for row in chosen
    }
    found = _rows(
        connection,
        "SELECT score_id, model, variant, benchmark, subset, metric, unit, n_claims, value, least, greatest FROM leaderboard_cells",
    )
    assert {row[0]: row[1:8] for row in found} == expected
    numbers = {row.score_id: (row.value, row.least, row.greatest) for row in chosen}
    for row in found:
        assert row[8:] == pytest.approx(numbers[row[0]], abs=1e-9)


def test_claims_keep_what_is_stated_and_say_what_is_retracted(ask: Ask) -> None:
    """0.57 stands beside 57 percent; a retracted claim is marked, a restored one is not, an undone import is not there."""
    connection = ask(_awkward())
    found = _rows(
        connection,
        "SELECT model, value, unit, stated_value, stated_unit, is_retracted FROM claims "
        "WHERE model IN ('x/one', 'x/two', 'x/three') AND subset = '' AND variant IS NULL ORDER BY model",
    )
    assert found == [
        ("x/one", 99.9, "percent", 99.9, "percent", True),
        ("x/two", 57.0, "percent", 0.57, "fraction", False),
    ]


def test_a_unit_that_does_not_convert_has_no_value(ask: Ask) -> None:
    """Nine Elo points are not a percentage: the claim is there, its value in percent is not."""
    found = _rows(ask(_awkward()), "SELECT value, stated_value FROM claims WHERE model = 'x/five'")
    assert found == [(None, 9.0)]


def test_outcomes_carry_names_and_items(ask: Ask) -> None:
    """Each outcome stands with its model, item and share of right attempts."""
    facts = Facts()
    facts.metric()
    facts.outcomes(facts.run("a/one", "arith"), [1, 4, 0], attempts=4, clusters=["p", "p", "q"])
    found = _rows(
        ask(facts), "SELECT model, benchmark, item, cluster, n_correct, value FROM outcomes_by_model ORDER BY item"
    )
    assert [row[5] for row in found] == [0.25, 1.0, 0.0]
    assert found[0][:5] == ("a/one", "arith", "item-0", "p", 1)


def test_runs_and_sources_leave_out_undone_imports(ask: Ask) -> None:
    """What was undone is in no view."""
    facts = Facts()
    undone = facts.ingest("undone", state="undone")
    source = facts.source("gone", ingest_id=undone)
    facts.claim("a/one", "arith", 1.0, ingest_id=undone, source_id=source)
    facts.claim("a/two", "arith", 2.0)
    connection = ask(facts)
    assert _rows(connection, "SELECT title FROM sources") == [("report",)]
    assert _rows(connection, "SELECT model FROM claims") == [("a/two",)]


def test_runs_show_the_settings(ask: Ask) -> None:
    """A run stands with its protocol's settings and its source's title."""
    facts = Facts()
    facts.claim("a/one", "arith", 1.0, protocol={"n_shot": 5, "temperature": 0.6})
    found = _rows(ask(facts), "SELECT model, benchmark, n_shot, temperature, source_title FROM runs")
    assert found == [("a/one", "arith", 5, 0.6, "report")]


def test_models_and_benchmarks_are_named(ask: Ask) -> None:
    """The catalogue reads without joins: maker, size, metric."""
    connection = ask(seed())
    assert _rows(connection, f"SELECT organization, n_parameters FROM models WHERE model = '{AM_32}'") == [
        ("A-M-Team", 32 * 10**9)
    ]
    assert _rows(connection, "SELECT metric, n_items FROM benchmarks WHERE benchmark = 'aime-2024'") == [("pass@1", 30)]
