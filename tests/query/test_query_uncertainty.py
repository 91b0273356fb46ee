"""The ladder of evidence behind a cell: items, reported error, counts, borrowed counts, nothing."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import stats

from benchdb.database.connect import open_engine
from benchdb.query.filters import Filters
from benchdb.query.leaderboard import leaderboard
from benchdb.query.uncertainty import tidy, weakest
from tests.query.facts import Facts
from tests.query.seed import seed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from benchdb.rows.leaderboard import Cell
    from tests.query.conftest import Ask


def _cell(connection: Connection, **filters: Any) -> Cell:
    return leaderboard(connection, Filters(**filters)).standings[0].cells[0]


def _items(correct: Sequence[int], *, attempts: int = 1, clusters: Sequence[str] | None = None, **score: Any) -> Facts:
    facts = Facts()
    facts.metric("accuracy", lower_bound=0.0, upper_bound=100.0)
    run = facts.run("a/one", "arith")
    facts.score(run, sum(correct) / len(correct) / attempts, unit="fraction", **score)
    facts.outcomes(run, correct, attempts=attempts, clusters=clusters)
    return facts


def test_items_stand_above_a_reported_error(ask: Ask) -> None:
    """With outcomes stored the error is SciPy's standard error over items, with Student's t interval."""
    rates = np.random.default_rng(7).binomial(4, 0.6, 30)
    cell = _cell(ask(_items(rates.tolist(), attempts=4, stderr=0.5, n_items=30)))
    assert cell.stderr == pytest.approx(100 * stats.sem(rates / 4), abs=1e-12)
    interval = stats.t.interval(0.95, 29, loc=100 * rates.mean() / 4, scale=cell.stderr)
    assert (cell.lower, cell.upper) == pytest.approx(interval, abs=1e-9)
    assert (cell.evidence, cell.n_items, cell.samples_per_item) == ("items", 30, 4)


def test_outcomes_of_some_items_are_no_evidence(ask: Ask) -> None:
    """A log that was cut holds 30 of 99 items; the reported error of all 99 stands, although the means agree."""
    rates = np.random.default_rng(7).binomial(4, 0.6, 30)
    cell = _cell(ask(_items(rates.tolist(), attempts=4, stderr=0.5, n_items=99)))
    assert (cell.evidence, cell.n_items) == ("reported", 99)


def test_interval_stays_inside_the_metric(ask: Ask) -> None:
    """Student's interval around 95 % of 20 items would pass 100; it ends there."""
    cell = _cell(ask(_items([1] * 19 + [0])))
    assert cell.upper == 100.0
    assert (cell.lower or 0) < 95.0


def test_clusters_give_the_clustered_error(ask: Ask) -> None:
    """Five clusters of four equal items are five values: the error is that of five, not of twenty."""
    correct = [1] * 4 + [0] * 4 + [1] * 4 + [1] * 4 + [0] * 4
    cell = _cell(ask(_items(correct, clusters=[f"c{i // 4}" for i in range(20)])))
    assert cell.stderr == pytest.approx(100 * stats.sem([1, 0, 1, 1, 0]), abs=1e-10)


@pytest.mark.parametrize("clusters", [None, ["c"] * 5 + ["d"] * 5 + ["e"] * 10])
def test_many_runs_are_asked_for_by_benchmark(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, clusters: list[str] | None
) -> None:
    """With more runs than a statement should name, the same errors come out of a statement about their benchmarks."""
    facts = _items([1, 0, 1, 1] * 5, clusters=clusters)
    other = facts.run("b/two", "arith")
    facts.score(other, 25.0)
    facts.outcomes(other, [0, 0, 1, 0] * 5, clusters=clusters)
    connection = ask(facts)
    named = leaderboard(connection, Filters()).standings
    monkeypatch.setattr("benchdb.query.items._MOST_RUNS", 1)
    whole = leaderboard(connection, Filters()).standings
    assert [row.stderr for row in whole] == pytest.approx([row.stderr for row in named], rel=1e-12)
    assert [(row.model, row.evidence) for row in whole] == [("a/one", "items"), ("b/two", "items")]


def test_no_spread_is_not_certainty(ask: Ask) -> None:
    """Ten of ten items right have Wilson's interval of ten of ten, not an error of zero."""
    cell = _cell(ask(_items([1] * 10)))
    wilson = stats.binomtest(10, 10).proportion_ci(method="wilson")
    assert cell.lower == pytest.approx(100 * wilson.low, abs=1e-9)
    assert cell.upper == 100.0
    assert cell.stderr == pytest.approx(100 * (1 - wilson.low) / 2 / stats.norm.ppf(0.975), abs=1e-9)
    assert cell.evidence == "items"


def test_one_item_says_nothing_about_spread(ask: Ask) -> None:
    """A single outcome gives no error over items; the stated number of items does."""
    cell = _cell(ask(_items([1], n_items=50)))
    assert (cell.evidence, cell.n_items) == ("counts", 50)


def test_values_of_items_are_used_as_they_are(ask: Ask) -> None:
    """Outcomes with a value instead of counts, in seconds, give the error of those values."""
    facts = Facts()
    facts.metric("time", unit="seconds", higher_is_better=False, is_proportion=False)
    facts.benchmark("speed", metric="time")
    run = facts.run("a/one", "speed")
    times = [1.0, 2.0, 4.0, 9.0]
    facts.score(run, 4.0, metric="time", unit="seconds")
    facts.outcomes(run, [0] * 4, metric="time")
    for row, seconds in zip(facts.rows["outcome"].values(), times, strict=True):
        row.update(n_correct=None, value=seconds)
    cell = _cell(ask(facts))
    assert cell.stderr == pytest.approx(stats.sem(times), abs=1e-12)


def test_reported_error_stands_above_counts(ask: Ask) -> None:
    """A reported error is used with a normal interval although the number of items is stated too."""
    facts = Facts()
    facts.claim("a/one", "arith", 0.8, unit="fraction", stderr=0.02, n_items=100)
    cell = _cell(ask(facts))
    z = stats.norm.ppf(0.975)
    assert (cell.stderr, cell.evidence, cell.n_items) == (2.0, "reported", 100)
    assert (cell.lower, cell.upper) == pytest.approx((80 - 2 * z, 80 + 2 * z))


def test_reported_interval_is_kept_and_gives_an_error(ask: Ask) -> None:
    """An interval at the level asked for is shown as it is; at another level the error it implies is used."""
    facts = Facts()
    facts.metric("elo", unit="elo", is_proportion=False)
    facts.benchmark("arena", metric="elo")
    bounds = {"interval_lower": 1190.0, "interval_upper": 1215.0, "interval_level": 0.95}
    facts.claim("a/one", "arena", 1200.0, metric="elo", unit="elo", **bounds)
    connection = ask(facts)
    z = stats.norm.ppf(0.975)
    cell = _cell(connection)
    assert (cell.lower, cell.upper, cell.evidence) == (1190.0, 1215.0, "reported")
    assert cell.stderr == pytest.approx(25 / 2 / z)
    narrow = leaderboard(connection, Filters(), level=0.5).standings[0].cells[0]
    assert narrow.upper == pytest.approx(1200 + stats.norm.ppf(0.75) * 12.5 / z)


def test_counts_give_wilsons_interval(ask: Ask) -> None:
    """43 of 50 with the number of items stated is SciPy's Wilson interval and the binomial error."""
    facts = Facts()
    facts.claim("a/one", "arith", 86.0, n_items=50, samples_per_item=1)
    cell = _cell(ask(facts))
    wilson = stats.binomtest(43, 50).proportion_ci(method="wilson")
    assert (cell.lower, cell.upper) == pytest.approx((100 * wilson.low, 100 * wilson.high), abs=1e-9)
    assert cell.stderr == pytest.approx(100 * math.sqrt(0.86 * 0.14 / 50))
    assert cell.evidence == "counts"


@pytest.mark.parametrize(
    ("facts_of_claim", "evidence"),
    [
        ({}, "borrowed"),
        ({"subset": "hard"}, "unknown"),
        ({"protocol": {"item_limit": 10.0}}, "unknown"),
        ({"n_items": 10, "protocol": {"item_limit": 10.0}}, "counts"),
    ],
)
def test_items_are_borrowed_for_the_whole_benchmark_only(
    ask: Ask, facts_of_claim: dict[str, Any], evidence: str
) -> None:
    """The catalogue's number of items does not speak for a subset or a limited run."""
    facts = Facts()
    facts.benchmark("arith", n_items=1000)
    facts.claim("a/one", "arith", 50.0, **facts_of_claim)
    assert _cell(ask(facts)).evidence == evidence


@pytest.mark.parametrize(
    ("metric", "value"),
    [({"is_proportion": False}, 50.0), ({"is_proportion": None}, 50.0), ({"unit": "elo"}, 50.0), ({}, 120.0)],
)
def test_counts_speak_for_proportions_only(ask: Ask, metric: dict[str, Any], value: float) -> None:
    """A mean that is no proportion, a rating, or a value beyond 100 % gets no binomial error."""
    facts = Facts()
    facts.metric("accuracy", **metric)
    facts.claim("a/one", "arith", value, n_items=100, unit=metric.get("unit", "percent"))
    cell = _cell(ask(facts))
    assert (cell.evidence, cell.stderr, cell.lower, cell.upper) == ("unknown", None, None, None)


def test_weakest_evidence_of_a_mean() -> None:
    """The mean is as sure as its weakest part, and partial where some parts are unknown."""
    assert weakest(["items", "reported"]) == "reported"
    assert weakest(["counts", "borrowed", "items"]) == "borrowed"
    assert weakest(["unknown", "items"]) == "partial"
    assert weakest(["unknown", "unknown"]) == "unknown"


@pytest.mark.parametrize("percent", [0.1, 5.7, 28.999, 55.1, 56.7, 57.0, 72.6, 97.35])
def test_conversion_leaves_no_noise(percent: float) -> None:
    """A printed fraction times 100 is the double that prints as the percentage."""
    assert tidy(float(f"{percent / 100:.10g}") * 100, 100.0) == percent


def test_plain_leaderboard_needs_no_numpy(duckdb_template: Path, tmp_path: Path) -> None:
    """A leaderboard without outcomes of items is answered without NumPy, SciPy or Arrow."""
    path = tmp_path / "seed.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    seed().write(engine)
    engine.dispose()
    code = f"""
import sys, duckdb
duckdb.connect().execute("SELECT ?", [1]).fetchall()
own = set(sys.modules)  # DuckDB 1.5 brings some of them itself
from benchdb.database.connect import open_engine
from benchdb.query.filters import Filters
from benchdb.query.leaderboard import leaderboard
with open_engine({f"duckdb:///{path}"!r}, read_only=True).connect() as connection:
    assert len(leaderboard(connection, Filters()).standings) == 4
sys.exit(", ".join({{"numpy", "scipy", "pyarrow"}} & set(sys.modules) - own) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
