"""Columns of a source in percent that hold fractions, or the reverse; judged by the whole column, never by one value.

A column is what one source says of one benchmark and metric in one unit, and has at least three values. Fractions that are all above
one are percent. Percent values that are all at most one are fractions if the same models' values elsewhere are about a hundred times
as large, at the median of at least two of them; without such values nothing is said, because hard benchmarks have such scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, keys_of, split_keys
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

LEAST_VALUES = 3
"""Fewest values of a column that is judged."""
_LEAST_SHARED = 2
_FACTOR = (40.0, 250.0)
_NAME = "unit"
_FRACTION, _PERCENT = ScoreUnit.FRACTION.value, ScoreUnit.PERCENT.value


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    suspects = _select_suspects(fact).cte("suspect")
    elsewhere = _select_elsewhere(fact, suspects).subquery("elsewhere")
    column = [suspects.c[name] for name in ("source_id", "benchmark_id", "metric_id", "stated_unit")]
    statement = (
        select(suspects, elsewhere.c.n_shared, elsewhere.c.factor)
        .outerjoin(elsewhere, and_(*[elsewhere.c[each.name] == each for each in column]))
        .where(
            or_(
                suspects.c.stated_unit == _FRACTION,
                and_(elsewhere.c.n_shared >= _LEAST_SHARED, elsewhere.c.factor.between(*_FACTOR)),
            )
        )
        .order_by(suspects.c.source, suspects.c.benchmark, suspects.c.metric)
    )
    for row in connection.execute(statement):
        what = f"all {row.n} values of {row.metric} on {row.benchmark} are given as {row.stated_unit}"
        extent = f"and lie between {row.lowest:.6g} and {row.highest:.6g}"
        certainty = CERTAIN
        if row.stated_unit == _FRACTION:
            why = "a fraction is at most 1, so they look like percent"
        else:
            why = f"for {row.n_shared} of these models other sources have values {row.factor:.3g} times as large at the median, so they look like fractions"
            certainty = LIKELY
        yield finding(
            _NAME, (ERROR, certainty), row, f"{what} {extent}; {why}", keys=split_keys(row.score_ids), n_rows=row.n, many_models=True
        )  # fmt: skip


def _select_suspects(fact: Subquery) -> Any:
    names = [fact.c[name] for name in ("source", "benchmark", "metric")]
    keys = [fact.c[name] for name in ("source_id", "benchmark_id", "metric_id", "stated_unit")]
    lowest, highest = func.min(fact.c.stated_value), func.max(fact.c.stated_value)
    above = and_(fact.c.stated_unit == _FRACTION, lowest > 1, highest <= 100)
    below = and_(fact.c.stated_unit == _PERCENT, lowest >= 0, highest <= 1, highest > 0)
    return (
        select(
            *keys, *names, func.count().label("n"), lowest.label("lowest"), highest.label("highest"),
            func.min(fact.c.model).label("model"), keys_of(fact).label("score_ids"),
        )
        .where(fact.c.stated_unit.in_((_FRACTION, _PERCENT)))
        .group_by(*keys, *names)
        .having(func.count() >= LEAST_VALUES, or_(above, below))
    )  # fmt: skip


def _select_elsewhere(fact: Subquery, suspects: Any) -> Any:
    """Select how many times as large the same models' values are in other sources, for each suspected column of percent."""
    mine, theirs = fact.alias("mine"), fact.alias("theirs")
    column = ("source_id", "benchmark_id", "metric_id", "stated_unit")
    pairs = (
        select(*[mine.c[name] for name in column], mine.c.model_id, (func.avg(theirs.c.value) / func.avg(mine.c.value)).label("factor"))
        .select_from(suspects)
        .join(mine, and_(*[mine.c[name] == suspects.c[name] for name in column]))
        .join(
            theirs,
            and_(
                theirs.c.benchmark_id == mine.c.benchmark_id,
                theirs.c.metric_id == mine.c.metric_id,
                theirs.c.model_id == mine.c.model_id,
                theirs.c.subset == mine.c.subset,
                theirs.c.variant.is_not_distinct_from(mine.c.variant),
                theirs.c.source_id != mine.c.source_id,
            ),
        )
        .where(suspects.c.stated_unit == _PERCENT, mine.c.value > 0)
        .group_by(*[mine.c[name] for name in column], mine.c.model_id)
        .subquery("pair")
    )  # fmt: skip
    return select(
        *[pairs.c[name] for name in column],
        func.count().label("n_shared"),
        func.percentile_cont(0.5).within_group(pairs.c.factor).label("factor"),
    ).group_by(*[pairs.c[name] for name in column])


CHECK = Check(name=_NAME, find=_find)
