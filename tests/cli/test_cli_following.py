"""Commands that follow scores over time, size and runs, on a small database of nightly runs and on the seeds."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from benchdb.api import connect
from tests.query.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

NIGHTS = [70.1, 69.8, 70.3, 69.9, 70.2, 70.0, 64.9, 65.2, 65.1, 64.8, 65.0, 65.3]


@pytest.fixture
def nightly(tmp_path: Path) -> Path:
    """A database of twelve nightly runs with a drop of five points at the seventh, and a rival."""
    path = tmp_path / "nightly.duckdb"
    facts = Facts()
    facts.model("a/one", is_open_weights=True, released_on=date(2025, 1, 1), n_parameters=7 * 10**9)
    facts.model("b/two", is_open_weights=False, released_on=date(2024, 1, 1), n_parameters=9 * 10**9)
    log = facts.source("log", kind="harness_log")
    for night, value in enumerate(NIGHTS):
        moment = datetime(2025, 5, 1, tzinfo=UTC) + timedelta(days=night)
        facts.claim("a/one", "arith", value, source_id=log, ran_at=moment)
    facts.claim("b/two", "arith", 90.0, source_id=facts.source("paper", published_on=date(2024, 1, 1)))
    facts.claim("b/two", "logic", 80.0)
    with connect(path, create=True) as database:
        facts.write(database.engine)
    return path


def test_series_prints_a_line_a_level(run: Callable[..., Result], nightly: Path) -> None:
    """The table has two levels with the drop, its verdict and place; the title says the last word."""
    result = run("series", "a/one", "arith", "--db", nightly, COLUMNS="160")
    assert result.exit_code == 0
    assert "12 runs by time, 1 change point, the last one: regression" in result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 4
    assert "70.1" in lines[2]
    assert "-5.0" in lines[3]
    assert "regression" in lines[3]
    assert "2025-05-06 – 2025-05-08" in lines[3]


def test_series_hands_out_every_run(run: Callable[..., Result], nightly: Path) -> None:
    """CSV and JSON lines hold one row a run, the change on the run it came with."""
    rows = list(csv.DictReader(io.StringIO(run("series", "a/one", "arith", "--db", nightly, "-f", "csv").stdout)))
    assert [float(row["value"]) for row in rows] == NIGHTS
    assert [row["position"] for row in rows if row["verdict"] == "regression"] == ["7"]
    lines = run("series", "a/one", "arith", "--db", nightly, "-f", "jsonl").stdout.splitlines()
    assert json.loads(lines[6])["is_change"] is True


def test_frontier_shows_groups_lags_and_records(run: Callable[..., Result], nightly: Path) -> None:
    """The open model is behind the closed one's record of a year before, which it has not reached."""
    groups = json.loads(run("frontier", "-b", "arith", "--db", nightly, "-f", "json").stdout)
    assert [(row["group"], row["best"]) for row in groups] == [("closed", 90.0), ("open", 65.3)]
    (lag,) = json.loads(run("frontier", "-b", "arith", "--show", "lags", "--db", nightly, "-f", "json").stdout)
    assert (lag["group"], lag["is_reached"], lag["record_model"]) == ("open", False, "b/two")
    shown = run("frontier", "-b", "arith", "--show", "lags", "--db", nightly, COLUMNS="200").stdout
    assert "> 12.0" in shown
    records = run(
        "frontier", "--by", "maker", "-b", "arith", "--show", "records", "--db", nightly, COLUMNS="200"
    ).stdout
    assert "2024-01-01" in records
    table = run("frontier", "--db", nightly, COLUMNS="200").stdout
    assert "> 12.0 months" in table
    assert "behind, not established" in table


def test_pareto_says_what_beats_a_model(run: Callable[..., Result], nightly: Path) -> None:
    """The smaller model stays on the front although its score is lower; with both benchmarks only one model is left."""
    rows = json.loads(run("pareto", "-b", "arith", "--db", nightly, "-f", "json").stdout)
    assert [(row["model"], row["is_on_front"]) for row in rows] == [("a/one", True), ("b/two", True)]
    table = run("pareto", "--jointly", "--db", nightly, COLUMNS="160")
    assert "9B" in table.stdout
    assert "ONE" in table.stderr
    assert run("pareto", "--size", "active", "--db", nightly).exit_code == 1


def test_coverage_names_the_next_score(run: Callable[..., Result], nightly: Path) -> None:
    """The one missing score is named with its reason."""
    result = run("coverage", "--next", 3, "--db", nightly, COLUMNS="160")
    assert "Most telling of 1 missing score of 2 models" in result.stderr
    assert "LOGIC" in result.stdout
    assert "all models would then have this benchmark" in " ".join(result.stdout.split())


def test_published_until_is_a_filter_of_every_question(run: Callable[..., Result], nightly: Path) -> None:
    """Until the end of 2024 only the paper counts; the undated claim is counted in the notes."""
    result = run("leaderboard", "--published-until", "2024", "--db", nightly, "-f", "csv")
    assert "b/two" in result.stdout
    assert "a/one" not in result.stdout
    assert "1 claim was left out" in result.stderr


def test_lists_as_of_a_day(run: Callable[..., Result], nightly: Path) -> None:
    """Before the first import nobody claimed anything; afterwards twelve claims are listed for the model."""
    rows = json.loads(run("list", "models", "--as-of", "2020-01-01", "--db", nightly, "-f", "json").stdout)
    assert {row["n_claims"] for row in rows} == {0}
    rows = json.loads(run("list", "models", "--db", nightly, "-f", "json").stdout)
    assert {row["slug"]: row["n_claims"] for row in rows} == {"a/one": 12, "b/two": 2}


@pytest.mark.parametrize(
    "asked",
    [
        ("series", "a/one", "arith"),
        ("frontier", "-b", "arith"),
        ("frontier", "--by", "maker", "-b", "arith"),
        ("pareto", "-b", "arith", "--no-bands"),
    ],
)
def test_charts_are_written(run: Callable[..., Result], nightly: Path, tmp_path: Path, asked: tuple[str, ...]) -> None:
    """Each new kind of chart is written as Vega-Lite JSON with its layers."""
    path = tmp_path / "chart.vl.json"
    result = run("chart", *asked, "--intervals", "--db", nightly, "-o", path)
    assert result.exit_code == 0, result.stderr
    assert "layer" in json.loads(path.read_text(encoding="utf-8"))
    assert run("verify", path, "--db", nightly).exit_code == 0
