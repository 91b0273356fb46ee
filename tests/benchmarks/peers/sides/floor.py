"""The least that an import into our tables has to do: read every file, hash it, parse it, and write rows that are ready.

The rows are those that benchdb's own side has written, taken out of its database before the clock starts. In the timed part the files
are read and hashed, their text is parsed or, where nobody asks for the samples of a log, checked, nothing is made of it, and the rows
go from Arrow into the same tables with the same constraints, in one transaction of plain SQL.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import orjson
import pyarrow.csv
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ZSTANDARD = 93
SKIPPED = frozenset({"samples", "reductions"})
MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
REFERS = """
SELECT table_name, referenced_table FROM duckdb_constraints()
WHERE constraint_type = 'FOREIGN KEY' AND database_name = current_database()
"""


def prepare(template: str, filled: str, database: str, paths: list[str], kind: str) -> Callable[[], int]:
    """Return the action: go through the files, and write all rows that a filled database holds beyond the template.

    Args:
        template: The database that both start from.
        filled: What an import has made of it.
        database: Where the rows go.
        paths: Files and folders.
        kind: What the files are: "json", "csv", or logs of "inspect" or their "headers".
    """
    shutil.copy(template, database)
    rows = new_rows(template, filled)
    parse = {"json": parse_json, "csv": parse_csv, "inspect": parse_log, "headers": parse_header}[kind]

    def action() -> int:
        n_bytes = 0
        for path in files(paths):
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 — the least
                data = file.read()
            hashlib.sha256(data).hexdigest()
            parse(path, data)
            n_bytes += len(data)
        write(database, rows)
        return n_bytes

    return action


def files(paths: list[str]) -> Iterator[str]:
    """Yield every file, those of folders in order of name."""
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 — the least
            with os.scandir(path) as listed:
                yield from files(sorted(entry.path for entry in listed))
        else:
            yield path


def new_rows(template: str, filled: str) -> dict[str, Any]:
    """Return the rows of each table that a filled database holds beyond those of the template, as Arrow, in their order.

    Tables come in an order in which each stands after those that it refers to.
    """
    with duckdb.connect(template, read_only=True) as connection:
        counts = {name: _number(connection, name) for (name,) in _tables(connection)}
    with duckdb.connect(filled, read_only=True) as connection:
        refers: dict[str, set[str]] = {name: set() for name in counts}
        for name, referred in connection.execute(REFERS).fetchall():
            refers[name] |= {referred} - {name}
        rows: dict[str, Any] = {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid OFFSET {n}').to_arrow_table()
            for name, n in counts.items()
        }
    order: list[str] = []
    while len(order) < len(rows):
        order += [name for name in rows if name not in order and refers[name] <= set(order)]
    return {name: rows[name] for name in order if rows[name].num_rows}


def write(database: str, rows: dict[str, Any]) -> None:
    """Write the rows of each table, in one transaction."""
    with duckdb.connect(database) as connection:
        connection.begin()
        for name, table in rows.items():
            connection.register("ready", table)
            connection.execute(f'INSERT INTO "{name}" SELECT * FROM ready')
            connection.unregister("ready")
        connection.commit()


def parse_json(_path: str, data: bytes) -> None:
    """Parse JSON, with bare NaN by Python's own parser."""
    for text in data.splitlines() if _path.endswith(".jsonl") else (data,):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            json.loads(text)


def parse_csv(_path: str, data: bytes) -> None:
    """Parse a CSV."""
    pyarrow.csv.read_csv(io.BytesIO(data))


def parse_log(path: str, data: bytes) -> None:
    """Parse a log of Inspect: all of a JSON document, header and summaries of a zip."""
    if path.endswith(".eval"):
        parse_members(data, ("header.json", "summaries.json"))
    else:
        orjson.loads(data)


def parse_header(path: str, data: bytes) -> None:
    """Parse the header of a log, and check the rest of a JSON document without parsing it."""
    if path.endswith(".eval"):
        parse_members(data, ("header.json",))
        return
    data.decode()
    for name, part in MEMBERS.decode(data).items():
        if name not in SKIPPED:
            orjson.loads(memoryview(part))


def parse_members(data: bytes, names: tuple[str, ...]) -> None:
    """Parse members of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in names:
            info = archive.getinfo(name)
            if info.compress_type != ZSTANDARD:
                orjson.loads(archive.read(info))
                continue
            start = info.header_offset + 26
            sizes = data[start : start + 4]
            start += 4 + int.from_bytes(sizes[:2], "little") + int.from_bytes(sizes[2:], "little")
            packed = data[start : start + info.compress_size]
            orjson.loads(zstandard.ZstdDecompressor().decompress(packed, max_output_size=info.file_size))


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str]]:
    return connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()


def _number(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    ((n,),) = connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()
    return int(n)
