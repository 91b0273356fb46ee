"""Whole copies of a database: backup, restore and compaction are one thing, an empty database filled and compared row for row.

Rows travel as Arrow batches in one reading transaction, so the copy is of one moment and memory stays flat; a copy is written
under another name, closed, opened again and compared with its source before it gets the name that was asked for.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from benchdb.config import database_path, database_url
from benchdb.database.bulk import append
from benchdb.database.check import check
from benchdb.database.connect import engine_path, is_duckdb, open_engine
from benchdb.database.revision import place_of, require_head, upgrade
from benchdb.database.staging import put_in_place, remove_leftovers, staged_file
from benchdb.database.stream import batches
from benchdb.database.trouble import faults_named
from benchdb.errors import ConfigError, DatabaseError
from benchdb.schema import catalog, curation, results
from benchdb.schema.base import Base

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

MODULES = (catalog, curation, results)
"""Importing them fills the metadata."""
_HASH = "SELECT count(*), sum(CAST(hash(piece) AS HUGEINT)) FROM piece"
_OBJECTS = """
SELECT 'table ' || schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()
UNION SELECT 'view ' || schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()
UNION SELECT 'function ' || schema_name || '.' || function_name FROM duckdb_functions()
      WHERE NOT internal AND database_name = current_database()
UNION SELECT 'sequence ' || schema_name || '.' || sequence_name FROM duckdb_sequences() WHERE database_name = current_database()
UNION SELECT 'type ' || schema_name || '.' || type_name FROM duckdb_types() WHERE NOT internal AND database_name = current_database()
"""
_RELATIONS = """
SELECT CASE table_type WHEN 'VIEW' THEN 'view main.' ELSE 'table main.' END || table_name FROM information_schema.tables
WHERE table_schema = current_schema()
"""
_Digest = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReport:
    """What was copied and proved equal."""

    source: str
    """The database that was read."""
    target: str
    """Where the copy is."""
    n_rows: int
    """Rows of all tables, equal in both by number and content."""
    n_bytes_before: int | None
    """Size of the source's file; None where it is not a file."""
    n_bytes: int | None
    """Size of the copy's file; None where it is not a file."""
    broken: tuple[str, ...] = field(default=())
    """Rules that rows of the copy break, and of the source, as `benchdb db check` names them."""
    left_out: tuple[str, ...] = field(default=())
    """Tables, views and functions of somebody else's in the same place, which are not copied."""


def backup(
    engine: Engine, to: Path, *, is_replacing: bool = False, progress: Callable[[str], object] | None = None
) -> CopyReport:
    """Return what was copied from a database into a DuckDB file of its own.

    Args:
        engine: A database at the newest revision; it is only read.
        to: The file.
        is_replacing: Whether a file that is there is replaced, once the copy is proved.
        progress: Called with the name of each table that is done.

    Raises:
        ConfigError: If the file is there and not to be replaced, or is the database itself.
        DatabaseError: If the folder cannot be written to, or the copy differs from its source.
        DatabaseRevisionError: If the database is not at the newest revision.
    """
    own = engine_path(engine)
    if own is not None and to.exists() and own.samefile(to):
        raise ConfigError(f"{to}: this is the database itself. Name another file for the copy.")
    if to.exists() and not is_replacing:
        raise ConfigError(f"{to}: there is a file already. Name another one, or replace it: --force")
    with faults_named(str(to)):
        return _copy_to_file(engine, to, progress, is_replacing=is_replacing)


def restore(
    copy: Path, url: str, *, wait_s: float = 10.0, progress: Callable[[str], object] | None = None
) -> CopyReport:
    """Return what was copied from a backup into an empty place.

    Args:
        copy: A file from `backup`, or any DuckDB database of ours; it is only read.
        url: Where to: a DuckDB file that does not exist, or a PostgreSQL database without rows.
        wait_s: Seconds to wait for another process that holds a file.
        progress: Called with the name of each table that is done.

    Raises:
        ConfigError: If there is something in that place.
        DatabaseError: If the backup cannot be read, or the copy differs from it.
        DatabaseRevisionError: If the backup is not at the newest revision.
    """
    if not copy.exists():
        raise DatabaseError(f"{copy}: there is no such file to restore from")
    path = database_path(url)
    if path is not None and path.exists():
        remove_leftovers(path)
        raise ConfigError(f"{path}: there is a database already; a backup is restored into an empty place only")
    source = open_engine(database_url(copy), read_only=True, wait_s=wait_s)
    try:
        if path is not None:
            with faults_named(str(path)):
                return _copy_to_file(source, path, progress, is_replacing=False)
        target = open_engine(url, wait_s=wait_s)
        try:
            with faults_named(place_of(target)):
                return _copy_to_server(source, target, progress)
        finally:
            target.dispose()
    finally:
        source.dispose()


def compact(path: Path, *, wait_s: float = 10.0, progress: Callable[[str], object] | None = None) -> CopyReport:
    """Return what was written anew: the same rows in a new file that takes the old one's place in one step.

    Processes that read the old file go on reading it undisturbed; one that writes is waited for, and none can begin before
    the new file is in place. The old file is kept until the new one is proved equal.

    Args:
        path: A DuckDB file at the newest revision.
        wait_s: Seconds to wait for another process that writes.
        progress: Called with the name of each table that is done.

    Raises:
        DatabaseBusyError: If another process keeps writing.
        DatabaseError: If the folder cannot be written to, or the copy differs from its source.
        DatabaseRevisionError: If the database is not at the newest revision.
    """
    path = path.resolve()
    if Path(f"{path}.wal").exists():
        # Closing a writer moves what a crash left in the log into the file; the swap below must not leave a log behind.
        open_engine(database_url(path), wait_s=wait_s).dispose()
    source = open_engine(database_url(path), read_only=True, wait_s=wait_s)
    try:
        with faults_named(str(path)):
            return _copy_to_file(source, path, progress, is_whole=True)
    finally:
        source.dispose()


def _copy_to_file(
    source: Engine,
    to: Path,
    progress: Callable[[str], object] | None,
    *,
    is_whole: bool = False,
    is_replacing: bool = True,
) -> CopyReport:
    """Write a copy beside its place, prove it, and move it there; the source stays open, so that nobody writes to it meanwhile."""
    if not to.parent.is_dir():
        raise DatabaseError(f"{to}: there is no folder {to.parent}. Make it, or name another place.")
    before = engine_path(source)
    n_bytes_before = None if before is None else before.stat().st_size
    with staged_file(to) as new, source.connect() as reading:
        _begin_reading(reading)
        _write_file(reading, new, progress)
        n_rows, broken, left_out = _prove(reading, new)
        if is_whole and left_out:
            raise ConfigError(
                f"{to}: things that are not benchdb's stand in this file and would be lost: {', '.join(left_out)}. "
                "Move them to a file of their own; nothing was changed."
            )
        if before is not None:
            shutil.copymode(before, new)
        put_in_place(new, to, is_replacing=is_replacing)
    return CopyReport(
        source=place_of(source),
        target=str(to),
        n_rows=n_rows,
        n_bytes_before=n_bytes_before,
        n_bytes=to.stat().st_size,
        broken=broken,
        left_out=left_out,
    )


def _write_file(reading: Connection, new: Path, progress: Callable[[str], object] | None) -> None:
    target = open_engine(database_url(new))
    try:
        upgrade(target)
        with target.begin() as writing:
            _fill(reading, writing, progress)
    finally:
        target.dispose()


def _prove(reading: Connection, new: Path) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Return the rows of a copy that was opened again, the rules they break, and what it lacks, after comparing it with its source."""
    copied = open_engine(database_url(new), read_only=True)
    try:
        with copied.connect() as again:
            n_rows = _compare(reading, again)
            broken = tuple(f"{finding.table}: {finding.rule}" for finding in check(again))
            return n_rows, broken, tuple(sorted(_objects(reading) - _objects(again)))
    finally:
        copied.dispose()


def _copy_to_server(source: Engine, target: Engine, progress: Callable[[str], object] | None) -> CopyReport:
    upgrade(target)
    with source.connect() as reading, target.connect() as writing:
        _begin_reading(reading)
        for table in Base.metadata.sorted_tables:
            if writing.execute(select(func.count()).select_from(table)).scalar_one():
                raise ConfigError(
                    f"{place_of(target)}: there are rows in {table.name} already; a backup is restored into an empty place only"
                )
        _fill(reading, writing, progress)
        n_rows = _compare(reading, writing)
        broken = tuple(f"{finding.table}: {finding.rule}" for finding in check(writing))
        writing.commit()
    path = engine_path(source)
    n_bytes = None if path is None else path.stat().st_size
    return CopyReport(
        source=place_of(source),
        target=place_of(target),
        n_rows=n_rows,
        n_bytes_before=n_bytes,
        n_bytes=None,
        broken=broken,
    )


def _begin_reading(connection: Connection) -> None:
    """Begin a transaction that sees one moment of the database whatever others write."""
    require_head(connection)
    connection.rollback()
    if not is_duckdb(connection):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def _fill(reading: Connection, writing: Connection, progress: Callable[[str], object] | None) -> None:
    for table in Base.metadata.sorted_tables:
        for rows in batches(reading, table):
            append(writing, table, rows)
        if progress is not None:
            progress(table.name)


def _compare(reading: Connection, again: Connection) -> int:
    """Return the number of rows of two databases that hold the same.

    Raises:
        DatabaseError: If they do not.
    """
    expected, found = _digest(reading), _digest(again)
    differing = sorted(name for name in expected if expected[name] != found[name])
    if differing:
        raise DatabaseError(
            f"{place_of(reading.engine)}: the copy differs in {', '.join(differing)}; it was thrown away. Is the disk sound?"
        )
    return sum(n_rows for n_rows, _hashes in found.values())


def _digest(connection: Connection) -> _Digest:
    """Return the number of rows of each table and the sum of the rows' hashes, which no order of rows changes."""
    import duckdb

    found: _Digest = {}
    with duckdb.connect(config={"threads": 1}) as hashing:
        for table in Base.metadata.sorted_tables:
            n_rows = total = 0
            for rows in batches(connection, table):
                hashing.register("piece", rows)
                ((n_more, more),) = hashing.execute(_HASH).fetchall()
                hashing.unregister("piece")
                n_rows, total = n_rows + int(n_more), total + int(more)
            found[table.name] = (n_rows, total)
    return found


def _objects(connection: Connection) -> set[str]:
    """Return everything in a DuckDB file that has a name, or the tables and views of a PostgreSQL schema."""
    return set(connection.execute(text(_OBJECTS if is_duckdb(connection) else _RELATIONS)).scalars())
