"""How fast the questions about items are, as ratios to hand-written DuckDB SQL in the same run: `python tests/benchmarks/items.py`.

The database holds 1,000 runs on one benchmark of 10,000 items, ten million outcomes of ten attempts each. Every measurement is the best
of several runs, ours and the baseline's in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import benchdb

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.core import best, report

if TYPE_CHECKING:
    from collections.abc import Callable

FILL = """
INSERT INTO ingest BY NAME SELECT 1 AS ingest_id, 'made' AS name, '00' AS sha256, 1 AS n_bytes, 'made' AS importer, '1' AS importer_version,
  '{{}}' AS options, now() AS ingested_at, 'complete' AS state, {runs} AS n_runs, {runs} AS n_scores, {runs} * {items} AS n_outcomes, 0 AS n_repeated;
INSERT INTO metric BY NAME SELECT 1 AS metric_id, 'accuracy' AS slug, 'accuracy' AS name, true AS higher_is_better, 'percent' AS unit,
  true AS is_proportion, 'reviewed' AS review_state;
INSERT INTO benchmark BY NAME SELECT 1 AS benchmark_id, 'made' AS slug, 'made' AS name, 1 AS metric_id, 'reviewed' AS review_state;
INSERT INTO source BY NAME SELECT 1 AS source_id, 'harness_log' AS kind, 'made' AS title, 1 AS ingest_id;
INSERT INTO protocol BY NAME SELECT 1 AS protocol_id, 1 AS fingerprint;
INSERT INTO model BY NAME SELECT i AS model_id, 'model-' || i AS slug, 'model-' || i AS name, 'reviewed' AS review_state FROM range({runs}) t(i);
INSERT INTO run BY NAME SELECT i AS run_id, 1 AS source_id, i AS model_id, 1 AS benchmark_id, '' AS subset, 1 AS protocol_id,
  'm' AS model_label, 'b' AS benchmark_label, 1 AS ingest_id FROM range({runs}) t(i);
INSERT INTO sample BY NAME SELECT 1 AS benchmark_id, i AS sample_number, '' AS subset, 'item-' || i AS key,
  DATE '2024-01-01' + CAST(i % 366 AS INTEGER) AS dated_on FROM range({items}) t(i);
INSERT INTO outcome BY NAME SELECT r.i AS run_id, 1 AS metric_id, s.i AS sample_number, 10 AS n_attempts,
  CAST(least(10, hash(r.i, s.i) % 11 * (1 + r.i % 7) // 4) AS INTEGER) AS n_correct FROM range({runs}) r(i), range({items}) s(i);
INSERT INTO score BY NAME SELECT run_id AS score_id, run_id, 1 AS metric_id, 100 * avg(n_correct / n_attempts) AS value, 'percent' AS unit,
  false AS is_approximate, false AS is_aggregate, 'accuracy' AS metric_label, 1 AS ingest_id FROM outcome GROUP BY run_id;
"""
HAND_BY_ITEM = """
SELECT m.slug, k, count(*), avg(p), stddev_samp(p) / sqrt(count(*))
FROM (
  SELECT run_id, k, 1 - list_product([(n_attempts - n_correct - i) / (n_attempts - i) FOR i IN range(k)]) AS p
  FROM outcome, (VALUES (1), (2), (4), (8), (10)) ks(k)
) JOIN run USING (run_id) JOIN model m USING (model_id)
GROUP BY m.slug, k ORDER BY m.slug, k
"""
"""pass@k item by item, as one would write it: less than the answer, which has pass^k too."""
HAND_COUNTED = """
WITH counted AS (SELECT run_id, n_attempts AS n, n_correct AS c, count(*) AS items FROM outcome GROUP BY ALL),
estimate AS (
  SELECT run_id, k, items, 1 - list_product([(n - c - i) / (n - i) FOR i IN range(k)]) AS any_right,
         list_product([(c - i) / (n - i) FOR i IN range(k)]) AS all_right
  FROM counted, (VALUES (1), (2), (4), (8), (10)) ks(k)
), mean AS (
  SELECT *, sum(items) OVER w AS n_items, sum(items * any_right) OVER w / sum(items) OVER w AS mean_any,
         sum(items * all_right) OVER w / sum(items) OVER w AS mean_all
  FROM estimate WINDOW w AS (PARTITION BY run_id, k)
)
SELECT m.slug, k, any_value(n_items), any_value(mean_any), any_value(mean_all),
       sqrt(sum(items * (any_right - mean_any) ** 2) / (any_value(n_items) - 1) / any_value(n_items)),
       sqrt(sum(items * (all_right - mean_all) ** 2) / (any_value(n_items) - 1) / any_value(n_items))
FROM mean JOIN run USING (run_id) JOIN model m USING (model_id)
GROUP BY m.slug, k ORDER BY m.slug, k
"""
"""The same answer by the same trick: count equal items first."""
HAND_ITEMS = """
WITH value AS (SELECT run_id, sample_number, n_correct / n_attempts AS x FROM outcome),
whole AS (SELECT run_id, sum(x) AS total, count(*) AS size FROM value GROUP BY run_id)
SELECT s.key, s.dated_on, count(*), avg(x) AS mean, sum((x > 0.5)::INTEGER), corr(x, (total - x) / (size - 1))
FROM value JOIN whole USING (run_id) JOIN sample s USING (sample_number)
GROUP BY s.key, s.dated_on ORDER BY mean, s.key
"""
HAND_WINDOW = """
SELECT m.slug, s.dated_on >= DATE '2024-07-01' AS inside, count(*), avg(n_correct / n_attempts), stddev_samp(n_correct / n_attempts) / sqrt(count(*))
FROM outcome JOIN sample s USING (sample_number) JOIN run USING (run_id) JOIN model m USING (model_id) GROUP BY ALL ORDER BY ALL
"""


def measure(name: str, ours: Callable[[], object], raw: Any, statement: str, repeats: int) -> None:
    """Measure a question against a statement."""
    ours()
    mine, hand = best(ours, lambda: raw.execute(statement).fetchall(), repeats)
    report(name, mine, hand, 1.3)


def main() -> None:
    """Fill a database and measure every question about items in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name:
        path = Path(name) / "items.duckdb"
        benchdb.connect(path, create=True).close()
        with duckdb.connect(path) as connection:
            for statement in FILL.format(runs=arguments.runs, items=arguments.items).split(";\n")[:-1]:
                connection.execute(statement)
        with benchdb.connect(path, read_only=True) as db:
            raw: Any = db.engine.raw_connection().driver_connection
            size = f"{arguments.runs * arguments.items / 1e6:g}M outcomes"
            ask = measure
            ask(f"pass@k, pass^k for 5 k, {size} / item by item", db.pass_at_k, raw, HAND_BY_ITEM, arguments.repeats)
            ask(
                f"pass@k, pass^k for 5 k, {size} / counted",
                db.pass_at_k,
                raw,
                HAND_COUNTED,
                arguments.repeats,
            )
            ask(f"items by difficulty, {size}", lambda: db.items("made"), raw, HAND_ITEMS, arguments.repeats)
            since = date(2024, 7, 1)
            ask(f"window and rest, {size}", lambda: db.window("made", since=since), raw, HAND_WINDOW, arguments.repeats)


if __name__ == "__main__":
    main()
