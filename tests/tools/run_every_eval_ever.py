"""Run Every Eval Ever's converters in an interpreter of their own, offline: they need Python 3.12 or newer."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VARIABLE = "BENCHDB_EEE_PYTHON"
"""Environment variable that names the interpreter."""
PYTHON = os.environ.get(VARIABLE)

needs_converters = pytest.mark.skipif(
    PYTHON is None,
    reason=f"{VARIABLE} names no Python 3.12 with 'every-eval-ever[inspect]' (docs/importers.md, \"Against other readers\")",
)
"""Skips a test where the interpreter is not named."""

CONVERT = """
import json, sys
tool, *paths = sys.argv[1:]
if tool == "lm_eval":
    from every_eval_ever.converters.lm_eval.adapter import LMEvalAdapter as Adapter
elif tool == "inspect":
    from every_eval_ever.converters.inspect.adapter import InspectAIAdapter as Adapter
else:
    from every_eval_ever.converters.helm.adapter import HELMAdapter as Adapter

def convert(path):
    adapter = Adapter()
    found = adapter.transform_from_directory(path, {}, None) if tool == "helm" else adapter.transform_from_file(path, {})
    found = found if isinstance(found, list) else [found]
    return [log[0] if isinstance(log, tuple) else log for log in found]

print(json.dumps({path: [json.loads(log.model_dump_json()) for log in convert(path)] for path in paths}))
"""
"""Prints what the converters of one tool make of paths."""


def convert(tool: str, paths: Sequence[Path]) -> dict[Path, list[dict[str, Any]]]:
    """Return the aggregate records that the converters make of each path.

    Args:
        tool: "lm_eval", "inspect" or "helm".
        paths: Results, logs, or run directories.
    """
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [str(PYTHON), "-c", CONVERT, tool, *map(str, paths)],
        env={**os.environ, **offline}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {path: found[str(path)] for path in paths}


def has_helm() -> bool:
    """Return whether the interpreter has the converters' part for HELM, which drags in PyTorch."""
    command = [str(PYTHON), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('helm') is None)"]
    return PYTHON is not None and subprocess.run(command, check=False).returncode == 0
