"""Proving a database sound: what PostgreSQL enforces and DuckDB leaves to the one writer, checked on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Select, and_, cast, func, or_, select, true

from benchdb.database.revision import require_head
from benchdb.schema.base import Base
from benchdb.schema.catalog import Benchmark, Metric, Model, Organization, Suite
from benchdb.schema.curation import Ingest, Restatement
from benchdb.schema.keys import text_key
from benchdb.schema.results import Answer, Outcome, Run, Sample, Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_NAMED = tuple(entry.__tablename__ for entry in (Organization, Metric, Model, Benchmark, Suite))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. Grain: one row per rule that is broken."""

    table: str
    """Table at fault."""
    rule: str
    """What must hold."""
    n_rows: int
    """Rows that break it."""
    example: str
    """One of them."""


def check(connection: Connection) -> tuple[Finding, ...]:
    """Return every rule that some row breaks; nothing for a sound database.

    Args:
        connection: A connection to a database at the newest revision.

    Raises:
        DatabaseRevisionError: If the database is not at the newest revision.
    """
    require_head(connection)
    return (
        *_references(connection),
        *_outcomes(connection),
        *_answers(connection),
        *_keys(connection),
        *_counts(connection),
    )


def _references(connection: Connection) -> Iterator[Finding]:
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint):
                yield from _reference(connection, constraint)


def _reference(connection: Connection, constraint: ForeignKeyConstraint) -> Iterator[Finding]:
    here = constraint.table
    there = constraint.referred_table.alias()
    pairs = [(element.parent, there.c[element.column.name]) for element in constraint.elements]
    stated = and_(*[column.is_not(None) for column, _target in pairs])
    found = select(1).select_from(there).where(*[column == target for column, target in pairs]).correlate(here).exists()
    columns = ", ".join(column.name for column, _target in pairs)
    rule = f"{columns} refers to a row of {constraint.referred_table.name}"
    yield from _broken(connection, here.name, rule, select(pairs[0][0]).where(stated, ~found))


def _outcomes(connection: Connection) -> Iterator[Finding]:
    impossible = select(Outcome.run_id).where(
        or_(Outcome.n_attempts < 1, Outcome.n_correct < 0, Outcome.n_correct > Outcome.n_attempts)
    )
    yield from _broken(connection, "outcome", "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1", impossible)
    empty = select(Outcome.run_id).where(Outcome.n_correct.is_(None), Outcome.value.is_(None))
    yield from _broken(connection, "outcome", "n_correct or value is known", empty)
    twice = (
        select(Outcome.run_id)
        .group_by(Outcome.run_id, Outcome.metric_id, Outcome.sample_number)
        .having(func.count() > 1)
    )
    yield from _broken(connection, "outcome", "one row per run, metric and item", twice)
    # Distinct pairs first: there are few benchmarks and items beside a hundred million outcomes.
    pairs = (
        select(Run.benchmark_id, Outcome.sample_number).join(Run, Run.run_id == Outcome.run_id).distinct().subquery()
    )
    known = select(1).where(Sample.benchmark_id == pairs.c.benchmark_id, Sample.sample_number == pairs.c.sample_number)
    yield from _broken(
        connection,
        "outcome",
        "sample_number is an item of the run's benchmark",
        select(pairs.c.benchmark_id).where(~known.exists()),
    )
    orphan = select(Outcome.run_id).distinct().subquery()
    missing = select(orphan.c.run_id).where(~select(1).where(Run.run_id == orphan.c.run_id).exists())
    yield from _broken(connection, "outcome", "run_id refers to a row of run", missing)


def _answers(connection: Connection) -> Iterator[Finding]:
    impossible = select(Answer.run_id).where(
        or_(Answer.n_attempts < 1, Answer.n_correct < 0, Answer.n_correct > Answer.n_attempts)
    )
    yield from _broken(connection, "answer", "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1", impossible)
    item = (Answer.run_id, Answer.metric_id, Answer.sample_number)
    given = select(*item, func.sum(Answer.n_attempts).label("n")).group_by(*item).subquery()
    of_item = and_(*(given.c[column.name] == getattr(Outcome, column.name) for column in item))
    too_many = (
        select(given.c.run_id).outerjoin(Outcome, of_item).where(given.c.n > func.coalesce(Outcome.n_attempts, 0))
    )
    yield from _broken(connection, "answer", "no more attempts than the outcome of its run, metric and item", too_many)


def _keys(connection: Connection) -> Iterator[Finding]:
    """The key of a catalogue entry must be the one that follows from its slug."""
    for name in _NAMED:
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key))
        wrong = [slug for found, slug in connection.execute(select(key, table.c.slug)) if found != text_key(name, slug)]
        if wrong:
            yield Finding(table=name, rule=f"{key.name} is the key of slug", n_rows=len(wrong), example=wrong[0])


def _counts(connection: Connection) -> Iterator[Finding]:
    """An import must have brought as many runs and scores as it says."""
    for entity, stated in ((Run, Ingest.n_runs), (Score, Ingest.n_scores)):
        # Where the first import was undone, another one may hold the row; the first stands in `restatement`, marked.
        table = entity.__table__
        is_moved = and_(
            Restatement.target_table == entity.__tablename__,
            Restatement.target_id == next(iter(table.primary_key)),
            Restatement.is_first == true(),
        )
        first = func.coalesce(Restatement.ingest_id, entity.ingest_id).label("ingest_id")
        brought = select(first).select_from(table).outerjoin(Restatement, is_moved).subquery()
        held = select(brought.c.ingest_id, func.count().label("n")).group_by(brought.c.ingest_id).subquery()
        differs = cast(func.coalesce(held.c.n, 0), BigInteger) != stated
        statement = select(Ingest.ingest_id).outerjoin(held, held.c.ingest_id == Ingest.ingest_id).where(differs)
        rule = f"{stated.key} is the number of rows of {entity.__tablename__} it brought"
        yield from _broken(connection, "ingest", rule, statement)


def _broken(connection: Connection, table: str, rule: str, rows: Select[Any]) -> Iterator[Finding]:
    found = rows.subquery()
    n_rows, example = connection.execute(select(func.count(), func.min(found.c[0]))).one()
    if n_rows:
        yield Finding(table=table, rule=rule, n_rows=n_rows, example=str(example))
