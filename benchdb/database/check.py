"""Proving a database sound: what PostgreSQL enforces and DuckDB leaves to the one writer, checked on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Select, and_, cast, func, or_, select, true
from sqlalchemy.exc import DBAPIError

from benchdb.database.check_keys import wrong_keys
from benchdb.database.revision import require_head
from benchdb.database.stream import batches
from benchdb.schema.base import Base
from benchdb.schema.catalog import Benchmark, Metric, Model, Organization, Suite
from benchdb.schema.curation import Alias, Ingest, Restatement
from benchdb.schema.keys import text_key
from benchdb.schema.results import Answer, Outcome, Run, Sample, Score, Source
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

_NAMED = tuple(entry.__tablename__ for entry in (Organization, Metric, Model, Benchmark, Suite))

_HEX = 64


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
    unreadable = tuple(_blocks(connection))
    if unreadable:
        return unreadable
    return (
        *_references(connection),
        *_outcomes(connection),
        *_answers(connection),
        *_names(connection),
        *_restatements(connection),
        *_keys(connection),
        *_counts(connection),
        *_outcome_counts(connection),
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
    yield from _items_refer(connection, Outcome)


def _items_refer(connection: Connection, entity: type[Outcome | Answer]) -> Iterator[Finding]:
    for column, target in (("run_id", Run), ("metric_id", Metric)):
        stated = select(getattr(entity, column).label("key")).distinct().subquery()
        key = next(iter(target.__table__.primary_key))
        missing = select(stated.c.key).where(~select(1).where(key == stated.c.key).exists())
        rule = f"{column} refers to a row of {target.__tablename__}"
        yield from _broken(connection, entity.__tablename__, rule, missing)


def _answers(connection: Connection) -> Iterator[Finding]:
    impossible = select(Answer.run_id).where(
        or_(Answer.n_attempts < 1, Answer.n_correct < 0, Answer.n_correct > Answer.n_attempts)
    )
    yield from _broken(connection, "answer", "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1", impossible)
    yield from _items_refer(connection, Answer)
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
            yield Finding(table=name, rule=f"{key.name} is the key of slug", n_rows=len(wrong), example=min(wrong))
    for name, rule, keys in wrong_keys(connection):
        yield Finding(table=name, rule=rule, n_rows=len(keys), example=min(keys))


def _names(connection: Connection) -> Iterator[Finding]:
    """An alias must mean an entry of its kind; a file's hash must be one, and that of the import that brought it."""
    for kind in EntityKind:
        table = Base.metadata.tables[str(kind)]
        entry = select(1).where(next(iter(table.primary_key)) == Alias.target_id).exists()
        lost = select(Alias.alias_id).where(Alias.kind == str(kind), ~entry)
        yield from _broken(connection, "alias", f"target_id refers to a row of {kind}", lost)
    hashes = connection.execute(select(Ingest.ingest_id, Ingest.sha256).order_by(Ingest.ingest_id))
    odd = [str(key) for key, sha256 in hashes if len(sha256) != _HEX or set(sha256) - set("0123456789abcdef")]
    if odd:
        yield Finding(table="ingest", rule="sha256 is a SHA-256 in hexadecimal", n_rows=len(odd), example=odd[0])
    strange = (
        select(Source.source_id)
        .join(Ingest, Ingest.ingest_id == Source.ingest_id)
        .where(Source.sha256.is_not(None), Source.sha256 != Ingest.sha256)
    )
    yield from _broken(connection, "source", "sha256 is that of the file it came in", strange)


def _restatements(connection: Connection) -> Iterator[Finding]:
    """A restatement must be about a row that is there and that another import holds."""
    for entity in (Source, Run, Score):
        name, key = entity.__tablename__, next(iter(entity.__table__.primary_key))
        about = Restatement.target_table == name
        there = select(1).where(key == Restatement.target_id).exists()
        lost = select(Restatement.target_id).where(about, ~there)
        yield from _broken(connection, "restatement", f"target_id refers to a row of {name}", lost)
        own = (
            select(Restatement.target_id)
            .join(entity, key == Restatement.target_id)
            .where(about, entity.ingest_id == Restatement.ingest_id)
        )
        yield from _broken(connection, "restatement", f"another import holds the row of {name}", own)


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


def _outcome_counts(connection: Connection) -> Iterator[Finding]:
    """Imports must have brought as many outcomes as they say: all together, and each whose runs no other one states."""
    stated = func.coalesce(select(func.sum(Ingest.n_outcomes)).scalar_subquery(), 0)
    held = select(func.count()).select_from(Outcome).scalar_subquery()
    n_stated, n_held = connection.execute(select(cast(stated, BigInteger), held)).one()
    if n_stated != n_held:
        example = f"{n_stated} stated, {n_held} there"
        yield Finding(table="ingest", rule="n_outcomes adds up to the rows of outcome", n_rows=1, example=example)
    per_run = select(Outcome.run_id, func.count().label("n")).group_by(Outcome.run_id).subquery()
    brought = (
        select(Run.ingest_id, func.sum(per_run.c.n).label("n"))
        .join(per_run, per_run.c.run_id == Run.run_id)
        .group_by(Run.ingest_id)
        .subquery()
    )
    is_run = Restatement.target_table == Run.__tablename__
    sharing = select(Restatement.ingest_id).where(is_run)
    shared = select(Run.ingest_id).join(Restatement, and_(is_run, Restatement.target_id == Run.run_id))
    twice = select(Ingest.sha256).group_by(Ingest.sha256).having(func.count() > 1)
    differs = cast(func.coalesce(brought.c.n, 0), BigInteger) != Ingest.n_outcomes
    wrong = (
        select(Ingest.ingest_id)
        .outerjoin(brought, brought.c.ingest_id == Ingest.ingest_id)
        .where(
            differs,
            Ingest.ingest_id.not_in(sharing),
            Ingest.ingest_id.not_in(shared),
            Ingest.sha256.not_in(twice),  # imports before revision 0006 wrote down nothing of what they share
        )
    )
    rule = "n_outcomes is the number of rows of outcome it brought"
    yield from _broken(connection, "ingest", rule, wrong)


def _blocks(connection: Connection) -> Iterator[Finding]:
    """Every block of every table must be readable: DuckDB compares each with its checksum as it reads it."""
    import duckdb

    for table in Base.metadata.sorted_tables:
        try:
            for _rows in batches(connection, table):
                pass
        except (DBAPIError, duckdb.Error) as error:
            reason = str(error).strip().partition("\n")[0]
            yield Finding(table=table.name, rule="every block can be read", n_rows=1, example=reason)
            return  # after this the engine answers nothing more


def _broken(connection: Connection, table: str, rule: str, rows: Select[Any]) -> Iterator[Finding]:
    found = rows.subquery()
    n_rows, example = connection.execute(select(func.count(), func.min(found.c[0]))).one()
    if n_rows:
        yield Finding(table=table, rule=rule, n_rows=n_rows, example=str(example))
