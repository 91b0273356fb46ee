"""MTEB's loader on a part of embeddings-benchmark/results: `ResultCache.load_results`.

Held against each other: the main score of every split and subset of every task. Files from before version 1.11 have no main score of
their own and are left out, and so is the task that measures the speed of a machine. With its default the loader keeps every number of a
file; the same is `--metrics all` here. The loader checks nothing and keeps its objects in memory for one program; the database holds
every number with its place in a hashed file, its unit and its protocol.
"""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import Comparison, Side, require_equal, require_same_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row

ADDRESS = "https://github.com/embeddings-benchmark/results"
MODELS = ("sentence-transformers__all-MiniLM-L6-v2", "sentence-transformers__all-mpnet-base-v2")
SPEED = frozenset({"GPUSpeedTask", "CPUSpeedTask"})
"""Tasks whose scores are no scores."""
WARM_UP = "STS12"


def copy(folder: Path, *, source: Path, n_files: int) -> None:
    """Copy results of the models.

    Args:
        folder: An empty folder.
        source: A checkout of the repository.
        n_files: Most files to copy; facts about models come with them.
    """
    n_copied = 0
    for path in sorted(each for model in MODELS for each in (source / "results" / model).rglob("*.json*")):
        is_results = path.suffix == ".json" and path.name != "model_meta.json"
        if is_results and (path.stem in SPEED or "scores" not in json.loads(path.read_bytes())):
            continue
        if is_results and n_copied >= n_files and path.stem != WARM_UP:
            continue
        n_copied += is_results
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.
    """
    python = bench.places.environment("mteb", "mteb", ["mteb==2.26.24"], variable="BENCHDB_TOOLS_PYTHON_MTEB")
    source = bench.places.checkout("mteb-results", ADDRESS, [f"results/{model}" for model in MODELS])
    n_files = bench.count(2_000, least=5)
    folder = bench.places.data(f"mteb-{n_files}", partial(copy, source=source, n_files=n_files))
    first = next(folder.rglob(f"{WARM_UP}.json"))
    asked = {"folder": str(folder), "warm_up": WARM_UP}
    main = Side(
        name="load_results, main scores",
        script="mteb_loader.py",
        python=python,
        arguments={**asked, "only_main_score": True},
    )
    every = Side(
        name="load_results", script="mteb_loader.py", python=python, arguments={**asked, "only_main_score": False}
    )
    results = folder / "results"
    ours = bench.ingest("ingest", [results], [first])
    all_metrics = bench.ingest("ingest --metrics all", [results], [first], all_metrics=True)
    stored = Side(
        name="the database to a data frame", script="mteb_stored.py", arguments={"database": ours.arguments["database"]}
    )
    floor, floor_of_all = bench.floor(ours, "json"), bench.floor(all_metrics, "json")
    compared = Comparison([main, ours, floor, stored, every, all_metrics, floor_of_all])
    answers = compared.run(bench.repeats)
    n_scores = require_equal("main scores", answers[main.name]["scores"], answers[stored.name])
    n_read = sum(path.name != "model_meta.json" for path in results.rglob("*.json"))
    found = {side.name: answers[side.name]["states"].get("loaded") for side in (ours, all_metrics)}
    require_equal("files read", dict.fromkeys(found, n_read), found)
    require_same_tables(floor)
    require_same_tables(floor_of_all)
    n_all = answers[all_metrics.name]["n_scores"]
    what = f"{n_read:,} files of MTEB: {n_scores:,} main scores"
    yield compared.row(what, main, ours, AIM, floor)
    yield compared.row(f"{n_read:,} files of MTEB: {n_all:,} numbers", every, all_metrics, AIM, floor_of_all)
    yield compared.row(f"{what}, imported before", main, stored, AIM)
