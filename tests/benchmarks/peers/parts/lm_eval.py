"""Every Eval Ever's converter on results of lm-eval.

Held against each other: value and standard error of every metric of every task, filter and model. The converter writes one JSON document
a file in the common format; the database holds the same numbers ready to be asked. Each file is a real one under another model's name.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import Comparison, Side, require_equal, require_same_tables
from tests.benchmarks.peers.places import newer_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row

DATA = Path(__file__).parents[3] / "data" / "lm_eval"


def write(folder: Path, *, n_files: int) -> None:
    """Write real results of lm-eval again and again, each time as those of another model.

    Args:
        folder: An empty folder.
        n_files: How many.
    """
    originals = [json.loads(path.read_text()) for path in sorted(DATA.rglob("results_*.json"))]
    for number in range(n_files):
        data = json.loads(json.dumps(originals[number % len(originals)]))
        name = f"maker-{number % 17}/model-{number}"
        data["config"]["model_args"] = f"pretrained={name}"
        for key, value in {
            "model_source": "hf",
            "model_name": name,
            "model_name_sanitized": name.replace("/", "__"),
        }.items():
            if key in data:
                data[key] = value
        target = folder / name.replace("/", "__") / f"results_2026-01-01T00-00-{number:06}.000000.json"
        target.parent.mkdir()
        target.write_text(json.dumps(data, indent=2))


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.
    """
    python = bench.places.environment(
        "eee", "every_eval_ever", ["every-eval-ever[inspect]==0.3.0"],
        variable="BENCHDB_EEE_PYTHON", python=partial(newer_python, (3, 12)),
    )  # fmt: skip
    n_files = bench.count(1_000, least=4)
    folder = bench.places.data(f"lm-eval-{n_files}", partial(write, n_files=n_files))
    paths = sorted(folder.rglob("*.json"))
    converter = Side(
        name="LMEvalAdapter", script="lm_eval_converter.py", python=python,
        arguments={"folder": str(folder), "warm_up": str(paths[0])},
    )  # fmt: skip
    ours = bench.ingest("ingest", [folder], paths[:1], all_metrics=True)
    stored = Side(
        name="the database to a data frame",
        script="lm_eval_stored.py",
        arguments={"database": ours.arguments["database"]},
    )
    floor = bench.floor(ours, "json")
    compared = Comparison([converter, ours, floor, stored])
    answers = compared.run(bench.repeats)
    n_scores = require_equal("values and errors", answers[converter.name], answers[stored.name])
    require_equal("files read", {"loaded": n_files}, answers[ours.name]["states"])
    require_same_tables(floor)
    what = f"{n_files:,} results of lm-eval: {n_scores:,} scores"
    yield compared.row(what, converter, ours, AIM, floor)
    yield compared.row(f"{what}, imported before", converter, stored, AIM)
