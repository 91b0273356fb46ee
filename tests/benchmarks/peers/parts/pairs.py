"""eval-arena's table of all pairs on the same outcomes: `BattleSummary.pass1_to_battle` and `battle_summary`.

Held against each other: both accuracies and the standard error of every pair, of which eval-arena computes each twice, from both sides,
and divides by the number of items where we divide by one less. It also computes a sign test's error and a correlation; `compare
--all-pairs` also gives intervals, exact p values, corrections for the number of pairs and verdicts.
"""

from __future__ import annotations

import json
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

ADDRESS = "https://github.com/crux-eval/eval-arena"


def write(folder: Path, *, n_models: int, n_items: int) -> None:
    """Write outcomes as Parquet, and as the lines of JSON that eval-arena reads.

    Args:
        folder: An empty folder.
        n_models: How many models.
        n_items: On how many items.
    """
    right = made_up.right_answers(n_models, n_items)
    made_up.outcomes(folder / "outcomes.parquet", right)
    made_up.outcomes(folder / "one.parquet", right[:1, :1])
    with (folder / "outcomes.jsonl").open("w") as file:
        for model in range(n_models):
            for item in range(n_items):
                row = {"benchmark_id": "benchmark", "model": f"model-{model}", "example_id": f"item-{item}"}
                file.write(json.dumps({**row, "pass1": int(right[model, item]), "count": 1}) + "\n")


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.
    """
    source = bench.places.checkout("eval-arena", ADDRESS)
    n_models, n_items = bench.count(50, least=3), bench.count(500, least=20)
    folder = bench.places.data(f"outcomes-{n_models}x{n_items}", partial(write, n_models=n_models, n_items=n_items))
    arguments = {"source": str(source), "path": str(folder / "outcomes.jsonl")}
    arena = Side(name="battle_summary", script="arena_pairs.py", arguments=arguments)
    ours = bench.ingest("ingest", [folder / "outcomes.parquet"], [folder / "one.parquet"])
    pairs = Side(
        name="compare --all-pairs", script="pairs_stored.py", arguments={"database": ours.arguments["database"]}
    )
    compared = Comparison([arena, ours, pairs])
    answers = compared.run(bench.repeats)
    n_pairs = require_equal("accuracies and errors of pairs", answers[arena.name], answers[pairs.name])
    what = f"{n_pairs:,} pairs of {n_models} models on {n_items} items"
    yield compared.row(what, arena, pairs, AIM)
