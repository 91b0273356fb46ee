"""Tests of importing and of the commands about the database itself."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import pytest

from benchdb.cli import progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

SCORES = "model,benchmark,metric,value\nmy-model-7b,MATH-500,pass@1,81.2\nAM-Distill-Qwen-32B,MATH-500,pass@1,96.0\n"


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    """A table of two scores, one of a model nobody has named before."""
    file = tmp_path / "scores.csv"
    file.write_text(SCORES, encoding="utf-8")
    return file


def test_an_import_reports_what_it_added(run: Run, own: Path, scores: Path) -> None:
    """Rows of the report are data; totals and new names are narration; a second time the file is already present."""
    first = run("ingest", "scores.csv", "--score-unit", "percent", "--db", own, "--format", "json")
    assert first.exit_code == 0, first.output
    (row,) = json.loads(first.stdout)
    assert (row["file"], row["state"], row["importer"], row["n_scores"]) == ("scores.csv", "loaded", "table", 2)
    assert "1 file: 1 loaded.\n- Added 2 scores, 2 runs." in first.stderr
    assert "new catalogue entr" in first.stderr
    assert "my-model-7b" in first.stderr
    second = run("ingest", "scores.csv", "--score-unit", "percent", "--db", own)
    assert second.exit_code == 0
    assert "scores.csv  already present  table" in second.stdout
    assert "Nothing new was found; the database is as before." in second.stderr
    shown = run("leaderboard", "-m", "my-model-7b", "--db", own, "--format", "json")
    assert [row["value"] for row in json.loads(shown.stdout)] == [81.2]


def test_a_dry_run_writes_nothing(run: Run, own: Path, scores: Path) -> None:
    """It says what would be added, and the model stays unknown."""
    result = run("ingest", scores, "--dry-run", "--db", own)
    assert result.exit_code == 0
    assert "would load" in result.stdout
    assert "Would add 2 scores" in result.stderr
    assert run("leaderboard", "-m", "my-model-7b", "--db", own).exit_code == 1


def test_columns_can_be_named(run: Run, own: Path, tmp_path: Path) -> None:
    """--map says which column holds what, a second = sets a constant, --score-unit says what a value means."""
    (tmp_path / "odd.csv").write_text("who,acc\nmy-model-7b,0.812\n", encoding="utf-8")
    result = run(
        "ingest", "odd.csv", "--db", own, "--from", "table", "--score-unit", "fraction",
        "--map", "model=who", "--map", "value=acc", "--map", "benchmark==MATH-500", "--map", "metric==pass@1",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    shown = run("leaderboard", "-m", "my-model-7b", "--db", own, "--format", "json")
    assert [row["value"] for row in json.loads(shown.stdout)] == pytest.approx([81.2])


def test_a_file_that_fails_is_reported_and_the_others_go_on(run: Run, own: Path, scores: Path, tmp_path: Path) -> None:
    """The exit code is 1, the bad file says why, the good one is in the database."""
    (tmp_path / "bad.bin").write_bytes(b"\x00\x01\x02" * 100)
    result = run("ingest", "bad.bin", "scores.csv", "--score-unit", "percent", "--db", own)
    assert result.exit_code == 1
    assert "loaded" in result.stdout
    assert "unknown: bad.bin: no importer recognises this file" in result.stderr
    assert run("leaderboard", "-m", "my-model-7b", "--db", own).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("missing.csv",), 1, "missing.csv: there is no such file or folder"),
        (("scores.csv", "--from", "nothing"), 2, "nothing"),
        (("scores.csv", "--map", "model"), 2, "FIELD=COLUMN"),
        (("scores.csv", "--score-unit", "per mille"), 2, "per mille"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_imported_is_said(
    arguments: tuple[str, ...], code: int, says: str, run: Run, own: Path, scores: Path
) -> None:
    """Missing files are the data's fault, impossible options the user's."""
    result = run("ingest", *arguments, "--db", own)
    assert result.exit_code == code
    assert says in result.stderr


def test_formats_are_listed(run: Run) -> None:
    """Every importer stands there with what it reads."""
    rows = json.loads(run("formats", "--format", "json").stdout)
    assert {"table", "markdown", "figure"} <= {row["name"] for row in rows}
    assert all(row["summary"] for row in rows)


def test_a_database_is_created_once(run: Run, tmp_path: Path) -> None:
    """It makes an empty database, says so on stderr, and leaves one that is there as it is."""
    first = run("db", "init", "--db", "new.duckdb")
    assert (first.exit_code, first.stdout) == (0, "")
    assert first.stderr.startswith(f"Created {tmp_path / 'new.duckdb'} at revision ")
    second = run("db", "init", "--db", "new.duckdb")
    assert second.exit_code == 0
    assert "is there already" in second.stderr
    upgrade = run("db", "upgrade", "--db", "new.duckdb")
    assert upgrade.exit_code == 0
    assert "the newest. Nothing was changed." in upgrade.stderr


def test_the_status_says_where_and_how_much(run: Run, seeded: Path) -> None:
    """Place, engine, revision and counts, as lines for people and one row for programs."""
    (row,) = json.loads(run("db", "status", "--db", seeded, "--format", "json").stdout)
    assert row["place"] == str(seeded)
    assert row["engine"].startswith("duckdb ")
    assert row["revision"] == row["head"]
    assert row["n_models"] >= 60
    assert f"scores           {row['n_scores']}" in run("db", "status", "--db", seeded).stdout


def test_a_sound_database_is_called_sound(run: Run, seeded: Path) -> None:
    """It prints no finding and exits with 0."""
    result = run("db", "check", "--db", seeded)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "is sound" in result.stderr
    assert run("db", "check", "--db", seeded, "--format", "json").stdout == "[]\n"


def test_a_broken_reference_is_found(run: Run, own: Path) -> None:
    """A score whose run is gone is a finding, and the exit code is 1."""
    import duckdb

    with duckdb.connect(str(own)) as connection:
        connection.execute("DELETE FROM run WHERE run_id = (SELECT min(run_id) FROM score)")
    result = run("db", "check", "--db", own, "--format", "json")
    assert result.exit_code == 1
    assert any(row["table"] == "score" and "run" in row["rule"] for row in json.loads(result.stdout))


def test_an_older_database_is_refused_and_upgraded(run: Run, tmp_path: Path) -> None:
    """A question names the command that upgrades; status describes the old database; upgrade brings it to the newest."""
    from benchdb.database.connect import open_engine
    from benchdb.database.revision import HEAD, upgrade

    old = tmp_path / "old.duckdb"
    engine = open_engine(f"duckdb:///{old}")
    upgrade(engine, "0001")
    engine.dispose()
    refused = run("leaderboard", "--db", old)
    assert refused.exit_code == 3
    assert "Upgrade it: benchdb db upgrade" in refused.stderr
    assert "0001" in run("db", "status", "--db", old).stdout
    assert f"was at revision 0001 and is now at {HEAD}" in run("db", "upgrade", "--db", old).stderr
    assert run("db", "check", "--db", old).exit_code == 0


def test_a_newer_database_is_refused_and_left_alone(run: Run, own: Path) -> None:
    """A database of a later benchdb is neither asked nor changed."""
    import duckdb

    with duckdb.connect(str(own)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = run("leaderboard", "--db", own)
    assert newer.exit_code == 3
    assert "newer than" in newer.stderr
    assert run("db", "upgrade", "--db", own).exit_code == 3


def test_every_question_works_on_each_engine(run: Run, db_url: str, scores: Path) -> None:
    """Import, list, leaderboard, history, trace, status and check answer on DuckDB and on PostgreSQL alike."""
    assert run("ingest", scores, "--score-unit", "percent", "--db", db_url).exit_code == 0
    board = run("leaderboard", "--db", db_url, "--format", "json", "-b", "MATH-500")
    assert [row["value"] for row in json.loads(board.stdout)] == [96.0, 81.2]
    score_id = json.loads(board.stdout)[0]["score_id"]
    for arguments in (
        ("list", "models"), ("history", "my-model-7b", "MATH-500"), ("trace", score_id), ("db", "status"), ("db", "check"), ("coverage",),
        ("compare", "my-model-7b", "AM-Distill-Qwen-32B"), ("db", "init"), ("db", "upgrade"), ("ingest", scores, "--dry-run"),
    ):  # fmt: skip
        result = run(*arguments, "--db", db_url)
        assert result.exit_code == 0, (arguments, result.output)


class Terminal:
    """A stream that claims to be a terminal and keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True

    def write(self, text: str) -> int:
        """Keep the text."""
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Do nothing."""


def test_a_terminal_that_waits_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the patience is over a line counts what is done, and it is gone at the end."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE_S", 0.01)
    monkeypatch.setattr(progress, "_TICK_S", 0.01)
    with progress.waiting("Importing", "files") as tick:
        tick("a.csv")
        tick("b.csv")
        deadline = time.monotonic() + 120
        while "2 files" not in terminal.text and time.monotonic() < deadline:
            time.sleep(0.01)
    assert re.search(r"\rImporting … 2 files, \d+:\d\d", terminal.text)
    assert terminal.text.endswith(" \r")


def test_a_short_wait_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes less than a second leaves the terminal alone, and a pipe is never told."""
    assert progress.PATIENCE_S == 1.0
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE_S", 600.0)  # a busy machine may take a second for nothing
    with progress.waiting("Reading"):
        pass
    assert not terminal.text


def test_mapped_columns_make_a_named_file_a_table(run: Run, own: Path, tmp_path: Path) -> None:
    """A file that no importer claims is read as a table when its columns are mapped, and columns to ignore add up."""
    rows = "who,what,item,tries,right,note,colour\nm-1,arith,1,4,3,x,red\nm-1,arith,2,4,1,y,red\n"
    (tmp_path / "odd.csv").write_text(rows, encoding="utf-8")
    mapped = ["model=who", "benchmark=what", "sample=item", "n_attempts=tries", "n_correct=right", "metric==accuracy"]
    options = [word for pair in [*mapped, "ignore=note", "ignore=colour"] for word in ("--map", pair)]
    result = run("ingest", "odd.csv", *options, "--db", own)
    assert result.exit_code == 0, result.stderr
    assert run("sql", "SELECT sum(n_correct) AS n FROM outcomes_by_model", "--db", own, "-q").stdout.split()[-1] == "4"
    twice = run("ingest", "odd.csv", "--map", "model=who", "--map", "model=what", "--db", own)
    assert twice.exit_code == 2
    assert "mapped twice" in twice.stderr


def test_what_rows_say_of_their_source_counts_without_a_title(run: Run, own: Path, tmp_path: Path) -> None:
    """A column of kinds holds for rows that name no title: the same file is a harness log for one and a paper for another."""
    rows = (
        "model,benchmark,metric,value,unit,source_kind,source_organization\nm-1,arith,accuracy,1,percent,harness_log,\n"
    )
    (tmp_path / "kinds.csv").write_text(f"{rows}m-2,arith,accuracy,2,percent,paper,Acme Labs\n", encoding="utf-8")
    assert run("ingest", "kinds.csv", "--db", own).exit_code == 0
    found = run(
        "sql",
        "SELECT model, source_kind, reporter FROM runs WHERE file LIKE '%kinds.csv' ORDER BY 1",
        "--db",
        own,
        "-f",
        "csv",
    )
    assert found.stdout == "model,source_kind,reporter\nm-1,harness_log,\nm-2,paper,Acme Labs\n"
