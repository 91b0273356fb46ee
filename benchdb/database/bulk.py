"""Whole Arrow tables in and sets of keys out: registered views on DuckDB, COPY into temporary tables on PostgreSQL.

The one module, with `connect`, that knows how the engines differ in loading. Nothing here loops over rows.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Integer, MetaData, Table, Text, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable

from benchdb.database.connect import is_duckdb
from benchdb.errors import DatabaseError, DatabaseLostError, IngestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from sqlalchemy import ColumnElement, Connection

    from benchdb.schema.keys import IntColumn

_STAGE = "benchdb_stage"
_JOINED = "benchdb_joined"
_MANY = 1_000
"""Rows from which on PostgreSQL takes them straight into their table; of fewer, a savepoint costs as much as it saves."""
_UNIQUE_VIOLATION = "23505"


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema that holds rows of a table.

    Args:
        table: A table of `benchdb.schema`.
    """
    import pyarrow as pa

    return pa.schema(
        [pa.field(column.name, arrow_type(column), nullable=bool(column.nullable)) for column in table.columns]
    )


def append(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append rows to a table, in the transaction of the connection.

    On PostgreSQL a row whose key another session has just added is left out.

    Args:
        connection: A connection inside a transaction.
        table: The table.
        rows: Columns of `arrow_schema(table)`, in that order.
    """
    if not rows.num_rows:
        return
    if not is_duckdb(connection) and rows.num_rows >= _MANY and _copied(connection, table, rows):
        return
    names = ", ".join(rows.column_names)
    with staged(connection, table, rows) as stage:
        tail = "" if is_duckdb(connection) else " ON CONFLICT DO NOTHING"
        statement = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {stage}{tail}"  # noqa: S608 — names are ours
        _run(connection, statement)


def present(connection: Connection, key: Column[Any], keys: IntColumn) -> IntColumn:
    """Return those of the given keys that a table already holds, in no order.

    Args:
        connection: Any connection.
        key: The key column.
        keys: int64 array of shape (n,).

    Returns:
        int64 array of shape (m,), m ≤ n.
    """
    import numpy as np
    import pyarrow as pa

    if not len(keys):
        return keys
    if len(keys) <= 500:
        found = connection.execute(select(key).where(key.in_(keys.tolist()))).scalars().all()
        return np.array(found, dtype=np.int64)
    wanted = Table(_STAGE, MetaData(), Column("wanted", BigInteger, nullable=False))
    with staged(connection, wanted, pa.table({"wanted": keys})) as stage:
        statement = f"SELECT wanted FROM {stage} WHERE EXISTS (SELECT 1 FROM {key.table} t WHERE t.{key.name} = wanted)"  # noqa: S608 — names are ours
        return _integers(connection, statement)


class _Lent:
    """An Arrow table that DuckDB reads and that is given up afterwards.

    A transaction of DuckDB keeps what was registered in it until its end, unregistered or not: the table itself would stay in
    memory for as long.
    """

    def __init__(self, rows: pa.Table) -> None:
        self._rows: pa.Table | None = rows
        self.schema = rows.schema

    def take_back(self) -> None:
        """Let go of the table; nothing reads it any more."""
        self._rows = None

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow C stream, anew at every call."""
        if self._rows is None:
            message = "these rows are in the database already"
            raise RuntimeError(message)
        return self._rows.__arrow_c_stream__(requested_schema)


@contextmanager
def staged(connection: Connection, table: Table, rows: pa.Table, *, is_joined: bool = False) -> Iterator[str]:
    """Yield the name under which statements of this connection see an Arrow table.

    Args:
        connection: A connection inside a transaction.
        table: A table whose columns have the types of the rows'.
        rows: The rows; their columns are found in `table` by name.
        is_joined: Whether they are joined with a table that may be large: DuckDB, which knows no number of rows of an Arrow
            table, would build its hash table of the large one.
    """
    if is_duckdb(connection):
        raw = _duckdb(connection)
        lent = _Lent(rows)
        raw.register(_STAGE, lent)
        try:
            if is_joined:
                raw.execute(f"CREATE TEMP TABLE {_JOINED} AS SELECT * FROM {_STAGE}").fetchall()  # noqa: S608 — names are ours
            yield _JOINED if is_joined else _STAGE
            if is_joined:
                raw.execute(f"DROP TABLE {_JOINED}").fetchall()
        finally:
            raw.unregister(_STAGE)
            lent.take_back()
        return
    columns: list[Column[Any]] = [Column(name, table.columns[name].type) for name in rows.column_names]
    connection.execute(CreateTable(Table(_STAGE, MetaData(), *columns, prefixes=["TEMPORARY"])))
    copy_rows(connection, _STAGE, rows)
    yield _STAGE
    connection.execute(text(f"DROP TABLE {_STAGE}"))


@contextmanager
def rows_refused() -> Iterator[None]:
    """Turn the engine's refusal of rows, by a constraint or a type, into an `IngestError`.

    Raises:
        IngestError: If the engine refuses rows inside the block; the caller's transaction is rolled back.
        DatabaseError: If it cannot write at all, as on a full disk.
        DatabaseLostError: If the connection was lost, or another transaction was in the way.
    """
    import duckdb
    import pyarrow as pa

    from benchdb.database.trouble import is_of_the_machine, is_passing

    try:
        yield
    except (DBAPIError, duckdb.Error, pa.ArrowException, OverflowError) as error:
        first: BaseException = error
        while first.__context__ is not None:  # DuckDB complains again when it is asked anything after the first refusal
            first = first.__context__
        reason = str(first.orig if isinstance(first, DBAPIError) else first).strip().partition("\n")[0]
        if is_passing(error):
            raise DatabaseLostError(f"the database did not finish what it was asked: {reason}") from error
        if is_of_the_machine(error):
            raise DatabaseError(f"the database cannot be written: {reason}") from error
        raise IngestError(f"the database refuses a row: {reason}") from error


def copy_rows(connection: Connection, name: str, rows: pa.Table) -> None:
    """Append rows to a table of PostgreSQL as they are, without a look at what it holds.

    Args:
        connection: A connection to PostgreSQL, inside a transaction.
        name: The table, one of ours.
        rows: Columns of it, by name.

    Raises:
        DBAPIError: If the server refuses them or the connection is lost.
    """
    import pyarrow.csv

    buffer = io.BytesIO()
    pyarrow.csv.write_csv(rows, buffer, pyarrow.csv.WriteOptions(include_header=False))
    statement = f"COPY {name} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)"
    cursor: Any = connection.connection.cursor()
    try:
        with cursor, cursor.copy(statement) as copy:
            copy.write(buffer.getbuffer())
    except connection.dialect.loaded_dbapi.Error as error:
        is_lost = bool(connection.connection.driver_connection.closed)  # type: ignore[union-attr]  # psycopg's own attribute
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError(statement, None, error, connection_invalidated=is_lost) from error


def _copied(connection: Connection, table: Table, rows: pa.Table) -> bool:
    """Return whether PostgreSQL took rows straight into their table; where one of their keys is there, it takes none.

    A temporary table and the look at every key on the way from it cost more than twice as much.
    """
    before = connection.begin_nested()
    try:
        copy_rows(connection, table.name, rows)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _UNIQUE_VIOLATION:
            raise
        before.rollback()
        return False
    before.commit()
    return True


def _duckdb(connection: Connection) -> Any:
    """Return the DuckDB connection below, with nothing left to fetch, which DuckDB 2 demands before other calls."""
    raw: Any = connection.connection.driver_connection
    raw.execute("SELECT 1").fetchall()
    return raw


def _run(connection: Connection, statement: str) -> None:
    if is_duckdb(connection):
        raw: Any = connection.connection.driver_connection
        raw.execute(statement).fetchall()
    else:
        connection.execute(text(statement))


def _integers(connection: Connection, statement: str) -> IntColumn:
    import numpy as np

    if is_duckdb(connection):
        raw: Any = connection.connection.driver_connection
        column: IntColumn = next(iter(raw.execute(statement).fetchnumpy().values()))
        return np.asarray(column, dtype=np.int64)
    return np.array(connection.execute(text(statement)).scalars().all(), dtype=np.int64)


def arrow_type(column: ColumnElement[Any]) -> pa.DataType:  # noqa: PLR0911 — one line a type
    """Return the Arrow type that holds the values of a column.

    Args:
        column: A column of a table or statement.

    Raises:
        TypeError: If its type is none of ours.
    """
    import pyarrow as pa

    match column.type:
        case BigInteger():
            return pa.int64()
        case Integer():
            return pa.int32()
        case Double():
            return pa.float64()
        case Boolean():
            return pa.bool_()
        case Date():
            return pa.date32()
        case DateTime():
            return pa.timestamp("us", tz="UTC")
        case Text():
            return pa.string()
        case other:
            message = f"{column}: no Arrow type is known for {other!r}"
            raise TypeError(message)
