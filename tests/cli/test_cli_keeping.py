"""The commands that keep a database: what they say, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

HEAD = "model,benchmark,metric,value,unit,source_title\n"


@pytest.fixture
def db(run: Run, tmp_path: Path) -> Path:
    """A database of two files that share a line."""
    shared = "acme/m,b,accuracy,0.5,fraction,Report\n"
    (tmp_path / "one.csv").write_text(HEAD + shared + "acme/n,b,accuracy,0.6,fraction,Report\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text(HEAD + shared, encoding="utf-8")
    path = tmp_path / "kept.duckdb"
    assert run("db", "init", "--db", path).exit_code == 0
    assert run("ingest", "one.csv", "two.csv", "--db", path).exit_code == 0
    return path


def test_undo_says_what_counts_no_more(run: Run, db: Path) -> None:
    """An import is undone and redone by its file's name; what another file states is named."""
    done = run("undo", "one.csv", "--reason", "typing error", "--by", "ann", "--db", db)
    assert done.exit_code == 0
    assert "counts no more: 1 score, 1 run.\n" in done.stderr
    assert "2 runs and scores of it count either way: another import states the same.\n" in done.stderr
    again = run("undo", "one.csv", "--db", db)
    assert again.exit_code == 2
    assert "is undone already" in again.stderr
    back = run("undo", "one.csv", "--redo", "--db", db)
    assert "counts again: 2 scores, 2 runs.\n" in back.stderr
    unknown = run("undo", "three.csv", "--db", db)
    assert unknown.exit_code == 1
    assert 'Import "three.csv" is unknown.' in unknown.stderr
    assert run("db", "check", "--db", db).exit_code == 0


def test_backup_restore_and_compact_say_what_they_did(run: Run, db: Path, tmp_path: Path) -> None:
    """Each says how many rows were proved equal; an occupied place is refused with the way out."""
    copied = run("db", "backup", "copy.duckdb", "--db", db)
    assert copied.exit_code == 0, copied.stderr
    assert f"rows from {db} to copy.duckdb; opened again, every row is the same.\n" in copied.stderr
    refused = run("db", "backup", "copy.duckdb", "--db", db)
    assert (refused.exit_code, "--force" in refused.stderr) == (2, True)
    assert run("db", "backup", "copy.duckdb", "--force", "--db", db).exit_code == 0
    restored = run("db", "restore", "copy.duckdb", "--db", tmp_path / "new.duckdb")
    assert restored.exit_code == 0, restored.stderr
    rows = [
        run("sql", "SELECT model, value FROM claims ORDER BY 1", "--format", "csv", "--db", name).stdout
        for name in (db, "new.duckdb")
    ]
    assert rows[0] == rows[1]
    assert rows[0].count("\n") == 3
    assert run("db", "restore", "copy.duckdb", "--db", db).exit_code == 2
    compacted = run("db", "compact", "--db", db)
    assert compacted.exit_code == 0, compacted.stderr
    assert " bytes before, " in compacted.stderr
    assert run("db", "check", "--db", db).exit_code == 0


def test_merge_says_what_came_and_what_differed(run: Run, db: Path, tmp_path: Path) -> None:
    """A dry run and the merge say the same numbers; what the two decided differently is printed, as rows for programs."""
    other = tmp_path / "other.duckdb"
    (tmp_path / "three.csv").write_text(HEAD + "acme/m,b,accuracy,0.7,fraction,Other report\n", encoding="utf-8")
    assert run("db", "init", "--db", other).exit_code == 0
    assert run("ingest", "one.csv", "three.csv", "--db", other).exit_code == 0
    assert run("undo", "one.csv", "--by", "ann", "--db", other).exit_code == 0
    dry = run("db", "merge", "other.duckdb", "--dry-run", "--db", db)
    assert dry.exit_code == 0, dry.stderr
    assert f"Would merge other.duckdb into {db}: 5 rows added, 1 row changed.\n" in dry.stderr
    done = run("db", "merge", "other.duckdb", "--db", db, "--format", "json")
    assert done.exit_code == 0, done.stderr
    assert "  score: 3 there, 1 added\n" in done.stderr
    (told,) = json.loads(done.stdout)
    assert (told["field"], told["here"], told["there"], told["kept"]) == ("state", "complete", "undone", "undone")
    again = run("db", "merge", "other.duckdb", "--db", db)
    assert "0 rows added, 0 rows changed.\n" in again.stderr
    assert run("db", "check", "--db", db).exit_code == 0
    refused = run("db", "merge", db, "--db", db)
    assert (refused.exit_code, "the database itself" in refused.stderr) == (2, True)
