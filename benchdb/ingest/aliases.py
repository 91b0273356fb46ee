"""Aliases: spellings that a person says mean an entry. One that is removed stays, as rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from benchdb.database.bulk import append, arrow_schema
from benchdb.database.merges import follow, read_merges
from benchdb.errors import ConfigError
from benchdb.ingest.decisions import Change, record, slug_of
from benchdb.ingest.flatten import rows_to_table
from benchdb.ingest.writing import writes_once
from benchdb.schema.base import Base
from benchdb.schema.curation import Alias
from benchdb.schema.keys import text_key
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import ReviewState

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from benchdb.ingest.decisions import Decision
    from benchdb.schema.vocab import EntityKind


@writes_once
def add_alias(connection: Connection, kind: EntityKind, name: str, *, target: int, decision: Decision) -> None:
    """Record that a spelling means an entry.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        kind: What it is the name of.
        name: The spelling.
        target: Key of the entry.
        decision: Who, when and why.

    Raises:
        ConfigError: If the spelling is empty or the slug of another entry, or means the entry already.
    """
    normalized = normalize_name(name)
    if not normalized:
        raise ConfigError(f'"{name}" is no name; an alias needs letters or digits')
    key = text_key("alias", str(kind), normalized)
    facts = {"target_id": target, "review_state": str(ReviewState.REVIEWED)}
    _refuse_slug(connection, kind, normalized, target)
    known = connection.execute(select(Alias.target_id, Alias.review_state).where(Alias.alias_id == key)).first()
    if known is not None and (known.target_id, known.review_state) == (target, ReviewState.REVIEWED):
        raise ConfigError(f'"{name}" means that {kind} already; there is nothing to add')
    if known is not None:
        _amend_alias(connection, key, known, facts, decision)
        return
    row = {
        "alias_id": key, "kind": str(kind), "name": name.strip(), "normalized_name": normalized, **facts,
        "decided_by": decision.by, "decided_at": decision.at, "reason": decision.reason,
    }  # fmt: skip
    table = Base.metadata.tables["alias"]
    append(
        connection,
        table,
        rows_to_table([tuple(row.get(column.name) for column in table.columns)], arrow_schema(table)),
    )


@writes_once
def remove_alias(connection: Connection, kind: EntityKind, name: str, *, decision: Decision) -> None:
    """Record that a spelling no longer means an entry; the alias stays as a rejected one.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        kind: What it is the name of.
        name: The spelling.
        decision: Who, when and why.

    Raises:
        ConfigError: If there is no such alias.
    """
    key = text_key("alias", str(kind), normalize_name(name))
    known = connection.execute(select(Alias.target_id, Alias.review_state).where(Alias.alias_id == key)).first()
    if known is None or known.review_state == ReviewState.REJECTED:
        raise ConfigError(f'"{name}" is no alias of a {kind}; list them: benchdb alias list --kind {kind}')
    _amend_alias(connection, key, known, {"review_state": str(ReviewState.REJECTED)}, decision)


def _amend_alias(
    connection: Connection, key: int, known: Row[int, str], facts: dict[str, Any], decision: Decision
) -> None:
    changes = [
        Change(table="alias", key=key, field=name, old=str(getattr(known, name)), new=str(value))
        for name, value in facts.items()
        if getattr(known, name) != value
    ]
    record(connection, changes, decision)
    stated = {**facts, "decided_by": decision.by, "decided_at": decision.at, "reason": decision.reason}
    connection.execute(update(Alias).where(Alias.alias_id == key).values(stated))


def _refuse_slug(connection: Connection, kind: EntityKind, normalized: str, target: int) -> None:
    table = Base.metadata.tables[str(kind)]
    merged = read_merges(connection)
    for key, slug in connection.execute(select(next(iter(table.primary_key)), table.c.slug)):
        if normalize_name(slug) == normalized and follow(merged, key) != follow(merged, target):
            kept = slug_of(connection, kind, target)
            raise ConfigError(
                f"{slug} is a {kind} of its own, so it cannot be an alias. If the two are one, merge them: "
                f"benchdb alias merge {kept} {slug} --kind {kind}"
            )
