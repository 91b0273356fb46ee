"""A column of printed numbers as value, decimals, unit, error and approximation, each for the whole column at once.

Plain numbers and percentages take the vectorised way; whatever else a batch holds is parsed once per distinct text.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from benchdb.ingest.cells import LONGEST_PRINTED, MISSING_MARKS, BadCell, parse_cell
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from benchdb.ingest.tables.columns import Spot

_MISSING = pa.array(sorted(MISSING_MARKS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueColumns:
    """What a column of printed numbers says; each array has one entry per row, None says nothing for any row."""

    value: pa.Array
    """Double-precision numbers; null where the number is missing or not finite."""
    decimals: pa.Array | None = None
    """Decimals as printed (int32)."""
    unit: pa.Array | None = None
    """Unit that the cell itself states (string)."""
    stderr: pa.Array | None = None
    """Error beside the value (double precision)."""
    is_approximate: pa.Array | None = None
    """Whether the cell says so (bool)."""

    def filter(self, mask: pa.Array) -> ValueColumns:
        """Return the same for the rows that a mask keeps.

        Args:
            mask: True where a row is kept.
        """
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        return ValueColumns(**{name: None if column is None else column.filter(mask) for name, column in held.items()})


def read_values(column: pa.Array, spot: Spot) -> ValueColumns:
    """Return what a column of numbers says.

    Args:
        column: Numbers, decimal numbers, or text.
        spot: Where it stands.

    Raises:
        MalformedFileError: If an entry is neither a number nor marked as missing.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_null(kind):
        return ValueColumns(value=pa.nulls(len(column), pa.float64()))
    if pa.types.is_decimal(kind):
        decimals = pa.repeat(pa.scalar(kind.scale, pa.int32()), len(column))
        return ValueColumns(value=column.cast(pa.float64()), decimals=decimals)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        # As a text would be read: the number nearest to a whole one beyond 2⁵³.
        return ValueColumns(value=_finite(column.cast(pa.float64(), safe=False)))
    return _read_text(column.cast(pa.string()), spot)


def _read_text(text: pa.Array, spot: Spot) -> ValueColumns:
    try:
        return ValueColumns(value=_finite(text.cast(pa.float64())), decimals=_decimals(text))
    except pa.ArrowInvalid:
        pass
    bare = pc.utf8_trim_whitespace(text)
    is_mark = pc.is_in(pc.utf8_lower(bare), value_set=_MISSING)
    bare = pc.if_else(is_mark, pa.scalar(None, pa.string()), bare)
    is_percent = pc.ends_with(bare, "%")
    number = pc.utf8_rtrim(bare, " %") if pc.any(is_percent).as_py() else bare
    try:
        value = _finite(number.cast(pa.float64()))
    except pa.ArrowInvalid:
        return _read_each_once(bare, spot)
    percent = pa.scalar(str(ScoreUnit.PERCENT), pa.string())
    unit = pc.if_else(is_percent, percent, pa.scalar(None, pa.string())) if pc.any(is_percent).as_py() else None
    return ValueColumns(value=value, decimals=_decimals(number), unit=unit)


def _read_each_once(text: pa.Array, spot: Spot) -> ValueColumns:
    encoded = text.dictionary_encode()
    parsed = [parse_cell(each) for each in encoded.dictionary.to_pylist()]
    for position, cell in enumerate(parsed):
        if isinstance(cell, BadCell):
            index = pc.index(encoded.indices, value=pa.scalar(position, encoded.indices.type)).as_py()
            raise spot.error(index, text[index].as_py(), cell.expected)
    cells = [None if isinstance(cell, BadCell) else cell for cell in parsed]

    def spread(name: str, kind: pa.DataType) -> pa.Array | None:
        found = pa.array([None if cell is None else getattr(cell, name) for cell in cells], kind)
        return None if found.null_count == len(found) else pc.take(found, encoded.indices)

    value = spread("value", pa.float64())
    return ValueColumns(
        value=pa.nulls(len(text), pa.float64()) if value is None else value,
        decimals=spread("decimals", pa.int32()),
        unit=spread("unit", pa.string()),
        stderr=spread("stderr", pa.float64()),
        is_approximate=spread("is_approximate", pa.bool_()),
    )


def _finite(value: pa.Array) -> pa.Array:
    is_finite = pc.is_finite(value)
    if pc.all(is_finite, min_count=0).as_py():
        return value
    return pc.if_else(is_finite, value, pa.scalar(None, pa.float64()))


def _decimals(number: pa.Array) -> pa.Array:
    dot = pc.find_substring(number, ".")
    after = pc.subtract(pc.subtract(pc.binary_length(number), dot), pa.scalar(1, pa.int32()))
    decimals = pc.if_else(pc.less(dot, 0), pa.scalar(0, pa.int32()), after)
    is_printed = pc.less_equal(decimals, LONGEST_PRINTED)
    has_exponent = pc.match_substring(number, "e", ignore_case=True)
    if pc.any(has_exponent).as_py():
        is_printed = pc.and_(is_printed, pc.invert(has_exponent))
    return pc.if_else(is_printed, decimals, pa.scalar(None, pa.int32()))
