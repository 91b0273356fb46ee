"""Scores that follow from outcomes: the mean over the items of each run and metric that has outcomes and no score of its own.

What is needed of outcomes that are written once is counted on the way; the rest is asked of the database.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from sqlalchemy import func, select

from benchdb.database.bulk import arrow_schema
from benchdb.database.restatements import DERIVED, add_derived
from benchdb.errors import IngestError
from benchdb.ingest.key_sets import KeySet, distinct_keys, ints
from benchdb.ingest.known_runs import joinable
from benchdb.schema.catalog import Metric
from benchdb.schema.keys import MISSING, combine_columns, float_bits_column, text_key
from benchdb.schema.results import Outcome, Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from sqlalchemy import Connection, Select, Table

    from benchdb.ingest.flatten import OutcomePart
    from benchdb.ingest.known_runs import KnownRuns
    from benchdb.schema.keys import IntColumn

    Pairs: TypeAlias = npt.NDArray[np.int64]
    Tallies: TypeAlias = npt.NDArray[np.int64]

CHUNK = 250_000
"""Runs and metrics whose scores are made at a time."""
_OUTCOME: Table = Outcome.__table__  # type: ignore[assignment]  # declared as FromClause
_SCORE: Table = Score.__table__  # type: ignore[assignment]  # declared as FromClause
_METRIC: Table = Metric.__table__  # type: ignore[assignment]  # declared as FromClause


class DerivedScores:
    """What is needed for the scores that follow from the outcomes of one transaction.

    Args:
        connection: Its connection.
        runs: The runs that it meets.
    """

    def __init__(self, connection: Connection, runs: KnownRuns) -> None:
        self._connection = connection
        self._runs = runs
        self._scored = KeySet()
        self._tallies: list[Tallies] = []
        self._asked: list[Pairs] = []
        self.units: dict[int, str | None] = {}
        """Metric → unit of the values of its outcomes."""

    def scored(self, pair_keys: IntColumn) -> None:
        """Note that files state scores themselves.

        Args:
            pair_keys: Keys of run and metric, of shape (n,).
        """
        self._scored.add(pair_keys)

    def count(self, part: OutcomePart) -> None:
        """Count items and right attempts of outcomes that are written now, and whose runs and metrics nothing is added to.

        Args:
            part: The outcomes.

        Raises:
            IngestError: If an item was not attempted at all.
        """
        group, attempts, n_items, n_counted, right = _tallies(part).T
        if attempts.min() < 1:
            raise IngestError(
                f"an item has {attempts.min()} attempts: expected at least 1; an item without any is left out"
            )
        is_open = np.zeros(len(part.groups), dtype=np.bool_)
        is_open[group[n_counted < n_items]] = True
        # Values that are no counts are added up by the database: the order of the items must not show.
        self._asked.append(part.groups[is_open])
        counted = np.column_stack([part.groups[group], attempts, n_items, right])
        self._tallies.append(counted[~is_open[group]])

    def ask(self, groups: Pairs) -> None:
        """Note runs and metrics of which the database is to be asked.

        Args:
            groups: Run and metric, of shape (n, 2).
        """
        self._asked.append(groups)

    def missing(self) -> Iterator[pa.Table]:
        """Yield the scores that no file states and the database does not hold, some at a time.

        Those that it holds because they follow from outcomes of another import are written down as following from these, too.
        """
        asked = np.concatenate([np.empty((0, 2), dtype=np.int64), *self._asked])
        _unique, first = np.unique(pair_keys(asked), return_index=True)
        asked = asked[first]
        left = KeySet()
        left.add(pair_keys(asked))
        for tallies in _coalesced(self._tallies):
            pairs = self._not_stored(tallies[~left.holds(pair_keys(tallies))])
            yield self._counted(pairs)
        for start in range(0, len(asked), CHUNK):
            yield self._of_database(self._not_stored(asked[start : start + CHUNK]))

    def _not_stored(self, rows: Tallies) -> Tallies:
        """Return the rows, which begin with run and metric, for which there is no score."""
        keys = pair_keys(rows)
        rows, keys = (each[~self._scored.holds(keys)] for each in (rows, keys))
        if not len(rows):
            return rows
        with joinable(self._connection, rows[:, 0]) as runs:
            found = select(_SCORE.c.run_id, _SCORE.c.metric_id).join(runs, runs.c.run_id == _SCORE.c.run_id)
            stored = np.array([tuple(row) for row in self._connection.execute(found)], dtype=np.int64).reshape(-1, 2)
        if not len(stored):
            return rows
        is_stored = np.isin(keys, pair_keys(stored))
        if is_stored.any():
            pairs = rows[is_stored]
            noted = {"run_id": pairs[:, 0], "metric_id": pairs[:, 1], "ingest_id": self._runs.files.of(pairs[:, 0])}
            add_derived(self._connection, pa.table(noted))
        return rows[~is_stored]

    def _counted(self, tallies: Tallies) -> pa.Table:
        """Return the scores of runs and metrics whose items were counted, the same to the last bit whatever their order."""
        tallies = tallies[np.lexsort((tallies[:, 2], tallies[:, 1], tallies[:, 0]))]
        is_first = np.ones(len(tallies), dtype=np.bool_)
        is_first[1:] = (tallies[1:, :2] != tallies[:-1, :2]).any(axis=1)
        first = np.flatnonzero(is_first)
        n_classes = np.diff(first, append=len(tallies))
        runs, metrics, attempts, _n_items, _right = tallies[first].T
        n_items = np.add.reduceat(tallies[:, 3], first) if len(first) else first
        shares = tallies[:, 4] / tallies[:, 2]
        sums = shares[first]
        for at in np.flatnonzero(n_classes > 1).tolist():
            sums[at] = math.fsum(shares[first[at] : first[at] + n_classes[at]].tolist())
        slugs = self._slugs(metrics)
        columns = {
            "run_id": runs,
            "metric_id": metrics,
            "value": sums / n_items,
            "unit": pa.repeat("fraction", len(first)),
            "n_items": n_items,
            "samples_per_item": pa.array(attempts, mask=n_classes > 1),
            "metric_label": slugs,
            "ingest_id": self._runs.files.of(runs),
        }
        return _score_rows(columns)

    def _slugs(self, metric_ids: IntColumn) -> pa.Array:
        unique, codes = np.unique(metric_ids, return_inverse=True)
        wanted = select(_METRIC.c.metric_id, _METRIC.c.slug).where(_METRIC.c.metric_id.in_(unique.tolist()))
        slugs = {row.metric_id: row.slug for row in self._connection.execute(wanted)}
        return pa.array([slugs[metric_id] for metric_id in unique.tolist()], pa.string()).take(pa.array(codes))

    def _of_database(self, pairs: Pairs) -> pa.Table:
        """Return the scores of runs and metrics whose outcomes the database counts."""
        found: dict[tuple[int, int], list[Any]] = defaultdict(list)
        measured: dict[tuple[int, int], float] = {}
        if len(pairs):
            with joinable(self._connection, pairs[:, 0]) as runs:
                for run_id, metric_id, *group in self._connection.execute(_counts_of(runs)):
                    found[run_id, metric_id].append(group)
                if any(n_items > n_counted for groups in found.values() for _n, n_items, n_counted, _right in groups):
                    measured = _sums_of_values(self._connection, runs)
        kept = [
            self._row(pair, found[pair], measured.get(pair))
            for pair in ((run_id, metric_id) for run_id, metric_id in pairs.tolist())
            if pair in measured or any(n_counted for _n, _n_items, n_counted, _right in found[pair])
        ]
        names = ("run_id", "metric_id", "value", "unit", "n_items", "samples_per_item")
        columns: dict[str, Any] = (
            dict(zip(names, zip(*kept, strict=True), strict=True)) if kept else dict.fromkeys(names, ())
        )
        runs_of, metrics = (np.array(columns[name], dtype=np.int64) for name in names[:2])
        return _score_rows(columns | {"metric_label": self._slugs(metrics), "ingest_id": self._runs.files.of(runs_of)})

    def _row(self, pair: tuple[int, int], groups: list[Any], measured: float | None) -> tuple[Any, ...]:
        """Return run, metric, value, unit, items and attempts, the same to the last bit whatever the order of the items."""
        shares = [right / n_attempts for n_attempts, _n_items, n_counted, right in groups if n_counted]
        n_items = sum(n for _n_attempts, n, _n_counted, _right in groups)
        unit = "fraction" if shares else self.units.get(pair[1])
        attempts = groups[0][0] if len(groups) == 1 else None
        return (*pair, math.fsum([*shares, measured or 0.0]) / n_items, unit, n_items, attempts)


def pair_keys(rows: Tallies) -> IntColumn:
    """Return one key for the run and metric with which each row begins.

    Args:
        rows: int64 array of shape (n, 2) or wider.
    """
    return combine_columns(rows[:, 0], rows[:, 1])


def _tallies(part: OutcomePart) -> Tallies:
    """Return group, attempts, items, items with a count, and right attempts, for each group and number of attempts."""
    attempts = ints(part.rows.column("n_attempts"))
    correct = part.rows.column("n_correct")
    different, classes = distinct_keys(attempts), None
    if len(different) > 1:
        classes = np.searchsorted(different, attempts)
    codes = part.codes if classes is None else part.codes * len(different) + classes
    size = len(part.groups) * len(different)
    n_items = np.bincount(codes, minlength=size)
    n_counted = n_items
    if correct.null_count:
        n_counted = np.bincount(codes[correct.is_valid().to_numpy()], minlength=size)
    right = np.bincount(codes, weights=correct.fill_null(0).to_numpy(), minlength=size).astype(np.int64)
    there = np.flatnonzero(n_items)
    group, of_class = np.divmod(there, len(different))
    return np.stack([group, different[of_class], n_items[there], n_counted[there], right[there]], axis=1)


def _coalesced(parts: list[Tallies]) -> Iterator[Tallies]:
    """Yield the rows of many arrays in fewer of about `CHUNK` rows; the list is used up."""
    held: list[Tallies] = []
    while parts:
        held.append(parts.pop())
        if sum(map(len, held)) >= CHUNK or not parts:
            yield np.concatenate(held)
            held = []


def _score_rows(columns: dict[str, Any]) -> pa.Table:
    """Return rows of `score` of the columns that are known, with their keys and places."""
    schema = arrow_schema(_SCORE)
    n_items = np.asarray(columns["n_items"], dtype=np.int64)
    n = len(n_items)
    different, codes = np.unique(n_items, return_inverse=True)
    places = pa.array([f"{DERIVED}{each} items" for each in different.tolist()], pa.string()).take(pa.array(codes))
    no = pa.repeat(pa.scalar(value=False), n)
    known = columns | {
        "place": places,
        "is_approximate": no,
        "is_aggregate": no,
        "score_id": np.zeros(n, dtype=np.int64),
    }
    arrays = [
        pa.nulls(n, field.type) if field.name not in known else _cast(known[field.name], field.type) for field in schema
    ]
    table = pa.Table.from_arrays(arrays, schema=schema)
    return table.set_column(0, schema.field(0), pa.array(_derived_ids(table)))


def _cast(values: Any, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)


def _derived_ids(scores: pa.Table) -> IntColumn:
    units = scores.column("unit").combine_chunks().dictionary_encode(null_encoding="encode")
    keys = np.array([text_key("unit", unit) for unit in units.dictionary.to_pylist()], dtype=np.int64)
    bits = float_bits_column(scores.column("value").to_numpy(), np.zeros(scores.num_rows, dtype=np.bool_))
    attempts = scores.column("samples_per_item").cast(pa.int64()).fill_null(MISSING).to_numpy()
    return combine_columns(
        ints(scores.column("run_id")), ints(scores.column("metric_id")), bits, keys[units.indices.to_numpy()], MISSING, 0,
        MISSING, MISSING, MISSING, MISSING, ints(scores.column("n_items")), attempts,
    )  # fmt: skip


def _counts_of(runs: Table) -> Select[Any]:
    """Return items and right attempts of each run and metric, apart for each number of attempts: whole numbers, exact."""
    return (
        select(
            _OUTCOME.c.run_id, _OUTCOME.c.metric_id, _OUTCOME.c.n_attempts, func.count(),
            func.count(_OUTCOME.c.n_correct), func.sum(_OUTCOME.c.n_correct),
        )
        .join(runs, runs.c.run_id == _OUTCOME.c.run_id)
        .group_by(_OUTCOME.c.run_id, _OUTCOME.c.metric_id, _OUTCOME.c.n_attempts)
    )  # fmt: skip


def _sums_of_values(connection: Connection, runs: Table) -> dict[tuple[int, int], float]:
    """Return the sums of the values that are no counts, rounded once, so that the order of the items does not show."""
    statement = (
        select(_OUTCOME.c.run_id, _OUTCOME.c.metric_id, _OUTCOME.c.value, func.count())
        .join(runs, runs.c.run_id == _OUTCOME.c.run_id)
        .where(_OUTCOME.c.n_correct.is_(None), _OUTCOME.c.value.is_not(None))
        .group_by(_OUTCOME.c.run_id, _OUTCOME.c.metric_id, _OUTCOME.c.value)
        .order_by(_OUTCOME.c.run_id, _OUTCOME.c.metric_id)
    )
    rows = connection.execute(statement)
    return {
        (run_id, metric_id): math.fsum(value * n for _run, _metric, value, n in group)
        for (run_id, metric_id), group in groupby(rows, key=lambda row: (row[0], row[1]))
    }
