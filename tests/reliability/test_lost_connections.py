"""Decisions, the catalogue and merges of databases survive the loss of their connection, and are never taken twice."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

import benchdb
from benchdb.api import Database
from benchdb.errors import DatabaseLostError
from benchdb.ingest.attempts import PATIENCE_S
from benchdb.ingest.catalogue import load_catalogue
from benchdb.ingest.writing import write_once
from tests.ingest.own import n_rows
from tests.reliability.conftest import Clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HEADER = "model,benchmark,metric,value,unit\n"
CATALOGUE = '[[organization]]\nslug = "acme"\nname = "Acme"\nsources = ["https://example.org"]\n'


def _undo(database: Database, folder: Path) -> None:
    assert database.undo(str(folder / "a.csv"), by="tests").state == "undone"


def _redo(database: Database, folder: Path) -> None:
    assert database.undo(str(folder / "c.csv"), by="tests", redo=True).state == "complete"


def _add_alias(database: Database, _folder: Path) -> None:
    database.curation.add_alias("the first", "maker/m-1", by="tests")


def _remove_alias(database: Database, _folder: Path) -> None:
    database.curation.remove_alias("the second", by="tests")


def _merge_entries(database: Database, _folder: Path) -> None:
    assert database.curation.merge("maker/m-1", "maker/m-2", by="tests") == 1


def _load_catalogue(database: Database, folder: Path) -> None:
    (folder / "organizations.toml").write_text(CATALOGUE, encoding="utf-8")
    assert [report.file for report in load_catalogue(database.engine, folder, clock=lambda: NOW)]


def _merge_databases(database: Database, folder: Path) -> None:
    assert database.merge(folder / "other.duckdb").n_added > 0


ACTIONS = (_undo, _redo, _add_alias, _remove_alias, _merge_entries, _load_catalogue, _merge_databases)


@pytest.fixture
def database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, duckdb_template: Path) -> Database:
    """A database of a server with three imports, one of them undone, an alias, and a file to merge with it."""
    if engine_name != "postgresql":
        pytest.skip("DuckDB is a part of the process that uses it: there is no connection to lose")
    found = Database(request.getfixturevalue("db"))
    for name, model in (("a", "m-1"), ("b", "m-2"), ("c", "m-3"), ("d", "m-4")):
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}maker/{model},b,accuracy,50,percent\n", encoding="utf-8")
    found.ingest(*(tmp_path / f"{name}.csv" for name in "abc"))
    found.undo(str(tmp_path / "c.csv"), by="tests")
    found.curation.add_alias("the second", "maker/m-2", by="tests")
    shutil.copyfile(duckdb_template, tmp_path / "other.duckdb")
    with benchdb.connect(tmp_path / "other.duckdb") as other:
        other.ingest(tmp_path / "d.csv")
    return found


@pytest.mark.parametrize(
    ("action", "is_committed"),
    [*((action, True) for action in ACTIONS), (_undo, False), (_merge_databases, False)],
    ids=lambda value: getattr(value, "__name__", "after" if value else "before").strip("_"),
)
def test_a_decision_is_taken_once_though_its_connection_is_lost(
    database: Database,
    tmp_path: Path,
    action: Callable[[Database, Path], None],
    is_committed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The session ends before the commit, or the commit's answer is lost: the caller is told the result, and it is there once."""
    n_corrections = n_rows(database.engine)["correction"]
    commit = database.engine.dialect.do_commit
    lost: list[bool] = []

    def lose(connection: Any) -> None:
        if not lost and _has_written(connection):
            lost.append(True)
            if is_committed:
                commit(connection)
                connection.driver_connection.close()
                raise database.engine.dialect.loaded_dbapi.OperationalError("the connection is lost")
            _end_session(database.engine, connection.driver_connection.info.backend_pid)
        commit(connection)

    monkeypatch.setattr(database.engine.dialect, "do_commit", lose)
    action(database, tmp_path)
    assert lost == [True]
    is_correction = action in {_undo, _redo, _remove_alias, _merge_entries}
    assert n_rows(database.engine)["correction"] == n_corrections + is_correction
    assert database.check() == ()


def test_a_server_that_does_not_come_back_is_named_with_what_is_known(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a commit was sent nothing was changed; after one without an answer that is not known."""
    engine, commit = database.engine, database.engine.dialect.do_commit
    gone = engine.dialect.loaded_dbapi.OperationalError("server closed the connection")

    def fail(*_given: object) -> None:
        raise OperationalError("SELECT 1", None, gone)

    clock = Clock()
    with pytest.raises(DatabaseLostError, match=r"server closed the connection\. Nothing was changed\."):
        write_once(engine, fail, clock=clock, sleep=clock.sleep)
    assert PATIENCE_S - 2 <= clock() <= PATIENCE_S

    def lose(connection: Any) -> None:
        if _has_written(connection):
            event.listen(engine, "do_connect", fail)
            connection.driver_connection.close()
        commit(connection)

    monkeypatch.setattr(engine.dialect, "do_commit", lose)
    with pytest.raises(
        DatabaseLostError, match=r"Whether the change arrived is not known; the same command finds out\."
    ):
        write_once(engine, lambda _connection: None, clock=clock, sleep=clock.sleep)
    event.remove(engine, "do_connect", fail)


def test_a_statement_whose_session_is_ended_says_so(database: Database) -> None:
    """Whoever asks learns that the server ended the session, and asks again on another one."""
    with pytest.raises(DatabaseLostError, match=r"/benchdb_test_\d+: terminating connection .*may be tried again"):
        database.sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert database.sql("SELECT 1 AS one").rows == ((1,),)


@pytest.mark.parametrize("times", [1, 2])
def test_a_question_is_asked_again_where_its_session_is_ended(database: Database, times: int) -> None:
    """A question changes nothing: after one loss it is asked once more, after two whoever asked learns why."""
    answer = database.leaderboard(benchmarks=["b"]).table()
    ended: list[int] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def end(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        number = connection.connection.driver_connection.info.backend_pid
        if "score" in statement and len(ended) < times and number not in ended:
            ended.append(number)
            _end_session(database.engine, number)

    if times == 1:
        assert database.leaderboard(benchmarks=["b"]).table() == answer
    else:
        with pytest.raises(
            DatabaseLostError, match=r"/benchdb_test_\d+: terminating connection .*the same may be asked again"
        ):
            database.leaderboard(benchmarks=["b"])
    assert len(ended) == times
    assert database.leaderboard(benchmarks=["b"]).table() == answer


def test_what_the_database_holds_is_asked_again(database: Database) -> None:
    """Counting is no question that a chart is made of, and survives a loss as one does."""
    held = database.status()
    ended: list[int] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def end(connection: Any, *_: Any) -> None:
        if not ended:
            ended.append(connection.connection.driver_connection.info.backend_pid)
            _end_session(database.engine, ended[0])

    assert database.status() == held
    assert len(ended) == 1


def _has_written(connection: Any) -> bool:
    found = connection.cursor().execute("SELECT pg_current_xact_id_if_assigned()").fetchone()
    return found is not None and found[0] is not None


def _end_session(engine: Engine, number: int) -> None:
    admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:number)"), {"number": number})
    admin.dispose()
