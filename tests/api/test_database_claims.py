"""Pages of claims through the Python API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchdb.api import Database
from benchdb.errors import ConfigError
from tests.query.facts import Facts

if TYPE_CHECKING:
    from sqlalchemy import Engine


@pytest.fixture
def database(db: Engine) -> Database:
    """A database of three claims."""
    facts = Facts()
    for place in range(3):
        facts.claim(f"org/m{place}", "math", 50.0 + place)
    return Database(facts.write(db))


def test_a_page_is_a_part_of_all_claims(database: Database) -> None:
    """Limit and offset cut the list, which is counted; without them it is whole."""
    whole = database.claims()
    page = database.claims(limit=1, offset=1)
    assert [row.model for row in whole] == ["org/m0", "org/m1", "org/m2"]
    assert page.rows == whole.rows[1:2]
    assert page.answer.n_claims == whole.answer.n_claims == 3
    assert database.claims(limit=5, after=whole.rows[1].score_id).rows == whole.rows[2:]


@pytest.mark.parametrize("place", [{"limit": -1}, {"limit": 1, "offset": -1}, {"offset": 1}, {"after": 5}])
def test_a_page_that_cannot_be_is_refused(database: Database, place: dict[str, Any]) -> None:
    """A limit or offset below zero, and a place without a limit, are errors that say what a page takes."""
    with pytest.raises(ConfigError, match="a page has a limit of 0 or more"):
        database.claims(**place)
