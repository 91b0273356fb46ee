"""Everything a database holds, as text, items by their names: two databases that hold the same give the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.database.bundle import tables

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table


def whole(engine: Engine) -> dict[str, list[str]]:
    """Return every row of every table with all its columns; the number of an item stands for benchmark, subset and key."""
    with engine.connect() as connection:
        items = _items(connection)
        return {table.name: sorted(_rows(connection, table, items)) for table in tables()}


def _items(connection: Connection) -> dict[tuple[int, int], str]:
    sample = next(table for table in tables() if table.name == "sample")
    run = next(table for table in tables() if table.name == "run")
    named = {
        (row.benchmark_id, row.sample_number): f"{row.benchmark_id}/{row.subset}/{row.key}"
        for row in connection.execute(select(sample))
    }
    of_runs = {
        (row.run_id, number): name
        for row in connection.execute(select(run.c.run_id, run.c.benchmark_id))
        for (benchmark_id, number), name in named.items()
        if benchmark_id == row.benchmark_id
    }
    return named | of_runs


def _rows(connection: Connection, table: Table, items: dict[tuple[int, int], str]) -> list[str]:
    found = []
    for row in connection.execute(select(table)).mappings():
        values: dict[str, Any] = {name: _plain(value) for name, value in row.items()}
        if "sample_number" in values:
            owner = values["benchmark_id"] if table.name == "sample" else values["run_id"]
            values["sample_number"] = items[owner, values["sample_number"]]
        found.append(repr(values))
    return found


def _plain(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
