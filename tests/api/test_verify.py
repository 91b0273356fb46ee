"""Charts can be checked: each carries its question, policy, revision and claims, and is derived again from them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from altair.utils import schemapi
from sqlalchemy import event, insert, select, text, update

import benchdb
from benchdb.api import drawn_json
from benchdb.api.question import Question
from benchdb.database.revision import HEAD
from benchdb.errors import ChartError, ConfigError
from benchdb.ingest.decisions import Change, Decision, record
from benchdb.query.tables import CORRECTION, MODEL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb import Database

AM_72, AM_32 = "AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B"
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(db_url: str) -> Iterator[Database]:
    """A database of the seeds that a test may change."""
    with benchdb.connect(db_url) as found:
        found.seed()
        yield found


def _board(database: Database) -> dict[str, Any]:
    """Return the chart of two models on MATH-500, as a file would hold it."""
    board = database.leaderboard(models=[AM_72, AM_32], benchmarks=["MATH-500"], variants=[""])
    found: dict[str, Any] = json.loads(json.dumps(board.chart(title="Two").to_dict()))
    return found


def _retract(database: Database, score_id: str) -> None:
    values = {
        "correction_id": 77, "target_table": "score", "target_id": int(score_id), "action": "retract", "decided_by": "a person",
        "decided_at": LATER, "reason": "typing error",
    }  # fmt: skip
    with database.engine.begin() as connection:
        connection.execute(insert(CORRECTION).values(values))


def test_a_chart_carries_where_its_numbers_come_from(database: Database) -> None:
    """Question, policy, level, revision, moment and the keys of exactly the claims shown stand in the specification."""
    noted = _board(database)["usermeta"]["benchdb"]
    board = database.leaderboard(models=[AM_72, AM_32], benchmarks=["MATH-500"], variants=[""])
    assert noted["question"]["method"] == "leaderboard"
    assert noted["question"]["keywords"] == {"models": [AM_72, AM_32], "benchmarks": ["MATH-500"], "variants": [""]}
    assert (noted["policy"], noted["level"], noted["revision"]) == ("preferred", 0.95, HEAD)
    assert noted["claims"] == sorted((str(cell.score_id) for cell in board.cells), key=int)
    assert noted["options"] == {"title": "Two"}
    with database.engine.connect() as connection:
        last = connection.execute(text("SELECT max(ingested_at) FROM ingest")).scalar_one()
    assert datetime.fromisoformat(noted["question"]["known_until"]) == last


def test_an_untouched_chart_is_derived_again_exactly(database: Database, tmp_path: Path) -> None:
    """Every kind of answer that the seeds have draws the same chart again, from a file and from the specification."""
    charts = [
        database.leaderboard(suite="am-distill").chart(),
        database.leaderboard(suite="am-distill", released_since=datetime(2025, 1, 1, tzinfo=UTC).date()).chart(),
        database.leaderboard(suite="am-distill").chart("leaderboard", theme="dark"),
        database.leaderboard(suite="am-distill").chart("heat-map", order=[AM_72]),
        database.history("DeepSeek-R1-Distill-Qwen-32B", "AIME 2024").chart(metric="pass@1"),
        database.conflicts(suite="am-distill").chart(),
        database.rankings(suite="am-distill").chart(highlight=["QwQ-32B"]),
        database.compare(AM_72, AM_32, suite="am-distill").chart(),
        database.compare(AM_72, AM_32, suite="am-distill").chart("dumbbell"),
        database.compare(all_pairs=True, suite="am-distill").chart("matrix", benchmark="MATH-500"),
        database.trend(suite="am-distill", by="date").chart(),
        database.coverage(suite="am-distill").chart(),
    ]
    for number, chart in enumerate(charts):
        path = tmp_path / f"{number}.vl.json"
        path.write_text(json.dumps(chart.to_dict()), encoding="utf-8")
        found = database.verify(path)
        assert found.rows == ()
        assert "derived again exactly" in found.notes[0]
    assert database.verify(charts[0].to_dict()).rows == ()


def test_a_value_changed_in_the_file_is_tampered(database: Database) -> None:
    """A bar that somebody made higher is named with its layer, what stands there and what the database says."""
    specification = _board(database)
    rows = next(rows for rows in specification["datasets"].values() if any("value" in row for row in rows))
    changed = next(row for row in rows if row.get("value") == 97.0)
    changed["value"] = 99.9
    (found,) = [row for row in database.verify(specification) if row.where.endswith(".value")]
    assert (found.kind, found.found, found.expected) == ("tampered", "99.9", "97.0")


def test_a_retracted_claim_is_named(database: Database) -> None:
    """The chart was right when it was drawn: its claim was taken back since."""
    specification = _board(database)
    cells = database.leaderboard(models=[AM_72], benchmarks=["MATH-500"], variants=[""]).cells
    key = str(cells[0].score_id)
    _retract(database, key)
    found = database.verify(specification)
    assert ("retracted", f"claim {key}") in [(row.kind, row.where) for row in found]
    assert "tampered" not in {row.kind for row in found}


def test_a_newer_claim_is_named(database: Database, tmp_path: Path) -> None:
    """A harness log that came since stands in front now: its claim is newer, and nothing was tampered with."""
    specification = _board(database)
    rows = f"model,benchmark,metric,value,unit,source_kind\n{AM_72},MATH-500,pass@1,91.0,percent,harness_log\n"
    (tmp_path / "own.csv").write_text(rows, encoding="utf-8")
    report = database.ingest(tmp_path / "own.csv")
    assert report.files[0].state == "loaded", report.files
    new = database.leaderboard(models=[AM_72], benchmarks=["MATH-500"], variants=[""]).cells[0]
    assert new.value == 91.0
    found = [(row.kind, row.where) for row in database.verify(specification)]
    assert ("newer", f"claim {new.score_id}") in found
    assert "tampered" not in {kind for kind, _where in found}


def test_a_fact_changed_since_is_named(database: Database) -> None:
    """A model has another name now: the chart was right, its claims stand, and what it shows has changed."""
    specification = _board(database)
    with database.engine.begin() as connection:
        model = connection.execute(select(MODEL.c.model_id, MODEL.c.slug).where(MODEL.c.name == AM_72)).one()
        change = Change(table="model", key=model.model_id, field="name", old=AM_72, new="Renamed")
        record(connection, [change], Decision(by="ann", reason="read again", at=LATER))
        connection.execute(update(MODEL).where(MODEL.c.model_id == model.model_id).values(name="Renamed"))
    found = database.verify(specification)
    assert {row.kind for row in found} == {"changed"}
    assert (AM_72, "Renamed (72B)") in {(row.found, row.expected) for row in found}


def test_what_is_imported_while_a_question_is_answered_is_in_its_chart(
    engine_name: str, database: Database, db_url: str, tmp_path: Path
) -> None:
    """Between the claims and the moment that a chart notes somebody imports a newer claim: the chart is still derived again."""
    if engine_name == "duckdb":
        pytest.skip("nobody else writes to a DuckDB file that is open")
    rows = f"model,benchmark,metric,value,unit,source_kind\n{AM_72},MATH-500,pass@1,91.0,percent,harness_log\n"
    (tmp_path / "own.csv").write_text(rows, encoding="utf-8")
    states: list[str] = []

    def come(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "score" in statement and not states:
            states.append("begun")
            with benchdb.connect(db_url) as other:
                states.append(str(other.ingest(tmp_path / "own.csv").files[0].state))

    event.listen(database.engine, "after_cursor_execute", come)
    specification = _board(database)
    assert states == ["begun", "loaded"]
    assert database.verify(specification).rows == ()
    assert 91.0 in [
        cell.value for cell in database.leaderboard(models=[AM_72], benchmarks=["MATH-500"], variants=[""]).cells
    ]


def test_a_claim_of_another_database_is_missing(database: Database) -> None:
    """A key that the database does not derive is said to be missing."""
    specification = _board(database)
    specification["usermeta"]["benchdb"]["claims"].append("12345")
    assert [(row.kind, row.where) for row in database.verify(specification)] == [("missing", "claim 12345")]


def _noting(options: Any) -> dict[str, Any]:
    question: dict[str, Any] = {"method": "leaderboard", "positional": [], "keywords": {}, "known_until": None}
    return {"usermeta": {"benchdb": {"question": question, "options": options}}}


@pytest.mark.parametrize(
    "specification",
    [
        {},
        {"usermeta": None},
        {"usermeta": {"benchdb": {"question": None}}},
        {"usermeta": {"benchdb": {"question": {"method": "leaderboard"}}}},
        {"usermeta": {"benchdb": {"question": {"method": "close", "positional": [], "keywords": {}}}}},
        {"usermeta": {"benchdb": {"question": {"method": "seed", "positional": [], "keywords": {}}}}},
        {"usermeta": {"benchdb": {"question": {"method": "sql", "positional": ["SELECT 1"], "keywords": {}}}}},
        {"usermeta": {"benchdb": {"question": {"method": "_ask", "positional": [], "keywords": {}}}}},
        {"usermeta": {"benchdb": {"question": {"method": "leaderboard", "positional": [1], "keywords": {"x": 1}}}}},
        _noting({"kind": "pie"}),
        _noting({"width": "wide"}),
        _noting({"nothing": 1}),
        _noting([1]),
    ],
)
def test_what_is_no_question_is_not_asked(database: Database, specification: dict[str, Any]) -> None:
    """A file of strangers can ask questions and nothing else: no import, no closing, no SQL, no private method, no odd option."""
    with pytest.raises((ChartError, ConfigError)):
        database.verify(specification)


@pytest.mark.parametrize("content", ["", "[]", "not json", "7"])
def test_a_file_that_is_no_chart_is_an_error(database: Database, tmp_path: Path, content: str) -> None:
    """Whatever else a file holds gets one message that names it."""
    path = tmp_path / "chart.vl.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ChartError, match="chart"):
        database.verify(path)


def test_a_question_survives_json() -> None:
    """Days and moments come back as such, sequences as lists."""
    asked = Question(
        method="leaderboard", positional=("a",), known_until=LATER,
        keywords={"as_of": LATER, "released_since": LATER.date(), "benchmarks": ("x", "y"), "level": 0.9},
    )  # fmt: skip
    again = Question.from_json(json.loads(json.dumps(asked.to_json())))
    assert again.keywords == {"as_of": LATER, "released_since": LATER.date(), "benchmarks": ["x", "y"], "level": 0.9}
    assert (again.method, again.positional, again.known_until) == ("leaderboard", ("a",), LATER)


def test_results_remember_how_they_were_asked(database: Database) -> None:
    """Each question's result holds the call, without arguments that are the defaults."""
    found = database.trend(by="parameters", suite="am-distill").question
    assert found is not None
    assert (found.method, found.keywords) == ("trend", {"suite": "am-distill"})
    assert database.compare(AM_72, AM_32).question == Question(
        method="compare", positional=(AM_72, AM_32), known_until=found.known_until
    )


def test_an_empty_database_knows_of_nothing() -> None:
    """Before the first import there is no moment to go back to."""
    with benchdb.connect(":memory:", create=True) as database:
        listing = database.list("models")
        assert listing.question is not None
        assert listing.question.known_until is None
        with database.engine.connect() as connection:
            assert connection.execute(select(CORRECTION.c.correction_id)).all() == []


def test_a_chart_drawn_quickly_is_the_same(seeds_file: Database) -> None:
    """The specification without Altair's checks is the one with them, and leaves them switched on."""
    board = seeds_file.leaderboard(suite="am-distill")
    checked = board.chart(kind="leaderboard").to_dict()
    assert json.loads(drawn_json(lambda: board.chart(kind="leaderboard"))) == json.loads(json.dumps(checked))
    assert schemapi.DEBUG_MODE
