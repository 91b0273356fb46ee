"""How the errors of models go together: covariances from the items they were given, by one scan of their outcomes.

For each column the deviations of a run's items from its mean are added up by cluster (an item without one is its own) and
scaled, so that the products of two runs' sums add up to the covariance of their means, and of a run with itself to its
squared clustered error (Miller 2024, arXiv:2411.00640).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Double, and_, cast, func, select

from benchdb.query.tables import OUTCOME, RUN, SAMPLE
from benchdb.query.uncertainty import scale
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy import float64, int64
    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from benchdb.query.claims import Chosen
    from benchdb.rows.leaderboard import Cell

ModelKey = tuple[str, str | None]
"""(model, variant)"""
ColumnKey = tuple[str, str]
"""(benchmark, subset)"""


@dataclass(frozen=True, slots=True)
class JointErrors:
    """The scaled deviations of the runs of one column; rows are clusters of items, columns are models."""

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
    outcomes = _outcomes(connection, columns)
    return {key: _joint(runs, outcomes) for key, runs in columns.items()}


def _outcomes(
    connection: Connection, columns: Mapping[ColumnKey, Mapping[int, tuple[Chosen, Cell]]]
) -> dict[int, tuple[NDArray[int64], NDArray[float64], list[str | None]]]:
    """Run → its items: their numbers, values and clusters."""
    import numpy as np

    runs = {run: row.metric_id for found in columns.values() for run, (row, _) in found.items()}
    share = cast(OUTCOME.c.n_correct, Double) / cast(OUTCOME.c.n_attempts, Double)
    value = func.coalesce(OUTCOME.c.value, share)
    own = and_(SAMPLE.c.benchmark_id == RUN.c.benchmark_id, SAMPLE.c.sample_number == OUTCOME.c.sample_number)
    statement = (
        select(OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.sample_number, value, SAMPLE.c.cluster)
        .join(RUN, RUN.c.run_id == OUTCOME.c.run_id)
        .outerjoin(SAMPLE, own)
        .where(OUTCOME.c.run_id.in_(sorted(runs)), value.is_not(None))
        .order_by(OUTCOME.c.run_id, OUTCOME.c.sample_number)
    )
    found: dict[int, tuple[list[int], list[float], list[str | None]]] = {run: ([], [], []) for run in runs}
    for run, metric, number, x, cluster in connection.execute(statement):
        if runs[run] == metric:
            numbers, values, clusters = found[run]
            numbers.append(number)
            values.append(x)
            clusters.append(cluster)
    return {
        run: (np.asarray(numbers), np.asarray(xs, dtype=float), names) for run, (numbers, xs, names) in found.items()
    }


def _joint(
    runs: Mapping[int, tuple[Chosen, Cell]],
    outcomes: Mapping[int, tuple[NDArray[int64], NDArray[float64], list[str | None]]],
) -> JointErrors:
    import numpy as np

    units: dict[str | int, int] = {}
    totals, counts = [], []
    for run, (row, _) in runs.items():
        numbers, values, clusters = outcomes[run]
        names = [
            number if cluster is None else cluster for number, cluster in zip(numbers.tolist(), clusters, strict=True)
        ]
        places = np.asarray([units.setdefault(name, len(units)) for name in names])
        n_units = len(set(names))
        correction = np.sqrt(n_units / max(n_units - 1, 1))
        total = np.bincount(places, weights=(values - values.mean()) * correction / len(values) * scale(row.unit))
        totals.append(total)
        counts.append(n_units)
    factor = np.zeros((len(units), len(totals)))
    for place, total in enumerate(totals):
        factor[: len(total), place] = total
    models = tuple((cell.model, cell.variant) for _, cell in runs.values())
    return JointErrors(models, factor, np.asarray(counts))
