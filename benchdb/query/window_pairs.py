"""Pairs of models on the items inside both their windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from benchdb.query.compare_pairs import PairStats
from benchdb.query.contrasts import from_pair
from benchdb.query.items import clustered_benchmarks, clustered_error, select_clustered
from benchdb.query.windows import select_dated
from benchdb.rows.window import WindowPair

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection, Row, Select, Subquery

    from benchdb.query.contrasts import Contrast
    from benchdb.query.windows import Windows

_KEYS = ("run_a", "run_b")


def window_pairs(connection: Connection, windows: Windows, level: float) -> list[WindowPair]:
    """Return every pair of models on the items inside both their windows, first minus second.

    Grain: one row per pair with a shared item inside, in the order asked for, else by name.

    Args:
        connection: An open connection.
        windows: The window of each run.
        level: Coverage of the intervals.
    """
    item = _select_shared(windows)
    found = {(row.run_a, row.run_b): _stats(row) for row in connection.execute(_select_stats(item))}
    if clustered_benchmarks(connection, [windows.runs.rows[0].benchmark_id]):
        for row in connection.execute(select_clustered(item, _KEYS)):
            stderr, n_units = clustered_error(row)
            found[row.run_a, row.run_b] = found[row.run_a, row.run_b]._replace(stderr=stderr, n_units=n_units)
    asked = {key: place for place, key in enumerate(windows.runs.scope.model_ids)}
    ordered = sorted(windows.runs.rows, key=lambda row: asked.get(row.model_id, len(asked)))
    place = {row.run_id: number for number, row in enumerate(ordered)}
    pairs = [
        (key, stats) if place[key[0]] < place[key[1]] else ((key[1], key[0]), stats.mirrored())
        for key, stats in found.items()
    ]
    pairs.sort(key=lambda pair: (place[pair[0][0]], place[pair[0][1]]))
    return [_pair(run_a, run_b, stats, windows, level) for (run_a, run_b), stats in pairs]


def _select_stats(item: Subquery) -> Select[Any]:
    keys = [item.c[name] for name in _KEYS]
    return select(
        *keys,
        func.count().label("n_items"),
        func.avg(item.c.x_a).label("mean_a"),
        func.avg(item.c.x_b).label("mean_b"),
        func.avg(item.c.x).label("mean"),
        func.var_samp(item.c.x).label("variance"),
        func.sum(case((item.c.x > 0, 1), else_=0)).label("n_wins"),
        func.sum(case((item.c.x < 0, 1), else_=0)).label("n_losses"),
        func.max(item.c.n_attempts).label("most_attempts"),
    ).group_by(*keys)


def _stats(row: Row[Any]) -> PairStats:
    n_items, n_wins, n_losses = int(row.n_items), int(row.n_wins), int(row.n_losses)
    return PairStats(
        n_items=n_items,
        mean_a=float(row.mean_a),
        mean_b=float(row.mean_b),
        mean=float(row.mean),
        stderr=None if row.variance is None else math.sqrt(row.variance / n_items),
        n_units=n_items,
        n_wins=n_wins,
        n_losses=n_losses,
        n_units_won=n_wins,
        n_units_lost=n_losses,
        most_attempts=int(row.most_attempts),
        prediction_variance=None,
        averaged_variance=None,
    )


def _select_shared(windows: Windows) -> Subquery:
    dated = select_dated(windows).cte("dated")
    first, second = dated.alias("first"), dated.alias("second")
    shares_item = and_(
        first.c.sample_number == second.c.sample_number, first.c.run_id < second.c.run_id, second.c.side == 1
    )
    attempts = case((first.c.n_attempts > second.c.n_attempts, first.c.n_attempts), else_=second.c.n_attempts)
    return (
        select(
            first.c.run_id.label("run_a"), second.c.run_id.label("run_b"), first.c.benchmark_id, first.c.sample_number,
            first.c.x.label("x_a"), second.c.x.label("x_b"), (first.c.x - second.c.x).label("x"),
            attempts.label("n_attempts"),
        )
        .join(second, shares_item)
        .where(first.c.side == 1)
        .subquery("item")
    )  # fmt: skip


def _pair(run_a: int, run_b: int, stats: PairStats, windows: Windows, level: float) -> WindowPair:
    runs = windows.runs
    found = None if stats.stderr is None else from_pair(stats, stats.stderr, runs.full, level)
    first = runs.rows[0]
    return WindowPair(
        model_a=runs.labels[run_a],
        model_b=runs.labels[run_b],
        model_name_a=runs.names[run_a],
        model_name_b=runs.names[run_b],
        benchmark=first.benchmark,
        first_on=_latest(windows.by_run[run_a].first, windows.by_run[run_b].first),
        last_on=windows.by_run[run_a].last,
        n_items=stats.n_items,
        value_a=stats.mean_a * runs.full,
        value_b=stats.mean_b * runs.full,
        difference=(stats.mean_a - stats.mean_b) * runs.full,
        stderr=found.stderr if found else None,
        lower=found.lower if found else None,
        upper=found.upper if found else None,
        level=level,
        p_value=found.p_value if found else None,
        method=found.method if found else None,
        unit=first.unit,
        verdict=_verdict(found, higher_is_better=first.higher_is_better, level=level),
    )


def _verdict(found: Contrast | None, *, higher_is_better: bool | None, level: float) -> str:
    if found is None or found.p_value is None:
        return "unknown"
    excludes_zero = found.lower is not None and found.upper is not None and (found.lower > 0 or found.upper < 0)
    if not excludes_zero or found.p_value > 1 - level:
        return "not distinguishable"
    if higher_is_better is None:
        return "unknown"
    return "better" if (found.difference > 0) is higher_is_better else "worse"


def _latest(first: date | None, second: date | None) -> date | None:
    known = [day for day in (first, second) if day is not None]
    return max(known, default=None)
