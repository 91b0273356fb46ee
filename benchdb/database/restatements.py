"""Who states a source, run or score: the import that holds the row, and others that came with the same one.

A row counts while the import that holds it is complete. When that one is undone, the row goes to another complete import that
states it, and goes back when the undoing is taken back. Everything is set-based: few statements whatever the number of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    MetaData,
    Table,
    and_,
    false,
    func,
    insert,
    literal,
    select,
    text,
    true,
    update,
)

from benchdb.database.bulk import staged
from benchdb.schema import results
from benchdb.schema.base import Base
from benchdb.schema.curation import Ingest, Restatement

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import ColumnElement, Connection, Select

RESTATED = ("source", "run", "score")
"""Tables whose rows count by the import that holds them."""
MODULES = (results,)
"""Importing it fills the metadata."""
DERIVED = "computed from the outcomes of "
"""How the place of a score begins that follows from outcomes and that no file states."""
_RESTATEMENT: Table = Restatement.__table__  # type: ignore[assignment]  # declared as FromClause
_MOVED = "benchdb_moved"


def add_restatements(connection: Connection, name: str, rows: pa.Table) -> None:
    """Write down that imports state rows which other imports hold; what is known already is left out.

    Args:
        connection: A connection in a transaction.
        name: "source", "run" or "score".
        rows: `target_id`, keys of rows that are in the table, and `ingest_id`.
    """
    if not rows.num_rows:
        return
    table = Base.metadata.tables[name]
    with staged(connection, _RESTATEMENT, rows) as stage:
        there = _stage(stage, "target_id", "ingest_id")
        key = next(iter(table.primary_key))
        found = (
            select(literal(name), there.c.target_id, there.c.ingest_id, false())
            .join(table, key == there.c.target_id)
            .where(table.c.ingest_id != there.c.ingest_id, ~_is_known(name, there.c.target_id, there.c.ingest_id))
            .distinct()
        )
        connection.execute(insert(_RESTATEMENT).from_select(_RESTATEMENT.columns.keys(), found))


def add_derived(connection: Connection, rows: pa.Table) -> None:
    """Write down that imports state scores by their outcomes, which follow from those of other imports as well.

    Args:
        connection: A connection in a transaction.
        rows: `run_id`, `metric_id` and `ingest_id`.
    """
    score = Base.metadata.tables["score"]
    with staged(connection, score, rows) as stage:
        there = _stage(stage, "run_id", "metric_id", "ingest_id")
        same = and_(score.c.run_id == there.c.run_id, score.c.metric_id == there.c.metric_id)
        known = _is_known("score", score.c.score_id, there.c.ingest_id)
        found = (
            select(literal("score"), score.c.score_id, there.c.ingest_id, false())
            .join(score, same)
            .where(score.c.ingest_id != there.c.ingest_id, score.c.place.startswith(DERIVED), ~known)
            .distinct()
        )
        connection.execute(insert(_RESTATEMENT).from_select(_RESTATEMENT.columns.keys(), found))


def hand_over(connection: Connection) -> int:
    """Return how many rows go from imports that are undone to complete ones that state them, the earliest first.

    Args:
        connection: A connection in a transaction.
    """
    if connection.execute(select(Ingest.ingest_id).where(Ingest.state == "undone").limit(1)).first() is None:
        return 0
    complete = select(Ingest.ingest_id, Ingest.ingested_at).where(Ingest.state == "complete").subquery()
    undone = select(Ingest.ingest_id).where(Ingest.state == "undone")
    first = _RESTATEMENT.alias("first")
    n_rows = 0
    for name in RESTATED:
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key))
        others = select(first.c.target_id).where(
            first.c.target_table == name, first.c.target_id == key, first.c.is_first == true()
        )
        ranked = (
            select(
                key.label("target_id"),
                table.c.ingest_id.label("old_id"),
                _RESTATEMENT.c.ingest_id.label("new_id"),
                (~others.exists()).label("was_first"),
                func.row_number()
                .over(partition_by=key, order_by=(complete.c.ingested_at, complete.c.ingest_id))
                .label("number"),
            )
            .join(_RESTATEMENT, and_(_RESTATEMENT.c.target_table == name, _RESTATEMENT.c.target_id == key))
            .join(complete, complete.c.ingest_id == _RESTATEMENT.c.ingest_id)
            .where(table.c.ingest_id.in_(undone))
            .subquery()
        )
        columns = (ranked.c.target_id, ranked.c.old_id, ranked.c.new_id, ranked.c.was_first)
        n_rows += _move(connection, table, select(*columns).where(ranked.c.number == 1))
    return n_rows


def hand_back(connection: Connection, ingest_id: int) -> int:
    """Return how many rows go back to an import that brought them first, which was undone and is complete again.

    Args:
        connection: A connection in a transaction.
        ingest_id: The import.
    """
    n_rows = 0
    for name in RESTATED:
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key))
        rows = (
            select(
                key.label("target_id"),
                table.c.ingest_id.label("old_id"),
                _RESTATEMENT.c.ingest_id.label("new_id"),
                false().label("was_first"),
            )
            .join(_RESTATEMENT, and_(_RESTATEMENT.c.target_table == name, _RESTATEMENT.c.target_id == key))
            .where(_RESTATEMENT.c.ingest_id == ingest_id, _RESTATEMENT.c.is_first == true())
        )
        n_rows += _move(connection, table, rows)
    return n_rows


def _move(connection: Connection, table: Table, rows: Select[Any]) -> int:
    """Let the imports `new_id` hold rows that `old_id` held; the two change places."""
    moved = Table(
        _MOVED,
        MetaData(),
        *(Column(name, BigInteger) for name in ("target_id", "old_id", "new_id")),
        Column("was_first", Boolean),
        prefixes=["TEMPORARY"],
    )
    moved.create(connection)
    connection.execute(insert(moved).from_select(moved.columns.keys(), rows))
    n_rows = int(connection.execute(select(func.count()).select_from(moved)).scalar_one())
    if n_rows:
        key = next(iter(table.primary_key))
        connection.execute(update(table).where(key == moved.c.target_id).values(ingest_id=moved.c.new_id))
        same = (
            _RESTATEMENT.c.target_table == table.name,
            _RESTATEMENT.c.target_id == moved.c.target_id,
            _RESTATEMENT.c.ingest_id == moved.c.new_id,
        )
        changed = {"ingest_id": moved.c.old_id, "is_first": moved.c.was_first}
        connection.execute(update(_RESTATEMENT).where(*same).values(changed))
    connection.execute(text(f"DROP TABLE {_MOVED}"))
    return n_rows


def _is_known(name: str, target_id: ColumnElement[int], ingest_id: ColumnElement[int]) -> ColumnElement[bool]:
    known = _RESTATEMENT.alias("known")
    same = (known.c.target_table == name, known.c.target_id == target_id, known.c.ingest_id == ingest_id)
    return select(known.c.target_id).where(*same).exists()


def _stage(name: str, *columns: str) -> Table:
    return Table(name, MetaData(), *[Column(column, BigInteger) for column in columns])
