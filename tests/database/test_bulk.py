"""Whole tables of rows into the database, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from sqlalchemy import select, text

from benchdb.database.bulk import append, arrow_schema
from benchdb.schema.curation import Correction
from benchdb.schema.results import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

OUTCOME: Table = Outcome.__table__  # type: ignore[assignment]  # declared as FromClause


def outcomes(numbers: range, *, right: int) -> pa.Table:
    """Outcomes of one run; every third has a value in place of right attempts."""
    rows = [
        {"run_id": 1, "metric_id": 2, "sample_number": n, "n_attempts": 4, "n_correct": None if n % 3 == 0 else right,
         "value": n / 7 if n % 3 == 0 else None}
        for n in numbers
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=arrow_schema(OUTCOME))


def stored(connection: Connection) -> list[dict[str, Any]]:
    """What the table holds, in the order of its items."""
    return [dict(row) for row in connection.execute(select(OUTCOME).order_by(OUTCOME.c.sample_number)).mappings()]


@pytest.mark.parametrize("n", [10, 5_000])
def test_every_value_and_every_missing_one_arrives(db: Engine, n: int) -> None:
    """Few rows and many go by other ways on PostgreSQL."""
    rows = outcomes(range(n), right=3)
    with db.begin() as connection:
        append(connection, OUTCOME, rows)
    with db.connect() as connection:
        assert stored(connection) == rows.to_pylist()


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_rows_that_another_session_has_added_are_left_out(db: Engine) -> None:
    """The others come, and the transaction goes on."""
    with db.begin() as connection:
        append(connection, OUTCOME, outcomes(range(1_500, 1_600), right=1))
    with db.begin() as connection:
        append(connection, OUTCOME, outcomes(range(3_000), right=3))
        connection.execute(text("SELECT 1"))
    with db.connect() as connection:
        found = stored(connection)
    others = (
        outcomes(range(1_500), right=3),
        outcomes(range(1_500, 1_600), right=1),
        outcomes(range(1_600, 3_000), right=3),
    )
    assert found == pa.concat_tables(others).to_pylist()


def test_texts_arrive_as_they_are(db: Engine) -> None:
    """Quotes, separators, line feeds, an empty text and a missing one, among as many rows as go straight into the table."""
    said = ['"', "a,b", "one\ntwo", "", None, "\\N", "\\.", "é", " "]
    table: Table = Correction.__table__  # type: ignore[assignment]  # declared as FromClause
    schema = arrow_schema(table)
    texts = [field.name for field in schema if pa.types.is_string(field.type) and field.nullable]
    assert texts
    filled: dict[str, Any] = {
        field.name: {pa.string(): "x", pa.int64(): 7, pa.timestamp("us", tz="UTC"): 0}.get(field.type)
        for field in schema
    }
    filled |= {"action": "amend", "target_table": "score"}
    key = schema.names[0]
    rows = [{**filled, **dict.fromkeys(texts, said[n % len(said)]), key: n + 1} for n in range(1_200)]
    with db.begin() as connection:
        append(connection, table, pa.Table.from_pylist(rows, schema=schema))
    with db.connect() as connection:
        found = connection.execute(select(table).order_by(table.c[key])).mappings().all()
    assert [[row[name] for name in texts] for row in found] == [[row[name] for name in texts] for row in rows]
