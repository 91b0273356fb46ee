"""benchdb's own tables: every shape in every file format, with expected values read from the fixtures by eye."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchdb.errors import BenchdbError, ConfigError, MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.table import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, read_head
from benchdb.ingest.records import PROTOCOL_FIELDS, OutcomeTable, ScoreTable
from benchdb.ingest.tables.fields import KINDS
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).parents[1] / "data" / "table"
FIXTURES = sorted(path for path in DATA.iterdir() if path.suffix != ".md")
SEEDS = sorted((Path(__file__).parents[2] / "seeds" / "claims").glob("*.yaml"))


class TestConformance(ImporterConformance):
    """What holds for every importer; a table cut behind a row is a shorter table, and other leaderboards are tables too."""

    importer = IMPORTER
    fixtures: ClassVar = [path for path in FIXTURES if path.suffix != ".tsv"]
    foreign: ClassVar = sorted(
        path
        for path in DATA.parent.rglob("*.*")
        if path.is_file() and "table" not in path.parts and path.suffix != ".csv"
    )
    cut_is_error = False


class TestTablesWithoutMetric(ImporterConformance):
    """The same where the user says the metric."""

    importer = IMPORTER
    fixtures: ClassVar = [path for path in FIXTURES if path.suffix == ".tsv"]
    options: ClassVar = ReadOptions(columns={"metric": "=accuracy"})
    cut_is_error = False


def rows_of(path: Path, options: ReadOptions | None = None) -> list[dict[str, Any]]:
    """Return all rows of a file as dictionaries without nulls."""
    tables = [
        record.rows for record in read(path, options or ReadOptions()) if isinstance(record, ScoreTable | OutcomeTable)
    ]
    return [
        {name: value for name, value in row.items() if value is not None}
        for table in tables
        for row in table.to_pylist()
    ]


def write(tmp_path: Path, text: str, name: str = "t.csv") -> Path:
    """Return a file with this text."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def options(unit: ScoreUnit | None = None, **columns: str) -> ReadOptions:
    """Return options with a unit and column maps."""
    return ReadOptions(columns=columns, score_unit=unit)


@pytest.mark.parametrize("path", [*FIXTURES, *SEEDS], ids=lambda path: path.name)
def test_own_files_are_recognised(path: Path) -> None:
    """Every fixture and every shipped table of claims is recognised from its content, whatever it is called."""
    assert sniff(read_head(path), "renamed.bin")


def test_long_csv() -> None:
    """Values keep their decimals, missing scores are left out, and rows are numbered from the header."""
    first, second, third = rows_of(DATA / "scores.csv")
    assert first == {
        "model": "AM-Distill-Qwen-32B", "benchmark": "AIME 2024", "metric": "pass@1", "value": 72.7, "decimals": 1, "unit": "percent",
        "n_items": 30, "temperature": 0.6, "is_first_party": True, "label": "a", "place": "row 2",
    }  # fmt: skip
    assert (second["value"], second["decimals"], second["stderr"], second["place"]) == (96.2, 2, 0.4, "row 3")
    assert (third["window_start_on"], third["is_first_party"], third["place"]) == (date(2024, 8, 1), False, "row 5")
    assert "n_items" not in third


def test_synonyms_and_signs_in_tsv() -> None:
    """Headings "Task" and "Score" are understood, and a "%" or "~" in a cell says unit and approximation."""
    first, second = rows_of(DATA / "scores.tsv", options(metric="=pass@1"))
    assert first == {
        "model": "AM-Distill-Qwen-72B", "benchmark": "AIME 2024", "metric": "pass@1", "value": 76.5, "decimals": 1, "unit": "percent",
        "is_approximate": False, "place": "row 2",
    }  # fmt: skip
    assert (second["value"], second["is_approximate"], second["unit"]) == (97.0, True, "percent")


def test_columns_of_a_wide_table_print_their_numbers_differently(tmp_path: Path) -> None:
    """Plain numbers stand beside approximate ones and missing ones, each column with its own decimals."""
    path = write(tmp_path, "Model,A,B,C\nm,50,~97.0,\n")
    rows = rows_of(path, options(ScoreUnit.PERCENT, metric="=accuracy"))
    found = [(row["benchmark"], row["value"], row["decimals"], row.get("is_approximate")) for row in rows]
    assert found == [("A", 50.0, 0, None), ("B", 97.0, 1, True)]


def test_wide_csv() -> None:
    """Each benchmark column becomes scores with the metric and unit of its heading; facts and averages are no benchmarks."""
    rows = rows_of(DATA / "wide.csv")
    found = [(row["model"], row["benchmark"], row["metric"], row["value"], row["unit"], row["place"]) for row in rows]
    assert found == [
        ("AM-Distill-Qwen-32B", "AIME 2024", "Pass@1", 72.7, "percent", "row 2, column AIME 2024 (Pass@1) %"),
        ("DeepSeek-R1-Distill-Qwen-32B", "AIME 2024", "Pass@1", 72.6, "percent", "row 3, column AIME 2024 (Pass@1) %"),
        ("AM-Distill-Qwen-32B", "MATH-500", "Pass@1", 96.2, "percent", "row 2, column MATH-500 (Pass@1)"),
        ("DeepSeek-R1-Distill-Qwen-32B", "MATH-500", "Pass@1", 94.3, "percent", "row 3, column MATH-500 (Pass@1)"),
        ("DeepSeek-R1-Distill-Qwen-32B", "CodeForces", "rating", 1691.0, "elo", "row 3, column CodeForces rating"),
    ]
    assert {row["model_organization"] for row in rows} == {"a-m-team", "deepseek-ai"}


def test_averages_are_read_on_request() -> None:
    """With all metrics asked for, the average of a wide table is a score marked as an aggregate."""
    wanted = ReadOptions(columns={"metric": "=pass@1"}, score_unit=ScoreUnit.PERCENT, all_metrics=True)
    averages = [row for row in rows_of(DATA / "wide.csv", wanted) if row["is_aggregate"]]
    assert [(row["benchmark"], row["value"]) for row in averages] == [("Average", 73.1), ("Average", 71.6)]


def test_outcomes_of_items() -> None:
    """Rows with an item are outcomes; an item without a result is left out."""
    (record,) = read(DATA / "samples.jsonl", ReadOptions())
    assert isinstance(record, OutcomeTable)
    assert record.rows.schema.field("n_correct").type == pa.int32()
    facts = [(row["sample"], row["n_correct"], row["n_shot"]) for row in record.rows.to_pylist()]
    assert facts == [("sum/1", 1, 5), ("sum/2", 0, 5)]
    assert list(read(DATA / "samples.jsonl", ReadOptions(with_samples=False))) == []


def test_json_of_rows_and_of_columns() -> None:
    """A list of objects and an object of lists are the same table; text keeps its decimals, numbers have none."""
    (row,) = rows_of(DATA / "rows.json")
    assert (row["value"], row["ran_at"], row["place"]) == (0.5, datetime(2025, 3, 25, tzinfo=UTC), "row 1")
    assert "decimals" not in row
    columns = rows_of(DATA / "columns.json")
    assert [(each["benchmark"], each["value"], each["decimals"]) for each in columns] == [
        ("Toy Sums", 0.5, 1),
        ("Toy Maps", 0.25, 3),
    ]


def test_document_of_claims() -> None:
    """A document gives its source, fills in its defaults, and a row's own fields and place win."""
    (record,) = read(DATA / "document.yaml", ReadOptions())
    source = record.source
    assert (source.kind, source.organization, source.published_on) == (SourceKind.PAPER, "a-m-team", date(2025, 3, 25))
    assert (source.is_file, source.retrieved_at) == (False, datetime(2026, 11, 24, tzinfo=UTC))
    first, second, third = rows_of(DATA / "document.yaml")
    assert first == {
        "model": "AM-Distill-Qwen-32B", "benchmark": "AIME 2024", "metric": "pass@1", "value": 72.7, "decimals": 1, "unit": "percent",
        "temperature": 0.6, "samples_per_item": 16, "place": "Table 2, row 3", "is_approximate": False,
    }  # fmt: skip
    assert (second["samples_per_item"], second["place"], second["decimals"]) == (4, "Table 2", 2)
    assert (second["window_start_on"], second["window_end_on"]) == (date(2024, 8, 1), date(2025, 1, 31))
    assert second["is_first_party"] is True
    assert (third["ran_at"], third["is_approximate"]) == (datetime(2025, 3, 1, tzinfo=UTC), True)


def test_every_protocol_setting_may_be_a_column() -> None:
    """The fields of a table cover every setting of a protocol."""
    assert set(PROTOCOL_FIELDS) <= KINDS.keys()


HEADER = "model,benchmark,metric,value,unit\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEADER + "m,b,acc,1,percent\nm,b,acc,high,percent\n",
            'row 3, column "value": expected a number, found "high"',
        ),
        (HEADER + "m,b,acc,71.3/68.2,percent\n", 'row 2, column "value": expected one number, found "71.3/68.2"'),
        (HEADER + "m,b,acc,1,percents\n", 'row 2, column "unit": expected one of fraction, percent'),
        (HEADER + "m,b,acc,1,percents\n", "Did you mean percent?"),
        (
            HEADER + "m,b,acc,1,percent\n,b,acc,2,percent\n",
            'row 3, column "model": expected the name of a model, found nothing',
        ),
        (HEADER + "m,b,acc,1%,fraction\n", "one unit for a value"),
        (HEADER + "m,b,acc,1\n", "as many cells as the header"),
        ("model,benchmark,value\nm,b,1\n", "--map metric=COLUMN, or --map metric==accuracy"),
        ("benchmark,metric,value\nb,acc,1\n", "--map model=COLUMN"),
        ("model,benchmark,metric,value,temprature\nm,b,acc,1,0\n", "Did you mean temperature?"),
        (
            "model,benchmark,metric,value,n_shot\nm,b,acc,1,five\n",
            'column "n_shot": expected a whole number, not negative, found "five"',
        ),
        (
            "model,benchmark,metric,value,n_shot\nm,b,acc,1,-1\n",
            'column "n_shot": expected a whole number, not negative, found "-1"',
        ),
        (
            "model,benchmark,metric,value,n_items\nm,b,acc,1,30\nm,b,acc,1,0\n",
            'row 3, column "n_items": expected at least 1, found "0"',
        ),
        ("model,benchmark,metric,value,stderr\nm,b,acc,1,-0.5\n", 'column "stderr": expected at least 0, found "-0.5"'),
        ("model,benchmark,metric,value,ci_level\nm,b,acc,1,95\n", "a share between 0 and 1"),
        ("model,benchmark,metric,value,ran_at\nm,b,acc,1,soon\n", 'column "ran_at": expected a time'),
        ("model,benchmark,metric,sample\nm,b,acc,1\n", "either a column n_correct"),
        ("model,benchmark,metric,sample,n_correct\nm,b,acc,1,2\n", "at most as many right attempts as attempts"),
        (
            "model,benchmark,metric,sample,correct\nm,b,acc,1,perhaps\n",
            'column "correct": expected true or false, found "perhaps"',
        ),
        ("model,value,value,metric\nm,1,2,acc\n", 'more than one column "value"'),
        ("model,MMLU (EM)\nm,1\n", "--score-unit percent"),
        ("model,MMLU %\nm,1\n", "--map metric==pass@1"),
        ("model,accuracy %\nm,1\n", "--map benchmark==NAME"),
        ("model,MMLU (EM) %\nm,good\n", 'row 2, column "MMLU (EM) %": expected a number, found "good"'),
        (HEADER, "rows below the header"),
        ("", "expected a table"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    """A table that cannot be read names the file, the row, the column, what stands there and what to do."""
    path = write(tmp_path, text)
    with pytest.raises(MalformedFileError) as caught:
        rows_of(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "source: {kind: paper, title: t}\nrows: [{model: m, benchmark: b, metric: a, valeu: 1}]",
            "Did you mean value?",
        ),
        ("source: {kind: papers, title: t}\nrows: []", "Did you mean paper?"),
        ("source: {kind: paper}\nrows: []", "a title or a url"),
        ("source: {kind: paper, title: t, published: 2025-01-01}\nrows: []", "Did you mean published_on?"),
        ("source: {kind: paper, title: t, published_on: soon}\nrows: []", "source.published_on"),
        ("source: {kind: paper, title: t}\nrows: {a: b}", "a list of objects"),
        ("source: {kind: paper, title: t}\nrows: [a]", "row 1"),
        ("source: [paper]\nrows: []", "expected an object"),
        ("source: {kind: paper, title: t}\nrow: []", '"row"'),
        ("source: {kind: paper, title: t", "expected YAML"),
        ("source: {kind: paper, title: t}\nrows: [{model: m, benchmark: b, metric: a, value: [1]}]", "a plain value"),
    ],
)
def test_what_is_wrong_with_a_document_is_said(tmp_path: Path, text: str, said: str) -> None:
    """A document that cannot be read names the key and what to write instead."""
    with pytest.raises(MalformedFileError, match=r"t\.yaml") as caught:
        rows_of(write(tmp_path, text, "t.yaml"))
    assert said in str(caught.value)


def test_options_name_columns_constants_and_what_to_leave_out(tmp_path: Path) -> None:
    """`--map` names a column, gives every row the same text, leaves columns out, and refuses fields that do not exist."""
    path = write(tmp_path, "system,exam,points,colour\nm,b,50,red\n")
    mapped = options(
        ScoreUnit.PERCENT,
        model="system",
        benchmark="exam",
        value="points",
        metric="=accuracy",
        split="=test",
        ignore="colour",
    )
    assert rows_of(path, mapped) == [
        {
            "model": "m",
            "benchmark": "b",
            "value": 50.0,
            "decimals": 0,
            "metric": "accuracy",
            "split": "test",
            "unit": "percent",
            "place": "row 2",
        }
    ]
    with pytest.raises(MalformedFileError, match='--map FIELD="colour"'):
        rows_of(path, options(model="system", benchmark="exam", value="points", metric="=accuracy"))
    with pytest.raises(ConfigError, match=r"Did you mean model\?"):
        rows_of(path, options(modle="system"))
    with pytest.raises(MalformedFileError, match='a column "sistem"'):
        rows_of(path, options(model="sistem"))


def test_one_column_of_a_wide_table_may_be_described(tmp_path: Path) -> None:
    """The keys "metric.COLUMN" and "unit.COLUMN" speak of one column of a wide table, the plain names of all others."""
    path = write(tmp_path, "model,MMLU,Arena\nm,80.5,1250\n")
    said = {"metric": "=accuracy", "unit": "=percent", "metric.Arena": "=elo"}
    rows = rows_of(path, ReadOptions(columns=said))
    assert [(row["benchmark"], row["metric"], row["unit"], row["value"]) for row in rows] == [
        ("MMLU", "accuracy", "percent", 80.5),
        ("Arena", "elo", "elo", 1250.0),
    ]


def test_byte_order_mark_semicolons_and_quoted_line_breaks(tmp_path: Path) -> None:
    """A spreadsheet's export with a byte-order mark, semicolons and line breaks inside cells is read as it is meant."""
    path = write(tmp_path, '\ufeffmodel;benchmark;metric;value;notes\n"a\nb";x;acc;1.50;"n;m"\nc;x;acc;2;\n')
    assert sniff(read_head(path), path.name)
    rows = rows_of(path)
    assert [(row["model"], row["value"], row["decimals"], row["place"]) for row in rows] == [
        ("a\nb", 1.5, 2, "row 2"),
        ("c", 2.0, 0, "row 3"),
    ]


def test_full_precision_has_no_decimals(tmp_path: Path) -> None:
    """A float written in full and a number with an exponent are not rounded numbers."""
    rows = rows_of(
        write(tmp_path, HEADER + "m,b,acc,0.6504059250818972,fraction\nm,c,acc,1e-3,fraction\nm,d,acc,0.65,fraction\n")
    )
    assert [row.get("decimals") for row in rows] == [None, None, 2]


def test_typed_parquet_columns(tmp_path: Path) -> None:
    """Parquet's own types are taken as they are: decimal numbers keep their scale, dictionaries their encoding."""
    path = tmp_path / "t.parquet"
    table = pa.table(
        {
            "model": pa.array(["m", "m"]).dictionary_encode(),
            "benchmark": ["b", "c"],
            "metric": ["acc", "acc"],
            "value": pa.array(["72.70", "1.25"]).cast(pa.decimal128(6, 2)),
            "n_shot": pa.array([5.0, None]),
            "ran_at": pa.array([datetime(2025, 1, 2, 3, tzinfo=UTC), None], pa.timestamp("ms", "UTC")),
            "label": [1, 2],
        }
    )
    pq.write_table(table, path)
    (record,) = read(path, ReadOptions())
    assert isinstance(record, ScoreTable)
    assert pa.types.is_dictionary(record.rows.schema.field("model").type)
    first, second = rows_of(path)
    assert (first["value"], first["decimals"], first["n_shot"], first["label"]) == (72.7, 2, 5, "1")
    assert first["ran_at"] == datetime(2025, 1, 2, 3, tzinfo=UTC)
    assert second["place"] == "row 2"


def test_json_lines_with_mixed_types_and_bare_nan(tmp_path: Path) -> None:
    """A column that mixes numbers and text is read as text, and a bare NaN is a missing score."""
    lines = [
        '{"model": "m", "benchmark": "b", "metric": "acc", "value": 1.5, "label": "2025-03-25"}',
        '{"model": "m", "benchmark": "c", "metric": "acc", "value": "2.50", "label": 7}',
        '{"model": "m", "benchmark": "d", "metric": "acc", "value": NaN}',
    ]
    rows = rows_of(write(tmp_path, "\n".join(lines), "t.jsonl"))
    assert [(row["value"], row["label"]) for row in rows] == [(1.5, "2025-03-25"), (2.5, "7")]


def test_harness_files_are_not_claimed(shared_samples: Path) -> None:
    """No file of another tool is taken for a table of ours, but for wide tables that are exactly of that shape."""
    claimed = {
        path.parent.name for path in shared_samples.rglob("*") if path.is_file() and sniff(read_head(path), path.name)
    }
    assert claimed <= {"livebench"}


def test_rows_that_are_blank_hold_no_score(tmp_path: Path) -> None:
    """A row of empty cells, a batch without any value and a file cut into batches lose no other row."""
    path = write(tmp_path, HEADER + ",,,,\nm,b,acc,7,percent\n")
    assert [(row["model"], row["place"]) for row in rows_of(path)] == [("m", "row 3")]
    assert rows_of(write(tmp_path, HEADER + "m,b,acc,,percent\n")) == []


def test_one_object_is_one_row(tmp_path: Path) -> None:
    """A single object without lists is a table of one row, whether on one line or several."""
    row = {"model": "m", "benchmark": "b", "metric": "acc", "value": 0.5}
    for indent in (None, 2):
        path = write(tmp_path, json.dumps(row, indent=indent), "t.json")
        assert sniff(read_head(path), path.name)
        assert [each["value"] for each in rows_of(path)] == [0.5]


def test_columns_of_unequal_length_are_refused(tmp_path: Path) -> None:
    """An object of columns names the column that is too short."""
    path = write(tmp_path, '{"model": ["a", "b"], "benchmark": ["c"]}', "t.json")
    with pytest.raises(MalformedFileError, match="benchmark: expected a list of 2 values"):
        rows_of(path)


def test_a_document_may_be_long(tmp_path: Path) -> None:
    """A JSON document is recognised although its rows do not fit into the head, and so is a long Parquet file."""
    rows = [{"model": f"m{number}", "benchmark": "b", "metric": "acc", "value": number % 100} for number in range(3000)]
    document = {
        "source": {"kind": "leaderboard", "url": "https://example.org"},
        "defaults": {"unit": "percent"},
        "rows": rows,
    }
    path = write(tmp_path, json.dumps(document), "t.json")
    assert sniff(read_head(path), path.name)
    assert len(rows_of(path)) == 3000
    long = tmp_path / "t.parquet"
    pq.write_table(pa.Table.from_pylist(rows * 30), long, compression="none", use_dictionary=False)
    assert sniff(read_head(long), long.name)
    assert not sniff(read_head(long), "details_t.parquet")
    assert len(rows_of(long)) == 90_000


@pytest.mark.parametrize(
    "head",
    [
        b"PAR1 and then nothing",
        b"{",
        b"[1, 2]",
        b'{"a": 1}',
        b"",
        b"\xff\xfe\x00",
        b"- a: [",
        b"a,b\n1,2\n",
        b"source: [\nrows:\n",
    ],
)
def test_other_files_are_not_claimed(head: bytes) -> None:
    """Broken and foreign beginnings are not taken for a table."""
    assert not sniff(head, "t.csv")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.parquet", b"PAR1nothing"),
        ("t.json", b'["a"]'),
        ("t.json", b'{"a": '),
        ("t.json", b'{"a": {}}'),
        ("t.jsonl", b'{"model": "m"}\n{"model": \n'),
    ],
)
def test_broken_files_are_errors_of_ours(tmp_path: Path, name: str, data: bytes) -> None:
    """A file that is not what it begins as is refused with its name."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(MalformedFileError, match=name):
        rows_of(path)


def test_typed_columns_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    """A Parquet column whose type cannot be the field's names the column; a column of nulls says nothing."""
    path = tmp_path / "t.parquet"
    base = {"model": ["m"], "benchmark": ["b"], "metric": ["acc"], "value": pa.array([1], pa.int64())}
    pq.write_table(pa.table({**base, "window_end": pa.array([True])}), path)
    with pytest.raises(MalformedFileError, match="window_end"):
        rows_of(path)
    clock = pa.array(["2025-01-03T04:00:00"]).cast(pa.timestamp("us"))
    extra = {"seed": pa.nulls(1), "ran_at": pa.array([date(2025, 1, 2)]), "window_end": clock}
    pq.write_table(pa.table({**base, **extra, "split": pa.array(["a"], pa.large_string())}), path)
    (row,) = rows_of(path)
    assert (row["ran_at"], row["window_end_on"], row["split"]) == (
        datetime(2025, 1, 2, tzinfo=UTC),
        date(2025, 1, 3),
        "a",
    )
    assert "seed" not in row


def test_view_of_what_else_parquet_may_hold(tmp_path: Path) -> None:
    """Settings in dictionary columns are converted once a word, and a wrong word there is found in its row."""
    path = tmp_path / "t.parquet"
    base = {
        "model": ["m", "m"],
        "benchmark": ["b", "b"],
        "metric": ["acc", "f1"],
        "value": pa.array(["50%", "60%"]).dictionary_encode(),
    }
    pq.write_table(
        pa.table(
            {**base, "unit": pa.array(["percent", "n/a"]).dictionary_encode(), "stderr": pa.array([1.5, float("nan")])}
        ),
        path,
    )
    assert [(row["value"], row["unit"], row.get("stderr")) for row in rows_of(path)] == [
        (50.0, "percent", 1.5),
        (60.0, "percent", None),
    ]
    pq.write_table(pa.table({**base, "n_shot": pa.array(["5", "many"]).dictionary_encode()}), path)
    with pytest.raises(MalformedFileError, match='row 2, column "n_shot"'):
        rows_of(path)


def test_columns_of_wide_tables_may_state_shots_and_a_column_of_benchmarks_may_be_missing(tmp_path: Path) -> None:
    """Shots in a heading are a setting of that column, and a wide table of nothing but averages is refused."""
    (row,) = rows_of(write(tmp_path, "model,DROP (3-shot F1) %\nm,91.6\n"))
    assert (row["benchmark"], row["metric"], row["n_shot"]) == ("DROP", "F1", 3)
    with pytest.raises(MalformedFileError, match="a column for a benchmark"):
        rows_of(write(tmp_path, "model,Average\nm,91.6\n"))


def test_values_with_errors_beside_them(tmp_path: Path) -> None:
    """Standard errors printed behind the values become the claims' errors."""
    rows = rows_of(write(tmp_path, HEADER + "m,b,acc,71.3 ± 0.4,percent\nm,c,acc,70,percent\n"))
    assert [(row["value"], row.get("stderr"), row["decimals"]) for row in rows] == [(71.3, 0.4, 1), (70.0, None, 0)]


def test_outcomes_with_values_and_attempts(tmp_path: Path) -> None:
    """Outcomes may be means over attempts, or counts of right attempts, as text or as numbers."""
    (first, second) = rows_of(
        write(tmp_path, "model,benchmark,metric,item,score\nm,b,f1,1,0.25\nm,b,f1,2,n/a\nm,b,f1,3,1\n")
    )
    assert (first["sample"], first["value"], second["sample"]) == ("1", 0.25, "3")
    (counted,) = rows_of(write(tmp_path, "model,benchmark,metric,item,n_correct,attempts\nm,b,pass@1,1,3,4\n"))
    assert (counted["n_correct"], counted["n_attempts"]) == (3, 4)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_file_cut_anywhere_is_an_error_or_a_shorter_table(path: Path, tmp_path: Path) -> None:
    """Whatever byte a file ends at, reading it gives rows or an error of ours."""
    data, cut = path.read_bytes(), tmp_path / path.name
    for end in range(len(data)):
        cut.write_bytes(data[:end])
        try:
            rows_of(cut)
        except BenchdbError:
            continue


def test_same_bytes_give_the_same_records() -> None:
    """Reading twice gives equal tables."""
    for path in FIXTURES:
        assert rows_of(path, options(metric="=x", ignore="Average")) == rows_of(
            path, options(metric="=x", ignore="Average")
        )


NAMES = st.text(st.characters(categories=("L", "N"), include_characters="-_/.@ ()'"), min_size=2, max_size=20).filter(
    lambda name: (
        name == name.strip() and name.casefold() not in {"n/a", "nan", "null", "--"} and any(map(str.isalpha, name))
    )
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "model": NAMES,
            "benchmark": NAMES,
            "metric": st.sampled_from(["accuracy", "pass@1", "F1"]),
            "value": st.decimals(-1000, 1000, places=2).map(lambda value: f"{value:.2f}"),
            "unit": st.sampled_from(["percent", "fraction", "elo"]),
            "n_shot": st.integers(0, 64),
            "temperature": st.one_of(st.none(), st.sampled_from([0.0, 0.6, 1.0])),
            "is_first_party": st.one_of(st.none(), st.booleans()),
            "window_end_on": st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        }
    ),
    min_size=1,
    max_size=20,
)


def _write_as(suffix: str, rows: Sequence[dict[str, Any]], path: Path) -> None:
    plain = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()} for row in rows
    ]
    if suffix == "json":
        path.write_text(json.dumps(plain), encoding="utf-8")
    elif suffix == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in plain), encoding="utf-8")
    elif suffix == "yaml":
        path.write_text(yaml.safe_dump(list(rows), allow_unicode=True), encoding="utf-8")
    elif suffix == "parquet":
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    else:
        pa_csv.write_csv(
            pa.Table.from_pylist(plain), path, pa_csv.WriteOptions(delimiter="\t" if suffix == "tsv" else ",")
        )


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "yaml", "parquet"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=ROWS)
def test_any_table_comes_back_from_any_format(suffix: str, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    """Rows written in any of the six formats are read as the same rows."""
    path = tmp_path / f"t.{suffix}"
    _write_as(suffix, rows, path)
    assert sniff(read_head(path), path.name)
    found = rows_of(path)
    for row, back in zip(rows, found, strict=True):
        expected = {name: value for name, value in row.items() if value is not None}
        assert {name: back.get(name) for name in expected} == {**expected, "value": float(row["value"])}
        assert back["decimals"] == 2


ITEMS = st.dictionaries(
    NAMES, st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1
)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "yaml", "parquet"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(model=NAMES, items=ITEMS)
def test_any_outcomes_come_back_from_any_format(
    suffix: str, model: str, items: dict[str, tuple[int, int]], tmp_path: Path
) -> None:
    """Items with their attempts and right attempts, written in any of the six formats, are read as the same items."""
    rows = [
        {
            "model": model,
            "benchmark": "Quiz 1",
            "metric": "accuracy",
            "sample": key,
            "n_attempts": n,
            "n_correct": right,
        }
        for key, (n, right) in items.items()
    ]
    path = tmp_path / f"t.{suffix}"
    _write_as(suffix, rows, path)
    found = [
        row
        for record in read(path, ReadOptions())
        if isinstance(record, OutcomeTable)
        for row in record.rows.to_pylist()
    ]
    assert {row["sample"]: (row["n_attempts"], row["n_correct"]) for row in found} == items
    assert {(row["model"], row["benchmark"], row["metric"]) for row in found} == {(model, "Quiz 1", "accuracy")}
    assert len(found) == len(items)


VALUES = st.one_of(st.none(), st.decimals(0, 100, places=1).map(lambda value: f"{value:.1f}"))


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "yaml", "parquet"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    cells=st.dictionaries(NAMES, st.tuples(VALUES, VALUES), min_size=1).filter(
        lambda cells: any(map(any, cells.values()))
    )
)
def test_any_wide_table_comes_back_from_any_format(
    suffix: str, cells: dict[str, tuple[str | None, str | None]], tmp_path: Path
) -> None:
    """Each cell of a wide table is a score of its model on its column's benchmark, and an empty one is none."""
    rows = [{"model": model, "Quiz 1": first, "Quiz 2": second} for model, (first, second) in cells.items()]
    path = tmp_path / f"t.{suffix}"
    _write_as(suffix, rows, path)
    said = ReadOptions(columns={"metric": "=accuracy"}, score_unit=ScoreUnit.PERCENT)
    found = [row for record in read(path, said) if isinstance(record, ScoreTable) for row in record.rows.to_pylist()]
    assert {(row["model"], row["benchmark"], row["value"]) for row in found} == {
        (model, f"Quiz {number}", float(value))
        for model, pair in cells.items()
        for number, value in enumerate(pair, start=1)
        if value is not None
    }


def test_the_importer_is_complete() -> None:
    """The importer carries its name and is asked after every format with a signature."""
    assert (IMPORTER.name, IMPORTER.priority) == ("table", 80)
