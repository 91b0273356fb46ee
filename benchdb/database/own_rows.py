"""Which rows were made under which entry: a row's key follows from it, and says so whatever the row is attributed to now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.database.bulk import arrow_schema
from benchdb.database.merges import former, read_merges
from benchdb.database.row_keys import ints, run_facts, score_facts
from benchdb.database.stream import stream
from benchdb.schema import catalog, results
from benchdb.schema.base import Base
from benchdb.schema.keys import combine_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pyarrow as pa
    from sqlalchemy import Connection

    from benchdb.schema.keys import IntColumn

MODULES = (catalog, results)
"""Importing them fills the metadata."""
_MODEL, _BENCHMARK, _METRIC = 1, 2, 1


def own_runs(
    connection: Connection,
    column: str,
    *,
    kept: int,
    family: Sequence[int],
    merged: Mapping[int, Sequence[int]] | None = None,
) -> IntColumn:
    """Return the runs attributed to an entry whose keys were computed from one of a family.

    Args:
        connection: An open connection.
        column: "model_id" or "benchmark_id".
        kept: Key of the entry that the runs count for.
        family: Keys of entries.
        merged: Entries with those merged into them, for the other one of the two columns; None is what holds now.

    Returns:
        int64 keys of runs.
    """
    import numpy as np

    place, other = (_MODEL, _BENCHMARK) if column == "model_id" else (_BENCHMARK, _MODEL)
    candidates = former(read_merges(connection)) if merged is None else merged
    found = []
    for rows in _attributed(connection, "run", column, kept):
        facts, keys = run_facts(rows), ints(rows.column(0))
        is_own = np.zeros(len(keys), dtype=np.bool_)
        for others in _candidates(facts[other], candidates):
            for key in family:
                facts[place], facts[other] = facts[place] * 0 + key, others
                is_own |= keys == combine_columns(*facts)
        found.append(keys[is_own])
    return _joined(found)


def own_scores(connection: Connection, *, kept: int, family: Sequence[int]) -> IntColumn:
    """Return the scores attributed to a metric whose keys were computed from one of a family.

    Args:
        connection: An open connection.
        kept: Key of the metric that the scores count for.
        family: Keys of metrics.

    Returns:
        int64 keys of scores.
    """
    import numpy as np

    found = []
    for rows in _attributed(connection, "score", "metric_id", kept):
        facts, keys = score_facts(rows), ints(rows.column(0))
        is_own = np.zeros(len(keys), dtype=np.bool_)
        for key in family:
            facts[_METRIC] = facts[_METRIC] * 0 + key
            is_own |= keys == combine_columns(*facts)
        found.append(keys[is_own])
    return _joined(found)


def _attributed(connection: Connection, name: str, column: str, kept: int) -> Iterator[pa.Table]:
    import pyarrow as pa

    table = Base.metadata.tables[name]
    schema = arrow_schema(table)
    for batch in stream(connection, select(*[table.c[name] for name in schema.names]).where(table.c[column] == kept)):
        yield pa.Table.from_batches([batch]).cast(schema)


def _candidates(column: IntColumn, merged: Mapping[int, Sequence[int]]) -> Iterator[IntColumn]:
    """Yield columns that between them hold, for each row, every entry that it may have been made under."""
    import numpy as np

    entries, places = np.unique(column, return_inverse=True)
    possible = [[entry, *merged.get(entry, ())] for entry in entries.tolist()]
    for at in range(max(map(len, possible), default=0)):
        yield np.array([each[min(at, len(each) - 1)] for each in possible], dtype=np.int64)[places]


def _joined(found: Sequence[IntColumn]) -> IntColumn:
    import numpy as np

    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)
