"""Results hand themselves over: Arrow, pandas, polars, DuckDB, HTML; nothing is lost and nothing hostile gets through."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import benchdb
from benchdb.api.result import Result, arrow_schema
from benchdb.api.results.listing import Listing
from benchdb.errors import ChartError
from benchdb.rows.catalogue import ModelEntry, SourceEntry, SuiteEntry
from benchdb.rows.leaderboard import Standing
from docs.generate import row_classes

if TYPE_CHECKING:
    from benchdb import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A row with a field of every type."""

    name: str
    size: int | None
    value: float
    is_known: bool
    on: date | None
    at: datetime | None
    words: tuple[str, ...]


FACTS = (
    Fact(name="a", size=2**62, value=0.1, is_known=True, on=date(2025, 1, 2), at=datetime(2025, 1, 2, 3, tzinfo=UTC), words=("x", "y")),
    Fact(name="<b>", size=None, value=-1.5, is_known=False, on=None, at=None, words=()),
)  # fmt: skip


class _Facts(Result[Fact]):
    def table(self) -> tuple[list[str], list[list[str]]]:
        return ["<name>", "size"], [[row.name, str(row.size)] for row in self.rows]


@pytest.fixture
def facts() -> _Facts:
    """Two rows with every type of field."""
    return _Facts(FACTS, Fact, title='<script>alert("t")</script>', notes=("a & b",))


RECORDS = [
    {"name": "a", "size": 2**62, "value": 0.1, "is_known": True, "on": date(2025, 1, 2), "at": datetime(2025, 1, 2, 3, tzinfo=UTC), "words": ["x", "y"]},
    {"name": "<b>", "size": None, "value": -1.5, "is_known": False, "on": None, "at": None, "words": []},
]  # fmt: skip


def test_arrow_has_a_typed_column_for_each_field(facts: _Facts) -> None:
    """Every field is a column of its own type, and every value comes back as it was."""
    table = facts.to_arrow()
    assert table.schema.types == [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us", "UTC"),
        pa.list_(pa.string()),
    ]
    assert table.to_pylist() == RECORDS


def test_pyarrow_takes_a_result(facts: _Facts) -> None:
    """`pyarrow.table(result)` reads it through the PyCapsule interface."""
    assert pa.table(facts).to_pylist() == RECORDS


def test_polars_takes_a_result(facts: _Facts) -> None:
    """`polars.DataFrame(result)` and `to_polars` give the same rows."""
    assert pl.DataFrame(facts).to_dicts() == RECORDS
    assert facts.to_polars().to_dicts() == RECORDS


def test_pandas_takes_a_result(facts: _Facts) -> None:
    """`to_pandas` gives a frame with the same columns and values."""
    frame = facts.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [field.name for field in fields(Fact)]
    assert frame["value"].tolist() == [0.1, -1.5]


def test_duckdb_takes_a_result(facts: _Facts) -> None:
    """DuckDB queries a result by the name of its variable."""
    connection = duckdb.connect()
    connection.register("facts", facts)
    assert connection.execute("SELECT name, value FROM facts ORDER BY value").fetchall() == [("<b>", -1.5), ("a", 0.1)]
    connection.unregister("facts")
    connection.close()


def test_a_result_without_rows_keeps_its_columns() -> None:
    """No rows are an Arrow table of no rows, with every column and its type."""
    empty = _Facts((), Fact, title="nothing")
    assert empty.to_arrow().schema == arrow_schema(Fact)
    assert pl.DataFrame(empty).shape == (0, 7)


@pytest.mark.parametrize(
    "row_type",
    [owner for owner in row_classes() if owner is not Standing and not owner.__name__.endswith("Rows")],
    ids=lambda each: each.__name__,
)
def test_every_row_class_has_an_arrow_schema(row_type: type) -> None:
    """Each flat row class becomes an Arrow table with its fields in order."""
    assert arrow_schema(row_type).names == [field.name for field in fields(row_type)]


def test_html_escapes_whatever_a_name_holds(facts: _Facts) -> None:
    """Names, headings, titles and notes from files cannot bring markup into a notebook."""
    page = facts._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "&lt;script&gt;" in page
    assert "a &amp; b" in page


HOSTILE = "<img src=x onerror=alert(1)>"


def test_a_hostile_model_name_stays_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A model named like markup, imported from a table, is shown as text by every result."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "x.csv").write_text(
        f'model,benchmark,metric,value,unit\n"{HOSTILE}","<i>b</i>",accuracy,50,percent\n', encoding="utf-8"
    )
    with benchdb.connect(folder / "x.duckdb", create=True) as database:
        assert database.ingest(folder / "x.csv").n_failed == 0
        results: list[Result[Any]] = [database.leaderboard(), database.coverage(), database.list("models"), database.list("benchmarks"),
                   database.history(HOSTILE, "<i>b</i>")]  # fmt: skip
        for result in results:
            page = result._repr_html_()
            assert "<img" not in page
            assert "<i>" not in page


def test_every_result_of_the_seeds_hands_itself_over(seeds_file: Database) -> None:
    """Leaderboard, comparison, trend, coverage, history and trace all become Arrow tables with a row each."""
    results: list[Result[Any]] = [
        seeds_file.leaderboard(suite="am-distill"),
        seeds_file.compare("AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B", suite="am-distill"),
        seeds_file.trend(suite="am-distill"),
        seeds_file.coverage(suite="am-distill"),
        history := seeds_file.history("AM-Distill-Qwen-72B", "AIME 2024"),
        seeds_file.trace(history[0].score_id),
    ]
    for result in results:
        assert pa.table(result).num_rows == len(result.records()) > 0
        assert str(result)
        assert repr(result).startswith(f"<{type(result).__name__}: ")
        assert "<table>" in result._repr_html_()


def test_a_question_without_a_chart_says_so(seeds_file: Database) -> None:
    """A result that nothing draws fails with the way to those that are."""
    with pytest.raises(ChartError, match="no chart of its own"):
        seeds_file.list("models").chart()


def test_a_kind_of_chart_that_a_result_lacks_is_an_error(seeds_file: Database) -> None:
    """A mistyped kind is never drawn as another one."""
    with pytest.raises(ChartError, match='no chart of the kind "heatmap"'):
        seeds_file.leaderboard(suite="am-distill").chart("heatmap")
    with pytest.raises(ChartError, match="Choose one of: differences, dumbbell, matrix"):
        seeds_file.compare("AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B").chart("trend")


@pytest.mark.parametrize(
    ("kind", "row_type"),
    [("models", ModelEntry), ("suites", SuiteEntry), ("sources", SourceEntry)],
)
def test_an_empty_list_has_the_columns_of_its_kind(kind: str, row_type: type) -> None:
    """A list without entries still says what it would hold."""
    with benchdb.connect(":memory:", create=True) as database:
        listing = database.list(kind)
    assert isinstance(listing, Listing)
    assert listing.to_arrow().schema.names == [field.name for field in fields(row_type)]
