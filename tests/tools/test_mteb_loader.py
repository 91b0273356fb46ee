"""What benchdb reads of MTEB's results equals, number by number, what mteb's own loader reads of the same files."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.formats.mteb import read
from benchdb.ingest.importer import ReadOptions
from tests.tools.logs_of_inspect import DATA, SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "BENCHDB_TOOLS_PYTHON_MTEB"
"""Environment variable that names an interpreter with mteb, which drags in PyTorch."""
PYTHON = os.environ.get(VARIABLE) or (sys.executable if find_spec("mteb") else None)

if PYTHON is None:
    pytest.skip(
        f'mteb is not installed here, and {VARIABLE} names no interpreter that has it (docs/importers.md, "Against other readers")',
        allow_module_level=True,
    )

pytestmark = pytest.mark.tools

LOAD = """
import json, sys
from pathlib import Path
from mteb.results import TaskResult
found = {}
for path in sys.argv[1:]:
    try:
        result = TaskResult.from_disk(Path(path))
    except KeyError as error:
        found[path] = f"no such task: {error}"
        continue
    found[path] = {"task": result.task_name, "revision": result.dataset_revision, "version": result.mteb_version, "scores": result.scores}
print(json.dumps(found, default=str))
"""
"""Prints what mteb's loader makes of files; it knows the scores of files from before 1.11 for its own tasks only."""
NOT_SAID = {None, "dataset revision not available", "mteb version not available"}
"""What the loader puts where a file says nothing."""
BEFORE_MAIN_SCORES = {"AFQMC": "cos_sim_spearman", "AmazonCounterfactualClassification": "accuracy"}
"""Tasks in files from before main scores → the metric that the loader takes for the main one, which benchdb calls by its name."""
RENAMED = {"cosine_pearson": "cos_sim_pearson", "cosine_spearman": "cos_sim_spearman"}
"""The loader's present names of metrics → the nested ones of files from before 1.11, joined."""


def files() -> list[Path]:
    """Return every file of results, in order."""
    found = [*DATA.glob("mteb/**/*.json"), *(SAMPLES / "mteb").rglob("*.json")]
    return sorted(path for path in found if path.name != "model_meta.json")


def known_files() -> list[Path]:
    """Return the files that the loader can read: from before 1.11 it reads only its own tasks, and ours are made up."""
    return [path for path in files() if "example-org__toy-old" not in path.parts]


def is_old(path: Path) -> bool:
    """Return whether a file is from before 1.11; the loader gives the rows of such a one its own version."""
    return "scores" not in json.loads(path.read_text())


@pytest.fixture(scope="module")
def loaded() -> dict[Path, Any]:
    """What mteb's loader makes of each file."""
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [str(PYTHON), "-c", LOAD, *map(str, files())],
        env={**os.environ, **offline}, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    return {path: found[str(path)] for path in files()}


def test_files_that_the_loader_refuses_are_known(loaded: dict[Path, Any]) -> None:
    """Only made-up tasks in files from before 1.11 are unknown to the loader."""
    assert {path for path, found in loaded.items() if not isinstance(found, str)} == set(known_files())


def main_scores(path: Path) -> dict[tuple[str, str], float]:
    """Return what benchdb takes for the main score of each split and subset."""
    found = {}
    for run in read(path, ReadOptions()):
        (score,) = [each for each in run.scores if each.metric in {"main_score", BEFORE_MAIN_SCORES.get(path.stem)}]
        found[str(run.protocol.split), run.subset or "default"] = score.value
    return found


@pytest.mark.parametrize("path", known_files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_main_scores_are_the_loaders(path: Path, loaded: dict[Path, Any]) -> None:
    """Splits, subsets and main scores are the loader's."""
    wanted = {
        (split, row["hf_subset"]): row["main_score"] for split, rows in loaded[path]["scores"].items() for row in rows
    }
    assert main_scores(path) == wanted


@pytest.mark.parametrize("path", known_files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_every_other_number_is_the_loaders(path: Path, loaded: dict[Path, Any]) -> None:
    """With all metrics asked for, each number that the loader has for a split and subset is here, under the name in the file.

    NaN is no score, and a main score that the loader has put into a file from before 1.11 stands there under its metric's name.
    """
    ours = {
        (str(run.protocol.split), run.subset or "default", score.metric): score.value
        for run in read(path, ReadOptions(all_metrics=True))
        for score in run.scores
    }
    theirs = {
        (split, row["hf_subset"], RENAMED.get(name, name) if is_old(path) else name): value
        for split, rows in loaded[path]["scores"].items()
        for row in rows
        for name, value in row.items()
        if isinstance(value, int | float) and math.isfinite(value) and not (is_old(path) and name == "main_score")
    }
    assert ours == theirs


@pytest.mark.parametrize("path", known_files(), ids=lambda path: "/".join(path.parts[-3:]))
def test_versions_are_the_loaders(path: Path, loaded: dict[Path, Any]) -> None:
    """Task, dataset revision and version of the tool are the loader's, where the file states them; a row's own version counts."""
    found = loaded[path]
    rows = {(split, row["hf_subset"]): row for split, rows in found["scores"].items() for row in rows}
    for run in read(path, ReadOptions()):
        protocol = run.protocol
        row = rows[str(protocol.split), run.subset or "default"]
        assert protocol.harness_task == found["task"]
        assert protocol.dataset_revision == (None if found["revision"] in NOT_SAID else found["revision"])
        version = (None if is_old(path) else row.get("mteb_version")) or found["version"]
        assert protocol.harness_version == (None if version in NOT_SAID else version)
