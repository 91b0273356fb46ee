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


def test_the_hardest_items(run: Run, with_items: Path) -> None:
    """m2 alone solves q1 and q2 (2 of 4 attempts are not more than half); both correlate with the rest by √3/2."""
    result = run("items", "hardest", "-b", "toy-quiz", "--db", with_items)
    lines = [line.split() for line in result.stdout.splitlines()[2:]]
    assert lines == [
        ["q1", "2024-01-10", "3", "0.333", "1", "m2", "0.87"],
        ["q2", "2024-02-10", "3", "0.500", "1", "m2", "0.87"],
        ["q3", "2024-03-10", "3", "1.000", "3", "–", "–"],
    ]


def test_items_that_flip(run: Run, with_items: Path) -> None:
    """m1 and m2 differ on q1 and q2, both solved by m2 alone; stderr has the agreement in a sentence."""
    result = run("items", "compare", "m1", "m2", "-b", "toy-quiz", "--db", with_items)
    lines = [line.split() for line in result.stdout.splitlines()[2:]]
    assert lines == [
        ["q1", "2024-01-10", "0.000", "1.000", "-1.000", "only", "second"],
        ["q2", "2024-02-10", "0.500", "1.000", "-0.500", "only", "second"],
    ]
    told = " ".join(result.stderr.split())
    assert "Of 3 shared items both solve 1, only m1 0, only m2 2, neither 0: agreement 33.3%, kappa 0.00." in told
    assert run("items", "compare", "m1", "m2", "m3", "-b", "toy-quiz", "--db", with_items).exit_code == 2


def test_agreement_and_values(run: Run, with_items: Path) -> None:
    """m1 and m3 solve the same items; values have a line an item and a column a model, the best first."""
    result = run("items", "agreement", "-b", "toy-quiz", "--format", "json", "--db", with_items)
    found = {(row["model_a"], row["model_b"]): row for row in json.loads(result.stdout)}
    assert (found["m1", "m3"]["agreement"], found["m1", "m3"]["kappa"]) == (1.0, 1.0)
    assert run("items", "agreement", "-b", "toy-quiz", "--db", with_items).stdout.count("m2") == 2
    result = run("items", "values", "-b", "toy-quiz", "--db", with_items)
    heading, _rule, _first, second, _third = (line.split() for line in result.stdout.splitlines())
    assert heading == ["item", "m2", "m1", "m3"]
    assert second == ["q2", "1.000", "0.500", "0.000"]


def test_items_hand_themselves_over(with_items: Path) -> None:
    """Every answer about items becomes an Arrow table with a column for each field."""
    with connect(with_items, read_only=True) as database:
        answers = (
            database.pass_at_k(k=2),
            database.items("toy-quiz"),
            database.flips("m1", "m2", "toy-quiz"),
            database.agreement("toy-quiz"),
            database.item_values("toy-quiz"),
        )
        for answer in answers:
            table = answer.to_arrow()
            assert table.num_rows == len(answer.records()) > 0
            assert table.column_names == list(answer.row_type.__dataclass_fields__)


def test_a_window_of_dates(run: Run, with_items: Path) -> None:
    """From February on m1 has (1/2 + 1) / 2, m2 1 and m3 1/2; each has one item before. Nobody said that more is better."""
    result = run("window", "-b", "toy-quiz", "--since", "2024-02", "--format", "json", "--db", with_items)
    rows = json.loads(result.stdout)
    assert [(row["rank"], row["model"], row["n_items"], row["value"], row["n_rest"]) for row in rows] == [
        (None, "m1", 2, 0.75, 1), (None, "m2", 2, 1.0, 1), (None, "m3", 2, 0.5, 1),
    ]  # fmt: skip
    assert "no known direction" in result.stderr
    table = run("window", "-b", "toy-quiz", "--since", "2024-02", "--until", "2024-03", "--db", with_items)
    assert "2024-02-01 to 2024-03-31" in table.stdout
    assert "until 2024-03-31" in run("window", "-b", "toy-quiz", "--until", "2024-03", "--db", with_items).stdout


def test_pairs_in_a_window(run: Run, with_items: Path) -> None:
    """m1 and m3 differ by a half on one of two items."""
    result = run(
        "window", "-b", "toy-quiz", "--since", "2024-02", "--pairs", "-m", "m1", "-m", "m3", "--db", with_items
    )
    assert "+0.250" in result.stdout
    assert "not distinguishable" in result.stdout
    result = run("window", "-b", "toy-quiz", "--db", with_items)
    assert result.exit_code == 1
    assert "needs a bound" in result.stderr


@pytest.mark.parametrize(
    "asked",
    [
        ("pass-at-k", "-b", "toy-quiz", "--measure", "pass@k", "--no-bands"),
        ("items", "-b", "toy-quiz", "--page", "1", "-m", "m1", "-m", "m2"),
        ("item-difficulty", "-b", "toy-quiz", "--no-values"),
        ("noise", "-b", "toy-quiz"),
    ],
)
def test_charts_of_items_are_written_and_verified(
    run: Run, with_items: Path, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    """Each kind of chart about items is written as Vega-Lite JSON that is derived again from its own question."""
    path = tmp_path / "chart.vl.json"
    result = run("chart", *asked, "--theme", "dark", "--db", with_items, "-o", path)
    assert result.exit_code == 0, result.output
    assert json.loads(path.read_text())["usermeta"]["benchdb"]["question"]["positional"] in ([], ["toy-quiz"])
    again = run("verify", path, "--db", with_items)
    assert again.exit_code == 0, again.output
