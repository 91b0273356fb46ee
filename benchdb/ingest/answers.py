"""Answers into their table: those of a run that another import brought with its answers are repeats and stay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from sqlalchemy import BigInteger, Column, MetaData, Table, cast, func, select

from benchdb.database.bulk import append, staged
from benchdb.database.stream import rows_of
from benchdb.ingest.key_sets import KeySet, distinct_keys, ints, keys_of
from benchdb.ingest.known_runs import joinable
from benchdb.ingest.outcomes import ITEM, is_same_item
from benchdb.schema.results import Answer, Outcome

if TYPE_CHECKING:
    import numpy.typing as npt
    from sqlalchemy import Connection

    from benchdb.ingest.known_runs import KnownRuns
    from benchdb.schema.keys import IntColumn

_ANSWER: Table = Answer.__table__  # type: ignore[assignment]  # declared as FromClause
_OUTCOME: Table = Outcome.__table__  # type: ignore[assignment]  # declared as FromClause


class AnswerWriter:
    """Writes the answers of one transaction.

    Args:
        connection: Its connection.
        runs: The runs that it meets.
    """

    def __init__(self, connection: Connection, runs: KnownRuns) -> None:
        self._connection = connection
        self._runs = runs
        self._answered = KeySet()

    def write(self, rows: pa.Table | None) -> None:
        """Append answers, after the outcomes they belong to.

        Of a run that another import brought without answers no more of them are taken than its outcomes count attempts: where
        a file names the run twice, the second time is a repeat.

        Args:
            rows: Rows of the table, those of an item in order of arrival.
        """
        if rows is None or not rows.num_rows:
            return
        runs = ints(rows.column("run_id"))
        is_known = self._runs.others.holds(runs)
        if is_known.any():
            held = self._held(distinct_keys(runs[is_known & ~self._answered.holds(runs)]))
            kept = ~np.isin(runs, held)
            kept[is_known & kept] = self._has_room(rows.filter(pa.array(is_known & kept)))
            rows = rows.filter(pa.array(kept))
        self._answered.add(distinct_keys(ints(rows.column("run_id"))))
        append(self._connection, _ANSWER, _add_up(rows))

    def _held(self, run_ids: IntColumn) -> IntColumn:
        """Return those of some runs that have answers."""
        if not len(run_ids):
            return run_ids
        with joinable(self._connection, run_ids) as runs:
            stored = select(runs.c.run_id).where(
                select(_ANSWER.c.run_id).where(_ANSWER.c.run_id == runs.c.run_id).exists()
            )
            return np.array(self._connection.execute(stored).scalars().all(), dtype=np.int64)

    def _has_room(self, rows: pa.Table) -> npt.NDArray[np.bool_]:
        """Return which answers, with those stored and those before them, are within the attempts of their outcome."""
        if not rows.num_rows:
            return np.zeros(0, dtype=np.bool_)
        items = rows.select(ITEM).group_by(list(ITEM), use_threads=False).aggregate([])
        with staged(self._connection, _OUTCOME, items, is_joined=True) as stage:
            there = Table(stage, MetaData(), *[Column(name, _OUTCOME.c[name].type) for name in ITEM])
            outcomes = select(*there.c, _OUTCOME.c.n_attempts).join(_OUTCOME, is_same_item(there, _OUTCOME))
            counted = select(*there.c, cast(func.sum(_ANSWER.c.n_attempts), BigInteger).label("n")).join(
                _ANSWER, is_same_item(there, _ANSWER)
            )
            allowed = rows_of(self._connection, outcomes)
            stored = rows_of(self._connection, counted.group_by(*there.c))
        keys, inverse = np.unique(keys_of(rows, *ITEM), return_inverse=True)
        room = np.zeros(len(keys), dtype=np.int64)
        room[np.searchsorted(keys, keys_of(allowed, *ITEM))] += ints(allowed.column("n_attempts"))
        room[np.searchsorted(keys, keys_of(stored, *ITEM))] -= ints(stored.column("n"))
        order = np.argsort(inverse, kind="stable")
        given = ints(rows.column("n_attempts"))[order]
        so_far = np.cumsum(given)
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = inverse[order][1:] != inverse[order][:-1]
        before = np.maximum.accumulate(np.where(is_first, so_far - given, 0))
        fits = np.empty(len(order), dtype=np.bool_)
        fits[order] = so_far - before <= room[inverse[order]]
        return fits


def _add_up(rows: pa.Table) -> pa.Table:
    """Return one row per run, metric, item and answer, in order of arrival."""
    counts = ("n_attempts", "n_correct")
    added = rows.group_by([*ITEM, "answer"], use_threads=False).aggregate([(name, "sum") for name in counts])
    return added.rename_columns([*ITEM, "answer", *counts]).select(rows.column_names).cast(rows.schema)
