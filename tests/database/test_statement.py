"""Somebody's own SQL: it reads, on both engines, and cannot do anything else."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from sqlalchemy import text

import benchdb
from benchdb.errors import SqlError, SqlLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb import Database

WRITING = (
    "INSERT INTO metric (metric_id, slug, name, review_state) VALUES (1, 'x', 'X', 'reviewed')",
    "DELETE FROM metric",
    "UPDATE metric SET name = 'gone'",
    "DROP VIEW claims",
    "CREATE TABLE mine (x INTEGER)",
    "SELECT 1; DROP VIEW claims",
    "WITH gone AS (DELETE FROM metric RETURNING *) SELECT * FROM gone",
    "COPY metric TO 'out.csv'",
    "BEGIN",
    "COMMIT",
    "SET search_path = other",
)


@pytest.fixture
def reading(db_url: str) -> Iterator[Database]:
    """A database of the seeds, opened for reading."""
    with benchdb.connect(db_url) as database:
        database.seed()
    with benchdb.connect(db_url, read_only=True) as database:
        yield database


def test_rows_come_as_they_are(reading: Database) -> None:
    """Columns keep their names and values their types; a name that stands twice is told apart."""
    found = reading.sql(
        "SELECT model, value AS x, n_claims AS x, variant FROM leaderboard_cells WHERE score_id = 0 OR value = 97.0 ORDER BY 1, 2"
    )
    assert found.columns == ("model", "x", "x_2", "variant")
    assert ("a-m-team/am-distill-qwen-72b", 97.0, 2, None) in found.rows
    assert found.records()[0].keys() == {"model", "x", "x_2", "variant"}
    assert found.to_arrow().column_names == ["model", "x", "x_2", "variant"]


def test_a_cut_answer_says_so(reading: Database) -> None:
    """Ten of the rows are ten rows with a note; all of them are without one."""
    cut = reading.sql("SELECT * FROM models ORDER BY model", most=10)
    assert len(cut) == 10
    assert cut.notes == ("The first 10 rows; --limit shows more.",)
    whole = reading.sql("SELECT * FROM models")
    assert len(whole) == reading.status().n_models
    assert whole.notes == ()


def test_no_rows_still_have_columns(reading: Database) -> None:
    """An empty answer has its headings, in a table and in Arrow."""
    found = reading.sql("SELECT model, value FROM claims WHERE 1 = 0")
    assert found.table() == (["model", "value"], [])
    assert found.to_arrow().column_names == ["model", "value"]


@pytest.mark.parametrize("statement", WRITING)
@pytest.mark.parametrize("read_only", [True, False])
def test_nothing_can_be_written(db_url: str, statement: str, read_only: bool) -> None:
    """Whatever writes or changes the session is refused, and the database stays as it was, even when it may be written."""
    with benchdb.connect(db_url) as database, database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO metric (metric_id, slug, name, review_state) VALUES (5, 'm', 'M', 'reviewed')")
        )
    with benchdb.connect(db_url, read_only=read_only) as database:
        with pytest.raises(SqlError):
            database.sql(statement)
        assert database.sql("SELECT metric_id, name FROM metric").rows == ((5, "M"),)
        assert database.sql("SELECT count(*) FROM claims").rows == ((0,),)


@pytest.mark.parametrize(
    "statement", ["", " ;\n", "SELEC 1", "SELECT nothing FROM nowhere", "SELECT * FROM claims WHERE"]
)
def test_what_is_no_statement_gets_one_message(reading: Database, statement: str) -> None:
    """A mistake is an error of ours without the engine's traceback, and the next statement runs."""
    with pytest.raises(SqlError) as caught:
        reading.sql(statement)
    assert "\n" not in str(caught.value)
    assert reading.sql("SELECT 1 AS one").rows == ((1,),)


def test_a_comment_and_a_semicolon_are_no_second_statement(reading: Database) -> None:
    """People end statements with a semicolon, and write percent signs and colons in them."""
    assert reading.sql("SELECT '50%:x' AS share -- why not\n;").rows == (("50%:x",),)


def test_values_of_every_kind_are_plain(reading: Database) -> None:
    """Decimals, lists and identifiers of the drivers become numbers, lists and text that JSON knows."""
    found = reading.sql(
        "SELECT CAST(3 AS DECIMAL(9, 0)) AS whole, CAST(0.5 AS DECIMAL(9, 2)) AS half, "
        "CAST('b1e6a2a0-0000-4000-8000-000000000001' AS UUID) AS name, sum(value) AS total FROM claims"
    )
    whole, half, name, total = found.rows[0]
    assert (whole, half, name) == (3, 0.5, str(uuid.UUID("b1e6a2a0-0000-4000-8000-000000000001")))
    assert isinstance(whole, int)
    assert not isinstance(total, Decimal)


@pytest.fixture
def confined(duckdb_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A DuckDB file opened for reading."""
    import shutil

    path = tmp_path / "confined.duckdb"
    shutil.copy(duckdb_template, path)
    with benchdb.connect(path, read_only=True) as database:
        yield database


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "ATTACH '{folder}/other.duckdb'",
        "COPY model TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SELECT * FROM secret",
        "CALL pragma_version()",
        "CHECKPOINT",
    ],
)
def test_duckdb_reaches_nothing_but_the_database(confined: Database, tmp_path: Path, statement: str) -> None:
    """No file, folder, extension, setting, variable of the program or other database is within reach."""
    file = tmp_path / "secret.csv"
    file.write_text("word\nhidden\n", encoding="utf-8")
    secret = pa.table({"word": ["hidden"]})
    with pytest.raises(SqlError) as caught:
        confined.sql(statement.format(file=file, folder=tmp_path))
    assert "hidden" not in str(caught.value)
    assert secret.num_rows == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["confined.duckdb", "secret.csv"]


ENDLESS = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT {} FROM n"
"""A statement that never ends, on either engine."""


@pytest.mark.parametrize("asked", ["count(*)", "x"])
def test_a_statement_is_stopped_when_its_time_is_up(reading: Database, asked: str) -> None:
    """One that computes without end and one whose rows never end; the connection answers the next, with time to spare or without."""
    with pytest.raises(SqlLimitError, match=r"stopped after 0\.3 s, its limit.*--timeout"):
        reading.sql(ENDLESS.format(asked), timeout_s=0.3)
    assert reading.sql("SELECT 1 AS one", timeout_s=60).rows == ((1,),)
    assert reading.sql("SELECT 1 AS one").rows == ((1,),)


def test_time_that_is_up_at_any_moment_is_the_same_error(reading: Database) -> None:
    """While rows are computed or fetched, between two fetches, or while the transaction ends, which has what is left of the time."""
    for tenths in range(1, 101):
        with pytest.raises(SqlLimitError, match=r"s, its limit.*--timeout"):
            reading.sql(ENDLESS.format("x"), timeout_s=tenths / 10_000)
    assert reading.sql("SELECT 1 AS one").rows == ((1,),)


def test_rows_that_are_too_large_are_not_gathered(reading: Database) -> None:
    """A million rows of a thousand letters are given up after the first ten million bytes."""
    statement = "SELECT repeat('a', 1000) AS x FROM models a, models b, models c"
    with pytest.raises(SqlLimitError, match=r"more than 10 MB of memory, its limit.*--memory"):
        reading.sql(statement, memory=10_000_000)
    assert reading.sql(f"{statement} LIMIT 3", memory=10_000_000).rows == (("a" * 1000,),) * 3


def test_duckdb_takes_no_more_memory_than_it_may(tmp_path: Path) -> None:
    """A list of twenty million numbers does not fit into 50 MB, and nothing goes to disk instead; the statement cannot lift the limit."""
    path = tmp_path / "small.duckdb"
    benchdb.connect(path, create=True).close()
    with benchdb.connect(path, read_only=True, memory=50_000_000) as database:
        with pytest.raises(SqlLimitError, match="Out of Memory"):
            database.sql("SELECT max(numbers) FROM (SELECT list(range) AS numbers FROM range(20000000))")
        with pytest.raises(SqlError):
            database.sql("SET memory_limit = '10GB'")
        assert database.sql("SELECT current_setting('memory_limit') AS most").rows == (("47.6 MiB",),)
    assert [each.name for each in tmp_path.iterdir()] == ["small.duckdb"]
