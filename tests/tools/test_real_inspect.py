"""The real Inspect runs here, offline; what benchdb keeps of its logs equals what the tool's own reader says."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from benchdb.ingest.load import ingest
from benchdb.ingest.report import FileState
from benchdb.query.items import item_stats
from benchdb.schema.results import Outcome, Protocol, Run, Sample, Score
from benchdb.schema.vocab import StderrMethod
from tests.tools.run_inspect import needs_inspect, run_inspect

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine, Row

pytestmark = [pytest.mark.tools, needs_inspect]

TOOL = """
import sys
from inspect_ai.log import read_eval_log
print(read_eval_log(sys.argv[1]).model_dump_json())
"""
"""Prints a log as the tool itself reads it."""
SPREADS = {"stderr", "lower", "upper"}
"""Metrics that say how sure another one is."""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Logs that the tool wrote just now: two zips and two JSON files."""
    zipped = run_inspect(tmp_path_factory.mktemp("eval"), "eval", "toy_quiz", "toy_graded")
    return zipped | run_inspect(tmp_path_factory.mktemp("json"), "json", "toy_clusters", "toy_cancelled")


@cache
def tool_reads(path: Path) -> dict[str, Any]:
    """Return a log as the tool itself reads it."""
    done = subprocess.run(
        [sys.executable, "-c", TOOL, str(path)], capture_output=True, text=True, check=True, timeout=600
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def claims(db: Engine) -> dict[tuple[str, str, str], Row[Any]]:
    """Return the claims in the database by (subset, scorer, place)."""
    columns = [*Score.__table__.columns, Run.benchmark_id, Run.subset, Protocol.extraction]
    wanted = (
        select(*columns).join(Run, Run.run_id == Score.run_id).join(Protocol, Protocol.protocol_id == Run.protocol_id)
    )
    with db.connect() as connection:
        return {(row.subset, row.extraction, row.place): row for row in connection.execute(wanted)}


@pytest.mark.parametrize("task", ["toy_quiz", "toy_graded", "toy_clusters", "toy_cancelled"])
def test_every_number_of_the_tool_is_kept(task: str, logs: dict[str, Path], db: Engine) -> None:
    """Each value and standard error in the database is the tool's own to 1e-12, for each scorer, reducer and subgroup."""
    report = ingest(db, [logs[task]])
    assert [file.state for file in report.files] == [FileState.LOADED]
    found = claims(db)
    n_checked = 0
    for position, score in enumerate(tool_reads(logs[task])["results"]["scores"]):
        stderr = score["metrics"].get("stderr", {}).get("value")
        for key, metric in score["metrics"].items():
            if metric["name"] in SPREADS | {"all"}:
                continue
            subset = metric["name"] if metric["group"] == "grouped" else ""
            row = found[subset, score["scorer"], f"results.scores[{position}].metrics.{key}"]
            assert row.value == pytest.approx(metric["value"], abs=1e-12)
            assert row.stderr == (pytest.approx(stderr, abs=1e-12) if not subset else None)
            n_checked += 1
    assert n_checked == len(found)


def test_errors_from_the_items_are_the_tools_own(logs: dict[str, Path], db: Engine) -> None:
    """The mean and the standard error that benchdb computes from the outcomes equal the tool's to 1e-12: plain and clustered."""
    ingest(db, [logs["toy_graded"], logs["toy_clusters"]])
    found = [row for row in claims(db).values() if not row.subset]
    with db.connect() as connection:
        stats = item_stats(
            connection, {(row.run_id, row.metric_id) for row in found}, {row.benchmark_id for row in found}
        )
    assert {row.stderr_method: stats[row.run_id, row.metric_id].n_units for row in found} == {
        StderrMethod.SAMPLE: 6,
        StderrMethod.CLUSTERED: 4,
    }
    for row in found:
        assert stats[row.run_id, row.metric_id].mean == pytest.approx(row.value, abs=1e-12)
        assert stats[row.run_id, row.metric_id].stderr == pytest.approx(row.stderr, abs=1e-12)


def test_outcomes_are_the_tools_samples(logs: dict[str, Path], db: Engine) -> None:
    """Right attempts of each item, added up over the epochs, are those of the samples as the tool reads them."""
    ingest(db, [logs["toy_quiz"]])
    expected: dict[str, int] = {}
    for sample in tool_reads(logs["toy_quiz"])["samples"]:
        expected[sample["id"]] = expected.get(sample["id"], 0) + (sample["scores"]["match"]["value"] == "C")
    wanted = (
        select(Sample.key, Outcome.n_correct, Outcome.n_attempts)
        .join(Run, Run.run_id == Outcome.run_id)
        .join(Sample, (Sample.benchmark_id == Run.benchmark_id) & (Sample.sample_number == Outcome.sample_number))
        .join(Protocol, Protocol.protocol_id == Run.protocol_id)
        .where(Protocol.extraction == "match")
    )
    with db.connect() as connection:
        rows = connection.execute(wanted).all()
    assert {row.key: row.n_correct for row in rows} == expected
    assert {row.n_attempts for row in rows} == {4}


def test_a_second_import_adds_nothing(logs: dict[str, Path], db: Engine) -> None:
    """The same logs are already present."""
    ingest(db, list(logs.values()))
    before = claims(db).keys()
    report = ingest(db, list(logs.values()))
    assert {file.state for file in report.files} == {FileState.ALREADY_PRESENT}
    assert claims(db).keys() == before
