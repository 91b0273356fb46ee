"""What a statement of SQL returns: whatever columns it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from typing_extensions import override

from benchdb.api import display
from benchdb.api.result import Result

if TYPE_CHECKING:
    import pyarrow as pa

    from benchdb.database.statement import Answer


@dataclass(frozen=True, slots=True)
class AnyRow:
    """Stands for rows whose columns the statement names."""


class SqlResult(Result[tuple[Any, ...]]):
    """Rows of a statement of SQL; each is a tuple in the order of `columns`."""

    def __init__(self, answer: Answer) -> None:
        notes = (f"The first {len(answer.rows):,} rows; --limit shows more.",) if answer.is_cut else ()
        super().__init__(tuple(tuple(map(_plain, row)) for row in answer.rows), AnyRow, title="SQL", notes=notes)
        self.answer = answer

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.answer.columns

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a row, every value as the database gives it."""
        return list(self.columns), [[display.text(value) for value in row] for row in self.rows]

    @override
    def records(self) -> list[dict[str, Any]]:
        """Return each row as a dictionary from column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @override
    def to_arrow(self) -> pa.Table:
        """Return the rows as an Arrow table, with the types their values suggest; a column of several types is text."""
        import pyarrow as pa

        by_column = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        return pa.table(dict(zip(self.columns, map(_array, by_column), strict=True)))


def _array(values: tuple[Any, ...]) -> pa.Array:
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _plain(value: Any) -> Any:
    """Return a value of a driver as JSON and Arrow know it; a whole decimal is a whole number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID) else value
