"""pandas on the same CSV: `read_csv`, and the groupby that answers who leads.

Held against each other: the mean of every model. pandas reads the file anew for each question and checks nothing; benchdb reads it once,
resolves every name, gives every number its key, unit, decimals and place, and answers from the database from then on.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.peers import made_up
from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import Comparison, Side, require_equal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row


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
    pandas = Side(name="read_csv and groupby", script="csv_pandas.py", arguments={"path": str(path)})
    ours = bench.ingest("ingest", [path], [folder / "one.csv"])
    stored = Side(name="sql", script="csv_stored.py", arguments={"database": ours.arguments["database"]})
    compared = Comparison([pandas, ours, stored])
    answers = compared.run(bench.repeats)
    n_models = require_equal("means of models", answers[pandas.name], answers[stored.name])
    require_equal("scores", {"n": side * side}, {"n": answers[ours.name]["n_scores"]})
    what = f"CSV of {side * side:,} scores: means of {n_models:,} models"
    yield compared.row(what, pandas, ours, None)
    yield compared.row(f"{what}, imported before", pandas, stored, AIM)
