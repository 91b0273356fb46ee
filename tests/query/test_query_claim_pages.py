"""Claims by the page are the claims of the whole list, with the notes on all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from benchdb.errors import EmptyResultError
from benchdb.query.claim_pages import Place, claims_page
from benchdb.query.claims import chosen_cells
from benchdb.query.details import to_claims
from benchdb.query.every_claim import every_claim
from benchdb.query.filters import Filters
from benchdb.query.policies import Policy
from tests.query.facts import Facts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from benchdb.rows.records import Claim
    from tests.query.conftest import Ask


def many() -> Facts:
    """Fifteen claims: several for one cell, dated and undated, one retracted, one in a foreign unit, one metric in two units."""
    facts = Facts()
    early = facts.source("early", published_on=date(2024, 5, 1))
    late = facts.source("late", published_on=date(2025, 5, 1))
    undated = facts.source("undated", published_on=None)
    for slug in ("b/two", "a/one"):
        for source in (late, early, undated):
            facts.claim(slug, "quiz", 50.0 + len(slug), source_id=source)
        facts.claim(slug, "quiz", 40.0, source_id=early, subset="hard")
        facts.claim(slug, "maze", 30.0, source_id=late, protocol={"variant": "high"})
    facts.claim("a/one", "quiz", 3.0, unit="points", source_id=late)
    facts.metric("rate", unit=None)
    facts.claim("a/one", "race", 3.0, metric="rate", unit="points", source_id=early)
    facts.claim("a/one", "race", 4.0, metric="rate", unit="points", source_id=late)
    facts.claim("a/one", "race", 5.0, metric="rate", unit="seconds", source_id=late)
    facts.correct(facts.claim("b/two", "maze", 99.0, source_id=late, ran_at=datetime(2025, 6, 1, tzinfo=UTC)))
    return facts


def walked(connection: Connection, filters: Filters, limit: int, policy: Policy, *, by_key: bool) -> list[Claim]:
    """Every claim, page after page, by the key of the last one or by offset."""
    claims: list[Claim] = []
    while True:
        place = Place(limit, len(claims), claims[-1].score_id if by_key and claims else None)
        page = claims_page(connection, filters, place, policy=policy).claims
        assert len(page) <= limit
        if not page:
            return claims
        claims += page


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize(
    "filters", [Filters(), Filters(models=("a/one",), benchmarks=("quiz", "race"))], ids=["all", "some"]
)
def test_pages_are_the_whole_list(ask: Ask, policy: Policy, filters: Filters) -> None:
    """By offset or by the key before them, pages of any size hold each claim once, in order and marked as in the whole."""
    connection = ask(many())
    whole = every_claim(connection, filters, policy=policy)
    assert whole.n_claims == len(whole.claims) == (15 if filters == Filters() else 8)
    assert sum(claim.is_chosen for claim in whole.claims) == (7 if filters == Filters() else 3)
    for limit in (1, 4, 100):
        for by_key in (False, True):
            assert walked(connection, filters, limit, policy, by_key=by_key) == list(whole.claims)
    page = claims_page(connection, filters, Place(2, 1), policy=policy)
    assert (page.n_claims, page.notes, page.policy) == (whole.n_claims, whole.notes, whole.policy)


def test_the_notes_of_a_page_are_about_all_claims(ask: Ask) -> None:
    """Counted by hand: one claim in points of a metric in percent, one in seconds where two are in points, one retracted."""
    connection = ask(many())
    page = claims_page(connection, Filters(), Place(0))
    assert page.claims == ()
    assert [note[:22] for note in page.notes[1:]] == [
        "1 claim was left out: ",
        "1 claim was left out: ",
        "1 of 15 claims are ret",
    ]
    assert "unit is not that of the metric" in page.notes[1]
    assert "has no unit of its own" in page.notes[2]
    undated = claims_page(connection, Filters(published_until=date(2024, 12, 31)), Place(1))
    uncounted = claims_page(connection, Filters(), Place(2, is_counted=False))
    assert (len(uncounted.claims), uncounted.n_claims, uncounted.notes) == (2, None, page.notes[:1])
    assert undated.notes[1].startswith("2 claims were left out: neither a day")


def test_no_more_than_a_page_is_read(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three claims are made for a page of three, and only their cells are looked at."""
    connection = ask(many())
    made, chosen = Mock(wraps=to_claims), Mock(wraps=chosen_cells)
    monkeypatch.setattr("benchdb.query.claim_pages.to_claims", made)
    monkeypatch.setattr("benchdb.query.claim_pages.chosen_cells", chosen)
    page = claims_page(connection, Filters(), Place(3, 1))
    assert (len(page.claims), len(made.call_args.args[1])) == (3, 3)
    scope = chosen.call_args.args[1]
    assert (len(scope.model_ids), len(scope.benchmark_ids)) == (1, len({claim.benchmark for claim in page.claims}))


def test_a_page_after_no_claim_is_refused(ask: Ask) -> None:
    """A key that is none of the database is said to be none."""
    with pytest.raises(EmptyResultError, match="there is no claim 5 after which"):
        claims_page(ask(many()), Filters(), Place(3, 0, 5))
