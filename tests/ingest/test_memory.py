"""Memory stays flat: a file several times as large takes no more of it, in the process that reads and writes it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, text

from benchdb.database.bulk import staged
from benchdb.database.connect import open_engine
from tests.benchmarks import big_files
from tests.benchmarks.big_documents import DOCUMENTS, write_document
from tests.benchmarks.memory import MAKERS, import_all, measured

if TYPE_CHECKING:
    from pathlib import Path

SMALL, LARGE = 5_000_000, 60_000_000
SMALL_PIECES = """
from benchdb.ingest import session
from benchdb.ingest.tables import reading
session.PIECE, session.PIECE_BYTES, reading.BLOCK_SIZE = 60_000, 3_000_000, 1 << 19
"""
TABLE_ROOM_MB = 65
"""What five times as many scores may take more: of each, a run of its own, the engine keeps two keys until the end of the file."""
ROOM_MB = 50
"""What a larger file may take more, in megabytes: less than the fifty-five that it is larger."""
DOCUMENT_ROOM_MB = 60
"""The same for a large document, less than half of the 124 that its values take in Python; 44 is the most that was seen."""
WHOLE = {"Every Eval Ever, results", "MTEB, results of a task"}
"""Documents of which everything is kept, up to a limit."""
READING = """
import json, resource, sys
from pathlib import Path
from benchdb.errors import FormatNotRecognisedError
from benchdb.ingest.importer import ReadOptions, recognise

def read(folder):
    for path in sorted(each for each in Path(folder).rglob("*") if each.is_file()):
        try:
            importer = recognise(path)
        except FormatNotRecognisedError:
            continue
        importer.companions(path)
        for record in importer.read(path, options):
            for block in getattr(record, "outcomes", ()):
                counts.append(len(block.keys))
            counts.append(1)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))

options, counts = ReadOptions(columns=json.loads(sys.argv[1])), []
read(sys.argv[2])
before, n = peak(), sum(counts)
read(sys.argv[3])
print(json.dumps([peak() - before, n, sum(counts) - n]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process for its parent")
def test_the_peak_is_that_of_the_import_alone(tmp_path: Path) -> None:
    """What the process that asks for an import holds is not in its peak: otherwise a process of many tests would hide any growth."""
    n_bytes = 600_000_000
    held = bytearray(b"x") * n_bytes
    big_files.scores_csv(tmp_path / "x.csv", 10_000)
    cost = import_all(tmp_path / "x.duckdb", [tmp_path / "x.csv"], "--jobs", "1")
    assert len(held) == n_bytes
    assert 0 < cost.peak_mb < n_bytes / (1 << 20)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process for its parent")
@pytest.mark.parametrize("name", [name for name in MAKERS if "CSV" not in name and name not in DOCUMENTS])
def test_a_larger_file_takes_no_more_memory(tmp_path: Path, name: str) -> None:
    """Twelve times the size is read sample by sample: the peak grows by less than the file does."""
    peaks = []
    for size in (SMALL, LARGE):
        place = tmp_path / str(size)
        place.mkdir()
        MAKERS[name](place / "made", size)
        (path,) = place.glob("made*")
        cost = import_all(place / "x.duckdb", [path], "--jobs", "1")
        assert "outcomes" in cost.output
        peaks.append(cost.peak_mb)
    assert peaks[1] < peaks[0] + ROOM_MB, peaks


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process")
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in WHOLE])
def test_a_large_document_is_not_in_memory(tmp_path: Path, name: str) -> None:
    """Reading thirty megabytes takes little more than their text beside what a small document took; their values would take far more."""
    document = DOCUMENTS[name]
    said = dict(each.split("=", 1) for each in document.options[1:])
    folders = [tmp_path / "small", tmp_path / "large"]
    for folder, size in zip(folders, (SMALL // 10, LARGE // 2), strict=True):
        write_document(folder, document, size)
    done = subprocess.run(
        measured(sys.executable, "-c", READING, json.dumps(said), *map(str, folders)),
        capture_output=True,
        text=True,
        check=True,
    )
    grown, few, many = json.loads(done.stdout.splitlines()[0])
    assert grown < DOCUMENT_ROOM_MB, grown
    assert many >= few > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no peak of a process for its parent")
def test_a_larger_table_takes_little_more_memory(tmp_path: Path) -> None:
    """What was written piece by piece is let go of before the transaction ends."""
    peaks = []
    for size in (2_000_000, 10_000_000):
        path, database = tmp_path / f"{size}.csv", tmp_path / f"{size}.duckdb"
        big_files.scores_csv(path, size)
        cost = import_all(database, [path], "--jobs", "1", before=SMALL_PIECES)
        assert "Added" in cost.output
        peaks.append(cost.peak_mb)
    assert peaks[1] < peaks[0] + TABLE_ROOM_MB, peaks


def test_rows_are_let_go_of_within_their_transaction() -> None:
    """A table of eight megabytes that DuckDB has read does not stay until the end of the transaction."""
    n = 1_000_000
    table = Table("piece", MetaData(), Column("key", BigInteger))
    with open_engine("duckdb:///:memory:").connect() as connection, connection.begin():
        table.create(connection)
        before = pa.total_allocated_bytes()
        for is_joined in (False, True):
            with staged(
                connection, table, pa.table({"key": pa.repeat(pa.scalar(1, pa.int64()), n)}), is_joined=is_joined
            ) as stage:
                assert pa.total_allocated_bytes() >= before + 8 * n
                connection.execute(text(f"INSERT INTO piece SELECT key FROM {stage}"))
            assert pa.total_allocated_bytes() < before + n
        assert connection.execute(text("SELECT count(*) FROM piece")).scalar_one() == 2 * n
