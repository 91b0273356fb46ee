"""Every way we know to make one statement of SQL do more than read the database it is asked of."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

import benchdb
from benchdb.errors import SqlError
from tests.reliability.trial import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb import Database

SECRET = "hidden-word-9163"  # noqa: S105 — of this test
DUCKDB = (
    "SELECT 1; DROP VIEW claims", "SELECT 1 /* ; */; DROP VIEW claims", "--\nDROP VIEW claims", "/* SELECT */ DELETE FROM metric", "SELECT 1;;DELETE FROM metric;",
    "WITH gone AS (DELETE FROM metric RETURNING *) SELECT * FROM gone", "EXPLAIN ANALYZE DELETE FROM metric", "EXPLAIN ANALYZE INSERT INTO metric SELECT * FROM metric",
    "PREPARE p AS DELETE FROM metric", "EXECUTE p", "DEALLOCATE p", "MERGE INTO metric USING metric AS m ON true WHEN MATCHED THEN DELETE", "TRUNCATE metric",
    "CREATE TEMP TABLE t AS SELECT 1", "CREATE MACRO m(x) AS x", "CREATE OR REPLACE VIEW claims AS SELECT 1", "CREATE SEQUENCE s", "CREATE TYPE t AS ENUM ('a')",
    "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", "CREATE SCHEMA s", "ALTER TABLE metric ADD COLUMN x INTEGER", "COMMENT ON TABLE metric IS 'x'",
    "VACUUM", "ANALYZE", "CHECKPOINT", "FORCE CHECKPOINT", "CALL force_checkpoint()", "BEGIN", "COMMIT", "ROLLBACK", "USE memory",
    "ATTACH '{folder}/other.duckdb'", "ATTACH ':memory:' AS m", "DETACH test", "COPY metric TO '{folder}/out.csv'", "COPY metric FROM '{file}'",
    "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)", "COPY FROM DATABASE memory TO memory", "EXPORT DATABASE '{folder}/out'", "IMPORT DATABASE '{folder}'",
    "INSTALL httpfs", "INSTALL spatial FROM community", "FORCE INSTALL json", "LOAD httpfs", "LOAD '{file}'", "UPDATE EXTENSIONS",
    "SET enable_external_access = true", "SET GLOBAL lock_configuration = false", "RESET enable_external_access", "PRAGMA enable_external_access=true",
    "PRAGMA memory_limit='100GB'", "SET memory_limit = '1TB'", "SET threads = 64", "SET temp_directory = '{folder}'", "SET VARIABLE x = 1", "PRAGMA database_list = 1",
    "SELECT * FROM '{file}'", "FROM '{file}'", "SELECT * FROM \"{file}\"", "SELECT * FROM read_csv('{file}')", "SELECT * FROM read_csv_auto('{file}')",
    "SELECT * FROM sniff_csv('{file}')", "SELECT * FROM read_text('{file}')", "SELECT * FROM read_blob('{file}')", "SELECT * FROM read_json('{file}')",
    "SELECT * FROM read_json_objects('{file}')", "SELECT * FROM read_ndjson('{file}')", "SELECT * FROM read_parquet('{file}')", "SELECT * FROM parquet_metadata('{file}')",
    "SELECT * FROM parquet_schema('{file}')", "SELECT * FROM glob('{folder}/*')", "SELECT * FROM read_csv('https://example.org/x.csv')", "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM 's3://bucket/x.parquet'", "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')", "SELECT * FROM query_table('{file}')",
    "SELECT * FROM query('DELETE FROM metric')", "SELECT * FROM (SELECT * FROM read_text('{file}'))", "WITH x AS (FROM '{file}') FROM x", "DESCRIBE SELECT * FROM '{file}'",
    "SUMMARIZE '{file}'", "EXPLAIN ANALYZE SELECT * FROM read_text('{file}')", "SELECT (SELECT content FROM read_text('{file}'))", "SELECT getenv('BENCHDB_TEST_SECRET')",
    "SELECT * FROM sqlite_scan('{file}', 'x')", "SELECT * FROM postgres_scan('host=x', 'public', 'x')", "PIVOT '{file}' ON word",
    "SELECT * FROM secret_frame", "SELECT * FROM python_map", "SELECT * FROM duckdb_extensions() WHERE install_path LIKE '%x%' AND 1 = (SELECT count(*) FROM read_text('{file}'))",
    "VALUES ((SELECT content FROM read_text('{file}')))", "SELECT * FROM read_text(['{file}'])", "SELECT * FROM read_csv('/proc/self/environ')", "FROM read_blob('/etc/passwd')",
)  # fmt: skip
"""Statements for DuckDB; {file} holds the secret and {folder} is where it stands."""
POSTGRESQL = (
    "SELECT 1; DROP VIEW claims", "SELECT 1) TO STDOUT; DROP VIEW claims; --", "/* */ DELETE FROM metric", "WITH gone AS (DELETE FROM metric RETURNING *) SELECT * FROM gone",
    "EXPLAIN ANALYZE DELETE FROM metric", "PREPARE p AS DELETE FROM metric", "EXECUTE p", "DO $$ BEGIN DELETE FROM metric; END $$", "CALL nothing()", "COPY metric TO PROGRAM 'touch {folder}/out'",
    "COPY metric TO '{folder}/out.csv'", "COPY metric FROM '{file}'", "COPY metric TO STDOUT", "SET TRANSACTION READ WRITE", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "RESET ALL", "SET ROLE postgres", "SET LOCAL transaction_read_only = off", "SELECT set_config('transaction_read_only', 'off', true), (SELECT 1 FROM metric FOR UPDATE)",
    "SELECT * FROM metric FOR UPDATE", "SELECT * INTO mine FROM metric", "CREATE TEMP TABLE t AS SELECT 1", "CREATE EXTENSION dblink", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SELECT nextval('no_sequence')", "SELECT lo_import('{file}')", "SELECT dblink('dbname=postgres', 'DELETE FROM metric')", "LISTEN x", "NOTIFY x", "LOCK TABLE metric",
    "VACUUM", "ANALYZE metric", "CHECKPOINT", "LOAD 'plpgsql'", "TRUNCATE metric", "DISCARD ALL", "BEGIN", "COMMIT", "ROLLBACK; DELETE FROM metric", "SAVEPOINT a", "DECLARE c CURSOR FOR SELECT 1",
    "ALTER SYSTEM SET work_mem = '1GB'", "SECURITY LABEL ON TABLE metric IS 'x'", "REFRESH MATERIALIZED VIEW claims", "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c", "SELECT setval('x', 1)",
)  # fmt: skip
"""Statements for PostgreSQL."""
OF_THE_ROLE = (
    "SELECT pg_read_file('{file}')", "SELECT * FROM pg_ls_dir('{folder}')", "SELECT pg_read_binary_file('{file}')", "SELECT lo_export(1, '{folder}/out')", "SELECT pg_reload_conf()",
    "SELECT * FROM pg_authid",
)  # fmt: skip
"""What only the server's roles can refuse: a role without rights is refused each."""


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a secret, in a folder of its own, and the secret as a variable of the program."""
    folder = tmp_path / "beside"
    folder.mkdir()
    file = folder / "secret.csv"
    file.write_text(f"word\n{SECRET}\n", encoding="utf-8")
    monkeypatch.setenv("BENCHDB_TEST_SECRET", SECRET)
    return file


def refusal(database: Database, statement: str, file: Path) -> str:
    """Return what is said of a statement that must be refused."""
    try:
        found = database.sql(statement.format(file=file, folder=file.parent))
    except SqlError as error:
        return str(error)
    pytest.fail(f"{statement} was run: {found.rows}")


@pytest.fixture
def confined(duckdb_template: Path, tmp_path: Path) -> Iterator[tuple[Path, Database]]:
    """A DuckDB file opened for reading."""
    path = tmp_path / "test.duckdb"
    shutil.copy(duckdb_template, path)
    with benchdb.connect(path, read_only=True) as database:
        yield path, database


@pytest.mark.parametrize("statement", DUCKDB)
def test_duckdb_only_reads_its_own_file(confined: tuple[Path, Database], secret: Path, statement: str) -> None:
    """A statement is refused; the secret is in no message, no file appears, and the database is as it was."""
    path, database = confined
    secret_frame = {"word": [SECRET]}  # a replacement scan would find it
    before = path.read_bytes()
    with pytest.raises(SqlError) as caught:
        database.sql(statement.format(file=secret, folder=secret.parent))
    assert SECRET not in str(caught.value)
    assert secret_frame["word"] == [SECRET]
    assert [each.name for each in secret.parent.iterdir()] == ["secret.csv"]
    assert path.read_bytes() == before
    assert database.sql("SELECT 1 AS one").rows == ((1,),)


@pytest.mark.parametrize(
    "statement",
    [
        "WITH RECURSIVE t AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM t WHERE x < 1000) SELECT max(x) AS m FROM t",
        "SELECT count(*) FROM (DESCRIBE claims)",
        "SHOW TABLES",
        "FROM range(3)",
        "VALUES (1)",
        "EXPLAIN SELECT 1",
    ],
)
def test_what_reads_is_run(confined: tuple[Path, Database], statement: str) -> None:
    """What only looks at the database goes on to work."""
    assert confined[1].sql(statement).rows


def test_a_role_without_rights_reads_no_file(postgres_url: str, postgres_template: str, secret: Path) -> None:
    """On PostgreSQL files are the roles' business: one that may only read our tables is refused every function that reaches further."""
    from sqlalchemy.engine import make_url

    own = make_url(postgres_url).set(database=postgres_template)
    with benchdb.connect(own.render_as_string(hide_password=False)) as database, database.engine.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS benchdb_reader"))
        connection.execute(text("CREATE ROLE benchdb_reader LOGIN PASSWORD 'reader'"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO benchdb_reader"))
    reader = own.set(username="benchdb_reader", password="reader").render_as_string(hide_password=False)  # noqa: S106 - of this test
    try:
        with benchdb.connect(reader, read_only=True) as database:
            for statement in (*POSTGRESQL, *OF_THE_ROLE):
                assert SECRET not in refusal(database, statement, secret), statement
            assert database.sql("SELECT count(*) AS n FROM metric").rows == ((0,),)
    finally:
        with (
            benchdb.connect(own.render_as_string(hide_password=False)) as database,
            database.engine.begin() as connection,
        ):
            connection.execute(text("DROP OWNED BY benchdb_reader"))
            connection.execute(text("DROP ROLE benchdb_reader"))
    assert os.listdir(secret.parent) == ["secret.csv"]  # noqa: PTH208 - names alone


def test_the_owner_of_a_postgresql_database_cannot_write_either(
    postgres_url: str, postgres_template: str, secret: Path
) -> None:
    """Whatever its rights, a connection of ours writes nothing through a statement."""
    from sqlalchemy.engine import make_url

    own = make_url(postgres_url).set(database=postgres_template).render_as_string(hide_password=False)
    with benchdb.connect(own, read_only=True) as database:
        for statement in POSTGRESQL:
            assert refusal(database, statement, secret), statement
        assert database.sql("SELECT count(*) AS n FROM metric").rows == ((0,),)
        assert database.sql("SELECT count(*) AS n FROM claims").rows == ((0,),)
        database.sql("SELECT lo_create(0)")  # a read-only transaction allows it before PostgreSQL 16; it is rolled back
        assert database.sql("SELECT count(*) AS n FROM pg_largeobject_metadata").rows == ((0,),)
    assert os.listdir(secret.parent) == ["secret.csv"]  # noqa: PTH208 - names alone


def test_the_digest_sees_a_change(duckdb_template: Path, tmp_path: Path) -> None:
    """What the other tests compare differs as soon as one row does."""
    path = tmp_path / "changed.duckdb"
    shutil.copy(duckdb_template, path)
    before = digest(path)
    with benchdb.connect(path) as database, database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO metric (metric_id, slug, name, review_state) VALUES (5, 'm', 'M', 'reviewed')")
        )
    assert digest(path) != before
