"""How the errors of models go together: covariances from the items they were given, by one scan of their outcomes.

For each column the deviations of a run's items from its mean are added up by cluster (an item without one is its own) and
scaled, so that the products of two runs' sums add up to the covariance of their means, and of a run with itself to its
squared clustered error (Miller 2024, arXiv:2411.00640). Outcomes come as Arrow batches into a table of units by runs; where that
would not fit, by ranges of items, of which only the products are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from benchdb.query.items import clustered_benchmarks, outcome_value
from benchdb.query.tables import OUTCOME, SAMPLE
from benchdb.query.uncertainty import scale
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy import float64, int64, signedinteger
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection

    from benchdb.query.chosen import Chosen
    from benchdb.rows.leaderboard import Cell

ModelKey = tuple[str, str | None]
"""(model, variant)"""
ColumnKey = tuple[str, str]
"""(benchmark, subset)"""
_MOST_KEPT = 200_000
"""Deviations kept as they are for one column; of more only what they add up to is kept."""
_MOST_AT_ONCE = 20_000_000
"""Deviations in memory at once, of items that are not in clusters."""


@dataclass(frozen=True, slots=True)
class JointErrors:
    """The scaled deviations of the runs of one column; rows are clusters of items, columns are models.

    Of many deviations the rows are as many combinations of them as there are models, with the same products.
    """

    models: tuple[ModelKey, ...]
    """The models whose values rest on items."""
    factor: NDArray[float64]
    """Transposed times itself it is the covariance of the models' values, in the column's unit."""
    n_units: NDArray[int64]
    """Independent units behind each model."""


def joint_errors(connection: Connection, rows: Sequence[Chosen], cells: Sequence[Cell]) -> dict[ColumnKey, JointErrors]:
    """Return the joint errors of each column on which two models or more have values that rest on items.

    Args:
        connection: An open connection.
        rows: Chosen claims.
        cells: The same as cells, in the same order.
    """
    columns: dict[ColumnKey, dict[int, tuple[Chosen, Cell]]] = {}
    for row, cell in zip(rows, cells, strict=True):
        if cell.evidence == Evidence.ITEMS:
            columns.setdefault((cell.benchmark, cell.subset), {})[row.run_id] = (row, cell)
    columns = {key: runs for key, runs in columns.items() if len(runs) > 1}
    if not columns:
        return {}
    benchmarks = {row.benchmark_id for runs in columns.values() for row, _ in runs.values()}
    clustered = set(clustered_benchmarks(connection, benchmarks))
    return {key: _joint(connection, runs, clustered) for key, runs in columns.items()}


def _joint(connection: Connection, runs: Mapping[int, tuple[Chosen, Cell]], clustered: set[int]) -> JointErrors:
    import numpy as np

    rows = [row for row, _ in runs.values()]
    column = _Column(list(runs), rows[0].metric_id)
    n_numbers = _n_numbers(connection, column)
    unit_of = _units(connection, rows[0].benchmark_id, n_numbers) if rows[0].benchmark_id in clustered else None
    at_once = n_numbers if unit_of is not None else max(1, _MOST_AT_ONCE // len(rows))
    if n_numbers <= at_once:
        table = _read(connection, column, (0, n_numbers), unit_of)
        n_items, n_units = table.counts.sum(axis=0), (table.counts > 0).sum(axis=0)
        factor = _deviations(table, table.totals.sum(axis=0) / n_items, n_items, n_units)
        given = table.counts.any(axis=1)
        factor = factor if given.all() else factor[given]
        factor = factor if factor.size <= _MOST_KEPT or len(factor) <= len(rows) else _root(factor.T @ factor)
    else:
        means, n_items = _means(connection, column)
        n_units, products = n_items, np.zeros((len(rows), len(rows)))
        for start in range(0, n_numbers, at_once):
            table = _read(connection, column, (start, start + at_once), None)
            part = _deviations(table, means, n_items, n_units)
            products += part.T @ part
        factor = _root(products)
    factor *= [scale(row.unit) for row in rows]
    return JointErrors(tuple((cell.model, cell.variant) for _, cell in runs.values()), factor, n_units)


class _Column(NamedTuple):
    """Runs that were given the same items, under one metric."""

    runs: list[int]
    metric_id: int


class _Table(NamedTuple):
    """Sums of values and numbers of items, by unit and run."""

    totals: NDArray[float64]
    counts: NDArray[signedinteger]


def _deviations(
    table: _Table, means: NDArray[float64], n_items: NDArray[int64], n_units: NDArray[int64]
) -> NDArray[float64]:
    """Deviations from the mean by unit, so scaled that a run's squares add up to its squared clustered error."""
    import numpy as np

    correction = np.sqrt(n_units / np.maximum(n_units - 1, 1))
    found: NDArray[float64] = means * table.counts
    np.subtract(table.totals, found, out=found)
    found *= correction
    found /= n_items
    return found


def _root(products: NDArray[float64]) -> NDArray[float64]:
    """A square matrix that, transposed times itself, gives the same products."""
    import numpy as np

    values, vectors = np.linalg.eigh(products)
    found: NDArray[float64] = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    return found


def _units(connection: Connection, benchmark_id: int, n_numbers: int) -> NDArray[int64]:
    """The unit of each item by its number: its cluster, or one of its own, as one has that the database does not hold."""
    import numpy as np
    import pyarrow as pa

    from benchdb.database.stream import schema_of, stream

    statement = select(SAMPLE.c.sample_number, SAMPLE.c.cluster).where(SAMPLE.c.benchmark_id == benchmark_id)
    statement = statement.order_by(SAMPLE.c.sample_number)
    samples = pa.Table.from_batches(stream(connection, statement), schema_of(statement)).combine_chunks()
    numbers, clusters = samples["sample_number"].to_numpy(), samples["cluster"].combine_chunks().dictionary_encode()
    grouped = clusters.is_valid().to_numpy(zero_copy_only=False)
    unit = len(clusters.dictionary) + np.arange(max(int(numbers.max()) + 1, n_numbers))
    unit[numbers[grouped]] = clusters.indices.drop_null().to_numpy()
    found: NDArray[int64] = np.unique(unit, return_inverse=True)[1]
    return found


def _n_numbers(connection: Connection, column: _Column) -> int:
    statement = select(func.max(OUTCOME.c.sample_number)).where(*_is_of(column))
    return int(connection.execute(statement).scalar_one()) + 1


def _means(connection: Connection, column: _Column) -> tuple[NDArray[float64], NDArray[int64]]:
    import numpy as np

    value = outcome_value(OUTCOME)
    statement = (
        select(OUTCOME.c.run_id, func.avg(value), func.count(value)).where(*_is_of(column)).group_by(OUTCOME.c.run_id)
    )
    found = {run: (mean, n) for run, mean, n in connection.execute(statement)}
    return np.array([found[run][0] for run in column.runs]), np.array([found[run][1] for run in column.runs])


def _is_of(column: _Column) -> tuple[ColumnElement[bool], ...]:
    return OUTCOME.c.run_id.in_(sorted(column.runs)), OUTCOME.c.metric_id == column.metric_id


def _read(connection: Connection, column: _Column, numbers: tuple[int, int], unit_of: NDArray[int64] | None) -> _Table:
    """Read the items with numbers in a half-open range into a table of units by runs."""
    import numpy as np

    start, end = numbers
    n_units = end - start if unit_of is None else max(int(unit_of.max()) + 1, 1)
    totals = np.zeros((n_units, len(column.runs)), order="F")
    counts = np.zeros(totals.shape, dtype=np.int8 if unit_of is None else np.int32, order="F")
    place = {run: number for number, run in enumerate(column.runs)}
    for run, items, values in _segments(connection, column, numbers):
        at = place[run]
        if unit_of is None:  # a run has an item once
            totals[items - start, at] = values
            counts[items - start, at] = 1
        else:
            units = unit_of[items]
            totals[:, at] += np.bincount(units, weights=values, minlength=n_units)
            counts[:, at] += np.bincount(units, minlength=n_units)
    return _Table(totals, counts)


def _segments(
    connection: Connection, column: _Column, numbers: tuple[int, int]
) -> Iterator[tuple[int, NDArray[int64], NDArray[float64]]]:
    """Yield runs with numbers and values of some of their items, as they follow each other in the table."""
    import numpy as np

    from benchdb.database.stream import stream

    value = outcome_value(OUTCOME).label("x")
    is_inside = OUTCOME.c.sample_number.between(numbers[0], numbers[1] - 1)
    statement = select(OUTCOME.c.run_id, OUTCOME.c.sample_number, value).where(
        *_is_of(column), is_inside, value.is_not(None)
    )
    for batch in stream(connection, statement, is_even=False):
        runs, items, values = (array.to_numpy(zero_copy_only=False) for array in batch.columns)
        edges = [0, *(np.flatnonzero(np.diff(runs)) + 1).tolist(), len(runs)]
        for first, last in pairwise(edges):
            yield int(runs[first]), items[first:last], values[first:last]
