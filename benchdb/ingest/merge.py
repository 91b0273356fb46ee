"""Entries of the catalogue that are one and the same: merged, given back, or kept apart for good.

A merge changes which entry rows are attributed to and nothing else. Keys of runs and scores follow from the entry that their
name was made under, so an import of known claims recognises them before, during and after a merge, and the key of a row says
which entry to give it back to when the merge is undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import Column, MetaData, Table, func, select, update

from benchdb.database.bulk import staged
from benchdb.database.merges import DISTINCT_FROM, MERGED_INTO, follow, read_merges
from benchdb.database.own_rows import own_runs, own_scores
from benchdb.errors import ConfigError
from benchdb.ingest.decisions import Change, record, slug_of
from benchdb.ingest.writing import writes_once
from benchdb.schema import catalog, results
from benchdb.schema.base import Base
from benchdb.schema.curation import Correction
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from benchdb.ingest.decisions import Decision

_REFERRERS = {
    EntityKind.MODEL: (("run", "model_id"),),
    EntityKind.BENCHMARK: (("run", "benchmark_id"),),
    EntityKind.METRIC: (("score", "metric_id"),),
    EntityKind.ORGANIZATION: (("model", "organization_id"), ("source", "organization_id")),
}
MODULES = (catalog, results)
"""Importing them fills the metadata."""


@writes_once
def merge(connection: Connection, kind: EntityKind, *, keep: int, drop: int, decision: Decision) -> int:
    """Return how many rows count for the entry kept from now on, which counted for the one given up.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        kind: What the entries are.
        keep: Key of the entry kept; where it is merged itself, the one it counts as.
        drop: Key of the entry given up; its row stays, and every name of it from now on means the other one.
        decision: Who, when and why.

    Raises:
        ConfigError: If the two are one already, or outcomes of items would have to be rewritten.
    """
    merged = read_merges(connection)
    keep = follow(merged, keep)
    kept, dropped = slug_of(connection, kind, keep), slug_of(connection, kind, drop)
    if follow(merged, drop) == keep:
        raise ConfigError(f"{kind} {dropped} counts as {kept} already; there is nothing to merge")
    if drop in merged:
        raise ConfigError(f"{kind} {dropped} is merged into another one; undo that first (--undo)")
    _refuse_outcomes(connection, kind, drop, dropped)
    whole = Change(table=str(kind), key=drop, field=MERGED_INTO, old=None, new=kept)
    rows = _changed_rows(connection, drop, keep) if kind == EntityKind.ORGANIZATION else ()
    record(connection, [whole, *rows], decision)
    n_rows = 0
    for name, column in _REFERRERS[kind]:
        table = Base.metadata.tables[name]
        n_rows += _count(connection, table, column, drop)
        connection.execute(update(table).where(table.c[column] == drop).values({column: keep}))
    return n_rows


@writes_once
def unmerge(connection: Connection, kind: EntityKind, *, drop: int, decision: Decision) -> int:
    """Return how many rows count for an entry again after its merge is undone.

    Rows that were imported under its names since the merge are among them; models and sources of an organization are not.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        kind: What the entry is.
        drop: Key of the entry that was given up.
        decision: Who, when and why.

    Raises:
        ConfigError: If it is not merged, or outcomes of items would have to be rewritten.
    """
    merged = read_merges(connection)
    if drop not in merged:
        slug = slug_of(connection, kind, drop)
        raise ConfigError(f"{kind} {slug} is not merged into another one; there is nothing to undo")
    kept, into = follow(merged, drop), slug_of(connection, kind, merged.pop(drop))
    whole = Change(table=str(kind), key=drop, field=MERGED_INTO, old=into, new=None)
    moment = record(connection, [whole], decision)
    if kind == EntityKind.ORGANIZATION:
        return _restore_rows(connection, drop, kept, moment)
    family = [key for key in {*merged, drop} if follow(merged, key) == drop]
    return _give_back(connection, kind, kept=kept, drop=drop, family=family)


@writes_once
def keep_apart(connection: Connection, kind: EntityKind, *, entry: int, other: int, decision: Decision) -> None:
    """Record that two entries are not the same, so that they are not proposed again.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        kind: What the entries are.
        entry: Key of the one.
        other: Key of the other.
        decision: Who, when and why.
    """
    change = Change(table=str(kind), key=entry, field=DISTINCT_FROM, old=None, new=slug_of(connection, kind, other))
    record(connection, [change], decision)


def _refuse_outcomes(connection: Connection, kind: EntityKind, drop: int, slug: str) -> None:
    """Refuse to merge what items are numbered by or outcomes keyed by, while there are outcomes."""
    outcome, run = Base.metadata.tables["outcome"], Base.metadata.tables["run"]
    if kind == EntityKind.METRIC:
        found = select(outcome.c.run_id).where(outcome.c.metric_id == drop)
    elif kind == EntityKind.BENCHMARK:
        found = select(outcome.c.run_id).join(run, run.c.run_id == outcome.c.run_id).where(run.c.benchmark_id == drop)
    else:
        return
    if connection.execute(found.limit(1)).first() is not None:
        raise ConfigError(
            f"{kind} {slug} has outcomes of items, which a merge would have to renumber. Add an alias before the import, "
            "or keep the two apart."
        )


def _count(connection: Connection, table: Table, column: str, key: int) -> int:
    counted = select(func.count()).select_from(table).where(table.c[column] == key)
    return int(connection.execute(counted).scalar_one())


def _changed_rows(connection: Connection, drop: int, keep: int) -> Iterator[Change]:
    """Yield which rows a merge of organizations changes: their keys do not say it."""
    for name, column in _REFERRERS[EntityKind.ORGANIZATION]:
        table = Base.metadata.tables[name]
        for (key,) in connection.execute(select(next(iter(table.primary_key))).where(table.c[column] == drop)).all():
            yield Change(table=name, key=key, field=column, old=str(drop), new=str(keep))


def _restore_rows(connection: Connection, drop: int, kept: int, before: datetime) -> int:
    """Give models and sources back to an organization, those that its latest merge had taken."""
    merges = select(func.max(Correction.decided_at)).where(
        Correction.target_id == drop, Correction.field == MERGED_INTO, Correction.decided_at < before
    )
    moment = connection.execute(merges).scalar_one()
    n_rows = 0
    for name, column in _REFERRERS[EntityKind.ORGANIZATION]:
        table = Base.metadata.tables[name]
        taken = select(Correction.target_id).where(
            Correction.target_table == name,
            Correction.field == column,
            Correction.old_value == str(drop),
            Correction.decided_at == moment,
        )
        key = next(iter(table.primary_key))
        still = connection.execute(select(key).where(key.in_(taken), table.c[column] == kept)).scalars().all()
        connection.execute(update(table).where(key.in_(still)).values({column: drop}))
        n_rows += len(still)
    return n_rows


def _give_back(connection: Connection, kind: EntityKind, *, kept: int, drop: int, family: Sequence[int]) -> int:
    """Attribute the rows whose keys were made under an entry, or one merged into it, to that entry again."""
    ((name, column),) = _REFERRERS[kind]
    table = Base.metadata.tables[name]
    if kind == EntityKind.METRIC:
        own = own_scores(connection, kept=kept, family=family)
    else:
        own = own_runs(connection, column, kept=kept, family=family)
    if not len(own):
        return 0
    key = next(iter(table.primary_key))
    with staged(connection, table, pa.table({key.name: own})) as stage:
        there = Table(stage, MetaData(), Column(key.name, key.type))
        mine = select(there.c[key.name]).where(there.c[key.name] == key)
        if kind != EntityKind.MODEL:
            _refuse_taken(connection, kind, table, mine, kept)
        connection.execute(update(table).where(mine.exists()).values({column: drop}))
    return len(own)


def _refuse_taken(connection: Connection, kind: EntityKind, table: Table, mine: Any, kept: int) -> None:
    outcome = Base.metadata.tables["outcome"]
    runs = select(table.c.run_id).where(mine.exists())
    found = select(outcome.c.run_id).where(outcome.c.run_id.in_(runs))
    if kind == EntityKind.METRIC:
        found = found.where(outcome.c.metric_id == kept)
    if connection.execute(found.limit(1)).all():
        raise ConfigError(
            f"outcomes of items were imported since the {kind} was merged, and would have to be renumbered; the merge stays"
        )
