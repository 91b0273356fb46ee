"""Run the real MTEB on toy tasks with an encoder that counts letters, offline."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tools.environments import needs, run_tool

needs_mteb = needs("mteb", "mteb")
"""Skips a test where MTEB is not installed."""


def run_mteb(directory: Path) -> Path:
    """Return the tree of results: three tasks, and one of them with an encoder of other settings.

    Args:
        directory: An empty directory.
    """
    run_tool("mteb", "mteb", directory, ["toy_tasks.py", "out"], {"MTEB_CACHE": str(directory / "cache")})
    return directory / "out" / "results"


if __name__ == "__main__":
    run_mteb(Path(sys.argv[1]).resolve())
