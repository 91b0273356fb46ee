"""`check` finds each rule that a row can break on DuckDB, where the engine enforces few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from benchdb.database.check import Finding, check
from benchdb.database.connect import open_engine
from benchdb.errors import DatabaseRevisionError
from benchdb.schema.keys import fact_key, text_key
from tests.ingest.own import NOW, PAPER, Files, make_files, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return make_files(tmp_path / "files", monkeypatch)


@pytest.fixture(scope="module")
def sound(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A DuckDB database with a row in every table that rules speak of; each test takes back what it breaks."""
    import shutil

    from benchdb.ingest.records import BenchmarkRecord, OutcomeBlock, SourceRecord

    folder = tmp_path_factory.mktemp("sound")
    path = folder / "sound.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    block = OutcomeBlock(metric="accuracy", keys=["x", "y"], n_attempts=[2, 2], n_correct=[1, 2])
    source = SourceRecord(kind=PAPER.kind, title="Report", organization="Acme", is_file=False)
    part = BenchmarkRecord(name="part", parent="whole")
    with pytest.MonkeyPatch.context() as monkeypatch:
        files = make_files(folder / "files", monkeypatch)
        report = files.load(engine, files.add("a", run("acme/m-7b", part, 50.0, source=source, outcomes=[block])))
    assert report.n_failed == 0, report.files[0].message
    with engine.begin() as connection:
        part_id = connection.execute(
            text("SELECT benchmark_id FROM benchmark WHERE parent_id IS NOT NULL")
        ).scalar_one()
        suite = {"suite": text_key("suite", "s"), "benchmark": part_id}
        connection.execute(
            text("INSERT INTO suite (suite_id, slug, name, review_state) VALUES (:suite, 's', 'S', 'reviewed')"), suite
        )
        connection.execute(text("INSERT INTO suite_member VALUES (:suite, :benchmark, 1)"), suite)
        connection.execute(text("INSERT INTO restatement SELECT 'run', run_id, 4711, false FROM run"))
        connection.execute(
            text(
                "INSERT INTO alias SELECT :key, 'model', 'm', 'm', model_id, 'reviewed', 'ann', :now, NULL, NULL, NULL FROM model"
            ),
            {"key": text_key("alias", "model", "m"), "now": NOW},
        )
        about = ("score", 1, "retract", None, None, None, "ann", NOW)
        connection.execute(
            text("INSERT INTO correction VALUES (:key, 'score', 1, 'retract', NULL, NULL, NULL, 'ann', :now, 'wrong')"),
            {"key": fact_key("correction", about), "now": NOW},
        )
        connection.execute(text("INSERT INTO ingest SELECT 4711, * EXCLUDE (ingest_id) FROM ingest"))
        connection.execute(text("UPDATE ingest SET n_runs = 0, n_scores = 0, n_outcomes = 0 WHERE ingest_id = 4711"))
        connection.execute(
            text("UPDATE benchmark SET metric_id = (SELECT metric_id FROM metric) WHERE parent_id IS NOT NULL")
        )
        assert check(connection) == ()
    yield engine
    engine.dispose()


def _findings(engine: Engine, *statements: str) -> set[tuple[str, str, int]]:
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        found = {(finding.table, finding.rule, finding.n_rows) for finding in check(connection)}
        connection.rollback()
    return found


REFERENCES = [
    ("benchmark", "parent_id", "benchmark"), ("benchmark", "metric_id", "metric"), ("model", "organization_id", "organization"),
    ("suite_member", "suite_id", "suite"), ("suite_member", "benchmark_id", "benchmark"), ("source", "organization_id", "organization"),
    ("source", "ingest_id", "ingest"), ("run", "source_id", "source"), ("run", "model_id", "model"),
    ("run", "benchmark_id", "benchmark"), ("run", "protocol_id", "protocol"), ("run", "ingest_id", "ingest"),
    ("score", "run_id", "run"), ("score", "metric_id", "metric"), ("score", "ingest_id", "ingest"),
    ("sample", "benchmark_id", "benchmark"), ("outcome", "run_id", "run"),
    ("restatement", "ingest_id", "ingest"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "target"), REFERENCES)
def test_a_reference_to_nothing_is_found(sound: Engine, table: str, column: str, target: str) -> None:
    """A row that refers to a row that is not there is found, with the rule and how many there are."""
    where = " WHERE parent_id IS NOT NULL" if table == "benchmark" else ""
    n_rows = {"sample": 2}.get(table, 1)
    found = _findings(sound, f"UPDATE {table} SET {column} = 12{where}")
    assert (table, f"{column} refers to a row of {target}", n_rows) in found


IMPOSSIBLE = [
    (
        "UPDATE outcome SET n_attempts = 0, n_correct = 0 WHERE n_correct = 1",
        "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1",
        1,
    ),
    ("UPDATE outcome SET n_correct = 3", "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1", 2),
    ("UPDATE outcome SET n_correct = -1 WHERE n_correct = 1", "0 ≤ n_correct ≤ n_attempts and n_attempts ≥ 1", 1),
    ("UPDATE outcome SET n_correct = NULL WHERE n_correct = 1", "n_correct or value is known", 1),
    ("INSERT INTO outcome SELECT * FROM outcome", "one row per run, metric and item", 2),
    ("UPDATE outcome SET sample_number = 99 WHERE n_correct = 1", "sample_number is an item of the run's benchmark", 1),
]


@pytest.mark.parametrize(("statement", "rule", "n_rows"), IMPOSSIBLE)
def test_an_impossible_outcome_is_found(sound: Engine, statement: str, rule: str, n_rows: int) -> None:
    """Counts that cannot be, an outcome that says nothing, a row twice and an item of no benchmark are found."""
    found = {finding for finding in _findings(sound, statement) if finding[0] == "outcome"}
    assert found == {("outcome", rule, n_rows)}


@pytest.mark.parametrize("table", ["organization", "model", "benchmark", "metric", "suite"])
def test_a_key_that_is_not_its_slugs_is_found(sound: Engine, table: str) -> None:
    """An entry whose slug was changed no longer has the key that follows from it."""
    found = _findings(sound, f"UPDATE {table} SET slug = slug || '-renamed'")
    n_rows = 2 if table == "benchmark" else 1
    assert found == {(table, f"{table}_id is the key of slug", n_rows)}


@pytest.mark.parametrize(("column", "table"), [("n_runs", "run"), ("n_scores", "score")])
def test_an_import_that_counts_wrong_is_found(sound: Engine, column: str, table: str) -> None:
    """An import must have brought as many rows as it says."""
    found = _findings(sound, f"UPDATE ingest SET {column} = 7 WHERE n_runs > 0")
    assert found == {("ingest", f"{column} is the number of rows of {table} it brought", 1)}


CHANGED = [
    ("UPDATE alias SET target_id = 12", "alias", "target_id refers to a row of model", 1),
    ("UPDATE alias SET normalized_name = 'other'", "alias", "alias_id is the key of kind and spelling", 1),
    ("UPDATE correction SET reason = 'x', new_value = '9'", "correction", "correction_id is the key of the decision", 1),
    ("UPDATE source SET url = 'https://example.org/other'", "source", "source_id is the key of kind, title, URL and hash", 1),
    ("UPDATE source SET sha256 = repeat('a', 64)", "source", "sha256 is that of the file it came in", 1),
    ("UPDATE protocol SET seed = 7", "protocol", "protocol_id is the key of the settings", 1),
    ("UPDATE protocol SET temperature = 0.5", "protocol", "fingerprint is the key of the settings that are compared", 1),
    ("UPDATE protocol SET fingerprint = 12", "protocol", "fingerprint is the key of the settings that are compared", 1),
    ("UPDATE run SET label = 'other'", "run", "run_id is the key of what the run says", 1),
    ("UPDATE run SET ran_at = TIMESTAMPTZ '2025-01-01 00:00:00+00'", "run", "run_id is the key of what the run says", 1),
    ("UPDATE score SET value = 51.0", "score", "score_id is the key of run, metric and numbers", 1),
    ("UPDATE score SET unit = 'fraction', stderr = 1.0", "score", "score_id is the key of run, metric and numbers", 1),
    ("UPDATE outcome SET metric_id = 12", "outcome", "metric_id refers to a row of metric", 1),
    ("INSERT INTO answer VALUES (12, 12, 0, 'a', 1, 1)", "answer", "run_id refers to a row of run", 1),
    ("INSERT INTO answer VALUES (12, 12, 0, 'a', 1, 1)", "answer", "metric_id refers to a row of metric", 1),
    ("DELETE FROM outcome WHERE n_correct = 1", "ingest", "n_outcomes adds up to the rows of outcome", 1),
    ("UPDATE ingest SET n_outcomes = n_outcomes + 1", "ingest", "n_outcomes adds up to the rows of outcome", 1),
    ("UPDATE ingest SET sha256 = 'none' WHERE n_runs > 0", "ingest", "sha256 is a SHA-256 in hexadecimal", 1),
    ("UPDATE restatement SET target_id = 12", "restatement", "target_id refers to a row of run", 1),
    ("UPDATE restatement SET ingest_id = (SELECT ingest_id FROM run)", "restatement", "another import holds the row of run", 1),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "table", "rule", "n_rows"), CHANGED)
def test_a_row_changed_behind_our_back_is_found(
    sound: Engine, statement: str, table: str, rule: str, n_rows: int
) -> None:
    """What keys, fingerprints, hashes and counts were computed from can be computed again, and no longer agrees."""
    assert (table, rule, n_rows) in _findings(sound, statement)


def test_outcomes_are_counted_import_by_import(sound: Engine) -> None:
    """Outcomes that are missing from one import and too many in another do not make up for each other."""
    other = (
        "INSERT INTO ingest SELECT 13, name, repeat('b', 64), n_bytes, importer, importer_version, options, ingested_at, state, "
        "0, 0, 1, 0 FROM ingest WHERE ingest_id = 4711"
    )
    found = _findings(sound, "DELETE FROM restatement", "UPDATE ingest SET n_outcomes = 1 WHERE n_runs > 0",
                      "UPDATE ingest SET sha256 = repeat('c', 64) WHERE ingest_id = 4711", other)  # fmt: skip
    assert found == {("ingest", "n_outcomes is the number of rows of outcome it brought", 2)}


def test_merged_entries_keep_the_keys_of_their_rows(db: Engine, files: Files) -> None:
    """Rows that count for another entry than the one they were made under have the right keys, on both engines."""
    from datetime import timedelta

    from benchdb.ingest.decisions import Decision
    from benchdb.ingest.merge import merge
    from benchdb.schema.vocab import EntityKind
    from tests.ingest.own import NOW

    files.load(db, files.add("a", run("acme/m", "b", 50.0, 1 / 3), run("acme/n", "c", 60.0, metric="f1")))
    for kind, keep, drop in (
        (EntityKind.MODEL, "acme/m", "acme/n"),
        (EntityKind.BENCHMARK, "b", "c"),
        (EntityKind.METRIC, "accuracy", "f1"),
    ):
        decision = Decision(by="ann", reason="the same", at=NOW + timedelta(days=1))
        keys = text_key(str(kind), keep), text_key(str(kind), drop)
        assert merge(db, kind, keep=keys[0], drop=keys[1], decision=decision) == 1
    with db.connect() as connection:
        assert check(connection) == ()
    with db.begin() as connection:
        connection.execute(text("UPDATE run SET benchmark_label = 'x', subset = 'part'"))
    with db.connect() as connection:
        assert [(found.rule, found.n_rows) for found in check(connection)] == [
            ("run_id is the key of what the run says", 2)
        ]


def test_a_block_that_was_damaged_is_found(duckdb_template: Path, tmp_path: Path, files: Files) -> None:
    """DuckDB's checksums are compared for every block, also of columns that no rule reads."""
    import shutil

    path = tmp_path / "damaged.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    facts = {"raw": {"text": "needle" * 100}}
    files.load(engine, files.add("a", *[run(f"acme/m{number}", "b", 50.0, **facts) for number in range(50)]))
    engine.dispose()
    content = bytearray(path.read_bytes())
    at = content.rindex(b"needle")
    content[at : at + 6] = b"NEEDLE"
    path.write_bytes(content)
    engine = open_engine(f"duckdb:///{path}", read_only=True)
    with engine.connect() as connection:
        found = check(connection)
    engine.dispose()
    assert [(finding.table, finding.rule) for finding in found] == [("run", "every block can be read")]
    assert "checksum" in found[0].example.lower()


def test_every_reference_of_the_models_is_tested_here() -> None:
    """A foreign key added to the models must be broken by a test of this file, too."""
    from benchdb.schema.base import Base

    declared = {
        (table.name, key.column_keys[0], key.referred_table.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_key_constraints
    }
    assert declared == set(REFERENCES) - {("outcome", "run_id", "run")}


def test_a_finding_names_an_example(sound: Engine) -> None:
    """A finding carries one of the rows at fault, so that a person can look."""
    with sound.connect() as connection:
        connection.execute(text("UPDATE model SET slug = 'other'"))
        (finding,) = check(connection)
        connection.rollback()
    assert finding == Finding(table="model", rule="model_id is the key of slug", n_rows=1, example="other")


def test_a_database_at_another_revision_is_not_judged(tmp_path: Path) -> None:
    """Without the newest schema there is nothing to check against."""
    engine = open_engine(f"duckdb:///{tmp_path / 'bare.duckdb'}")
    with engine.connect() as connection, pytest.raises(DatabaseRevisionError):
        check(connection)
    engine.dispose()
