"""Run the real lighteval on toy tasks over local files with a model that says what the files say, offline."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tools.environments import needs, run_tool

needs_lighteval = needs("lighteval", "lighteval")
"""Skips a test where lighteval is not installed."""
MODEL = "example-org/toy-7b"
TASKS = "toy_geo:rivers|2,toy_geo:hills|2,toy_words|0,toy_sums|0"
"""Tasks to run: a choice in two subsets with examples, words judged by three metrics, four tries at sums under pass@2."""


def run_lighteval(directory: Path) -> Path:
    """Return the results file; the details stand where the tool puts them.

    Args:
        directory: An empty directory.
    """
    options = ["--custom-tasks", "toy_tasks.py", "--output-dir", "out", "--save-details"]
    run_tool("lighteval", "lighteval", directory, ["toy_run.py", "custom", MODEL, "toy_model.py", TASKS, *options])
    (results,) = directory.glob("out/results/*/*/results_*.json")
    return results


if __name__ == "__main__":
    run_lighteval(Path(sys.argv[1]).resolve())
