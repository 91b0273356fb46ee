"""Flat rows: every format of rows says the same, comes back as the same rows, and loses what it says it loses."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

import benchdb
from benchdb.api.database import Database
from benchdb.database.revision import shipped_folder
from benchdb.errors import AmbiguousQueryError, ConfigError, EmptyResultError, ExportError
from benchdb.ingest.catalogue import load_catalogue
from benchdb.ingest.tables.fields import KINDS, SAMPLE_FIELDS
from benchdb.query.extracts import extract
from benchdb.query.filters import Filters
from benchdb.query.tables import CORRECTION, INGEST, OUTCOME, RUN, SCORE
from benchdb.schema.keys import text_key
from tests.query.facts import START, Facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Engine

READ_AGAIN = ("csv", "jsonl", "parquet")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of any format of rows, by the libraries that others read them with."""
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    if path.suffix == ".arrow":
        return list(pa.ipc.open_file(path).read_all().to_pylist())
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def small(db: Engine) -> Database:
    """Return a database of three claims, one of them retracted, with odd texts."""
    facts = Facts()
    source = facts.source(
        '=HYPERLINK("x"), a "report"', url="https://example.org/a", organization_id=facts.organization("lab")
    )
    run = facts.run(
        "lab/big", "aime", source_id=source, protocol={"temperature": 0.6, "n_shot": 0, "seed": 7}, is_first_party=True
    )
    facts.score(run, 72.7, unit="percent", decimals=1, stderr=1.25, n_items=30, samples_per_item=16, place="Table 1")
    other = facts.run("lab/small", "aime", source_id=source, is_first_party=False)
    facts.score(other, 0.1 + 0.2, unit="fraction", decimals=None, place="line\n2")
    wrong = facts.score(other, 99.0, unit="percent", decimals=0)
    facts.correct(wrong)
    facts.write(db)
    return Database(db)


def test_every_format_of_rows_holds_the_same_rows(db: Engine, tmp_path: Path) -> None:
    """CSV, JSON Lines, Parquet and Arrow hold the two claims that count, value by value, and not the retracted one."""
    database = small(db)
    for name in (*READ_AGAIN, "arrow"):
        path = tmp_path / f"claims.{name}"
        assert database.export(name, path).n_rows == 2
        first, second = rows_of(path)
        assert [first["model"], second["model"]] == ["lab/big", "lab/small"]
        assert [float(first["value"]), float(second["value"])] == [72.7, 0.1 + 0.2]
        assert [str(first["decimals"]), second.get("decimals") or None] == ["1", None]
        assert float(first["temperature"]) == 0.6
        assert int(first["n_shot"]) == 0
        assert second["place"] == "line\n2"
        assert first["source_organization"] == "Lab"


def test_a_csv_holds_no_formula_unless_asked_to(db: Engine, tmp_path: Path) -> None:
    """A title that begins with an equals sign has an apostrophe before it, and with `exact` it has none."""
    database = small(db)
    database.export("csv", tmp_path / "safe.csv")
    database.export("csv", tmp_path / "raw.csv", exact=True)
    assert rows_of(tmp_path / "safe.csv")[0]["source_title"] == '\'=HYPERLINK("x"), a "report"'
    assert rows_of(tmp_path / "raw.csv")[0]["source_title"] == '=HYPERLINK("x"), a "report"'


@pytest.mark.parametrize("name", [*READ_AGAIN, "csv-raw"])
def test_what_is_written_and_read_is_written_the_same(db: Engine, tmp_path: Path, name: str) -> None:
    """Read into an empty database and written again, a file has the same bytes; so has that of the other engine's rows."""
    form, exact = name.partition("-")[0], name.endswith("raw")
    first, second = tmp_path / f"first.{form}", tmp_path / f"second.{form}"
    small(db).export(form, first, exact=exact)
    with benchdb.connect(tmp_path / "fresh.duckdb", create=True) as fresh:
        report = fresh.ingest(first)
        assert (report.n_failed, report.total("n_scores")) == (0, 2)
        fresh.export(form, second, exact=exact)
    assert second.read_bytes() == first.read_bytes()


def test_the_seeds_come_back(seeds_file: Database, tmp_path: Path) -> None:
    """Every claim that ships with benchdb, read into a database with the same catalogue, is written as it was: the same bytes."""
    for form in READ_AGAIN:
        first, second = tmp_path / f"first.{form}", tmp_path / f"second.{form}"
        seeds_file.export(form, first)
        with benchdb.connect(tmp_path / f"{form}.duckdb", create=True) as fresh:
            load_catalogue(fresh.engine, shipped_folder("seeds"), clock=lambda: START)
            assert fresh.ingest(first).n_failed == 0
            fresh.export(form, second)
        assert second.read_bytes() == first.read_bytes(), form


def test_the_columns_are_those_the_importer_reads(db: Engine) -> None:
    """Every field of a table of scores that rows can carry is a column, by the importer's own name; the maker is part of the slug."""
    small(db)
    with db.connect() as connection:
        columns = {column.name for column in extract(connection, Filters()).statement.selected_columns}
    assert columns == KINDS.keys() - SAMPLE_FIELDS - {"model_organization"}


def test_the_loss_named_is_the_loss_seen(db: Engine, tmp_path: Path) -> None:
    """A claim that was read again has lost the spelling of its names, its raw configuration and its import, and nothing else of its own."""
    database = small(db)
    with db.begin() as connection:
        connection.execute(update(RUN).values(model_label="BIG (as written)", raw='{"a": 1}'))
    done = database.export("csv", tmp_path / "claims.csv")
    for lost in ("spells names", "retracted claims", "the imports", "raw configuration"):
        assert lost in done.loses
    with benchdb.connect(tmp_path / "fresh.duckdb", create=True) as fresh:
        fresh.ingest(tmp_path / "claims.csv")
        with fresh.engine.connect() as connection:
            labels = connection.execute(select(RUN.c.model_label, RUN.c.raw)).all()
            names = connection.execute(select(INGEST.c.name)).scalars().all()
            kept = {
                name: column
                for name, column in SCORE.c.items()
                if name not in {"score_id", "run_id", "metric_id", "ingest_id"}
            }
            values = connection.execute(select(*kept.values()).order_by(SCORE.c.value)).mappings().all()
            assert connection.execute(select(func.count()).select_from(CORRECTION)).scalar_one() == 0
    assert sorted(labels) == [("lab/big", None), ("lab/small", None)]
    assert [name.rpartition("/")[2] for name in names] == ["claims.csv"]
    with db.connect() as connection:
        before = (
            connection.execute(select(*kept.values()).where(SCORE.c.value < 99).order_by(SCORE.c.value))
            .mappings()
            .all()
        )
    own = [
        {**row, "metric_label": "accuracy", "place": row["place"] or again["place"]}
        for row, again in zip(before, values, strict=True)
    ]
    assert [dict(row) for row in values] == own


def test_outcomes_come_back(db: Engine, tmp_path: Path) -> None:
    """Outcomes are written with their items and counts, and read again they are written the same."""
    facts = Facts()
    run = facts.run("lab/big", "aime")
    facts.score(run, 50.0, unit="percent")
    facts.outcomes(run, [1, 0, 3], attempts=4)
    database = Database(facts.write(db))
    path, again = tmp_path / "outcomes.csv", tmp_path / "again.csv"
    assert database.export("csv", path, what="outcomes").n_rows == 3
    assert [(row["n_correct"], row["n_attempts"]) for row in rows_of(path)] == [("1", "4"), ("0", "4"), ("3", "4")]
    with benchdb.connect(tmp_path / "fresh.duckdb", create=True) as fresh:
        assert fresh.ingest(path).total("n_outcomes") == 3
        fresh.export("csv", again, what="outcomes")
    assert again.read_bytes() == path.read_bytes()
    items = tmp_path / "items.jsonl"
    assert database.export("jsonl", items, what="samples").n_rows == 3
    assert {row["n_runs"] for row in rows_of(items)} == {1}


def test_cells_are_the_chosen_claims(db: Engine, tmp_path: Path) -> None:
    """Of two claims for one cell the policy's one is written, and means that nobody claims are refused."""
    facts = Facts()
    facts.claim("lab/big", "aime", 70.0, source_id=facts.source("card", "model_card"), unit="percent")
    facts.claim("lab/big", "aime", 60.0, source_id=facts.source("log", "harness_log"), unit="percent")
    database = Database(facts.write(db))
    path = tmp_path / "cells.jsonl"
    assert database.export("jsonl", path, what="cells", policy="preferred").n_rows == 1
    (shown,) = database.leaderboard().cells
    assert [row["value"] for row in rows_of(path)] == [shown.value]
    with pytest.raises(ConfigError, match="nobody claims"):
        database.export("jsonl", path, what="cells", policy="mean-of-runs")


def test_counts_and_values_do_not_share_a_table(db: Engine, tmp_path: Path) -> None:
    """Outcomes of which some are counts and some are values are refused with what to do; one metric of them is written."""
    facts = Facts()
    run = facts.run("lab/big", "aime")
    facts.outcomes(run, [1, 0])
    facts.metric()
    facts.metric("f1")
    facts.outcomes(run, [0, 0], metric="f1")
    database = Database(facts.write(db))
    with db.begin() as connection:
        partial = update(OUTCOME).where(OUTCOME.c.metric_id == text_key("metric", "f1"))
        connection.execute(partial.values(n_correct=None, value=0.25 + 0.25 * OUTCOME.c.sample_number))
    with pytest.raises(AmbiguousQueryError, match=r"2 of these outcomes are counts .* 2 have values"):
        database.export("csv", tmp_path / "x.csv", what="outcomes")
    database.export("jsonl", tmp_path / "x.jsonl", what="outcomes", metric="f1")
    assert [row["value"] for row in rows_of(tmp_path / "x.jsonl")] == [0.25, 0.5]


def test_a_file_appears_whole_or_not_at_all(seeds_file: Database, tmp_path: Path) -> None:
    """An export that is interrupted leaves the old file as it was and nothing beside it."""
    path = tmp_path / "claims.csv"
    path.write_text("old")

    def interrupt(_piece: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seeds_file.export("csv", path, progress=interrupt)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["claims.csv"]
    assert seeds_file.export("csv", path).n_bytes == path.stat().st_size


@pytest.mark.parametrize(
    ("target", "message"),
    [("none/claims.csv", "there is no folder"), (".", "this is a folder")],
)
def test_a_place_that_cannot_be_written_is_named(
    seeds_file: Database, tmp_path: Path, target: str, message: str
) -> None:
    """A folder that is missing, or a folder where a file belongs, is an error that says so."""
    with pytest.raises(ExportError, match=re.escape(message)):
        seeds_file.export("csv", tmp_path / target)


def test_what_does_not_exist_is_not_written(seeds_file: Database, tmp_path: Path) -> None:
    """An unknown format meets what was probably meant; no row is no file."""
    with pytest.raises(ExportError, match="Did you mean parquet"):
        seeds_file.export("parket", tmp_path / "x")
    with pytest.raises(ConfigError, match="no rows called"):
        seeds_file.export("csv", tmp_path / "x", what="scores")
    with pytest.raises(EmptyResultError):
        seeds_file.export("csv", tmp_path / "x", n_shot=4711)
    assert list(tmp_path.iterdir()) == []


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=5, max_size=12).map(
    lambda text: f"{text}."
)
FORMULAS = st.sampled_from(
    ["=1+1", "'=x", "''@cmd", "-5", "+5 %", "\t=x", "＝SUM", "'plain", "@", "a\r\nb", 'say "x", y']
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64).map(lambda value: value + 0.0)


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(
            NUMBERS,
            st.none() | st.integers(0, 9),
            st.none() | TEXT | FORMULAS,
            TEXT | FORMULAS,
            st.none() | st.floats(0, 1e6),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_rows_come_back(
    tmp_path_factory: pytest.TempPathFactory,
    duckdb_template: Path,
    rows: list[tuple[float, int | None, str | None, str, float | None]],
) -> None:
    """Whatever numbers and texts claims have, CSV, JSON Lines and Parquet give them back: the same bytes come out."""
    folder = tmp_path_factory.mktemp("rows")
    with fresh_copy(folder, "first", duckdb_template) as first:
        facts = Facts()
        facts.metric("points", unit="points", is_proportion=False)
        for value, decimals, place, title, stderr in rows:
            source = facts.source(title)
            run = facts.run("lab/big", "aime", source_id=source)
            facts.score(
                run, value, "points", unit="points", decimals=decimals, place=place or "somewhere", stderr=stderr
            )
        facts.write(first.engine)
        for form in READ_AGAIN:
            first.export(form, folder / f"first.{form}")
            with fresh_copy(folder, form, duckdb_template) as again:
                report = again.ingest(folder / f"first.{form}")
                assert not report.n_failed, report.files[0].message
                again.export(form, folder / f"second.{form}")
            assert (folder / f"second.{form}").read_bytes() == (folder / f"first.{form}").read_bytes()


def fresh_copy(folder: Path, name: str, template: Path) -> Database:
    """Return an empty database of its own."""
    path = folder / f"{name}.duckdb"
    path.write_bytes(template.read_bytes())
    return benchdb.connect(path)


def test_the_command_writes_rows(run: Callable[..., Any], seeded: Path, tmp_path: Path) -> None:
    """`benchdb export csv -o -` gives the rows on standard output alone; a file is said on stderr with what it loses."""
    result = run("export", "csv", "-o", "claims.csv", "--db", seeded, "--suite", "am-distill")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "The format loses:" in result.stderr
    assert (tmp_path / "claims.csv").read_text().startswith("model,benchmark,metric,")
    wrong = run("export", "marktdown", "-o", "x", "--db", seeded)
    assert wrong.exit_code == 2
    assert "Did you mean" in wrong.stderr or "Choose one of" in wrong.stderr


def test_the_command_writes_to_standard_output(spawn: Callable[..., Any], seeded: Path) -> None:
    """With `-o -` standard output holds the file and nothing else."""
    done = spawn("export", "csv", "-o", "-", "--db", seeded, "-m", "o1-mini")
    assert done.returncode == 0
    assert {row["model"] for row in csv.DictReader(io.StringIO(done.stdout))} == {"openai/o1-mini-2024-09-12"}
    assert done.stderr == ""
