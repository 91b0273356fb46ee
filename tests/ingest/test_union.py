"""Merging databases: what both know once, decisions of both sides, and nothing lost in silence."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from benchdb.api.database import Database
from benchdb.database.check import check
from benchdb.database.connect import open_engine
from benchdb.errors import ConfigError, DatabaseError, DatabaseRevisionError
from benchdb.ingest import load
from benchdb.ingest.aliases import add_alias
from benchdb.ingest.decisions import Decision
from benchdb.ingest.merge import merge, unmerge
from benchdb.ingest.records import ModelRecord, OutcomeBlock
from benchdb.ingest.undo import undo
from benchdb.ingest.union.joining import MergeReport, merge_file
from benchdb.schema.keys import text_key
from benchdb.schema.vocab import EntityKind
from tests.ingest.own import LOG, NOW, PAPER, Files, make_files, rows, run
from tests.ingest.whole import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

DAY = timedelta(days=1)


class Two:
    """A database on the test's engine and one in a file, which read files of the test's own on days that it names."""

    def __init__(self, here: Engine, there: Path, files: Files) -> None:
        self.here = here
        self.path = there
        self.there = open_engine(f"duckdb:///{there}")
        self.files = files

    def read(self, engine: Engine, day: int, name: str, *records: Any) -> None:
        """Let one of them read a file on a day."""
        path = self.files.add(name, *records)
        assert not load.ingest(engine, [path], clock=lambda: NOW + day * DAY).n_failed

    def merge(self, **options: Any) -> MergeReport:
        """Merge the file into the database, which must be sound afterwards and gain nothing from a second time."""
        self.there.dispose()
        report = merge_file(self.here, self.path, **options)
        with self.here.connect() as connection:
            assert check(connection) == ()
        if not options.get("dry_run"):
            held = whole(self.here)
            again = merge_file(self.here, self.path)
            assert (again.n_added, again.n_changed) == (0, 0)
            assert whole(self.here) == held
        return report

    def other_way(self, tmp_path: Path) -> dict[str, list[str]]:
        """Return what the file holds after this database, as it is now, is merged into a copy of it."""
        self.there.dispose()
        copy, ours = tmp_path / "copy.duckdb", tmp_path / "ours.duckdb"
        shutil.copy(self.path, copy)
        Database(self.here).backup(ours)
        engine = open_engine(f"duckdb:///{copy}")
        merge_file(engine, ours)
        held = whole(engine)
        engine.dispose()
        return held


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An empty folder of files, read by an importer of the test's own."""
    return make_files(tmp_path / "files", monkeypatch)


@pytest.fixture
def two(db: Engine, duckdb_template: Path, tmp_path: Path, files: Files) -> Iterator[Two]:
    """Two databases without rows."""
    path = tmp_path / "there.duckdb"
    shutil.copy(duckdb_template, path)
    both = Two(db, path, files)
    yield both
    both.there.dispose()


def decide(day: int, by: str = "ann") -> Decision:
    return Decision(by=by, reason="the same", at=NOW + day * DAY)


def items(**right: int) -> OutcomeBlock:
    return OutcomeBlock(
        metric="accuracy",
        keys=list(right),
        n_attempts=[1] * len(right),
        n_correct=list(right.values()),
        answers=[{"yes": (1, n)} for n in right.values()],
    )


def test_claims_of_both_stand_side_by_side(two: Two, tmp_path: Path) -> None:
    """A claim that both know stands once, contradicting ones of two sources twice; either way round gives the same."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0), run("acme/n", "b", 60.0))
    two.read(two.there, 1, "c", run("acme/m", "b", 50.0), run("acme/m", "b", 51.0, source=LOG))
    other_way = two.other_way(tmp_path)
    report = two.merge()
    added = {table.table: table.n_added for table in report.tables if table.n_added}
    assert added == {"ingest": 1, "source": 1, "run": 1, "score": 1, "restatement": 3}
    assert sorted(rows(two.here, "score", "value")) == [50.0, 51.0, 60.0]
    assert report.differences == ()
    assert whole(two.here) == other_way


def test_the_earlier_import_holds_what_both_state(two: Two) -> None:
    """The file that the other side read earlier brought the claim first; undoing it leaves the claim to ours."""
    two.read(two.here, 5, "a", run("acme/m", "b", 50.0))
    two.read(two.there, 1, "c", run("acme/m", "b", 50.0))
    two.merge()
    counted = {
        name.rpartition("/")[2]: (n, m) for name, n, m in rows(two.here, "ingest", "name", "n_scores", "n_repeated")
    }
    assert counted == {"a": (0, 1), "c": (1, 0)}
    earlier = next(name for name in rows(two.here, "ingest", "name") if name.endswith("/c"))
    undo(two.here, earlier, decide(9))
    assert [row.cells[0].value for row in Database(two.here).leaderboard(metric="accuracy").rows] == [50.0]


def test_items_are_numbered_anew(two: Two, tmp_path: Path) -> None:
    """Items keep benchmark and key, whatever their numbers were there; outcomes and answers follow."""
    two.read(two.here, 0, "a", run("acme/m", "b", source=LOG, outcomes=[items(x=1, y=0)]))
    two.read(two.there, 1, "c", run("acme/n", "b", source=LOG, outcomes=[items(z=1, y=1, x=0)]))
    other_way = two.other_way(tmp_path)
    two.merge()
    assert sorted(rows(two.here, "sample", "sample_number", "key")) == [(0, "x"), (1, "y"), (2, "z")]
    assert whole(two.here) == other_way
    statement = text(
        "SELECT m.slug, s.key, o.n_correct, a.n_correct FROM outcome o JOIN run r ON r.run_id = o.run_id JOIN model m ON m.model_id = r.model_id "
        "JOIN sample s ON s.benchmark_id = r.benchmark_id AND s.sample_number = o.sample_number "
        "JOIN answer a ON a.run_id = o.run_id AND a.sample_number = o.sample_number ORDER BY 1, 2"
    )
    with two.here.connect() as connection:
        assert [tuple(row) for row in connection.execute(statement)] == [
            ("acme/m", "x", 1, 1), ("acme/m", "y", 0, 0), ("acme/n", "x", 0, 0), ("acme/n", "y", 1, 1), ("acme/n", "z", 1, 1),
        ]  # fmt: skip


def test_outcomes_of_one_run_are_those_of_the_earlier_import(two: Two, tmp_path: Path) -> None:
    """Of one run that two files describe, each item's outcome is the earlier file's; the score follows from that one, too."""
    two.read(two.here, 5, "a", run("acme/m", "b", source=PAPER, outcomes=[items(x=1, y=0)]))
    two.read(two.there, 1, "c", run("acme/m", "b", source=PAPER, outcomes=[items(y=1, z=1)]))
    other_way = two.other_way(tmp_path)
    report = two.merge()
    assert sorted(rows(two.here, "outcome", "n_correct")) == [1, 1, 1]
    assert rows(two.here, "score", "value", "n_items") == [(1.0, 2)]
    assert report.n_superseded == 1
    assert [(each.table, each.kept) for each in report.differences] == [("outcome", "1 of the earlier import")]
    assert {name.rpartition("/")[2]: n for name, n in rows(two.here, "ingest", "name", "n_outcomes")} == {
        "a": 1,
        "c": 2,
    }
    assert whole(two.here) == other_way


def test_a_merge_of_entries_acts_on_the_rows_of_the_other_side(two: Two, tmp_path: Path) -> None:
    """Two models that one side merged are one for claims that only the other side has, and undoing it gives them back."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0), run("acme/n", "b", 60.0))
    two.read(two.there, 1, "c", run("acme/n", "b", 61.0, source=LOG))
    merge(
        two.here,
        EntityKind.MODEL,
        keep=text_key("model", "acme/m"),
        drop=text_key("model", "acme/n"),
        decision=decide(2),
    )
    other_way = two.other_way(tmp_path)
    two.merge()
    assert whole(two.here) == other_way
    assert set(rows(two.here, "run", "model_id")) == {text_key("model", "acme/m")}
    assert unmerge(two.here, EntityKind.MODEL, drop=text_key("model", "acme/n"), decision=decide(3)) == 2


def test_a_merge_that_was_undone_later_holds_nowhere(two: Two, tmp_path: Path) -> None:
    """The other side merged, this one merged and took it back later: rows of both count for their own entries."""
    model = {name: text_key("model", f"acme/{name}") for name in "mn"}
    for engine, name in ((two.here, "a"), (two.there, "c")):
        two.read(engine, 0, name, run("acme/m", "b", 50.0), run("acme/n", "b", 60.0 if engine is two.here else 61.0))
        merge(engine, EntityKind.MODEL, keep=model["m"], drop=model["n"], decision=decide(2))
    unmerge(two.here, EntityKind.MODEL, drop=model["n"], decision=decide(3))
    other_way = two.other_way(tmp_path)
    two.merge()
    assert whole(two.here) == other_way
    assert sorted(rows(two.here, "run", "model_id")) == sorted(model.values())


def test_of_two_merges_that_make_a_circle_the_later_holds(two: Two, tmp_path: Path) -> None:
    """One side merged A into B, the other B into A: the later decision holds, the earlier is taken back and told."""
    m, n = text_key("model", "acme/m"), text_key("model", "acme/n")
    for engine, name, keep, drop, day in ((two.here, "a", m, n, 2), (two.there, "c", n, m, 3)):
        two.read(engine, 0, name, run("acme/m", "b", 50.0), run("acme/n", "b", 60.0))
        merge(engine, EntityKind.MODEL, keep=keep, drop=drop, decision=decide(day))
    other_way = two.other_way(tmp_path)
    report = two.merge()
    assert whole(two.here) == other_way
    assert set(rows(two.here, "run", "model_id")) == {n}
    (told,) = report.differences
    assert (told.table, told.row, told.field, told.here, told.kept) == (
        "model",
        "acme/n",
        "merged_into",
        "acme/m",
        None,
    )


def test_a_merge_of_makers_acts_on_the_models_of_the_other_side(two: Two, tmp_path: Path) -> None:
    """Two makers that one side merged are one for models that only the other side has, with a correction for each."""
    acme, corp = (text_key("organization", name) for name in ("acme", "acme-corp"))
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0), run("acme-corp/n", "b", 60.0))
    two.read(two.there, 1, "c", run("acme-corp/o", "b", 61.0))
    merge(two.here, EntityKind.ORGANIZATION, keep=acme, drop=corp, decision=decide(2))
    other_way = two.other_way(tmp_path)
    two.merge()
    assert whole(two.here) == other_way
    assert set(rows(two.here, "model", "organization_id")) == {acme}
    assert unmerge(two.here, EntityKind.ORGANIZATION, drop=corp, decision=decide(3)) == 2


def test_a_merge_of_benchmarks_that_meets_outcomes_is_refused(two: Two) -> None:
    """Items would have to be renumbered: nothing is written, and the message says what to do."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0), run("acme/m", "c", 50.0))
    merge(
        two.here,
        EntityKind.BENCHMARK,
        keep=text_key("benchmark", "b"),
        drop=text_key("benchmark", "c"),
        decision=decide(1),
    )
    two.read(two.there, 1, "d", run("acme/n", "c", source=LOG, outcomes=[items(x=1)]))
    before = whole(two.here)
    two.there.dispose()
    with pytest.raises(ConfigError, match="benchdb alias merge c --undo --kind benchmark"):
        merge_file(two.here, two.path)
    assert whole(two.here) == before


def test_of_two_meanings_of_an_alias_the_later_holds(two: Two, tmp_path: Path) -> None:
    """Both are kept, as alias and as correction, and the difference is told."""
    for engine, name, target, day in ((two.here, "a", "acme/m", 2), (two.there, "c", "acme/n", 3)):
        two.read(engine, 0, name, run("acme/m", "b", 50.0), run("acme/n", "b", 60.0))
        add_alias(engine, EntityKind.MODEL, "The Model", target=text_key("model", target), decision=decide(day))
    other_way = two.other_way(tmp_path)
    (told,) = two.merge().differences
    assert (told.row, told.here, told.there, told.kept) == ("model The Model", "acme/m", "acme/n", "acme/n")
    assert rows(two.here, "alias", "target_id") == [text_key("model", "acme/n")]
    assert rows(two.here, "correction", "old_value", "new_value") == [
        (str(text_key("model", "acme/m")), str(text_key("model", "acme/n")))
    ]
    assert whole(two.here) == other_way


def test_the_later_decision_about_an_import_holds(two: Two, tmp_path: Path) -> None:
    """An import that one side took back counts no more, until the decision of the other side that is later."""
    for engine in (two.here, two.there):
        two.read(engine, 0, "a", run("acme/m", "b", 50.0))
    (name,) = rows(two.here, "ingest", "name")
    undo(two.there, name, decide(2))
    other_way = two.other_way(tmp_path)
    (told,) = two.merge().differences
    assert (told.table, told.field, told.here, told.there, told.kept) == (
        "ingest",
        "state",
        "complete",
        "undone",
        "undone",
    )
    assert rows(two.here, "ingest", "state") == ["undone"]
    assert whole(two.here) == other_way


def test_what_two_files_state_of_one_model_is_told(two: Two, tmp_path: Path) -> None:
    """Of an entry that files of both sides brought, the facts of the earlier file hold, as in one database, and both are told."""
    two.read(two.here, 5, "a", run(ModelRecord(name="acme/m", n_parameters=7), "b", 50.0))
    two.read(two.there, 1, "c", run(ModelRecord(name="acme/m", n_parameters=8), "b", 50.0))
    other_way = two.other_way(tmp_path)
    (told,) = two.merge().differences
    assert (told.row, told.field, told.here, told.there, told.kept) == ("acme/m", "n_parameters", "7", "8", "8")
    assert rows(two.here, "model", "n_parameters") == [8]
    assert whole(two.here) == other_way


def test_a_name_that_is_an_alias_here_and_an_entry_there_is_told(two: Two) -> None:
    """It stays two entries, with the command that makes them one; once they are one, nothing is told."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0))
    add_alias(two.here, EntityKind.MODEL, "The Model", target=text_key("model", "acme/m"), decision=decide(1))
    two.read(two.there, 1, "c", run("The Model", "b", 51.0))
    (told,) = two.merge().differences
    assert (told.row, told.field, told.here) == ("the-model", "alias", "acme/m")
    assert "benchdb alias merge acme/m the-model --kind model" in str(told.kept)
    assert len(set(rows(two.here, "run", "model_id"))) == 2


def test_facts_that_refer_to_entries_are_told_by_name(two: Two) -> None:
    """Two makers of one model are told by their names, not by keys."""
    for engine, name, maker, day in ((two.here, "a", "acme", 0), (two.there, "c", "umbra", 1)):
        two.read(engine, day, name, run(f"{maker}/x", "b", 50.0), run("m", "b", 50.0))
        with engine.begin() as connection:
            statement = text("UPDATE model SET organization_id = :maker WHERE slug = 'm'")
            connection.execute(statement, {"maker": text_key("organization", maker)})
    (told,) = two.merge().differences
    assert (told.row, told.field, told.here, told.there, told.kept) == ("m", "organization_id", "acme", "umbra", "acme")


def test_a_retraction_of_one_side_holds_for_both(two: Two) -> None:
    """A claim that the other side retracted shows as retracted here."""
    for engine in (two.here, two.there):
        two.read(engine, 0, "a", run("acme/m", "b", 50.0))
    (score,) = rows(two.here, "score", "score_id")
    with two.there.begin() as connection:
        from benchdb.schema.keys import fact_key

        facts = ("score", score, "retract", None, None, None, "ann")
        key = fact_key("correction", [*facts, NOW + DAY])
        connection.execute(
            text(
                "INSERT INTO correction (correction_id, target_table, target_id, action, decided_by, decided_at, reason) "
                "VALUES (:key, 'score', :score, 'retract', 'ann', :at, 'typing error')"
            ),
            {"key": key, "score": score, "at": NOW + DAY},
        )
    two.merge()
    with two.here.connect() as connection:
        assert connection.execute(text("SELECT is_retracted FROM claims")).scalar_one()


def test_a_dry_run_writes_nothing_and_says_the_same(two: Two) -> None:
    """The report of a dry run is that of the merge, and the database is as before."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0))
    two.read(two.there, 1, "c", run("acme/n", "b", 51.0))
    before = whole(two.here)
    dry = two.merge(dry_run=True)
    assert dry.is_dry_run
    assert whole(two.here) == before
    assert two.merge().tables == dry.tables


def test_progress_names_every_table(two: Two) -> None:
    """Each table is named once, when it is done."""
    two.read(two.there, 1, "c", run("acme/n", "b", 51.0))
    named: list[str] = []
    two.there.dispose()
    merge_file(two.here, two.path, progress=named.append)
    assert sorted(named) == sorted(whole(two.here))


def test_seeds_and_claims_of_two_people(db: Engine, tmp_path: Path) -> None:
    """Two databases of the seeds, each with a file of its own, merge into one with both files and no difference."""
    head = "model,benchmark,metric,value,unit,source_title\n"
    (tmp_path / "one.csv").write_text(head + "GPT-4o,AIME 2024,pass@1,10,percent,Mine\n")
    (tmp_path / "two.csv").write_text(head + "GPT-4o,AIME 2024,pass@1,11,percent,Yours\n")
    ours = Database(db)
    with Database(open_engine(f"duckdb:///{tmp_path / 'theirs.duckdb'}")) as theirs:
        theirs.upgrade()
        for database, file in ((ours, "one.csv"), (theirs, "two.csv")):
            assert not database.seed().n_failed
            assert not database.ingest(tmp_path / file).n_failed
    report = ours.merge(tmp_path / "theirs.duckdb")
    added = {table.table: table.n_added for table in report.tables if table.n_added}
    assert added == {"ingest": 1, "source": 1, "run": 1, "score": 1}
    assert report.differences == ()
    assert ours.check() == ()


def test_what_cannot_be_merged_is_refused(two: Two, tmp_path: Path) -> None:
    """A file that is not there, is the database itself, is newer, or is not sound, is refused and nothing is written."""
    two.read(two.here, 0, "a", run("acme/m", "b", 50.0))
    two.read(two.there, 0, "c", run("acme/m", "b", 50.0))
    before = whole(two.here)
    with pytest.raises(DatabaseError, match="no such file"):
        merge_file(two.here, tmp_path / "nowhere.duckdb")
    with pytest.raises(ConfigError, match="the database itself"):
        merge_file(two.there, two.path)
    with two.there.begin() as connection:
        connection.execute(text("UPDATE run SET label = 'changed'"))
    two.there.dispose()
    with pytest.raises(DatabaseError, match="is not sound"):
        merge_file(two.here, two.path)
    with two.there.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    two.there.dispose()
    with pytest.raises(DatabaseRevisionError, match="Install a newer benchdb"):
        merge_file(two.here, two.path)
    assert whole(two.here) == before


def test_a_file_of_an_earlier_revision_is_upgraded_in_a_copy(two: Two, tmp_path: Path) -> None:
    """What an older benchdb wrote is merged, and its file stays at its revision, byte for byte."""
    two.read(two.there, 0, "c", run("acme/m", "b", 50.0))
    with two.there.begin() as connection:
        connection.execute(text("DROP TABLE restatement"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    two.there.dispose()
    content = two.path.read_bytes()
    two.merge()
    assert rows(two.here, "score", "value") == [50.0]
    assert two.path.read_bytes() == content
