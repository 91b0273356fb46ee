"""Parquet: one row a claim, cell, outcome or item, in the columns that `benchdb ingest` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_ROWS, ROWS_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import Rows


def write(rows: Rows, place: Path) -> None:
    """Write rows as Parquet, one row group a batch.

    Args:
        rows: The rows.
        place: File to make.
    """
    import pyarrow.parquet as pq

    with place.open("xb") as file, pq.ParquetWriter(file, rows.schema, compression="zstd") as writer:
        for batch in rows.batches:
            writer.write_batch(batch)


EXPORTER = Exporter(
    name="parquet",
    suffix=".parquet",
    needs=Needs.ROWS,
    keeps=ROWS_KEPT,
    loses=LOST_BY_ROWS,
    write=write,
    importer="table",
)
