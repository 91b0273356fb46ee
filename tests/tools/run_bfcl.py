"""Run the real evaluation of BFCL on calls of a toy model, offline."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tools.environments import needs, run_tool

needs_bfcl = needs("bfcl", "bfcl_eval")
"""Skips a test where BFCL is not installed."""


def run_bfcl(directory: Path) -> Path:
    """Return the folder of the scores: tables, and two score files of one model.

    Args:
        directory: An empty directory.
    """
    run_tool("bfcl", "bfcl_eval", directory, ["toy_run.py"])
    return directory / "score"


if __name__ == "__main__":
    run_bfcl(Path(sys.argv[1]).resolve())
