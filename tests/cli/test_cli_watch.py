"""`benchdb ingest --watch` in a process of its own: what comes is imported once it is finished, and it stops when told to."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import benchdb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

TABLE = "model,benchmark,metric,score\n{model},b,accuracy,{value}%\n"
PATIENCE_S = 300
SETTLE_S = 0.5


class Watcher:
    """A running watch and the lines that it writes."""

    def __init__(self, folder: Path, database: Path, *options: str) -> None:
        command = [sys.executable, "-m", "benchdb", "ingest", "--watch", str(folder), "--db", str(database)]
        self.process = subprocess.Popen(
            [*command, "--settle", str(SETTLE_S), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # one stream, so that lines come in the order in which they were written
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self.thread = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.thread.start()

    def _read(self, stream: Any) -> None:
        with stream:
            for line in stream:
                self.lines.put(line.rstrip("\n"))

    def wait_for(self, *words: str) -> str:
        """Return the next line that holds all these words."""
        seen: list[str] = []
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE_S)
            except queue.Empty:
                pytest.fail(f"no line with {words}, but {seen}")
            seen.append(line)
            if all(word in line for word in words):
                return line

    def stop(self, number: int = signal.SIGINT) -> int:
        """Return the exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "test.duckdb"
    benchdb.connect(path, create=True).close()
    return path


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    """Return watches that are killed at the end, should a test fail before it stops them."""
    found: list[Watcher] = []
    yield found
    for each in found:
        each.process.kill()
        each.process.wait()
        each.thread.join()


def put(path: Path, text: str) -> None:
    """Write a file whole: one that is empty for a while may be taken for finished."""
    new = next(each for each in path.parents if each.name == "logs").with_name("new")
    new.write_text(text)
    new.replace(path)


def grow(path: Path) -> float:
    """Write a file of ten scores line by line; return the longest time for which it was left alone meanwhile."""
    moments = [time.monotonic()]
    with path.open("w") as file:
        file.write("model,benchmark,metric,score\n")
        for number in range(10):
            file.write(f"m{number},b,accuracy,{number}%\n")
            file.flush()
            moments.append(time.monotonic())
            threading.Event().wait(SETTLE_S / 5)
    return max(later - earlier for earlier, later in pairwise(moments))


def scores(database: Path) -> list[tuple[str, float]]:
    with benchdb.connect(database, read_only=True, wait_s=60) as db:
        return sorted((claim.model_label, claim.value) for claim in db.claims())


def test_what_comes_is_imported(folder: Path, database: Path, watchers: list[Watcher]) -> None:
    """What is there at first, a new file in a new folder, a file that changed, one that is broken and then mended."""
    put(folder / "first.csv", TABLE.format(model="one", value=50))
    watcher = Watcher(folder, database)
    watchers.append(watcher)
    watcher.wait_for("loaded", "first.csv", "1 score")
    watcher.wait_for("Following")

    (folder / "later").mkdir()
    put(folder / "later" / "second.csv", TABLE.format(model="two", value=60))
    watcher.wait_for("loaded", "second.csv")
    assert scores(database) == [("one", 50.0), ("two", 60.0)]

    put(folder / "first.csv", TABLE.format(model="one", value=55))
    watcher.wait_for("loaded", "first.csv")
    watcher.wait_for("1 earlier import of changed files undone")
    assert scores(database) == [("one", 55.0), ("two", 60.0)]

    broken = folder / "third.csv"
    put(broken, "model,benchmark,metric,score\nthree,b,accuracy,many\n")
    watcher.wait_for("failed", "third.csv")
    put(broken, TABLE.format(model="three", value=70))
    watcher.wait_for("loaded", "third.csv")
    assert watcher.stop() == 0
    watcher.wait_for("Stopped. 3 files brought 4 scores.")


def test_a_file_is_read_when_nobody_writes_to_it(folder: Path, database: Path, watchers: list[Watcher]) -> None:
    """A log of ten lines, written one by one: no half of it is ever imported."""
    settle_s = 4 * SETTLE_S
    watcher = Watcher(folder, database, "--format", "json", "--settle", str(settle_s))
    watchers.append(watcher)
    watcher.wait_for("Following")
    # Where this process itself was stopped for so long that nobody wrote, another file is grown.
    files = (folder / f"growing-{number}.csv" for number in range(100))
    growing = next(path for path in files if grow(path) < settle_s / 2)
    line = json.loads(watcher.wait_for(growing.name))
    assert (line["state"], line["n_scores"], line["importer"]) == ("loaded", 10, "table")
    assert watcher.stop(signal.SIGTERM) == 0


def test_a_busy_database_is_waited_for(folder: Path, database: Path, watchers: list[Watcher]) -> None:
    """Another process holds the file for longer than `--wait`: the watch says so and imports when it is let go, and follows."""
    with benchdb.connect(database) as db:
        db.status()
        (folder / "first.csv").write_text(TABLE.format(model="one", value=50))
        watcher = Watcher(folder, database, "--wait", "0.2")
        watchers.append(watcher)
        watcher.wait_for("waiting:", "test.duckdb")
    watcher.wait_for("loaded", "first.csv")
    watcher.wait_for("1 file seen. Following")
    assert watcher.stop() == 0
    assert scores(database) == [("one", 50.0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--watch", "{folder}/a.csv"], "only a folder can be followed"),
        (["--watch", "{folder}/none"], "there is no such folder"),
        (["--watch", "{folder}", "--dry-run"], "for a dry run leave it out"),
        (["--watch", "{folder}", "--format", "csv"], "a line for each file"),
    ],
)
def test_what_cannot_be_followed_is_said(
    run: Callable[..., Result], folder: Path, database: Path, arguments: list[str], message: str
) -> None:
    (folder / "a.csv").write_text(TABLE.format(model="one", value=50))
    result = run("ingest", *[each.format(folder=folder) for each in arguments], "--db", str(database))
    assert result.exit_code == 2
    assert message in result.stderr
