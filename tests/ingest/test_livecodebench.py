"""Results of LiveCodeBench, with expected values worked out by hand from the rows."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.livecodebench import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.ingest.logs.livecodebench_items import day_of, take_apart, without_effort
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import OutcomeBlock, RunRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "livecodebench" / "2025"
REPAIR = HERE / "performances_repair.json"
EXECUTION = HERE / "performances_execution.json"
TESTS = HERE / "board.json"
LONG = HERE / "Toy-7B (High)" / "Scenario.codegeneration_2_0.2_eval_all.json"
SHORT = HERE / "Toy-Small_N1" / "Scenario.codegeneration_1_0.0_eval.json"
NAMED = ReadOptions(columns={"model": "=toy"})
EVERYTHING = ReadOptions(all_metrics=True)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [REPAIR, EXECUTION, TESTS, LONG, SHORT]
    foreign: ClassVar = sorted(
        path for path in DATA.rglob("*.*") if path.is_file() and "livecodebench" not in path.parts
    )
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.title", "SourceRecord.harness", "ModelRecord.name", "BenchmarkRecord.name",
        "BenchmarkRecord.parent", "RunRecord.label", "RunRecord.raw",
        *(f"ProtocolRecord.{name}" for name in (
            "temperature", "samples_per_item", "harness", "harness_task", "extraction", "reasoning_effort",
            "window_start_on", "window_end_on",
        )),
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "n_items", "place")),
        *(f"OutcomeBlock.{name}" for name in ("keys", "n_attempts", "n_correct", "values", "dates")),
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[str, RunRecord]:
    """Return the runs of a leaderboard by label, subset and extraction."""
    return {
        "/".join(part for part in (run.label, run.subset, run.protocol.extraction) if part): run
        for run in read(path, options or ReadOptions())
    }


def only(path: Path, options: ReadOptions | None = None) -> RunRecord:
    """Return the only run of a file."""
    (run,) = read(path, options or ReadOptions())
    return run


def block(run: RunRecord) -> OutcomeBlock:
    """Return the only block of outcomes of a run."""
    (found,) = run.outcomes
    return found


def test_the_board_gives_problems_with_dates() -> None:
    """80, 30 and 10 percent average to 40; dates are a day late there and are put right."""
    run = runs(REPAIR)["Toy-7B"]
    (score,) = run.scores
    assert (score.metric, score.value, score.unit, score.n_items) == ("pass@1", 40.0, ScoreUnit.PERCENT, 3)
    found = block(run)
    assert (found.keys, found.values, found.n_correct) == (["1873_A", "1873_B", "abc301_a"], [0.8, 0.3, 0.1], None)
    assert found.dates == [date(2023, 8, 21), date(2023, 8, 21), date(2023, 8, 23)]
    assert (run.protocol.window_start_on, run.protocol.window_end_on) == (date(2023, 8, 21), date(2023, 8, 23))
    assert (run.benchmark.name, run.benchmark.parent) == ("LiveCodeBench Self-Repair", "LiveCodeBench")
    assert run.source.kind is SourceKind.LEADERBOARD
    assert score.place == 'performances[model="Toy-7B"]["pass@1"]'


def test_models_are_named_by_their_id() -> None:
    """The display name is the label; attempts and effort are split off; a model without rows has no run."""
    found = runs(REPAIR)
    assert set(found) == {"Toy-7B", "Toy-R (N=1) (High)"}
    run = found["Toy-R (N=1) (High)"]
    assert (run.model.name, run.protocol.reasoning_effort, run.protocol.samples_per_item) == ("toy-r-2025", "high", 1)
    outcomes = block(run)
    assert (outcomes.keys, outcomes.n_correct, outcomes.values) == (["1873_A", "1873_B"], [1, 0], None)
    assert (run.model.released_on, found["Toy-7B"].protocol.samples_per_item) == (None, None)
    assert (found["Toy-7B"].raw or {})["release_date"] == 1672560000000


def test_difficulties_come_with_all_metrics() -> None:
    """Each difficulty is a subset without outcomes of its own."""
    found = runs(REPAIR, EVERYTHING)
    assert {name: run.scores[0].value for name, run in found.items() if name.startswith("Toy-7B")} == {
        "Toy-7B": 40.0,
        "Toy-7B/easy": 55.0,
        "Toy-7B/hard": 10.0,
    }
    assert found["Toy-7B/easy"].outcomes == ()


def test_execution_has_two_metrics_and_marks_what_did_not_run() -> None:
    """-1 is no score; the item is the sample, not the question; another bracket stays in the name."""
    found = runs(EXECUTION)
    assert {name: (run.scores[0].value, run.scores[0].n_items) for name, run in found.items()} == {
        "Toy-7B": (25.0, 2),
        "Toy (April) (n=1)": (100.0, 1),
        "Toy-7B/chain of thought": (100.0, 1),
    }
    assert found["Toy-7B"].benchmark.name == "LiveCodeBench Code Execution"
    assert block(found["Toy-7B/chain of thought"]).keys == ["sample_1"]
    assert found["Toy (April) (n=1)"].model.name == "Toy (April)"


def test_several_rows_for_a_problem_are_its_tests() -> None:
    """They are numbered, and the benchmark is the prediction of their output."""
    run = only(TESTS)
    assert (run.benchmark.name, block(run).keys) == (
        "LiveCodeBench Test Output Prediction", ["2727/0", "2727/1", "2730/0"],
    )  # fmt: skip
    assert (run.scores[0].value, run.model.name) == (30.0, "Toy-7B")


def test_a_run_with_all_its_problems() -> None:
    """2, 1 and 0 of 2 attempts are right; a problem without attempts is left out."""
    run = only(LONG)
    found = block(run)
    assert (found.keys, found.n_attempts, found.n_correct) == (["1873_A", "1873_B", "1899_C"], [2, 2, 2], [2, 1, 0])
    assert found.dates == [date(2023, 8, 21), date(2023, 8, 21), date(2023, 8, 24)]
    (score,) = run.scores
    assert (score.value, score.unit, score.n_items, score.samples_per_item) == (0.5, ScoreUnit.FRACTION, 3, 2)
    assert (run.model.name, run.benchmark.name, run.protocol.reasoning_effort) == ("Toy-7B", "LiveCodeBench", "high")
    assert (run.protocol.temperature, run.protocol.harness_task) == (0.2, "codegeneration")
    subsets = {each.subset: each.scores[0].value for each in read(LONG, EVERYTHING)}
    assert subsets == {"": 0.5, "easy": 0.75, "hard": 0.0}
    assert only(LONG, ReadOptions(with_samples=False)).outcomes == ()


def test_a_run_without_its_problems(tmp_path: Path) -> None:
    """Problems are numbers of one release; the file is passed over where the whole run stands beside it."""
    run = only(SHORT)
    found = block(run)
    assert found.keys == ["livecodebench/3/0", "livecodebench/3/2", "livecodebench/3/10"]
    assert (found.n_attempts, found.n_correct) == ([2, 2, 2], [2, 1, 0])
    assert (run.scores[0].value, run.scores[0].n_items, run.model.name) == (0.5, 3, "Toy-Small")
    shutil.copy(SHORT, tmp_path / "codegeneration_1_0.0_eval.json")
    shutil.copy(LONG, tmp_path / "codegeneration_1_0.0_eval_all.json")
    assert list(read(tmp_path / "codegeneration_1_0.0_eval.json", ReadOptions())) == []


def test_without_a_name_the_user_is_asked(tmp_path: Path) -> None:
    """A file of another name does not name a model."""
    shutil.copy(SHORT, tmp_path / "results.json")
    with pytest.raises(MalformedFileError, match="--map model==NAME"):
        list(read(tmp_path / "results.json", ReadOptions()))
    assert only(tmp_path / "results.json", NAMED).model.name == "toy"
    (tmp_path / "results.json").write_text('[{"pass@1": 1.0, "detail": {"pass@1": {"0": 1.0}}}]')
    bare = only(tmp_path / "results.json", NAMED)
    assert (bare.scores[0].value, bare.outcomes) == (1.0, ())


def test_other_scenarios_of_a_run(tmp_path: Path) -> None:
    """Rows with an id of their own are execution, rows with a test are output prediction."""
    row = {"question_id": "2777", "question_content": "", "graded_list": [True]}
    path = tmp_path / "Scenario.codeexecution_1_0.2_cot_eval_all.json"
    path.write_text(json.dumps([{**row, "id": "sample_0"}]))
    run = only(path)
    assert (run.benchmark.name, block(run).keys) == ("LiveCodeBench Code Execution", ["sample_0"])
    assert run.protocol.extraction == "chain of thought"
    path = tmp_path / "Scenario.testoutputprediction_1_0.2_eval_all.json"
    path.write_text(json.dumps([{**row, "test_id": 0}, {**row, "test_id": 1}]))
    run = only(path)
    assert (run.benchmark.name, block(run).keys) == (
        "LiveCodeBench Test Output Prediction", ["2777/0", "2777/1"],
    )  # fmt: skip


def test_names_and_days() -> None:
    """Only what the tool defines is split off; a time out of range is no day."""
    assert (take_apart("O3-Mini (Med)").effort, take_apart("Gemini (April)").model) == ("medium", "Gemini (April)")
    assert (without_effort("o3-mini__low"), without_effort("a__b"), without_effort("toy")) == ("o3-mini", "a__b", "toy")
    assert (day_of(1e30), day_of(None), day_of(1692576000000)) == (None, None, date(2023, 8, 21))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"performances": 3}', "a list of objects"),
        ('{"performances": [{"question_id": "a", "pass@1": 1}]}', r"performances\[0\]\.model"),
        ('{"performances": [{"model": "a", "pass@1": 1}]}', r"performances\[0\]\.question_id"),
        ('{"performances": [{"model": "a", "question_id": "b", "pass@1": "1"}]}', r'performances\[0\]\["pass@1"\]'),
        ("[]", r"\[0\]"),
        ("[3]", "a graded problem"),
        ('[{"graded_list": [true]}]', r"\[0\]\.question_id"),
        ('[{"question_id": "a", "graded_list": [1]}]', r"\[0\]\.graded_list"),
        ('[{"question_id": "a", "graded_list": []}]', "no attempt"),
        ('[{"pass@1": 1.0, "detail": {"pass@1": {"0": 3}}}]', r'detail\["pass@1"\]\["0"\]'),
    ],
)
def test_broken_parts_are_named(tmp_path: Path, content: str, complaint: str) -> None:
    """The message names the place."""
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(MalformedFileError, match=complaint):
        list(read(path, NAMED))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file in another encoding is an error of the file."""
    path = tmp_path / "x.json"
    path.write_bytes(b'[{"question_id": "\xff"}]')
    with pytest.raises(MalformedFileError, match="utf-8"):
        list(read(path, NAMED))


def test_what_is_claimed() -> None:
    """A long first problem is known by the file's name; generations that were not graded are not claimed."""
    long = b'[{"question_content": "x", "question_id": "1", "output_list": ["'
    assert sniff(long, "Scenario.codegeneration_10_0.2_eval_all.json")
    assert not sniff(long, "Scenario.codegeneration_10_0.2.json")
    assert not sniff(b"question_id", "x_eval_all.json")


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_board_of_2024(self, shared_samples: Path) -> None:
        """28 models are listed, 16 have rows, one of them lacks a problem."""
        path = shared_samples / "livecodebench" / "performances_2024_02_26.json"
        assert recognise(path).name == "livecodebench"
        found = runs(path)
        blocks = {name: block(run) for name, run in found.items()}
        assert (len(found), sum(len(each.keys) for each in blocks.values())) == (16, 5583)
        assert found["DSCoder-33b-Ins"].scores[0].value == pytest.approx(32.97994269340974, abs=1e-12)
        assert found["DSCoder-33b-Ins"].model.name == "deepseek-ai/deepseek-coder-33b-instruct"
        assert found["Claude-Instant-1"].scores[0].n_items == 348
        first = blocks["DSCoder-33b-Ins"]
        assert (first.dates or [])[list(first.keys).index("1873_A")] == date(2023, 8, 21)

    def test_board_of_repairs(self, shared_samples: Path) -> None:
        """17 models with 713 problems each; the date of 1873_A is put right."""
        found = runs(shared_samples / "livecodebench" / "performances_repair.json")
        assert {run.scores[0].n_items for run in found.values()} == {713}
        assert len(found) == 17
        assert found["Qwen2-Ins-72B"].scores[0].value == pytest.approx(36.11500701262272, abs=1e-12)
        assert found["GPT-4-Turbo-2024-04-09"].scores[0].value == pytest.approx(45.06311360448808, abs=1e-12)
        assert found["Qwen2-Ins-72B"].protocol.task_version == "release_v4"
        first = block(found["Qwen2-Ins-72B"])
        position = list(first.keys).index("1873_A")
        assert ((first.values or [])[position], (first.dates or [])[position]) == (0.8, date(2023, 8, 21))

    def test_run(self, shared_samples: Path) -> None:
        """880 problems, one attempt each, from May 2023 to January 2025."""
        path = next((shared_samples / "livecodebench").rglob("*_eval_all.json"))
        assert recognise(path).name == "livecodebench"
        by_subset = {run.subset: run for run in read(path, EVERYTHING)}
        run = by_subset[""]
        assert run.scores[0].value == pytest.approx(0.6840909090909091, abs=1e-15)
        assert by_subset["hard"].scores[0].value == pytest.approx(0.34814814814814815, abs=1e-15)
        assert (run.scores[0].n_items, by_subset["hard"].scores[0].n_items) == (880, 270)
        protocol = run.protocol
        assert (protocol.window_start_on, protocol.window_end_on) == (date(2023, 5, 7), date(2025, 1, 4))
        assert (protocol.temperature, protocol.samples_per_item, protocol.task_version) == (0.2, 1, "release_v5")
        assert run.model.name == "O1-Mini-2024-09-12"

    def test_short_run(self, shared_samples: Path) -> None:
        """155 problems known by number only."""
        path = shared_samples / "livecodebench" / "qwq-32b-preview" / "results.json"
        assert recognise(path).name == "livecodebench"
        run = only(path, NAMED)
        assert (run.scores[0].value, run.scores[0].n_items) == (0.4774193548387097, 155)
        marks = dict(zip(block(run).keys, block(run).n_correct or (), strict=True))
        assert (len(marks), marks["livecodebench/155/1"], marks["livecodebench/155/0"]) == (155, 1, 0)
