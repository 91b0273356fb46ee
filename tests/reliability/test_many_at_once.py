"""Many processes at one database: nothing is lost, nothing is there twice, and who waits too long is told for whom."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from benchdb.database.connect import open_engine
from benchdb.errors import DatabaseBusyError, DatabaseError, DatabaseLostError
from benchdb.ingest.attempts import PATIENCE_S, Done, persevere
from benchdb.ingest.lock import one_writer
from benchdb.ingest.report import FileReport, FileState
from tests.ingest.own import Files, export, make_files, n_rows
from tests.ingest.own import run as a_run
from tests.reliability.conftest import ENVIRONMENT, SMALL_PIECES, Clock, require_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

N_PROCESSES = 8
IMPORT = f"""{SMALL_PIECES}
from benchdb.__main__ import main
main()
"""
"""The program, importing every file in a transaction of its own."""
READ = """
import sys
from benchdb.database.connect import open_engine
engine = open_engine(sys.argv[1], read_only=True, wait_s=float(sys.argv[2]))
with engine.connect() as connection:
    n_runs = "SELECT count(*), (SELECT count(*) FROM run) FROM ingest"
    print(*connection.exec_driver_sql(n_runs).one(), flush=True)
    sys.stdin.readline()
    print(*connection.exec_driver_sql(n_runs).one(), flush=True)
engine.dispose()
"""


def _url(engine: Engine) -> str:
    return engine.url.set(drivername=engine.url.drivername.partition("+")[0]).render_as_string(hide_password=False)


@pytest.fixture
def elsewhere(db: Engine) -> str:
    """URL of the test's database, which this process does not hold open."""
    db.dispose()
    return _url(db)


def test_eight_importers_of_overlapping_files_bring_what_one_brings(
    elsewhere: str, db: Engine, empty_url: str, inputs: Path
) -> None:
    """Each of eight processes imports a half of the files and the large one; all end well, and every file is there once."""
    files = sorted(inputs.iterdir())
    first = ["ingest", str(inputs / "small-00.csv"), "--db"]  # the first file to name a metric decides its unit
    subprocess.run([sys.executable, "-c", IMPORT, *first, elsewhere], check=True, capture_output=True, env=ENVIRONMENT)
    halves = [[*files[k % 8 : k % 8 + 8], inputs / "large.csv"] for k in range(N_PROCESSES)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, "ingest", *map(str, half), "--wait", "300", "--db", elsewhere],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT,
        )
        for half in halves
    ]  # fmt: skip
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * N_PROCESSES, said
    for command in (
        ["db", "init", "--db", empty_url],
        [*first, empty_url],
        ["ingest", *map(str, sorted({path for half in halves for path in half})), "--db", empty_url],
    ):
        subprocess.run([sys.executable, "-c", IMPORT, *command], check=True, capture_output=True, env=ENVIRONMENT)
    alone = open_engine(empty_url)
    assert _claims(db) == _claims(alone)
    counts = n_rows(db)
    assert {table: n for table, n in counts.items() if table != "restatement"} == {
        table: n for table, n in n_rows(alone).items() if table != "restatement"
    }
    alone.dispose()
    db.dispose()
    require_sound(elsewhere)


def _claims(engine: Engine) -> dict[str, list[Any]]:
    """Return what the database says, whoever said it first."""
    found = export(engine)
    engine.dispose()
    return found


def test_readers_see_whole_imports_while_one_writes(
    db: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader goes on seeing one moment; on DuckDB, where a writer needs the file alone, the writer waits for it and is told whom."""
    files = make_files(tmp_path / "files", monkeypatch)
    first, second = files.add("a", a_run("m", "b", 1.0)), files.add("c", a_run("m", "c", 2.0))
    assert files.load(db, first).n_failed == 0
    url = db.url.render_as_string(hide_password=False)
    db.dispose()
    command = [sys.executable, "-c", READ, url, "30"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdin is not None
        assert reader.stdout.readline() == "1 1\n"
        told = _write(files, url, second)
        assert told is None or f"process {reader.pid}" in told
        assert told is None or sys.executable in told
        print(file=reader.stdin, flush=True)
        seen = reader.stdout.readline()
    assert seen in {"1 1\n", "2 2\n"}


def _write(files: Files, url: str, path: Path) -> str | None:
    """Import a file; return what is said where another process has the database."""
    try:
        engine = open_engine(url, wait_s=0.0)
    except DatabaseBusyError as busy:
        return str(busy)
    assert files.load(engine, path).n_failed == 0
    engine.dispose()
    return None


@pytest.fixture
def server(engine_name: str, request: pytest.FixtureRequest) -> Engine:
    """An engine on PostgreSQL."""
    if engine_name != "postgresql":
        pytest.skip("DuckDB is a part of the process that uses it: there is no connection to lose")
    engine: Engine = request.getfixturevalue("db")
    return engine


def test_who_waits_too_long_for_the_right_to_write_is_told_for_whom(server: Engine) -> None:
    """After the time that the engine was told to wait, the message names the program and process of the import that goes on."""
    other = open_engine(server.url.render_as_string(hide_password=False), wait_s=0.05)
    expected = r"benchdb, process \d+ on .*, user benchdb, from 127\.0\.0\.1"
    with (
        server.connect() as holder,
        one_writer(holder),
        other.connect() as waiting,
        pytest.raises(DatabaseBusyError, match=expected),
    ):
        one_writer(waiting).__enter__()
    other.dispose()


def test_an_import_survives_the_loss_of_its_connection(
    server: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends its session after the first of three files; all three are there once, and the report is as if nothing had been."""
    from benchdb.ingest import session

    monkeypatch.setattr(session, "FILES_PER_TRANSACTION", 1)
    files = make_files(tmp_path / "files", monkeypatch)
    ended: list[int] = []

    def end_session() -> Iterator[Any]:
        if not ended:
            ended.append(_end_sessions(server))
        yield a_run("m", "c", 2.0)

    files.add("a", a_run("m", "b", 1.0))
    files.stream("b", end_session)
    files.add("c", a_run("m", "d", 3.0))
    report = files.load(server)
    assert ended == [1]
    assert [(file.state, file.n_scores, file.message) for file in report.files] == [(FileState.LOADED, 1, None)] * 3
    assert len(report.new_names) == len(set(report.new_names)) == sum(file.n_new_names for file in report.files)
    assert n_rows(server)["score"] == 3


def test_a_commit_whose_answer_was_lost_is_found(
    server: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the connection is lost after a commit and before its answer, the file is not imported twice, and the report says so."""
    files = make_files(tmp_path / "files", monkeypatch)
    path = files.add("a", a_run("m", "b", 1.0))
    commit = server.dialect.do_commit
    lost: list[bool] = []

    def lose(connection: Any) -> None:
        commit(connection)
        if not lost and n_rows_in(server, "ingest"):
            lost.append(True)
            connection.driver_connection.close()
            raise server.dialect.loaded_dbapi.OperationalError("the connection is lost")

    monkeypatch.setattr(server.dialect, "do_commit", lose)
    report = files.load(server, path)
    assert lost == [True]
    assert [(file.state, file.n_scores) for file in report.files] == [(FileState.LOADED, 1)]
    assert "it had arrived" in str(report.files[0].message)
    assert n_rows_in(server, "score") == 1


def n_rows_in(engine: Engine, table: str) -> int:
    """Return the rows of a table, asked by a connection of its own."""
    other = create_engine(engine.url)
    with other.connect() as connection:
        found = int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    other.dispose()
    return found


def _end_sessions(engine: Engine) -> int:
    """End every session that holds the right to write; return how many there were."""
    admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        ended = connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND "
                 "database = (SELECT oid FROM pg_database WHERE datname = current_database())")
        ).all()  # fmt: skip
    admin.dispose()
    return len(ended)


def _lost(state: str | None = None) -> OperationalError:
    import psycopg

    error = psycopg.errors.lookup(state)("lost") if state else psycopg.OperationalError("lost")
    return OperationalError("SELECT 1", None, error)


@pytest.mark.parametrize("state", [None, "40001", "40P01", "57P01", "08006"])
def test_what_passes_is_tried_again(state: str | None) -> None:
    """A lost connection, a conflict with another transaction and a deadlock are tried again, with longer and longer pauses."""
    clock = Clock()
    ends = iter([_lost(state), _lost(state), None])

    def attempt() -> str:
        if (error := next(ends)) is not None:
            raise error
        return "done"

    assert persevere(attempt, Done(), clock=clock, sleep=clock.sleep) == "done"
    assert clock.pauses == [0.1, 0.2]


def test_patience_ends_without_progress_and_begins_anew_with_it() -> None:
    """After `PATIENCE_S` in which no further file arrived the error is handed on; a file that arrives gives as long again."""
    clock, done = Clock(), Done()

    def attempt() -> None:
        if clock() > PATIENCE_S / 2:
            done.reports[1] = FileReport(file="", state=FileState.LOADED)
        raise _lost()

    with pytest.raises(DatabaseLostError, match="lost"):
        persevere(attempt, done, clock=clock, sleep=clock.sleep)
    assert abs(clock() - 1.5 * PATIENCE_S) <= 4.0
    assert max(clock.pauses) == 2.0


def test_what_does_not_pass_is_not_tried_again() -> None:
    """A full disk is handed on at once."""
    clock = Clock()

    def attempt() -> None:
        raise DatabaseError("No space left on device")

    with pytest.raises(DatabaseError, match="No space"):
        persevere(attempt, Done(), clock=clock, sleep=clock.sleep)
    assert clock.pauses == []
