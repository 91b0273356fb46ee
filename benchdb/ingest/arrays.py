"""Values of a file as Arrow columns, with one message for what a column of a table cannot hold."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchdb.errors import IngestError, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WHOLE = {pa.int32(): 31, pa.int64(): 63}


@contextmanager
def system_memory() -> Iterator[None]:
    """Let Arrow take its memory from the system's allocator inside the block.

    Its own gives every freed page back after some milliseconds and takes it anew for the next batch, and keeps what lies between.
    """
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def to_array(values: Sequence[Any], kind: pa.DataType, name: str) -> pa.Array:
    """Return values as a column.

    Args:
        values: Python values; None is null.
        kind: Type of the column.
        name: What the values are, for the message.

    Raises:
        IngestError: If a value is none that the column can hold.
    """
    try:
        return pa.array(values, type=kind)
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError) as error:
        worst = next((value for value in values if not _fits(value, kind)), None)
        found = str(error) if worst is None else _spell(worst)
        raise IngestError(f"{name}: expected {_expected(kind)}, found {found}") from error


def check_text(table: pa.Table, name: str) -> None:
    """Do nothing if a database can hold the texts of rows: PostgreSQL keeps no NUL in a text, so that no database here does.

    Args:
        table: Rows of a table of the schema.
        name: The table, for the message.

    Raises:
        IngestError: If a text has one.
    """
    for field, column in zip(table.schema, table.columns, strict=True):
        if not pa.types.is_string(field.type) or not any(map(_may_have_nul, column.chunks)):
            continue
        odd = column.filter(pc.match_substring(column, "\0"))
        if len(odd):
            raise IngestError(
                f"{name}.{field.name}: expected text that every database can hold, found a NUL character in "
                f'"{shorten(odd[0].as_py())}"; take it out of the file'
            )


def _may_have_nul(texts: pa.Array) -> bool:
    """Return False where no byte of an array of texts is zero; True may be due to bytes that are not used."""
    data = texts.buffers()[2]
    return data is not None and not np.frombuffer(data, np.uint8).all()


def _fits(value: Any, kind: pa.DataType) -> bool:
    try:
        pa.array([value], type=kind)
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError):
        return False
    return True


def _spell(value: Any) -> str:
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if isinstance(value, int) and abs(value) > 10**30:
        return f"a number of about {math.log10(abs(value)):,.0f} digits"
    return shorten(str(value))


def _expected(kind: pa.DataType) -> str:
    if kind in _WHOLE:
        most = 2 ** _WHOLE[kind]
        return f"a whole number from {-most} to {most - 1}"
    if pa.types.is_string(kind):
        return "text that UTF-8 can hold (no half of a surrogate pair)"
    return {"date32[day]": "a day from year 1 to 9999", "double": "a number"}.get(str(kind), str(kind))
