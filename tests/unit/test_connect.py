"""Opening a database: what is not one is refused, what is busy is waited for, and no message shows a password."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy
from psycopg.conninfo import timeout_from_conninfo
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from benchdb.config import database_url
from benchdb.database import connect as opening
from benchdb.database.connect import engine_path, open_engine
from benchdb.database.revision import place_of, upgrade
from benchdb.errors import ConfigError, DatabaseBusyError, DatabaseError, NotABenchdbError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    connection.close()


FOREIGN: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("hello\n" * 1000, encoding="utf-8"),
    "short": lambda path: path.write_text("hi", encoding="utf-8"),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(9000)),
    "sqlite": _sqlite,
    "folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_database_is_refused_and_untouched(tmp_path: Path, kind: str, read_only: bool) -> None:
    """A file of another kind, or a folder, is refused by name and keeps its bytes; nothing is fetched to read it."""
    path = tmp_path / "theirs"
    FOREIGN[kind](path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(NotABenchdbError, match=f"{path}: this is not a DuckDB database") as caught:
        open_engine(database_url(path), read_only=read_only)
    assert "--db" in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [each.name for each in tmp_path.iterdir()] == ["theirs"]


@pytest.mark.parametrize(
    "name", ["a b.duckdb", "ü%20x.duckdb", "what?.duckdb", "a#b.duckdb", "u:p@h.duckdb", "100%.duckdb"]
)
def test_a_file_of_any_name_is_opened_and_named(tmp_path: Path, name: str) -> None:
    """The database is made in the very file that was named, and messages name it so."""
    engine = open_engine(database_url(tmp_path / name))
    assert engine_path(engine) == tmp_path / name
    assert place_of(engine) == str(tmp_path / name)
    upgrade(engine)
    engine.dispose()
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_reading_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    """A missing file that is only to be read is refused with the command that makes it."""
    with pytest.raises(DatabaseError, match=r"no such database\. Create it: benchdb db init"):
        open_engine(database_url(tmp_path / "x.duckdb"), read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """Where the folder is missing, that is what the message says."""
    with pytest.raises(DatabaseError, match=r"there is no folder .*nowhere"):
        open_engine(database_url(tmp_path / "nowhere" / "x.duckdb"))


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    """A server that refuses connections is named, its password is not."""
    with pytest.raises(DatabaseError, match=r"u:\*\*\*@127\.0\.0\.1:1/d: the database cannot be opened") as caught:
        open_engine("postgresql+psycopg://u:secret@127.0.0.1:1/d")
    assert "secret" not in str(caught.value)


def test_a_url_that_cannot_be_read_is_a_mistake_in_the_call() -> None:
    """A port that is no number is the caller's mistake, told with the right shape and without the password."""
    with pytest.raises(ConfigError, match="not a database URL") as caught:
        open_engine(database_url("postgresql://u:secret@h:port/d"))
    assert "secret" not in str(caught.value)


class _Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


LOCKED = (
    'IO Error: Could not set lock on file "/data/x.duckdb": Conflicting lock is held in /usr/bin/python3.11 (PID 4242) by user u. '
    "See also https://duckdb.org/docs/stable/connect/concurrency"
)


def _locked(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first so many attempts to open a database find it locked."""
    left = [times]
    create = sqlalchemy.create_engine

    def create_busy(*args: object, **options: object) -> object:
        engine = create(*args, **options)  # type: ignore[call-overload]  # handed on as it came
        connect = engine.connect

        def connect_busy() -> object:
            if left[0] > 0:
                left[0] -= 1
                raise DBAPIError("", None, Exception(LOCKED))
            return connect()

        monkeypatch.setattr(engine, "connect", connect_busy)
        return engine

    monkeypatch.setattr(opening, "create_engine", create_busy)


def test_a_busy_file_is_tried_again_with_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is twice the one before, up to a second, until the file is free."""
    _locked(7, monkeypatch)
    clock = _Clock()
    open_engine("duckdb:///:memory:", clock=clock, sleep=clock.sleep).dispose()
    assert clock.pauses == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_waiting_ends_in_time_with_the_holders_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the time allowed the error names the program and the process that hold the file."""
    _locked(10_000, monkeypatch)
    clock = _Clock()
    with pytest.raises(DatabaseBusyError, match=r"/usr/bin/python3\.11, process 4242") as caught:
        open_engine("duckdb:////data/x.duckdb", wait_s=5.0, clock=clock, sleep=clock.sleep)
    assert clock.now <= 105.0
    assert "5 s" in str(caught.value)


def test_no_waiting_means_no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time to wait the first refusal is the last."""
    _locked(10_000, monkeypatch)
    clock = _Clock()
    with pytest.raises(DatabaseBusyError):
        open_engine("duckdb:////data/x.duckdb", wait_s=0.0, clock=clock, sleep=clock.sleep)
    assert clock.pauses == []


def test_other_errors_are_not_waited_for(tmp_path: Path) -> None:
    """A file that is no database is refused at once."""
    (tmp_path / "x").write_text("no", encoding="utf-8")
    clock = _Clock()
    with pytest.raises(NotABenchdbError):
        open_engine(database_url(tmp_path / "x"), clock=clock, sleep=clock.sleep)
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("query", "environment", "expected"), [("", "", 10), ("?connect_timeout=77", "55", 77), ("", "55", 55)]
)
def test_a_server_has_the_time_to_answer_that_the_caller_gives_it(
    query: str, environment: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URL says how long a connection may take, or libpq's variable, or else it is ten seconds."""
    monkeypatch.setenv("PGCONNECT_TIMEOUT", environment)
    found: list[int] = []

    def note(_dialect: object, _record: object, _arguments: object, given: dict[str, Any]) -> None:
        found.append(timeout_from_conninfo(given))
        raise psycopg.OperationalError("noted")

    event.listen(sqlalchemy.Engine, "do_connect", note)
    try:
        with pytest.raises(DatabaseError, match="noted"):
            open_engine(database_url(f"postgresql://u@127.0.0.1/d{query}"))
    finally:
        event.remove(sqlalchemy.Engine, "do_connect", note)
    assert found == [expected]


def test_both_engines_keep_utc(db_url: str) -> None:
    """Whatever the machine's zone, a moment without one means UTC."""
    engine = open_engine(db_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT CAST('2025-07-01 12:00:00' AS TIMESTAMPTZ)")).scalar_one()
    engine.dispose()
    assert found.utcoffset().total_seconds() == 0
    assert found.hour == 12


def test_read_only_refuses_writes(db_url: str) -> None:
    """A database opened for reading cannot be written, on either engine."""
    engine = open_engine(db_url, read_only=True)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read.only"):
        connection.execute(text("DELETE FROM score"))
    engine.dispose()


def test_a_file_can_be_opened_for_reading_twice_in_one_process(tmp_path: Path) -> None:
    """Two readers of one file in one program both see times of UTC, whatever the machine's zone."""
    path = tmp_path / "twice.duckdb"
    open_engine(f"duckdb:///{path}").dispose()
    first, second = (open_engine(f"duckdb:///{path}", read_only=True) for _ in range(2))
    for engine in (first, second):
        with engine.connect() as connection:
            assert connection.execute(text("SELECT current_setting('TimeZone')")).scalar() == "UTC"
            with pytest.raises(DBAPIError):
                connection.execute(text("SET TimeZone = 'Asia/Tokyo'"))
    first.dispose()
    second.dispose()
