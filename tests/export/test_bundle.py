"""Bundles: a database that was put back is the same in every row of every table, on either engine, or nothing was written."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select

import benchdb
from benchdb.api.database import Database
from benchdb.database.bundle import tables
from benchdb.errors import ConfigError
from benchdb.query.tables import ANSWER
from benchdb.schema.keys import text_key
from tests.query.facts import START, Facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine


def everything(engine: Engine) -> Database:
    """Return a database with a row of every sort: corrections, aliases, an undone import, merges, items, outcomes and answers."""
    facts = Facts()
    lost = facts.ingest("undone", state="undone")
    run = facts.run("lab/big", "aime", protocol={"temperature": 0.1 + 0.2, "seed": 2**40}, ran_at=START)
    kept = facts.score(run, 1 / 3, unit="fraction", decimals=None, stderr=5e-324, place='a "b", c\nd')
    facts.correct(kept)
    facts.correct(kept, "restore", 11)
    facts.score(run, 50.0, ingest_id=lost)
    facts.outcomes(run, [1, 0, 1], clusters=["x", "x", "y"])
    facts.benchmark("aime-part", parent="aime")
    facts.suite("maths", ["aime"])
    twin = facts.model("lab/twin", name="Ünïcode 模型 '=x")
    facts.alias("model", "Twin!", "twin", twin)
    database = Database(facts.write(engine))
    rows = [
        {
            "run_id": run,
            "metric_id": text_key("metric", "accuracy"),
            "sample_number": 0,
            "answer": answer,
            "n_attempts": 1,
            "n_correct": 0,
        }
        for answer in ("", "42", "42")
    ]
    with engine.begin() as connection:
        connection.execute(insert(ANSWER), rows)
    database.curation.merge("lab/big", "lab/twin", by="somebody", reason="the same weights")
    return database


def plain(value: object) -> object:
    """Return a value; a moment in UTC, whichever class of zone the engine's driver gives it."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def rows_of(engine: Engine) -> dict[str, list[str]]:
    """Return every row of every table, as text that tells every number and type apart, in order."""
    with engine.connect() as connection:
        return {
            table.name: sorted(repr([plain(value) for value in row]) for row in connection.execute(select(table)))
            for table in tables()
        }


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a bundle with their bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def empty(path: Path) -> Database:
    """Return a new database without rows."""
    return benchdb.connect(path, create=True)


def test_a_database_comes_back_row_for_row(db: Engine, tmp_path: Path) -> None:
    """Every table of the database that was put back equals the first one's, and its bundle has the same bytes."""
    source = everything(db)
    done = source.export("bundle", tmp_path / "bundle")
    before = rows_of(db)
    assert all(before[name] for name in ("correction", "alias", "outcome", "answer", "sample", "suite_member"))
    assert done.n_rows == sum(map(len, before.values()))
    assert done.loses == "nothing"
    with empty(tmp_path / "again.duckdb") as again:
        report = again.ingest(tmp_path / "bundle")
        assert (report.n_failed, report.total("n_scores"), report.total("n_outcomes")) == (0, 2, 3)
        assert rows_of(again.engine) == before
        again.export("bundle", tmp_path / "second")
        assert again.check() == source.check()
    assert files_of(tmp_path / "second") == files_of(tmp_path / "bundle")


def test_a_bundle_is_previewed_as_what_it_is(db: Engine, tmp_path: Path) -> None:
    """Counts and sources of the whole are told in one entry, with what an import would do; a damaged one says why it cannot be read."""
    source = everything(db)
    source.export("bundle", tmp_path / "bundle")
    rows = rows_of(db)
    with empty(tmp_path / "again.duckdb") as again:
        (found,) = again.preview(tmp_path / "bundle")
        assert (found.importer, found.message) == ("bundle", None)
        assert (found.n_runs, found.n_scores, found.n_outcomes) == (len(rows["run"]), 2, 3)
        assert len(found.sources) == len(rows["source"]) > 0
        assert f"{len(rows['model'])} models" in found.warnings[0]
        assert "empty" in found.warnings[1]
        assert all(not each for each in rows_of(again.engine).values())
    assert "holds rows" in source.preview(tmp_path / "bundle").rows[0].warnings[1]
    _cut(tmp_path / "bundle")
    (broken,) = source.preview(tmp_path / "bundle")
    assert broken.message is not None
    assert (broken.n_runs, broken.warnings) == (0, ())


def test_from_duckdb_to_each_engine_and_back(db: Engine, tmp_path: Path) -> None:
    """DuckDB, then the test's engine, then DuckDB again: the rows are the same all the way, and so are the bundles."""
    with empty(tmp_path / "first.duckdb") as first:
        everything(first.engine)
        assert not first.seed().n_failed
        rows = rows_of(first.engine)
        first.export("bundle", tmp_path / "1")
    middle = Database(db)
    assert not middle.ingest(tmp_path / "1").n_failed
    assert rows_of(db) == rows
    middle.export("bundle", tmp_path / "2")
    with empty(tmp_path / "last.duckdb") as last:
        assert not last.ingest(tmp_path / "2").n_failed
        assert rows_of(last.engine) == rows
        board = last.leaderboard(suite="am-distill")
        assert [each.value for each in middle.leaderboard(suite="am-distill").rows] == [
            each.value for each in board.rows
        ]
    assert files_of(tmp_path / "2") == files_of(tmp_path / "1")


def test_an_archive_of_a_bundle_is_a_bundle(db: Engine, tmp_path: Path) -> None:
    """A bundle that was packed into a zip file is put back from there."""
    source = everything(db)
    source.export("bundle", tmp_path / "bundle")
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "bundle")
    with empty(tmp_path / "again.duckdb") as again:
        assert not again.ingest(packed).n_failed
        assert rows_of(again.engine) == rows_of(db)


def _cut(folder: Path) -> None:
    path = folder / "score.benchdb.parquet"
    path.write_bytes(path.read_bytes()[:-10])


def _change(folder: Path) -> None:
    path = folder / "score.benchdb.parquet"
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(bytes(content))


def _remove(folder: Path) -> None:
    (folder / "outcome.benchdb.parquet").unlink()


def _exchange(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    shutil.copy(folder / "run.benchdb.parquet", folder / "score.benchdb.parquet")
    manifest["tables"]["score"] = manifest["tables"]["run"]
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _miscount(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["source"]["n_rows"] += 1
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _age(folder: Path) -> None:
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"revision": "0', '"revision": "9'))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_cut, "the file was changed or cut"), (_change, "the file was changed or cut"), (_remove, "found no file"),
        (_exchange, "columns"), (_miscount, "n_rows"), (_age, "Put it back with the benchdb that wrote it"),
    ],
)  # fmt: skip
def test_a_damaged_bundle_leaves_nothing(
    db: Engine, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    """A file that is cut, changed, missing, another table's or miscounted, or another revision, is said and nothing is written."""
    with empty(tmp_path / "first.duckdb") as first:
        everything(first.engine).export("bundle", tmp_path / "bundle")
    damage(tmp_path / "bundle")
    report = Database(db).ingest(tmp_path / "bundle")
    (failed,) = [file for file in report.files if file.state == "failed"]
    assert message in str(failed.message)
    assert not any(rows_of(db).values())


def test_a_bundle_joins_a_database_with_rows(db: Engine, tmp_path: Path) -> None:
    """A bundle adds nothing to its own database, and to another one what that lacks; a dry run writes nothing."""
    source = everything(db)
    source.export("bundle", tmp_path / "bundle")
    before = rows_of(db)
    assert not source.ingest(tmp_path / "bundle").n_failed
    # The rows of these tests say of no import how much it brought.
    assert {**rows_of(db), "ingest": []} == {**before, "ingest": []}
    more = tmp_path / "more.csv"
    more.write_text("model,benchmark,metric,value,unit\nlab/new,aime,accuracy,0.5,fraction\n")
    with empty(tmp_path / "other.duckdb") as other:
        assert not other.ingest(more).n_failed
        alone = rows_of(other.engine)
        dry = other.ingest(tmp_path / "bundle", dry_run=True)
        assert (dry.states(), dry.total("n_scores")) == ({"would load": 1, "read along": len(before)}, 2)
        assert rows_of(other.engine) == alone
        assert other.ingest(tmp_path / "bundle").total("n_scores") == 2
        joined = rows_of(other.engine)
        assert all(
            set(before[name]) <= set(joined[name]) for name in ("score", "run", "source", "outcome", "answer", "alias")
        )
        assert len(joined["score"]) == 3
    with empty(tmp_path / "dry.duckdb") as dry_run:
        assert dry_run.ingest(tmp_path / "bundle", dry_run=True).states() == {
            "would load": 1,
            "read along": len(before),
        }
        assert not any(rows_of(dry_run.engine).values())


def test_what_comes_after_a_bundle_joins_it(db: Engine, tmp_path: Path) -> None:
    """A file that is imported along with a bundle finds the bundle's entries and numbers its items after theirs."""
    with empty(tmp_path / "first.duckdb") as first:
        everything(first.engine).export("bundle", tmp_path / "bundle")
    more = tmp_path / "more.csv"
    more.write_text(
        "model,benchmark,metric,sample,n_correct\nlab/big,aime,accuracy,item-1,1\nlab/big,aime,accuracy,new,1\n"
    )
    database = Database(db)
    assert not database.ingest(tmp_path / "bundle", more).n_failed
    with db.connect() as connection:
        table = {each.name: each for each in tables()}
        assert connection.execute(select(func.count()).select_from(table["sample"])).scalar_one() == 4
        assert connection.execute(select(func.count()).select_from(table["benchmark"])).scalar_one() == 2
    assert not [finding for finding in database.check() if finding.table in {"sample", "outcome"}]


def test_a_bundle_is_the_whole(seeds_file: Database, tmp_path: Path, run: Callable[..., Any], seeded: Path) -> None:
    """Filters are refused, and so is standard output or a folder that holds something; without a folder there is nothing."""
    with pytest.raises(ConfigError, match="filters mean nothing"):
        seeds_file.export("bundle", tmp_path / "x", suite="am-distill")
    refused = run("export", "bundle", "-o", "-", "--db", seeded)
    assert refused.exit_code == 1
    assert "name it: -o FOLDER" in refused.stderr
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    taken = run("export", "bundle", "-o", "full", "--db", seeded)
    assert "no empty folder" in taken.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
