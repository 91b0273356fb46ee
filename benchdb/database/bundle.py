"""A bundle: every table of a database as a file beside a manifest. What it is called, and how it becomes a database again."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from benchdb.database.bulk import append, arrow_schema
from benchdb.database.revision import HEAD
from benchdb.errors import IngestError, MalformedFileError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Table

MANIFEST = "manifest.json"
"""Name of the manifest."""
MARK = "benchdb_bundle"
"""Key of the manifest that holds the version of the layout."""
BUNDLE_VERSION = 1
"""Version of the layout."""
_SUFFIX = ".benchdb.parquet"
_HEAD_SIZE = 4096
_BATCH_ROWS = 500_000


def tables() -> Sequence[Table]:
    """Return every table, one that others refer to before them."""
    from benchdb.schema import catalog, curation, results
    from benchdb.schema.base import Base

    del catalog, curation, results  # importing them fills the metadata
    return Base.metadata.sorted_tables


def file_of(table: str) -> str:
    """Return the name of a table's file.

    Args:
        table: Name of the table.
    """
    return f"{table}{_SUFFIX}"


def is_part(path: Path) -> bool:
    """Return whether a file holds a table of the bundle whose manifest stands beside it.

    Args:
        path: An existing file.
    """
    return path.name.endswith(_SUFFIX) and is_manifest(path.with_name(MANIFEST))


def is_manifest(path: Path) -> bool:
    """Return whether a file is the manifest of a bundle.

    Args:
        path: Any path.
    """
    if path.name != MANIFEST or not path.is_file():
        return False
    with path.open("rb") as file:
        return f'"{MARK}"'.encode() in file.read(_HEAD_SIZE)


def verify(path: Path) -> Mapping[str, Any]:
    """Return what a manifest states of each table, after checking every file against it.

    Args:
        path: The manifest.

    Raises:
        MalformedFileError: If a file is missing, is not the one that the manifest names, or has other columns.
        IngestError: If the bundle is of another revision.
    """
    stated = _read_manifest(path)
    for table in tables():
        _check(path, table, stated.get(table.name))
    return stated


def is_empty(connection: Connection) -> bool:
    """Return whether a database holds no row.

    Args:
        connection: An open connection.
    """
    from sqlalchemy import literal, select

    return all(connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None for table in tables())


def restore(connection: Connection, path: Path) -> dict[str, int]:
    """Return how many rows each table has after a bundle was put back, in the transaction of the connection.

    Every file is checked against the manifest's hash before a row is written.

    Args:
        connection: A connection inside a transaction, to a database without rows.
        path: The manifest.

    Raises:
        MalformedFileError: If a file is missing, is not the one that the manifest names, or has other columns.
        IngestError: If the bundle is of another revision.
    """
    stated = verify(path)
    return {table.name: _load(connection, table, path, stated[table.name]["n_rows"]) for table in tables()}


def _read_manifest(path: Path) -> Mapping[str, Any]:
    try:
        manifest = json.loads(path.read_bytes())
        version, revision, stated = manifest[MARK], manifest["revision"], manifest["tables"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedFileError.at(str(path), "", "a broken manifest", "one that benchdb export wrote") from error
    if version != BUNDLE_VERSION or revision != HEAD:
        raise IngestError(
            f"{path}: this bundle has layout {version} and revision {revision}; this benchdb reads layout {BUNDLE_VERSION} and revision {HEAD}. "
            "Put it back with the benchdb that wrote it, upgrade that database (benchdb db upgrade) and export it again."
        )
    if not isinstance(stated, dict):
        raise MalformedFileError.at(str(path), "tables", type(stated).__name__, "an object with each table")
    return stated


def _check(path: Path, table: Table, stated: object) -> None:
    """Do nothing if a table's file is the one that the manifest names and has the table's columns.

    Raises:
        MalformedFileError: Otherwise.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = f"tables.{table.name}"
    if not isinstance(stated, dict) or not isinstance(stated.get("n_rows"), int):
        raise MalformedFileError.at(str(path), place, "nothing", "its number of rows and hash")
    file = path.with_name(file_of(table.name))
    if not file.is_file():
        raise MalformedFileError.at(str(path), place, "no file", f"{file.name} beside the manifest")
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != stated.get("sha256"):
        raise MalformedFileError.at(
            str(file),
            "",
            f"sha256 {found}",
            f"{stated.get('sha256')}, as the manifest says: the file was changed or cut",
        )
    try:
        columns = {field.name: field.type for field in pq.read_schema(file)}
    except (pa.ArrowException, OSError) as error:
        raise MalformedFileError.at(str(file), "", str(error), "a Parquet file") from error
    expected = {field.name: field.type for field in arrow_schema(table)}
    if columns != expected:
        raise MalformedFileError.at(str(file), "columns", ", ".join(columns), ", ".join(expected))


def _load(connection: Connection, table: Table, path: Path, n_stated: int) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(table)
    n_rows = 0
    with pq.ParquetFile(path.with_name(file_of(table.name))) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            append(connection, table, pa.Table.from_batches([batch]).select(schema.names))
            n_rows += batch.num_rows
    if n_rows != n_stated:
        raise MalformedFileError.at(
            str(path), f"tables.{table.name}.n_rows", f"{n_stated} rows", f"{n_rows}, as its file holds"
        )
    return n_rows
