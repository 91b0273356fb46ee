"""Fixtures of the tests of what goes wrong: the program as a process of its own, files of results, a database that holds some."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.reliability.hostile import COMMON, fill, state_facts
from tests.reliability.hostile import run as run_here
from tests.reliability.places import write_inputs
from tests.reliability.trial import Laboratory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BENCHDB_")}
SMALL_PIECES = """
import sys
from benchdb.ingest import session
session.PIECE, session.FILES_PER_TRANSACTION = 400, 1
"""
"""What a program runs first that is to write piece by piece and file by file."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*arguments: object, before: Sequence[str] = (), **options: Any) -> Ended:
    """Run the command line in a process of its own.

    Args:
        *arguments: As on the command line.
        before: A command to run it by.
        **options: As of `subprocess.run`.
    """
    command = [*before, sys.executable, "-m", "benchdb", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT, **options)
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """Folder of small files, some of which say the same, an archive, and a large one."""
    folder = tmp_path / "inputs"
    write_inputs(folder)
    return folder


@pytest.fixture
def held(duckdb_template: Path, tmp_path: Path) -> Path:
    """A DuckDB file that holds one score."""
    path = Path(shutil.copy(duckdb_template, tmp_path / "held.duckdb"))
    first = tmp_path / "first.csv"
    first.write_text("model,benchmark,metric,value,unit\nmaker/first,b,accuracy,50,percent\n", encoding="utf-8")
    assert run("ingest", first, "--db", path).code == 0
    return path


def require_sound(database: object) -> None:
    """Fail unless `benchdb db check` finds nothing wrong."""
    checked = run("db", "check", "--db", database)
    assert checked.code == 0, checked


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        """Return the seconds that have passed."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let seconds pass."""
        self.pauses.append(seconds)
        self.now += seconds


def content(path: Path) -> dict[str, tuple[int, str]]:
    """Return what a DuckDB file holds, read in a process that ends."""
    import pickle

    program = (
        "import pickle, sys; from tests.reliability.places import content_of; "
        "sys.stdout.buffer.write(pickle.dumps(content_of(sys.argv[1])))"
    )
    done = subprocess.run([sys.executable, "-c", program, f"duckdb:///{path}"], capture_output=True, check=True)
    found: dict[str, tuple[int, str]] = pickle.loads(done.stdout)  # noqa: S301 — our own program wrote it
    return found


@pytest.fixture(scope="session")
def laboratory(duckdb_template: Path) -> Iterator[Laboratory]:
    """Where bad files are read, within limits of time and memory."""
    found = Laboratory(duckdb_template)
    yield found
    found.close()


@pytest.fixture(scope="session")
def hostile_folder(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a DuckDB file full of hostile names, the table it came from, and a chart of it; only to be read."""
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "hostile.duckdb"
    shutil.copyfile(duckdb_template, file)
    fill(folder, str(file))
    state_facts(file)
    drawn = run_here("chart", "leaderboard", "-b", COMMON, "-o", folder / "chart.vl.json", "--db", file)
    assert drawn.exit_code == 0, drawn.output
    return folder


@pytest.fixture
def workplace(hostile_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a test works in, with the table of hostile names and the chart."""
    for name in ("scores.csv", "chart.vl.json"):
        shutil.copyfile(hostile_folder / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hostile(hostile_folder: Path) -> Path:
    """A DuckDB file full of hostile names; only to be read."""
    return hostile_folder / "hostile.duckdb"


@pytest.fixture
def own(hostile: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may write to."""
    return Path(shutil.copyfile(hostile, tmp_path / "own.duckdb"))
