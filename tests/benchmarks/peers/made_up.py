"""Made-up results that several parts use: runs with metrics as a CSV, and right answers by model and item."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20250325


def scores(path: Path, n_models: int, n_benchmarks: int) -> None:
    """Write a CSV of scores in percent, one row for each model and benchmark.

    Args:
        path: The file.
        n_models: Models, named model-0 and on.
        n_benchmarks: Benchmarks, named benchmark-0 and on.
    """
    rows = np.arange(n_models * n_benchmarks)
    drawn = random.Random(SEED)  # noqa: S311 — made-up scores
    table = pa.table(
        {
            "model": pa.array([f"model-{i}" for i in range(n_models)]).take(pa.array(rows // n_benchmarks)),
            "benchmark": pa.array([f"benchmark-{i}" for i in range(n_benchmarks)]).take(pa.array(rows % n_benchmarks)),
            "metric": pa.repeat("accuracy", len(rows)),
            "value": pa.array([f"{drawn.uniform(0, 100):.1f}" for _ in rows]),
            "unit": pa.repeat("percent", len(rows)),
        }
    )
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="none"))


def right_answers(n_models: int, n_items: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return 1 for right and 0 for wrong by model and item, drawn by a Rasch model.

    Args:
        n_models: Rows.
        n_items: Columns.
    """
    generator = np.random.default_rng(SEED)
    ability, difficulty = generator.normal(size=(n_models, 1)), generator.normal(size=(1, n_items))
    return generator.binomial(1, 1 / (1 + np.exp(difficulty - ability)))


def outcomes(path: Path, right: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    """Write outcomes of items as Parquet, one attempt each.

    Args:
        path: The file.
        right: By model and item.
    """
    n_models, n_items = right.shape
    rows = np.arange(right.size)
    table = pa.table(
        {
            "model": pa.array([f"model-{i}" for i in range(n_models)]).take(pa.array(rows // n_items)),
            "benchmark": pa.repeat("benchmark", len(rows)),
            "metric": pa.repeat("accuracy", len(rows)),
            "sample": pa.array([f"item-{i}" for i in range(n_items)]).take(pa.array(rows % n_items)),
            "n_attempts": pa.repeat(pa.scalar(1, pa.int32()), len(rows)),
            "n_correct": pa.array(right.ravel(), pa.int32()),
        }
    )
    pyarrow.parquet.write_table(table, path)
