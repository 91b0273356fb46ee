"""Items that do not join: runs of one benchmark without an item in common, items that do not exist, more outcomes than items.

Runs on the same benchmark and subset are compared by the items they have outcomes for. Where several runs have none in common with
any other of them, their items bear other keys (another tool's numbering, say) and paired comparisons are impossible. Runs limited to some items or to a
window of dates are left out.
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

    from sqlalchemy import Connection, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "items"
_RUN = ("run_id", "source_id", "source", "model_id", "model", "variant", "benchmark_id", "benchmark", "subset")


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    yield from _unknown_or_surplus(connection, fact)
    yield from _apart(connection, fact)


def _unknown_or_surplus(connection: Connection, fact: Subquery) -> Iterator[Finding]:
    counted = (
        select(
            OUTCOME.c.run_id,
            OUTCOME.c.metric_id,
            func.count().label("n"),
            func.count(SAMPLE.c.sample_number).label("n_known"),
        )
        .select_from(OUTCOME)
        .join(fact, and_(fact.c.run_id == OUTCOME.c.run_id, fact.c.metric_id == OUTCOME.c.metric_id))
        .outerjoin(
            SAMPLE, and_(SAMPLE.c.benchmark_id == fact.c.benchmark_id, SAMPLE.c.sample_number == OUTCOME.c.sample_number)
        )
        .group_by(OUTCOME.c.run_id, OUTCOME.c.metric_id, fact.c.score_id)
        .distinct()
        .subquery("counted")
    )  # fmt: skip
    statement = (
        select(fact, counted.c.n, counted.c.n_known)
        .join(counted, and_(counted.c.run_id == fact.c.run_id, counted.c.metric_id == fact.c.metric_id))
        .where(or_(counted.c.n > counted.c.n_known, and_(fact.c.is_aggregate.is_(False), counted.c.n > fact.c.n_items)))
        .order_by(fact.c.source, fact.c.score_id)
    )
    for row in connection.execute(statement):
        if row.n > row.n_known:
            text = f"{subject(row)}: {row.n - row.n_known} of {row.n} outcomes belong to no item of the benchmark"
            yield finding(_NAME, (ERROR, CERTAIN), row, text, n_rows=row.n - row.n_known)
        else:
            text = f"{subject(row)}: {row.n} items have outcomes, but the claim counts {row.n_items}"
            yield finding(_NAME, (WARNING, CERTAIN), row, text, n_rows=row.n)


def _apart(connection: Connection, fact: Subquery) -> Iterator[Finding]:
    whole = and_(fact.c.item_limit.is_(None), fact.c.window_start_on.is_(None), fact.c.window_end_on.is_(None))
    has_outcomes = fact.c.run_id.in_(select(OUTCOME.c.run_id))
    runs = select(*[fact.c[name] for name in _RUN]).where(whole, has_outcomes).distinct().subquery("whole_run")
    held = select(OUTCOME.c.run_id, OUTCOME.c.sample_number)
    held_items = (held.distinct() if _has_metrics_beside(connection) else held).subquery("held")
    item = (
        select(runs.c.run_id, runs.c.benchmark_id, runs.c.subset, held_items.c.sample_number)
        .join(held_items, held_items.c.run_id == runs.c.run_id)
        .cte("item")
    )
    of_item = (item.c.benchmark_id, item.c.subset, item.c.sample_number)
    # An item is shared where its runs are not all the same one, which needs no count of different runs.
    shared = (
        select(*of_item, (func.min(item.c.run_id) != func.max(item.c.run_id)).label("is_shared"))
        .group_by(*of_item)
        .subquery("shared")
    )
    is_same = and_(*[shared.c[column.name] == column for column in of_item])
    per_run = (
        select(
            item.c.run_id,
            item.c.benchmark_id,
            item.c.subset,
            func.count().label("n_items"),
            func.sum(case((shared.c.is_shared, 1), else_=0)).label("n_shared"),
        )
        .join(shared, is_same)
        .group_by(item.c.run_id, item.c.benchmark_id, item.c.subset)
        .subquery("per_run")
    )
    for row in connection.execute(_select_apart(runs, per_run)):
        yield _apart_finding(row)


def _has_metrics_beside(connection: Connection) -> bool:
    """Whether some run has outcomes under several metrics, so that an item may stand in it twice."""
    several = func.min(OUTCOME.c.metric_id) != func.max(OUTCOME.c.metric_id)
    statement = select(OUTCOME.c.run_id).group_by(OUTCOME.c.run_id).having(several).limit(1)
    return connection.execute(statement).first() is not None


def _select_apart(runs: Subquery, per_run: Subquery) -> Any:
    alone = per_run.c.n_shared == 0
    partly = and_(per_run.c.n_shared > 0, per_run.c.n_shared < per_run.c.n_items)
    return (
        select(
            runs.c.benchmark,
            per_run.c.subset,
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
        .group_by(runs.c.benchmark, per_run.c.subset)
        .having(func.count() > 1, func.sum(case((or_(alone, partly), 1), else_=0)) > 0)
        .order_by(runs.c.benchmark, per_run.c.subset)
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
