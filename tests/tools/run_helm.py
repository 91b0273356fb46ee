"""Run the real HELM on toy scenarios with a model that answers by rule, offline."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.tools.environments import needs, run_tool

needs_helm = needs("helm", "helm")
"""Skips a test where HELM is not installed."""
MODEL = "example-org/toy-7b"
ENTRIES = (f"toy_quiz:subject=rivers,model={MODEL}", f"toy_moods:model={MODEL}")
"""Runs: a quiz with two splits, two trials and items once more in lower case, and moods to tell apart."""


def run_helm(directory: Path) -> Path:
    """Return the tree of run directories.

    Args:
        directory: An empty directory.
    """
    options = ["--plugins", "toy_helm", "--local-path", "environment", "--suite", "toy", "-m", "10", "-n", "1"]
    command = ["-m", "helm.benchmark.run", *options, "--disable-cache", "--exit-on-error", "--run-entries", *ENTRIES]
    run_tool("helm", "helm", directory, command, {"PYTHONPATH": str(directory)})
    return directory / "benchmark_output"


if __name__ == "__main__":
    run_helm(Path(sys.argv[1]).resolve())
