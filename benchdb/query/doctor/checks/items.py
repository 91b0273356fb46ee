"""Items that do not join: runs of one benchmark without an item in common, items that do not exist, more outcomes than items.

Runs on the same benchmark and subset are compared by the items they have outcomes for. Where several runs have none in common with
any other of them, their items bear other keys (another tool's numbering, say) and paired comparisons are impossible. Runs limited to some items or to a
window of dates are left out.

A hundred million outcomes are not joined with a million items where less will do. Items are numbered in order of arrival, so most often a run's number
of outcomes with the least and greatest number of its items says that it has every one in between (a run has one outcome an item under a metric, which
`benchdb db check` looks after). Outcomes are looked at one by one only where that is not enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, literal, or_, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, subject
from benchdb.query.tables import OUTCOME, SAMPLE
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, NOTICE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import CTE, ColumnElement, Connection, FromClause, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "items"
_RUN = ("run_id", "source_id", "source", "model_id", "model", "variant", "benchmark_id", "benchmark", "subset")


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    yield from _unknown_or_surplus(connection, fact)
    yield from _apart(connection, fact)


def _unknown_or_surplus(connection: Connection, fact: Subquery) -> Iterator[Finding]:
    key = select(fact.c.run_id, fact.c.metric_id, fact.c.benchmark_id).distinct().cte("key")
    extent = _extents(key, _is_same_run(key, OUTCOME), "extent")
    known = _known(key, extent)
    n_known = func.coalesce(known.c.n_known, extent.c.n)
    statement = (
        select(fact, extent.c.n, n_known.label("n_known"))
        .join(extent, _is_same_run(extent, fact))
        .outerjoin(known, _is_same_run(known, fact))
        .where(or_(extent.c.n > n_known, and_(fact.c.is_aggregate.is_(False), extent.c.n > fact.c.n_items)))
        .order_by(fact.c.source, fact.c.score_id)
    )
    for row in connection.execute(statement):
        if row.n > row.n_known:
            text = f"{subject(row)}: {row.n - row.n_known} of {row.n} outcomes belong to no item of the benchmark"
            yield finding(_NAME, (ERROR, CERTAIN), row, text, n_rows=row.n - row.n_known)
        else:
            text = f"{subject(row)}: {row.n} items have outcomes, but the claim counts {row.n_items}"
            yield finding(_NAME, (WARNING, CERTAIN), row, text, n_rows=row.n)


def _is_same_run(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    return and_(one.c.run_id == other.c.run_id, one.c.metric_id == other.c.metric_id)


def _extents(runs: CTE, is_same: ColumnElement[bool], name: str) -> CTE:
    """Select how many outcomes runs have, and the least and greatest number of their items. Grain: one row per run and metric."""
    return (
        select(
            OUTCOME.c.run_id,
            OUTCOME.c.metric_id,
            func.count().label("n"),
            func.min(OUTCOME.c.sample_number).label("least"),
            func.max(OUTCOME.c.sample_number).label("greatest"),
        )
        .join(runs, is_same)
        .group_by(OUTCOME.c.run_id, OUTCOME.c.metric_id)
        .cte(name)
    )


def _known(key: CTE, extent: CTE) -> Subquery:
    """Select how many outcomes of a run belong to an item, where its least and greatest number do not say so.

    They say so on a benchmark whose items are numbered without a gap, which has every item in between. Grain: one row per run and metric.
    """
    least, greatest = func.min(SAMPLE.c.sample_number), func.max(SAMPLE.c.sample_number)
    gapless = (
        select(SAMPLE.c.benchmark_id, least.label("least"), greatest.label("greatest"))
        .group_by(SAMPLE.c.benchmark_id)
        .having(func.count() == greatest - least + 1)
        .subquery("gapless")
    )
    is_inside = and_(extent.c.least >= gapless.c.least, extent.c.greatest <= gapless.c.greatest)
    suspect = (
        select(*key.c)
        .join(extent, _is_same_run(extent, key))
        .outerjoin(gapless, and_(gapless.c.benchmark_id == key.c.benchmark_id, is_inside))
        .where(gapless.c.benchmark_id.is_(None))
        .subquery("suspect")
    )
    is_item = and_(SAMPLE.c.benchmark_id == suspect.c.benchmark_id, SAMPLE.c.sample_number == OUTCOME.c.sample_number)
    return (
        select(suspect.c.run_id, suspect.c.metric_id, func.count(SAMPLE.c.sample_number).label("n_known"))
        .join(OUTCOME, _is_same_run(OUTCOME, suspect))
        .outerjoin(SAMPLE, is_item)
        .group_by(suspect.c.run_id, suspect.c.metric_id)
        .subquery("known")
    )


def _apart(connection: Connection, fact: Subquery) -> Iterator[Finding]:
    whole = and_(fact.c.item_limit.is_(None), fact.c.window_start_on.is_(None), fact.c.window_end_on.is_(None))
    runs = select(*[fact.c[name] for name in _RUN]).where(whole).distinct().cte("whole_run")
    for row in connection.execute(_select_apart(runs, _items_per_run(runs))):
        yield _apart_finding(row)


def _items_per_run(runs: CTE) -> Subquery:
    """Select how many items a run has, and how many of these another run has too; not of parts of which that is known of all runs.

    Grain: one row per run with outcomes.
    """
    run = _runs_in_doubt(runs)
    held = select(run.c.part, OUTCOME.c.sample_number, OUTCOME.c.run_id).join(run, run.c.run_id == OUTCOME.c.run_id)
    item = held.subquery("item")
    only = func.min(item.c.run_id)
    alone = (
        select(only.label("run_id"))
        .group_by(item.c.part, item.c.sample_number)
        .having(only == func.max(item.c.run_id))
        .subquery("alone")
    )
    n_alone = select(alone.c.run_id, func.count().label("n")).group_by(alone.c.run_id).subquery("n_alone")
    # An item may stand in a run with several metrics more than once.
    counted = (
        select(run.c.run_id, func.count(OUTCOME.c.sample_number.distinct()).label("n"))
        .join(OUTCOME, OUTCOME.c.run_id == run.c.run_id)
        .where(run.c.n_metrics > 1)
        .group_by(run.c.run_id)
        .subquery("counted")
    )
    n_items = func.coalesce(counted.c.n, run.c.n)
    return (
        select(run.c.run_id, n_items.label("n_items"), (n_items - func.coalesce(n_alone.c.n, 0)).label("n_shared"))
        .select_from(run)
        .outerjoin(counted, counted.c.run_id == run.c.run_id)
        .outerjoin(n_alone, n_alone.c.run_id == run.c.run_id)
        .subquery("per_run")
    )


def _runs_in_doubt(runs: CTE) -> CTE:
    """Select the runs on parts of benchmarks where some item may be in one run only: there are no two runs that have every item that any has.

    A run has every item from its least to its greatest number if it has as many outcomes under one metric. Grain: one row per run.
    """
    of_metric = _extents(runs, OUTCOME.c.run_id == runs.c.run_id, "of_metric")
    least, greatest = func.min(of_metric.c.least), func.max(of_metric.c.greatest)
    of_run = (
        select(
            of_metric.c.run_id,
            func.max(of_metric.c.n).label("n"),
            func.count().label("n_metrics"),
            least.label("least"),
            greatest.label("greatest"),
            (func.max(of_metric.c.n) == greatest - least + 1).label("is_gapless"),
        )
        .group_by(of_metric.c.run_id)
        .subquery("of_run")
    )
    one_part = (runs.c.benchmark_id, runs.c.subset)
    ends = (
        func.min(of_run.c.least).over(partition_by=one_part),
        func.max(of_run.c.greatest).over(partition_by=one_part),
    )
    placed = (
        select(
            of_run.c.run_id, of_run.c.n, of_run.c.n_metrics,
            and_(of_run.c.is_gapless, of_run.c.least == ends[0], of_run.c.greatest == ends[1]).label("has_all"),
            func.min(of_run.c.run_id).over(partition_by=one_part).label("part"),
        )
        .join(runs, runs.c.run_id == of_run.c.run_id)
        .subquery("placed")
    )  # fmt: skip
    n_complete = func.sum(case((placed.c.has_all, 1), else_=0))
    in_doubt = select(placed.c.part).group_by(placed.c.part).having(func.count() > 1, n_complete < 2)
    return select(placed).where(placed.c.part.in_(in_doubt)).cte("run_in_doubt")


def _select_apart(runs: CTE, per_run: Subquery) -> Any:
    alone = per_run.c.n_shared == 0
    partly = and_(per_run.c.n_shared > 0, per_run.c.n_shared < per_run.c.n_items)
    return (
        select(
            runs.c.benchmark,
            runs.c.subset,
            literal(None).label("metric"),
            func.min(runs.c.source).label("source"),
            func.max(runs.c.source).label("other_source"),
            func.count().label("n_runs"),
            func.sum(case((alone, 1), else_=0)).label("n_alone"),
            func.sum(case((partly, 1), else_=0)).label("n_partly"),
            func.min(per_run.c.n_items).label("fewest"),
            func.max(per_run.c.n_items).label("most"),
        )
        .join(per_run, per_run.c.run_id == runs.c.run_id)
        .group_by(runs.c.benchmark, runs.c.subset)
        .having(func.count() > 1, func.sum(case((or_(alone, partly), 1), else_=0)) > 0)
        .order_by(runs.c.benchmark, runs.c.subset)
    )


def _apart_finding(row: Any) -> Finding:
    size = f"{row.fewest}" if row.fewest == row.most else f"{row.fewest} to {row.most}"
    name = f"{row.benchmark}[{row.subset}]" if row.subset else row.benchmark
    text = f"{name}: of {row.n_runs} runs with outcomes ({size} items each), "
    told = []
    if row.n_alone:
        told.append(f"{row.n_alone} have no item in common with any other run")
    if row.n_partly:
        told.append(f"{row.n_partly} have items that no other run has")
    grade = (WARNING, LIKELY) if row.n_alone else (NOTICE, LIKELY)
    see = f"benchdb coverage -b '{row.benchmark}'"
    n_rows = int(row.n_alone + row.n_partly)
    return finding(
        _NAME, grade, row, text + " and ".join(told) + ", so they cannot be paired item by item",
        keys=(), n_rows=n_rows, many_models=True, see=see,
    )  # fmt: skip


CHECK = Check(name=_NAME, find=_find)
