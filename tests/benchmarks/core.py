"""How fast the core is, as ratios to a baseline measured in the same run: `python tests/benchmarks/core.py`.

Each measurement is the least processor time of several runs, ours and the baseline's in turn, so that a busy machine slows both. Baselines
are `import click`, a script with duckdb_engine, and hand-written DuckDB SQL that fills or asks the same tables.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import benchdb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HAND_SCORES = """
INSERT INTO model BY NAME
  SELECT (hash(model) >> 1)::BIGINT AS model_id, model AS slug, model AS name, 'unreviewed' AS review_state FROM (SELECT DISTINCT model FROM incoming);
INSERT INTO benchmark BY NAME
  SELECT (hash(benchmark) >> 1)::BIGINT AS benchmark_id, benchmark AS slug, benchmark AS name, 'unreviewed' AS review_state
  FROM (SELECT DISTINCT benchmark FROM incoming);
INSERT INTO run BY NAME
  SELECT (hash(model, benchmark) >> 1)::BIGINT AS run_id, 1 AS source_id, (hash(model) >> 1)::BIGINT AS model_id,
         (hash(benchmark) >> 1)::BIGINT AS benchmark_id, '' AS subset, 1 AS protocol_id, model AS model_label,
         benchmark AS benchmark_label, 1 AS ingest_id
  FROM incoming;
INSERT INTO score BY NAME
  SELECT (hash(model, benchmark, value) >> 1)::BIGINT AS score_id, (hash(model, benchmark) >> 1)::BIGINT AS run_id,
         1 AS metric_id, value::DOUBLE AS value, unit, length(split_part(value, '.', 2)) AS decimals, false AS is_approximate,
         false AS is_aggregate, metric AS metric_label, 'row ' || (row_number() OVER () + 1) AS place, 1 AS ingest_id
  FROM incoming;
"""
HAND_OUTCOMES = """
INSERT INTO run BY NAME
  SELECT DISTINCT (hash(model, benchmark) >> 1)::BIGINT AS run_id, 1 AS source_id, (hash(model) >> 1)::BIGINT AS model_id,
         (hash(benchmark) >> 1)::BIGINT AS benchmark_id, '' AS subset, 1 AS protocol_id, model AS model_label,
         benchmark AS benchmark_label, 1 AS ingest_id
  FROM incoming;
INSERT INTO sample BY NAME
  SELECT (hash(benchmark) >> 1)::BIGINT AS benchmark_id, row_number() OVER (PARTITION BY benchmark ORDER BY sample) - 1 AS sample_number,
         '' AS subset, sample AS key
  FROM (SELECT DISTINCT benchmark, sample FROM incoming);
INSERT INTO outcome BY NAME
  SELECT (hash(model, benchmark) >> 1)::BIGINT AS run_id, 1 AS metric_id, s.sample_number, n_attempts, n_correct
  FROM incoming i JOIN sample s ON s.benchmark_id = (hash(i.benchmark) >> 1)::BIGINT AND s.key = i.sample;
INSERT INTO score BY NAME
  SELECT (hash(run_id, metric_id) >> 1)::BIGINT AS score_id, run_id, metric_id, avg(n_correct / n_attempts) AS value,
         'fraction' AS unit, false AS is_approximate, false AS is_aggregate, count(*) AS n_items, 'accuracy' AS metric_label, 1 AS ingest_id
  FROM outcome GROUP BY run_id, metric_id;
"""
HAND_LEADERBOARD = """
WITH claim AS (
  SELECT m.name AS model, m.parameters_label, og.name AS maker, b.name AS benchmark, b.n_items AS catalogue_items, s.score_id, s.run_id, p.variant, r.subset,
         s.value * CASE WHEN s.unit = 'fraction' AND k.unit = 'percent' THEN 100 ELSE 1 END AS value, s.decimals, s.stderr, s.n_items, s.samples_per_item,
         s.is_approximate, o.kind, o.title, r.is_first_party, coalesce(r.ran_at::DATE, o.published_on) AS stated_on, r.ran_at, i.ingested_at, p.fingerprint
  FROM score s JOIN run r USING (run_id) JOIN model m USING (model_id) LEFT JOIN organization og ON og.organization_id = m.organization_id
  JOIN benchmark b USING (benchmark_id) JOIN metric k ON k.metric_id = s.metric_id
  JOIN source o USING (source_id) JOIN protocol p USING (protocol_id) JOIN ingest i ON i.ingest_id = s.ingest_id
  WHERE m.name IN ('AM-Distill-Qwen-32B', 'DeepSeek-R1-Distill-Qwen-32B', 'AM-Distill-Qwen-72B', 'DeepSeek-R1-Distill-Llama-70B')
    AND b.benchmark_id IN (SELECT benchmark_id FROM suite_member JOIN suite USING (suite_id) WHERE suite.slug = 'am-distill')
    AND k.slug = 'pass@1' AND i.state = 'complete'
    AND s.score_id NOT IN (SELECT target_id FROM correction WHERE action = 'retract')
), ranked AS (
SELECT *, row_number() OVER cell_by AS number, count(*) OVER cell AS n_claims, min(value) OVER cell AS least, max(value) OVER cell AS greatest,
       count(DISTINCT fingerprint) OVER cell > 1 AS is_mixed
FROM claim
WINDOW cell AS (PARTITION BY model, variant, benchmark, subset),
       cell_by AS (PARTITION BY model, variant, benchmark, subset ORDER BY kind <> 'harness_log', coalesce(is_first_party, true), is_approximate,
         stated_on DESC NULLS LAST, ran_at DESC NULLS LAST, ingested_at DESC, score_id))
SELECT *, avg(value) OVER (PARTITION BY model, variant) AS mean FROM ranked WHERE number = 1 ORDER BY mean DESC, model, benchmark
"""
"""The same answer: the chosen claim of each cell by the same policy, its rivals, their spread, and whether protocols are mixed."""
HAND_NEWEST = """
SELECT m.slug, b.slug, arg_max(s.value, (coalesce(r.ran_at::DATE, o.published_on), s.score_id)), count(*)
FROM score s JOIN run r USING (run_id) JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id)
JOIN metric k ON k.metric_id = s.metric_id JOIN source o USING (source_id)
WHERE m.name IN ('AM-Distill-Qwen-32B', 'DeepSeek-R1-Distill-Qwen-32B', 'AM-Distill-Qwen-72B', 'DeepSeek-R1-Distill-Llama-70B')
  AND b.name IN ('AIME 2024', 'MATH-500', 'GPQA Diamond', 'LiveCodeBench') AND k.slug = 'pass@1'
GROUP BY ALL ORDER BY 1, 2
"""
"""Less than the answer: the newest value of each cell and how many there are."""
FOUR = ("AM-Distill-Qwen-32B", "DeepSeek-R1-Distill-Qwen-32B", "AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B")


BY_HAND = """
import sqlalchemy, duckdb_engine
with sqlalchemy.create_engine("duckdb:///demo.duckdb", connect_args={{"read_only": True}}).connect() as connection:
    for row in connection.exec_driver_sql(\'\'\'{statement}\'\'\'):
        print(row)
"""
"""The same leaderboard, asked by somebody with duckdb-engine and the statement at hand."""


def best(action: Callable[[], object], baseline: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the least processor seconds of an action and of its baseline, run in turn; threads and child processes count."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(repeats):
        for action_, times in ((baseline, theirs), (action, ours)):
            start = processor_seconds()
            action_()
            times.append(processor_seconds() - start)
    return min(ours), min(theirs)


def processor_seconds() -> float:
    """Return the processor seconds of this process, all its threads, and of its children so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def report(name: str, ours: float, theirs: float, aim: float) -> None:
    """Print one line of the result."""
    verdict = "met" if ours / theirs <= aim else "missed"
    print(f"{name:<58} {ours:8.3f} s {theirs:8.3f} s  ratio {ours / theirs:5.2f}  aim {aim:.1f}  {verdict}", flush=True)


def with_bytecode(folder: Path) -> dict[str, str]:
    """Return an environment in which modules are compiled once, as an installation does, whatever the surroundings say."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def child_seconds(command: Sequence[str], folder: Path) -> float:
    """Return the processor seconds of a program, from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env=with_bytecode(folder))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def best_start(ours: Sequence[str], baseline: Sequence[str], folder: Path, repeats: int) -> tuple[float, float]:
    """Return the least processor seconds of two Python programs, run in turn; the first run of each compiles and does not count."""
    times = [
        [child_seconds([sys.executable, *arguments], folder) for arguments in (ours, baseline)]
        for _ in range(repeats + 1)
    ]
    return min(ours_ for ours_, _ in times[1:]), min(theirs for _, theirs in times[1:])


def cold_starts(folder: Path, repeats: int) -> None:
    """Measure what a person waits for before the first output, in processor time."""
    database = folder / "demo.duckdb"
    with benchdb.connect(database, create=True) as db:
        db.seed()
    script = folder / "by_hand.py"
    script.write_text(BY_HAND.format(statement=HAND_LEADERBOARD.replace(f"m.name IN {FOUR}", "true")), encoding="utf-8")
    ours, theirs = best_start(("-m", "benchdb", "--help"), ("-c", "import click"), folder, repeats)
    report("benchdb --help / import click", ours, theirs, 1.5)
    ask = ("-m", "benchdb", "leaderboard", "--db", str(database), "--suite", "am-distill")
    ours, theirs = best_start(ask, (str(script),), folder, repeats)
    report("benchdb leaderboard (demo database) / duckdb_engine and SQL", ours, theirs, 1.3)


def empty_database(folder: Path, name: str) -> Path:
    """Return a new database with the schema and nothing in it."""
    template = folder / "template.duckdb"
    if not template.exists():
        benchdb.connect(template, create=True).close()
    path = folder / name
    shutil.copy(template, path)
    return path


def by_hand(folder: Path, reader: str, statements: str) -> None:
    """Fill an empty database with hand-written SQL in one transaction."""
    path = empty_database(folder, "hand.duckdb")
    with duckdb.connect(path) as connection:
        connection.execute("BEGIN")
        connection.execute(f"CREATE TEMP VIEW incoming AS SELECT * FROM {reader}")
        for statement in statements.split(";")[:-1]:
            connection.execute(statement).fetchall()
        connection.execute("COMMIT")


def by_benchdb(folder: Path, file: Path, n_expected: int, count: str) -> None:
    """Fill an empty database with one import."""
    path = empty_database(folder, "ours.duckdb")
    with benchdb.connect(path) as db:
        done = db.ingest(file)
        found = done.total(count)
        if found != n_expected:
            message = f"{file.name}: expected {n_expected} {count}, found {found}: {done.files}"
            raise RuntimeError(message)


def load_scores(folder: Path, n: int, repeats: int) -> None:
    """Import a CSV of n scores."""
    side = round(n**0.5)
    generator = np.random.default_rng(20250325)
    numbers = np.arange(side * side)
    values = pa.array([f"{value:.1f}" for value in generator.uniform(0, 100, len(numbers))])
    table = pa.table(
        {
            "model": pa.array([f"model-{i}" for i in range(side)]).take(pa.array(numbers // side)),
            "benchmark": pa.array([f"benchmark-{i}" for i in range(side)]).take(pa.array(numbers % side)),
            "metric": pa.array(["accuracy"] * len(numbers)),
            "value": values,
            "unit": pa.array(["percent"] * len(numbers)),
        }
    )
    file = folder / "scores.csv"
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="none"))
    reader = f"read_csv('{file}', all_varchar = true)"
    ours, theirs = best(
        lambda: by_benchdb(folder, file, len(numbers), "n_scores"),
        lambda: by_hand(folder, reader, HAND_SCORES),
        repeats,
    )
    report(f"CSV of {len(numbers):,} scores / hand-written SQL", ours, theirs, 3.0)


def load_outcomes(folder: Path, n: int, repeats: int) -> None:
    """Import a Parquet file of n outcomes: 40 models on benchmarks of 5,000 items."""
    n_models, n_items = 40, 5_000
    n_benchmarks = max(1, n // (n_models * n_items))
    n_rows = n_models * n_items * n_benchmarks
    file = folder / "outcomes.parquet"
    generator = np.random.default_rng(20250325)
    models, items = pa.array([f"model-{i}" for i in range(n_models)]), pa.array([f"item-{i}" for i in range(n_items)])
    writer = None
    for benchmark in range(n_benchmarks):
        rows = np.arange(n_models * n_items)
        table = pa.table(
            {
                "model": models.take(pa.array(rows // n_items)),
                "benchmark": pa.repeat(f"benchmark-{benchmark}", len(rows)),
                "metric": pa.repeat("accuracy", len(rows)),
                "sample": items.take(pa.array(rows % n_items)),
                "n_attempts": pa.repeat(pa.scalar(4, pa.int32()), len(rows)),
                "n_correct": pa.array(generator.integers(0, 5, len(rows)), pa.int32()),
            }
        )
        writer = writer or pyarrow.parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
    ours, theirs = best(
        lambda: by_benchdb(folder, file, n_rows, "n_outcomes"),
        lambda: by_hand(folder, f"read_parquet('{file}')", HAND_OUTCOMES),
        repeats,
    )
    report(f"Parquet of {n_rows:,} outcomes / hand-written SQL", ours, theirs, 1.5)


def ask_large(folder: Path, repeats: int) -> None:
    """Ask for the seed leaderboard in a database of a million scores."""
    path = folder / "large.duckdb"
    shutil.copy(folder / "ours_scores.duckdb", path)
    with benchdb.connect(path) as db:
        db.seed()
        raw: Any = db.engine.raw_connection().driver_connection

        def ours() -> object:
            return db.leaderboard(models=FOUR, suite="am-distill", metric="pass@1")

        ours()
        mine, hand = best(ours, lambda: raw.execute(HAND_LEADERBOARD).fetchall(), repeats)
        report("seed leaderboard among 1,000,000 scores / the same in SQL", mine, hand, 1.3)
        mine, hand = best(ours, lambda: raw.execute(HAND_NEWEST).fetchall(), repeats)
        report("seed leaderboard / newest values only, in SQL", mine, hand, 1.3)


def main() -> None:
    """Run the measurements named on the command line, by default all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=1_000_000)
    parser.add_argument("--outcomes", type=int, default=20_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=["cold", "scores", "outcomes", "query"], action="append")
    arguments = parser.parse_args()
    wanted = arguments.only or ["cold", "scores", "outcomes", "query"]
    has_cli = importlib.util.find_spec("benchdb.__main__") is not None
    print(
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, pyarrow {pa.__version__}, {os.cpu_count()} cores"
    )
    with tempfile.TemporaryDirectory(prefix="benchdb-bench-") as name, contextlib.redirect_stderr(io.StringIO()):
        folder = Path(name)
        if "cold" in wanted and has_cli:
            cold_starts(folder, max(arguments.repeats, 10))
        if "scores" in wanted or "query" in wanted:
            load_scores(folder, arguments.scores, arguments.repeats if "scores" in wanted else 1)
            shutil.copy(folder / "ours.duckdb", folder / "ours_scores.duckdb")
        if "query" in wanted:
            ask_large(folder, max(arguments.repeats, 20))
        if "outcomes" in wanted:
            load_outcomes(folder, arguments.outcomes, min(arguments.repeats, 3))


if __name__ == "__main__":
    main()
