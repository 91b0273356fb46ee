"""JSON Lines: one object a claim, cell, outcome or item, with the fields that `benchdb ingest` reads.

A field without a value is left out of its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_ROWS, ROWS_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from benchdb.export.contract import Rows

_AT_ONCE = 16_384
"""Rows that are Python objects at a time."""


def write(rows: Rows, place: Path) -> None:
    """Write rows as JSON Lines.

    Args:
        rows: The rows.
        place: File to make.
    """
    with place.open("xb") as file:
        for batch in rows.batches:
            for start in range(0, batch.num_rows, _AT_ONCE):
                file.write(_lines(batch.slice(start, _AT_ONCE)))


def _lines(batch: pa.RecordBatch) -> bytes:
    import orjson

    filled = [
        name for name, column in zip(batch.schema.names, batch.columns, strict=True) if column.null_count < len(column)
    ]
    objects = (
        {name: value for name, value in row.items() if value is not None} for row in batch.select(filled).to_pylist()
    )
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    return b"".join(orjson.dumps(each, option=options) for each in objects)


EXPORTER = Exporter(
    name="jsonl",
    suffix=".jsonl",
    needs=Needs.ROWS,
    keeps=ROWS_KEPT,
    loses=LOST_BY_ROWS,
    write=write,
    importer="table",
)
