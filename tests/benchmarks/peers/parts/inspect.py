"""Inspect's `evals_df` and `samples_df` on logs that Inspect wrote.

Held against each other: every scorer's accuracy and standard error in every log, and the attempts at every item with the sum of their
marks. The frames also have the texts of questions and answers, and times and tokens of each sample; the database also has a hash of every
file, the protocol with its fingerprint, and the logs' settings in `raw`, and it keeps all of it for the next question.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tests.benchmarks.peers.bench import AIM
from tests.benchmarks.peers.measuring import HERE, Comparison, Side, require_equal, require_same_tables
from tests.benchmarks.peers.places import PeerAbsentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.peers.bench import Bench
    from tests.benchmarks.peers.measuring import Row

N_LOGS, N_ITEMS = 1_000, 20


def write(folder: Path, *, n_logs: int) -> None:
    """Let Inspect write logs into a folder.

    Args:
        folder: An empty folder.
        n_logs: How many.
    """
    for name in ("run", "logs"):
        (folder / name).mkdir()
    command = [sys.executable, str(HERE / "sides" / "inspect_write.py"), str(folder), str(n_logs), str(N_ITEMS)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)


def measure(bench: Bench) -> Iterator[Row]:
    """Yield the lines of this part.

    Args:
        bench: The run.

    Raises:
        PeerAbsentError: If Inspect is not installed here.
    """
    if find_spec("inspect_ai") is None:
        raise PeerAbsentError("inspect-ai is not installed here: pip install 'benchdb[tools]'")
    n_logs = bench.count(N_LOGS, least=4)
    logs = bench.places.data(f"inspect-{n_logs}x{N_ITEMS}", partial(write, n_logs=n_logs)) / "logs"
    first = sorted(logs.iterdir())[:1]
    folder = {"folder": str(logs), "warm_up": [str(path) for path in first]}
    frame = Side(name="evals_df", script="inspect_frames.py", arguments={**folder, "with_samples": False})
    frames = Side(
        name="evals_df and samples_df", script="inspect_frames.py", arguments={**folder, "with_samples": True}
    )
    headers = bench.ingest("ingest --no-samples", [logs], first, with_samples=False)
    whole = bench.ingest("ingest", [logs], first)
    stored = Side(
        name="the database to data frames",
        script="inspect_stored.py",
        arguments={"database": whole.arguments["database"]},
    )
    floor_of_headers, floor = bench.floor(headers, "headers"), bench.floor(whole, "inspect")
    compared = Comparison([frame, headers, floor_of_headers, frames, whole, floor, stored])
    answers = compared.run(bench.repeats)
    theirs, ours = answers[frames.name], answers[stored.name]
    n_scores = require_equal("accuracies and errors of scorers", theirs["evaluations"], ours["evaluations"])
    n_items = require_equal("attempts and marks of items", theirs["samples"], ours["samples"])
    require_equal(
        "files read and scores",
        {"loaded": len(list(logs.iterdir())), "n_scores": n_scores},
        {"loaded": answers[headers.name]["states"].get("loaded"), "n_scores": answers[headers.name]["n_scores"]},
    )
    require_same_tables(floor_of_headers)
    require_same_tables(floor)
    scores, items = f"{n_logs:,} Inspect logs: {n_scores:,} scores", f"{n_items:,} outcomes"
    yield compared.row(f"{scores} and {items}", frames, whole, AIM, floor)
    yield compared.row(f"{scores} alone", frame, headers, AIM, floor_of_headers)
    yield compared.row(f"{scores} and {items}, imported before", frames, stored, AIM)
