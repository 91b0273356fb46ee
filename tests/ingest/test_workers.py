"""Files read by other processes: the outcome is that of reading them here, whatever becomes of those processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

import benchdb
from benchdb.ingest import importer as registry
from benchdb.ingest import readers, wire, workers
from benchdb.ingest.load import ingest
from benchdb.ingest.records import OutcomeTable, ScoreTable
from benchdb.schema.base import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

DATA = Path(__file__).parents[1] / "data"
NOW = datetime(2025, 4, 1, 12, tzinfo=UTC)
PLUGIN = '''
"""Trouble: files of commands, one a line."""
import os, signal, time
from benchdb.ingest.importer import Importer
from benchdb.ingest.records import (
    BenchmarkRecord, ModelRecord, OutcomeBlock, RunRecord, ScoreRecord, SourceRecord,
)
from benchdb.schema.vocab import ScoreUnit, SourceKind

def run(model, value, outcomes=(), raw=None):
    score = ScoreRecord(metric="accuracy", value=float(value), unit=ScoreUnit.PERCENT)
    return RunRecord(
        source=SourceRecord(kind=SourceKind.HARNESS_LOG), model=ModelRecord(name=model), benchmark=BenchmarkRecord(name="b"),
        scores=(score,), outcomes=outcomes, raw=raw,
    )

def blocks(n):
    for start in range(0, n, 1000):
        keys = [f"item-{number}" for number in range(start, min(start + 1000, n))]
        yield OutcomeBlock(metric="accuracy", keys=keys, n_attempts=[1] * len(keys), n_correct=[1] * len(keys))

def read(path, options):
    for line in path.read_text().splitlines()[1:]:
        match line.split():
            case ["score", model, value]:
                yield run(model, value)
            case ["outcomes", model, n]:
                yield run(model, 100, blocks(int(n)))
            case ["local", model]:
                yield run(model, 1, raw=Local())
            case ["kill", parent]:
                if os.getpid() != int(parent):
                    os.kill(os.getpid(), signal.SIGKILL)
            case ["wait", place]:
                open(place, "w").close()
                time.sleep(600)
            case ["fail"]:
                raise KeyError("oops")
            case ["bad", model]:
                yield run(model, "nan")

class Local(dict):
    """Goes through no pipe."""
    def __reduce_ex__(self, protocol):
        raise TypeError("this stays here")

IMPORTER = Importer(name="trouble", version="1", sniff=lambda head, name: head.startswith(b"TROUBLE"), read=read, priority=1)
'''


@pytest.fixture
def trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """What writes a file of commands for a plug-in that is installed for the test."""
    site, folder = tmp_path / "site", tmp_path / "files"
    info = site / "trouble-1.dist-info"
    info.mkdir(parents=True)
    folder.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trouble\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{registry.ENTRY_POINT_GROUP}]\ntrouble = trouble:IMPORTER\n")
    (site / "trouble.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(site)
    registry.importers.cache_clear()

    def write(name: str, *commands: str) -> Path:
        path = folder / name
        path.write_text("\n".join(["TROUBLE", *commands]))
        return path

    yield write
    registry.importers.cache_clear()
    sys.modules.pop("trouble", None)


def content(engine: Engine) -> dict[str, Counter[Any]]:
    """Return every row of every table."""
    with engine.connect() as connection:
        tables = Base.metadata.tables.values()
        return {table.name: Counter(map(tuple, connection.execute(select(table)).all())) for table in tables}


def emptied(engine: Engine) -> None:
    """Delete every row."""
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Real files of every format, some of them twice, some in an archive, one broken and one nobody knows."""
    place = tmp_path / "all"
    shutil.copytree(DATA, place / "data")
    shutil.copytree(DATA / "inspect", place / "data2" / "again")
    shutil.make_archive(str(place / "packed"), "zip", DATA / "mteb")
    (place / "unknown.bin").write_bytes(b"\x00\x01 nobody's")
    (place / "zz-broken.json").write_text(
        '{"eval": {"task": "t", "model": "m", "created": 1}, "status": "success", "plan"'
    )
    return place


def test_what_is_imported_does_not_depend_on_who_reads(db: Engine, folder: Path) -> None:
    """Every row of every table, every report and every new name are the same, in the same order."""
    done = [ingest(db, [folder], jobs=1, clock=lambda: NOW)]
    alone = content(db)
    for jobs in (2, 3):
        emptied(db)
        done.append(ingest(db, [folder], jobs=jobs, clock=lambda: NOW))
        assert content(db) == alone
    assert len(done[0].files) > 200
    assert {file.state for file in done[0].files} >= {"loaded", "already present", "unknown", "failed", "read along"}
    assert done[1] == done[0]
    assert done[2] == done[0]
    again = ingest(db, [folder], jobs=2, clock=lambda: NOW)
    assert again.states()["loaded"] == 0
    assert content(db) == alone


def test_a_process_that_dies_fails_its_file_alone(db: Engine, trouble: Callable[..., Path]) -> None:
    """Of files on its list one is what it died of; those before and after are imported."""
    paths = [trouble(f"{number:02d}", f"score m{number} {number}") for number in range(20)]
    paths[7] = trouble("07", "score m7 7", f"kill {os.getpid()}")
    paths[13] = trouble("13", f"kill {os.getpid()}")
    report = ingest(db, paths, jobs=2)
    failed = {Path(file.file).name: file.message for file in report.files if file.state != "loaded"}
    assert list(failed) == ["07", "13"]
    for path in (paths[7], paths[13]):
        assert failed[path.name] == (
            f"{path}: the process that read it was ended by SIGKILL, as happens where memory runs out; nothing of it was imported"
        )
    assert report.total("n_scores") == 18


def test_a_process_that_dies_in_the_middle_of_a_large_file(
    db: Engine, trouble: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What had been written of the file is rolled back, and the file after it is imported."""
    monkeypatch.setattr("benchdb.ingest.session.PIECE", 5_000)
    large = trouble("a", "outcomes m 60000", f"kill {os.getpid()}")
    report = ingest(db, [large, trouble("b", "outcomes n 50")], jobs=2)
    assert [(file.state, file.n_outcomes) for file in report.files] == [("failed", 0), ("loaded", 50)]
    assert benchdb_sound(db)


def test_a_large_file_goes_through_in_pieces(
    db: Engine, trouble: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is imported whole although the reader may be ahead by a few blocks only."""
    monkeypatch.setattr("benchdb.ingest.session.PIECE", 5_000)
    monkeypatch.setattr(workers, "AHEAD", 100_000)
    report = ingest(db, [trouble("a", "outcomes m 60000"), trouble("b", "outcomes n 30000")], jobs=2)
    assert [file.n_outcomes for file in report.files] == [60_000, 30_000]


def test_records_that_go_through_no_pipe_are_read_here(db: Engine, trouble: Callable[..., Path]) -> None:
    """A plug-in may yield what cannot be sent; its file and those around it are imported all the same."""
    paths = [trouble("a", "score m 1"), trouble("b", "score n 2", "local o"), trouble("c", "score p 3")]
    report = ingest(db, paths, jobs=2)
    assert [(file.state, file.n_scores) for file in report.files] == [("loaded", 1), ("loaded", 2), ("loaded", 1)]


def test_faults_are_told_in_the_same_words(db: Engine, trouble: Callable[..., Path]) -> None:
    """An importer that fails, a value that cannot be, and a file that is gone are reported as they are here."""
    paths = [trouble("a", "score m 1", "fail"), trouble("b", "bad m"), trouble("c", "score m 2")]
    here, elsewhere = (ingest(db, paths, jobs=jobs, dry_run=True) for jobs in (1, 2))
    assert elsewhere == here
    assert [file.state for file in here.files] == ["failed", "failed", "would load"]
    assert "the importer trouble failed with KeyError: 'oops'" in str(here.files[0].message)


def test_where_no_process_starts_files_are_read_here(
    db: Engine, trouble: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that cannot be run again is no reason to import nothing."""
    monkeypatch.setattr(workers, "_PROGRAM", "raise SystemExit(3)")
    report = ingest(db, [trouble(f"{number}", f"score m{number} 1") for number in range(50)], jobs=2)
    assert report.states() == {"loaded": 50}


def test_an_interrupt_ends_the_readers(tmp_path: Path, trouble: Callable[..., Path]) -> None:
    """Ctrl-C ends every process at once; what was complete may be there, nothing is half there."""
    started = tmp_path / "started"
    paths = [trouble("a", "score m 1"), trouble("b", f"wait {started}")]
    database = tmp_path / "x.duckdb"
    benchdb.connect(database, create=True).close()
    code = (
        "import sys; from pathlib import Path; import benchdb\n"
        "from benchdb.ingest.load import ingest\n"
        "with benchdb.connect(sys.argv[1]) as db:\n"
        "    ingest(db.engine, [Path(path) for path in sys.argv[2:]], jobs=2)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), *filter(None, sys.path)])}
    command = [sys.executable, "-c", code, str(database), *map(str, paths)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 300
    while not started.exists() and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _out, errors = process.communicate(timeout=300)
    assert b"KeyboardInterrupt" in errors
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    with benchdb.connect(database) as db:
        assert db.check() == ()


def test_a_writer_that_is_killed_leaves_no_reader(tmp_path: Path, trouble: Callable[..., Path]) -> None:
    """A process that reads for hours ends when nobody wants to know any more."""
    started = tmp_path / "started"
    database = tmp_path / "x.duckdb"
    benchdb.connect(database, create=True).close()
    code = (
        "import sys; from pathlib import Path; import benchdb\n"
        "from benchdb.ingest.load import ingest\n"
        "with benchdb.connect(sys.argv[1]) as db:\n"
        "    ingest(db.engine, [Path(path) for path in sys.argv[2:]], jobs=2)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), *filter(None, sys.path)])}
    command = [sys.executable, "-c", code, str(database), str(trouble("b", f"wait {started}"))]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    until = time.monotonic() + 300
    while not started.exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.wait()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a process that reads is still there")


def test_few_files_start_no_process(db: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default other processes read only where that takes longer than starting them."""
    started: list[int] = []

    class Counted(workers.Workers):
        def __init__(self, n: int, *rest: Any) -> None:
            started.append(n)
            super().__init__(n, *rest)

    monkeypatch.setattr(workers, "Workers", Counted)
    monkeypatch.setattr(readers, "n_cores", lambda: 2)
    place = tmp_path / "tables"
    place.mkdir()
    for number in range(30):
        (place / f"{number}.csv").write_text(f"model,benchmark,metric,value\nm{number},b,accuracy,{number}\n")
    assert ingest(db, [place]).states() == {"loaded": 30}
    assert started == []
    monkeypatch.setattr(readers, "SECONDS_WORTH", 0.001)
    emptied(db)
    assert ingest(db, [place]).states() == {"loaded": 30}
    assert started == [2]


def test_tables_come_through_as_they_were() -> None:
    """A slice, a dictionary, nulls and a table without rows are what they were; a slice brings no more than itself."""
    import pyarrow as pa

    from tests.ingest.own import LOG

    column = pa.array(["a", None, "b", "a"] * 1_000).dictionary_encode()
    whole = pa.table({"model": column, "value": pa.array([1.0, None, 3.0, 4.0] * 1_000)})
    for kind, rows in ((ScoreTable, whole), (OutcomeTable, whole.slice(1, 3)), (ScoreTable, whole.slice(0, 0))):
        ((packed, size),) = wire.parts_of(kind(source=LOG, rows=rows))
        assert isinstance(packed, wire.Packed)
        assert wire.record_of(packed) == kind(source=LOG, rows=rows)
        assert size < 60_000


def benchdb_sound(engine: Engine) -> bool:
    """Return whether a check of the database finds nothing."""
    from benchdb.database.check import check

    with engine.connect() as connection:
        return check(connection) == ()
