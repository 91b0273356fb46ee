"""MLflow: runs with their metrics into an SQLite store."""

from __future__ import annotations

import csv
import logging
import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(csv: str, folder: str) -> Callable[[], int]:
    """Return the action: a run for each model of a CSV, its metrics in one batch; the store is made before."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    shutil.rmtree(folder, ignore_errors=True)
    Path(folder).mkdir()
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment("benchmarks", artifact_location=f"file://{folder}/artifacts")

    def log(model: str, values: dict[str, float]) -> None:
        run = client.create_run(experiment, run_name=model).info.run_id
        client.log_batch(run, metrics=[Metric(name, value, 0, 0) for name, value in values.items()])
        client.set_terminated(run)

    log("to warm up", {"benchmark-0": 1.0})
    client.delete_run(client.search_runs([experiment])[0].info.run_id)

    def action() -> int:
        runs = read(Path(csv))
        for model, values in runs.items():
            log(model, values)
        return len(runs)

    return action


def read(path: Path) -> dict[str, dict[str, float]]:
    """Return the metrics of each model."""
    runs: dict[str, dict[str, float]] = {}
    with path.open() as file:
        for row in csv.DictReader(file):
            runs.setdefault(row["model"], {})[row["benchmark"]] = float(row["value"])
    return runs
