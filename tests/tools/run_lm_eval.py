"""Run the real lm-evaluation-harness on toy tasks with its dummy model, offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

TASKS = Path(__file__).parent / "lm_eval_task"
"""Task files and their data."""
NAMES = "toy_world,toy_words,toy_lines,toy_prose,toy_code"
"""Tasks to run: a group of a group, two filters over three repeats, a perplexity, a rolling perplexity, pass@k of four."""

needs_lm_eval = pytest.mark.skipif(
    find_spec("lm_eval") is None, reason="lm-eval is not installed here: pip install 'benchdb[tools]'"
)
"""Skips a test where the harness cannot be imported."""


def run_lm_eval(directory: Path, *, limit: int = 10, seed: int = 7) -> Path:
    """Return the results file of a run whose samples files lie beside it.

    The data sets are local files and every cache lies in the directory, so nothing outside it is read or written.

    Args:
        directory: An empty directory.
        limit: Documents per task.
        seed: Seed of everything random.
    """
    shutil.copytree(TASKS, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable, "-m", "lm_eval", "--model", "dummy",
        "--model_args", "pretrained=example-org/toy-1.5b,revision=step1000,dtype=bfloat16",
        "--tasks", NAMES, "--include_path", ".", "--output_path", "out", "--log_samples",
        "--limit", str(limit), "--seed", str(seed),
    ]  # fmt: skip
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(directory / "cache")}
    done = subprocess.run(
        command, cwd=directory, env={**os.environ, **offline}, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    (results,) = directory.glob("out/*/results_*.json")
    return results
