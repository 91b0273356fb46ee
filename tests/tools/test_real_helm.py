"""The real HELM runs here, offline; what benchdb keeps of its run directories equals the tool's own statistics."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from benchdb.query.items import item_stats
from tests.tools.claims import claims, outcomes
from tests.tools.environments import python_of
from tests.tools.run_helm import MODEL, needs_helm, run_helm

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_helm]

TOOL = """
import json, sys
from typing import List
from helm.benchmark.metrics.statistic import Stat
from helm.common.codec import from_json
stats = from_json(open(sys.argv[1]).read(), List[Stat])
print(json.dumps([[stat.name.name, stat.name.split, stat.name.perturbation is not None, stat.mean] for stat in stats]))
"""
"""Prints name, split, whether it is perturbed and mean of the statistics of a run as the tool itself loads them."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run directories that the tool wrote just now."""
    return run_helm(tmp_path_factory.mktemp("helm"))


def tool_numbers(tree: Path, name: str) -> dict[str, tuple[str, str | None, bool, float]]:
    """Return the statistics of a run that have a mean, by their place: name, split, whether perturbed, mean."""
    (path,) = tree.glob(f"runs/toy/{name}:*/stats.json")
    done = subprocess.run(
        [str(python_of("helm", "helm")), "-c", TOOL, str(path)], capture_output=True, text=True, check=True, timeout=600
    )
    rows: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return {
        f"stats.json[{index}].mean": (metric, split, is_perturbed, mean)
        for index, (metric, split, is_perturbed, mean) in enumerate(rows)
        if mean is not None
    }


@pytest.mark.parametrize("name", ["toy_quiz", "toy_moods"])
def test_every_number_of_the_tool_is_kept(name: str, tree: Path, db: Engine) -> None:
    """Each statistic in the database is the tool's own to 1e-12, under its split, perturbed ones apart, and there are no others."""
    report = ingest(db, list(tree.glob(f"runs/toy/{name}:*")), options=ReadOptions(all_metrics=True))
    assert {file.state for file in report.files} == {FileState.LOADED, FileState.READ_ALONG}
    expected, found = tool_numbers(tree, name), {row.place: row for row in claims(db)}
    assert found.keys() == expected.keys()
    assert len(found) > 50
    for place, (metric, split, is_perturbed, mean) in expected.items():
        row = found[place]
        assert row.value == pytest.approx(mean, abs=1e-12)
        assert (row.split, row.model_label) == (split, MODEL)
        assert row.metric_label.partition(" (")[0] == metric
        assert ("(" in row.metric_label) == is_perturbed


def test_means_over_the_items_are_the_tools_own(tree: Path, db: Engine) -> None:
    """The mean that benchdb computes from the outcomes equals the tool's mean over items and trials, to 1e-12."""
    ingest(db, [tree])
    found = {(row.run_id, row.metric_id): row for row in claims(db) if row.metric_label.endswith("exact_match")}
    with db.connect() as connection:
        stats = item_stats(connection, set(found), {row.benchmark_id for row in found.values()})
    assert len(found) == 10
    for key, row in found.items():
        assert stats[key].mean == pytest.approx(row.value, abs=1e-12)
        assert stats[key].n_items == row.n_items
    (quiz,) = (
        row for row in found.values() if row.split == "test" and row.metric_label == "exact_match" and row.subset
    )
    assert {value[0] for value in outcomes(db, quiz.run_id, quiz.metric_id).values()} == {2}
