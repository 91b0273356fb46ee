"""Fixtures of the query tests: a database filled from `Facts`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine

    from tests.query.facts import Facts

    Ask: TypeAlias = Callable[..., Connection]


@pytest.fixture
def ask(db: Engine) -> Iterator[Ask]:
    """Write facts into the test's database and return a connection to question it with."""
    with ExitStack() as stack:

        def write_and_connect(facts: Facts, *, backwards: bool = False) -> Connection:
            facts.write(db, backwards=backwards)
            return stack.enter_context(db.connect())

        yield write_and_connect


@pytest.fixture
def data() -> Path:
    """Folder of the fixtures of files."""
    return Path(__file__).parents[1] / "data"
