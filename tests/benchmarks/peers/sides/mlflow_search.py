"""MLflow: all runs of a store as a data frame, the best by one metric first."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def prepare(folder: str) -> Callable[[], pd.DataFrame]:
    """Return the action: search the store that was filled before."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")

    def action(most: int = 50_000) -> pd.DataFrame:
        return mlflow.search_runs(
            experiment_names=["benchmarks"], order_by=["metrics.`benchmark-0` DESC"], max_results=most
        )

    action(1)
    return action


def answer(frame: pd.DataFrame) -> dict[str, float]:
    """Return every metric by run and name."""
    names = [name for name in frame.columns if name.startswith("metrics.")]
    return {
        f"{row['tags.mlflow.runName']} {name.removeprefix('metrics.')}": row[name]
        for row in frame.to_dict("records")
        for name in names
    }
