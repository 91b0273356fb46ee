"""Running somebody's own SQL: one statement that reads, streamed, and nothing else.

On DuckDB the statement's kind is looked up before it runs in a read-only transaction, and a file opened read-only refuses writing, attaching, files and
extensions whatever a statement says (`benchdb.database.connect`). On PostgreSQL the statement becomes a cursor inside a
read-only transaction, which takes a query and nothing else; what functions may reach is for the server's roles to say.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from benchdb.database.connect import is_duckdb
from benchdb.database.limits import NO_LIMITS, Deadline, fetch_within, stopped_at, too_large
from benchdb.database.revision import place_of
from benchdb.errors import DatabaseLostError, SqlError, SqlLimitError

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection

    from benchdb.database.limits import StatementLimits

    Rows = tuple[list[str], list[tuple[Any, ...]]]

_READING = {"SELECT", "EXPLAIN", "MULTI"}
_CURSOR = "benchdb_statement"


class Answer(NamedTuple):
    """What a statement gave."""

    columns: tuple[str, ...]
    """Names of the columns, each once: the second `x` is `x_2`."""
    rows: tuple[tuple[Any, ...], ...]
    """The rows, in the order of the database."""
    is_cut: bool
    """Whether there are more rows than were asked for."""


def run_statement(
    connection: Connection, statement: str, most: int | None, limits: StatementLimits = NO_LIMITS
) -> Answer:
    """Return what one reading statement gives.

    Args:
        connection: An open connection; nothing may be in progress on it.
        statement: One statement of the database's own SQL.
        most: Rows to return at most; None returns all.
        limits: What it may take.

    Raises:
        SqlError: If it is no single statement, if it does not only read, or if the database refuses it.
        SqlLimitError: If it takes more time or memory than it may.
        DatabaseLostError: If the server ends the session.
    """
    if not statement.strip(" \t\r\n;"):
        raise SqlError('there is no statement; write one, such as "SELECT * FROM claims LIMIT 5"')
    if "\0" in statement:
        raise SqlError("there is a NUL character in this statement, which no database reads; leave it out")
    names, rows = (_on_duckdb if is_duckdb(connection) else _on_postgresql)(connection, statement, most, limits)
    return Answer(_once(names), tuple(rows[:most]), most is not None and len(rows) > most)


def _on_duckdb(connection: Connection, statement: str, most: int | None, limits: StatementLimits) -> Rows:
    import duckdb

    raw: Any = connection.connection.driver_connection
    deadline = Deadline(limits.seconds)
    try:
        found = raw.extract_statements(statement)
        if len(found) != 1:
            raise SqlError(f"expected one statement, found {len(found)}; run them one by one")
        kind = _kind_of(found[0])
        if kind not in _READING:
            raise SqlError(
                f"this statement is of kind {kind}; only statements that read are run here: SELECT, WITH, FROM, DESCRIBE …"
            )
        raw.execute("BEGIN TRANSACTION READ ONLY")
        try:
            with stopped_at(deadline, raw.interrupt):
                cursor = raw.execute(found[0])
                names = [column[0] for column in cursor.description or []]
                return names, fetch_within(cursor.fetchmany, most, limits, deadline)
        finally:
            raw.interrupt()  # without it, rows that nobody asks for are computed on for seconds before the transaction ends
            raw.execute("ROLLBACK")
    except duckdb.InterruptException:
        raise deadline.error() if deadline.left() == 0 else SqlError("the statement was interrupted") from None
    except duckdb.OutOfMemoryException as error:
        said = SqlLimitError(_without_place(str(error).partition("\n")[0]))
        raise said if limits.n_bytes is None else too_large(limits.n_bytes) from error
    except duckdb.Error as error:
        raise SqlError(_without_place(str(error))) from error


def _kind_of(statement: Any) -> str:
    try:
        return str(statement.type.name)
    except ValueError:  # DuckDB knows kinds for which its module has no name, such as UPDATE EXTENSIONS
        return "OTHER"


def _on_postgresql(connection: Connection, statement: str, most: int | None, limits: StatementLimits) -> Rows:
    import psycopg

    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection.driver_connection  # type: ignore[assignment]  # psycopg's own
    deadline = Deadline(limits.seconds)

    def fetch(n_rows: int) -> list[tuple[Any, ...]]:
        _limit_next(raw, deadline)
        return cursor.fetchmany(n_rows)

    cursor = raw.cursor(name=_CURSOR)
    try:
        raw.rollback()
        raw.execute("SET TRANSACTION READ ONLY")
        _limit_next(raw, deadline)
        cursor.execute(statement.rstrip(" \t\r\n;"))
        names = [column.name for column in cursor.description or []]
        return names, fetch_within(fetch, most, limits, deadline)
    except psycopg.errors.QueryCanceled as error:
        raise deadline.error() if deadline.left() == 0 else SqlError(_without_place(str(error))) from error
    except psycopg.Error as error:
        if raw.closed:
            raise DatabaseLostError(
                f"{place_of(connection.engine)}: {_without_place(str(error))}; the same statement may be tried again"
            ) from error
        raise SqlError(_without_place(str(error))) from error
    finally:
        _end(raw)
        cursor.close()  # after the transaction: closing it inside would be a statement of its own, without time left


def _end(raw: psycopg.Connection[tuple[Any, ...]]) -> None:
    """End the transaction, which takes a moment that the time of its statement may not have left."""
    import psycopg

    try:
        raw.rollback()
    except psycopg.errors.QueryCanceled:
        raw.rollback()  # the limit was the transaction's own, and went with it
    except psycopg.OperationalError:
        if not raw.closed:
            raise


def _limit_next(raw: psycopg.Connection[tuple[Any, ...]], deadline: Deadline) -> None:
    """Have the server stop the next statement when the time of all of them is up, also where this process is gone by then."""
    left = deadline.left()
    if left is not None:
        milliseconds = max(1, math.ceil(left * 1000))
        raw.execute("SELECT set_config('statement_timeout', %s, true)", (f"{milliseconds}ms",))


def _without_place(message: str) -> str:
    """Return an engine's message without the lines that repeat the statement."""
    lines = [line.strip() for line in message.partition("\nLINE ")[0].splitlines()]
    return " ".join(line for line in lines if line)


def _once(names: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        number, free = 2, name
        while free in found:
            free, number = f"{name}_{number}", number + 1
        found[free] = name
    return tuple(found)
