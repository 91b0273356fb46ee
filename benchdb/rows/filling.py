"""Rows of classes with many fields, made quickly."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

RowT = TypeVar("RowT")


def row_maker(row_type: type[RowT], names: Sequence[str]) -> Callable[[Iterable[Any]], RowT]:
    """Return a function that makes a row from its values in the order of names.

    The constructor of a frozen class looks its own way of setting up for every field; of 45 fields it takes more than twice as long.

    Args:
        row_type: A dataclass with slots that computes nothing when it is made.
        names: All its fields, each once, in any order.

    Raises:
        TypeError: If the names are not the fields.
    """
    if sorted(names) != sorted(field.name for field in fields(row_type)):  # type: ignore[arg-type]  # any dataclass
        message = f"{row_type.__name__}: these are not its fields: {', '.join(names)}"
        raise TypeError(message)
    new, setters = row_type.__new__, [getattr(row_type, name).__set__ for name in names]

    def make(values: Iterable[Any]) -> RowT:
        row = new(row_type)
        for put, value in zip(setters, values, strict=True):
            put(row, value)
        return row

    return make
