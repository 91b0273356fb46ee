"""The real AlpacaEval runs here with a stub judge; what benchdb keeps of its files equals the tool's own numbers."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from benchdb.query.items import item_stats
from benchdb.schema.results import Outcome
from tests.tools.claims import claims, outcomes
from tests.tools.run_alpaca_eval import needs_alpaca_eval, run_alpaca_eval

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

pytestmark = [pytest.mark.tools, needs_alpaca_eval]

OPTIONS = ReadOptions(columns={"benchmark": "=Toy instructions"}, all_metrics=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results that the tool wrote just now."""
    (found,) = run_alpaca_eval(tmp_path_factory.mktemp("alpaca_eval")).iterdir()
    return found


def test_every_number_of_the_tool_is_kept(folder: Path, db: Engine) -> None:
    """Win rates, the standard error and the average length of the leaderboard are the tool's own to 1e-12."""
    report = ingest(db, [folder / "leaderboard.csv"], options=OPTIONS)
    assert [file.state for file in report.files] == [FileState.LOADED]
    with (folder / "leaderboard.csv").open(newline="") as file:
        (written,) = csv.DictReader(file)
    found = {row.metric_label: row for row in claims(db)}
    assert found.keys() == {"win_rate", "discrete_win_rate", "avg_length"}
    for metric, row in found.items():
        assert row.value == pytest.approx(float(written[metric]), abs=1e-12)
        assert (row.model_label, row.extraction) == (written[""], folder.name)
    assert found["win_rate"].stderr == pytest.approx(float(written["standard_error"]), abs=1e-12)
    assert found["win_rate"].n_items == int(written["n_total"])


def test_outcomes_are_the_tools_annotations(folder: Path, db: Engine) -> None:
    """Each instruction has the judge's preference, and the mean that benchdb computes from them is the tool's win rate, to 1e-12."""
    ingest(db, [folder], options=OPTIONS)
    rows = json.loads((folder / "annotations.json").read_text())
    (row,) = (row for row in claims(db) if row.metric_label == "win_rate")
    with db.connect() as connection:
        ((run_id, metric_id),) = connection.execute(select(Outcome.run_id, Outcome.metric_id).distinct()).all()
        stats = item_stats(connection, {(run_id, metric_id)}, {row.benchmark_id})
    found = outcomes(db, run_id, metric_id)
    assert sorted(value or 0.0 for _, _, value in found.values()) == sorted(
        100 * (each["preference"] - 1) for each in rows
    )
    assert stats[run_id, metric_id].mean == pytest.approx(row.value, abs=1e-12)
