"""The right to write, which one import, decision or seed holds at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from benchdb.database.connect import is_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_WRITER_LOCK = 0x62656E6368646200
"""PostgreSQL's advisory lock for the one writer."""


@contextmanager
def one_writer(connection: Connection) -> Iterator[None]:
    """Hold the right to write. DuckDB has one writing process anyway; on PostgreSQL a second import waits here.

    Args:
        connection: The connection that will write; no transaction is in progress on it.
    """
    if is_duckdb(connection):
        yield
        return
    connection.execute(select(func.pg_advisory_lock(_WRITER_LOCK)))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(_WRITER_LOCK)))
        connection.commit()
