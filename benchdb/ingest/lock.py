"""The right to write, which one import, decision or seed holds at a time."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from benchdb.database.connect import is_duckdb
from benchdb.database.revision import place_of
from benchdb.database.trouble import LOCK_TIMEOUT, is_passing
from benchdb.errors import DatabaseBusyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_WRITER_LOCK = 0x62656E6368646200
"""PostgreSQL's advisory lock for the one writer."""


_HOLDER = text(
    "SELECT coalesce(nullif(a.application_name, ''), 'a program without a name') || ', user ' || a.usename "
    "|| coalesce(', from ' || host(a.client_addr), '') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() "
    "AND CAST(l.classid AS bigint) = :high AND CAST(l.objid AS bigint) = :low"
)


@contextmanager
def one_writer(connection: Connection) -> Iterator[None]:
    """Hold the right to write. DuckDB has one writing process anyway; on PostgreSQL a second import waits here.

    It waits as long as the engine was told to wait for others (`open_engine`).

    Args:
        connection: The connection that will write; no transaction is in progress on it.

    Raises:
        DatabaseBusyError: If another process keeps the right for longer.
    """
    if is_duckdb(connection):
        yield
        return
    _take(connection)
    try:
        yield
    finally:
        _give_back(connection)


def _take(connection: Connection) -> None:
    start = time.monotonic()
    try:
        connection.execute(select(func.pg_advisory_lock(_WRITER_LOCK)))
        connection.commit()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_TIMEOUT:
            raise
        connection.rollback()
        holder = connection.execute(_HOLDER, {"high": _WRITER_LOCK >> 32, "low": _WRITER_LOCK & 0xFFFFFFFF}).scalar()
        connection.rollback()
        waited_s = time.monotonic() - start
        raise DatabaseBusyError.from_holder(
            place_of(connection.engine), waited_s, holder or "its process is not known"
        ) from None


def _give_back(connection: Connection) -> None:
    """Give the right to write back; it has gone already where the connection was lost."""
    try:
        connection.rollback()
        if not connection.invalidated:
            connection.execute(select(func.pg_advisory_unlock(_WRITER_LOCK)))
            connection.commit()
    except DBAPIError as error:
        if not is_passing(error):
            raise
