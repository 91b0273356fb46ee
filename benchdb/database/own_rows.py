"""Which rows were made under which entry: a row's key follows from it, and says so whatever the row is attributed to now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.database.merges import follow, read_merges
from benchdb.schema import catalog, results
from benchdb.schema.base import Base
from benchdb.schema.keys import MISSING, combine_columns, float_bits, text_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from benchdb.schema.keys import IntColumn

MODULES = (catalog, results)
"""Importing them fills the metadata."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NUMBERS = ("stderr", "interval_lower", "interval_upper", "interval_level")
_COUNTS = ("n_items", "samples_per_item")


def own_runs(connection: Connection, column: str, *, kept: int, family: Sequence[int]) -> IntColumn:
    """Return the runs attributed to an entry whose keys were computed from one of a family.

    Args:
        connection: An open connection.
        column: "model_id" or "benchmark_id".
        kept: Key of the entry that the runs count for.
        family: Keys of entries.

    Returns:
        int64 keys of runs.
    """
    import numpy as np

    run = Base.metadata.tables["run"]
    names = ("run_id", "source_id", "model_id", "benchmark_id", "subset", "protocol_id", "ran_at", "label")
    found = connection.execute(select(*[run.c[name] for name in names]).where(run.c[column] == kept)).all()
    if not found:
        return np.empty(0, dtype=np.int64)
    former = _former(read_merges(connection))
    keys, sources, protocols = (_column(found, name) for name in ("run_id", "source_id", "protocol_id"))
    subsets = _ints(found, lambda row: text_key("subset", row.subset))
    moments = _ints(found, lambda row: MISSING if row.ran_at is None else (row.ran_at - _EPOCH) // _MICROSECOND)
    labels = _ints(found, lambda row: MISSING if row.label is None else text_key("label", row.label))
    is_own = np.zeros(len(found), dtype=np.bool_)
    other = "benchmark_id" if column == "model_id" else "model_id"
    for others in _candidates(found, other, former):
        for key in family:
            pair = (key, others) if column == "model_id" else (others, key)
            is_own |= keys == combine_columns(sources, *pair, subsets, protocols, moments, labels)
    return keys[is_own]


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

    score = Base.metadata.tables["score"]
    found = connection.execute(select(score).where(score.c.metric_id == kept)).all()
    if not found:
        return np.empty(0, dtype=np.int64)
    keys, runs = _column(found, "score_id"), _column(found, "run_id")
    facts = (
        _ints(found, lambda row: float_bits(row.value)),
        _ints(found, lambda row: text_key("unit", row.unit)),
        _column(found, "decimals"),
        _ints(found, lambda row: int(row.is_approximate) + 2 * int(row.is_aggregate)),
        *[_ints(found, lambda row, name=name: float_bits(getattr(row, name))) for name in _NUMBERS],
        *[_column(found, name) for name in _COUNTS],
    )
    is_own = np.zeros(len(found), dtype=np.bool_)
    for key in family:
        is_own |= keys == combine_columns(runs, key, *facts)
    return keys[is_own]


def _former(merged: Mapping[int, int]) -> dict[int, list[int]]:
    """Return, for each entry that others were merged into, those others."""
    former: dict[int, list[int]] = {}
    for key in merged:
        former.setdefault(follow(merged, key), []).append(key)
    return former


def _candidates(rows: Sequence[Row[Any]], column: str, former: Mapping[int, list[int]]) -> list[IntColumn]:
    """Return columns that between them hold, for each row, every entry that its other one may have been made under."""
    import numpy as np

    possible = [[getattr(row, column), *former.get(getattr(row, column), ())] for row in rows]
    most = max(map(len, possible))
    return [np.array([each[min(at, len(each) - 1)] for each in possible], dtype=np.int64) for at in range(most)]


def _column(rows: Sequence[Row[Any]], name: str) -> IntColumn:
    return _ints(rows, lambda row: MISSING if getattr(row, name) is None else getattr(row, name))


def _ints(rows: Sequence[Row[Any]], of: Callable[..., int]) -> IntColumn:
    import numpy as np

    return np.array([of(row) for row in rows], dtype=np.int64)
