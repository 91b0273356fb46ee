"""MLflow: logging runs into its SQLite store, and searching them.

Held against each other: every metric of every run. Each run has ten metrics; MLflow is given them in one batch a run and asked for the
runs by their first metric, best first, with all metrics; benchdb imports the same numbers from a CSV. MLflow keeps status, tags and
times of a run as well; benchdb keeps the source, unit, decimals and place of every number.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.peers import made_up
from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import Comparison, Side, require_equal, require_same_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row

N_METRICS = 10


def write(folder: Path, *, n_runs: int) -> None:
    """Write the metrics of the runs, and those of a single one to warm up with.

    Args:
        folder: An empty folder.
        n_runs: How many.
    """
    made_up.scores(folder / "runs.csv", n_runs, N_METRICS)
    made_up.scores(folder / "one.csv", 1, N_METRICS)


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.
    """
    python = bench.places.environment("mlflow", "mlflow", ["mlflow==3.17.2"])
    n_runs = bench.count(2_000, least=5)
    folder = bench.places.data(f"runs-{n_runs}x{N_METRICS}", partial(write, n_runs=n_runs))
    store = bench.places.scratch / "mlflow"
    asked = {"csv": str(folder / "runs.csv"), "folder": str(store)}
    log = Side(name="log_batch", script="mlflow_log.py", python=python, arguments=asked)
    search = Side(name="search_runs", script="mlflow_search.py", python=python, arguments={"folder": str(store)})
    ours = bench.ingest("ingest", [folder / "runs.csv"], [folder / "one.csv"])
    best = Side(name="sql", script="runs_stored.py", arguments={"database": ours.arguments["database"]})
    floor = bench.floor(ours, "csv")
    compared = Comparison([log, search, ours, floor, best])
    answers = compared.run(bench.repeats)
    n_metrics = require_equal("metrics of runs", answers[search.name], answers[best.name])
    require_same_tables(floor)
    what = f"{n_runs:,} runs with {n_metrics:,} metrics"
    yield compared.row(f"{what}: into the store", log, ours, AIM, floor)
    yield compared.row(f"{what}: all of them, best first", search, best, AIM)
