"""Several runs of one model under one protocol as one score: their mean, and what their spread says and does not say.

The runs were given the same items, so they differ by their answers alone: the spread between runs holds prediction noise only,
and r runs lower it as r attempts at each item do. What the choice of items adds, the data noise, has to come from elsewhere:

- from outcomes, where every run has them for the same items: the error over items of each item's mean over the runs;
- else from the number of items of a right-or-wrong metric: p (1 - p) / n is the data noise plus the prediction noise of one
  attempt at each item, so the data noise is what the runs' own variance leaves of it (`benchdb.stats.shares.stderr_of_runs`);
- else it is unknown, and the error between runs is a lower bound (evidence `partial`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, column, func, select, values

from benchdb.query.items import ItemStats, clustered_benchmarks, clustered_error, outcome_value, select_clustered
from benchdb.query.rungs import Error, around, catalogued, scale, share_of
from benchdb.query.tables import OUTCOME
from benchdb.schema.vocab import Evidence
from benchdb.stats.intervals import t_interval
from benchdb.stats.shares import stderr_of_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Subquery

    from benchdb.query.chosen import Chosen

_MOST_RUNS = 10_000


def pooled_items(connection: Connection, rows: Sequence[Chosen]) -> dict[int, ItemStats]:
    """Return what items say when each is averaged over the runs behind a score, by score.

    A score is absent if one of its runs lacks an item that another has, or it has fewer than two items.

    Args:
        connection: An open connection.
        rows: Chosen claims; those that stand for one run are passed over.
    """
    pooled: dict[int, ItemStats] = {}
    batch: list[tuple[int, int, int, int]] = []
    for row in rows:
        if row.n_runs > 1:
            batch += [(row.score_id, run_id, row.metric_id, row.benchmark_id) for run_id in runs_of(row)]
        if len(batch) > _MOST_RUNS:
            pooled |= _pooled(connection, batch)
            batch = []
    if batch:
        pooled |= _pooled(connection, batch)
    n_runs = {row.score_id: row.n_runs for row in rows if row.n_runs > 1}
    return {
        score_id: items
        for score_id, items in pooled.items()
        if items.n_items > 1 and items.fewest_attempts == n_runs[score_id]
    }


def runs_of(row: Chosen) -> tuple[int, ...]:
    """Return the runs behind a score, in order of their keys.

    Args:
        row: A chosen claim.
    """
    return tuple(sorted(map(int, row.run_ids.split(",")))) if row.run_ids else (row.run_id,)


def from_repeats(row: Chosen, value: float, pooled: ItemStats | None, level: float) -> Error | None:
    """Return the error of a mean over several runs; None where all runs agree and nothing else is known.

    Args:
        row: The chosen claim, with the runs behind it.
        value: Mean over the runs, in the cell's unit.
        pooled: What the items say, each averaged over the runs.
        level: Coverage of the interval.
    """
    between = run_stderr(row) or 0.0
    runs = f"{row.n_runs} runs on the same items, ± {between:.2g} between them"
    if pooled is not None and pooled.stderr:
        stderr, df = pooled.stderr * scale(row.unit), pooled.n_units - 1
        return _whole(
            row, value, (stderr, df), pooled.n_items, f"{runs}; over items, each averaged over the runs", level
        )
    n_items, share = row.n_items or catalogued(row), share_of(row, value)
    if n_items is not None and n_items > 1 and share is not None and 0 < share < 1:
        total = stderr_of_runs(share, n_items, between / scale(row.unit), row.n_runs, row.samples_per_item or 1)
        error = (total * scale(row.unit), n_items - 1)
        return _whole(row, value, error, n_items, f"{runs}; with the noise of {n_items} items", level)
    if between == 0:
        return None
    interval = t_interval(value, between, row.n_runs - 1, level=level)
    return Error(
        stderr=between,
        lower=interval.lower,
        upper=interval.upper,
        evidence=Evidence.PARTIAL,
        method="t between runs",
        n_items=row.n_items,
        df=row.n_runs - 1,
        note=f"{runs}; the noise of the items is missing",
    )


def run_stderr(row: Chosen) -> float | None:
    """Return the standard error of the mean over runs as the runs alone show it: prediction noise only.

    Args:
        row: A chosen claim; None where one run is behind it.
    """
    if row.n_runs < 2 or row.runs_spread is None:
        return None
    return row.runs_spread / math.sqrt(row.n_runs)


def _whole(row: Chosen, value: float, error: tuple[float, float], n_items: int, note: str, level: float) -> Error:
    stderr, df = error
    lower, upper, method = around(row, value, stderr, df, level)
    return Error(
        stderr=stderr,
        lower=lower,
        upper=upper,
        evidence=Evidence.REPEATS,
        method=method,
        n_items=n_items,
        df=df,
        note=note,
    )


def _pooled(connection: Connection, batch: Sequence[tuple[int, int, int, int]]) -> dict[int, ItemStats]:
    item = _items(batch)
    statement = select(
        item.c.score_id,
        func.count().label("n_items"),
        func.avg(item.c.x).label("mean"),
        func.var_samp(item.c.x).label("variance"),
        func.min(item.c.n_runs).label("fewest"),
        func.max(item.c.n_runs).label("most"),
        func.avg(item.c.within / item.c.n_runs).label("within"),
    ).group_by(item.c.score_id)
    found = {row.score_id: _stats(row) for row in connection.execute(statement)}
    clustered = set(clustered_benchmarks(connection, {benchmark_id for *_, benchmark_id in batch}))
    if clustered and found:
        rows = [row for row in batch if row[3] in clustered]
        for row in connection.execute(select_clustered(_items(rows), ("score_id",))):
            stderr, n_units = clustered_error(row)
            found[row.score_id] = found[row.score_id]._replace(stderr=stderr, n_units=n_units)
    return found


def _items(batch: Sequence[tuple[int, int, int, int]]) -> Subquery:
    """Select each item's mean over the runs of a score, with the variance between the runs."""
    names = ("score_id", "run_id", "metric_id", "benchmark_id")
    wanted = values(*(column(name, BigInteger) for name in names), name="wanted").data(list(batch))
    keys = (wanted.c.score_id, wanted.c.benchmark_id, OUTCOME.c.sample_number)
    x = outcome_value(OUTCOME)
    return (
        select(*keys, func.avg(x).label("x"), func.var_samp(x).label("within"), func.count(x).label("n_runs"))
        .join(OUTCOME, and_(OUTCOME.c.run_id == wanted.c.run_id, OUTCOME.c.metric_id == wanted.c.metric_id))
        .where(x.is_not(None))
        .group_by(*keys)
        .subquery("item")
    )


def _stats(row: Row[Any]) -> ItemStats:
    n_items = int(row.n_items)
    stderr = None if row.variance is None else math.sqrt(row.variance / n_items)
    within = None if row.within is None else float(row.within)
    return ItemStats(
        n_items=n_items,
        mean=float(row.mean),
        stderr=stderr,
        n_units=n_items,
        most_attempts=int(row.most),
        fewest_attempts=int(row.fewest),
        within_variance=within,
    )
