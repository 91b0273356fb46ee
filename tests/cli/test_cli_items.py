"""Tests of the questions about items, on a table of outcomes imported from CSV: what a user types and reads."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from benchdb.api import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

OUTCOMES = """model,benchmark,metric,sample,n_attempts,n_correct,sample_dated_on
m1,toy-quiz,accuracy,q1,4,0,2024-01-10
m1,toy-quiz,accuracy,q2,4,2,2024-02-10
m1,toy-quiz,accuracy,q3,4,4,2024-03-10
m2,toy-quiz,accuracy,q1,4,4,2024-01-10
m2,toy-quiz,accuracy,q2,4,4,2024-02-10
m2,toy-quiz,accuracy,q3,4,4,2024-03-10
m3,toy-quiz,accuracy,q1,4,0,2024-01-10
m3,toy-quiz,accuracy,q2,4,0,2024-02-10
m3,toy-quiz,accuracy,q3,4,4,2024-03-10
"""


@pytest.fixture(scope="session")
def with_items(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file with three models on a benchmark of three dated items, four attempts each; only to be read."""
    folder = tmp_path_factory.mktemp("items")
    table, path = folder / "outcomes.csv", folder / "items.duckdb"
    table.write_text(OUTCOMES)
    shutil.copy(duckdb_template, path)
    with connect(path) as database:
        assert database.ingest(table).n_failed == 0
    return path


def test_pass_at_k_as_a_table(run: Run, with_items: Path) -> None:
    """For m1 pass@2 is (0 + 5/6 + 1) / 3 and pass^2 (0 + 1/6 + 1) / 3; all of m2's attempts are right, and still no certainty."""
    result = run("pass-at-k", "-m", "m1", "-m", "m2", "--k", "2", "--db", with_items)
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()[2:]]
    assert [line[:6] for line in lines] == [
        ["m1", "toy-quiz", "3", "4", "2", "0.611"],
        ["m2", "toy-quiz", "3", "4", "2", "1.000"],
    ]
    assert lines[0][9] == "0.389"
    assert lines[1][6:9] != ["1.000", "to", "1.000"]


def test_pass_at_k_as_rows(run: Run, with_items: Path) -> None:
    """JSON has a row for each k and measure, so that a curve can be drawn from it."""
    result = run("pass-at-k", "-m", "m3", "--format", "json", "--db", with_items)
    rows = json.loads(result.stdout)
    assert [(row["k"], row["measure"]) for row in rows] == [(k, m) for k in (1, 2, 4) for m in ("pass@k", "pass^k")]
    assert all(row["value"] == pytest.approx(1 / 3, abs=1e-12) for row in rows)


def test_too_large_a_k_is_an_error(run: Run, with_items: Path) -> None:
    """The message names the model, the benchmark and the largest k."""
    result = run("pass-at-k", "-m", "m1", "-k", "1,8", "--db", with_items)
    assert result.exit_code == 1
    assert "m1 on toy-quiz: k = 8" in result.stderr
    assert "up to 4" in result.stderr
    assert result.stdout == ""
