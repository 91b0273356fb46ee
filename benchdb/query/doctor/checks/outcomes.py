"""Claims that the outcomes of their own run do not average to.

The mean over items of the share of right attempts (or of the items' values, as fractions of full marks or in the metric's own unit) is
compared with the claim, up to the claim's rounding and a millionth of a whole. Judged are plain claims (no aggregate, no pass@k with k above 1) whose outcomes are complete: at least as many as
the claim counts, or else as the benchmark's entry has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Double, and_, case, cast, func, or_, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, printed, subject
from benchdb.query.tables import OUTCOME
from benchdb.rows.doctor import ERROR, LIKELY, NOTICE, POSSIBLE
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "outcomes"
_MARGIN = 1e-6


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    share = func.coalesce(OUTCOME.c.value, cast(OUTCOME.c.n_correct, Double) / cast(OUTCOME.c.n_attempts, Double))
    mean = (
        select(OUTCOME.c.run_id, OUTCOME.c.metric_id, func.count(share).label("n"), func.avg(share).label("mean"))
        .group_by(OUTCOME.c.run_id, OUTCOME.c.metric_id)
        .subquery("mean")
    )
    full = case((fact.c.unit == ScoreUnit.PERCENT.value, 100.0), else_=1.0)
    size = case((func.abs(fact.c.value) > full, func.abs(fact.c.value)), else_=full)
    room = fact.c.rounding + _MARGIN * size
    is_share = func.abs(mean.c.mean * full - fact.c.value) <= room
    is_own_unit = func.abs(mean.c.mean - fact.c.value) <= room
    statement = (
        select(fact, mean.c.n, (mean.c.mean * full / fact.c.factor).label("mean"))
        .join(mean, and_(mean.c.run_id == fact.c.run_id, mean.c.metric_id == fact.c.metric_id))
        .where(
            fact.c.is_aggregate.is_(False),
            or_(fact.c.k.is_(None), fact.c.k == 1),
            mean.c.n >= func.coalesce(fact.c.n_items, fact.c.benchmark_items, mean.c.n),
            ~is_share,
            ~is_own_unit,
        )
        .order_by(fact.c.source, fact.c.score_id)
    )
    for row in connection.execute(statement):
        value = printed(row.stated_value, row.stated_unit, row.decimals)
        text = f"{subject(row)}: {row.metric} is given as {value}, but its {row.n} items average to {printed(row.mean, row.stated_unit)}"
        grade = (ERROR, LIKELY)
        if row.n_items is None and row.benchmark_items is None:
            text += "; how many items the claim counts is not stated"
            grade = (NOTICE, POSSIBLE)
        yield finding(_NAME, grade, row, text, n_rows=row.n)


CHECK = Check(name=_NAME, find=_find)
