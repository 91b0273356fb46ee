"""How fast rankings are, as ratios to hand-written SQL in the same run: `python tests/benchmarks/rankings.py`.

Each measurement is the best of several, ours and the SQL in turn. The SQL chooses the same claim of each cell, takes the mean
and its error, and counts for every model who is better and who is worse beyond one fixed multiple of the joint error; it has
neither Holm's steps, tiers, chances nor notes. Times are of processors, both cores together, since a busy machine slows clocks.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv

import benchdb
from benchdb.query.aggregates import Aggregate
from benchdb.query.filters import Filters
from benchdb.query.grids import Missing
from benchdb.query.policies import Policy
from benchdb.query.ranked import aggregated, options_for
from benchdb.query.scores import read_scores
from benchdb.query.standings import stand

if TYPE_CHECKING:
    from collections.abc import Callable

HAND_CELLS = """
WITH claim AS (
  SELECT m.slug AS model, m.name AS model_name, p.variant, b.slug AS benchmark, r.subset, s.score_id, s.decimals, s.n_items,
         o.kind, o.title, s.value * CASE WHEN s.unit = 'fraction' AND k.unit = 'percent' THEN 100 ELSE 1 END AS value,
         row_number() OVER (PARTITION BY r.model_id, p.variant, r.benchmark_id, r.subset ORDER BY o.kind <> 'harness_log',
           coalesce(r.is_first_party, true), s.is_approximate, coalesce(r.ran_at::DATE, o.published_on) DESC NULLS LAST,
           i.ingested_at DESC, s.score_id) AS number,
         count(*) OVER (PARTITION BY r.model_id, p.variant, r.benchmark_id, r.subset) AS n_claims
  FROM score s JOIN run r USING (run_id) JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id)
  JOIN metric k ON k.metric_id = s.metric_id JOIN source o USING (source_id) JOIN protocol p USING (protocol_id)
  JOIN ingest i ON i.ingest_id = s.ingest_id
  WHERE i.state = 'complete' AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract')
)
SELECT * FROM claim WHERE number = 1
"""
HAND_BOARD = f"""
WITH cell AS ({HAND_CELLS}), board AS (
  SELECT model, variant, avg(value) AS mean, sqrt(sum(value * (100 - value) / n_items)) / count(*) AS error,
         sum(0.5 * 10.0 ** -decimals) / count(*) AS rounding
  FROM cell GROUP BY ALL)
SELECT a.model, a.mean, a.error,
       1 + count(*) FILTER (b.mean - a.mean > 5.3 * sqrt(a.error ** 2 + b.error ** 2) + a.rounding + b.rounding) AS best_rank,
       (SELECT count(*) FROM board)
         - count(*) FILTER (a.mean - b.mean > 5.3 * sqrt(a.error ** 2 + b.error ** 2) + a.rounding + b.rounding) AS worst_rank
FROM board a, board b GROUP BY ALL ORDER BY mean DESC
"""
HAND_PAIRED = """
WITH x AS (SELECT run_id, sample_number, n_correct / n_attempts AS x FROM outcome)
SELECT a.run_id, b.run_id, count(*), avg(a.x - b.x), stddev_samp(a.x - b.x) / sqrt(count(*))
FROM x a JOIN x b ON a.sample_number = b.sample_number AND a.run_id < b.run_id GROUP BY ALL
"""


def best(action: Callable[[], object], baseline: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the least processor seconds of an action and of its baseline, run in turn."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(repeats):
        for action_, times in ((baseline, theirs), (action, ours)):
            start = time.process_time()
            action_()
            times.append(time.process_time() - start)
    return min(ours), min(theirs)


def report(name: str, ours: float, theirs: float) -> None:
    """Print one line of the result."""
    print(f"{name:<66} {ours:8.3f} s {theirs:8.3f} s  ratio {ours / theirs:5.2f}", flush=True)


def describe(db: benchdb.Database) -> None:
    """Say of the metric what the catalogue would: a share, higher is better."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE metric SET higher_is_better = true, is_proportion = true, unit = 'percent'")


def fill(folder: Path, n_models: int, n_benchmarks: int) -> Path:
    """Return a database of models with abilities on benchmarks with difficulties, 500 items each, printed to 0.1 %."""
    generator = np.random.default_rng(20250325)
    numbers = np.arange(n_models * n_benchmarks)
    ability, difficulty = generator.normal(0, 1, n_models), generator.normal(0, 1, n_benchmarks)
    chance = 1 / (1 + np.exp(difficulty[numbers % n_benchmarks] - ability[numbers // n_benchmarks]))
    table = pa.table(
        {
            "model": pa.array([f"model-{i}" for i in range(n_models)]).take(pa.array(numbers // n_benchmarks)),
            "benchmark": pa.array([f"benchmark-{i}" for i in range(n_benchmarks)]).take(
                pa.array(numbers % n_benchmarks)
            ),
            "metric": pa.array(["accuracy"] * len(numbers)),
            "value": pa.array([f"{correct / 5:.1f}" for correct in generator.binomial(500, chance)]),
            "unit": pa.array(["percent"] * len(numbers)),
            "n_items": pa.array([500] * len(numbers)),
        }
    )
    file = folder / f"scores-{n_models}x{n_benchmarks}.csv"
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="none"))
    path = file.with_suffix(".duckdb")
    with benchdb.connect(path, create=True) as db:
        db.ingest(file)
        describe(db)
    return path


def fill_items(folder: Path, n_models: int, n_items: int) -> Path:
    """Return a database of the outcomes of one benchmark."""
    generator = np.random.default_rng(20250325)
    numbers = np.arange(n_models * n_items)
    correct = generator.random(len(numbers)) < generator.uniform(0.3, 0.9, n_items)[numbers % n_items]
    table = pa.table(
        {
            "model": pa.array([f"model-{i}" for i in range(n_models)]).take(pa.array(numbers // n_items)),
            "benchmark": pa.array(["benchmark"] * len(numbers)),
            "metric": pa.array(["accuracy"] * len(numbers)),
            "sample": pa.array([f"item-{i}" for i in range(n_items)]).take(pa.array(numbers % n_items)),
            "n_attempts": pa.array([1] * len(numbers)),
            "n_correct": pa.array(correct.astype(int)),
        }
    )
    file = folder / "outcomes.csv"
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="none"))
    path = folder / "outcomes.duckdb"
    with benchdb.connect(path, create=True) as db:
        db.ingest(file)
        describe(db)
    return path


def boards(path: Path, what: str, repeats: int) -> None:
    """Measure a leaderboard with tiers and chances, all its columns and the eight that the command shows."""
    with benchdb.connect(path, read_only=True) as db:
        raw: Any = db.engine.raw_connection().driver_connection

        def by_hand() -> object:
            return raw.execute(HAND_CELLS).fetchall(), raw.execute(HAND_BOARD).fetchall()

        mine, hand = best(db.leaderboard, by_hand, repeats)
        report(f"leaderboard of {what} / cells and bounds in SQL", mine, hand)
        mine, hand = best(lambda: db.leaderboard(most=8), by_hand, repeats)
        report(f"leaderboard of {what}, 8 columns / the same", mine, hand)


def pairs(path: Path, what: str, repeats: int) -> None:
    """Measure what comes after the scores are read: means, all pairs, tiers and chances, against the SQL for the pairs."""
    with benchdb.connect(path, read_only=True) as db, db.engine.connect() as connection:
        raw: Any = db.engine.raw_connection().driver_connection
        scores = read_scores(connection, Filters(), Policy.PREFERRED, 0.95)
        options = options_for(connection, scores, {}, 0.95, 1)

        def ours() -> object:
            _, found, _ = aggregated(scores, Aggregate.MEAN, Missing.COMMON, options)
            return stand(found, 0.95, 1)

        mine, hand = best(ours, lambda: raw.execute(HAND_BOARD).fetchall(), repeats)
        report(f"means, tiers and chances of {what} / bounds in SQL", mine, hand)


def paired(path: Path, what: str, repeats: int) -> None:
    """Measure a leaderboard that compares models on their items."""
    with benchdb.connect(path, read_only=True) as db:
        raw: Any = db.engine.raw_connection().driver_connection
        mine, hand = best(db.leaderboard, lambda: raw.execute(HAND_PAIRED).fetchall(), repeats)
        report(f"leaderboard of {what} / paired errors in SQL", mine, hand)


def main() -> None:
    """Run the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=1_000)
    parser.add_argument("--benchmarks", type=int, default=200)
    parser.add_argument("--item-models", type=int, default=50)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, NumPy {np.__version__}")
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name:
        folder = Path(name)
        what = f"{arguments.models:,} models x {arguments.benchmarks} benchmarks"
        path = fill(folder, arguments.models, arguments.benchmarks)
        boards(path, what, arguments.repeats)
        pairs(path, what, arguments.repeats)
        items = fill_items(folder, arguments.item_models, arguments.items)
        paired(items, f"{arguments.item_models} models x {arguments.items} items", arguments.repeats)


if __name__ == "__main__":
    main()
