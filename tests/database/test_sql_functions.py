"""Statistics as SQL functions: any DuckDB shell that opens the file has them, and they agree with SciPy and with hand."""

from __future__ import annotations

import shutil
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from scipy import stats

from benchdb.database.connect import open_engine
from benchdb.stats.ranking import borda, mean_win_rate
from tests.query.facts import Facts

if TYPE_CHECKING:
    from pathlib import Path

CENTRE, FLANK, TAIL = (0.5, 0.075, 0.925, 0.3), (0.05, 0.975, 0.9999, 1e-9), (1e-12, 1e-20, 1e-300)


@pytest.fixture
def shell(duckdb_template: Path, tmp_path: Path) -> Any:
    """A plain DuckDB connection to a file of ours, opened for reading, without benchdb."""
    path = tmp_path / "shell.duckdb"
    shutil.copy(duckdb_template, path)
    engine = open_engine(f"duckdb:///{path}")
    _facts().write(engine)
    engine.dispose()
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


TABLE = {
    "a/one": (90.0, 80.0, 10.0),
    "a/two": (70.0, 80.0, 30.0),
    "b/three": (50.0, 95.0, 30.0),
    "b/four": (40.0, 20.0, 40.0),
}
"""Scores on two benchmarks where more is better and one where less is."""


def _facts() -> Facts:
    facts = Facts()
    facts.metric("loss", higher_is_better=False, is_proportion=False)
    facts.benchmark("worse", metric="loss")
    for model, (arith, logic, worse) in TABLE.items():
        facts.claim(model, "arith", arith)
        facts.claim(model, "logic", logic)
        facts.claim(model, "worse", worse, metric="loss")
    facts.claim("c/partly", "arith", 100.0)
    facts.outcomes(facts.run("a/one", "items"), [1, 4, 0, 2, 3], attempts=4)
    facts.outcomes(facts.run("a/two", "items"), [1, 2, 3, 0], attempts=4)
    return facts


def _value(shell: Any, expression: str, *arguments: Any) -> Any:
    return shell.execute(f"SELECT {expression}", arguments).fetchone()[0]


@pytest.mark.parametrize("p", CENTRE + FLANK + TAIL)
def test_normal_quantile_is_scipys(shell: Any, p: float) -> None:
    """In the centre, the flanks and the far tail the quantile agrees with SciPy to fourteen digits."""
    assert _value(shell, "normal_quantile(?::DOUBLE)", p) == pytest.approx(stats.norm.ppf(p), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 1.1])
def test_normal_quantile_outside_is_null(shell: Any, p: float) -> None:
    """There is no quantile of certainty."""
    assert _value(shell, "normal_quantile(?::DOUBLE)", p) is None


@pytest.mark.parametrize(("right", "n", "level"), [(7, 10, 0.95), (0, 10, 0.95), (30, 30, 0.99), (1393, 1920, 0.9)])
def test_wilson_is_scipys(shell: Any, right: int, n: int, level: float) -> None:
    """The interval is SciPy's Wilson interval without correction."""
    expected = stats.binomtest(right, n).proportion_ci(level, "wilson")
    found = _value(shell, "wilson(?, ?, level := ?::DOUBLE)", right, n, level)
    assert (found["lower"], found["upper"]) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_impossible_counts_is_null(shell: Any) -> None:
    """More right than asked, or nothing asked, has no interval."""
    assert _value(shell, "wilson(11, 10)") is None
    assert _value(shell, "wilson(0, 0)") is None


@pytest.mark.parametrize("n", [1, 2, 5, 60, 200])
def test_pass_at_k_is_exact(shell: Any, n: int) -> None:
    """For every number of right attempts and every k the estimate is that of exact binomials."""
    rows = shell.execute(
        "SELECT c, k, pass_at_k(?, c, k), pass_hat_k(?, c, k) FROM range(? + 1) r(c), range(1, ? + 1) s(k) "
        "WHERE k % (1 + ? // 20) = 0 OR k = 1",
        [n] * 5,
    ).fetchall()
    assert rows
    for c, k, some, every in rows:
        assert some == pytest.approx(float(1 - Fraction(comb(n - c, k), comb(n, k))), abs=1e-12)
        assert every == pytest.approx(float(Fraction(comb(c, k), comb(n, k))), abs=1e-12)


def test_pass_at_k_of_too_few_attempts_is_null(shell: Any) -> None:
    """Five attempts say nothing of pass@6."""
    assert _value(shell, "pass_at_k(5, 5, 6)") is None
    assert _value(shell, "pass_hat_k(5, 5, 6)") is None


def test_standard_error_is_scipys(shell: Any) -> None:
    """The error of a mean over rows is SciPy's; one row has none."""
    values = [1.0, 0.0, 0.25, 0.75, 1.0]
    found = shell.execute("SELECT standard_error(x) FROM (SELECT unnest(?::DOUBLE[]) AS x)", [values]).fetchone()[0]
    assert found == pytest.approx(stats.sem(values), rel=1e-14)
    assert _value(shell, "standard_error(x) FROM (SELECT 1.0 AS x)") is None


def test_paired_difference_is_scipys_paired_t(shell: Any) -> None:
    """Difference and error over the four shared items are those behind SciPy's paired t."""
    runs = dict(shell.execute("SELECT DISTINCT model, run_id FROM outcomes_by_model").fetchall())
    found = shell.execute("FROM paired_difference(?, ?)", [runs["a/one"], runs["a/two"]]).fetchall()
    a, b = np.array([1, 4, 0, 2]) / 4, np.array([1, 2, 3, 0]) / 4
    ((metric, n, mean_a, mean_b, difference, stderr, n_wins, n_losses),) = found
    assert (metric, n, n_wins, n_losses) == ("accuracy", 4, 2, 1)
    assert (mean_a, mean_b) == pytest.approx((a.mean(), b.mean()), abs=1e-15)
    assert difference / stderr == pytest.approx(stats.ttest_rel(a, b).statistic, rel=1e-13)


def test_win_rates_and_borda_are_those_of_whole_tables(shell: Any) -> None:
    """Both agree with the tested functions of `benchdb.stats`, ties and directions included; who lacks a benchmark is out."""
    names = ["arith", "logic", "worse"]
    table = [[TABLE[model][k] for model in TABLE] for k in range(3)]
    by_model = [list(row) for row in zip(*table, strict=True)]
    directions = [True, True, False]
    rates = {row[0]: row[3] for row in shell.execute("FROM mean_win_rates(?)", [names]).fetchall()}
    counts = {row[0]: row[3] for row in shell.execute("FROM borda(?)", [names]).fetchall()}
    assert [rates[model] for model in TABLE] == pytest.approx(mean_win_rate(by_model, directions), abs=1e-12)
    assert [counts[model] for model in TABLE] == pytest.approx(borda(by_model, directions), abs=1e-12)
    assert set(rates) == set(counts) == set(TABLE)


def test_sum_of_ranks_by_hand(shell: Any) -> None:
    """a/one ranks 1, 2 and 1; a/two 2, 2 and 2; b/three 3, 1 and 2; b/four is last three times."""
    rows = shell.execute("FROM borda(['arith', 'logic', 'worse'])").fetchall()
    assert {row[0]: row[4] for row in rows} == {"a/one": 4, "a/two": 6, "b/three": 6, "b/four": 12}


def test_a_benchmark_nobody_has_leaves_nobody(shell: Any) -> None:
    """A name that no model has a score on gives no ranking rather than one over the rest."""
    assert shell.execute("FROM borda(['arith', 'nowhere'])").fetchall() == []


def test_every_function_is_described(shell: Any) -> None:
    """Whoever lists the functions in a shell reads what each is for."""
    rows = shell.execute(
        "SELECT function_name, comment FROM duckdb_functions() WHERE database_name = current_database() AND NOT internal"
    ).fetchall()
    assert {name for name, _ in rows} == {
        "polynomial_quotient", "normal_quantile", "standard_error", "wilson", "pass_at_k", "pass_hat_k", "paired_difference",
        "mean_win_rates", "borda",
    }  # fmt: skip
    assert all(comment for _, comment in rows)
