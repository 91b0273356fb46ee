"""Where the real tools live: in the tests' own environment, or in one that a variable names, since some drag in PyTorch.

`BENCHDB_TOOLS_PYTHON_MTEB=/path/to/venv/bin/python pytest tests/tools/test_real_mteb.py` runs the tests of a tool with that interpreter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = Path(__file__).parent
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "NO_PROXY": "127.0.0.1"}
"""What keeps the tools from asking a hub."""


def variable(tool: str) -> str:
    """Return the name of the variable that names a tool's interpreter.

    Args:
        tool: Name of the tool.
    """
    return f"BENCHDB_TOOLS_PYTHON_{tool.upper()}"


@cache
def python_of(tool: str, module: str) -> str | None:
    """Return the interpreter that can run a tool, or None where there is none.

    Args:
        tool: Name of the tool.
        module: Module to import, found without importing it.

    Raises:
        FileNotFoundError: If the variable names an interpreter that does not exist.
    """
    named = os.environ.get(variable(tool))
    if named is None:
        return sys.executable if find_spec(module.partition(".")[0]) is not None else None
    if not Path(named).is_file():
        raise FileNotFoundError(f"{variable(tool)}: no file {named}")
    return named


def needs(tool: str, module: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where a tool is not installed.

    Args:
        tool: Name of the tool.
        module: Module to import.
    """
    return pytest.mark.skipif(
        python_of(tool, module) is None,
        reason=f"{tool} is not installed here; docs/importers.md says how, then {variable(tool)}=PYTHON",
    )


def run_tool(
    tool: str, module: str, directory: Path, arguments: Sequence[str], environment: Mapping[str, str] | None = None
) -> str:
    """Return what a tool printed that ran in a copy of its folder of tasks.

    Args:
        tool: Name of the tool, and of its folder `<tool>_task`.
        module: Module that is there where the tool is installed.
        directory: An empty directory; every cache lies in it, so nothing outside it is read or written.
        arguments: Arguments of Python.
        environment: Further variables.
    """
    shutil.copytree(HERE / f"{tool}_task", directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    python = python_of(tool, module)
    assert python is not None, f"{tool} is not installed here"
    caches = {
        "HOME": str(directory / "home"),
        "XDG_CACHE_HOME": str(directory / "cache"),
        "HF_HOME": str(directory / "cache"),
    }
    done = subprocess.run(
        [python, *arguments],
        cwd=directory,
        env={**os.environ, **OFFLINE, **caches, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    return done.stdout
