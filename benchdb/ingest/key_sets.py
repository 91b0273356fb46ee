"""Sets and maps of keys that grow with a file, as sorted columns: eight bytes a key, where a Python set takes about a hundred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from benchdb.schema.keys import combine_columns

if TYPE_CHECKING:
    import numpy.typing as npt

    from benchdb.schema.keys import IntColumn

_NONE: IntColumn = np.empty(0, dtype=np.int64)


class KeySet:
    """A set of keys that is filled in large pieces; sorted when it is first asked after that."""

    def __init__(self) -> None:
        self._keys = _NONE
        self._more: list[IntColumn] = []

    def add(self, keys: IntColumn) -> None:
        """Take in keys.

        Args:
            keys: int64 array of shape (n,), in any order, repeats among them.
        """
        if len(keys):
            self._more.append(keys)

    def holds(self, keys: IntColumn) -> npt.NDArray[np.bool_]:
        """Return which keys are in the set.

        Args:
            keys: int64 array of shape (n,).

        Returns:
            bool array of shape (n,).
        """
        return _holds(self.keys, keys)

    @property
    def keys(self) -> IntColumn:
        """The keys in ascending order, each once."""
        if self._more:
            self._keys = distinct_keys(np.concatenate([self._keys, *self._more]))
            self._more = []
        return self._keys


class KeyMap:
    """A number for each of many keys, of which the last that was given counts."""

    def __init__(self) -> None:
        self._keys = _NONE
        self._values = _NONE
        self._more: list[tuple[IntColumn, IntColumn]] = []

    def add(self, keys: IntColumn, values: IntColumn) -> None:
        """Give numbers to keys.

        Args:
            keys: int64 array of shape (n,); of a key that stands in it twice the later number counts.
            values: int64 array of shape (n,).
        """
        if len(keys):
            self._more.append((keys, values))

    def of(self, keys: IntColumn) -> IntColumn:
        """Return the number of each key.

        Args:
            keys: int64 array of shape (n,).

        Returns:
            int64 array of shape (n,).

        Raises:
            KeyError: If one has none.
        """
        self._settle()
        if not _holds(self._keys, keys).all():
            message = "a key was never given a number"
            raise KeyError(message)
        return self._values[np.searchsorted(self._keys, keys)]

    def _settle(self) -> None:
        if not self._more:
            return
        # The latest come first, since of equal keys `unique` finds the first.
        parts = [*reversed(self._more), (self._keys[::-1], self._values[::-1])]
        keys = np.concatenate([part[0][::-1] for part in parts])
        values = np.concatenate([part[1][::-1] for part in parts])
        self._keys, first = np.unique(keys, return_index=True)
        self._values = values[first]
        self._more = []


def ints(column: pa.ChunkedArray) -> IntColumn:
    """Return a column of whole numbers without nulls, int64 of shape (n,).

    Args:
        column: Whole numbers.
    """
    values: IntColumn = column.cast(pa.int64()).to_numpy()
    return values


def keys_of(rows: pa.Table, *names: str) -> IntColumn:
    """Return one key for each row of a table, of some of its columns.

    Args:
        rows: n rows.
        *names: Columns of keys or whole numbers.
    """
    return combine_columns(*[ints(rows.column(name)) for name in names])


def distinct_keys(keys: IntColumn) -> IntColumn:
    """Return the different keys in ascending order.

    NumPy's own `unique` puts them into a hash table, which takes some seventy times as long as sorting two million of them.

    Args:
        keys: int64 array of any length.
    """
    ordered = np.sort(keys)
    is_first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def tally(keys: IntColumn) -> tuple[IntColumn, IntColumn]:
    """Return the different keys in ascending order, and how often each stands there.

    Args:
        keys: int64 array of any length.
    """
    unique, n = np.unique(keys, return_counts=True)
    return unique, n


def first_places(keys: IntColumn) -> IntColumn | None:
    """Return the place of the first of each different key, in ascending order, or None where all differ.

    Args:
        keys: int64 array of shape (n,).
    """
    if len(distinct_keys(keys)) == len(keys):  # ten times as fast as telling the places, too
        return None
    _unique, first = np.unique(keys, return_index=True)
    first.sort()
    return first


def _holds(held: IntColumn, keys: IntColumn) -> npt.NDArray[np.bool_]:
    if not len(held):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.searchsorted(held, keys)
    at[at == len(held)] = 0
    found: npt.NDArray[np.bool_] = held[at] == keys
    return found
