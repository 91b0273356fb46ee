"""Columns as codes and codes as columns: distinct combinations found and spread again by NumPy, without a loop over rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchdb.ingest.key_sets import distinct_keys
from benchdb.schema.keys import MISSING, combine_columns, float_bits_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from benchdb.ingest.flatten import OutcomePart
    from benchdb.schema.keys import IntColumn

    Codes: TypeAlias = npt.NDArray[np.int64]

_DENSE = 1 << 22
"""Most combinations that a lookup table is laid out for; beyond it they are sorted."""
_SPARSE = 16
"""Most bytes for each key with which keys are told apart by a byte each; beyond it they are sorted."""


def add_up(part: OutcomePart) -> OutcomePart:
    """Return the part with one row per group and item: attempts at the same item added, values averaged over attempts.

    Args:
        part: Outcomes in which an item may stand several times in a group.
    """
    numbers = part.rows.column("sample_number").to_numpy()
    stride = int(numbers.max()) + 1
    keys = part.codes * stride + numbers
    if _all_different(keys, len(part.groups) * stride):
        return part
    attempts = pc.cast(part.rows.column("n_attempts"), pa.float64())
    grouped = (
        part.rows.set_column(3, "value", pc.multiply(part.rows.column("value"), attempts))
        .append_column("key", pa.array(keys))
        .group_by("key", use_threads=False)
        .aggregate([("n_attempts", "sum"), ("n_correct", "sum"), ("value", "sum")])
    )
    unique = grouped.column("key").to_numpy()
    mean = pc.divide(grouped.column("value_sum"), pc.cast(grouped.column("n_attempts_sum"), pa.float64()))
    rows = pa.table(
        {
            "sample_number": pa.array(unique % stride, pa.int32()),
            "n_attempts": grouped.column("n_attempts_sum").cast(pa.int32()),
            "n_correct": grouped.column("n_correct_sum").cast(pa.int32()),
            "value": mean,
        }
    )
    return replace(part, codes=unique // stride, rows=rows)


def join_parts(parts: Sequence[OutcomePart]) -> OutcomePart:
    """Return several parts of one file as one, with one row per group and item.

    Args:
        parts: At least one part.
    """
    first = parts[0]
    if len(parts) == 1:
        return first
    groups = np.concatenate([part.groups for part in parts])
    _keys, places, of_group = np.unique(
        combine_columns(groups[:, 0], groups[:, 1]), return_index=True, return_inverse=True
    )
    starts = np.cumsum([0, *(len(part.groups) for part in parts[:-1])])
    codes = [of_group[start:][part.codes] for start, part in zip(starts, parts, strict=True)]
    rows = pa.concat_tables([part.rows for part in parts])
    return add_up(replace(first, groups=groups[places], codes=np.concatenate(codes), rows=rows))


def encode(table: pa.Table, names: Sequence[str], codes: Codes | None = None, radix: int = 1) -> tuple[Codes, Codes]:
    """Return which distinct combination of some columns each row has, and the first row of each combination.

    Args:
        table: Any table of n rows.
        names: Columns to combine.
        codes: A code of each row to combine with the columns, int64 of shape (n,).
        radix: One more than the greatest of those codes.

    Returns:
        int64 codes of shape (n,) from 0 to m - 1, and int64 row numbers of shape (m,).
    """
    codes = np.zeros(table.num_rows, dtype=np.int64) if codes is None else codes
    for name in names:
        encoded = _encoded(table.column(name))
        size = len(encoded.dictionary)
        if size > 1:
            indices = encoded.indices.to_numpy(zero_copy_only=False)
            codes = indices.astype(np.int64) if radix == 1 else codes * size + indices
            radix *= size
        if radix > _DENSE:
            unique, codes = np.unique(codes, return_inverse=True)
            radix = len(unique)
    seen = np.zeros(radix, dtype=np.int64)
    seen[codes] = 1
    n_distinct = int(seen.sum())
    if n_distinct < radix:
        codes = (np.cumsum(seen) - 1)[codes]
    first = np.empty(n_distinct, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return codes, first


def _all_different(keys: Codes, size: int) -> bool:
    """Return whether no key stands twice; they lie between 0 and size - 1."""
    if size > _SPARSE * len(keys):
        return len(distinct_keys(keys)) == len(keys)
    seen = np.zeros(size, dtype=np.bool_)
    seen[keys] = True
    return int(np.count_nonzero(seen)) == len(keys)


def distinct(table: pa.Table, names: Sequence[str]) -> tuple[Codes, list[dict[str, Any]]]:
    """Return the distinct combinations of some columns and which one each row has.

    Args:
        table: Any table of n rows.
        names: Columns; those it lacks are left out.

    Returns:
        int64 codes of shape (n,), and one dict per code with the values of the columns present.
    """
    present = [name for name in names if name in table.column_names]
    if not present:
        return np.zeros(table.num_rows, dtype=np.int64), [{}]
    codes, first = encode(table, present)
    return codes, table.select(present).take(pa.array(first)).to_pylist()


def spread(table: pa.Table, names: tuple[str, ...], resolve: Any) -> IntColumn:
    """Return the key of each row's combination of columns, resolving each distinct one once.

    Args:
        table: Any table of n rows.
        names: Columns; those it lacks are left out.
        resolve: Takes the values of the columns by name and returns a key.
    """
    codes, combinations = distinct(table, names)
    keys = np.array([resolve(facts) for facts in combinations], dtype=np.int64)
    spread: IntColumn = keys[codes]
    return spread


def with_column(rows: pa.Table, name: str, values: Sequence[Any], codes: Codes) -> pa.Table:
    """Return the rows with a column made of one value per code.

    Args:
        rows: Any table of n rows.
        name: The column, replaced where it is there.
        values: One a code.
        codes: Code of each row, int64 of shape (n,).
    """
    column = pa.array(values).take(pa.array(codes))
    if name in rows.column_names:
        return rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows.append_column(name, column)


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a column as codes into its distinct values, a null being one of them."""
    if pa.types.is_dictionary(column.type) and not column.null_count:
        return column.unify_dictionaries().combine_chunks()
    return pc.dictionary_encode(plain(column), null_encoding="encode")


def plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array that is not dictionary-encoded.

    Args:
        column: Any column.
    """
    whole = column.combine_chunks()
    return whole.dictionary_decode() if pa.types.is_dictionary(whole.type) else whole


def column_of(rows: pa.Table, name: str, kind: pa.DataType, default: Any = None) -> pa.Array:
    """Return a column in a type, or its default for every row where the table lacks it.

    Args:
        rows: Any table.
        name: The column.
        kind: The type.
        default: Stands for missing values; None leaves them null.
    """
    n = rows.num_rows
    if name not in rows.column_names:
        return pa.nulls(n, kind) if default is None else pa.repeat(pa.scalar(default, kind), n)
    column = plain(rows.column(name))
    column = column if column.type == kind else column.cast(kind)
    return column if default is None else column.fill_null(default)


def numbers_of(rows: pa.Table, name: str) -> npt.NDArray[np.float64]:
    """Return a column as double-precision numbers of shape (n,), NaN where it is null.

    Args:
        rows: A table of n rows.
        name: The column.
    """
    values: npt.NDArray[np.float64] = column_of(rows, name, pa.float64()).to_numpy(zero_copy_only=False)
    return values


def bits_of(column: pa.Array) -> IntColumn | int:
    """Return the IEEE bits of a column of numbers as part of a key, one value if it is null throughout.

    Args:
        column: Double-precision numbers.
    """
    if column.null_count == len(column):
        return MISSING
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return float_bits_column(column.fill_null(0.0).to_numpy(zero_copy_only=False), missing)


def integers_of(column: pa.Array) -> IntColumn:
    """Return a column of whole numbers as part of a key, int64 of shape (n,).

    Args:
        column: Whole numbers or null.
    """
    filled: IntColumn = column.cast(pa.int64()).fill_null(MISSING).to_numpy(zero_copy_only=False)
    return filled


def is_equal(column: pa.Array, text: str) -> npt.NDArray[np.bool_]:
    """Return which entries of a column are a text; null is none.

    Args:
        column: Texts.
        text: The text.
    """
    same: npt.NDArray[np.bool_] = pc.equal(column, text).fill_null(fill_value=False).to_numpy(zero_copy_only=False)
    return same


def constant(value: int, n: int) -> pa.Array:
    """Return a column of one key.

    Args:
        value: The key.
        n: Rows.
    """
    return pa.repeat(pa.scalar(value, pa.int64()), n)
