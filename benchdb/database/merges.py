"""Which catalogue entries count as another one: decisions in `correction`, the latest of each entry holds.

A merge is a row about the entry that is given up, with the field `merged_into` and the other entry's slug as its new value; an
undone one is followed by a row without a new value. Queries and imports read it from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, DateTime, Text, column, select, table

from benchdb.schema.keys import text_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

MERGED_INTO = "merged_into"
"""Field of a correction that merges an entry into another one, or takes that back."""
DISTINCT_FROM = "distinct_from"
"""Field of a correction that says that two entries are not the same."""
_COLUMNS = (
    ("correction_id", BigInteger), ("target_table", Text), ("target_id", BigInteger), ("field", Text), ("new_value", Text),
    ("decided_at", DateTime(timezone=True)),
)  # fmt: skip


def read_merges(connection: Connection, as_of: datetime | None = None, *, of: str = "correction") -> dict[int, int]:
    """Return the keys of entries that are merged, each with the key of the entry it was merged into.

    Args:
        connection: An open connection.
        as_of: Only decisions made by then count; None is now.
        of: Name of the table that holds the decisions.
    """
    columns = table(of, *[column(name, kind) for name, kind in _COLUMNS]).c
    statement = (
        select(columns.target_table, columns.target_id, columns.new_value)
        .where(columns.field == MERGED_INTO)
        .order_by(columns.decided_at, columns.correction_id)
    )
    if as_of is not None:
        statement = statement.where(columns.decided_at <= as_of)
    merged: dict[int, int] = {}
    for kind, key, slug in connection.execute(statement):
        merged.pop(key, None)
        if slug is not None:
            merged[key] = text_key(kind, slug)
    return merged


def former(*merges: Mapping[int, int]) -> dict[int, list[int]]:
    """Return, for each entry that others were merged into, those others.

    Args:
        *merges: From `read_merges`; what any of them says.
    """
    found: dict[int, set[int]] = {}
    for merged in merges:
        for key in merged:
            found.setdefault(follow(merged, key), set()).add(key)
    return {key: sorted(others) for key, others in found.items()}


def follow(merged: Mapping[int, int], key: int) -> int:
    """Return the key that an entry counts as in the end.

    Args:
        merged: From `read_merges`.
        key: Key of an entry.
    """
    while key in merged:
        key = merged[key]
    return key
