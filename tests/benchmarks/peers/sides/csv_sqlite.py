"""pandas: a CSV of scores into a SQLite file whose names stand in tables of their own, made before with their keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED = ("source", "model", "benchmark", "metric")
TABLES = (
    *(f"CREATE TABLE {name} ({name}_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)" for name in NAMED),
    "CREATE TABLE score (score_id INTEGER PRIMARY KEY, "
    + "".join(f"{name}_id INTEGER NOT NULL REFERENCES {name}, " for name in NAMED)
    + "value REAL NOT NULL, unit TEXT NOT NULL, UNIQUE (model_id, benchmark_id, metric_id, source_id))",
)
"""A score stands once for each model, benchmark, metric and source; that index finds the scores of a model as well."""

FEW_STATEMENTS = {"method": "multi", "chunksize": 4_000}
"""Many rows a statement, about as many as SQLite takes values: a quarter less processor time than `executemany`."""


def prepare(path: str, database: str) -> Callable[[], int]:
    """Return the action: read the file, number its names, and store all; it returns how many scores."""
    import pandas as pd

    def action(most: int | None = None) -> int:
        frame = pd.read_csv(path, nrows=most)
        frame["source"] = Path(path).name
        with closing(sqlite3.connect(database)) as connection:
            options: dict[str, Any] = {"con": connection, "if_exists": "append", "index": False, **FEW_STATEMENTS}
            for name in NAMED:
                frame[f"{name}_id"], names = pd.factorize(frame.pop(name))
                pd.DataFrame({f"{name}_id": range(len(names)), "name": names}).to_sql(name, **options)
            return int(frame.rename_axis("score_id").reset_index().to_sql("score", **options) or 0)

    made(database)
    action(1)
    made(database)
    return action


def made(database: str) -> None:
    """Make the database anew, its tables empty."""
    Path(database).unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        for statement in TABLES:
            connection.execute(statement)


def answer(n_scores: int) -> dict[str, int]:
    """Return how many scores were stored."""
    return {"n_scores": n_scores}
