"""CSV: one row a claim, cell, outcome or item, in the columns that `benchdb ingest` reads.

Text that a spreadsheet would take for a formula gets a leading apostrophe; `benchdb ingest` takes it off again, so that both
ways of writing come back as the same rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_ROWS, ROWS_KEPT
from benchdb.rows.safe import spreadsheet_batch

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import Rows


def write(rows: Rows, place: Path) -> None:
    """Write rows as CSV with a header.

    Args:
        rows: The rows.
        place: File to make.
    """
    from pyarrow import csv

    with place.open("xb") as file:
        file.write((",".join(rows.schema.names) + "\n").encode())
        options = csv.WriteOptions(include_header=False, quoting_style="needed")
        with csv.CSVWriter(file, rows.schema, write_options=options) as writer:
            for batch in rows.batches:
                writer.write_batch(batch if rows.is_exact else spreadsheet_batch(batch))


EXPORTER = Exporter(
    name="csv",
    suffix=".csv",
    needs=Needs.ROWS,
    keeps=ROWS_KEPT,
    loses=LOST_BY_ROWS,
    write=write,
    importer="table",
)
