"""Decisions of people about the catalogue, as rows of `correction`: who, when, why, and what stood there before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from benchdb.database.bulk import append, arrow_schema
from benchdb.ingest.flatten import rows_to_table
from benchdb.schema.base import Base
from benchdb.schema.curation import Correction
from benchdb.schema.keys import fact_key
from benchdb.schema.vocab import CorrectionAction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from benchdb.schema.vocab import EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decides, when and why."""

    by: str
    """A person."""
    reason: str
    """Why."""
    at: datetime
    """When; aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a decision changes of one row."""

    table: str
    """Table of the row."""
    key: int
    """Key of the row."""
    field: str
    """Column, or what is decided of the row as a whole."""
    old: str | None
    """Its value before, as text."""
    new: str | None
    """Its value after, as text."""


def record(connection: Connection, changes: Sequence[Change], decision: Decision) -> datetime:
    """Return the time of a decision after writing it down: its own, or just after the last one about the first row.

    Args:
        connection: A connection in a transaction.
        changes: What it changes.
        decision: Who, when and why.
    """
    correction = Base.metadata.tables["correction"]
    first = changes[0]
    last = connection.execute(
        select(func.max(Correction.decided_at)).where(
            Correction.target_id == first.key, Correction.field == first.field
        )
    ).scalar()
    moment = decision.at if last is None or last < decision.at else last + timedelta(microseconds=1)
    rows = []
    for change in changes:
        action = str(CorrectionAction.AMEND)
        about = (change.table, change.key, action, change.field, change.old, change.new, decision.by)
        rows.append((fact_key("correction", [*about, moment]), *about, moment, decision.reason))
    append(connection, correction, rows_to_table(rows, arrow_schema(correction)))
    return moment


def slug_of(connection: Connection, kind: EntityKind, key: int) -> str:
    """Return the slug of an entry.

    Args:
        connection: An open connection.
        kind: What the entry is.
        key: Its key.
    """
    table = Base.metadata.tables[str(kind)]
    return str(connection.execute(select(table.c.slug).where(next(iter(table.primary_key)) == key)).scalar_one())
