"""How far an import has come: files, bytes and rows, in this process and in others, and the line that says so."""

from __future__ import annotations

import io
import re
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchdb.api import Meter, extent
from benchdb.cli import progress
from benchdb.ingest.load import ingest
from benchdb.ingest.meter import listening
from benchdb.ingest.unchanged import hash_files

if TYPE_CHECKING:
    from sqlalchemy import Engine

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_done_at_the_end_is_what_there_was(db: Engine, tmp_path: Path, jobs: int) -> None:
    """Files and bytes are those of the folder, an archive counting once; rows are those that were added."""
    shutil.copytree(DATA / "inspect", tmp_path / "in" / "inspect")
    shutil.make_archive(str(tmp_path / "in" / "packed"), "zip", DATA / "table")
    files = [path for path in (tmp_path / "in").rglob("*") if path.is_file()]
    whole = extent([tmp_path / "in"])
    assert whole == (len(files), sum(path.stat().st_size for path in files))
    meter = Meter()
    report = ingest(db, [tmp_path / "in"], jobs=jobs, meter=meter)
    assert meter.n_bytes == whole[1]
    assert meter.n_files == len(report.files)
    assert meter.n_rows >= report.total("n_outcomes") > 0


def test_the_inside_of_a_file_counts(tmp_path: Path) -> None:
    """Hashing a file is half of going through it."""
    path = tmp_path / "large"
    path.write_bytes(b"x" * 3_000_000)
    meter = Meter()
    with listening(lambda n_bytes: meter.pass_through(-1, n_bytes)):
        hash_files([path])
    assert meter.n_bytes == 1_500_000
    meter.finish_file(-1, 3_000_000)
    assert (meter.n_bytes, meter.n_files) == (3_000_000, 1)


def test_the_line_says_rates_and_what_is_left() -> None:
    """Of 100 MB a quarter is done after a minute: three minutes are left."""
    meter = Meter()
    for number in range(30):
        meter.finish_file(number, 800_000)
    meter.pass_through(99, 2_000_000)
    meter.n_rows = 12_345
    assert progress.spell("Importing", meter, (120, 100_000_000), 60.0) == (
        "Importing … 30 of 120 files (0/s), 25 of 100 MB (0.4 MB/s), 12,345 scores and outcomes, 1:00, about 3:00 left"
    )
    assert progress.spell("Importing", meter, (0, 0), 10.0) == (
        "Importing … 30 files (3/s), 25 MB (2.5 MB/s), 12,345 scores and outcomes, 0:10"
    )


def test_progress_elsewhere_than_on_a_terminal_is_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for, it goes to standard error line by line; not asked for, nothing is written."""
    monkeypatch.setattr(progress, "PATIENCE_S", 0.01)
    monkeypatch.setattr(progress, "_LINE_S", 0.02)
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    with progress.importing("Importing", Meter(), lambda: (3, 9)):
        time.sleep(0.1)
    assert not said.getvalue()
    until = time.monotonic() + 120
    with progress.importing("Importing", Meter(), lambda: (3, 9), is_asked=True):
        while said.getvalue().count("\n") < 2 and time.monotonic() < until:
            time.sleep(0.01)
    line = r"Importing … 0 of 3 files \(0/s\), 0 of 0 MB \(0\.0 MB/s\), 0 scores and outcomes, \d+:\d\d\n"
    assert re.match(line * 2, said.getvalue())
