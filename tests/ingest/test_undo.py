"""Taking imports back: recorded, reversible, and without hiding what another import states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from benchdb.api.database import Database
from benchdb.database.check import check
from benchdb.errors import AmbiguousQueryError, ConfigError, EmptyResultError, UnknownNameError
from benchdb.ingest.decisions import Decision
from benchdb.ingest.records import OutcomeBlock, SourceRecord
from benchdb.ingest.report import FileState
from benchdb.ingest.undo import UndoReport, undo
from benchdb.schema.vocab import SourceKind
from tests.ingest.own import NOW, Files, export, make_files, rows, run

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

DAY = timedelta(days=1)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return make_files(tmp_path / "files", monkeypatch)


def take_back(db: Engine, path: object, days: int = 1, *, redo: bool = False) -> UndoReport:
    name = next(name for name in rows(db, "ingest", "name") if name.endswith(str(path)))
    return undo(db, name, Decision(by="ann", reason="wrong file", at=NOW + days * DAY), redo=redo)


def shown(db: Engine, as_of: datetime | None = None) -> dict[str, float | None]:
    """Return what a leaderboard shows, empty where nothing counts."""
    try:
        return {row.model: row.cells[0].value for row in Database(db).leaderboard(metric="accuracy", as_of=as_of).rows}
    except EmptyResultError:
        return {}


def sound(db: Engine) -> None:
    with db.connect() as connection:
        assert check(connection) == ()


def holders(db: Engine) -> tuple[object, object]:
    """Return which import holds each run and score, and which others state them."""
    held = [(name, row) for name in ("run", "score", "source") for row in rows(db, name, f"{name}_id", "ingest_id")]
    return held, rows(db, "restatement")


def test_an_undone_import_counts_no_more_until_that_is_taken_back(db: Engine, files: Files) -> None:
    """Its claims vanish, are there as of the day before, and come back with --redo; both decisions are kept."""
    files.load(db, files.add("a", run("acme/m", "b", 50.0)), files.add("b", run("acme/n", "b", 60.0)))
    before = export(db)
    done = take_back(db, "a")
    assert (done.state, done.n_runs, done.n_scores, done.n_outcomes, done.n_shared) == ("undone", 1, 1, 0, 0)
    assert shown(db) == {"acme/n": 60.0}
    assert shown(db, NOW + DAY / 2) == {"acme/m": 50.0, "acme/n": 60.0}
    sound(db)
    assert take_back(db, "a", 2, redo=True).state == "complete"
    assert shown(db) == {"acme/m": 50.0, "acme/n": 60.0}
    assert shown(db, NOW + 1.5 * DAY) == {"acme/n": 60.0}
    sound(db)
    kept = rows(db, "correction", "action", "field", "old_value", "new_value", "decided_by", "reason")
    assert kept == [
        ("amend", "state", "complete", "undone", "ann", "wrong file"),
        ("amend", "state", "undone", "complete", "ann", "wrong file"),
    ]
    assert {**export(db), "correction": []} == {**before, "correction": []}


def test_what_another_import_states_goes_on_to_count(db: Engine, files: Files) -> None:
    """A score that two files state counts while one of them does; the one brought by the first alone does not."""
    files.load(db, files.add("a", run("acme/m", "b", 50.0), run("acme/n", "b", 60.0)))
    files.load(db, files.add("b", run("acme/m", "b", 50.0)))
    original = holders(db)
    done = take_back(db, "a")
    assert (done.n_runs, done.n_scores, done.n_shared) == (1, 1, 2)
    assert shown(db) == {"acme/m": 50.0}
    sound(db)
    assert take_back(db, "b", 2).n_scores == 1
    assert shown(db) == {}
    sound(db)
    take_back(db, "a", 3, redo=True)
    assert shown(db) == {"acme/m": 50.0, "acme/n": 60.0}
    sound(db)
    assert holders(db) == original
    assert [shown(db, NOW + (day - 0.5) * DAY) for day in (1, 2, 3)] == [
        {"acme/m": 50.0, "acme/n": 60.0},
        {"acme/m": 50.0},
        {},
    ]
    take_back(db, "b", 4, redo=True)
    assert holders(db) == original


@pytest.mark.parametrize("together", [True, False])
def test_files_of_one_transaction_restate_each_other(db: Engine, files: Files, together: bool) -> None:
    """It makes no difference whether the two files came in one import or in two."""
    paths = [files.add(name, run("acme/m", "b", 50.0)) for name in ("a", "b", "c")]
    if together:
        files.load(db, *paths)
    else:
        for path in paths:
            files.load(db, path)
    assert len(rows(db, "restatement")) == 6  # two more files for one source, one run, one score
    for day, name in enumerate(("a", "b"), start=1):
        take_back(db, name, day)
        assert shown(db) == {"acme/m": 50.0}
        sound(db)
    take_back(db, "c", 3)
    assert shown(db) == {}


def test_a_file_imported_after_the_undoing_states_it_anew(db: Engine, files: Files) -> None:
    """What an undone import had brought counts from the day on that another file states it."""
    first = files.add("a", run("acme/m", "b", 50.0))
    files.load(db, first)
    take_back(db, "a")
    assert shown(db) == {}
    from benchdb.ingest import load

    load.ingest(db, [files.add("b", run("acme/m", "b", 50.0))], clock=lambda: NOW + 3 * DAY)
    assert shown(db) == {"acme/m": 50.0}
    assert shown(db, NOW + 2 * DAY) == {}
    assert shown(db, NOW + DAY / 2) == {"acme/m": 50.0}
    sound(db)


def test_importing_the_file_again_takes_the_undoing_back(db: Engine, files: Files) -> None:
    """A dry run says so and changes nothing; the import itself is a decision that is kept."""
    path = files.add("a", run("acme/m", "b", 50.0))
    files.load(db, path)
    take_back(db, "a")
    dry = files.load(db, path, dry_run=True).files[0]
    assert (dry.state, shown(db)) == (FileState.WOULD_LOAD, {})
    done = files.load(db, path).files[0]
    assert done.state == FileState.LOADED
    assert done.message == "its import had been undone; what it brought counts again"
    assert shown(db) == {"acme/m": 50.0}
    assert len(rows(db, "correction")) == 2
    assert files.load(db, path).files[0].state == FileState.ALREADY_PRESENT
    sound(db)


def test_outcomes_count_as_long_as_their_run(db: Engine, files: Files) -> None:
    """Outcomes and the score that follows from them go and stay with the run; those brought to another's run are told."""
    block = OutcomeBlock(metric="accuracy", keys=["x", "y"], n_attempts=[1, 1], n_correct=[1, 0])
    more = OutcomeBlock(metric="accuracy", keys=["y", "z"], n_attempts=[1, 1], n_correct=[0, 1])
    source = SourceRecord(kind=SourceKind.PAPER, title="Report", url="https://example.org/report", is_file=False)
    files.load(db, files.add("a", run("acme/m", "b", source=source, outcomes=[block])))
    files.load(db, files.add("b", run("acme/m", "b", source=source, outcomes=[more])))
    sound(db)
    done = take_back(db, "a")
    assert (done.n_runs, done.n_scores, done.n_shared, done.n_outcomes_kept) == (0, 0, 2, 2)
    assert shown(db) == {"acme/m": 50.0}
    sound(db)
    done = take_back(db, "b", 2)
    assert (done.n_runs, done.n_scores, done.n_outcomes) == (1, 1, 3)
    assert shown(db) == {}


def test_views_go_by_the_import_that_holds_a_row(db: Engine, files: Files) -> None:
    """The views show a source and a run that a complete import states, whoever brought them first."""
    files.load(db, files.add("a", run("acme/m", "b", 50.0)))
    files.load(db, files.add("b", run("acme/m", "b", 50.0)))
    take_back(db, "a")
    with db.connect() as connection:
        for view in ("sources", "runs", "claims"):
            assert connection.execute(text(f"SELECT count(*) FROM {view}")).scalar_one() == 1
    take_back(db, "b", 2)
    with db.connect() as connection:
        for view in ("sources", "runs", "claims"):
            assert connection.execute(text(f"SELECT count(*) FROM {view}")).scalar_one() == 0


def test_an_import_is_found_by_name_key_or_hash(db: Engine, files: Files) -> None:
    """Several of one name are told with their keys; what is undone, or is not, cannot be so twice."""
    files.load(db, files.add("a", run("acme/m", "b", 50.0)))
    files.load(db, files.add("a", run("acme/n", "b", 60.0), content="other bytes"))
    decision = Decision(by="ann", reason="wrong file", at=datetime(2026, 1, 1, tzinfo=UTC))
    ((name, key, sha256), _second) = rows(db, "ingest", "name", "ingest_id", "sha256")
    with pytest.raises(AmbiguousQueryError, match=str(key)):
        undo(db, name, decision)
    with pytest.raises(UnknownNameError, match="SELECT ingest_id"):
        undo(db, "b", decision)
    with pytest.raises(ConfigError, match="counts already"):
        undo(db, str(key), decision, redo=True)
    assert undo(db, str(key), decision).ingest_id == key
    with pytest.raises(ConfigError, match="is undone already"):
        undo(db, sha256[:12], decision)
    assert undo(db, name, decision).ingest_id != key
