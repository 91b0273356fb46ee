"""The runs that an import meets while it writes: its own, those that others brought, and the file that has their outcomes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlalchemy import Column, MetaData, Table

from benchdb.database.bulk import staged
from benchdb.ingest.key_sets import KeyMap, KeySet, distinct_keys, ints
from benchdb.schema.results import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from benchdb.schema.keys import IntColumn

_RUN: Table = Run.__table__  # type: ignore[assignment]  # declared as FromClause


class KnownRuns:
    """What is known of the runs of one transaction."""

    def __init__(self) -> None:
        self._own = KeySet()
        self.others = KeySet()
        """Runs that another import brought."""
        self.files = KeyMap()
        """Run → import of the file that its outcomes stand in, one in a transaction."""

    def note(self, new: pa.Table, known: IntColumn) -> None:
        """Take in runs that were written.

        Args:
            new: Those that the database did not hold.
            known: Keys of those that it held, this import's own among them.
        """
        self._own.add(ints(new.column("run_id")))
        if len(known):
            self.others.add(known[~self._own.holds(known)])


@contextmanager
def joinable(connection: Connection, run_ids: IntColumn) -> Iterator[Table]:
    """Yield a table of some runs to join with, on DuckDB a real one: of a large table that is joined, it must know the smaller side.

    Args:
        connection: A connection inside a transaction.
        run_ids: The runs, in any order.
    """
    with staged(connection, _RUN, pa.table({"run_id": distinct_keys(run_ids)}), is_joined=True) as stage:
        yield Table(stage, MetaData(), Column("run_id", _RUN.c.run_id.type))
