"""The real EvalScope runs here against a stub model; what benchdb keeps of its reports equals the tool's own numbers."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from tests.tools.claims import claims, outcomes
from tests.tools.environments import python_of
from tests.tools.run_evalscope import needs_evalscope, run_evalscope

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_evalscope]

TOOL = """
import json, sys
from evalscope.report import Report
rows = []
for path in sys.argv[1:]:
    report = Report.from_json(path)
    for metric in report.metrics:
        subsets = [subset for category in metric.categories for subset in category.subsets]
        whole = [["", metric.score]] if len(subsets) > 1 else []
        rows += [[report.dataset_name, metric.identity.key, *each] for each in whole + [[s.name, s.score] for s in subsets]]
print(json.dumps(rows))
"""
"""Prints data set, identity of the metric, subset and score of each number of reports as the tool itself loads them."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Work folders that the tool wrote just now."""
    return run_evalscope(tmp_path_factory.mktemp("evalscope"))


def tool_numbers(work: Path) -> list[tuple[str, str, str, float]]:
    """Return the numbers of the tool's reports."""
    paths = sorted(map(str, work.glob("reports/*/*.json")))
    done = subprocess.run(
        [str(python_of("evalscope", "evalscope")), "-c", TOOL, *paths],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    found: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return [(dataset, key, subset, value) for dataset, key, subset, value in found]


@pytest.mark.parametrize(("name", "n_numbers"), [("once", 12), ("twice", 9)])
def test_every_number_of_the_tool_is_kept(name: str, n_numbers: int, work: dict[str, Path], db: Engine) -> None:
    """Each value of each subset is the tool's own to 1e-12, there are no others, and every metric has a name of its own."""
    report = ingest(db, [work[name] / "reports"])
    assert {file.state for file in report.files} == {FileState.LOADED, FileState.READ_ALONG}
    expected, found = tool_numbers(work[name]), claims(db)
    assert len(expected) == len(found) == n_numbers
    ours = sorted((row.benchmark_label, row.subset, row.value) for row in found)
    theirs = sorted((dataset, subset, value) for dataset, _, subset, value in expected)
    assert [each[:2] for each in ours] == [each[:2] for each in theirs]
    assert [value for *_, value in ours] == pytest.approx([value for *_, value in theirs], abs=1e-12)
    assert len({row.metric_label for row in found}) == len({key for _, key, _, _ in expected})


def test_attempts_are_the_tools_reviews(work: dict[str, Path], db: Engine) -> None:
    """Each item has the attempts of the reviews and the right ones among them."""
    ingest(db, [work["twice"]])
    (row,) = (row for row in claims(db) if row.metric_label == "accuracy" and not row.subset)
    reviews = [
        json.loads(line)["sample_score"]
        for path in work["twice"].glob("reviews/*/*.jsonl")
        for line in path.read_text().splitlines()
    ]
    found = outcomes(db, row.run_id, row.metric_id)
    assert sum(value[0] or 0 for value in found.values()) == len(reviews) == 8
    assert sum(value[1] or 0 for value in found.values()) == sum(each["score"]["value"]["accuracy"] for each in reviews)
