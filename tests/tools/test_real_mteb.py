"""The real MTEB runs here, offline; what benchdb keeps of its results equals what the tool's own loader says."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from tests.tools.claims import claims
from tests.tools.environments import python_of
from tests.tools.run_mteb import needs_mteb, run_mteb

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_mteb]

TOOL = """
import json, pathlib, sys
from mteb.results import TaskResult
print(json.dumps([TaskResult.from_disk(pathlib.Path(path)).scores for path in sys.argv[1:]]))
"""
"""Prints the scores of results files as the tool itself loads them."""
NO_METRICS = {"hf_subset", "languages", "evaluation_time", "mteb_version", "scores_per_experiment"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that the tool wrote just now."""
    return run_mteb(tmp_path_factory.mktemp("mteb"))


def tool_numbers(results: Path) -> dict[tuple[str, bool, str, str, str], float]:
    """Return the tool's own numbers by task, whether it is an experiment, split, subset and metric."""
    paths = sorted(path for path in results.rglob("*.json") if path.name != "model_meta.json")
    done = subprocess.run(
        [str(python_of("mteb", "mteb")), "-c", TOOL, *map(str, paths)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    loaded: list[dict[str, list[dict[str, Any]]]] = json.loads(done.stdout)
    return {
        (path.stem, "experiments" in path.parts, split, row["hf_subset"].removeprefix("default"), metric): value
        for path, scores in zip(paths, loaded, strict=True)
        for split, rows in scores.items()
        for row in rows
        for metric, value in row.items()
        if metric not in NO_METRICS and value is not None and value == value  # noqa: PLR0124 — NaN differs from itself
    }


def test_every_number_of_the_tool_is_kept(results: Path, db: Engine) -> None:
    """Each value in the database is the tool's own to 1e-12, over three kinds of task and an experiment, and there are no others."""
    report = ingest(db, [results], options=ReadOptions(all_metrics=True))
    assert {file.state for file in report.files} == {FileState.LOADED, FileState.READ_ALONG}
    expected = tool_numbers(results)
    found = {
        (row.benchmark_label, row.scaffold is not None, row.split, row.subset, row.metric_label): row.value
        for row in claims(db)
    }
    assert found.keys() == expected.keys()
    assert len(found) > 100
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, abs=1e-12)


def test_main_scores_come_without_asking(results: Path, db: Engine) -> None:
    """Ten main scores: four of the pairs, four of the experiment with them, one of each other task."""
    ingest(db, [results])
    expected = {key: value for key, value in tool_numbers(results).items() if key[-1] == "main_score"}
    found = claims(db)
    assert {row.metric_label for row in found} == {"main_score"}
    assert sorted(row.value for row in found) == pytest.approx(sorted(expected.values()), abs=1e-12)
    assert len(found) == 10
