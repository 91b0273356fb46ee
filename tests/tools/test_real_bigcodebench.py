"""The real BigCodeBench runs here, offline; what benchdb keeps of its files equals the tool's own numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from tests.tools.claims import claims, outcomes
from tests.tools.run_bigcodebench import MODEL, needs_bigcodebench, run_bigcodebench

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_bigcodebench]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results that the tool wrote just now."""
    return run_bigcodebench(tmp_path_factory.mktemp("bigcodebench"))


def tool_numbers(results: Path) -> dict[str, float]:
    """Return pass@k as the tool computed it."""
    path = results.with_name(results.name.replace("eval_results", "pass_at_k"))
    return {name: value for name, value in json.loads(path.read_text()).items() if name.startswith("pass@")}


@pytest.mark.parametrize(
    ("name", "benchmark", "n_numbers"), [("instruct", "BigCodeBench", 2), ("complete", "BigCodeBench-Hard", 1)]
)
def test_every_number_of_the_tool_is_kept(
    name: str, benchmark: str, n_numbers: int, results: dict[str, Path], db: Engine
) -> None:
    """Each pass@k is the tool's own to 1e-12, with the attempts as the statuses have them."""
    report = ingest(db, [results[name]])
    assert [file.state for file in report.files] == [FileState.LOADED]
    expected, found = tool_numbers(results[name]), {row.metric_label: row for row in claims(db)}
    assert found.keys() == expected.keys()
    assert len(found) == n_numbers
    for metric, value in expected.items():
        row = found[metric]
        assert row.value == pytest.approx(value, abs=1e-12)
        assert (row.model_label, row.benchmark_label, row.subset) == (MODEL, benchmark, name)
    written = json.loads(results[name].read_text())["eval"]
    first = found["pass@1"]
    assert {key: value[:2] for (_, key), value in outcomes(db, first.run_id, first.metric_id).items()} == {
        key: (len(tried), sum(each["status"] == "pass" for each in tried)) for key, tried in written.items()
    }
