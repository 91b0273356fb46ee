"""Backup, restore and compaction: every row, of one moment, proved, and nothing lost when it goes wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from benchdb.database import copies
from benchdb.database.check import check
from benchdb.database.connect import open_engine
from benchdb.database.copies import backup, compact, restore
from benchdb.errors import ConfigError, DatabaseBusyError, DatabaseError
from benchdb.ingest.records import OutcomeBlock
from tests.ingest.own import Files, make_files, rows, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.execute("SELECT count(*) FROM outcome").fetchone()[0], flush=True)
sys.stdin.readline()
print(connection.execute("SELECT count(*) FROM outcome").fetchone()[0], flush=True)
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return make_files(tmp_path / "files", monkeypatch)


@pytest.fixture
def filled(db: Engine, files: Files) -> Engine:
    """A database with runs, scores that follow from outcomes, answers, and a name with odd characters."""
    block = OutcomeBlock(
        metric="accuracy", keys=["x", "y\n'\"; --", "z"], n_attempts=[2, 1, 1], n_correct=[1, 1, 0],
        answers=[{"a": (1, 1), "b\x01": (1, 0)}, {"é": (1, 1)}, {"": (1, 0)}],
    )  # fmt: skip
    report = files.load(
        db, files.add("a", run("acme/m", "b", 50.0, 1 / 3, outcomes=[block])), files.add("b", run("acme/m", "b", 50.0))
    )
    assert report.n_failed == 0, report.files[0].message
    return db


def every_row(engine: Engine) -> dict[str, list[object]]:
    from benchdb.schema.base import Base

    return {name: rows(engine, name) for name in Base.metadata.tables}


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Engine]]:
    """Open copies; they are closed at the end."""
    engines: list[Engine] = []

    def open_copy(path: Path) -> Engine:
        engines.append(open_engine(f"duckdb:///{path}", read_only=True))
        return engines[-1]

    yield open_copy
    for engine in engines:
        engine.dispose()


def test_a_backup_holds_every_row_and_nothing_else_is_left(
    filled: Engine, tmp_path: Path, opened: Callable[[Path], Engine]
) -> None:
    """A backup, from either engine, is a DuckDB file with the same rows; its folder holds no half-written file."""
    folder = tmp_path / "backups"
    folder.mkdir()
    done = backup(filled, folder / "copy.duckdb")
    copied = opened(folder / "copy.duckdb")
    assert every_row(copied) == every_row(filled)
    assert done.n_rows == sum(map(len, every_row(filled).values()))
    assert (done.left_out, done.broken) == ((), ())
    assert ([path.name for path in folder.iterdir()]) == ["copy.duckdb"]
    with copied.connect() as connection:
        assert check(connection) == ()
        assert connection.execute(text("SELECT count(*) FROM claims")).scalar_one() == 2


def test_a_backup_is_restored_on_the_same_engine(filled: Engine, empty_url: str, tmp_path: Path) -> None:
    """What is restored into an empty place of the same engine equals what was backed up."""
    backup(filled, tmp_path / "copy.duckdb")
    restore(tmp_path / "copy.duckdb", empty_url)
    twin = open_engine(empty_url)
    try:
        assert every_row(twin) == every_row(filled)
        with twin.connect() as connection:
            assert check(connection) == ()
    finally:
        twin.dispose()
    with pytest.raises(ConfigError, match="empty place"):
        restore(tmp_path / "copy.duckdb", empty_url)


def test_nothing_is_overwritten_unasked(filled: Engine, tmp_path: Path) -> None:
    """A file that is there stays unless it is to be replaced; a database is not its own backup."""
    there = tmp_path / "there.duckdb"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="--force"):
        backup(filled, there)
    assert there.read_text(encoding="utf-8") == "mine"
    backup(filled, there, is_replacing=True)
    with pytest.raises(DatabaseError, match="no folder"):
        backup(filled, tmp_path / "nowhere" / "copy.duckdb")
    with pytest.raises(DatabaseError, match="no such file"):
        restore(tmp_path / "nothing.duckdb", f"duckdb:///{tmp_path / 'new.duckdb'}")


def test_a_copy_that_differs_is_thrown_away(filled: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a row did not arrive, the copy is refused, and what it was to replace is still there."""
    there = tmp_path / "there.duckdb"
    there.write_text("mine", encoding="utf-8")
    fill = copies._fill

    def lose_one(reading: object, writing: object, progress: object) -> None:
        fill(reading, writing, progress)  # type: ignore[arg-type]  # handed on
        writing.execute(text("UPDATE outcome SET n_attempts = 7 WHERE n_attempts = 2"))  # type: ignore[attr-defined]  # a connection

    monkeypatch.setattr(copies, "_fill", lose_one)
    with pytest.raises(DatabaseError, match="differs in outcome"):
        backup(filled, there, is_replacing=True)
    assert there.read_text(encoding="utf-8") == "mine"
    assert not list(tmp_path.glob(".*.part*"))


@pytest.fixture
def duckdb_file(duckdb_template: Path, files: Files, tmp_path: Path) -> Path:
    """A DuckDB file with outcomes, many of them deleted again, closed."""
    import shutil

    path = tmp_path / "wide.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    block = OutcomeBlock(metric="accuracy", keys=["x"], n_attempts=[1], n_correct=[1])
    assert files.load(engine, files.add("a", run("acme/m", "b", outcomes=[block]))).n_failed == 0
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE room AS SELECT range AS n, hash(range) AS h FROM range(500000)"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE room"))
    engine.dispose()
    return path


def test_compaction_gives_room_back_while_others_read(duckdb_file: Path) -> None:
    """The file is smaller, holds the same rows, keeps its permissions, and a reader in another process is not disturbed."""
    before = rows_and_close(duckdb_file)
    duckdb_file.chmod(0o640)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(duckdb_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "1\n"
        done = compact(duckdb_file)
        engine = open_engine(f"duckdb:///{duckdb_file}", read_only=True)
        backup(engine, duckdb_file.with_name("copy.duckdb"))
        engine.dispose()
        print(file=reader.stdin, flush=True)
        assert reader.stdout.readline() == "1\n"
    assert done.n_bytes_before is not None
    assert done.n_bytes is not None
    assert done.n_bytes < done.n_bytes_before
    assert duckdb_file.stat().st_mode & 0o777 == 0o640
    assert rows_and_close(duckdb_file) == before
    assert rows_and_close(duckdb_file.with_name("copy.duckdb")) == before


def rows_and_close(path: Path) -> dict[str, list[object]]:
    engine = open_engine(f"duckdb:///{path}", read_only=True)
    try:
        return every_row(engine)
    finally:
        engine.dispose()


def test_compaction_waits_for_a_writer_and_names_it(duckdb_file: Path) -> None:
    """While another process writes nothing is changed, and the message says which."""
    writer = (
        f"import duckdb, sys; c = duckdb.connect({str(duckdb_file)!r}); print('open', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        inode = duckdb_file.stat().st_ino
        with pytest.raises(DatabaseBusyError, match=str(process.pid)):
            compact(duckdb_file, wait_s=0)
        assert duckdb_file.stat().st_ino == inode
        print(file=process.stdin, flush=True)


def test_what_is_not_ours_is_named_and_never_lost(duckdb_file: Path) -> None:
    """A backup names somebody else's table; compaction leaves the file as it is rather than lose it."""
    engine = open_engine(f"duckdb:///{duckdb_file}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine AS SELECT 1 AS n"))
        connection.execute(text("CREATE MACRO twice(n) AS 2 * n"))
    done = backup(engine, duckdb_file.with_name("copy.duckdb"))
    engine.dispose()
    assert done.left_out == ("function main.twice", "table main.mine")
    inode = duckdb_file.stat().st_ino
    with pytest.raises(ConfigError, match=r"would be lost: function main\.twice, table main\.mine"):
        compact(duckdb_file)
    assert duckdb_file.stat().st_ino == inode
