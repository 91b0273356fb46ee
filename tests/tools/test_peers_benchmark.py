"""The benchmark against peers runs, holds both sides against each other, and says what it left out; nothing is timed here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import pytest

import benchdb
from tests.benchmarks.peers import made_up
from tests.benchmarks.peers.__main__ import PARTS, main
from tests.benchmarks.peers.bench import TITLE, Bench
from tests.benchmarks.peers.measuring import (
    Comparison,
    Cost,
    PartFailedError,
    Side,
    require_equal,
    require_same_tables,
    run_side,
)
from tests.benchmarks.peers.parts.csv import require_same_scores
from tests.benchmarks.peers.places import PeerAbsentError, Places
from tests.benchmarks.peers.sides import csv_sqlite
from tests.tools.run_inspect import needs_inspect

if TYPE_CHECKING:
    from pathlib import Path


def run(tmp_path: Path, *arguments: str) -> tuple[int, str]:
    """Return exit code and table of a run with little data that installs nothing."""
    out = tmp_path / "table.md"
    code = main(
        [*arguments, "--repeats", "1", "--no-install", "--peers-dir", str(tmp_path / "kept"), "--out", str(out)]
    )
    return code, out.read_text()


def test_a_part_runs_at_small_scale(tmp_path: Path) -> None:
    """The part about a CSV needs pandas alone: four lines, with the figures of both sides."""
    code, text = run(tmp_path, "csv", "--scale", "0.0001")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| CSV of 100 scores")]
    assert code == 0
    assert [len(row) for row in rows] == [len(TITLE)] * 4
    assert [row[1] for row in rows] == [
        "read_csv, factorize and to_sql",
        "read_sql of SQLite",
        "read_csv and groupby",
        "read_csv and groupby",
    ]
    assert all(float(row[column]) > 0 for row in rows for column in (4, 8))
    assert [row[-1] == "–" for row in rows] == [False, True, True, True]
    assert float(rows[0][-2]) == pytest.approx(float(rows[0][3]) / 5, abs=0.01)


def test_the_least_writes_the_same_tables(tmp_path: Path) -> None:
    """Rows that were taken out and written by plain SQL are those of the import; a row that is another is found."""
    made_up.scores(tmp_path / "scores.csv", 3, 3)
    bench = Bench(places=Places(kept=tmp_path, scratch=tmp_path, may_install=False))
    ours = bench.ingest("ours", [tmp_path / "scores.csv"], [tmp_path / "scores.csv"])
    least = bench.floor(ours, "csv")
    Comparison([ours, least]).run(1)
    require_same_tables(least)
    with duckdb.connect(least.arguments["database"]) as connection:
        assert connection.execute("SELECT count(*) FROM score WHERE unit = 'percent'").fetchone() != (0,)
        connection.execute("DELETE FROM score WHERE score_id = (SELECT max(score_id) FROM score)")
    with pytest.raises(PartFailedError, match=r"^least of ours: 1 rows? "):
        require_same_tables(least)


def test_scores_of_two_databases_that_differ_are_found(tmp_path: Path) -> None:
    """Both hold the same nine scores; a value that is another in SQLite is found, and a score that is missing."""
    made_up.scores(tmp_path / "scores.csv", 3, 3)
    sqlite, ours = str(tmp_path / "pandas.sqlite"), str(tmp_path / "ours.duckdb")
    assert csv_sqlite.prepare(str(tmp_path / "scores.csv"), sqlite)() == 9
    with benchdb.connect(ours, create=True) as db:
        db.ingest(tmp_path / "scores.csv")
    require_same_scores(sqlite, ours)
    for change in ("UPDATE score SET value = value + 0.1 WHERE score_id = 4", "DELETE FROM score WHERE score_id = 8"):
        with closing(sqlite3.connect(sqlite)) as connection:
            assert connection.execute(change).rowcount == 1
            connection.commit()
        with pytest.raises(PartFailedError, match=r"^scores of SQLite and of benchdb: "):
            require_same_scores(sqlite, ours)


@pytest.mark.tools
@needs_inspect
def test_logs_that_inspect_wrote(tmp_path: Path) -> None:
    """Four logs in both formats, with twenty items each: the sides are equal, which the part sees to itself."""
    code, text = run(tmp_path, "inspect", "--scale", "0.004")
    assert code == 0, text
    assert "4 Inspect logs: 6 scores and 120 outcomes" in text
    assert {path.suffix for path in (tmp_path / "kept" / "data" / "inspect-4x20" / "logs").iterdir()} == {
        ".eval",
        ".json",
    }


def test_absent_peers_are_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part whose peer is not installed, or whose data are not there, says so; that is no failure."""
    for variable in ("BENCHDB_TOOLS_PYTHON_MTEB", "BENCHDB_EEE_PYTHON"):
        monkeypatch.delenv(variable, raising=False)
    code, text = run(tmp_path, "mteb", "lm_eval", "mlflow", "pairs", "--scale", "0.001")
    left_out = [line for line in text.splitlines() if line.startswith("left out: ")]
    assert code == 0
    assert [line.split(": ")[1] for line in left_out] == ["mteb", "lm_eval", "mlflow", "pairs"]


def test_unknown_parts_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the parts that there are."""
    with pytest.raises(SystemExit):
        main(["speed"])
    assert ", ".join(PARTS) in capsys.readouterr().err


def test_sides_that_differ_are_found() -> None:
    """A missing entry on either side, another number, and two empty sides are errors; rounding and None are told apart."""
    assert require_equal("x", {"a": [0.1 + 0.2, None]}, {"a": [0.3, None]}) == 1
    for theirs, ours in (
        ({"a": 1.0}, {}),
        ({}, {"a": 1.0}),
        ({"a": 1.0}, {"a": 1.001}),
        ({"a": [1.0, None]}, {"a": [1.0, 0.0]}),
        ({"a": [1.0]}, {"a": [1.0, 2.0]}),
        ({}, {}),
    ):
        with pytest.raises(PartFailedError, match=r"^x: "):
            require_equal("x", theirs, ours)


def test_the_least_of_each_figure_counts() -> None:
    """Wall time of one run and memory of another may be the least."""
    first, second = Cost(seconds=1.0, processor=4.0, peak=10.0), Cost(seconds=2.0, processor=3.0, peak=20.0)
    assert first.least(second) == Cost(seconds=1.0, processor=3.0, peak=10.0)


def test_a_side_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Its answer comes back with its cost; preparing is not timed; an error of it is an error of the part."""
    script = tmp_path / "side.py"
    script.write_text(
        "import time\n"
        "def prepare(n):\n"
        "    held = bytearray(120_000_000)\n"
        "    return lambda: [n + len(held), time.sleep(0.05)]\n"
        "def answer(found):\n"
        "    return found[0]\n"
    )
    side = Side(name="side", script=str(script), arguments={"n": 3})
    compared = Comparison([side])
    assert compared.run(1) == {"side": 120_000_003}
    cost = compared.outcomes["side"].cost
    assert cost is not None
    assert cost.peak > 100
    assert cost.seconds >= 0.05
    with pytest.raises(PartFailedError, match=r"broken ended with 1: (.|\n)*TypeError"):
        run_side(Side(name="broken", script=str(script), arguments={}))


def test_data_are_made_once_and_only_whole(tmp_path: Path) -> None:
    """A folder that was written is used again; one whose writing failed is written anew."""
    places = Places(kept=tmp_path, scratch=tmp_path, may_install=False)
    calls = []

    def write(folder: Path) -> None:
        calls.append(folder)
        (folder / "a").write_text("x")
        if len(calls) == 1:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        places.data("some", write)
    assert (places.data("some", write), places.data("some", write)) == (tmp_path / "data" / "some",) * 2
    assert len(calls) == 2
    with pytest.raises(PeerAbsentError, match="there is no folder"):
        places.checkout("absent", "nowhere")
