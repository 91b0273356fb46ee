"""Ctrl-C, standard streams that are closed, a reader that goes away, a clock that goes back."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from benchdb.database.check import check
from benchdb.ingest import load
from tests.ingest.own import NOW, make_files, rows
from tests.ingest.own import run as a_run
from tests.reliability.conftest import ENVIRONMENT, require_sound, run

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

BETWEEN_FILES = """
import signal, os
from benchdb.ingest import session
from benchdb.__main__ import main
session.FILES_PER_TRANSACTION = 1
take, taken = session.Session.take, []
def stopped(self, reading):
    taken.append(reading)
    if len(taken) == 3:
        os.kill(os.getpid(), signal.SIGINT)
    take(self, reading)
session.Session.take = stopped
main()
"""
"""The program, interrupted when it comes to the third file."""
INSIDE_A_FILE = """
import signal, os
from benchdb.ingest import session, write
from benchdb.__main__ import main
from benchdb.ingest.tables import reading
session.PIECE, reading.BLOCK_SIZE = 400, 16_384
write_piece, written = write.Writer.write, []
def stopped(self, piece):
    written.append(piece)
    if len(written) == 3:
        os.kill(os.getpid(), signal.SIGINT)
    write_piece(self, piece)
write.Writer.write = stopped
main()
"""
"""The program, interrupted while it writes the third piece of a large file."""


def _interrupted(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)


def test_ctrl_c_between_files_says_what_was_done(held: Path, inputs: Path) -> None:
    """Two files are in the database, the message says so, the code is 130, and the same command does the rest."""
    small = sorted(inputs.glob("small-0[0-4].csv"))
    ended = _interrupted(BETWEEN_FILES, "ingest", *small, "--jobs", "1", "--db", held)
    assert ended.returncode == 130, ended
    assert ended.stderr.strip() == (
        "Interrupted. 2 files were imported whole and stay; nothing of the others is there. "
        "The same command goes on where this one stopped."
    )
    require_sound(held)
    again = run("ingest", *small, "--db", held, "--format", "csv")
    assert again.code == 0
    states = [line.split(",")[1] for line in again.out.splitlines()[1:]]
    assert states == ["already present", "already present", "loaded", "loaded", "loaded"]


def test_ctrl_c_inside_a_file_leaves_nothing_of_it(held: Path, inputs: Path) -> None:
    """Of a file that is interrupted between two of its pieces nothing is in the database."""
    ended = _interrupted(INSIDE_A_FILE, "ingest", inputs / "large.csv", "--jobs", "1", "--db", held)
    assert ended.returncode == 130, ended
    assert ended.stderr.strip() == "Interrupted. Nothing was imported; the database is as it was."
    require_sound(held)
    counted = run("sql", "SELECT count(*) FROM outcome", "--db", held, "--format", "csv")
    assert counted.out.splitlines()[1:] == ["0"]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_way_into_the_database(held: Path, inputs: Path, closed: str) -> None:
    """A program that was started without standard streams works, and what it would print goes nowhere."""
    command = shlex.join([sys.executable, "-m", "benchdb", "ingest", str(inputs / "small-01.csv"), "--db", str(held)])
    done = subprocess.run(["sh", "-c", f"exec {command} {closed}"], capture_output=True, check=False, env=ENVIRONMENT)
    assert done.returncode == 0, done
    require_sound(held)


def test_a_reader_that_goes_away_stops_no_import(held: Path, inputs: Path) -> None:
    """An import whose output nobody reads ends well, and everything is in the database."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "benchdb", "ingest", str(inputs / "small-01.csv"), "--db", str(held)]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, env=ENVIRONMENT)
    os.close(writing)
    assert done.returncode == 0, done
    assert "Error" not in done.stderr
    assert "Traceback" not in done.stderr
    require_sound(held)


def test_a_clock_that_went_back_keeps_the_order_of_imports(
    db: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is imported later is dated later, so that a question as of the first import is answered as before."""
    files = make_files(tmp_path / "files", monkeypatch)
    first, second = files.add("a", a_run("m", "b", 1.0)), files.add("b", a_run("m", "b", 2.0))
    assert files.load(db, first).n_failed == 0
    report = load.ingest(db, [second], clock=lambda: NOW - timedelta(days=400))
    assert report.n_failed == 0
    assert sorted(rows(db, "ingest", "ingested_at")) == [NOW, NOW + timedelta(microseconds=1)]
    with db.connect() as connection:
        assert check(connection) == ()
