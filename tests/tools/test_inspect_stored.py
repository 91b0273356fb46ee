"""What the database holds of Inspect's logs after an import equals the data frames that `inspect_ai.analysis` makes of them.

The frames of evaluations also have columns that are no scores here: the ends of an interval (`_lower`, `_upper`) and errors stand with
their mean, and `_all`, the mean over all groups, is left out where it repeats the plain mean of the same items. Scores that benchdb
computes from outcomes, and tokens and times of the whole evaluation, are no columns of scores there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.load import ingest
from benchdb.schema.catalog import Metric
from benchdb.schema.curation import Ingest
from benchdb.schema.results import Outcome, Protocol, Run, Sample, Score
from tests.tools.frames_of_inspect import column, copies_of, frames_of, is_kept
from tests.tools.logs_of_inspect import inspect_logs
from tests.tools.run_inspect import needs_inspect

if TYPE_CHECKING:
    from sqlalchemy import Engine, Row

pytestmark = [pytest.mark.tools, needs_inspect]

SCORES = (
    select(Ingest.name.label("file"), Run.subset, Score.place, Score.value, Score.stderr, Score.n_items, Metric.slug)
    .join(Run, Run.run_id == Score.run_id)
    .join(Ingest, Ingest.ingest_id == Score.ingest_id)
    .join(Metric, Metric.metric_id == Score.metric_id)
)
OUTCOMES = (
    select(
        Ingest.name.label("file"),
        Protocol.extraction,
        Metric.name,
        Sample.key,
        Outcome.n_attempts,
        Outcome.n_correct,
        Outcome.value,
    )
    .join(Run, Run.run_id == Outcome.run_id)
    .join(Ingest, Ingest.ingest_id == Run.ingest_id)
    .join(Protocol, Protocol.protocol_id == Run.protocol_id)
    .join(Metric, Metric.metric_id == Outcome.metric_id)
    .join(Sample, (Sample.benchmark_id == Run.benchmark_id) & (Sample.sample_number == Outcome.sample_number))
)


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, dict[str, Any]]:
    """What the tool makes of each log, by the copy that is imported."""
    return frames_of(list(copies_of(inspect_logs(), tmp_path_factory.mktemp("frames"))))


def by_file(rows: list[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """Return rows by the name of their file."""
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(Path(row.file).name, []).append(row)
    return found


def total(row: Row[Any]) -> float:
    """Return the sum of the marks of all attempts at an item."""
    return float(row.n_correct) if row.value is None else row.value * row.n_attempts


def require_scores(rows: list[Row[Any]], frame: dict[str, Any]) -> int:
    """Return how many scores are equal to the frame's: all, with values and, where one is stated about all items, errors."""
    row = frame["row"]
    ours = {
        f"score_{column(each.place, frame['columns'])}": each
        for each in rows
        if (each.place or "").startswith("results.scores[")
    }
    assert ours.keys() == {name for name, value in row.items() if is_kept(name, row) and value is not None}
    for name, each in ours.items():
        assert each.value == row[name]
        if each.slug.rpartition("/")[2] in {"accuracy", "mean"} and not each.subset:
            stated = row.get(f"{name.rpartition('_')[0]}_stderr")
            assert each.stderr == (None if each.n_items == 1 else stated)
    return len(ours)


def require_outcomes(rows: list[Row[Any]], frame: dict[str, Any]) -> int:
    """Return how many items have the attempts and marks of the frame: all of them, under every scorer."""
    theirs: dict[tuple[str, str, str], list[float]] = {}
    for item, scorer, part, value in frame["samples"]:
        theirs.setdefault((scorer, part, item), []).append(value)
    ours = {
        (
            each.extraction.partition(" by ")[0],
            each.name.rpartition("/")[0],
            each.key.removeprefix("inspect/"),
        ): (each.n_attempts, total(each))
        for each in rows
    }
    assert {key: n for key, (n, _) in ours.items()} == {key: len(values) for key, values in theirs.items()}
    sums = {key: value for key, (_, value) in ours.items()}
    assert sums == pytest.approx({key: sum(values) for key, values in theirs.items()}, abs=1e-12)
    return len(ours)


def test_what_is_stored_is_what_the_frames_say(db: Engine, frames: dict[Path, dict[str, Any]]) -> None:
    """After one import of all logs: values, errors, attempts and marks, log by log and item by item."""
    report = ingest(db, list(frames), options=ReadOptions(all_metrics=True))
    assert report.n_failed == 0
    with db.connect() as connection:
        scores, outcomes = (by_file(list(connection.execute(wanted))) for wanted in (SCORES, OUTCOMES))
    n_scores = n_outcomes = 0
    for path, frame in frames.items():
        n_scores += require_scores(scores.get(path.name, []), frame)
        n_outcomes += require_outcomes(outcomes.get(path.name, []), frame)
    assert n_scores >= 19  # of the logs in tests/data alone
    assert n_outcomes > 100
