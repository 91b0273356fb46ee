"""Results and details of lighteval, with expected values read from the files by eye or computed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.lighteval import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, companion_of, recognise
from benchdb.ingest.logs.lighteval_tasks import parse_key, parse_metric, unit_of
from benchdb.schema.vocab import ScoreUnit, StderrMethod

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "lighteval"
NEW = next(HERE.glob("0.13/results/*/*/results_*.json"))
REAL = next(HERE.glob("0.13.0-generated/results/*/*/results_*.json"))
"""What the tool wrote in a run here."""
OLD = next(HERE.glob("2024/results_*.json"))
EVERYTHING = ReadOptions(all_metrics=True)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [NEW, OLD, REAL]
    foreign: ClassVar = [
        *sorted(path for path in DATA.rglob("*.*") if path.is_file() and "lighteval" not in path.parts),
        *sorted(HERE.rglob("*.parquet")),
    ]
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "SourceRecord.harness_version", "ModelRecord.name", "BenchmarkRecord.name",
        "BenchmarkRecord.parent", "BenchmarkRecord.n_items",
        *(f"ProtocolRecord.{name}" for name in (
            "split", "n_shot", "temperature", "top_p", "max_tokens", "samples_per_item", "seed", "harness", "harness_version",
            "harness_task", "task_version", "dataset_revision", "item_limit", "model_revision", "quantisation",
        )),
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "is_aggregate", "stderr", "stderr_method", "n_items", "samples_per_item", "higher_is_better",
            "k", "place",
        )),
        "RunRecord.label", "RunRecord.raw",
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct", "OutcomeBlock.values",
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[str, RunRecord]:
    """Return the runs of a file by benchmark."""
    return {run.benchmark.name: run for run in read(path, options or ReadOptions())}


def score(run: RunRecord, metric: str) -> ScoreRecord:
    """Return a run's only score of a metric."""
    (found,) = [each for each in run.scores if each.metric == metric]
    return found


@pytest.mark.parametrize(
    ("key", "task", "parent", "suite", "n_shot", "is_aggregate"),
    [
        ("gsm8k|5", "gsm8k", None, None, 5, False),
        ("mmlu:anatomy|0", "mmlu:anatomy", "mmlu", None, 0, False),
        ("lighteval|gsm8k|0", "gsm8k", None, "lighteval", 0, False),
        ("leaderboard|arc:challenge|25", "arc:challenge", "arc", "leaderboard", 25, False),
        ("helm|mmlu:anatomy|5|1", "mmlu:anatomy", "mmlu", "helm", 5, False),
        ("toy_geo:_average|5", "toy_geo", None, None, 5, True),
        ("all", "all", None, None, None, True),
    ],
)
def test_keys(
    key: str, task: str, parent: str | None, suite: str | None, n_shot: int | None, *, is_aggregate: bool
) -> None:
    """Shots are the last part, or the third of four."""
    found = parse_key(key)
    assert (found.task, found.parent, found.suite, found.n_shot, found.is_aggregate) == (
        task, parent, suite, n_shot, is_aggregate,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("pass@k:k=1&n=16", ("pass@1", 1, 16)),
        ("codegen_pass@1:16", ("codegen_pass@1", 1, 16)),
        ("maj@8", ("maj@8", 8, None)),
        ("avg@n:n=4", ("avg@n", None, 4)),
        ("acc", ("acc", None, None)),
    ],
)
def test_metrics_with_parameters(written: str, expected: tuple[str, int | None, int | None]) -> None:
    """The k and the number of samples are taken out of the name."""
    found = parse_metric(written)
    assert (found.name, found.k, found.n_samples) == expected


def test_units() -> None:
    """Accuracies are fractions, BLEU is a percentage, unknown metrics have no unit."""
    assert [unit_of(name) for name in ("acc_norm", "pass@1", "bleu", "ppl", "toxicity")] == [
        ScoreUnit.FRACTION, ScoreUnit.FRACTION, ScoreUnit.PERCENT, ScoreUnit.RATIO, None,
    ]  # fmt: skip


def test_a_task_with_its_settings() -> None:
    """Revisions, versions and generation settings are read; the time in the name is only a label; secrets are left out."""
    run = runs(NEW)["toy_geo:rivers"]
    assert (run.model.name, run.benchmark.parent, run.ran_at, run.label) == (
        "example-org/toy-7b", "toy_geo", None, "2026-01-15T10-20-30.123456",
    )  # fmt: skip
    protocol = run.protocol
    assert (protocol.n_shot, protocol.temperature, protocol.top_p, protocol.max_tokens) == (5, 0.6, 0.95, 32)
    assert (protocol.task_version, protocol.dataset_revision, protocol.model_revision) == ("1", "r1", "step100")
    assert (protocol.quantisation, protocol.seed, protocol.harness_version, protocol.split) == (
        "fp8",
        42,
        "abc1234",
        "test",
    )
    assert "hidden" not in json.dumps(run.raw)
    assert score(run, "acc").place == 'results["toy_geo:rivers|5"]["acc"]'
    assert score(run, "acc").higher_is_better is True


def test_items_are_counted_by_the_details_where_the_file_says_minus_one() -> None:
    """Two rows of details stand for two items; a stated count comes first."""
    found = runs(NEW)
    assert score(found["toy_geo:rivers"], "acc").n_items == 2
    assert score(found["toy_geo:lakes"], "acc").n_items == 4
    assert found["toy_geo:lakes"].protocol.item_limit is None
    assert found["toy_code"].protocol.item_limit == 10.0


def test_aggregates_are_marked() -> None:
    """The mean over parts is an aggregate of its task, and its error is the mean of errors; "all" is opt-in."""
    average = score(runs(NEW)["toy_geo"], "acc")
    assert (average.value, average.is_aggregate, average.stderr_method) == (0.375, True, StderrMethod.MEAN_OF_STDERRS)
    assert score(runs(NEW)["toy_geo:rivers"], "acc").stderr_method is StderrMethod.SAMPLE
    assert "lighteval all" not in runs(NEW)
    assert score(runs(NEW, EVERYTHING)["lighteval all"], "acc").is_aggregate


def test_nan_is_no_score() -> None:
    """A bare NaN is passed over, its neighbours are read."""
    assert {each.metric for each in runs(NEW)["toy_math"].scores} == {"pass@1", "maj@8", "bleu"}


def test_outcomes() -> None:
    """Marks are counts, shares of several samples are counts of those, means of anything else are values."""
    found = runs(NEW)
    (rivers,) = found["toy_geo:rivers"].outcomes
    assert (rivers.keys, rivers.n_correct, rivers.n_attempts) == (["lighteval/3", "lighteval/0"], [1, 0], [1, 1])
    (code,) = found["toy_code"].outcomes
    assert (code.metric, code.n_correct, code.n_attempts) == ("codegen_pass@1", [3, 1], [4, 4])
    math = {block.metric: block for block in found["toy_math"].outcomes}
    assert set(math) == {"pass@1", "maj@8"}
    assert (math["pass@1"].n_correct, math["pass@1"].n_attempts) == ([2, 1], [4, 4])
    assert (math["maj@8"].n_correct, math["maj@8"].values) == (None, [0.7, 0.3])
    assert math["pass@1"].keys == ["lighteval/0", "lighteval/1"]
    assert not any(run.outcomes for run in runs(NEW, ReadOptions(with_samples=False)).values())


def test_old_keys() -> None:
    """Suites, shots in the third of four parts and configurations without shots in their keys are understood."""
    found = runs(OLD)
    assert set(found) == {"arc:challenge", "gsm8k", "hendrycksTest-anatomy"}
    arc = found["arc:challenge"]
    assert (arc.protocol.n_shot, arc.protocol.split, arc.protocol.harness_task) == (
        25, "validation+test", "leaderboard|arc:challenge",
    )  # fmt: skip
    assert (arc.protocol.model_revision, arc.protocol.quantisation) == ("0123456789abcdef", None)
    assert (score(arc, "acc").n_items, score(arc, "acc").stderr_method, arc.source.harness_version) == (
        1172,
        None,
        None,
    )
    assert found["gsm8k"].protocol.n_shot == 5


def test_details_are_read_along() -> None:
    """Details belong to the results of the same time in the tree beside them."""
    details = sorted((HERE / "0.13").rglob("*.parquet"))
    assert list(IMPORTER.companions(NEW)) == details
    assert IMPORTER.companions(OLD) == []
    owners = [companion_of(path) for path in details]
    assert [owner.name for owner in owners if owner] == ["lighteval"] * 3


def test_details_are_found_from_inside_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare file name finds the tree beside it, too."""
    monkeypatch.chdir(NEW.parent)
    assert len(IMPORTER.companions(Path(NEW.name))) == 3
    assert list(runs(Path(NEW.name))["toy_code"].outcomes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"config_general": {}}, "model_name"),
        ({"results": []}, "results"),
        ({"results": {"a|0": {"acc": "high"}}}, "high"),
        ({"results": {"a|0": 1}}, "results"),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """The message names the place."""
    path = tmp_path / "results.json"
    path.write_text(json.dumps({**json.loads(OLD.read_text()), **change}))
    with pytest.raises(MalformedFileError, match=message):
        list(read(path, ReadOptions()))


def test_a_run_of_the_tool_itself() -> None:
    """Three of four rivers, one of two hills; their mean is no item's; one of three sums is hit for sure, one half of the time."""
    found = runs(REAL)
    assert list(found) == ["toy_sums", "toy_words", "toy_geo:hills", "toy_geo:rivers", "toy_geo"]
    rivers, geo = score(found["toy_geo:rivers"], "acc"), score(found["toy_geo"], "acc")
    assert (rivers.value, rivers.n_items, rivers.stderr_method) == (0.75, 4, StderrMethod.SAMPLE)
    assert rivers.stderr == pytest.approx((0.75 * 0.25 / 3) ** 0.5)
    assert (geo.value, geo.is_aggregate, geo.stderr, geo.stderr_method) == (
        0.625, True, 0.375, StderrMethod.MEAN_OF_STDERRS,
    )  # fmt: skip
    sums = score(found["toy_sums"], "pass@2")
    assert (sums.value, sums.k, sums.samples_per_item, sums.n_items) == (0.5, 2, 4, 3)
    assert (found["toy_geo:rivers"].protocol.n_shot, found["toy_geo:rivers"].protocol.task_version) == (2, "1")


def test_the_error_of_a_corpus_metric_has_no_method() -> None:
    """The tool divides the spread of its resamples by the root of their number, which is no bootstrap error."""
    bleu = score(runs(REAL)["toy_words"], "bleu")
    assert (bleu.value, bleu.unit, bleu.stderr, bleu.stderr_method) == (0.0, ScoreUnit.PERCENT, 0.0, None)


def test_details_in_no_order_keep_their_ids() -> None:
    """The tool sorts documents by length; row 0 is "the mat", said in full, row 1 "away", not said, row 2 half of "day long"."""
    blocks = {block.metric: block for block in runs(REAL)["toy_words"].outcomes}
    assert dict(zip(blocks["em"].keys, blocks["em"].n_correct or (), strict=True)) == {
        "lighteval/0": 1, "lighteval/1": 0, "lighteval/2": 0,
    }  # fmt: skip
    assert dict(zip(blocks["f1"].keys, blocks["f1"].values or (), strict=True)) == {
        "lighteval/0": 1.0, "lighteval/1": 0.0, "lighteval/2": pytest.approx(2 / 3),
    }  # fmt: skip
    assert "bleu" not in blocks


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_generated(self, shared_samples: Path) -> None:
        """Results with three details files."""
        path = next((shared_samples / "lighteval").rglob("results_*.json"))
        assert recognise(path).name == "lighteval"
        found = runs(path, EVERYTHING)
        capitals = score(found["toy_geo:capitals"], "acc")
        assert (capitals.value, capitals.stderr) == (0.3333333333333333, 0.14213381090374033)
        assert score(found["toy_geo:capitals_b"], "acc").value == 0.0
        assert found["toy_geo:capitals_b"].protocol.task_version == "1"
        average = score(found["toy_geo"], "acc")
        assert (average.value, average.stderr, average.stderr_method) == (
            0.16666666666666666, 0.07106690545187017, StderrMethod.MEAN_OF_STDERRS,
        )  # fmt: skip
        assert [(each.metric, each.value) for each in found["lighteval all"].scores] == [
            ("acc", 0.16666666666666666),
            ("em", 0.0),
        ]
        (block,) = found["toy_geo:capitals"].outcomes
        assert (len(block.keys), sum(count or 0 for count in block.n_correct or ())) == (12, 4)
        assert capitals.n_items == 12
        assert (found["toy_gen"].protocol.temperature, found["toy_gen"].source.harness_version) == (0.0, None)
