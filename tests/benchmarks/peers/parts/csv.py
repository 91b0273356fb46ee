"""pandas on the same CSV: `read_csv` and the groupby that answers who leads, and what keeps the same numbers in a database.

Held against each other: the mean of every model, and every number of both databases with its model, benchmark, metric, unit and source.
Bare pandas reads the file anew for each question and checks nothing. With SQLite it numbers the names, and a key keeps a score from standing
twice. benchdb resolves every name, gives every number a key that is the same in any database, its decimals and its place.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

import benchdb
from tests.benchmarks.peers import made_up
from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import Comparison, PartFailedError, Side, require_equal, require_same_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row

IN_SQLITE = """
SELECT m.name, b.name, k.name, s.unit, o.name, s.value
FROM score s JOIN source o USING (source_id) JOIN model m USING (model_id) JOIN benchmark b USING (benchmark_id) JOIN metric k USING (metric_id)
ORDER BY m.name, b.name
"""
IN_OURS = """
SELECT model_label, benchmark_label, metric_label, unit, source_title, value
FROM claims WHERE source_title = 'scores.csv' ORDER BY model_label, benchmark_label
"""


def write(folder: Path, *, side: int) -> None:
    """Write the scores of as many models as there are benchmarks, and a single one to warm up with.

    Args:
        folder: An empty folder.
        side: How many.
    """
    made_up.scores(folder / "scores.csv", side, side)
    made_up.scores(folder / "one.csv", 1, 1)


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.
    """
    side = round(bench.count(1_000_000, least=9) ** 0.5)
    folder = bench.places.data(f"scores-{side}x{side}", partial(write, side=side))
    path = folder / "scores.csv"
    kept = str(bench.places.scratch / "pandas.sqlite")
    bare = Side(name="read_csv and groupby", script="csv_pandas.py", arguments={"path": str(path)})
    pandas = Side(
        name="read_csv, factorize and to_sql", script="csv_sqlite.py", arguments={"path": str(path), "database": kept}
    )
    asked = Side(name="read_sql of SQLite", script="csv_sqlite_stored.py", arguments={"database": kept})
    ours = bench.ingest("ingest", [path], [folder / "one.csv"])
    stored = Side(name="sql", script="csv_stored.py", arguments={"database": ours.arguments["database"]})
    floor = bench.floor(ours, "csv")
    compared = Comparison([bare, pandas, asked, ours, floor, stored])
    answers = compared.run(bench.repeats)
    n_models = require_equal("means of models", answers[bare.name], answers[stored.name])
    require_equal("means of models in SQLite", answers[asked.name], answers[stored.name])
    for each in (pandas, ours):
        require_equal("scores", {"n": side * side}, {"n": answers[each.name]["n_scores"]})
    require_same_scores(kept, ours.arguments["database"])
    require_same_tables(floor)
    what = f"CSV of {side * side:,} scores"
    means = f"{what}: means of {n_models:,} models"
    yield compared.row(f"{what}: into a database", pandas, ours, AIM, floor)
    yield compared.row(f"{means}, imported before by both", asked, stored, AIM)
    yield compared.row(means, bare, ours, None)
    yield compared.row(f"{means}, imported before", bare, stored, AIM)


def require_same_scores(sqlite: str, database: str) -> None:
    """Hold every score of both databases against each other.

    Args:
        sqlite: What pandas has filled.
        database: What benchdb has filled.

    Raises:
        PartFailedError: If a score is missing in one of them or differs in anything.
    """
    with closing(sqlite3.connect(sqlite)) as connection:
        theirs = pd.DataFrame(connection.execute(IN_SQLITE).fetchall())
    with benchdb.connect(database, read_only=True) as db:
        ours = db.sql(IN_OURS).to_pandas()
    try:
        pd.testing.assert_frame_equal(theirs, ours.set_axis(theirs.columns, axis="columns"), check_exact=True)
    except AssertionError as error:
        raise PartFailedError(f"scores of SQLite and of benchdb: {error}") from error
