"""Values outside what their metric can be, by the bounds of its catalogue entry; shares outside 0 to 100 %.

One finding for each benchmark and metric of a source. A column whose every value is above a whole is left to the check `unit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select

from benchdb.query.doctor.checks.unit import LEAST_VALUES
from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import NOISE, claims_with_facts, finding, keys_of, split_keys
from benchdb.rows.doctor import CERTAIN, ERROR
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "bounds"


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    column = [fact.c.source_id, fact.c.benchmark_id, fact.c.metric_id, fact.c.stated_unit]
    is_share = fact.c.is_proportion.is_(True)
    least = func.coalesce(fact.c.lower_bound, case((is_share, 0.0)))
    most = func.coalesce(
        fact.c.upper_bound,
        case((and_(is_share, fact.c.unit == "percent"), 100.0), (and_(is_share, fact.c.unit == "fraction"), 1.0)),
    )
    margin = NOISE * func.abs(fact.c.value)
    held = select(
        fact,
        least.label("least"),
        most.label("most"),
        or_(fact.c.value < least - margin, fact.c.value > most + margin).label("is_outside"),
        func.min(fact.c.stated_value).over(partition_by=column).label("smallest"),
        func.count().over(partition_by=column).label("n_column"),
    ).subquery("held")
    is_other_unit = and_(
        held.c.stated_unit == ScoreUnit.FRACTION.value, held.c.smallest > 1, held.c.n_column >= LEAST_VALUES
    )
    names = [held.c[name] for name in ("source", "benchmark", "metric", "unit", "least", "most")]
    grouped: Any = (
        select(
            *names,
            func.count().label("n"),
            func.min(held.c.value).label("lowest"),
            func.max(held.c.value).label("highest"),
            func.min(held.c.model).label("model"),
            keys_of(held).label("score_ids"),
        )
        .where(held.c.is_outside, ~is_other_unit)
        .group_by(held.c.source_id, *names)
        .order_by(held.c.source, held.c.benchmark, held.c.metric)
    )
    for row in connection.execute(grouped):
        below = f"{row.lowest:.6g} is below {row.least:g}" if row.least is not None and row.lowest < row.least else ""
        above = f"{row.highest:.6g} is above {row.most:g}" if row.most is not None and row.highest > row.most else ""
        unit = f" {row.unit}" if row.unit else ""
        statement = (
            f"{row.n} value{'s' if row.n > 1 else ''} of {row.metric} on {row.benchmark} outside what it can be: "
            f"{' and '.join(filter(None, (below, above)))}{unit}"
        )
        yield finding(
            _NAME, (ERROR, CERTAIN), row, statement, keys=split_keys(row.score_ids), n_rows=row.n, many_models=row.n > 1
        )


CHECK = Check(name=_NAME, find=_find)
