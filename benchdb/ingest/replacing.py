"""A file that was imported before and has changed since: its earlier import is taken back, as a decision that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.database.restatements import hand_over
from benchdb.ingest.undo import CATALOGUE, set_state
from benchdb.schema.curation import Correction, Ingest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from benchdb.ingest.decisions import Decision


def take_back_earlier(connection: Connection, current: Mapping[str, int], options: str, decision: Decision) -> int:
    """Return how many imports were taken back: complete ones of the same file, read the same way, of what it held before.

    Args:
        connection: A connection in a transaction.
        current: Name of each file → key of the import of what it holds now.
        options: Options that the files are read with, as an import keeps them; others are other views of a file.
        decision: Who, when and why.
    """
    statement = select(Ingest.ingest_id, Ingest.name, Ingest.importer).where(
        Ingest.state == "complete", Ingest.options == options, Ingest.importer != CATALOGUE
    )
    complete = connection.execute(statement).all()
    importers = {row.ingest_id: row.importer for row in complete}
    present = set(current.values())
    earlier = [
        row.ingest_id
        for row in complete
        if row.name in current and row.ingest_id not in present and importers.get(current[row.name]) == row.importer
    ]
    for ingest_id in earlier:
        set_state(connection, ingest_id, decision, old="complete", new="undone")
    if earlier:
        hand_over(connection)
    return len(earlier)


def is_replaced(connection: Connection, ingest_id: int, by: str) -> bool:
    """Return whether an undone import was taken back because its file had changed, and not by a person.

    Args:
        connection: An open connection.
        ingest_id: The import.
        by: Who takes earlier imports back.
    """
    statement = (
        select(Correction.decided_by)
        .where(Correction.target_table == "ingest", Correction.target_id == ingest_id)
        .order_by(Correction.decided_at.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar() == by
