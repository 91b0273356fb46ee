"""Hostile names go into every export and chart, come back equal where the format is read again, and are text where it is shown."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import html5lib
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

import benchdb
from benchdb.api import export_formats
from benchdb.errors import ConfigError, SqlError
from tests.reliability.hostile import (
    COMMON,
    CONTROLS,
    FAULTS,
    FILE,
    ITEMS,
    NAMES,
    fill,
    run,
    score_rows,
    sha256_of,
    without_apostrophe,
    write_csv,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("workplace")
CHARTS: dict[str, tuple[str, ...]] = {
    "grouped-bars": ("-b", COMMON),
    "heat-map": ("-b", COMMON, "-b", ITEMS),
    "leaderboard": ("-b", COMMON),
    "ranks": ("-b", COMMON),
    "differences": (NAMES[3], NAMES[10], "-b", COMMON, "-b", ITEMS),
    "dumbbell": (NAMES[10], NAMES[11], "-b", COMMON, "-b", ITEMS),
    "matrix": ("-b", ITEMS),
    "trend": ("-b", COMMON),
    "pareto": ("-b", COMMON),
    "frontier": ("-b", COMMON, "--by", "weights"),
    "series": (NAMES[10], COMMON),
    "items": ("-b", ITEMS),
    "item-difficulty": ("-b", ITEMS),
    "pass-at-k": ("-b", ITEMS),
    "claims": (NAMES[10], COMMON),
    "conflicts": ("-b", COMMON),
    "noise": ("-b", ITEMS),
    "coverage": ("-b", COMMON, "-b", ITEMS),
}
"""Kinds of charts, with what is asked."""


def claims_of_csv(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a CSV file by the csv module, without the apostrophes that keep a spreadsheet from running a cell."""
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))
    return [{name: without_apostrophe(cell) for name, cell in row.items()} for row in rows]


def claims_of_raw_csv(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a CSV file by the csv module."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "csv": claims_of_csv,
    "jsonl": lambda path: [json.loads(line) for line in path.read_bytes().decode().split("\n") if line],
    "parquet": lambda path: list(pq.read_table(path).to_pylist()),
    "arrow": lambda path: list(pa.ipc.open_file(path).read_all().to_pylist()),
}
"""Formats of rows, and how others read them."""
TABLES = ("html", "latex", "markdown")
DOCUMENTS = ("bibtex", "every-eval-ever", "hf-eval-results", "hf-model-index")


def exported(form: str, hostile: Path, *words: str) -> Path:
    """Return the file or folder that an export wrote, into a place with a hostile name, and from a database left as it was."""
    before = sha256_of(hostile)
    result = run("export", form, "-o", FILE, *words, "--db", hostile)
    assert result.exit_code == 0, result.output
    assert not CONTROLS.search(result.output)
    assert not [fault for fault in FAULTS if fault in result.output]
    assert sha256_of(hostile) == before
    return Path(FILE)


def test_every_format_is_written() -> None:
    """The formats that there are, are those of the tests below."""
    assert sorted(each.name for each in export_formats()) == sorted([*READERS, *TABLES, *DOCUMENTS, "bundle"])


@pytest.mark.parametrize("form", READERS)
def test_rows(form: str, hostile: Path) -> None:
    """The rows of a format, read by another library, hold each name, place, label, setting and subset as the table had it."""
    rows = READERS[form](exported(form, hostile))
    assert len(rows) == len(score_rows()) + len(NAMES)
    for column in ("source_organization", "label", "subset", "harness", "scaffold", "extraction"):
        assert set(NAMES) == {row[column] for row in rows if row.get(column)}, column
    assert set(NAMES) <= {row.get("place") for row in rows}
    assert {row.get("source_title") for row in rows} >= {each["source_title"] for each in score_rows()}


def test_no_cell_is_a_formula(hostile: Path) -> None:
    """No cell of CSV begins like a formula but with --raw, which says so in its help; numbers are numbers."""
    cells = [cell for row in claims_of_raw_csv(exported("csv", hostile)) for cell in row.values()]
    assert {f"'{name}" for name in NAMES if name[0] in "=+@" and name != "+1"} <= set(cells)
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r") and not re.fullmatch(r"[+-]?[\d.e+-]+", cell)]


@pytest.mark.parametrize("form", [*(each for each in READERS if each != "arrow"), "bundle"])
def test_what_is_read_again_is_the_same(form: str, hostile: Path, db_url: str) -> None:
    """An export that is imported into an empty database of either engine brings the names back, word for word."""
    path = exported(form, hostile)
    path = path.rename("again" + {"bundle": ""}.get(form, f".{form}"))
    read = run("ingest", path, "--db", db_url)
    assert read.exit_code == 0, read.output
    with benchdb.connect(db_url, read_only=True) as database:
        found = {name for (name,) in database.sql("SELECT title FROM source", most=None).rows}
    assert found >= {each["source_title"] for each in score_rows()}
    if form == "bundle":
        for name in ("model", "alias", "run", "score", "sample", "outcome", "answer"):
            statement = f"SELECT count(*) FROM {name}"
            with benchdb.connect(hostile, read_only=True) as origin, benchdb.connect(db_url, read_only=True) as copy:
                assert origin.sql(statement).rows == copy.sql(statement).rows


def test_html(hostile: Path) -> None:
    """A parser of HTML finds the names as text and no element that is not of a table."""
    text = exported("html", hostile, "--caption", NAMES[3]).read_text(encoding="utf-8")
    assert not CONTROLS.search(text)
    page = html5lib.parseFragment(text, namespaceHTMLElements=False)
    assert {element.tag for element in page.iter()} <= {
        "DOCUMENT_FRAGMENT", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "strong", "u", "sup",
    }  # fmt: skip
    assert not [element.attrib for element in page.iter() if set(element.attrib) - {"class", "scope", "colspan"}]
    assert {NAMES[3], NAMES[0]} <= {"".join(element.itertext()).partition(" [")[0] for element in page.iter("th")}


def test_latex(hostile: Path) -> None:
    """LaTeX is plain ASCII in which every sign with a meaning belongs to a command of the format or is escaped."""
    text = exported("latex", hostile, "--caption", NAMES[7]).read_text(encoding="ascii")
    assert not CONTROLS.search(text)
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("% Needs", "\\begin", "\\end")))
    assert not re.search(
        r"(?<!\\)[#%_]|\\input|\\x1b|(?<!\\)\$(?!\\(?:pm|sim)\$|\s|\w|\{)",
        body.replace("$\\sim$", "").replace(" $\\pm$ ", " "),
    )
    assert len({line.count(" & ") for line in body.splitlines() if line.endswith("\\\\")}) == 1


def test_markdown(hostile: Path) -> None:
    """No name cuts a cell of Markdown, opens a tag or ends a line."""
    text = exported("markdown", hostile, "--caption", NAMES[3]).read_text(encoding="utf-8")
    assert not CONTROLS.search(text)
    lines = [line for line in text.split("\n") if line.startswith("|")]
    assert len({len(re.split(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert len(lines) - 2 >= len(NAMES)
    assert not re.search(r"(?<!\\)<(?!/?(?:u|sup)>)", text)


@pytest.mark.parametrize("form", DOCUMENTS)
def test_documents(form: str, hostile: Path) -> None:
    """Documents of others hold every model, in files of sound names inside their folder."""
    path = exported(form, hostile)
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    assert all(
        re.fullmatch(r"[\w./-]+", str(file.relative_to(path)).replace("~", "-")) for file in files if file != path
    )
    texts = [file.read_text(encoding="utf-8") for file in files]
    with duckdb.connect(str(hostile), read_only=True) as connection:
        slugs = {slug for (slug,) in connection.execute("SELECT slug FROM model").fetchall()}
    if form == "every-eval-ever":
        found = [json.loads(text) for text in texts]
        assert {each["model_info"]["id"] for each in found} == slugs
        assert {each["model_info"]["name"] for each in found} == set(NAMES)
    elif form == "hf-model-index":
        assert {each["name"] for each in yaml.safe_load(texts[0])["model-index"]} == slugs
    elif form == "hf-eval-results":
        assert len({file.relative_to(path).parts[0] for file in files}) == len(slugs)
        assert len([entry for text in texts for entry in yaml.safe_load(text)]) == len(score_rows()) + len(NAMES)
    else:
        assert texts[0].count("@misc{") == len({each["source_title"] for each in score_rows()}) + 1
        assert not CONTROLS.search(texts[0])
        assert not re.search(r"\\input|(?<!\\)[%#&]", texts[0])


@pytest.mark.parametrize("kind", CHARTS)
def test_charts(kind: str, hostile: Path) -> None:
    """A chart of every kind is JSON that holds the names as text without controls, and expressions that none of them is part of."""
    before = sha256_of(hostile)
    result = run("chart", kind, *CHARTS[kind], "--title", NAMES[10], "-o", f"{FILE}.vl.json", "--db", hostile)
    assert result.exit_code == 0, result.output
    assert not CONTROLS.search(result.output)
    assert sha256_of(hostile) == before
    text = Path(f"{FILE}.vl.json").read_text(encoding="utf-8")
    chart = json.loads(text)
    assert not CONTROLS.search(text)
    assert chart["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert not [
        found for found in expressions(chart) if any(name in found for name in NAMES if name not in {"+1", "@x"})
    ]


def expressions(value: Any) -> list[str]:
    """Return what Vega evaluates in a chart: calculations, tests, filters and signals in text."""
    if isinstance(value, list):
        return [found for each in value for found in expressions(each)]
    if not isinstance(value, dict):
        return []
    own = [
        each
        for name, each in value.items()
        if name in {"calculate", "expr", "test", "filter"} and isinstance(each, str)
    ]
    return own + [
        found for name, each in value.items() if name not in {"datasets", "values"} for found in expressions(each)
    ]


@pytest.mark.parametrize(
    "field",
    ["model", "model_organization", "benchmark", "metric", "subset", "source_title", "harness", "place", "label"],
)
@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_a_nul_in_a_score_is_refused(field: str, suffix: str, hostile: Path, db_url: str) -> None:
    """A file with a NUL in any text is refused by the same words on both engines, seen beforehand, and the database is as it was."""
    refused(
        {**score_rows()[0], "model": "m", "model_organization": "o", "benchmark": "b", field: "a\0b"}, suffix, db_url
    )


@pytest.mark.parametrize("field", ["sample", "answer", "sample_cluster"])
def test_a_nul_in_an_outcome_is_refused(field: str, hostile: Path, db_url: str) -> None:
    """So is one in the key, the cluster or the answer of an item."""
    row = {
        "model": "m",
        "benchmark": "b",
        "metric": "accuracy",
        "sample": "1",
        "n_attempts": 1,
        "n_correct": 1,
        "answer": "x",
        "sample_cluster": "c",
    }
    refused({**row, field: "a\0b"}, ".json", db_url)


def refused(row: dict[str, Any], suffix: str, db_url: str) -> None:
    """Assert that a file of one row is refused, beside one that is not."""
    path = Path(f"nul{suffix}")
    if suffix == ".csv":
        write_csv([row], path)
    else:
        path.write_text(json.dumps([row]), encoding="utf-8")
    Path("good.csv").write_text("model,benchmark,metric,value,unit\ngood,b,accuracy,50,percent\n", encoding="utf-8")
    result = run("ingest", path, "good.csv", "--answers", "--db", db_url)
    assert result.exit_code == 1
    told = " ".join(result.stderr.split())
    assert re.search(
        r'nul\.\w+: \w+\.\w+: expected text that every database can hold, found a NUL character in "a\\x00b"; take it out',
        told,
    ), told
    with benchdb.connect(db_url, read_only=True) as database:
        assert [name for (name,) in database.sql("SELECT slug FROM model").rows] == ["good"]


def test_a_nul_in_a_question_is_refused(db_url: str) -> None:
    """A question about a name with a NUL, and a statement with one, are refused by the same words on both engines."""
    with benchdb.connect(db_url) as database:
        for ask in (
            lambda: database.leaderboard(models=["a\0b"]),
            lambda: database.history("a\0b", "b"),
            lambda: database.coverage(harness="a\0b"),
            lambda: database.claims(sources=["a\0b"]),
            lambda: database.curation.add_alias("x", "a\0b", by="x"),
        ):
            with pytest.raises(ConfigError, match="there is a NUL character in this text"):
                ask()
        with pytest.raises(SqlError, match="there is a NUL character in this statement"):
            database.sql("SELECT 'a\0b'")


def test_both_engines_hold_the_names(db_url: str, tmp_path: Path) -> None:
    """Either engine holds every name as the file had it."""
    fill(tmp_path, db_url)
    with benchdb.connect(db_url, read_only=True) as database:
        for table, column in (
            ("model", "name"),
            ("organization", "name"),
            ("run", "label"),
            ("sample", "key"),
            ("sample", "cluster"),
            ("protocol", "scaffold"),
        ):
            held = {name for (name,) in database.sql(f"SELECT DISTINCT {column} FROM {table}", most=None).rows if name}
            assert held == set(NAMES), (table, column)


def test_names_that_differ_in_signs_alone_have_files_of_their_own(db_url: str) -> None:
    """Two benchmarks, and two models, whose names make the same file name lose nothing to each other."""
    names = [(model, benchmark) for model in ("o/m+1", "o/m@1") for benchmark in ("a/b", "a+b", "a@b")]
    rows = [
        {"model": model, "benchmark": benchmark, "metric": "accuracy", "value": n, "unit": "percent"}
        for n, (model, benchmark) in enumerate(names)
    ]
    write_csv(rows, Path("signs.csv"))
    assert run("ingest", "signs.csv", "--db", db_url).exit_code == 0
    assert run("export", "hf-eval-results", "-o", "signs", "--db", db_url).exit_code == 0
    texts = [path.read_text(encoding="utf-8") for path in Path("signs").rglob("*.yaml")]
    assert sorted(entry["value"] for text in texts for entry in yaml.safe_load(text)) == list(range(len(rows)))
