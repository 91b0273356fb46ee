"""Dates that cannot be: in the future, published before the run, run before the model or the items existed.

A day of grace is given for time zones. One finding for each source and model, with the worst of its dates; the moment that the
database learned a claim is taken for today. A release date in the catalogue may be that of a later announcement, so a model that ran before it
is a warning, and a notice if its own maker ran it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, case, cast, func, select

from benchdb.query.doctor.contract import Check
from benchdb.query.doctor.facts import claims_with_facts, finding, keys_of, split_keys
from benchdb.query.tables import OUTCOME, SAMPLE
from benchdb.rows.doctor import CERTAIN, ERROR, LIKELY, POSSIBLE, WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Connection, Subquery

    from benchdb.query.filters import Scope
    from benchdb.rows.doctor import Finding

_NAME = "dates"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Two days, the first of which must not be later than the second."""

    early: Any
    late: Any
    statement: str
    grade: tuple[str, str]


def _find(connection: Connection, scope: Scope) -> Iterator[Finding]:
    fact = claims_with_facts(scope)
    ran_on, learned_on = cast(fact.c.ran_at, Date), cast(fact.c.ingested_at, Date)
    rules = (
        _Rule(fact.c.published_on, learned_on, "published on {early}, but imported on {late} already", (ERROR, CERTAIN)),
        _Rule(ran_on, learned_on, "run on {early}, but imported on {late} already", (ERROR, CERTAIN)),
        _Rule(ran_on, fact.c.published_on, "run on {early}, but published on {late} already", (ERROR, LIKELY)),
        _Rule(fact.c.window_start_on, fact.c.window_end_on, "a window of items from {early} to {late}", (ERROR, CERTAIN)),
        _Rule(fact.c.window_start_on, func.coalesce(ran_on, fact.c.published_on), "items from {early} on, but stated on {late}", (ERROR, LIKELY)),
        _Rule(fact.c.released_on, ran_on, "the model was released on {early}, but ran on {late}", (WARNING, POSSIBLE)),
        _Rule(
            fact.c.released_on, case((ran_on.is_(None), fact.c.published_on)),
            "the model was released on {early}, but its scores were published on {late}", (WARNING, POSSIBLE),
        ),
    )  # fmt: skip
    for rule in rules:
        for row in connection.execute(_select_broken(fact, rule)):
            yield _finding(row, rule)
    yield from _items_after_the_run(connection, fact)


def _select_broken(fact: Subquery, rule: _Rule) -> Any:
    names = [fact.c[name] for name in ("source_id", "source", "model")]
    return (
        select(
            *names,
            func.min(fact.c.benchmark).label("benchmark"),
            func.count().label("n"),
            func.max(rule.early).label("early"),
            func.min(rule.late).label("late"),
            keys_of(fact).label("score_ids"),
        )
        .where(_is_later(rule.early, rule.late))
        .group_by(*names)
        .order_by(fact.c.source, fact.c.model, fact.c.source_id)
    )


def _is_later(early: ColumnElement[Any], late: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return whether the first day lies more than a day behind the second."""
    return cast(early, Date) - cast(late, Date) > 1


def _finding(row: Any, rule: _Rule) -> Finding:
    claims = f"{row.n} claim{'s' if row.n > 1 else ''}"
    text = f"{row.model}, {claims}: {rule.statement.format(early=row.early, late=row.late)}"
    return finding(_NAME, rule.grade, row, text, keys=split_keys(row.score_ids), n_rows=row.n)


def _items_after_the_run(connection: Connection, fact: Subquery) -> Iterator[Finding]:
    ran_on = cast(fact.c.ran_at, Date)
    names = [fact.c[name] for name in ("source_id", "source", "model", "benchmark")]
    statement: Any = (
        select(
            *names,
            func.count().label("n"),
            func.max(SAMPLE.c.dated_on).label("early"),
            func.min(ran_on).label("late"),
            func.min(fact.c.score_id).label("score_id"),
        )
        .select_from(fact)
        .join(OUTCOME, and_(OUTCOME.c.run_id == fact.c.run_id, OUTCOME.c.metric_id == fact.c.metric_id))
        .join(
            SAMPLE, and_(SAMPLE.c.benchmark_id == fact.c.benchmark_id, SAMPLE.c.sample_number == OUTCOME.c.sample_number)
        )
        .where(_is_later(SAMPLE.c.dated_on, ran_on))
        .group_by(*names)
        .order_by(fact.c.source, fact.c.model, fact.c.benchmark, fact.c.source_id)
    )  # fmt: skip
    for row in connection.execute(statement):
        text = f"{row.model} on {row.benchmark}: {row.n} outcomes on items dated as late as {row.early}, but run on {row.late}"
        yield finding(_NAME, (ERROR, LIKELY), row, text, n_rows=row.n)


CHECK = Check(name=_NAME, find=_find)
