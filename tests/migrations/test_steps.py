"""Each migration, up and down, on both engines, with a row in every table."""

from __future__ import annotations

import ast
import shutil
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from benchdb.database import revision
from benchdb.database.revision import HEAD, alembic_config, current_revision, require_head, shipped_folder, upgrade
from benchdb.errors import DatabaseError, DatabaseRevisionError, NotABenchdbError
from benchdb.schema import curation, results
from benchdb.schema.base import Base
from tests.migrations.every_table import STATEMENTS, VIEWS, contents, fill, n_rows, tables_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

REVISIONS = sorted(STATEMENTS)
SCRIPTS = sorted((shipped_folder("migrations") / "versions").glob("[0-9]*.py"))


def _downgrade(engine: Engine, to: str) -> None:
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return current_revision(connection)


def test_the_constant_is_the_newest_script() -> None:
    """HEAD, which every query compares with, is the head of the scripts, and the scripts are one line."""
    scripts = ScriptDirectory.from_config(alembic_config())
    assert scripts.get_heads() == [HEAD]
    assert [script.revision for script in reversed(list(scripts.walk_revisions()))] == REVISIONS


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_versions_import_nothing_of_ours(path: Path) -> None:
    """A migration means the same for ever: it must not import code that changes."""
    names = {
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert names <= {"sqlalchemy", "alembic"}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_versions_are_named_after_their_revision(path: Path) -> None:
    """A file is called NNNN_verb_object and begins with its revision."""
    assert path.stem.startswith(
        next(rev for rev in REVISIONS if f'\nrevision = "{rev}"' in path.read_text(encoding="utf-8"))
    )


def test_every_table_has_a_row_here() -> None:
    """The rows these tests write cover every table there is."""
    assert {table for tables in STATEMENTS.values() for table in tables} == set(Base.metadata.tables)
    assert curation.Ingest.__tablename__ in STATEMENTS["0001"]
    assert results.Outcome.__tablename__ in STATEMENTS["0003"]


def test_each_step_up_keeps_the_rows_before_it(bare: Engine) -> None:
    """Every step makes its tables and leaves the rows of the earlier ones as they were."""
    expected: set[str] = set()
    for number, step in enumerate(REVISIONS):
        assert upgrade(bare, step) == (REVISIONS[number - 1] if number else None, step)
        expected |= set(STATEMENTS[step])
        with bare.begin() as connection:
            assert tables_of(connection) == expected
            fill(connection, step)
    with bare.connect() as connection:
        assert {table: n_rows(connection, table) for table in expected} == dict.fromkeys(expected, 1)


def test_each_step_down_drops_its_own_tables_only(bare: Engine) -> None:
    """Going back a step drops what that step made, rows or not, and leaves the rest with its rows."""
    for step in REVISIONS:
        upgrade(bare, step)
        with bare.begin() as connection:
            fill(connection, step)
    left = {table for tables in STATEMENTS.values() for table in tables}
    for number, step in reversed(list(enumerate(REVISIONS))):
        _downgrade(bare, REVISIONS[number - 1] if number else "base")
        left -= set(STATEMENTS[step])
        with bare.connect() as connection:
            assert {table: n_rows(connection, table) for table in tables_of(connection)} == dict.fromkeys(left, 1)


@pytest.mark.parametrize("older", REVISIONS)
def test_every_revision_comes_to_the_newest_with_its_rows(bare: Engine, older: str) -> None:
    """With a row in every table that a revision has, every value is the same at the newest, and on the way back."""
    upgrade(bare, older)
    with bare.begin() as connection:
        for step in REVISIONS[: REVISIONS.index(older) + 1]:
            fill(connection, step)
        before = contents(connection)
    assert all(before.values())
    assert upgrade(bare) == (older, HEAD)
    with bare.connect() as connection:
        require_head(connection)
        after = contents(connection)
        assert {name: _stated(after[name], rows) for name, rows in before.items()} == before
        for view in VIEWS:
            connection.execute(text(f"SELECT count(*) FROM {view}")).scalar_one()
    _downgrade(bare, older)
    with bare.connect() as connection:
        assert contents(connection) == before


def _stated(after: list[tuple[str, str]], before: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the values of those columns that there were before."""
    names = {name for name, _value in before}
    return [each for each in after if each[0] in names]


def test_up_down_and_up_again(bare: Engine) -> None:
    """After a way down the way up works as the first time."""
    upgrade(bare)
    _downgrade(bare, "base")
    assert upgrade(bare) == (None, HEAD)


def test_upgrading_twice_changes_nothing(bare: Engine) -> None:
    """A database at the newest revision stays as it is, with its rows."""
    upgrade(bare)
    with bare.begin() as connection:
        for step in REVISIONS:
            fill(connection, step)
    assert upgrade(bare) == (HEAD, HEAD)
    with bare.connect() as connection:
        assert n_rows(connection, "outcome") == 1


@pytest.mark.parametrize("older", [None, *REVISIONS[:-1]])
def test_an_older_database_is_refused_with_the_remedy(bare: Engine, older: str | None) -> None:
    """A database below the newest revision is refused with the command that brings it there."""
    if older is not None:
        upgrade(bare, older)
    remedy = "benchdb db init" if older is None else rf"revision {older}; .*benchdb db upgrade"
    with bare.connect() as connection, pytest.raises(DatabaseRevisionError, match=remedy):
        require_head(connection)


def test_a_newer_database_is_refused_and_left_alone(bare: Engine) -> None:
    """A database of a later benchdb is neither used nor brought back."""
    upgrade(bare)
    with bare.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with bare.connect() as connection, pytest.raises(DatabaseRevisionError, match="Install a newer benchdb"):
        require_head(connection)
    with pytest.raises(DatabaseRevisionError, match="Install a newer benchdb"):
        upgrade(bare)
    assert _revision(bare) == "9999"


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (x INTEGER)", "CREATE VIEW theirs AS SELECT 1 AS x"])
def test_a_database_of_others_is_refused_and_untouched(bare: Engine, statement: str) -> None:
    """A database that holds tables of another program gets none of ours."""
    with bare.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(NotABenchdbError, match="theirs"):
        upgrade(bare)
    with bare.connect() as connection:
        assert tables_of(connection) == {"theirs"}
        assert current_revision(connection) is None


@pytest.mark.parametrize("stamp", ["0001", "0003", "ae1027a6acf"])
def test_another_program_may_use_the_same_tool(bare: Engine, stamp: str) -> None:
    """Another program's database with a revision table of its own is told from ours by what it lacks."""
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:stamp)"), {"stamp": stamp})
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))
    with pytest.raises(NotABenchdbError, match="theirs"):
        upgrade(bare)
    with bare.connect() as connection:
        assert tables_of(connection) == {"theirs"}
        assert current_revision(connection) == stamp


def test_tables_in_another_schema_count_on_duckdb(tmp_path: Path) -> None:
    """A DuckDB file is one program's: tables in any of its schemas make it another's."""
    engine = revision_engine(tmp_path / "theirs.duckdb")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA warehouse"))
        connection.execute(text("CREATE TABLE warehouse.theirs (x INTEGER)"))
    with pytest.raises(NotABenchdbError, match="theirs"):
        upgrade(engine)
    engine.dispose()


def revision_engine(path: Path) -> Engine:
    """Return an engine on a DuckDB file."""
    from benchdb.database.connect import open_engine

    return open_engine(f"duckdb:///{path}")


FAILING = f"""
import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = "{HEAD}"


def upgrade() -> None:
    op.create_table("half_made", sa.Column("x", sa.Integer))
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""


def _with_a_failing_step(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations = folder / "migrations"
    shutil.copytree(shipped_folder("migrations"), migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / "9000_fail.py").write_text(FAILING, encoding="utf-8")
    monkeypatch.setattr(revision, "shipped_folder", lambda _name: migrations)


def test_a_failing_step_leaves_the_revision_before_it(
    bare: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is one transaction: of one that fails nothing stays, of those before it everything."""
    upgrade(bare, "0001")
    with bare.begin() as connection:
        fill(connection, "0001")
    _with_a_failing_step(tmp_path, monkeypatch)
    with pytest.raises(DatabaseError, match="failed and was rolled back") as caught:
        upgrade(bare)
    assert "no_such_table" in str(caught.value)
    with bare.connect() as connection:
        assert current_revision(connection) == HEAD
        assert "half_made" not in tables_of(connection)
        assert n_rows(connection, "ingest") == 1
