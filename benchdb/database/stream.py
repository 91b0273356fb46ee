"""Rows of a statement as Arrow batches, on either engine, without holding them all in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.database.bulk import arrow_schema, arrow_type
from benchdb.database.connect import is_duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from sqlalchemy import Connection, Select, Table

BATCH_ROWS = 65_536
"""Rows of one batch."""


def schema_of(statement: Select[Any]) -> pa.Schema:
    """Return the Arrow schema of a statement's rows.

    Args:
        statement: A statement whose columns have types.
    """
    import pyarrow as pa

    return pa.schema([pa.field(column.name, arrow_type(column)) for column in statement.selected_columns])


def stream(connection: Connection, statement: Select[Any], *, is_even: bool = True) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a statement, `BATCH_ROWS` at a time; the same rows give the same batches.

    Args:
        connection: An open connection; nothing else may run on it until the last batch is taken.
        statement: A statement whose columns have types.
        is_even: Whether all batches but the last are to have `BATCH_ROWS`, which costs a copy; else they are as they come.
    """
    schema = schema_of(statement)
    found = (
        _of_duckdb(connection, statement) if is_duckdb(connection) else _of_postgresql(connection, statement, schema)
    )
    yield from _even(found, schema) if is_even else (batch.cast(schema) for batch in found if batch.num_rows)


def rows_of(connection: Connection, statement: Select[Any]) -> pa.Table:
    """Return the rows of a statement as one Arrow table, for those that are known to fit into memory.

    Args:
        connection: An open connection.
        statement: A statement whose columns have types.
    """
    import pyarrow as pa

    return pa.Table.from_batches(stream(connection, statement), schema_of(statement))


def batches(connection: Connection, table: Table) -> Iterator[pa.Table]:
    """Yield the rows of a table in pieces, as the columns and types of `arrow_schema`.

    Args:
        connection: An open connection; nothing else may run on it until the last piece is taken.
        table: A table of `benchdb.schema`.
    """
    import pyarrow as pa

    schema = arrow_schema(table)
    for batch in stream(connection, select(*[table.c[name] for name in schema.names])):
        yield pa.Table.from_batches([batch]).cast(schema)


def _even(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of one size, whatever sizes the engine gives."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    n_waiting = 0
    for batch in batches:
        if batch.num_rows:
            waiting.append(batch.cast(schema))
            n_waiting += batch.num_rows
        if n_waiting < BATCH_ROWS:
            continue
        rows = pa.Table.from_batches(waiting, schema).combine_chunks()
        n_full = n_waiting - n_waiting % BATCH_ROWS
        yield from rows.slice(0, n_full).to_batches(BATCH_ROWS)
        rest = rows.slice(n_full)
        waiting, n_waiting = rest.to_batches(), rest.num_rows
    if waiting:
        yield from pa.Table.from_batches(waiting, schema).combine_chunks().to_batches(BATCH_ROWS)


def _of_duckdb(connection: Connection, statement: Select[Any]) -> Iterator[pa.RecordBatch]:
    compiled = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    raw: Any = connection.connection.driver_connection
    raw.execute("SELECT 1").fetchall()  # what an earlier statement left unfetched would stand in the way
    reader = raw.sql(str(compiled)).to_arrow_reader(BATCH_ROWS)
    try:
        yield from reader
    finally:
        reader.close()


def _of_postgresql(connection: Connection, statement: Select[Any], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    # For this statement alone: what comes after it on the connection need not be something that a cursor can read.
    streaming = {"stream_results": True, "max_row_buffer": BATCH_ROWS}
    with connection.execute(statement, execution_options=streaming) as result:
        for rows in result.partitions(BATCH_ROWS):
            columns = zip(*rows, strict=True)
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
