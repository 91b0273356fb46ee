"""The tables of another database as one connection sees them: attached on DuckDB, copied into temporary tables on PostgreSQL.

What is read is a DuckDB file or a bundle. It is never written to; a file of an earlier revision is upgraded in a copy.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, MetaData, Table, text
from sqlalchemy.schema import CreateTable

from benchdb.database.bulk import arrow_schema, copy_rows
from benchdb.database.bundle import MANIFEST, file_of, tables
from benchdb.database.check import check
from benchdb.database.connect import engine_path, is_duckdb, open_engine
from benchdb.database.revision import HEAD, current_revision, upgrade
from benchdb.database.stream import batches
from benchdb.errors import ConfigError, DatabaseError, DatabaseRevisionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa
    from sqlalchemy import Connection, Engine

_PREFIX = "benchdb_other_"
_ATTACHED = "benchdb_other"
_BATCH_ROWS = 500_000


@contextmanager
def readable(path: Path, engine: Engine, *, wait_s: float) -> Iterator[Path]:
    """Yield a sound DuckDB file at the newest revision that holds what another file does: itself, or an upgraded copy of it.

    Args:
        path: A DuckDB file of ours.
        engine: The database that it is to be read into.
        wait_s: Seconds to wait for another process that writes to it.

    Raises:
        ConfigError: If the file is the database itself.
        DatabaseError: If there is no such file, or what it holds is not sound.
        DatabaseRevisionError: If it is of a newer revision, or holds no schema of ours.
        NotABenchdbError: If it is no DuckDB file.
    """
    _require_file(path, engine)
    with tempfile.TemporaryDirectory(prefix="benchdb-merge-") as folder:
        source = open_engine(f"duckdb:///{path}", read_only=True, wait_s=wait_s)
        try:
            with source.connect() as reading:
                found = current_revision(reading)
            if found is None or found > HEAD:
                raise DatabaseRevisionError.from_revisions(str(path), found, HEAD)
            if found == HEAD:
                _require_sound(source, path)
                ready = path
            else:
                ready = _copy(path, Path(folder) / "upgraded.duckdb")
        finally:
            source.dispose()
        if ready is not path:
            upgraded = open_engine(f"duckdb:///{ready}")
            try:
                upgrade(upgraded)
                _require_sound(upgraded, path)
            finally:
                upgraded.dispose()
        yield ready


@contextmanager
def other_tables(connection: Connection, place: Path) -> Iterator[Mapping[str, Table]]:
    """Yield every table of another database by its name, as something that statements of this connection can read.

    Args:
        connection: A connection inside a transaction.
        place: A DuckDB file at the newest revision, or the manifest of a bundle whose files were checked.
    """
    seen = {
        table.name: Table(
            f"{_PREFIX}{table.name}", MetaData(), *[Column(column.name, column.type) for column in table.columns]
        )
        for table in tables()
    }
    made = "VIEW" if is_duckdb(connection) else "TABLE"
    is_bundle = place.name == MANIFEST
    if not is_duckdb(connection):
        for name, table in seen.items():
            _copy_table(connection, place, Table(name, MetaData(), *[column._copy() for column in table.columns]))
    else:
        if not is_bundle:
            connection.execute(text(f"ATTACH {_quoted(place)} AS {_ATTACHED} (READ_ONLY)"))
        for name, table in seen.items():
            there = (
                f"read_parquet({_quoted(place.with_name(file_of(name)))})" if is_bundle else f"{_ATTACHED}.main.{name}"
            )
            columns = ", ".join(table.columns.keys())
            connection.execute(text(f"CREATE TEMPORARY VIEW {table.name} AS SELECT {columns} FROM {there}"))  # noqa: S608 — names are ours, the path is quoted
    yield seen
    for table in seen.values():
        connection.execute(text(f"DROP {made} {table.name}"))
    if is_duckdb(connection) and not is_bundle:
        connection.execute(text(f"DETACH {_ATTACHED}"))


def _copy_table(connection: Connection, place: Path, table: Table) -> None:
    """Fill a temporary table of PostgreSQL with another database's rows, piece by piece."""
    name = f"{_PREFIX}{table.name}"
    columns = [Column(column.name, column.type) for column in table.columns]
    connection.execute(CreateTable(Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])))
    for rows in _of_bundle(place, table) if place.name == MANIFEST else _of_file(place, table):
        copy_rows(connection, name, rows)
    connection.execute(text(f"ANALYZE {name}"))


def _of_bundle(place: Path, table: Table) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = arrow_schema(table).names
    with pq.ParquetFile(place.with_name(file_of(table.name))) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            yield pa.Table.from_batches([batch]).select(names)


def _of_file(place: Path, table: Table) -> Iterator[pa.Table]:
    engine = open_engine(f"duckdb:///{place}", read_only=True)
    try:
        with engine.connect() as reading:
            yield from batches(reading, table)
    finally:
        engine.dispose()


def _require_file(path: Path, engine: Engine) -> None:
    if str(path).startswith("postgres"):
        raise ConfigError(
            "what is merged is a DuckDB file; copy the server's database into one first: benchdb db backup FILE --db URL"
        )
    if not path.is_file():
        raise DatabaseError(f"{path}: there is no such file to merge")
    own = engine_path(engine)
    if own is not None and own.exists() and own.samefile(path):
        raise ConfigError(f"{path}: this is the database itself. Name another one to merge into it.")


def _require_sound(engine: Engine, path: Path) -> None:
    with engine.connect() as reading:
        findings = check(reading)
    if findings:
        raise DatabaseError(
            f"{path}: this database is not sound ({findings[0].table}: {findings[0].rule}), so it is not merged. "
            "See all that is wrong with it: benchdb db check --db FILE"
        )


def _copy(path: Path, to: Path) -> Path:
    """Copy a file that is open for reading, with what stands in its log; reading by another way would drop the lock on it."""
    shutil.copyfile(path, to)
    log = Path(f"{path}.wal")
    if log.is_file():
        shutil.copyfile(log, f"{to}.wal")
    return to


def _quoted(path: Path) -> str:
    """Return a path as a text of SQL; a colon would be taken for a parameter."""
    return "'" + str(path.absolute()).replace("'", "''").replace(":", "\\:") + "'"
