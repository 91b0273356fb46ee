"""What outcomes of items say, computed in the database: means of runs and their errors.

The error of a mean over items is clustered where the catalogue knows clusters among them:
sqrt(G / (G - 1) * sum over clusters of (sum of deviations)^2) / n, which for clusters of one item is the sample standard
deviation over the square root of n (Miller 2024, arXiv:2411.00640).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Double, and_, bindparam, case, cast, func, or_, select

from benchdb.query.tables import OUTCOME, RUN, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Subquery


class ItemStats(NamedTuple):
    """The items of one run under one metric. Values are fractions of full marks, or in the metric's own unit."""

    n_items: int
    """Items with a value."""
    mean: float
    """Mean over the items."""
    stderr: float | None
    """Standard error of the mean; None with fewer than two items or clusters."""
    n_units: int
    """Independent units: clusters, and items without a cluster."""
    most_attempts: int
    """Most attempts any item had."""
    fewest_attempts: int = 1
    """Fewest attempts any item had."""
    is_single: bool = False
    """Whether each item had one attempt that was right or wrong."""
    attempt_variance: float | None = None
    """Variance of one attempt within an item, averaged over items, unbiased; None where an item had one attempt only."""
    within_variance: float | None = None
    """What of it is left in an item's mean over its attempts, averaged over items."""

    @property
    def prediction_stderr(self) -> float | None:
        """The part of the standard error that more attempts at the same items would lower."""
        return None if self.within_variance is None else math.sqrt(self.within_variance / self.n_items)

    @property
    def data_stderr(self) -> float | None:
        """The part that only more items would lower; 0 where the estimate of its square falls below 0."""
        if self.stderr is None or self.within_variance is None:
            return None
        return math.sqrt(max(0.0, self.stderr**2 - self.within_variance / self.n_items))


RunKey = tuple[int, int]
"""(run_id, metric_id)"""
_MOST_RUNS = 500


def item_stats(
    connection: Connection, keys: Collection[RunKey], benchmark_ids: Collection[int]
) -> dict[RunKey, ItemStats]:
    """Return what the items of runs say; runs without outcomes are absent.

    Args:
        connection: An open connection.
        keys: Run and metric of each score in question.
        benchmark_ids: Benchmarks of those runs.
    """
    found = {run_id for run_id, _ in keys}
    runs = sorted(found) if len(found) <= _MOST_RUNS else list(found)
    benchmarks = sorted(set(benchmark_ids))
    is_named = len(runs) <= _MOST_RUNS
    given = {"runs": runs} if is_named else {"benchmarks": benchmarks}
    plain = connection.execute(_select_plain(is_named=is_named), given).all()
    rows = {(row.run_id, row.metric_id): row for row in plain}
    stats = {key: _item_stats(row) for key, row in rows.items() if key in keys}
    clustered = clustered_benchmarks(connection, benchmark_ids) if stats else ()
    if clustered:
        items = _run_items(is_of_runs(runs, benchmarks), clustered)
        errors = connection.execute(select_clustered(items, ("run_id", "metric_id")))
        for key, row in (((row.run_id, row.metric_id), row) for row in errors):
            if key in stats:
                stderr, n_units = clustered_error(row)
                stats[key] = stats[key]._replace(stderr=stderr, n_units=n_units)
    return stats


def outcome_value(outcome: FromClause) -> ColumnElement[float]:
    """Return the value of an outcome: the share of its attempts that were right, or the mean over them as written.

    Args:
        outcome: The table of outcomes, or an alias of it.
    """
    share = cast(outcome.c.n_correct, Double) / cast(outcome.c.n_attempts, Double)
    return func.coalesce(outcome.c.value, share)


def is_of_runs(runs: Sequence[int], benchmarks: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that an outcome is of some runs; of many runs, of all runs on their benchmarks.

    Args:
        runs: The runs.
        benchmarks: Their benchmarks.
    """
    if len(runs) > _MOST_RUNS:
        return OUTCOME.c.run_id.in_(select(RUN.c.run_id).where(RUN.c.benchmark_id.in_(benchmarks)))
    return OUTCOME.c.run_id.in_(runs)


@cache
def _select_plain(*, is_named: bool) -> Select[Any]:
    """Select what the items of runs say, groups of items apart; the runs, or of many their benchmarks, are parameters."""
    if is_named:
        return _select_runs(_run_items(OUTCOME.c.run_id.in_(bindparam("runs", expanding=True))))
    runs = select(RUN.c.run_id).where(RUN.c.benchmark_id.in_(bindparam("benchmarks", expanding=True)))
    return _select_runs(_run_items(OUTCOME.c.run_id.in_(runs)))


def _single_variance(outcome: FromClause) -> ColumnElement[float]:
    """Select p (1 - p) n / (n - 1), the unbiased variance of one attempt at an item that had several."""
    n_correct, n = cast(outcome.c.n_correct, Double), cast(outcome.c.n_attempts, Double)
    return case((outcome.c.n_attempts > 1, n_correct * (n - n_correct) / (n * (n - 1))))


def _run_items(is_of_them: ColumnElement[bool], clustered: Sequence[int] = ()) -> Subquery:
    """Select the items of some runs, of clustered benchmarks alone where these are given."""
    statement = select(
        OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.sample_number, OUTCOME.c.n_attempts, outcome_value(OUTCOME).label("x"),
        _single_variance(OUTCOME).label("single"),
    ).where(is_of_them)  # fmt: skip
    if clustered:
        statement = statement.join(RUN, RUN.c.run_id == OUTCOME.c.run_id).add_columns(RUN.c.benchmark_id)
        statement = statement.where(RUN.c.benchmark_id.in_(clustered))
    return statement.subquery("item")


def _select_runs(item: Subquery) -> Select[Any]:
    single = and_(item.c.n_attempts == 1, or_(item.c.x == 0, item.c.x == 1))
    return (
        select(
            item.c.run_id,
            item.c.metric_id,
            func.count(item.c.x).label("n_items"),
            func.avg(item.c.x).label("mean"),
            func.var_samp(item.c.x).label("variance"),
            func.max(item.c.n_attempts).label("most_attempts"),
            func.min(item.c.n_attempts).label("fewest_attempts"),
            func.sum(case((single, 1), else_=0)).label("n_single"),
            func.count(item.c.single).label("n_repeated"),
            func.avg(item.c.single).label("attempt_variance"),
            func.avg(item.c.single / item.c.n_attempts).label("within_variance"),
        )
        .where(item.c.x.is_not(None))
        .group_by(item.c.run_id, item.c.metric_id)
    )


def units_of(
    benchmark_id: ColumnElement[int], sample_number: ColumnElement[int]
) -> tuple[ColumnElement[bool], tuple[ColumnElement[Any], ColumnElement[Any]]]:
    """Return the condition by which outcomes are joined with `sample`, from outside, and what those of one independent unit share.

    A unit is a cluster. An item without one is a unit of its own, and so is one that the database does not hold, which `doctor` reports.

    Args:
        benchmark_id: Benchmark of each outcome.
        sample_number: Number of its item.
    """
    is_item = and_(SAMPLE.c.benchmark_id == benchmark_id, SAMPLE.c.sample_number == sample_number)
    return is_item, (SAMPLE.c.cluster, case((SAMPLE.c.cluster.is_(None), sample_number)).label("alone"))


def select_clustered(item: Subquery, names: Iterable[str]) -> Select[Any]:
    """Return the sums over independent units that `clustered_error` needs. Grain: one row per combination of the keys.

    Args:
        item: Items with the columns `benchmark_id`, `sample_number`, `x` and the keys.
        names: Keys: what a mean over items is taken for.
    """
    is_item, unit_key = units_of(item.c.benchmark_id, item.c.sample_number)
    keys = [item.c[name] for name in names]
    unit = (
        select(*keys, func.sum(item.c.x).label("total"), cast(func.count(item.c.x), Double).label("size"))
        .select_from(item)
        .outerjoin(SAMPLE, is_item)
        .where(item.c.x.is_not(None))
        .group_by(*keys, *unit_key)
        .subquery("unit")
    )
    outer = [unit.c[name] for name in names]
    return select(
        *outer,
        func.count().label("n_units"),
        func.sum(unit.c.size).label("n_items"),
        func.sum(unit.c.total).label("sum_x"),
        func.sum(unit.c.total * unit.c.total).label("sum_xx"),
        func.sum(unit.c.total * unit.c.size).label("sum_xn"),
        func.sum(unit.c.size * unit.c.size).label("sum_nn"),
    ).group_by(*outer)


def clustered_benchmarks(connection: Connection, benchmark_ids: Collection[int]) -> Sequence[int]:
    """Return those of some benchmarks that have clusters among their items.

    Args:
        connection: An open connection.
        benchmark_ids: The benchmarks in question.
    """
    statement = select(SAMPLE.c.benchmark_id).where(
        SAMPLE.c.benchmark_id.in_(sorted(set(benchmark_ids))), SAMPLE.c.cluster.is_not(None)
    )
    return connection.execute(statement.distinct()).scalars().all()


def clustered_error(row: Row[Any]) -> tuple[float | None, int]:
    """Return the clustered standard error of a mean, None with fewer than two units, and the number of units.

    Args:
        row: A row of `select_clustered`.
    """
    n_units, n_items = int(row.n_units), float(row.n_items)
    if n_units < 2:
        return None, n_units
    mean = row.sum_x / n_items
    squares = max(0.0, row.sum_xx - 2 * mean * row.sum_xn + mean * mean * row.sum_nn)
    return math.sqrt(squares * n_units / (n_units - 1)) / n_items, n_units


def _stderr(row: Row[Any]) -> float | None:
    return None if row.variance is None else math.sqrt(row.variance / row.n_items)


def _item_stats(row: Row[Any]) -> ItemStats:
    n_items = int(row.n_items)
    is_split = row.n_repeated == n_items
    return ItemStats(
        n_items=n_items,
        mean=float(row.mean),
        stderr=_stderr(row),
        n_units=n_items,
        most_attempts=int(row.most_attempts),
        fewest_attempts=int(row.fewest_attempts),
        is_single=int(row.n_single) == n_items,
        attempt_variance=float(row.attempt_variance) if is_split else None,
        within_variance=float(row.within_variance) if is_split else None,
    )
