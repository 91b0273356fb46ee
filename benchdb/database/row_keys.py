"""What the keys of runs and scores are computed from, for whole Arrow tables of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.schema.keys import MISSING, float_bits_column, text_key

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from benchdb.schema.keys import IntColumn

_NUMBERS = ("stderr", "interval_lower", "interval_upper", "interval_level")


def run_facts(rows: pa.Table) -> list[IntColumn]:
    """Return the columns that the key of a run combines, in order; model and benchmark are the second and third.

    Args:
        rows: Rows of `run`.
    """
    moments = ints(rows.column("ran_at").cast("int64"))
    return [
        ints(rows.column("source_id")),
        ints(rows.column("model_id")),
        ints(rows.column("benchmark_id")),
        _texts(rows, "subset", lambda text: text_key("subset", text)),
        ints(rows.column("protocol_id")),
        moments,
        _texts(rows, "label", lambda text: MISSING if text is None else text_key("label", text)),
    ]


def score_facts(rows: pa.Table) -> list[IntColumn]:
    """Return the columns that the key of a score combines, in order; the metric is the second.

    Args:
        rows: Rows of `score`.
    """
    flags = ints(rows.column("is_approximate").cast("int64")) + 2 * ints(rows.column("is_aggregate").cast("int64"))
    return [
        ints(rows.column("run_id")),
        ints(rows.column("metric_id")),
        _bits(rows.column("value")),
        _texts(rows, "unit", lambda text: text_key("unit", text)),
        ints(rows.column("decimals")),
        flags,
        *[_bits(rows.column(name)) for name in _NUMBERS],
        ints(rows.column("n_items")),
        ints(rows.column("samples_per_item")),
    ]


def ints(column: pa.ChunkedArray) -> IntColumn:
    """Return a column of whole numbers, a missing one as `MISSING`.

    Args:
        column: Whole numbers.
    """
    values: IntColumn = column.cast("int64").fill_null(MISSING).to_numpy()
    return values


def _bits(column: pa.ChunkedArray) -> IntColumn:
    missing = column.is_null().to_numpy()
    return float_bits_column(column.fill_null(0.0).to_numpy(), missing)


def _texts(rows: pa.Table, name: str, key_of: Callable[[str | None], int]) -> IntColumn:
    """Return a key for each text of a column, computed once for each different one."""
    import numpy as np

    spelled = rows.column(name).to_pylist()
    known = {text: key_of(text) for text in set(spelled)}
    return np.array([known[text] for text in spelled], dtype=np.int64)
