"""The data frames that `inspect_ai.analysis` makes of logs, to hold what benchdb reads and keeps against them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FRAMES = """
import json, sys, warnings
import pandas
warnings.filterwarnings("ignore")
from inspect_ai.analysis import evals_df, samples_df
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.scorer import value_to_float
to_float = value_to_float()
NAMES = {"model", "task_name", "epochs", "total_samples", "completed_samples"}

def each_value(cell):
    if not isinstance(cell, str) or not cell.startswith("{"):
        return {"": cell}
    return json.loads(cell)

found = {}
for path in sys.argv[1:]:
    if path.endswith(".json"):
        write_eval_log(read_eval_log(path), path)
    (row,) = evals_df([path], quiet=True).to_dict("records")
    row = {name: row[name] for name in row if name.startswith("score_") or name in NAMES}
    row = {name: None if pandas.isna(value) else value for name, value in row.items()}
    frame = samples_df([path], quiet=True)
    names = [name for name in frame.columns if name.startswith("score_")]
    samples = [
        [str(sample["id"]), name.removeprefix("score_"), part, to_float(value)]
        for sample in frame.to_dict("records")
        for name in names
        if isinstance(sample[name], (str, int, float)) and sample[name] == sample[name]
        for part, value in each_value(sample[name]).items()
    ]
    log = read_eval_log(path, header_only=True)
    columns = [[score.name, score.reducer] for score in log.results.scores] if log.results else []
    used = log.stats.model_usage.get(log.eval.model)
    usage = used.model_dump(exclude_none=True) if used else {}
    found[path] = {"row": row, "samples": samples, "columns": columns, "usage": usage}
print(json.dumps(found, default=lambda value: value.item()))
"""
"""Prints of each log the row of `evals_df`, the scores of `samples_df` as the tool turns them into numbers, and the names of scores. Logs
in JSON are written anew first, since the quick reader of headers that the frames use refuses those without a version."""
SPREADS = ("_stderr", "_std", "_var", "_lower", "_upper")
"""Columns that say how sure another one is."""


def copies_of(paths: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return copies of logs in a folder with the logs themselves: the tool knows logs by names that begin with a date.

    Args:
        paths: The logs.
        folder: An empty folder.
    """
    copies = {
        folder / f"2026-01-01T00-00-{number:02}+00-00_task_{number}{path.suffix}": path
        for number, path in enumerate(paths)
    }
    for copy, path in copies.items():
        shutil.copy(path, copy)
    return copies


def frames_of(paths: Sequence[Path]) -> dict[Path, dict[str, Any]]:
    """Return what the tool makes of each log, which is written anew where it is JSON.

    Args:
        paths: From `copies_of`.
    """
    done = subprocess.run(
        [sys.executable, "-c", FRAMES, *map(str, paths)], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    return {path: printed[str(path)] for path in paths}


def column(place: str, columns: list[list[str | None]]) -> str:
    """Return the name that the tool gives to the column of a score at a place, without its prefix."""
    position, key = place.removeprefix("results.scores[").split("].metrics.")
    name, reducer = columns[int(position)]
    many = len([1 for other, _ in columns if other == name]) > 1
    return "_".join([str(name), *([reducer] if many and reducer else []), key])


def is_kept(name: str, row: dict[str, Any]) -> bool:
    """Return whether a column of the tool's row is a score: the mean over all groups that repeats the plain one is not."""
    is_repeated = name.endswith("_all") and row[name] == row[f"{name.removesuffix('_all')}_accuracy"]
    return name.startswith("score_") and "_headline_" not in name and not name.endswith(SPREADS) and not is_repeated
