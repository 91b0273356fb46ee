"""How fast all pairs are compared, as ratios to hand-written DuckDB SQL in the same run: `python -m tests.benchmarks.pairs`.

Fifty models on 500 items, made up by a Rasch model. The best of several runs counts, ours and the baseline's in turn. The
errors are held against NumPy first, so that no wrong answer is timed.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet

import benchdb
from benchdb.query.compare_pairs import pair_stats, select_pairs, shared_items
from tests.benchmarks.core import best, report

if TYPE_CHECKING:
    from collections.abc import Callable

HAND_ERRORS = """
SELECT a.run_id, b.run_id, count(*), avg(a.n_correct / a.n_attempts - b.n_correct / b.n_attempts),
       stddev_samp(a.n_correct / a.n_attempts - b.n_correct / b.n_attempts) / sqrt(count(*))
FROM outcome a JOIN outcome b ON a.metric_id = b.metric_id AND a.sample_number = b.sample_number AND a.run_id < b.run_id
GROUP BY ALL
"""
"""Items, mean difference and its error, for every pair."""
HAND_ALL = """
WITH item AS (
  SELECT benchmark_id, run_id, metric_id, sample_number, n_attempts, coalesce(value, n_correct / n_attempts) AS x,
         CASE WHEN n_attempts > 1 THEN (n_correct / n_attempts) * (1 - n_correct / n_attempts) / (n_attempts - 1) END AS within
  FROM outcome JOIN run USING (run_id)
)
SELECT a.run_id, b.run_id, a.metric_id, count(*), avg(a.x), avg(b.x), avg(a.x - b.x), stddev_samp(a.x - b.x) / sqrt(count(*)),
       count(*) FILTER (a.x > b.x), count(*) FILTER (a.x < b.x), max(greatest(a.n_attempts, b.n_attempts)),
       avg(a.within + b.within), avg(a.within * a.n_attempts + b.within * b.n_attempts)
FROM item a JOIN item b ON a.benchmark_id = b.benchmark_id AND a.metric_id = b.metric_id
  AND a.sample_number = b.sample_number AND a.run_id < b.run_id
WHERE a.x IS NOT NULL AND b.x IS NOT NULL
GROUP BY ALL
"""
"""All that `pair_stats` gives: both means, the difference and its error, wins, losses, and the noise of the answers."""


def outcomes(n_models: int, n_items: int, n_attempts: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return right answers by model and item."""
    generator = np.random.default_rng(20250325)
    ability, difficulty = generator.normal(size=(n_models, 1)), generator.normal(size=(1, n_items))
    return generator.binomial(n_attempts, 1 / (1 + np.exp(difficulty - ability)))


def write(folder: Path, correct: np.ndarray[Any, np.dtype[np.int64]], n_attempts: int) -> Path:
    """Return a database of the outcomes, imported from Parquet."""
    n_models, n_items = correct.shape
    rows = np.arange(correct.size)
    table = pa.table(
        {
            "model": pa.array([f"model-{i:02}" for i in range(n_models)]).take(pa.array(rows // n_items)),
            "benchmark": pa.repeat("benchmark", len(rows)),
            "metric": pa.repeat("accuracy", len(rows)),
            "sample": pa.array([f"item-{i}" for i in range(n_items)]).take(pa.array(rows % n_items)),
            "n_attempts": pa.repeat(pa.scalar(n_attempts, pa.int32()), len(rows)),
            "n_correct": pa.array(correct.ravel(), pa.int32()),
        }
    )
    file, path = folder / "outcomes.parquet", folder / f"pairs-{n_attempts}.duckdb"
    pyarrow.parquet.write_table(table, file)
    with benchdb.connect(path, create=True) as db:
        db.seed()
        db.ingest(file)
    return path


def largest_error(db: benchdb.Database, share: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the largest deviation of any pair's standard error from NumPy's."""
    number = {f"model-{i:02}": i for i in range(len(share))}
    worst = 0.0
    for row in db.compare(all_pairs=True, benchmarks=["benchmark"]).rows:
        difference = share[number[row.model_a]] - share[number[row.model_b]]
        expected = difference.std(ddof=1) / len(difference) ** 0.5
        scale = 100.0 if row.unit == "percent" else 1.0
        worst = max(worst, abs((row.stderr or 0.0) / scale - expected))
    return worst


def measure(folder: Path, arguments: argparse.Namespace, n_attempts: int) -> None:
    """Measure the statement, all that a comparison asks of the items, and the whole answer."""
    correct = outcomes(arguments.models, arguments.items, n_attempts)
    with benchdb.connect(write(folder, correct, n_attempts), read_only=True) as db:
        raw: Any = db.engine.raw_connection().driver_connection
        found = raw.execute(
            "SELECT run_id, benchmark_id FROM run WHERE run_id IN (SELECT run_id FROM outcome)"
        ).fetchall()
        runs, benchmarks = [row[0] for row in found], {row[1] for row in found}
        error = largest_error(db, correct / n_attempts)
        print(
            f"{len(runs) * (len(runs) - 1) // 2} pairs, {n_attempts} attempts an item: largest deviation from NumPy {error:.1e}",
            flush=True,
        )

        def errors() -> object:
            with db.engine.connect() as connection:
                return connection.execute(select_pairs(shared_items(runs))).all()

        def items() -> object:
            with db.engine.connect() as connection:
                return pair_stats(connection, runs, benchmarks)

        def answer() -> object:
            return db.compare(all_pairs=True, benchmarks=["benchmark"])

        def by_hand(statement: str) -> Callable[[], object]:
            return lambda: raw.execute(statement).fetchall()

        for name, action, statement, aim in (
            ("paired errors and wins of all pairs / the errors, in SQL", errors, HAND_ERRORS, 1.3),
            ("all that shared items say / the same, in SQL", items, HAND_ALL, 1.3),
            ("compare --all-pairs, warm / what items say, in SQL", answer, HAND_ALL, 1.3),
        ):
            ours, theirs = best(action, by_hand(statement), arguments.repeats)
            report(name, ours, theirs, aim)


def main() -> None:
    """Run the measurements for one and for four attempts an item."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=50)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name:
        for n_attempts in (1, 4):
            measure(Path(name), arguments, n_attempts)


if __name__ == "__main__":
    main()
