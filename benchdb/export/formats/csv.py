"""CSV: one row a claim, cell, outcome or item, in the columns that `benchdb ingest` reads.

Text that a spreadsheet would take for a formula gets a leading apostrophe; `benchdb ingest` takes it off again, so that both
ways of writing come back as the same rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_ROWS, ROWS_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from benchdb.export.contract import Rows

_FORMULA = "^'*[=+\\-@\t\r\n＝＋－＠]"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?$"


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
                writer.write_batch(batch if rows.is_exact else harmless(batch))


def harmless(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return rows in which no text is taken for a formula.

    Args:
        batch: Rows; text that starts like a formula, apostrophes before it apart, gets one more apostrophe.
    """
    import pyarrow as pa

    columns = [
        _harmless(column) if pa.types.is_string(column.type) and column.null_count < len(column) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _harmless(column: pa.Array) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = column.dictionary_encode()
    texts = encoded.dictionary
    odd = pc.and_not(pc.match_substring_regex(texts, _FORMULA), pc.match_substring_regex(texts, _NUMBER))
    if not pc.any(odd, min_count=0).as_py():
        return column
    marked = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(odd, marked, texts).take(encoded.indices).cast(pa.string())


EXPORTER = Exporter(
    name="csv",
    suffix=".csv",
    needs=Needs.ROWS,
    keeps=ROWS_KEPT,
    loses=LOST_BY_ROWS,
    write=write,
    importer="table",
)
