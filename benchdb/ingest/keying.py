"""Keys of runs and scores that were taken in one by one, computed by column once their number makes that pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from benchdb.database.bulk import arrow_schema
from benchdb.ingest.arrays import to_array
from benchdb.ingest.coding import bits_of, integers_of
from benchdb.schema.base import Base
from benchdb.schema.keys import combine_columns, float_bits_column, text_key
from benchdb.schema.results import Run, Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table

    from benchdb.ingest.flatten import FileRows
    from benchdb.schema.keys import IntColumn

_RUN, _SCORE = (Base.metadata.tables[entity.__tablename__] for entity in (Run, Score))
_N_KEYS = 7
"""Parts of a run's key: source, model, benchmark, subset, protocol, moment and label."""


def give_keys(rows: FileRows) -> None:
    """Give the runs and scores that have no keys yet theirs, and hold them as tables.

    Args:
        rows: Rows of one or more files.

    Raises:
        IngestError: If a value is none that its column can hold.
    """
    if not rows.runs:
        return
    runs, scores = rows.runs, rows.scores
    rows.runs, rows.scores = [], []
    columns = list(zip(*runs, strict=True))
    keys = [np.array(column, dtype=np.int64) for column in columns[:_N_KEYS]]
    run_ids = combine_columns(*keys)
    model_id, benchmark_id, subset, *facts, n_scores = columns[_N_KEYS:]
    table = _table(_RUN, [run_ids, keys[0], model_id, benchmark_id, subset, keys[4], *facts])
    rows.tables["run"].append(table)
    if scores:
        rows.tables["score"].append(_score_table(np.repeat(run_ids, np.array(n_scores, dtype=np.int64)), scores))


def _score_table(run_ids: IntColumn, scores: Sequence[tuple[Any, ...]]) -> pa.Table:
    metrics, *columns = zip(*scores, strict=True)
    kinds = arrow_schema(_SCORE)
    facts = [to_array(column, kind.type, kind.name) for column, kind in zip(columns, list(kinds)[2:], strict=True)]
    named = dict(zip(kinds.names[2:], facts, strict=True))
    units = named["unit"].dictionary_encode()
    unit_keys = np.array([text_key("unit", unit) for unit in (*units.dictionary.to_pylist(), None)], dtype=np.int64)
    flags = [named[name].cast(pa.int64()).to_numpy(zero_copy_only=False) for name in ("is_approximate", "is_aggregate")]
    values = named["value"].to_numpy(zero_copy_only=False)
    numbers = ("stderr", "interval_lower", "interval_upper", "interval_level")
    score_ids = combine_columns(
        run_ids, np.array(metrics, dtype=np.int64), float_bits_column(values, np.zeros(len(values), dtype=np.bool_)),
        unit_keys[units.indices.fill_null(len(units.dictionary)).to_numpy(zero_copy_only=False)],
        integers_of(named["decimals"]), flags[0] + 2 * flags[1],
        *[bits_of(named[name]) for name in numbers], integers_of(named["n_items"]), integers_of(named["samples_per_item"]),
    )  # fmt: skip
    return pa.table([pa.array(score_ids), pa.array(run_ids), *facts], schema=kinds)


def _table(table: Table, columns: Sequence[Any]) -> pa.Table:
    schema = arrow_schema(table)
    arrays = [to_array(column, kind.type, kind.name) for column, kind in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
