"""Arrow: one row a claim, cell, outcome or item, as a file of Arrow's interprocess format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_ROWS, ROWS_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import Rows


def write(rows: Rows, place: Path) -> None:
    """Write rows as an Arrow file, which programs map into memory.

    Args:
        rows: The rows.
        place: File to make.
    """
    import pyarrow as pa

    with place.open("xb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        for batch in rows.batches:
            writer.write_batch(batch)


EXPORTER = Exporter(
    name="arrow",
    suffix=".arrow",
    needs=Needs.ROWS,
    keeps=ROWS_KEPT,
    loses=LOST_BY_ROWS,
    write=write,
)
