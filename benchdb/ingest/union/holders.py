"""Which import holds each row that several state on the two sides together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, DateTime, case, func, insert, literal, select, union_all, update

from benchdb.database.restatements import RESTATED
from benchdb.ingest.union.imports import is_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

    from benchdb.ingest.union.decisions import Decided
    from benchdb.ingest.union.sides import Sides


def settle_holders(sides: Sides, shared: Mapping[str, Table], passed_on: Table, decided: Decided) -> None:
    """Let each row be held by the earliest complete import that states it on either side; all others restate it.

    Where none is complete, the one that was undone last holds it, as in one database.

    Args:
        sides: Both databases, with the rows and imports of both in this one.
        shared: By table, the rows that both had (`key`), and which import held each in the other database (`held_there`).
        passed_on: Further statements: `target_table`, `target_id`, `ingest_id`.
        decided: The decisions of both.
    """
    stated = _stated(sides, shared, passed_on)
    ranked = _ranked(sides, stated, _undone(sides, decided))
    for name in RESTATED:
        table = sides.here[name]
        is_held = (ranked.c.target_table == name, ranked.c.target_id == table.c[f"{name}_id"], ranked.c.held == 1)
        moved = (
            update(table).where(*is_held, table.c.ingest_id != ranked.c.ingest_id).values(ingest_id=ranked.c.ingest_id)
        )
        sides.connection.execute(moved)
    again = sides.here["restatement"]
    sides.connection.execute(again.delete())
    columns = (ranked.c.target_table, ranked.c.target_id, ranked.c.ingest_id, ranked.c.place == 1)
    others = select(*columns).where(ranked.c.held != 1)
    sides.connection.execute(again.insert().from_select(["target_table", "target_id", "ingest_id", "is_first"], others))


def _ranked(sides: Sides, stated: Table, undone: Table) -> Table:
    """Return statements with their places: by when they were first made, and by which of them holds the row."""
    ingest = sides.here["ingest"]
    its = (stated.c.target_table, stated.c.target_id)
    order = (ingest.c.ingested_at, ingest.c.ingest_id)
    is_undone = ingest.c.state != "complete"
    last = case((is_undone, undone.c.moment)).desc().nulls_last()
    first = func.row_number(type_=BigInteger).over(partition_by=its, order_by=order)
    held = func.row_number(type_=BigInteger).over(partition_by=its, order_by=(is_undone, last, *order))
    return sides.keep(
        "holders",
        select(*stated.columns, first.label("place"), held.label("held"))
        .join(ingest, ingest.c.ingest_id == stated.c.ingest_id)
        .outerjoin(undone, undone.c.ingest_id == stated.c.ingest_id),
    )


def _undone(sides: Sides, decided: Decided) -> Table:
    """Return when each import was last undone or redone (`ingest_id`, `moment`)."""
    table = sides.make("undone", [Column("ingest_id", BigInteger), Column("moment", DateTime(timezone=True))])
    rows = [
        {"ingest_id": key, "moment": each.at} for (key, field), each in decided.last.items() if is_state(field, each)
    ]
    if rows:
        sides.connection.execute(insert(table), rows)
    return table


def _stated(sides: Sides, shared: Mapping[str, Table], passed_on: Table) -> Table:
    """Return which imports state each row that several state on the two sides together."""
    names = ("target_table", "target_id", "ingest_id")
    parts = [select(*[table.c[name] for name in names]) for table in (sides.here["restatement"], passed_on)]
    theirs = sides.there["restatement"]
    for name in RESTATED:
        table, both = sides.here[name], shared[name]
        key = table.c[f"{name}_id"]
        # A score that gave way to another one is not there any more.
        parts.append(
            select(*[theirs.c[each] for each in names])
            .join(table, key == theirs.c.target_id)
            .where(theirs.c.target_table == name)
        )
        parts.append(
            select(literal(name).label("target_table"), key.label("target_id"), both.c.held_there.label("ingest_id"))
            .join(both, both.c.key == key)
            .where(both.c.held_there != table.c.ingest_id)
        )
    several = sides.keep("several", select(union_all(*parts).subquery()).distinct())
    held = []
    for name in RESTATED:
        table = sides.here[name]
        is_stated = select(literal(1)).where(
            several.c.target_table == name, several.c.target_id == table.c[f"{name}_id"]
        )
        held.append(
            select(
                literal(name).label("target_table"), table.c[f"{name}_id"].label("target_id"), table.c.ingest_id
            ).where(is_stated.exists())
        )
    return sides.keep("stated", select(union_all(select(several), *held).subquery()).distinct())
