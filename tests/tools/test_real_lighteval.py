"""The real lighteval runs here, offline; what benchdb keeps of its results and details equals the tool's own numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from benchdb.query.items import item_stats
from benchdb.schema.vocab import StderrMethod
from tests.tools.claims import claims, outcomes
from tests.tools.run_lighteval import MODEL, needs_lighteval, run_lighteval

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_lighteval]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that the tool wrote just now."""
    return run_lighteval(tmp_path_factory.mktemp("lighteval"))


def tool_numbers(results: Path) -> dict[str, tuple[float, float | None]]:
    """Return the tool's own numbers by their place: value and standard error."""
    return {
        f'results["{task}"]["{metric}"]': (value, row.get(f"{metric}_stderr"))
        for task, row in json.loads(results.read_text())["results"].items()
        for metric, value in row.items()
        if not metric.endswith("_stderr")
    }


def test_every_number_of_the_tool_is_kept(results: Path, db: Engine) -> None:
    """Each value and standard error in the database is the tool's own to 1e-12, means over tasks included, and there are no others."""
    report = ingest(db, [results.parents[3]], options=ReadOptions(all_metrics=True))
    assert {file.state for file in report.files} == {FileState.LOADED, FileState.READ_ALONG}
    expected, found = tool_numbers(results), {row.place: row for row in claims(db)}
    assert found.keys() == expected.keys()
    assert len(found) == 16
    for place, (value, stderr) in expected.items():
        assert found[place].value == pytest.approx(value, abs=1e-12)
        assert found[place].stderr == (None if stderr is None else pytest.approx(stderr, abs=1e-12))
        assert found[place].model_label == MODEL


def test_errors_from_the_items_are_the_tools_own(results: Path, db: Engine) -> None:
    """The mean and the standard error that benchdb computes from the outcomes equal those that the tool computed, to 1e-12."""
    ingest(db, [results])
    found = [row for row in claims(db) if row.stderr_method == StderrMethod.SAMPLE]
    keys = {(row.run_id, row.metric_id) for row in found}
    with db.connect() as connection:
        stats = item_stats(connection, keys, {row.benchmark_id for row in found})
    assert len(found) == 7
    for row in found:
        of_items = stats[row.run_id, row.metric_id]
        assert of_items.mean == pytest.approx(row.value, abs=1e-12)
        assert of_items.stderr == pytest.approx(row.stderr, abs=1e-12)


def test_outcomes_are_the_tools_details(results: Path, db: Engine) -> None:
    """Each document has the value that the details hold, under the tool's own id, although they are in no order."""
    ingest(db, [results])
    (path,) = results.parents[3].glob("details/*/*/*/details_toy_words*.parquet")
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    (row,) = (row for row in claims(db) if row.metric_label == "f1")
    found = outcomes(db, row.run_id, row.metric_id)
    assert {key: value for (_, key), (_, _, value) in found.items()} == {
        f"lighteval/{each['doc']['id']}": each["metric"]["f1"] for each in rows
    }
