"""Databases of one size or another, filled by a few statements: what `tests/benchmarks/growth.py` asks its questions of.

A hundred models have outcomes on ten benchmarks, four attempts an item, in groups of five that are no independent items on two of them; one
benchmark has its answers stored. Ninety more benchmarks have printed values only, from as many sources as there are thousands
of items; in one cell of twenty they disagree. Only items and sources grow, so answers keep their size and questions have to read more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

import benchdb

if TYPE_CHECKING:
    from pathlib import Path

N_MODELS, N_WITH_ITEMS, N_PRINTED, N_ATTEMPTS = 100, 10, 90, 4
"""Models, benchmarks with outcomes, benchmarks with printed values only, attempts at each item."""
FILL = """
INSERT INTO ingest BY NAME SELECT 1 AS ingest_id, 'made' AS name, '00' AS sha256, 1 AS n_bytes, 'made' AS importer, '1' AS importer_version,
  '{{}}' AS options, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS ingested_at, 'complete' AS state, 1 AS n_runs, 1 AS n_scores,
  {models} * {with_items} * {items} AS n_outcomes, 0 AS n_repeated;
INSERT INTO metric BY NAME SELECT 1 AS metric_id, 'accuracy' AS slug, 'accuracy' AS name, true AS higher_is_better, 'percent' AS unit,
  true AS is_proportion, 'reviewed' AS review_state;
INSERT INTO organization BY NAME SELECT i AS organization_id, 'maker-' || i AS slug, 'maker-' || i AS name, 'reviewed' AS review_state FROM range(10) t(i);
INSERT INTO benchmark BY NAME SELECT i AS benchmark_id, 'benchmark-' || i AS slug, 'benchmark-' || i AS name, 1 AS metric_id,
  'reviewed' AS review_state, CASE WHEN i >= {with_items} THEN 500 END AS n_items FROM range({with_items} + {printed}) t(i);
INSERT INTO suite BY NAME SELECT i AS suite_id, CASE i WHEN 1 THEN 'items' ELSE 'printed' END AS slug, slug AS name, 'reviewed' AS review_state FROM range(1, 3) t(i);
INSERT INTO suite_member BY NAME SELECT CASE WHEN i < {with_items} THEN 1 ELSE 2 END AS suite_id, i AS benchmark_id, i + 1 AS position
  FROM range({with_items} + {printed}) t(i);
INSERT INTO model BY NAME SELECT i AS model_id, 'model-' || i AS slug, 'model-' || i AS name, i % 10 AS organization_id, 1000000000 * (i + 1) AS n_parameters,
  DATE '2024-01-01' + CAST(7 * i AS INTEGER) AS released_on, 'reviewed' AS review_state FROM range({models}) t(i);
INSERT INTO protocol BY NAME SELECT 1 AS protocol_id, 1 AS fingerprint;
INSERT INTO source BY NAME SELECT i AS source_id, CASE WHEN i = 0 THEN 'harness_log' ELSE 'paper' END AS kind, 'source ' || i AS title,
  DATE '2025-01-01' + CAST(i AS INTEGER) AS published_on, 1 AS ingest_id FROM range({sources} + 1) t(i);
INSERT INTO run BY NAME SELECT b.i * {models} + m.i AS run_id, 0 AS source_id, m.i AS model_id, b.i AS benchmark_id, '' AS subset, 1 AS protocol_id,
  'model-' || m.i AS model_label, 'benchmark-' || b.i AS benchmark_label, 1 AS ingest_id FROM range({with_items}) b(i), range({models}) m(i);
INSERT INTO sample BY NAME SELECT b.i AS benchmark_id, s.i AS sample_number, '' AS subset, 'item-' || s.i AS key,
  DATE '2024-01-01' + CAST(s.i % 366 AS INTEGER) AS dated_on, CASE WHEN b.i > 7 THEN 'group-' || s.i // 5 END AS cluster
  FROM range({with_items}) b(i), range({items}) s(i);
INSERT INTO outcome BY NAME SELECT run_id, 1 AS metric_id, sample_number, {attempts} AS n_attempts,
  {drawn} AS n_correct
  FROM (SELECT run_id, s.i AS sample_number, hash(1000000007 * run_id + s.i) AS drawn, (300 + 5 * model_id) * (300 + hash(1000 * benchmark_id + s.i) % 1000) // 1300 AS chance
        FROM run, range({items}) s(i))
  ORDER BY run_id, sample_number;
INSERT INTO score BY NAME SELECT run_id AS score_id, run_id, 1 AS metric_id, 100 * avg(n_correct / n_attempts) AS value, 'percent' AS unit,
  false AS is_approximate, false AS is_aggregate, 'accuracy' AS metric_label, 1 AS ingest_id FROM outcome GROUP BY run_id;
INSERT INTO answer BY NAME SELECT run_id, 1 AS metric_id, sample_number, 'right' AS answer, n_correct AS n_attempts, n_correct
  FROM outcome WHERE run_id < {models} AND n_correct > 0;
INSERT INTO answer BY NAME SELECT run_id, 1 AS metric_id, sample_number, 'wrong ' || hash(sample_number) % 2 AS answer,
  n_attempts - n_correct AS n_attempts, 0 AS n_correct FROM outcome WHERE run_id < {models} AND n_correct < n_attempts;
CREATE TEMP TABLE said AS SELECT 1000000 + row_number() OVER () AS run_id, s.i AS source_id, m.i AS model_id, {with_items} + b.i AS benchmark_id,
  round(20 + 60 * (hash(m.i, b.i) % 1000) / 1000 + CASE WHEN (m.i + b.i) % 20 = 0 THEN hash(s.i) % 30 / 10 ELSE 0 END, 1) AS value
  FROM range({models}) m(i), range({printed}) b(i), range(1, {sources} + 1) s(i);
INSERT INTO run BY NAME SELECT run_id, source_id, model_id, benchmark_id, '' AS subset, 1 AS protocol_id,
  TIMESTAMPTZ '2025-01-01 00:00:00+00' + INTERVAL 1 DAY * source_id AS ran_at, 'model-' || model_id AS model_label, 'benchmark-' || benchmark_id AS benchmark_label, 1 AS ingest_id FROM said;
INSERT INTO score BY NAME SELECT run_id AS score_id, run_id, 1 AS metric_id, value, 'percent' AS unit, 1 AS decimals, false AS is_approximate,
  false AS is_aggregate, 500 AS n_items, 'accuracy' AS metric_label, 1 AS ingest_id FROM said;
"""


def fill(path: Path, n_outcomes: int, memory: str) -> None:
    """Make a database of so many outcomes.

    Args:
        path: Where; there is no file yet.
        n_outcomes: Outcomes, a multiple of a thousand.
        memory: Memory that DuckDB may take, as in "8GB".
    """
    n_items = n_outcomes // (N_MODELS * N_WITH_ITEMS)
    benchdb.connect(path, create=True).close()
    with duckdb.connect(path, config={"memory_limit": memory}) as connection:
        sizes = {
            "models": N_MODELS,
            "with_items": N_WITH_ITEMS,
            "printed": N_PRINTED,
            "attempts": N_ATTEMPTS,
            "items": n_items,
            "sources": max(1, n_items // 500),
            "drawn": " + ".join(f"(drawn // {1000**i} % 1000 < chance)::INTEGER" for i in range(N_ATTEMPTS)),
        }
        for statement in FILL.format(**sizes).split(";\n")[:-1]:
            connection.execute(statement)
