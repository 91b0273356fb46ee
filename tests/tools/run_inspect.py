"""Run the real Inspect on toy tasks with its mock model, offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

TASK_FILE = Path(__file__).parent / "inspect_task" / "toy_tasks.py"
"""The tasks, and the program that evaluates them."""

needs_inspect = pytest.mark.skipif(
    find_spec("inspect_ai") is None, reason="inspect-ai is not installed here: pip install 'benchdb[tools]'"
)
"""Skips a test where Inspect cannot be imported."""


def run_inspect(directory: Path, log_format: str, *names: str) -> dict[str, Path]:
    """Return the log of each task.

    Args:
        directory: An empty directory.
        log_format: "eval" or "json".
        names: Tasks of `toy_tasks.py`.
    """
    shutil.copy(TASK_FILE, directory)
    command = [sys.executable, TASK_FILE.name, "logs", log_format, *names]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False, timeout=600)
    logs = {name: next(directory.glob(f"logs/*_{name.replace('_', '-')}_*.{log_format}"), None) for name in names}
    assert None not in logs.values(), done.stdout + done.stderr
    return {name: path for name, path in logs.items() if path is not None}
