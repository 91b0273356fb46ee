"""Averages that do not match their parts, as the same source gives both.

An average is a claim that its source computed from others (`aggregate`). Its parts are the source's claims for the same model, variant,
metric and way of reading answers on the benchmarks below it, on the subsets of the same benchmark, or on the members of the suite that bears its
name; aggregates among them are left out. Any weighted mean lies between the least and the greatest part, widened by the rounding of
both. Inside, and where the source has every part that the catalogue knows, it must be the plain mean or, below a benchmark whose parts
have known numbers of items, the mean weighted by them; without those numbers nothing is said, because any weights may be meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, distinct, func, literal, or_, select, union_all

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, keys_of, printed, split_keys, subject
from benchdb.query.tables import BENCHMARK, SUITE, SUITE_MEMBER
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row, Select, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "averages"
_MARGIN = 1e-6


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    for row in connection.execute(_select_odd(claims_with_facts(scope))):
        yield _judge(row)


def _select_odd(fact: Subquery) -> Select[Any]:
    whole = select(fact).where(fact.c.is_aggregate, fact.c.value.is_not(None)).cte("whole")
    parts = union_all(_below(fact, whole), _subsets(fact, whole), _members(fact, whole)).subquery("part")
    is_part = parts.c.is_aggregate.is_(False)
    value, n_items = case((is_part, parts.c.value)), case((is_part, parts.c.n_items))
    summed = (
        select(
            parts.c.whole_id,
            func.count(value).label("n_parts"),
            func.count(distinct(case((is_part, parts.c.part)))).label("n_different"),
            func.count(distinct(parts.c.part)).label("n_covered"),
            func.max(parts.c.n_known).label("n_known"),
            func.max(parts.c.is_suite).label("is_suite"),
            func.min(value).label("least"),
            func.max(value).label("greatest"),
            func.avg(value).label("plain"),
            (func.sum(value * n_items) / func.sum(n_items)).label("weighted"),
            func.count(n_items).label("n_weights"),
            func.avg(case((is_part, parts.c.rounding))).label("part_rounding"),
            keys_of(parts).label("score_ids"),
        )
        .group_by(parts.c.whole_id)
        .subquery("summed")
    )
    size = case((func.abs(whole.c.value) > 1, func.abs(whole.c.value)), else_=1.0)
    room = whole.c.rounding + summed.c.part_rounding + _MARGIN * size
    is_outside = or_(whole.c.value < summed.c.least - room, whole.c.value > summed.c.greatest + room)
    is_complete = summed.c.n_covered == summed.c.n_known
    has_weights = summed.c.n_weights == summed.c.n_parts
    misses = func.abs(whole.c.value - summed.c.plain) > room
    misses_weighted = or_(summed.c.is_suite == 1, and_(has_weights, func.abs(whole.c.value - summed.c.weighted) > room))
    return (
        select(whole, summed, is_outside.label("is_outside"), has_weights.label("has_weights"))
        .join(summed, summed.c.whole_id == whole.c.score_id)
        .where(summed.c.n_parts >= 2, summed.c.n_parts == summed.c.n_different)
        .where(or_(is_outside, and_(is_complete, misses, misses_weighted)))
        .order_by(whole.c.source, whole.c.score_id)
    )


def _of(fact: Subquery, whole: Any, part: Any, n_known: Any, *, is_suite: bool = False) -> Select[Any]:
    """Select the claims that may be parts of an average, by everything but the benchmark and subset."""
    same = ("source_id", "model_id", "metric_id")
    either = ("variant", "extraction", "unit")
    return (
        select(
            whole.c.score_id.label("whole_id"), part.label("part"), n_known.label("n_known"), literal(int(is_suite)).label("is_suite"), fact.c.value, fact.c.is_aggregate,
            func.coalesce(fact.c.n_items, case((fact.c.is_part.is_(False), fact.c.benchmark_items))).label("n_items"),
            fact.c.rounding, fact.c.score_id,
        )
        .select_from(whole)
        .join(
            fact,
            and_(
                *[fact.c[name] == whole.c[name] for name in same],
                *[fact.c[name].is_not_distinct_from(whole.c[name]) for name in either],
                fact.c.value.is_not(None),
            ),
        )
    )  # fmt: skip


def _below(fact: Subquery, whole: Any) -> Select[Any]:
    number = select(BENCHMARK.c.parent_id, func.count().label("n")).group_by(BENCHMARK.c.parent_id).subquery("number")
    return (
        _of(fact, whole, fact.c.benchmark, number.c.n)
        .join(number, number.c.parent_id == whole.c.benchmark_id)
        .where(fact.c.parent_id == whole.c.benchmark_id, fact.c.subset == whole.c.subset)
    )


def _subsets(fact: Subquery, whole: Any) -> Select[Any]:
    return _of(fact, whole, fact.c.subset, literal(None)).where(
        fact.c.benchmark_id == whole.c.benchmark_id, whole.c.subset == "", fact.c.subset != ""
    )


def _members(fact: Subquery, whole: Any) -> Select[Any]:
    number = select(SUITE_MEMBER.c.suite_id, func.count().label("n")).group_by(SUITE_MEMBER.c.suite_id).subquery("size")
    return (
        _of(fact, whole, fact.c.benchmark, number.c.n, is_suite=True)
        .join(SUITE, SUITE.c.slug == whole.c.benchmark)
        .join(number, number.c.suite_id == SUITE.c.suite_id)
        .join(SUITE_MEMBER, and_(SUITE_MEMBER.c.suite_id == SUITE.c.suite_id, SUITE_MEMBER.c.benchmark_id == fact.c.benchmark_id))
        .where(fact.c.benchmark_id != whole.c.benchmark_id, fact.c.subset == whole.c.subset)
    )  # fmt: skip


def _judge(row: Row[Any]) -> Finding:
    keys = [str(row.score_id), *split_keys(row.score_ids)]
    see = f"benchdb trace {row.score_id}"
    said = f"{subject(row)}: the average is given as {printed(row.stated_value, row.stated_unit, row.decimals)}"
    parts = f"its {row.n_parts} parts in the same source"
    if row.is_outside:
        statement = f"{said}, but {parts} lie between {row.least:.6g} and {row.greatest:.6g}"
        return finding(_NAME, (ERROR, CERTAIN), row, statement, keys=keys, n_rows=row.n_parts + 1, see=see)
    weighted = f", and {row.weighted:.6g} when weighted by items" if row.has_weights and not row.is_suite else ""
    statement = f"{said}, but {parts} have the mean {row.plain:.6g}{weighted}"
    return finding(_NAME, (WARNING, LIKELY), row, statement, keys=keys, n_rows=row.n_parts + 1, see=see)


CHECK = Check(name=_NAME, find=_find)
