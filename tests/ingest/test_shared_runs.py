"""Files that hold outcomes of one run: what the database keeps does not hang on how they are shared out among imports and pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet
import pytest
from sqlalchemy import func, select

import benchdb
from benchdb.ingest import session
from benchdb.ingest.tables import reading
from benchdb.schema.curation import Ingest
from benchdb.schema.results import Outcome, Run, Score

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEADER = "model,benchmark,metric,item,n_attempts,n_correct,source_url\n"
ROW = "acme/m,b,accuracy,{item},{n},{right},https://example.org/report\n"
SCORE = "model,benchmark,metric,score,source_url\nacme/m,b,accuracy,50%,https://example.org/report\n"


def write(path: Path, rows: Iterable[tuple[str, int, int]]) -> Path:
    """Write outcomes of one run as a table."""
    path.write_text(HEADER + "".join(ROW.format(item=item, n=n, right=right) for item, n, right in rows))
    return path


def held(url: str) -> list[tuple[Any, ...]]:
    """Number, attempts and right attempts of each item."""
    with benchdb.connect(url, read_only=True) as database, database.engine.connect() as connection:
        asked = select(Outcome.sample_number, Outcome.n_attempts, Outcome.n_correct).order_by(Outcome.sample_number)
        return [tuple(row) for row in connection.execute(asked)]


def counted(url: str) -> dict[str, tuple[int, int]]:
    """Outcomes that each file added and repeated."""
    with benchdb.connect(url, read_only=True) as database, database.engine.connect() as connection:
        asked = select(Ingest.name, Ingest.n_outcomes, Ingest.n_repeated)
        return {name.rpartition("/")[2]: (n, repeated) for name, n, repeated in connection.execute(asked)}


@pytest.mark.parametrize("together", [True, False], ids=["one import", "two imports"])
def test_attempts_of_two_files_are_not_added(db_url: str, tmp_path: Path, *, together: bool) -> None:
    """An item that both files hold is a repeat in the second, whether or not they share a transaction."""
    files = [
        write(tmp_path / "a.csv", [("i1", 2, 1), ("i2", 2, 2)]),
        write(tmp_path / "b.csv", [("i2", 2, 2), ("i3", 2, 0)]),
    ]
    with benchdb.connect(db_url) as database:
        for paths in [files] if together else [[path] for path in files]:
            assert database.ingest(*paths).n_failed == 0
        assert database.check() == ()
    assert held(db_url) == [(0, 2, 1), (1, 2, 2), (2, 2, 0)]
    assert counted(db_url) == {"a.csv": (2, 0), "b.csv": (1, 1)}


@pytest.mark.parametrize("piece", [2, 1_000])
def test_attempts_of_one_file_are_added_in_whatever_pieces(
    db_url: str, tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempts at an item that a known run lacked are all kept; those at one that it had are one repeat."""
    first = write(tmp_path / "a.csv", [("i1", 2, 1)])
    rows = [("i1", 1, 1), ("i2", 1, 1), ("i3", 1, 0)]
    second = write(tmp_path / "b.csv", [*rows, *rows])
    monkeypatch.setattr(session, "PIECE", piece)
    monkeypatch.setattr(reading, "BLOCK_SIZE", 200)
    with benchdb.connect(db_url) as database:
        assert database.ingest(first).n_failed == 0
        assert database.ingest(second).n_failed == 0
        assert database.check() == ()
    assert held(db_url) == [(0, 2, 1), (1, 2, 2), (2, 2, 0)]
    assert counted(db_url) == {"a.csv": (1, 0), "b.csv": (2, 1)}


@pytest.mark.parametrize("order", [("a.csv", "s.csv"), ("s.csv", "a.csv")])
def test_outcomes_are_counted_for_the_file_that_holds_them(db_url: str, tmp_path: Path, order: tuple[str, str]) -> None:
    """A file that states a score of the same run has no outcomes, whichever comes first."""
    write(tmp_path / "a.csv", [("i1", 2, 1), ("i2", 2, 1)])
    (tmp_path / "s.csv").write_text(SCORE)
    with benchdb.connect(db_url) as database:
        assert database.ingest(*[tmp_path / name for name in order]).n_failed == 0
        assert database.check() == ()
        with database.engine.connect() as connection:
            assert len(connection.execute(select(Run.run_id)).all()) == 1
            assert [tuple(row) for row in connection.execute(select(Score.value, Score.unit))] == [(50.0, "percent")]
    assert {name: n for name, (n, _repeated) in counted(db_url).items()} == {"a.csv": 2, "s.csv": 0}


@pytest.mark.parametrize("piece", [7, 1_000])
def test_batches_may_end_in_the_middle_of_a_run(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, piece: int
) -> None:
    """Runs that batches cut are held, counted and scored like whole ones, and so is an item that two batches have attempts at."""
    columns: dict[str, list[Any]] = {
        "model": ["a"] * 5 + ["b"] * 5 + ["a"],
        "benchmark": ["bench"] * 11,
        "metric": ["accuracy"] * 11,
        "item": [*range(5), *range(5), 0],
        "n_correct": [1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1],
    }
    pyarrow.parquet.write_table(pa.table(columns), tmp_path / "outcomes.parquet")
    monkeypatch.setattr(session, "PIECE", piece)
    monkeypatch.setattr(reading, "BATCH_ROWS", 3)
    pool = pa.default_memory_pool().backend_name
    with benchdb.connect(db_url) as database:
        done = database.ingest(tmp_path / "outcomes.parquet")
        assert pa.default_memory_pool().backend_name == pool
        assert (done.n_failed, done.total("n_outcomes")) == (0, 10)
        with database.engine.connect() as connection:
            asked = (
                select(Run.model_label, Outcome.n_attempts, func.count(), func.sum(Outcome.n_correct))
                .join(Run, Run.run_id == Outcome.run_id)
                .group_by(Run.model_label, Outcome.n_attempts)
                .order_by(Run.model_label, Outcome.n_attempts)
            )
            assert [tuple(row) for row in connection.execute(asked)] == [("a", 1, 4, 2), ("a", 2, 1, 2), ("b", 1, 5, 4)]
            scores = select(Run.model_label, Score.value, Score.n_items).join(Run, Run.run_id == Score.run_id)
            assert sorted(map(tuple, connection.execute(scores))) == [("a", 0.6, 5), ("b", 0.8, 5)]
        assert database.check() == ()
