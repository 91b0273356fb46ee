"""Decisions of both sides: all are kept, and of two that cannot both hold the later one does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from benchdb.database.bulk import append, arrow_schema
from benchdb.database.merges import MERGED_INTO, read_merges
from benchdb.ingest.flatten import rows_to_table
from benchdb.ingest.union.sides import Difference
from benchdb.schema.keys import fact_key
from benchdb.schema.vocab import CorrectionAction, EntityKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from benchdb.ingest.union.sides import Sides

DECIDED_BY = "benchdb db merge"
"""Who a decision is ascribed to that follows from those of two databases."""


class Decision(NamedTuple):
    """The last decision about one field of one row. Decisions are ordered by time."""

    at: datetime
    """When."""
    key: int
    """Its own key."""
    table: str
    """Table of the row."""
    new: str | None
    """What it set."""
    by: str
    """Who."""
    reason: str
    """Why."""


class Amendment(NamedTuple):
    """A decision to be written down."""

    table: str
    """Table of the row."""
    key: int
    """Key of the row."""
    field: str
    """What it sets."""
    old: str | None
    """Its value before."""
    new: str | None
    """Its value after."""
    by: str
    """Who."""
    at: datetime
    """When."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What one side has decided about fields of rows."""

    last: Mapping[tuple[int, str], Decision]
    """Row and field → the last decision about it."""
    keys: Collection[int]
    """Every decision."""
    merged: Mapping[int, int]
    """Entries that are merged, each with the one it was merged into."""


def read_decided(connection: Connection, correction: Table) -> Decided:
    """Return what one side has decided about fields of rows.

    Args:
        connection: Where both sides are seen.
        correction: Its decisions.
    """
    columns = correction.c
    statement = (
        select(
            columns.target_id, columns.field, columns.decided_at, columns.correction_id, columns.target_table,
            columns.new_value, columns.decided_by, columns.reason,
        )
        .where(columns.action == str(CorrectionAction.AMEND), columns.field.is_not(None))
        .order_by(columns.decided_at, columns.correction_id)
    )  # fmt: skip
    last: dict[tuple[int, str], Decision] = {}
    keys = set()
    for target_id, field, *facts in connection.execute(statement):
        last[target_id, field] = decision = Decision(*facts)
        keys.add(decision.key)
    return Decided(last, keys, read_merges(connection, of=correction.name))


def both_decided(here: Decided, there: Decided, about: tuple[int, str]) -> bool:
    """Return whether each side has last decided what the other one does not know of, and not the same.

    Args:
        here: Decisions of one side.
        there: Decisions of the other one.
        about: Key of the row, and the field.
    """
    one, other = here.last.get(about), there.last.get(about)
    if one is None or other is None or one.new == other.new:
        return False
    return one.key not in there.keys and other.key not in here.keys


def write_amendments(sides: Sides, amendments: Iterable[Amendment]) -> None:
    """Write decisions down that are not there yet.

    Args:
        sides: Both databases.
        amendments: The decisions.
    """
    correction = sides.here["correction"]
    action = str(CorrectionAction.AMEND)
    rows = {}
    for table, key, field, old, new, by, at, reason in amendments:
        about = (table, key, action, field, old, new, by, at)
        rows[fact_key("correction", about)] = (*about, reason)
    wanted = list(rows)
    for start in range(0, len(wanted), 1_000):
        known = select(correction.c.correction_id).where(correction.c.correction_id.in_(wanted[start : start + 1_000]))
        for key in sides.connection.execute(known).scalars().all():
            del rows[key]
    new_rows = [(key, *row) for key, row in rows.items()]
    append(sides.connection, correction, rows_to_table(new_rows, arrow_schema(correction)))


def settle_merges(sides: Sides, here: Decided, there: Decided) -> Decided:
    """Return what holds from now on: the later decision about each entry, and no circles.

    Where one side merged A into B and the other one B into A, the later of the two holds and the earlier is taken back.

    Args:
        sides: Both databases, with the entries and decisions of both written down here.
        here: What was decided here.
        there: What was decided in the other database.
    """
    decided = read_decided(sides.connection, sides.here["correction"])
    slugs = _slugs(sides)
    while (circle := _circle(decided.merged)) is not None:
        order = sorted(circle, key=lambda key: decided.last[key, MERGED_INTO])
        first, latest = order[0], decided.last[order[-1], MERGED_INTO]
        kind, slug = slugs[first]
        into = slugs[decided.merged[first]][1]
        reason = f"it was decided later that {slugs[order[-1]][1]} is {latest.new}"
        after = latest.at + timedelta(microseconds=1)
        write_amendments(sides, [Amendment(kind, first, MERGED_INTO, into, None, DECIDED_BY, after, reason)])
        sides.differences.append(
            Difference(table=kind, row=slug, field=MERGED_INTO, here=_into(here, first, slugs), there=_into(there, first, slugs), kept=None)
        )  # fmt: skip
        decided = read_decided(sides.connection, sides.here["correction"])
    for key in sorted({*here.merged, *there.merged}, key=slugs.__getitem__):
        if both_decided(here, there, (key, MERGED_INTO)):
            kind, slug = slugs[key]
            said = [_into(side, key, slugs) for side in (here, there, decided)]
            sides.differences.append(
                Difference(table=kind, row=slug, field=MERGED_INTO, here=said[0], there=said[1], kept=said[2])
            )
    return decided


def _into(side: Decided, key: int, slugs: Mapping[int, tuple[str, str]]) -> str | None:
    into = side.merged.get(key)
    return None if into is None else slugs[into][1]


def _circle(merged: Mapping[int, int]) -> list[int] | None:
    for start in sorted(merged):
        path = [start]
        while (following := merged.get(path[-1])) is not None and following not in path:
            path.append(following)
        if following is not None:
            return path[path.index(following) :]
    return None


def _slugs(sides: Sides) -> dict[int, tuple[str, str]]:
    """Return kind and slug of every entry that can be merged, by key."""
    found = {}
    for kind in EntityKind:
        table = sides.here[str(kind)]
        for key, slug in sides.connection.execute(select(table.c[f"{kind}_id"], table.c.slug)):
            found[key] = (str(kind), slug)
    return found
