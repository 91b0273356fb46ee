"""The one writer: same facts same keys, whole files only, nothing twice, nothing guessed. On both engines."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from benchdb.database.check import check
from benchdb.errors import DatabaseRevisionError, IngestError, MalformedFileError
from benchdb.ingest import identity, session
from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.records import (
    BenchmarkRecord,
    ModelRecord,
    OutcomeBlock,
    OutcomeTable,
    ProtocolRecord,
    RunRecord,
    ScoreRecord,
    ScoreTable,
    SourceRecord,
)
from benchdb.ingest.report import FileState
from benchdb.ingest.write import Writer
from benchdb.schema.keys import text_key
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod
from tests.ingest.own import LOG, NOW, PAPER, Files, export, make_files, n_rows, rows, run

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from benchdb.ingest.flatten import FileRows
    from benchdb.ingest.records import Record


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """An empty folder of files, read by an importer of the test's own."""
    return make_files(tmp_path / "files", monkeypatch)


def _sound(engine: Engine) -> bool:
    with engine.connect() as connection:
        return check(connection) == ()


RICH = RunRecord(
    source=SourceRecord(
        kind=SourceKind.LEADERBOARD, title="Board", url="https://example.org/board", organization="Acme",
        published_on=date(2025, 2, 3), is_file=False,
    ),
    model=ModelRecord(name="acme/m-7b"),
    benchmark=BenchmarkRecord(name="b"),
    protocol=ProtocolRecord(n_shot=5, temperature=0.6, seed=7, harness="h", harness_version="1", window_start_on=date(2024, 8, 1)),
    subset="part",
    is_first_party=True,
    ran_at=datetime(2025, 3, 4, 5, 6, 7, 89, tzinfo=UTC),
    label="run 1",
    scores=(
        ScoreRecord(
            metric="accuracy", value=72.6, unit=ScoreUnit.PERCENT, decimals=1, is_approximate=True, stderr=0.1 + 0.2,
            stderr_method=StderrMethod.BOOTSTRAP, interval_lower=70.1, interval_upper=75.1, interval_level=0.95, n_items=30,
            samples_per_item=16, place="row 1",
        ),
        ScoreRecord(metric="elo", value=1234.5, unit=ScoreUnit.ELO, is_aggregate=True),
    ),
)  # fmt: skip
"""A run that states nearly everything."""

AS_TABLE = {
    "model": ["acme/m-7b"] * 2, "benchmark": ["b"] * 2, "metric": ["accuracy", "elo"], "value": [72.6, 1234.5],
    "unit": ["percent", "elo"], "decimals": pa.array([1, None], pa.int32()), "is_approximate": [True, False],
    "is_aggregate": [False, True], "stderr": [0.1 + 0.2, None], "stderr_method": ["bootstrap", None],
    "interval_lower": [70.1, None], "interval_upper": [75.1, None], "interval_level": [0.95, None],
    "n_items": pa.array([30, None], pa.int64()), "subset": ["part"] * 2, "is_first_party": [True] * 2,
    "ran_at": pa.array([datetime(2025, 3, 4, 5, 6, 7, 89, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")), "label": ["run 1"] * 2,
    "place": ["row 1", None], "source_kind": ["leaderboard"] * 2, "source_title": ["Board"] * 2,
    "source_url": ["https://example.org/board"] * 2, "source_organization": ["Acme"] * 2,
    "source_published_on": pa.array([date(2025, 2, 3)] * 2), "n_shot": pa.array([5] * 2, pa.int32()), "temperature": [0.6] * 2,
    "seed": pa.array([7] * 2, pa.int64()), "harness": ["h"] * 2, "harness_version": ["1"] * 2,
    "window_start_on": pa.array([date(2024, 8, 1)] * 2),
}  # fmt: skip
"""The same as a table."""


def test_a_table_says_what_records_say(db: Engine, files: Files) -> None:
    """Runs, scores, protocols and sources of a table have the keys of the same facts as records."""
    as_records = RunRecord(
        **{name: getattr(RICH, name) for name in RICH.__slots__ if name != "scores"},
        scores=tuple(
            ScoreRecord(**{name: getattr(score, name) for name in score.__slots__ if name != "samples_per_item"})
            for score in RICH.scores
        ),
    )
    assert files.load(db, files.add("records", as_records)).total("n_scores") == 2
    before = export(db)
    again = files.load(db, files.add("table", ScoreTable(source=LOG, rows=pa.table(AS_TABLE))))
    assert (again.total("n_scores"), again.total("n_runs"), again.total("n_repeated")) == (0, 0, 2)
    assert export(db) == before
    assert _sound(db)


@pytest.mark.parametrize("with_dictionaries", [False, True])
def test_outcomes_are_the_same_as_blocks_and_as_tables(db: Engine, files: Files, with_dictionaries: bool) -> None:
    """Outcomes of a table are those of blocks: the same run, items, counts and derived score."""
    block = OutcomeBlock(metric="accuracy", keys=["i0", "i1", "i2"], n_attempts=[1, 1, 1], n_correct=[1, 0, 1])
    first = files.load(db, files.add("blocks", run("m", "b", outcomes=[block])))
    assert (first.total("n_runs"), first.total("n_outcomes"), first.total("n_scores")) == (1, 3, 1)
    before = export(db)
    table = pa.table({"model": ["m"] * 3, "benchmark": ["b"] * 3, "metric": ["accuracy"] * 3, "sample": ["i0", "i1", "i2"],
                      "n_correct": pa.array([1, 0, 1], pa.int32())})  # fmt: skip
    if with_dictionaries:
        table = pa.table({name: table[name].dictionary_encode() if pa.types.is_string(table[name].type) else table[name]
                          for name in table.column_names})  # fmt: skip
    again = files.load(db, files.add("table", OutcomeTable(source=PAPER, rows=table)))
    assert (again.total("n_runs"), again.total("n_outcomes"), again.total("n_scores")) == (0, 0, 0)
    assert export(db) == before
    assert rows(db, "score", "value", "unit", "n_items", "samples_per_item") == [(2 / 3, "fraction", 3, 1)]


def test_keys_are_the_same_on_both_engines(db: Engine, files: Files) -> None:
    """These facts have these keys, whatever the engine."""
    block = OutcomeBlock(metric="pass@1", keys=["i0", "i1", "i2"], n_attempts=[3, 3, 3], n_correct=[1, 2, 2])
    files.load(db, files.add("a", RICH, run("m", "b", outcomes=[block])))
    assert sorted(rows(db, "run", "run_id")) == RUN_KEYS
    assert sorted(rows(db, "score", "score_id")) == SCORE_KEYS
    assert rows(db, "model", "model_id") == sorted([text_key("model", "acme/m-7b"), text_key("model", "m")], key=repr)


RUN_KEYS = [616332301892486993, 4378648995828077782]
SCORE_KEYS = [3212656884445299217, 4566375061723937771, 8133386213425692507]


def test_importing_twice_adds_nothing(db: Engine, files: Files) -> None:
    """The same bytes again are already present, and no table has a row more."""
    path = files.add("a", RICH, run("m", "b", 1.0))
    assert files.load(db, path).states() == {"loaded": 1}
    before = n_rows(db)
    assert files.load(db, path).states() == {"already present": 1}
    assert n_rows(db) == before


def test_a_file_named_twice_is_read_once(db: Engine, files: Files) -> None:
    """Within one import, too, the same bytes are taken in once."""
    path = files.add("a", run("m", "b", 1.0), content="same")
    copy = files.add("copy", run("m", "b", 1.0), content="same")
    assert [report.state for report in files.load(db, path, copy, path).files] == [
        "loaded",
        "already present",
        "already present",
    ]


def test_the_same_claims_from_another_file_are_repeats(db: Engine, files: Files) -> None:
    """A second file that transcribes the same source adds its new claims and counts the known ones."""
    files.load(db, files.add("a", run("m", "b", 1.0, 2.0)))
    (report,) = files.load(db, files.add("b", run("m", "b", 2.0, 3.0))).files
    assert (report.n_runs, report.n_scores, report.n_repeated) == (0, 1, 1)
    assert rows(db, "score", "value") == [1.0, 2.0, 3.0]


def test_the_same_numbers_in_another_log_are_other_claims(db: Engine, files: Files) -> None:
    """Where the file itself is the source, another file is another run."""
    for name in ("a", "b"):
        files.load(db, files.add(name, run("m", "b", 1.0, source=LOG)))
    assert len(rows(db, "source")) == len(rows(db, "run")) == len(rows(db, "score")) == 2


def test_a_claim_made_twice_in_a_file_is_one(db: Engine, files: Files) -> None:
    """A value at two places of one source is one claim, and the report says that one repeats."""
    twice = RunRecord(
        source=PAPER, model=ModelRecord(name="m"), benchmark=BenchmarkRecord(name="b"),
        scores=tuple(ScoreRecord(metric="accuracy", value=5.0, place=place) for place in ("line 1", "line 9")),
    )  # fmt: skip
    table = pa.table({"model": ["n"] * 3, "benchmark": ["b"] * 3, "metric": ["accuracy"] * 3, "value": [5.0, 5.0, 6.0]})
    reports = files.load(db, files.add("a", twice), files.add("b", ScoreTable(source=PAPER, rows=table))).files
    assert [(report.n_scores, report.n_repeated) for report in reports] == [(1, 1), (2, 1)]
    assert rows(db, "ingest", "n_repeated") == [1, 1]


@pytest.mark.parametrize("failure", [IngestError("bad"), MalformedFileError.at("x", "line 3", "this", "that")])
def test_a_failing_record_leaves_nothing(db: Engine, files: Files, failure: IngestError) -> None:
    """A file that fails at its last record leaves no row in any table, no name and no item number."""
    block = OutcomeBlock(metric="accuracy", keys=["i0"], n_attempts=[1], n_correct=[1])
    report = files.load(db, files.add("a", run("acme/m-7b", "b", outcomes=[block]), failure))
    assert [(each.state, each.message) for each in report.files] == [(FileState.FAILED, str(failure))]
    assert report.new_names == ()
    assert n_rows(db) == {}


def test_one_failing_file_does_not_stop_the_others(db: Engine, files: Files) -> None:
    """Files before and after a failing one are loaded as if it were not there, with the names both bring."""
    one = run(
        "new/model",
        "new benchmark",
        1.0,
        outcomes=[OutcomeBlock(metric="accuracy", keys=["x"], n_attempts=[1], n_correct=[1])],
    )
    bad = run(
        "new/model", "other", 2.0, outcomes=[OutcomeBlock(metric="accuracy", keys=["y"], n_attempts=[1], n_correct=[1])]
    )
    last = run(
        "new/model", "other", 3.0, outcomes=[OutcomeBlock(metric="accuracy", keys=["z"], n_attempts=[1], n_correct=[1])]
    )
    paths = [files.add("a", one), files.add("b", bad, IngestError("no")), files.add("c", last)]
    report = files.load(db, *paths)
    assert [each.state for each in report.files] == ["loaded", "failed", "loaded"]
    assert report.n_failed == 1
    assert rows(db, "sample", "key", "sample_number") == [("x", 0), ("z", 0)]
    assert rows(db, "score", "value") == [1.0, 3.0]
    assert set(rows(db, "benchmark", "slug")) == {"new-benchmark", "other"}
    assert _sound(db)


def test_a_file_that_cannot_be_read_is_reported(db: Engine, files: Files) -> None:
    """An operating system's or an encoding's complaint is the file's failure, with its name."""
    report = files.load(
        db, files.add("a", PermissionError("denied")), files.add("b", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"))
    )
    assert [each.state for each in report.files] == ["failed", "failed"]
    assert all(str(files.folder) in (each.message or "") for each in report.files)


@pytest.mark.parametrize(
    "fault", [KeyError("results"), TypeError("None"), ValueError("x"), AttributeError("y"), ZeroDivisionError()]
)
def test_a_fault_of_an_importer_is_its_files_failure(db: Engine, files: Files, fault: Exception) -> None:
    """An importer that stumbles fails the one file, by name; the others are loaded."""
    report = files.load(db, files.add("a", run("m", "b", 1.0)), files.add("b", run("n", "b", 1.0), fault))
    assert [each.state for each in report.files] == ["loaded", "failed"]
    assert f"the importer own failed with {type(fault).__name__}" in (report.files[1].message or "")
    assert rows(db, "model", "slug") == ["m"]


IMPOSSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("no items", {"n_items": 0}),
    ("more items than a column holds", {"n_items": 2**40}),
    ("a negative error", {"stderr": -1.0}),
    ("a coverage in percent", {"interval_level": 95.0}),
    ("no attempts", {"samples_per_item": 0}),
    ("an error that is no number", {"stderr": float("nan")}),
]


@pytest.mark.parametrize("facts", [facts for _name, facts in IMPOSSIBLE], ids=[name for name, _facts in IMPOSSIBLE])
@pytest.mark.parametrize("as_table", [False, True], ids=["record", "table"])
def test_an_impossible_fact_is_its_files_failure_alone(
    db: Engine, files: Files, facts: dict[str, Any], as_table: bool
) -> None:
    """A fact that no column can hold fails the file that states it, with its place, and no other file."""
    if as_table:
        columns = {name: pa.array([value]) for name, value in facts.items()}
        bad: Any = ScoreTable(source=PAPER, rows=pa.table({"model": ["x"], "benchmark": ["b"], "metric": ["m"], "value": [1.0],
                                                           "place": ["row 7"], **columns}))  # fmt: skip
    else:
        bad = run("x", "b", scores=(ScoreRecord(metric="m", value=1.0, place="row 7", **facts),))
    report = files.load(db, files.add("a", run("m", "b", 1.0)), files.add("b", bad), files.add("c", run("m", "b", 2.0)))
    assert [each.state for each in report.files] == ["loaded", "failed", "loaded"]
    assert "row 7" in (report.files[1].message or "")
    assert rows(db, "score", "value") == [1.0, 2.0]
    assert rows(db, "model", "slug") == ["m"]


def _table(n: int, first: int = 0, model: str = "m") -> ScoreTable:
    values = [float(first + number) for number in range(n)]
    return ScoreTable(
        source=PAPER,
        rows=pa.table({"model": [model] * n, "benchmark": ["b"] * n, "metric": ["points"] * n, "value": values}),
    )


def _outcomes(keys: list[str], correct: list[int], model: str = "m") -> OutcomeTable:
    n = len(keys)
    return OutcomeTable(source=PAPER, rows=pa.table({
        "model": [model] * n, "benchmark": ["b"] * n, "metric": ["accuracy"] * n, "sample": keys, "n_correct": pa.array(correct, pa.int32()),
    }))  # fmt: skip


def test_a_large_file_is_loaded_piece_by_piece(db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file larger than a piece ends as it would in one: same rows, same counts, same import."""
    records = (_table(5), _table(5, 5, "n"), _table(3, 8, "n"), _outcomes(["x", "y"], [1, 0]), _outcomes(["z"], [1]))
    whole = make_files(files.folder / "whole", monkeypatch)
    whole_report = whole.load(db, whole.add("a", *records), dry_run=True).files[0]
    monkeypatch.setattr(session, "PIECE", 4)
    (report,) = whole.load(db, whole.folder / "a").files
    counts = ("n_runs", "n_scores", "n_outcomes", "n_repeated", "n_new_names")
    assert {name: getattr(report, name) for name in counts} == {name: getattr(whole_report, name) for name in counts}
    assert (report.n_runs, report.n_scores, report.n_outcomes, report.n_repeated) == (2, 12, 3, 2)
    assert rows(db, "ingest", "n_runs", "n_scores", "n_outcomes", "n_repeated") == [(2, 12, 3, 2)]
    assert _sound(db)


def test_runs_with_much_text_are_written_piece_by_piece(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs keep of their file counts: each piece is written before the next is read."""
    path = files.add("a", *(replace(run(f"m{n}", "b", 0.5), raw={"text": "x" * 3_000}) for n in range(4)))
    monkeypatch.setattr(session, "PIECE_BYTES", 8_000)
    written: list[int] = []
    write = Writer.write

    def counted(self: Writer, rows: FileRows) -> None:
        written.append(len(rows.runs))
        write(self, rows)

    monkeypatch.setattr(Writer, "write", counted)
    (report,) = files.load(db, path).files
    assert (report.n_runs, report.n_scores, written) == (4, 4, [2, 2, 0])
    assert _sound(db)


def test_a_large_file_that_fails_midway_leaves_nothing(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces already written are taken back with the rest; names, items and the report know nothing of them."""
    monkeypatch.setattr(session, "PIECE", 3)
    before = files.add("a", run("keep", "b", 1.0))
    large = files.add(
        "b", _table(4, model="gone-1"), _table(4, model="gone-2"), _outcomes(["x"], [1], "gone-3"), IngestError("no")
    )
    after = files.add("c", _outcomes(["y"], [1], "gone-1"))
    report = files.load(db, before, large, after)
    assert [each.state for each in report.files] == ["loaded", "failed", "loaded"]
    assert rows(db, "model", "slug") == ["gone-1", "keep"]
    assert ("model", "gone-2") not in report.new_names
    assert rows(db, "sample", "key", "sample_number") == [("y", 0)]
    assert _sound(db)


def test_a_dry_run_writes_nothing_and_says_what_it_would(db: Engine, files: Files) -> None:
    """A dry run reports the counts of the import that follows and leaves every table empty."""
    paths = [files.add("a", RICH), files.add("b", run("m", "b", 1.0, 1.0)), files.add("c", IngestError("no"))]
    tried = files.load(db, *paths, dry_run=True)
    assert n_rows(db) == {}
    done = files.load(db, *paths)
    assert [report.state for report in tried.files] == ["would load", "would load", "failed"]
    counts = ("n_runs", "n_scores", "n_outcomes", "n_repeated", "n_new_names")
    assert [[getattr(report, name) for name in counts] for report in tried.files] == [
        [getattr(report, name) for name in counts] for report in done.files
    ]
    assert tried.new_names == done.new_names


@pytest.mark.parametrize(("setting", "value"), [("FILES_PER_TRANSACTION", 1), ("PIECE", 1)])
def test_a_dry_run_of_several_transactions(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch, setting: str, value: int
) -> None:
    """What an earlier file would bring is known to the later ones, although nothing stays."""
    monkeypatch.setattr(session, setting, value)
    paths = [files.add(name, run("m", "b", number)) for name, number in (("a", 1.0), ("b", 2.0), ("c", 2.0))]
    tried = files.load(db, *paths, dry_run=True)
    assert [(each.state, each.n_scores, each.n_repeated) for each in tried.files] == [
        ("would load", 1, 0), ("would load", 1, 0), ("would load", 0, 1),
    ]  # fmt: skip
    assert n_rows(db) == {}


def test_new_names_become_unreviewed_entries_with_their_size(db: Engine, files: Files) -> None:
    """A name nobody knows becomes an entry marked unreviewed, with the size its name states and the import that brought it."""
    report = files.load(db, files.add("a", run("acme/Foo-30B-A3B", "New Bench", 1.0, metric="pass@4")))
    assert rows(
        db, "model", "slug", "name", "n_parameters", "n_active_parameters", "parameters_label", "review_state"
    ) == [("acme/foo-30b-a3b", "acme/Foo-30B-A3B", 30 * 10**9, 3 * 10**9, "30B-A3B", "unreviewed")]
    assert rows(db, "benchmark", "slug", "name", "review_state") == [("new-bench", "New Bench", "unreviewed")]
    assert rows(db, "metric", "slug", "k", "review_state", "unit") == [("pass@4", 4, "unreviewed", "percent")]
    assert rows(db, "organization", "slug", "review_state") == [("acme", "unreviewed")]
    assert rows(db, "model", "ingest_id") == rows(db, "ingest", "ingest_id")
    assert report.total("n_new_names") == len(report.new_names) == 4


def test_spellings_of_one_name_are_one_entry(db: Engine, files: Files) -> None:
    """Case and separators do not make a new model, whether in one file or in the next import."""
    files.load(db, files.add("a", run("acme/Foo-7B", "Big Bench", 1.0), run("ACME/foo_7b", "big-bench", 2.0)))
    files.load(db, files.add("b", run("acme/foo 7b", "BIG_BENCH", 3.0)))
    assert rows(db, "model", "slug") == ["acme/foo-7b"]
    assert rows(db, "benchmark", "slug") == ["big-bench"]
    assert sorted(rows(db, "score", "value")) == [1.0, 2.0, 3.0]


MAKERS = ("acme", "umbra", "initech", "hooli", "globex", "stark", "wayne", "tyrell")


@pytest.mark.parametrize("in_one_import", [True, False])
def test_eight_models_of_one_file_name_stay_eight(db: Engine, files: Files, in_one_import: bool) -> None:
    """Eight makers' "model-7b" are eight models, whether the maker stands in the name or beside it."""
    in_name = [run(f"{maker}/model-7b", "b", 1.0) for maker in MAKERS[:4]]
    beside = [run(ModelRecord(name="model-7b", organization=maker), "b", 1.0) for maker in MAKERS[4:]]
    paths = [files.add(f"f{number}", record) for number, record in enumerate([*in_name, *beside])]
    if in_one_import:
        files.load(db, *paths)
    else:
        for path in paths:
            files.load(db, path)
    assert rows(db, "model", "slug") == sorted(f"{maker}/model-7b" for maker in MAKERS)
    assert len(rows(db, "score")) == 8


def test_a_bare_name_is_not_given_to_an_unreviewed_model(db: Engine, files: Files) -> None:
    """A bare name beside an unreviewed "maker/name" is a model of its own, in one import and in two."""
    files.load(db, files.add("a", run("acme/model-7b", "b", 1.0)))
    files.load(db, files.add("b", run("model-7b", "b", 2.0)))
    assert rows(db, "model", "slug") == ["acme/model-7b", "model-7b"]


def test_attempts_at_an_item_are_added_across_batches(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attempts at one item in several batches of a file are one outcome, also when pieces are written between them."""
    batches = [_outcomes(["x", "y"], [1, 0]), _outcomes(["x", "y"], [0, 0]), _outcomes(["x"], [1])]
    monkeypatch.setattr(session, "PIECE", 2)
    (report,) = files.load(db, files.add("a", *batches)).files
    assert rows(db, "outcome", "n_attempts", "n_correct") == [(2, 0), (3, 2)]
    # Hand: item x 2/3, item y 0/2, mean 1/3; items differ in attempts, so none is stated.
    assert rows(db, "score", "value", "n_items", "samples_per_item") == [(pytest.approx(1 / 3, abs=1e-15), 2, None)]
    assert (report.n_runs, report.n_scores) == (1, 1)
    assert _sound(db)


def test_outcomes_counted_are_the_rows_that_stay(db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of outcomes of an import is the number of rows it leaves, however the attempts arrive."""
    monkeypatch.setattr(session, "PIECE", 2)
    (report,) = files.load(db, files.add("a", _outcomes(["x", "y"], [1, 0]), _outcomes(["x", "y"], [0, 0]))).files
    assert report.n_outcomes == 2 == len(rows(db, "outcome"))


def test_derived_scores_stand_where_the_file_states_none(db: Engine, files: Files) -> None:
    """A run with outcomes and no score gets their mean; one with a score keeps that one."""
    block = OutcomeBlock(metric="accuracy", keys=["x", "y", "z", "w"], n_attempts=[1] * 4, n_correct=[1, 1, 1, 0])
    files.load(db, files.add("a", run("derived", "b", outcomes=[block]), run("stated", "b", 75.0, outcomes=[block])))
    assert rows(db, "score", "value", "unit", "n_items", "place") == [
        (0.75, "fraction", 4, "computed from the outcomes of 4 items"), (75.0, "percent", None, None),
    ]  # fmt: skip
    assert rows(db, "score", "stderr") == [None, None]


def test_derived_scores_do_not_depend_on_order(db: Engine, files: Files) -> None:
    """The mean of thirds, fifths and decimals is right to the last bit in any order of the items, and so is its key."""
    n_items = 3000
    keys, attempts = [f"i{n}" for n in range(n_items)], [1 + n % 7 for n in range(n_items)]
    correct, values = [n % (2 + n % 7) for n in range(n_items)], [math.sin(n) ** 2 for n in range(n_items)]
    shuffled = sorted(range(n_items), key=lambda n: n * 7919 % n_items)
    for name, order in (("a", list(range(n_items))), ("b", shuffled)):
        blocks = [
            OutcomeBlock(metric="accuracy", keys=[keys[n] for n in order], n_attempts=[attempts[n] for n in order],
                         n_correct=[correct[n] for n in order]),
            OutcomeBlock(metric="f1", keys=[keys[n] for n in order], n_attempts=[1] * n_items, values=[values[n] for n in order]),
        ]  # fmt: skip
        files.load(db, files.add(name, run(name, "b", outcomes=blocks)))
    shares = [Fraction(right, n) for right, n in zip(correct, attempts, strict=True)]
    expected = {"accuracy": float(sum(shares) / n_items), "f1": math.fsum(values) / n_items}
    for metric, value in rows(db, "score", "metric_label", "value"):
        assert value == pytest.approx(expected[metric], rel=3e-16)
    assert len(set(rows(db, "score", "metric_label", "value"))) == 2


def test_a_mean_of_counts_and_values_weighs_items_alike(db: Engine, files: Files) -> None:
    """Where some items are counts and some are marks, each item has the same weight."""
    block = OutcomeBlock(
        metric="accuracy", keys=["x", "y", "z"], n_attempts=[2, 2, 2], n_correct=[1, 2, None], values=[None, None, 0.25]
    )
    files.load(db, files.add("a", run("m", "b", outcomes=[block])))
    # By hand: a half, a whole and a quarter over three items are seven twelfths.
    assert rows(db, "score", "value", "n_items", "samples_per_item") == [(pytest.approx(7 / 12, abs=1e-15), 3, 2)]


def test_means_of_values_keep_the_metrics_unit(db: Engine, files: Files) -> None:
    """Outcomes that are no counts give a mean in the unit the file states for its values."""
    block = OutcomeBlock(metric="latency", keys=["x", "y"], n_attempts=[1, 1], values=[2.0, 4.0])
    files.load(db, files.add("a", run("m", "b", outcomes=[block])), options=ReadOptions(score_unit=ScoreUnit.SECONDS))
    assert rows(db, "score", "value", "unit") == [(3.0, "seconds")]


def test_the_same_outcomes_from_another_file_stay_as_they_are(db: Engine, files: Files) -> None:
    """Outcomes of a known run are not added a second time."""
    for name in ("a", "b"):
        files.load(db, files.add(name, _outcomes(["x", "y"], [1, 0])))
    assert rows(db, "outcome", "n_attempts", "n_correct") == [(1, 0), (1, 1)]
    assert rows(db, "ingest", "n_outcomes") == [0, 2]
    assert _sound(db)


def _seed_metrics(engine: Engine) -> None:
    from sqlalchemy import insert

    from benchdb.schema.catalog import Metric

    known = {"review_state": "reviewed", "higher_is_better": True, "lower_bound": 0.0}
    with engine.begin() as connection:
        connection.execute(insert(Metric), [
            {"metric_id": text_key("metric", "accuracy"), "slug": "accuracy", "name": "Accuracy", "unit": "percent", "upper_bound": 100.0, **known},
            {"metric_id": text_key("metric", "bleu"), "slug": "bleu", "name": "BLEU", "unit": "points", "upper_bound": 100.0, **known},
        ])  # fmt: skip


OUTSIDE = [
    ("accuracy", 87.3, "fraction", True), ("accuracy", 100.1, "percent", False), ("accuracy", -0.1, "fraction", True),
    ("bleu", 101.0, "points", False),
]  # fmt: skip


@pytest.mark.parametrize(("metric", "value", "unit", "has_hint"), OUTSIDE)
@pytest.mark.parametrize("as_table", [False, True], ids=["record", "table"])
def test_values_outside_the_bounds_are_refused(
    db: Engine, files: Files, metric: str, value: float, unit: str, has_hint: bool, as_table: bool
) -> None:
    """A value that its metric cannot have fails the file; a fraction above one is told how to say percent."""
    _seed_metrics(db)
    record: Any = run("m", "b", scores=(ScoreRecord(metric=metric, value=value, unit=ScoreUnit(unit), place="row 3"),))
    if as_table:
        record = ScoreTable(source=PAPER, rows=pa.table({"model": ["m"], "benchmark": ["b"], "metric": [metric], "value": [value],
                                                         "unit": [unit], "place": ["row 3"]}))  # fmt: skip
    (report,) = files.load(db, files.add("a", record)).files
    assert report.state == FileState.FAILED
    assert report.message is not None
    assert "row 3" in report.message
    assert f"{value:g}" in report.message
    assert ("--score-unit percent" in report.message) == has_hint
    assert rows(db, "score") == []


@pytest.mark.parametrize("value", [0.0, 1.0, 1.0 + 1e-12])
def test_the_bounds_themselves_are_allowed(db: Engine, files: Files, value: float) -> None:
    """Nothing and everything right are values like any other, also with the last bit off."""
    _seed_metrics(db)
    assert files.load(db, files.add("a", run("m", "b", value, unit=ScoreUnit.FRACTION))).states() == {"loaded": 1}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("as_table", [False, True], ids=["record", "table"])
def test_what_is_no_number_is_refused(db: Engine, files: Files, value: float, as_table: bool) -> None:
    """A value that is not finite is no score, and the message says that it is not a number."""
    record: Any = ScoreTable(
        source=PAPER, rows=pa.table({"model": ["m"], "benchmark": ["b"], "metric": ["x"], "value": [value]})
    )
    (report,) = files.load(db, files.add("a", record if as_table else run("m", "b", value))).files
    assert report.state == FileState.FAILED
    assert "is not a number" in (report.message or "")


@pytest.mark.parametrize("column", ["model", "benchmark", "metric", "value"])
def test_a_row_without_a_name_or_value_is_refused(db: Engine, files: Files, column: str) -> None:
    """A table with a hole where a model, benchmark, metric or value must stand fails with the column's name."""
    facts: dict[str, list[Any]] = {
        "model": ["m", "m"],
        "benchmark": ["b", "b"],
        "metric": ["x", "x"],
        "value": [1.0, 2.0],
    }
    facts[column] = [facts[column][0], None]
    (report,) = files.load(db, files.add("a", ScoreTable(source=PAPER, rows=pa.table(facts)))).files
    assert report.state == FileState.FAILED


def test_first_party_follows_from_reporter_and_maker(db: Engine, files: Files) -> None:
    """The maker's own report is first party, another's is not, and where either is unknown nothing is said."""
    by_acme = SourceRecord(kind=SourceKind.PAPER, title="A", organization="Acme", is_file=False)
    files.load(db, files.add("a", run("acme/m", "b", 1.0, source=by_acme), run("umbra/m", "b", 1.0, source=by_acme),
                             run("plain", "b", 1.0, source=by_acme), run("acme/m", "b", 1.0, source=PAPER),
                             run("umbra/n", "b", 1.0, source=by_acme, is_first_party=True)))  # fmt: skip
    found = dict(zip(rows(db, "run", "model_label", "source_id", "is_first_party"), range(5), strict=True))
    assert sorted((label, party) for label, _source, party in found if label != "acme/m") == [
        ("plain", None), ("umbra/m", False), ("umbra/n", True),
    ]  # fmt: skip
    assert {party for label, _source, party in found if label == "acme/m"} == {True, None}


def test_a_fingerprint_ignores_what_does_not_change_the_task(db: Engine, files: Files) -> None:
    """Seed, version of the harness and engine make other protocols of one fingerprint; shots and temperature another."""
    plain = {"n_shot": 5, "temperature": 0.6, "harness": "h"}
    alike = [plain, plain | {"seed": 1}, plain | {"harness_version": "2"}, plain | {"engine": "vllm"}]
    other = [plain | {"n_shot": 0}, plain | {"temperature": 0.0}, plain | {"harness": "g"}, {}]
    files.load(db, files.add("a", *[run("m", "b", 1.0, protocol=settings) for settings in [*alike, *other]]))
    prints = rows(db, "protocol", "protocol_id", "fingerprint")
    assert len({key for key, _print in prints}) == 8
    assert sorted([found for _key, found in prints].count(each) for each in {found for _key, found in prints}) == [
        1,
        1,
        1,
        1,
        4,
    ]


def test_a_setting_is_one_however_its_number_is_written(db: Engine, files: Files) -> None:
    """A temperature of 1, 1.0 or -0.0 beside 0 must not make two protocols."""
    files.load(db, files.add("a", run("m", "b", 1.0, protocol={"temperature": 0.0, "n_shot": 5})))
    files.load(db, files.add("b", run("m", "b", 1.0, protocol={"temperature": 0, "n_shot": 5})))
    files.load(db, files.add("c", run("m", "b", 1.0, protocol={"temperature": -0.0, "n_shot": 5.0})))
    assert len(rows(db, "protocol")) == len(rows(db, "score")) == 1


def test_the_order_of_records_does_not_matter(db: Engine, files: Files, db_twin: Engine) -> None:
    """The same records backwards, in other files, give the same database but for the numbers of items."""
    for engine in (db, db_twin):
        _seed_metrics(engine)
    records: list[Record] = [
        RICH,
        run("m", "b", 1.0),
        run("n/o-7b", "c", 2.0, 3.0),
        _table(3),
        _outcomes(["x", "y", "z"], [1, 0, 1]),
    ]
    files.load(db, files.add("forwards", *records))
    files.load(db_twin, *[files.add(f"backwards-{number}", record) for number, record in enumerate(reversed(records))])
    assert export(db) == export(db_twin)


def test_companions_are_read_along(db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs to another is not unknown, belongs to its identity, and cannot be named alone."""
    from dataclasses import replace

    from benchdb.errors import FormatNotRecognisedError

    main, beside = files.add("results", run("m", "b", 1.0)), files.add("results.samples", content="items")
    owner = replace(files.importer, companions=lambda path: [path.with_name("results.samples")])

    def recognise(path: Path, _columns: object = None, _head: object = None) -> Any:
        if path == main:
            return owner
        raise FormatNotRecognisedError.from_tried(str(path), ["own"])

    monkeypatch.setattr(identity, "recognise", recognise)
    monkeypatch.setattr(identity, "companion_of", lambda path, _head: owner if path == beside else None)
    stray = files.add("stray")
    states = {report.file: report.state for report in files.load(db).files}
    assert states == {str(main): "loaded", str(beside): "read along", str(stray): "unknown"}
    (report,) = files.load(db, beside).files
    assert report.state == FileState.FAILED
    assert "name that one" in (report.message or "")
    before = rows(db, "ingest", "sha256")
    beside.write_text("other items", encoding="utf-8")
    assert files.load(db, main).states() == {"loaded": 1}
    assert len(set(rows(db, "ingest", "sha256")) | set(before)) == 2


def test_options_are_part_of_an_import(db: Engine, files: Files) -> None:
    """The same bytes read with other options are another import."""
    path = files.add("a", run("m", "b", 1.0, unit=None))
    files.load(db, path)
    assert files.load(db, path, options=ReadOptions(score_unit=ScoreUnit.PERCENT)).states() == {"loaded": 1}
    assert rows(db, "ingest", "options") == ['{"score_unit": "percent"}', "{}"]
    assert set(rows(db, "score", "unit")) == {None, "percent"}


def test_hidden_folders_are_left_out_and_missing_paths_refused(db: Engine, files: Files) -> None:
    """Below a folder only what does not hide is read, and a path that is not there stops the import before it starts."""
    hidden = files.folder / ".cache"
    hidden.mkdir()
    (hidden / "a").write_text("x", encoding="utf-8")
    files.add("a", run("m", "b", 1.0))
    assert len(files.load(db).files) == 1
    with pytest.raises(IngestError, match="no such file or folder"):
        files.load(db, files.folder / "nowhere")


def test_a_database_without_schema_is_refused(files: Files, tmp_path: Path) -> None:
    """Importing into a database that has no tables names the command that makes them."""
    from benchdb.database.connect import open_engine

    engine = open_engine(f"duckdb:///{tmp_path / 'bare.duckdb'}")
    with pytest.raises(DatabaseRevisionError, match="benchdb db init"):
        files.load(engine, files.add("a", run("m", "b", 1.0)))
    engine.dispose()


TEXTS = [
    "",
    "a,b",
    'say "so"',
    "two\nlines",
    "\\N",
    "\\.",
    "NULL",
    "naïve 模型 🎉",
    "tab\there",
    "'; DROP TABLE run; --",
    "  spaces  ",
]


def test_any_text_arrives_as_it_was(db: Engine, files: Files) -> None:
    """Commas, quotes, line breaks and what a bulk format may take for NULL are text like any other."""
    records = [
        run("m", "b", float(number), label=text, subset=text, raw={"text": text}) for number, text in enumerate(TEXTS)
    ]
    files.load(db, files.add("a", *records))
    assert sorted(rows(db, "run", "label")) == sorted(TEXTS)
    assert sorted(rows(db, "run", "subset")) == sorted(TEXTS)


NUMBERS = [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -1e-300, 123456789.123456789, 2.0**53 + 2]


def test_any_number_arrives_bit_for_bit(db: Engine, files: Files) -> None:
    """Doubles come back with every bit, the smallest and the largest, too."""
    files.load(db, files.add("a", run("m", "b", *NUMBERS, metric="points", unit=None)))
    assert sorted(rows(db, "score", "value")) == sorted(NUMBERS)


def test_moments_come_back_in_utc(db: Engine, files: Files) -> None:
    """A moment is stored to the microsecond and read back aware."""
    files.load(db, files.add("a", RICH))
    assert rows(db, "run", "ran_at") == [RICH.ran_at]
    assert rows(db, "ingest", "ingested_at") == [NOW]


def test_the_users_home_is_not_kept(db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name kept of a file below the home folder begins with a tilde: a shared database shows nobody's account."""
    monkeypatch.setenv("HOME", str(files.folder))
    files.load(db, files.add("a", run("m", "b", 1.0)))
    assert rows(db, "ingest", "name") == ["~/a"]


def test_shares_of_items_are_fractions_whatever_the_metrics_unit(db: Engine, files: Files) -> None:
    """A win rate in percent whose items hold halves and wholes has a mean of one quarter, said as a fraction."""
    _seed_metrics(db)
    block = OutcomeBlock(metric="accuracy", keys=["x", "y"], n_attempts=[1, 1], values=[0.5, 0.0])
    files.load(db, files.add("a", run("m", "b", outcomes=[block])))
    assert rows(db, "score", "value", "unit") == [(0.25, "fraction")]


def test_items_said_to_be_in_percent_become_fractions(db: Engine, files: Files) -> None:
    """Fifty percent of full marks is a half, once the user says that values are in percent."""
    _seed_metrics(db)
    block = OutcomeBlock(metric="accuracy", keys=["x", "y"], n_attempts=[1, 1], values=[50.0, 100.0])
    files.load(db, files.add("a", run("m", "b", outcomes=[block])), options=ReadOptions(score_unit=ScoreUnit.PERCENT))
    assert rows(db, "outcome", "value") == [0.5, 1.0]
    assert rows(db, "score", "value", "unit") == [(0.75, "fraction")]
