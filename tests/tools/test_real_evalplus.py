"""The real EvalPlus runs here, offline; what benchdb keeps of its files equals the tool's own numbers."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from tests.tools.claims import claims, outcomes
from tests.tools.environments import python_of
from tests.tools.run_evalplus import MODEL, needs_evalplus, run_evalplus

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_evalplus]

TOOL = """
import json, sys
from evalplus.eval import PASS, estimate_pass_at_k
found = json.load(open(sys.argv[1]))["eval"].values()
total = [len(each) for each in found]
base = [sum(one["base_status"] == PASS for one in each) for each in found]
plus = [sum(one["base_status"] == one["plus_status"] == PASS for one in each) for each in found]
print(json.dumps([float(estimate_pass_at_k(total, right, 1).mean()) for right in (base, plus)]))
"""
"""Prints pass@1 of both sets of tests as the tool estimates it at the end of its `evaluate`, with all digits."""
NAMES = {"humaneval": ("HumanEval", "HumanEval+"), "mbpp": ("MBPP (EvalPlus base)", "MBPP+")}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Results that the tool wrote just now."""
    return run_evalplus(tmp_path_factory.mktemp("evalplus"))


def tool_numbers(path: Path) -> list[float]:
    """Return pass@1 of the base tests and of all tests, as the tool estimates it."""
    done = subprocess.run(
        [str(python_of("evalplus", "evalplus")), "-c", TOOL, str(path)],
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    found: list[float] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "extraction", "temperature"), [("humaneval", None, 0.8), ("raw", "raw", 0.8), ("mbpp", None, 0.0)]
)
def test_every_number_of_the_tool_is_kept(
    name: str, extraction: str | None, temperature: float, results: dict[str, Path], db: Engine
) -> None:
    """pass@1 of both sets of tests is the tool's own to 1e-12, under the model and settings it was run with."""
    report = ingest(db, [results[name]])
    assert [file.state for file in report.files] == [FileState.LOADED]
    found = {row.benchmark_label: row for row in claims(db)}
    expected = dict(zip(NAMES["mbpp" if name == "mbpp" else "humaneval"], tool_numbers(results[name]), strict=True))
    assert found.keys() == expected.keys()
    for benchmark, value in expected.items():
        row = found[benchmark]
        assert row.value == pytest.approx(value, abs=1e-12)
        assert (row.metric_label, row.model_label) == ("pass@1", MODEL)
        assert (row.extraction, row.temperature) == (extraction, temperature)


def test_attempts_are_the_tools_statuses(results: dict[str, Path], db: Engine) -> None:
    """Each problem has the tool's attempts and those that pass both sets of tests."""
    ingest(db, [results["humaneval"]])
    written = json.loads(results["humaneval"].read_text())["eval"]
    (row,) = (row for row in claims(db) if row.benchmark_label == "HumanEval+")
    found = {key: value[:2] for (_, key), value in outcomes(db, row.run_id, row.metric_id).items()}
    assert found == {
        key: (len(tried), sum(each["base_status"] == each["plus_status"] == "pass" for each in tried))
        for key, tried in written.items()
    }
    assert len(found) == 3
