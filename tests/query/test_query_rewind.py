"""As of a past moment, every answer and every chart is the one that was made then, whatever was learned since."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text, update

from benchdb.api.charts import write_chart
from benchdb.api.database import Database
from benchdb.ingest import load
from benchdb.ingest.decisions import Change, Decision, record
from benchdb.ingest.merge import merge, unmerge
from benchdb.ingest.writing import writes_once
from benchdb.query.filters import Filters, resolve
from benchdb.query.leaderboard import leaderboard
from benchdb.query.tables import BENCHMARK, CORRECTION, METRIC, MODEL, RUN, SCORE
from benchdb.schema.base import Base
from benchdb.schema.keys import text_key
from benchdb.schema.vocab import EntityKind
from tests.ingest.own import NOW, Files, make_files, run
from tests.query.facts import START, Facts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from benchdb.ingest.records import Record
    from tests.query.conftest import Ask

THEN = NOW + timedelta(hours=1)
ONE, TWO = "acme/one-7b", "bolt/two-7b"
ANSWERS = ("leaderboard", "trend", "frontier", "pareto", "coverage")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An empty folder of files."""
    return make_files(tmp_path / "files", monkeypatch)


def learn(db: Engine, files: Files, name: str, at: datetime, *records: Record) -> None:
    """Import a file at a moment."""
    load.ingest(db, [files.add(name, *records)], clock=lambda: at)


@writes_once
def amend(connection: Connection, /, table: str, slug: str, at: datetime, **facts: Any) -> None:
    """Replace facts of an entry, keeping what stood there as the catalogue's import does."""
    of = Base.metadata.tables[table]
    key = text_key(table, slug)
    stored = connection.execute(select(of).where(of.c.slug == slug)).mappings().one()
    changes = [
        Change(
            table=table,
            key=key,
            field=name,
            old=None if stored[name] is None else str(stored[name]),
            new=str(value),
        )
        for name, value in facts.items()
    ]
    record(connection, changes, Decision(by="ann", reason="read again", at=at))
    connection.execute(update(of).where(of.c.slug == slug).values(**facts))


def first(db: Engine, files: Files) -> None:
    """Three models of two makers on two benchmarks, with sizes, dates and items."""
    scores = ((ONE, 50.0, 61.0), (TWO, 55.5, 52.0), ("m-2025", 70.0, 71.0))
    runs = [
        run(slug, name, value)
        for slug, *values in scores
        for name, value in zip(("arith", "logic"), values, strict=True)
    ]
    learn(db, files, "first", NOW, *runs)
    facts = ((ONE, 7, date(2024, 1, 1), True), (TWO, 8, date(2024, 6, 1), False), ("m-2025", 9, date(2024, 9, 1), True))
    with db.begin() as connection:
        for slug, size, day, is_open in facts:
            stated = {"n_parameters": size * 10**9, "released_on": day, "is_open_weights": is_open}
            connection.execute(update(MODEL).where(MODEL.c.slug == slug).values(**stated))
        connection.execute(update(BENCHMARK).values(n_items=200))
        connection.execute(update(METRIC).values(higher_is_better=True, unit="percent", is_proportion=True))


def later(db: Engine, files: Files) -> None:
    """Everything that may happen afterwards: imports, a retraction, a merge, replaced facts."""
    day = NOW + timedelta(days=1)
    learn(db, files, "second", day, run(ONE, "arith", 99.0, label="again"), run("new/three", "arith", 98.0))
    with db.begin() as connection:
        score = connection.execute(
            select(SCORE.c.score_id).join(RUN, RUN.c.run_id == SCORE.c.run_id).where(RUN.c.model_id == text_key("model", TWO))
        ).scalars().first()  # fmt: skip
    facts = Facts()
    assert score is not None
    facts.correct(score, after_days=2)
    facts.write(db)
    merge(
        db,
        EntityKind.MODEL,
        keep=text_key("model", ONE),
        drop=text_key("model", "m-2025"),
        decision=Decision(by="ann", reason="same", at=day),
    )
    amend(
        db,
        "model",
        ONE,
        day,
        n_parameters=70 * 10**9,
        released_on=date(2023, 1, 1),
        is_open_weights=False,
        name="Renamed",
    )
    amend(db, "model", ONE, day + timedelta(days=1), n_parameters=71 * 10**9)
    amend(db, "benchmark", "arith", day, n_items=20, name="Arithmetic")


def drawn(database: Database, folder: Path, **asked: Any) -> dict[str, tuple[str, bytes]]:
    """Every answer in full with its notes, and its chart as a file."""
    found = {}
    for name in ANSWERS:
        for benchmark in ("arith", "logic"):
            result = getattr(database, name)(benchmarks=[benchmark], **asked)
            path = folder / "chart.vl.json"
            path.write_text("{}", encoding="utf-8")
            if name != "pareto":
                write_chart(result.chart(), path)
            answer = repr((result.records(), result.notes, result.table()))
            found[f"{name} {benchmark}"] = (answer, without_question(path.read_text(encoding="utf-8")))
    return found


def without_question(specification: str) -> bytes:
    """A chart's specification without its record of how and when it was asked, which differs by asking about the past."""

    def keep(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: keep(value) for name, value in part.items() if name != "question"}
        return [keep(each) for each in part] if isinstance(part, list) else part

    return json.dumps(keep(json.loads(specification))).encode()


def test_charts_are_the_ones_made_then_to_the_byte(db: Engine, files: Files, tmp_path: Path) -> None:
    """Leaderboard, trend, frontier, front and coverage as of then equal those made then: rows, notes and bytes of charts."""
    first(db, files)
    database = Database(db)
    made = drawn(database, tmp_path)
    later(db, files)
    now = drawn(database, tmp_path)
    assert all(now[name] != made[name] for name in made if "arith" in name)
    assert drawn(database, tmp_path, as_of=THEN) == made
    assert drawn(database, tmp_path) == now


def test_lists_are_those_of_then(db: Engine, files: Files) -> None:
    """Entries, facts and counts of the catalogue as of then equal those listed then."""
    first(db, files)
    database = Database(db)
    kinds = ("models", "benchmarks", "metrics", "organizations", "sources", "suites")
    made = {kind: database.list(kind).records() for kind in kinds}
    later(db, files)
    assert {kind: database.list(kind, as_of=THEN).records() for kind in kinds} == made
    assert database.list("models").records() != made["models"]
    assert database.list("models", as_of=NOW - timedelta(days=1)).records() == []


def test_a_question_about_the_past_leaves_nothing_behind(db: Engine, files: Files) -> None:
    """The tables are untouched, and a question about now on the same connection sees now."""
    first(db, files)
    later(db, files)
    with db.connect() as connection:
        before = [tuple(row) for row in connection.execute(select(MODEL).order_by(MODEL.c.slug))]
        now = leaderboard(connection, Filters(benchmarks=("arith",)))
        then = leaderboard(connection, Filters(benchmarks=("arith",), as_of=THEN))
        assert then != now
        assert leaderboard(connection, Filters(benchmarks=("arith",), as_of=THEN)) == then
        assert leaderboard(connection, Filters(benchmarks=("arith",))) == now
        assert [tuple(row) for row in connection.execute(select(MODEL).order_by(MODEL.c.slug))] == before
    with db.connect() as connection:
        assert leaderboard(connection, Filters(benchmarks=("arith",))) == now


def test_between_a_merge_and_its_undoing_the_two_are_one(db: Engine, files: Files) -> None:
    """As of a day between them the merge holds: one model has both scores; before and after there are two."""
    first(db, files)
    keys = {"keep": text_key("model", ONE), "drop": text_key("model", "m-2025")}
    merge(db, EntityKind.MODEL, **keys, decision=Decision(by="ann", reason="same", at=NOW + timedelta(days=1)))
    unmerge(
        db,
        EntityKind.MODEL,
        drop=keys["drop"],
        decision=Decision(by="ann", reason="not so", at=NOW + timedelta(days=3)),
    )
    database = Database(db)
    shown = {days: {row.model for row in database.leaderboard(as_of=NOW + timedelta(days=days))} for days in (0, 2, 4)}
    assert shown == {0: {ONE, TWO, "m-2025"}, 2: {ONE, TWO}, 4: {ONE, TWO, "m-2025"}}


def test_merged_benchmarks_metrics_and_makers_come_apart(db: Engine, files: Files) -> None:
    """Before a merge of benchmarks, metrics or organizations their rows count for the entries they counted for."""
    first(db, files)
    learn(db, files, "more", NOW, run(ONE, "arithmetic", 33.0), run(TWO, "logic", 44.0, metric="f1"))
    database = Database(db)
    made = [database.coverage().records(), database.list("organizations").records()]
    day = Decision(by="ann", reason="same", at=NOW + timedelta(days=1))
    for kind, keep, drop in (
        (EntityKind.BENCHMARK, "arith", "arithmetic"),
        (EntityKind.METRIC, "accuracy", "f1"),
        (EntityKind.ORGANIZATION, "acme", "bolt"),
    ):
        merge(db, kind, keep=text_key(str(kind), keep), drop=text_key(str(kind), drop), decision=day)
    assert database.coverage().records() != made[0]
    then = [database.coverage(as_of=THEN).records(), database.list("organizations", as_of=THEN).records()]
    assert then == made
    assert {row.organization for row in database.leaderboard(as_of=THEN, metric="accuracy")} >= {"bolt"}


def test_an_undone_import_counts_before_it_was_undone(db: Engine, files: Files) -> None:
    """Where the undoing is recorded as a correction of the import's state, its claims count as of the days before."""
    first(db, files)
    with db.begin() as connection:
        connection.execute(text("UPDATE ingest SET state = 'undone'"))
        values = {
            "correction_id": 1, "target_table": "ingest", "target_id": connection.execute(text("SELECT ingest_id FROM ingest")).scalar_one(),
            "action": "amend", "field": "state", "old_value": "complete", "new_value": "undone", "decided_by": "ann",
            "decided_at": NOW + timedelta(days=2), "reason": "wrong file",
        }  # fmt: skip
        connection.execute(CORRECTION.insert().values(**values))
    assert len(Database(db).leaderboard(as_of=THEN)) == 3
    with pytest.raises(Exception, match="no score fits"):
        Database(db).leaderboard()


def test_a_read_only_database_can_be_asked_about_the_past(
    db_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database opened for reading answers as of then, although it cannot be written."""
    from benchdb.api import connect

    files = make_files(tmp_path / "files", monkeypatch)
    with connect(db_url) as database:
        first(database.engine, files)
        made = repr(database.leaderboard().records())
        later(database.engine, files)
    with connect(db_url, read_only=True) as database:
        assert repr(database.leaderboard(as_of=THEN).records()) == made
        assert repr(database.leaderboard().records()) != made


@pytest.mark.parametrize("backwards", [False, True])
def test_published_until_goes_by_publication_then_by_run(ask: Ask, *, backwards: bool) -> None:
    """A claim counts if published by the day, else run by it; an undated one is left out and counted."""
    facts = Facts()
    facts.claim("a/old", "arith", 1.0, source_id=facts.source("old", published_on=date(2024, 5, 1)))
    facts.claim("a/new", "arith", 2.0, source_id=facts.source("new", published_on=date(2024, 7, 1)))
    facts.claim("a/ran", "arith", 3.0, source_id=facts.source("ran"), ran_at=START - timedelta(days=365))
    late = facts.source("late", published_on=date(2025, 1, 1))
    facts.claim("a/late", "arith", 4.0, source_id=late, ran_at=START - timedelta(days=365))
    facts.claim("a/undated", "arith", 5.0, source_id=facts.source("undated"))
    connection = ask(facts, backwards=backwards)
    found = leaderboard(connection, Filters(published_until=date(2024, 6, 1)))
    assert {row.model for row in found.standings} == {"a/old", "a/ran"}
    assert "1 claim was left out: neither a day of publication nor of the run is known." in found.notes
    everything = leaderboard(connection, Filters())
    assert not any("publication" in note for note in everything.notes)
    assert {row.model for row in leaderboard(connection, Filters(published_until=date(2025, 1, 1))).standings} == {
        "a/old",
        "a/new",
        "a/ran",
        "a/late",
    }
    assert resolve(connection, Filters(published_until=date(2024, 6, 1))).filters.published_until == date(2024, 6, 1)
