"""Accuracies and standard errors of the tables that "Measuring all the noises of LLM evals" publishes, reproduced.

The tables have no licence and are not kept here. Whoever has a copy of `highk_temp0.7/assets/tables/*_aime2024_cot.csv`,
`…/*_math500_cot.csv` and `lowk_temp0.7/assets/tables/*_gpqa_cot.csv` of all-the-noises/all-the-noises.github.io in one folder names
it in BENCHDB_NOISE_TABLES; without it the tests are skipped.

Theirs divide by the number of items where ours divide by one less, and their model tables take the rates for the truth; both are
undone below. Their rates are printed with ten decimals, so that exact counts differ from them by up to 5e-11.

References:
    Wang (2025), Measuring all the noises of LLM evals, arXiv:2512.21326.
"""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import benchdb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb import Database

BENCHMARKS = ("aime2024_cot", "math500_cot", "gpqa_cot")
COLUMNS = {"benchmark": "benchmark_id", "sample": "example_id", "n_attempts": "count", "metric": "=accuracy"}
PAIRS = """
SELECT a.model_name, b.model_name, count(*), avg(a.value - b.value), var_pop(a.value - b.value)
FROM outcomes_by_model a JOIN outcomes_by_model b ON b.benchmark = a.benchmark AND b.sample_number = a.sample_number
WHERE a.benchmark_name = '{}' AND b.benchmark_name = '{}' AND a.model_name <> b.model_name GROUP BY 1, 2
"""
SINGLES = """
SELECT model_name, count(*), avg(value), var_pop(value), avg(value * (1 - value)), avg(value * (1 - value) / (n_attempts - 1))
FROM outcomes_by_model WHERE benchmark_name = '{}' GROUP BY 1
"""


@pytest.fixture
def tables() -> Path:
    """The folder with their tables."""
    named = os.environ.get("BENCHDB_NOISE_TABLES")
    if not named:
        pytest.skip("BENCHDB_NOISE_TABLES names no folder with the tables of all-the-noises.github.io")
    return Path(named)


@pytest.fixture
def empty(duckdb_template: Path) -> Iterator[Database]:
    """An empty database in memory; the tables are large for PostgreSQL's fixture to be made for each test."""
    assert duckdb_template.exists()
    with benchdb.connect(":memory:", create=True) as database:
        yield database


def _theirs(tables: Path, kind: str, benchmark: str) -> list[dict[str, str]]:
    with (tables / f"{kind}_{benchmark}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _agree(found: float, theirs: str, within: float) -> None:
    expected = float(theirs)
    assert math.isnan(expected) or found == pytest.approx(expected, abs=within)


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_questions_give_their_errors(tables: Path, empty: Database, benchmark: str) -> None:
    """`noise` and `compare` over all pairs, asked of exact counts, give their accuracies and errors up to their rounding."""
    report = empty.ingest(
        tables / f"input_table_{benchmark}.csv",
        columns={**COLUMNS, "n_correct": "correct", "ignore": "rl_thinking_length,pass1"},
    )
    assert report.files[0].message is None
    parts: dict[str, tuple[float, int]] = {}
    noise = {row.model_name: row for row in empty.noise()}
    for row in _theirs(tables, "model_table", benchmark):
        ours = noise[row["model"]]
        n, attempts = ours.n_items, ours.most_attempts
        assert ours.stderr is not None
        _agree(ours.value, row["pass1"], 5e-11)
        within = (ours.prediction_stderr or 0.0) ** 2 * n
        parts[row["model"]] = within, attempts
        if attempts > 1:
            between = ours.stderr**2 * (n - 1)
            _agree(math.sqrt(between / n), row["SE_x(A)"], 5e-11)
            _agree(math.sqrt(within * (attempts - 1) / n), row["SE_pred(A)"], 5e-11)
            _agree(math.sqrt((between + within * (attempts - 1)) / n), row["SE(A)"], 5e-11)
    pairs = {(row.model_name_a, row.model_name_b): row for row in empty.compare(all_pairs=True) if row.benchmark}
    checked = 0
    for row in _theirs(tables, "summary", benchmark):
        pair = pairs.get((row["model_a"], row["model_b"])) or pairs[row["model_b"], row["model_a"]]
        _check_pair(pair, row, parts)
        checked += 1
    assert checked > 800


def _check_pair(ours: Any, theirs: dict[str, str], parts: dict[str, tuple[float, int]]) -> None:
    n = ours.n_items
    sign = 1 if ours.model_name_a == theirs["model_a"] else -1
    (within_a, attempts_a), (within_b, attempts_b) = parts[theirs["model_a"]], parts[theirs["model_b"]]
    assert sign * ours.difference == pytest.approx(float(theirs["sum(A-B)"]) / n, abs=5e-11)
    if min(attempts_a, attempts_b) < 2:
        return
    data = ours.stderr**2 * (n - 1) - within_a - within_b
    prediction = within_a * attempts_a + within_b * attempts_b
    _agree(math.sqrt(max(0.0, data) / n), theirs["SE_x(A-B)"], 5e-11)
    _agree(math.sqrt(prediction / n), theirs["SE_pred(A-B)"], 5e-11)
    _agree(math.sqrt((data + prediction) / n), theirs["SE(A-B)"], 5e-11)


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_their_own_rates_give_their_errors_exactly(tables: Path, empty: Database, benchmark: str) -> None:
    """From the rates as they print them, SQL on our views gives every number of theirs to 1e-12."""
    empty.ingest(
        tables / f"input_table_{benchmark}.csv",
        columns={**COLUMNS, "value": "pass1", "ignore": "rl_thinking_length,correct"},
    )
    single = {row[0]: row[1:] for row in empty.sql(SINGLES.format(benchmark))}
    pair = {(row[0], row[1]): row[2:] for row in empty.sql(PAIRS.format(benchmark, benchmark))}
    for row in _theirs(tables, "model_table", benchmark):
        n, mean, between, within, _more = single[row["model"]]
        _agree(mean, row["pass1"], 1e-12)
        _agree(math.sqrt(mean * (1 - mean) / n), row["SE(A)"], 1e-12)
        _agree(math.sqrt(between / n), row["SE_x(A)"], 1e-12)
        _agree(math.sqrt(within / n), row["SE_pred(A)"], 1e-12)
    for row in _theirs(tables, "summary", benchmark):
        n, difference, between = pair[row["model_a"], row["model_b"]]
        a, b = single[row["model_a"]], single[row["model_b"]]
        data, prediction = between - a[4] - b[4], a[3] + b[3] + a[4] + b[4]
        _agree(difference * n, row["sum(A-B)"], 1e-12)
        _agree(math.sqrt(max(0.0, data) / n), row["SE_x(A-B)"], 1e-12)
        _agree(math.sqrt(prediction / n), row["SE_pred(A-B)"], 1e-12)
        _agree(math.sqrt((data + prediction) / n), row["SE(A-B)"], 1e-12)
