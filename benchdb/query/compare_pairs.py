"""What the items that two runs share say of their difference: all pairs of the runs in question in one scan.

The runs' items are joined with themselves once, on benchmark, metric and item, and aggregated by pair of runs; pairs are
named in the statement only where few of many are in question, as in a series of runs. The error of the mean difference is sqrt(variance / n), and clustered where the catalogue knows
clusters (Miller 2024, arXiv:2411.00640): sqrt(G / (G - 1) * sum over clusters of (sum of deviations)^2) / n.

What belongs to one run (its mean, and the noise of its answers within an item) is asked for once a run. Only runs that
share a part of their items with another one need it pair by pair.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Double, Integer, and_, case, cast, column, func, select, values

from benchdb.query.items import clustered_benchmarks, units_of
from benchdb.query.tables import OUTCOME, RUN, SAMPLE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import CTE, Connection, FromClause, Row, Select

PairKey = tuple[int, int, int]
"""(run_id of the first, run_id of the second, metric_id); the first is the smaller."""


class PairStats(NamedTuple):
    """The items that two runs share, under one metric. Values are fractions of full marks, or in the metric's own unit."""

    n_items: int
    """Shared items with a value in both runs."""
    mean_a: float
    """Mean of the first run over them."""
    mean_b: float
    """Mean of the second run over them."""
    mean: float
    """Mean of the differences, first minus second."""
    stderr: float | None
    """Standard error of that mean; None with fewer than two items or clusters."""
    n_units: int
    """Independent units: clusters, and items without a cluster."""
    n_wins: int
    """Items on which the first run is above the second."""
    n_losses: int
    """Items on which it is below."""
    n_units_won: int
    """Units whose items together are in favour of the first run."""
    n_units_lost: int
    """Units whose items together are in favour of the second."""
    most_attempts: int
    """Most attempts any item had in either run."""
    prediction_variance: float | None
    """Variance of the difference of one attempt each within an item, averaged over items; None unless every item had two
    attempts or more in both runs."""
    averaged_variance: float | None
    """What is left of it in the means over an item's attempts."""

    def mirrored(self) -> PairStats:
        """Return the same with the runs swapped."""
        return self._replace(
            mean_a=self.mean_b, mean_b=self.mean_a, mean=-self.mean, n_wins=self.n_losses, n_losses=self.n_wins,
            n_units_won=self.n_units_lost, n_units_lost=self.n_units_won,
        )  # fmt: skip


class _RunItems(NamedTuple):
    n_items: int
    mean: float
    most_attempts: int
    prediction: float | None
    averaged: float | None


def pair_stats(
    connection: Connection,
    run_ids: Collection[int],
    benchmark_ids: Collection[int],
    pairs: Collection[tuple[int, int]] | None = None,
) -> dict[PairKey, PairStats]:
    """Return what the shared items say of pairs of runs on one benchmark; pairs without shared items are absent.

    Args:
        connection: An open connection.
        run_ids: The runs.
        benchmark_ids: The benchmarks they are of.
        pairs: The pairs in question, in each the smaller run_id first; None is all pairs of the runs.
    """
    if len(run_ids) < 2:
        return {}
    runs = _by_run(connection, run_ids)
    if len({run_id for run_id, _ in runs}) < 2:
        return {}
    of_run = select(RUN.c.run_id, RUN.c.benchmark_id).where(RUN.c.run_id.in_(sorted(run_ids)))
    benchmark_of: dict[int, int] = {row[0]: row[1] for row in connection.execute(of_run)}
    joined = shared_items(run_ids, pairs, _sides(benchmark_of))
    rows = connection.execute(select_pairs(joined)).all()
    found = {(row[0], row[1], row[2]): _from_whole(row, runs) for row in rows}
    parts = {run for key, pair in found.items() for run in key[:2] if pair.n_items != runs[run, key[2]].n_items}
    if parts:
        _mend_parts(connection, found, runs, joined)
    clustered = set(clustered_benchmarks(connection, benchmark_ids))
    if clustered:
        inside = {run_id: key for run_id, key in benchmark_of.items() if key in clustered}
        joined = shared_items(inside.keys(), pairs, _sides(inside))
        for row in connection.execute(_select_clustered(joined)):
            key = (row.run_a, row.run_b, row.metric_id)
            found[key] = _with_clusters(found[key], row)
    return found


def _sides(benchmark_of: Mapping[int, int]) -> tuple[list[int], list[int]] | None:
    """Return the runs with the smaller and those with the greater key where no benchmark has more than two; else None, as a run is in both."""
    runs: dict[int, list[int]] = {}
    for run_id in sorted(benchmark_of):
        runs.setdefault(benchmark_of[run_id], []).append(run_id)
    if any(len(found) > 2 for found in runs.values()):
        return None
    pairs = [found for found in runs.values() if len(found) == 2]
    return [first for first, _ in pairs], [second for _, second in pairs]


def _select_items(runs: Collection[int]) -> Select[Any]:
    share = cast(OUTCOME.c.n_correct, Double) / cast(OUTCOME.c.n_attempts, Double)
    value = func.coalesce(OUTCOME.c.value, share)
    several = and_(OUTCOME.c.n_attempts > 1, OUTCOME.c.value.is_(None))
    averaged = case((several, share * (1 - share) / cast(OUTCOME.c.n_attempts - 1, Double)))
    return select(
        OUTCOME.c.run_id, OUTCOME.c.metric_id, OUTCOME.c.sample_number, OUTCOME.c.n_attempts, value.label("x"),
        averaged.label("averaged"),
    ).where(OUTCOME.c.run_id.in_(sorted(set(runs))), value.is_not(None))  # fmt: skip


def _items(runs: Collection[int], name: str) -> CTE:
    items = _select_items(runs)
    return items.add_columns(RUN.c.benchmark_id).join(RUN, RUN.c.run_id == OUTCOME.c.run_id).cte(name)


def _by_run(connection: Connection, run_ids: Collection[int]) -> dict[tuple[int, int], _RunItems]:
    # Without the benchmark: a join keeps DuckDB from passing over the blocks that hold other runs.
    items = _select_items(run_ids).subquery("item")
    one_attempt = items.c.averaged * cast(items.c.n_attempts, Double)
    statement = select(
        items.c.run_id, items.c.metric_id, func.count(), func.avg(items.c.x), func.max(items.c.n_attempts),
        func.count(items.c.averaged), func.avg(one_attempt), func.avg(items.c.averaged),
    ).group_by(items.c.run_id, items.c.metric_id)  # fmt: skip
    runs = {}
    for run_id, metric_id, n_items, mean, most, n_split, prediction, averaged in connection.execute(statement):
        split = (prediction, averaged) if n_split == n_items else (None, None)
        runs[run_id, metric_id] = _RunItems(n_items, mean, most, *split)
    return runs


class SharedItems(NamedTuple):
    """Items of runs joined with themselves."""

    first: FromClause
    """The items of the run with the smaller key."""
    second: FromClause
    """Those of the other."""
    both: FromClause
    """The two side by side, one row an item and pair."""


def shared_items(
    run_ids: Collection[int],
    pairs: Collection[tuple[int, int]] | None = None,
    sides: tuple[Collection[int], Collection[int]] | None = None,
) -> SharedItems:
    """Return the shared items of pairs of runs on one benchmark.

    Args:
        run_ids: The runs.
        pairs: The pairs in question, in each the smaller run_id first; None is all pairs of the runs.
        sides: Runs that are the first of a pair, and those that are the second, where none is both: each is then joined from one side only.
    """
    first: FromClause
    second: FromClause
    if sides is None:
        items = _items(run_ids, "item")
        first, second = items.alias("first"), items.alias("second")
    else:
        first, second = _items(sides[0], "first"), _items(sides[1], "second")
    shares_item = and_(
        first.c.benchmark_id == second.c.benchmark_id,
        first.c.metric_id == second.c.metric_id,
        first.c.sample_number == second.c.sample_number,
        first.c.run_id < second.c.run_id,
    )
    if pairs is None:
        return SharedItems(first, second, first.join(second, shares_item))
    wanted = values(column("run_a", BigInteger), column("run_b", BigInteger), name="pair").data(sorted(pairs))
    both = wanted.join(first, first.c.run_id == wanted.c.run_a)
    return SharedItems(first, second, both.join(second, and_(second.c.run_id == wanted.c.run_b, shares_item)))


def select_pairs(joined: SharedItems) -> Select[Any]:
    """Return the mean difference of each pair with its variance, and how many items are won. Grain: one row per pair and metric.

    Args:
        joined: From `shared_items`.
    """
    first, second, both = joined
    difference = first.c.x - second.c.x
    sign = func.sign(difference)
    return (
        select(
            first.c.run_id.label("run_a"), second.c.run_id.label("run_b"), first.c.metric_id,
            func.count().label("n_items"), func.avg(difference).label("mean"),
            func.var_samp(difference).label("variance"), cast(func.sum(sign), Integer).label("balance"),
            cast(func.sum(func.abs(sign)), Integer).label("n_decided"),
        )
        .select_from(both)
        .group_by(first.c.run_id, second.c.run_id, first.c.metric_id)
    )  # fmt: skip


def _from_whole(row: Row[Any], runs: Mapping[tuple[int, int], _RunItems]) -> PairStats:
    run_a, run_b, metric_id, n_items, mean, variance, balance, n_decided = tuple(row)
    first, second = runs[run_a, metric_id], runs[run_b, metric_id]
    n_wins, n_losses = (n_decided + balance) // 2, (n_decided - balance) // 2
    return PairStats(
        n_items, first.mean, second.mean, mean, None if variance is None else math.sqrt(variance / n_items), n_items,
        n_wins, n_losses, n_wins, n_losses, max(first.most_attempts, second.most_attempts),
        _sum(first.prediction, second.prediction), _sum(first.averaged, second.averaged),
    )  # fmt: skip


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _mend_parts(
    connection: Connection,
    found: dict[PairKey, PairStats],
    runs: Mapping[tuple[int, int], _RunItems],
    joined: SharedItems,
) -> None:
    """Give pairs that share a part of their items the means and noises over that part."""
    first, second, both = joined
    averaged = first.c.averaged + second.c.averaged
    one_attempt = first.c.averaged * cast(first.c.n_attempts, Double) + second.c.averaged * cast(
        second.c.n_attempts, Double
    )
    statement = (
        select(
            first.c.run_id, second.c.run_id, first.c.metric_id, func.avg(first.c.x), func.avg(second.c.x),
            func.count(averaged), func.avg(one_attempt), func.avg(averaged), func.max(first.c.n_attempts),
            func.max(second.c.n_attempts),
        )
        .select_from(both)
        .group_by(first.c.run_id, second.c.run_id, first.c.metric_id)
    )  # fmt: skip
    for *key, mean_a, mean_b, n_split, prediction, rest, most_a, most_b in connection.execute(statement):
        run_a, run_b, metric_id = key
        pair = found[run_a, run_b, metric_id]
        if pair.n_items == runs[run_a, metric_id].n_items == runs[run_b, metric_id].n_items:
            continue
        is_split = n_split == pair.n_items
        found[run_a, run_b, metric_id] = pair._replace(
            mean_a=mean_a,
            mean_b=mean_b,
            most_attempts=max(most_a, most_b),
            prediction_variance=prediction if is_split else None,
            averaged_variance=rest if is_split else None,
        )


def _select_clustered(joined: SharedItems) -> Select[Any]:
    first, second, both = joined
    difference = first.c.x - second.c.x
    is_item, unit_key = units_of(first.c.benchmark_id, first.c.sample_number)
    unit = (
        select(
            first.c.run_id.label("run_a"), second.c.run_id.label("run_b"), first.c.metric_id,
            func.sum(difference).label("total"), cast(func.count(), Double).label("size"),
        )
        .select_from(both)
        .outerjoin(SAMPLE, is_item)
        .group_by(first.c.run_id, second.c.run_id, first.c.metric_id, *unit_key)
        .subquery("unit")
    )  # fmt: skip
    pair = [unit.c.run_a, unit.c.run_b, unit.c.metric_id]
    # Deviations are squared after the mean is taken off, so that a large mean costs no digits.
    mean = func.sum(unit.c.total).over(partition_by=pair) / func.sum(unit.c.size).over(partition_by=pair)
    deviation = select(*pair, unit.c.total, unit.c.size, (unit.c.total - mean * unit.c.size).label("off")).subquery("d")
    keys = [deviation.c.run_a, deviation.c.run_b, deviation.c.metric_id]
    sign = func.sign(deviation.c.total)
    return select(
        *keys,
        func.count().label("n_units"),
        func.sum(deviation.c.size).label("n_items"),
        func.sum(deviation.c.off * deviation.c.off).label("squares"),
        cast(func.sum(sign), Integer).label("balance"),
        cast(func.sum(func.abs(sign)), Integer).label("n_decided"),
    ).group_by(*keys)


def _with_clusters(pair: PairStats, row: Row[Any]) -> PairStats:
    n_units = int(row.n_units)
    stderr = math.sqrt(row.squares * n_units / (n_units - 1)) / float(row.n_items) if n_units > 1 else None
    return pair._replace(
        stderr=stderr,
        n_units=n_units,
        n_units_won=(row.n_decided + row.balance) // 2,
        n_units_lost=(row.n_decided - row.balance) // 2,
    )


def unit_differences(connection: Connection, run_ids: Collection[int]) -> dict[PairKey, list[float]]:
    """Return the difference of every unit of every pair of runs: items, or sums over clusters, in order of size.

    Args:
        connection: An open connection.
        run_ids: The runs, of one or several benchmarks.
    """
    first, second, both = shared_items(run_ids)
    is_item, unit_key = units_of(first.c.benchmark_id, first.c.sample_number)
    pair = (first.c.run_id, second.c.run_id, first.c.metric_id)
    total = func.sum(first.c.x - second.c.x)
    statement = (
        select(*pair, total)
        .select_from(both)
        .outerjoin(SAMPLE, is_item)
        .group_by(*pair, *unit_key)
        .order_by(*pair, func.abs(total), total)
    )
    found: dict[PairKey, list[float]] = {}
    for run_a, run_b, metric_id, difference in connection.execute(statement):
        found.setdefault((run_a, run_b, metric_id), []).append(difference)
    return found
