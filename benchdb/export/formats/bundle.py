"""Bundle: the whole database as a folder, Parquet for each table and a manifest with hashes, which `benchdb ingest` puts back.

Rows stand in the order of their keys, so that equal databases give equal bytes, on either engine.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from benchdb.database.bundle import BUNDLE_VERSION, MANIFEST, MARK, file_of, tables
from benchdb.database.revision import HEAD
from benchdb.database.stream import schema_of, stream
from benchdb.export.contract import Exporter, Needs
from benchdb.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Select, Table


def write(connection: Connection, place: Path) -> None:
    """Write every table of a database.

    Args:
        connection: An open connection that sees one moment of the database.
        place: Folder to make.
    """
    place.mkdir()
    written = {table.name: _write_table(connection, table, place / file_of(table.name)) for table in tables()}
    manifest = {MARK: BUNDLE_VERSION, "benchdb": __version__, "revision": HEAD, "tables": written}
    (place / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8", newline="\n")


def _write_table(connection: Connection, table: Table, path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    statement = _rows(table)
    n_rows = 0
    with path.open("xb") as file, pq.ParquetWriter(file, schema_of(statement), compression="zstd") as writer:
        for batch in stream(connection, statement):
            writer.write_batch(batch)
            n_rows += batch.num_rows
    with path.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return {"file": path.name, "n_rows": n_rows, "n_bytes": path.stat().st_size, "sha256": sha256}


def _rows(table: Table) -> Select[Any]:
    from sqlalchemy import Text, select

    key = list(table.primary_key.columns) or list(table.columns)
    return select(*table.columns).order_by(
        *[column.collate("C") if isinstance(column.type, Text) else column for column in key]
    )


EXPORTER = Exporter(
    name="bundle",
    suffix="",
    needs=Needs.DATABASE,
    keeps="every row of every table: claims with their history, corrections, aliases, merges, imports, items, outcomes and answers",
    loses="nothing",
    write=write,
    importer="bundle",
)
