"""The real evaluation of BFCL runs here; what benchdb keeps of its scores equals the tool's own numbers."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from tests.tools.claims import claims
from tests.tools.run_bfcl import needs_bfcl, run_bfcl

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_bfcl]


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scores that the tool wrote just now."""
    return run_bfcl(tmp_path_factory.mktemp("bfcl"))


def test_score_files_are_kept(score: Path, db: Engine) -> None:
    """Accuracy and count of each category are the tool's own."""
    paths = sorted(score.rglob("*_score.json"))
    report = ingest(db, paths)
    assert [file.state for file in report.files] == [FileState.LOADED] * 2
    expected = {
        path.name.removeprefix("BFCL_v4_").removesuffix("_score.json"): json.loads(path.read_text().splitlines()[0])
        for path in paths
    }
    found = {row.subset: row for row in claims(db)}
    assert found.keys() == expected.keys() == {"simple_python", "irrelevance"}
    for category, written in expected.items():
        assert (found[category].value, found[category].n_items) == (written["accuracy"], written["total_count"])


def test_only_what_was_run_is_in_the_tables(score: Path, db: Engine) -> None:
    """The table of these categories gives its three percentages; those of groups of which nothing was run give none."""
    ingest(db, [score / f"data_{name}.csv" for name in ("non_live", "live", "multi_turn", "agentic")])
    with (score / "data_non_live.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    expected = sorted(float(value.rstrip("%")) for value in row.values() if value.endswith("%"))
    assert sorted(each.value for each in claims(db)) == expected
    assert len(expected) == 3
