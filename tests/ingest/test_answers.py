"""Answers to items: kept where they are asked for, from tables and Inspect logs, once, and turned into majority votes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

import benchdb
from benchdb.ingest.claimed import LONGEST_ANSWER, spell_answer
from benchdb.stats.intervals import clustered_stderr
from benchdb.stats.majority import majority_at_k

if TYPE_CHECKING:
    from benchdb import Database

DATA = Path(__file__).parents[1] / "data"
TABLE = """model,benchmark,metric,sample,n_correct,answer,sample_cluster
m,quiz,accuracy,q1,1,blue,x
m,quiz,accuracy,q1,1, blue ,x
m,quiz,accuracy,q1,0,red,x
m,quiz,accuracy,q2,0,4,x
m,quiz,accuracy,q2,1,5,x
m,quiz,accuracy,q2,0,,x
m,quiz,accuracy,q3,1,yes,y
m,quiz,accuracy,q3,1,yes,y
m,quiz,accuracy,q3,1,yes,y
"""


@pytest.fixture
def database(db_url: str) -> Any:
    """An empty database on each engine."""
    with benchdb.connect(db_url) as opened:
        yield opened


def _stored(database: Database) -> list[tuple[Any, ...]]:
    statement = text(
        "SELECT s.key, a.answer, sum(a.n_attempts), sum(a.n_correct) FROM answer a JOIN run r ON r.run_id = a.run_id "
        "JOIN sample s ON s.benchmark_id = r.benchmark_id AND s.sample_number = a.sample_number "
        "GROUP BY s.key, a.answer ORDER BY s.key, a.answer"
    )
    with database.engine.connect() as connection:
        return [(key, answer, int(n), int(right)) for key, answer, n, right in connection.execute(statement)]


def test_the_answers_of_a_table(database: Database, tmp_path: Path) -> None:
    """Blanks at the ends do not make another answer, an empty cell is none, and attempts are added up."""
    file = tmp_path / "quiz.csv"
    file.write_text(TABLE)
    assert database.ingest(file, with_answers=True).total("n_outcomes") == 3
    assert _stored(database) == [
        ("q1", "blue", 2, 2), ("q1", "red", 1, 0), ("q2", "", 1, 0), ("q2", "4", 1, 0), ("q2", "5", 1, 1), ("q3", "yes", 3, 3),
    ]  # fmt: skip
    assert database.check() == ()


def test_answers_are_kept_only_where_asked_for(database: Database, tmp_path: Path) -> None:
    """Without the option the same table gives its outcomes; asked for afterwards, the answers come once, however often."""
    file = tmp_path / "quiz.csv"
    file.write_text(TABLE)
    assert database.ingest(file).total("n_outcomes") == 3
    assert _stored(database) == []
    assert {row.measure for row in database.pass_at_k()} == {"pass@k", "pass^k"}
    database.ingest(file, with_answers=True)
    expected = _stored(database)
    assert len(expected) == 6
    again = tmp_path / "again.csv"
    again.write_text(TABLE)
    database.ingest(again, with_answers=True)
    assert _stored(database) == expected
    assert database.check() == ()


@pytest.mark.parametrize("block", [100, 1 << 20])
def test_answers_of_a_known_run_that_stands_twice_in_a_file_come_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """An outcome of three attempts takes three answers, whether a file repeats the run in one piece or in two."""
    title = (
        TABLE.replace("cluster\n", "cluster,source_title\n", 1)
        .replace(",x\n", ",x,Paper\n")
        .replace(",y\n", ",y,Paper\n")
    )
    file = tmp_path / "quiz.csv"
    file.write_text(title)
    assert database.ingest(file).total("n_outcomes") == 3
    twice = tmp_path / "twice.csv"
    twice.write_text(title + title.partition("\n")[2])
    monkeypatch.setattr("benchdb.ingest.session.PIECE", 1)
    monkeypatch.setattr("benchdb.ingest.tables.reading.BLOCK_SIZE", block)
    assert database.ingest(twice, with_answers=True).n_failed == 0
    assert _stored(database) == [
        ("q1", "blue", 2, 2), ("q1", "red", 1, 0), ("q2", "", 1, 0), ("q2", "4", 1, 0), ("q2", "5", 1, 1), ("q3", "yes", 3, 3),
    ]  # fmt: skip
    assert database.check() == ()


def test_majority_votes(database: Database, tmp_path: Path) -> None:
    """maj@3: blue wins q1, the coin between 4 and 5 decides q2, q3 is right: (1 + 1/2 + 1) / 3, with the clustered error."""
    file = tmp_path / "quiz.csv"
    file.write_text(TABLE)
    database.ingest(file, with_answers=True)
    answer = database.pass_at_k(k=[1, 2, 3])
    found = {row.k: row for row in answer if row.measure == "maj@k"}
    assert found[3].value == pytest.approx(2.5 / 3)
    assert found[1].value == pytest.approx((2 / 3 + 1 / 3 + 1) / 3)
    items = [([(2, 2), (1, 0)], 0), ([(1, 0), (1, 1)], 1), ([(3, 3)], 0)]
    for k, row in found.items():
        values = [majority_at_k(votes, without, k) for votes, without in items]
        assert row.value == pytest.approx(sum(values) / 3)
        assert row.stderr == pytest.approx(clustered_stderr(values, ["x", "x", "y"]))
        assert row.n_units == 2
    assert any("a fair coin" in note for note in answer.notes)
    assert "maj@k" in answer.table()[0]


def test_answers_of_some_attempts_give_no_majority(database: Database, tmp_path: Path) -> None:
    """Where outcomes count attempts whose answers are not stored, there is no maj@k, and a note says so."""
    file = tmp_path / "quiz.csv"
    file.write_text(TABLE)
    database.ingest(file, with_answers=True)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM answer WHERE answer = 'red'"))
    answer = database.pass_at_k(k=1)
    assert {row.measure for row in answer} == {"pass@k", "pass^k"}
    assert any("not every attempt has its answer stored: m on quiz" in note for note in answer.notes)


def test_impossible_answers_are_found(database: Database, tmp_path: Path) -> None:
    """More right ones than attempts, and more attempts than the outcome counts, break a rule each."""
    file = tmp_path / "quiz.csv"
    file.write_text(TABLE)
    database.ingest(file, with_answers=True)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE answer SET n_correct = 9 WHERE answer = 'red'"))
        connection.execute(text("UPDATE answer SET n_attempts = 4 WHERE answer = 'yes'"))
    assert {finding.rule for finding in database.check() if finding.table == "answer"} == {
        "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1",
        "no more attempts than the outcome of its run, metric and item",
    }


def test_the_answers_of_an_inspect_log(database: Database) -> None:
    """Of two epochs over six items, two items have an answer each way and two are right twice: maj@2 is (1/2 + 1/2 + 1 + 1) / 6."""
    log = DATA / "inspect" / "0.3.285" / "2026-11-24T02-46-10-00-00_toy-clusters_JFyXtPgpnn5mKuGmEcXEVt.json"
    assert database.ingest(log, with_answers=True).n_failed == 0
    assert [row for row in _stored(database) if row[0] in {"cap-cl", "cap-fr"}] == [
        ("cap-cl", "Atlantis", 1, 0), ("cap-cl", "Santiago", 1, 1), ("cap-fr", "Paris", 2, 2),
    ]  # fmt: skip
    (found,) = [row for row in database.pass_at_k(k=2) if row.measure == "maj@k"]
    assert found.value == pytest.approx(0.5)
    assert database.check() == ()


def test_a_long_answer_is_a_hash() -> None:
    """Equal long answers stay equal, others differ, and none is longer than what is kept as it is."""
    long = "x" * (LONGEST_ANSWER + 1)
    assert spell_answer(f" {long}\n") == spell_answer(long) != spell_answer(long + "y")
    assert len(spell_answer(long)) <= LONGEST_ANSWER
    assert spell_answer("x" * LONGEST_ANSWER) == "x" * LONGEST_ANSWER
    assert spell_answer(None) == ""
