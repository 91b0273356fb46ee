"""Outcomes into their table: those of a run that is met once as they are, those of one met before held against what is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Column, MetaData, Table, and_, delete, select

from benchdb.database.bulk import append, arrow_schema, staged
from benchdb.database.stream import rows_of
from benchdb.ingest.coding import join_parts
from benchdb.ingest.derived import pair_keys
from benchdb.ingest.key_sets import KeySet, first_places, ints, keys_of, tally
from benchdb.schema.results import Outcome

if TYPE_CHECKING:
    import numpy.typing as npt
    from sqlalchemy import ColumnElement, Connection

    from benchdb.ingest.derived import DerivedScores
    from benchdb.ingest.flatten import OutcomePart
    from benchdb.ingest.known_runs import KnownRuns
    from benchdb.schema.keys import IntColumn

_OUTCOME: Table = Outcome.__table__  # type: ignore[assignment]  # declared as FromClause
ITEM = ("run_id", "metric_id", "sample_number")
"""What an outcome belongs to."""


class OutcomeWriter:
    """Writes the outcomes of one transaction.

    Args:
        connection: Its connection.
        runs: The runs that it meets.
        derived: Told what is written.
    """

    def __init__(self, connection: Connection, runs: KnownRuns, derived: DerivedScores) -> None:
        self._connection = connection
        self._runs = runs
        self._derived = derived
        self._observed = KeySet()
        self._added = KeySet()
        self._repeated = KeySet()
        self.n_new: Counter[int] = Counter()
        """Import → outcomes that it added."""
        self.n_repeated: Counter[int] = Counter()
        """Import → outcomes that another import had brought."""

    def write(self, parts: list[OutcomePart]) -> None:
        """Append outcomes; a run met in an earlier piece or import has its items compared, all others are new as they are.

        Args:
            parts: Outcomes; each item stands once in a group of a part. Those of one run are of one file.
        """
        parts = _joined([part for part in parts if part.rows.num_rows])
        if not parts:
            return
        for part in parts:
            self._runs.files.add(part.groups[:, 0], np.full(len(part.groups), part.ingest_id))
        fresh, shared = self._sorted_out(parts)
        if fresh:
            append(self._connection, _OUTCOME, pa.concat_tables([_rows(part) for part in fresh]))
        for part in fresh:
            self._derived.count(part)
            self._add(self.n_new, part.groups[:, 0], np.bincount(part.codes, minlength=len(part.groups)))
        if shared:
            self._merge(_add_up(pa.concat_tables(shared)))

    def _sorted_out(self, parts: list[OutcomePart]) -> tuple[list[OutcomePart], list[pa.Table]]:
        """Return what is new as it is, and rows of the runs and metrics that were met before."""
        again = self._met_before(parts)
        fresh, shared = [], []
        for part in parts:
            is_again = again.holds(pair_keys(part.groups))
            left = part
            if is_again.any():
                is_row_again = is_again[part.codes]
                shared.append(_rows(_filtered(part, is_row_again)))
                self._derived.ask(part.groups[is_again])
                left = _filtered(part, ~is_row_again)
            if left.rows.num_rows:
                fresh.append(left)
        return fresh, shared

    def _met_before(self, parts: list[OutcomePart]) -> KeySet:
        """Return keys of the runs and metrics that stood in an earlier piece or import."""
        groups = np.concatenate([part.groups for part in parts])
        keys = pair_keys(groups)
        again = KeySet()
        again.add(keys[self._observed.holds(keys) | self._runs.others.holds(groups[:, 0])])
        self._observed.add(keys)
        return again

    def _count(self, new: pa.Table) -> None:
        self._add(self.n_new, *tally(ints(new.column("run_id"))))

    def _add(self, counts: Counter[int], runs: IntColumn, n_rows: IntColumn) -> None:
        """Add rows of runs to what is counted for each import."""
        files, codes = np.unique(self._runs.files.of(runs), return_inverse=True)
        totals = np.bincount(codes, weights=n_rows, minlength=len(files)).astype(np.int64)
        counts.update(dict(zip(files.tolist(), totals.tolist(), strict=True)))

    def _merge(self, rows: pa.Table) -> None:
        """Append outcomes of runs met before: attempts at an item of the same import are added up.

        Outcomes that another import brought stay as they are: the same items again are repeats.
        """
        with staged(self._connection, _OUTCOME, rows.select(ITEM), is_joined=True) as stage:
            there = Table(stage, MetaData(), *[Column(name, _OUTCOME.c[name].type) for name in ITEM])
            held = rows_of(self._connection, select(_OUTCOME).join(there, is_same_item(there, _OUTCOME)))
        held = held.cast(arrow_schema(_OUTCOME))
        held_keys, row_keys = keys_of(held, *ITEM), keys_of(rows, *ITEM)
        repeated = np.isin(row_keys, held_keys)
        is_of_others = self._runs.others.holds(ints(rows.column("run_id")))
        ours = ~is_of_others | self._added.holds(row_keys)
        # An item of which several pieces of a file have attempts is one repeat.
        first = repeated & ~ours & ~self._repeated.holds(row_keys)
        self._repeated.add(row_keys[first])
        self._add(self.n_repeated, *tally(ints(rows.column("run_id"))[first]))
        more = rows.filter(pa.array(repeated & ours))
        if more.num_rows:
            both = held.filter(pa.array(np.isin(held_keys, keys_of(more, *ITEM))))
            self._replace(both, _add_up(pa.concat_tables([both, more])))
        self._added.add(row_keys[~repeated & is_of_others])
        new = rows.filter(pa.array(~repeated))
        self._count(new)
        append(self._connection, _OUTCOME, new)

    def _replace(self, old: pa.Table, new: pa.Table) -> None:
        with staged(self._connection, _OUTCOME, old.select(ITEM)) as stage:
            there = Table(stage, MetaData(), *[Column(name, _OUTCOME.c[name].type) for name in ITEM])
            same = select(there.c.run_id).where(is_same_item(there, _OUTCOME)).exists()
            self._connection.execute(delete(_OUTCOME).where(same))
        append(self._connection, _OUTCOME, new)


def is_same_item(one: Table, other: Table) -> ColumnElement[bool]:
    """Return the condition that rows of two tables belong to the same item of the same run and metric.

    Args:
        one: A table with the columns of `ITEM`.
        other: Another one.
    """
    return and_(*[one.c[name] == other.c[name] for name in ITEM])


def _joined(parts: list[OutcomePart]) -> list[OutcomePart]:
    """Return the parts, those of a file with a run and metric in several of them as one: batches end in the middle of runs."""
    keys = [pair_keys(part.groups) for part in parts]
    ordered = np.sort(np.concatenate([*keys, np.empty(0, dtype=np.int64)]))
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(several):
        return parts
    open_: defaultdict[int, list[OutcomePart]] = defaultdict(list)
    whole: list[OutcomePart] = []
    for part, of_part in zip(parts, keys, strict=True):
        is_open = np.isin(of_part, several).any()
        (open_[part.ingest_id] if is_open else whole).append(part)
    return [*whole, *map(join_parts, open_.values())]


def _filtered(part: OutcomePart, mask: npt.NDArray[np.bool_]) -> OutcomePart:
    """Return some of the rows of a part, with all its groups."""
    return replace(part, codes=part.codes[mask], rows=part.rows.filter(pa.array(mask)))


def _rows(part: OutcomePart) -> pa.Table:
    """Return a part as rows of the table."""
    runs, metrics = part.groups[:, 0][part.codes], part.groups[:, 1][part.codes]
    rows = part.rows.add_column(0, "metric_id", pa.array(metrics)).add_column(0, "run_id", pa.array(runs))
    return rows.cast(arrow_schema(_OUTCOME))


def _add_up(rows: pa.Table) -> pa.Table:
    """Return one row per run, metric and item: attempts at the same item are added, values averaged over attempts."""
    schema = arrow_schema(_OUTCOME)
    rows = rows.select(schema.names).cast(schema)
    if first_places(keys_of(rows, *ITEM)) is None:
        return rows
    weighted = pc.multiply(rows.column("value"), rows.column("n_attempts").cast(pa.float64()))
    grouped = (
        rows.set_column(rows.schema.get_field_index("value"), "value", weighted)
        .group_by(list(ITEM), use_threads=False)
        .aggregate([("n_attempts", "sum"), ("n_correct", "sum"), ("value", "sum")])
        .rename_columns(schema.names)
    )
    mean = pc.divide(grouped.column("value"), grouped.column("n_attempts").cast(pa.float64()))
    return grouped.set_column(grouped.schema.get_field_index("value"), "value", mean).cast(schema)
