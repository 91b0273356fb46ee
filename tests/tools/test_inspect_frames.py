"""What benchdb reads of Inspect's logs equals, number by number, the data frames that `inspect_ai.analysis` makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchdb.ingest.formats.inspect import read
from benchdb.ingest.importer import ReadOptions
from tests.tools.frames_of_inspect import column, copies_of, frames_of, is_kept
from tests.tools.logs_of_inspect import inspect_logs
from tests.tools.run_inspect import needs_inspect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.ingest.records import OutcomeBlock, RunRecord, ScoreRecord

pytestmark = [pytest.mark.tools, needs_inspect]

LOGS = inspect_logs()


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, dict[str, Any]]:
    """What the tool makes of each log."""
    copies = copies_of(LOGS, tmp_path_factory.mktemp("frames"))
    return {copies[copy]: found for copy, found in frames_of(list(copies)).items()}


def scores(path: Path) -> Iterator[tuple[RunRecord, ScoreRecord]]:
    """Yield every score that benchdb reads of a log's scorers."""
    for run in read(path, ReadOptions(all_metrics=True)):
        for score in run.scores:
            if not (score.place or "").startswith("stats."):
                yield run, score


def total(block: OutcomeBlock, position: int) -> float:
    """Return the sum over the attempts at an item."""
    if block.n_correct is not None:
        return float(block.n_correct[position] or 0)
    assert block.values is not None
    value = block.values[position]
    assert value is not None
    return value * block.n_attempts[position]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_scores_are_those_of_evals_df(path: Path, frames: dict[Path, dict[str, Any]]) -> None:
    """Values are equal, and there are as many; errors are equal, or left out where the tool prints 0 for one item alone."""
    row, columns = frames[path]["row"], frames[path]["columns"]
    found = {f"score_{column(score.place or '', columns)}": (run, score) for run, score in scores(path)}
    wanted = {name for name, value in row.items() if is_kept(name, row) and value is not None}
    assert found.keys() == wanted
    for name, (run, score) in found.items():
        assert score.value == row[name]
        stderr = row.get(f"{name.rpartition('_')[0]}_stderr")
        if score.metric.endswith(("accuracy", "mean")) and not run.subset:
            assert score.stderr == (None if score.n_items == 1 else stderr)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_tokens_are_those_of_the_header(path: Path, frames: dict[Path, dict[str, Any]]) -> None:
    """Counts of tokens are those that the tool reads for the model evaluated, said once; a log without a scorer has no run."""
    runs = list(read(path, ReadOptions(all_metrics=True)))
    found = [
        (score.metric, score.value)
        for run in runs
        for score in run.scores
        if (score.place or "").startswith("stats.model_usage")
    ]
    assert dict(found) == (frames[path]["usage"] if runs else {})
    assert len(found) == len(dict(found))


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_settings_and_counts_are_those_of_evals_df(path: Path, frames: dict[Path, dict[str, Any]]) -> None:
    """Epochs and items are those of the tool's row; task and model are the ends of its names, where a provider stands before them."""
    row = frames[path]["row"]
    runs = list(read(path, ReadOptions()))
    for run in runs:
        assert row["model"].endswith(run.model.name.rpartition("/")[2])
        assert row["task_name"].endswith(run.benchmark.name)
        assert run.protocol.samples_per_item == (row["epochs"] or 1)
        for score in run.scores:
            if not run.subset and row["total_samples"] == row["completed_samples"]:
                assert (score.n_items or 0) * (row["epochs"] or 1) == row["total_samples"]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_outcomes_are_those_of_samples_df(path: Path, frames: dict[Path, dict[str, Any]]) -> None:
    """Attempts and their sum are, for each item, those of the tool's frame of samples, under every scorer."""
    expected: dict[tuple[str, str], dict[str, list[float]]] = {}
    for item, scorer, part, value in frames[path]["samples"]:
        expected.setdefault((scorer, part), {}).setdefault(item, []).append(value)
    found: dict[tuple[str, str], dict[str, tuple[int, float]]] = {}
    for run in read(path, ReadOptions()):
        for block in run.outcomes:
            scorer, part = str(run.protocol.extraction).partition(" by ")[0], block.metric.rpartition("/")[0]
            found[scorer, part] = {
                key.removeprefix("inspect/"): (block.n_attempts[i], total(block, i)) for i, key in enumerate(block.keys)
            }
    assert found.keys() == expected.keys()
    for name, items in expected.items():
        assert {item: n for item, (n, _) in found[name].items()} == {item: len(each) for item, each in items.items()}
        sums = {item: value for item, (_, value) in found[name].items()}
        assert sums == pytest.approx({item: sum(each) for item, each in items.items()}, abs=1e-12)
