"""Reports and reviews of EvalScope, with expected values read from the files by eye."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.evalscope import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, companion_of, recognise
from benchdb.ingest.load import ingest
from benchdb.ingest.logs.evalscope_metrics import metric_of
from benchdb.ingest.report import FileState
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from benchdb.ingest.records import RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
HERE = DATA / "evalscope"
WORK = HERE / "1.0" / "20260115_101500"
QUIZ = WORK / "reports" / "toy-7b" / "toy_quiz.json"
INST = QUIZ.with_name("toy_inst.json")
SECOND = HERE / "2.0" / "report.json"

GENERATED = HERE / "1.14.1-generated"
"""What the tool wrote in runs here."""
ONCE = GENERATED / "20261125_214712" / "reports" / "toy-7b"
TWICE = GENERATED / "20261125_214714" / "reports" / "toy-7b" / "toy_tries.json"


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [QUIZ, INST, SECOND, *sorted(ONCE.glob("*.json")), TWICE]
    foreign: ClassVar = [
        *sorted(path for path in DATA.rglob("*.*") if path.is_file() and "evalscope" not in path.parts),
        *sorted(HERE.rglob("*.jsonl")),
    ]
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "SourceRecord.harness_version", "ModelRecord.name", "BenchmarkRecord.name",
        *(f"ProtocolRecord.{name}" for name in (
            "split", "n_shot", "temperature", "top_p", "max_tokens", "samples_per_item", "seed", "harness", "harness_version",
            "harness_task", "item_limit", "reasoning_effort", "quantisation", "model_revision", "engine",
        )),
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "decimals", "is_aggregate", "n_items", "higher_is_better", "k", "place",
        )),
        "RunRecord.subset", "RunRecord.label", "RunRecord.raw",
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct", "OutcomeBlock.values", "OutcomeBlock.item_subsets",
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[tuple[str, str], RunRecord]:
    """Return the runs of a file by benchmark and subset."""
    return {(run.benchmark.name, run.subset): run for run in read(path, options or ReadOptions())}


def scores(run: RunRecord) -> dict[str, ScoreRecord]:
    """Return a run's scores by metric."""
    return {score.metric: score for score in run.scores}


def test_subsets_and_their_mean() -> None:
    """The whole is an aggregate over its subsets; categories are aggregates between."""
    found = runs(QUIZ)
    assert [subset for _, subset in found] == ["", "IQ", "EQ", "easy", "hard"]
    whole = scores(found["toy_quiz", ""])["acc"]
    assert (whole.value, whole.n_items, whole.decimals, whole.unit, whole.is_aggregate) == (
        0.6667, 6, 4, ScoreUnit.FRACTION, True,
    )  # fmt: skip
    part = scores(found["toy_quiz", "EQ"])["acc"]
    assert (part.value, part.n_items, part.is_aggregate) == (0.5, 4, False)
    assert part.place == "metrics[0].categories[1].subsets[0].score"
    assert scores(found["toy_quiz", "easy"])["acc"].is_aggregate


def test_the_mean_over_subsets_is_opt_in() -> None:
    """`macro_score` differs from the score and is no main metric."""
    assert list(scores(runs(QUIZ)["toy_quiz", ""])) == ["acc"]
    every = scores(runs(QUIZ, ReadOptions(all_metrics=True))["toy_quiz", ""])
    assert every["macro acc"].value == 0.75


def test_settings_come_from_the_configuration() -> None:
    """Shots and split are the data set's own; a limit of 4 was reached by one data set and not by the other."""
    quiz, inst = runs(QUIZ)["toy_quiz", ""].protocol, runs(INST)["toy_inst", ""].protocol
    assert (quiz.n_shot, quiz.split, quiz.item_limit) == (4, "test", 4.0)
    assert (inst.n_shot, inst.split, inst.item_limit) == (0, "train", None)
    assert (quiz.temperature, quiz.top_p, quiz.max_tokens, quiz.seed, quiz.samples_per_item) == (0.7, 0.9, 512, 42, 1)
    assert (quiz.reasoning_effort, quiz.quantisation, quiz.model_revision) == ("high", "int4", "step100")
    assert (quiz.harness_version, quiz.engine) == ("1.4.0", "openai_api")
    assert runs(QUIZ)["toy_quiz", ""].label == "20260115_101500"


def test_several_metrics_count_the_same_items() -> None:
    """Each metric has both items; a name that is no accuracy's has no unit; "main" alone is the whole."""
    found = scores(runs(INST)["toy_inst", ""])
    assert {name: (score.value, score.n_items, score.unit, score.is_aggregate) for name, score in found.items()} == {
        "prompt_level_strict": (0.5, 2, ScoreUnit.FRACTION, False),
        "bleu": (0.25, 2, None, False),
    }


def test_reviews_become_outcomes_of_the_whole() -> None:
    """Items of both subsets, in the order of the report; the parts have none of their own."""
    found = runs(QUIZ)
    (block,) = found["toy_quiz", ""].outcomes
    assert block.keys == ["evalscope/1", "evalscope/0", "evalscope/0", "evalscope/2", "evalscope/1", "evalscope/3"]
    assert block.n_correct == [1, 1, 1, 0, 1, 0]
    assert block.item_subsets == ["IQ", "IQ", "EQ", "EQ", "EQ", "EQ"]
    assert not list(found["toy_quiz", "EQ"].outcomes)
    assert not list(runs(QUIZ, ReadOptions(with_samples=False))["toy_quiz", ""].outcomes)
    values = {each.metric: each for each in runs(INST)["toy_inst", ""].outcomes}
    assert (values["bleu"].values, values["bleu"].n_correct, values["bleu"].item_subsets) == ([0.3, 0.2], None, None)


def test_reviews_that_do_not_add_up_are_left_out(tmp_path: Path) -> None:
    """Without the reviews of one subset the rest says nothing of the whole."""
    shutil.copytree(WORK, tmp_path / "w")
    (tmp_path / "w" / "reviews" / "toy-7b" / "toy_quiz_EQ.jsonl").unlink()
    found = runs(tmp_path / "w" / "reports" / "toy-7b" / "toy_quiz.json")
    assert not list(found["toy_quiz", ""].outcomes)


def test_repeats_are_attempts(tmp_path: Path) -> None:
    """Two reviews of one item are two attempts at it."""
    shutil.copytree(WORK, tmp_path / "w")
    review = tmp_path / "w" / "reviews" / "toy-7b" / "toy_inst_main.jsonl"
    review.write_text(review.read_text().replace('"group_id": 1', '"group_id": 0'))
    found = runs(tmp_path / "w" / "reports" / "toy-7b" / "toy_inst.json")
    block = next(each for each in found["toy_inst", ""].outcomes if each.metric == "prompt_level_strict")
    assert (block.keys, block.n_attempts, block.n_correct) == (["evalscope/0"], [2], [1])


def test_version_2() -> None:
    """Names, k, units and directions stand apart; an aggregate among the subsets is marked; reports without metrics are passed over."""
    found = runs(SECOND)
    assert {dataset for dataset, _ in found} == {"toy_math", "toy_sets"}
    math = scores(found["toy_math", ""])
    assert {name: (score.value, score.k, score.unit, score.higher_is_better) for name, score in math.items()} == {
        "accuracy": (0.625, None, ScoreUnit.FRACTION, True),
        "pass@4": (0.75, 4, ScoreUnit.FRACTION, True),
        "vote@4": (0.5, 4, ScoreUnit.FRACTION, True),
        "latency": (1.25, None, ScoreUnit.SECONDS, False),
        "max accuracy": (1.0, None, ScoreUnit.FRACTION, True),
    }
    assert scores(found["toy_sets", "overall"])["accuracy"].is_aggregate
    assert not scores(found["toy_sets", "a"])["accuracy"].is_aggregate


def test_files_of_a_work_folder_are_read_along() -> None:
    """Reviews, predictions and the configuration belong to this importer."""
    others = [path for path in WORK.rglob("*.*") if path.is_file() and path.parent.parent.name != "reports"]
    assert len(others) == 5
    owners = [companion_of(path) for path in others]
    assert [owner.name for owner in owners if owner] == ["evalscope"] * 5
    assert [path.name for path in IMPORTER.companions(QUIZ)] == [
        "task_config_ab12cd.yaml", "toy_quiz_EQ.jsonl", "toy_quiz_IQ.jsonl",
    ]  # fmt: skip


def test_a_run_of_the_tool_itself() -> None:
    """Two of three rivers and one of two hills are right, so three of five; split and shots are the resolved ones."""
    found = runs(ONCE / "general_mcq.json")
    assert {
        subset: (scores(run)["accuracy"].value, scores(run)["accuracy"].n_items) for (_, subset), run in found.items()
    } == {
        "": (0.6, 5),
        "rivers": (0.6667, 3),
        "hills": (0.5, 2),
    }
    (block,) = found["general_mcq", ""].outcomes
    assert (block.n_correct, block.item_subsets) == ([1, 1, 0, 0, 1], ["rivers"] * 3 + ["hills"] * 2)
    protocol = found["general_mcq", ""].protocol
    assert (protocol.split, protocol.n_shot, protocol.temperature, protocol.harness_version) == (
        "val",
        0,
        0.7,
        "1.14.1",
    )


def test_dimensions_set_metrics_apart() -> None:
    """ROUGE-1, -2 and -L have a recall, a precision and an F1 each; the reviews call them "Rouge-L-R" and the like."""
    run = runs(ONCE / "general_qa.json")["general_qa", "lines"]
    found = {name: score.value for name, score in scores(run).items()}
    assert len(found) == len(run.scores) == 9
    assert {name: found[name] for name in ("rouge-1 recall", "rouge-1 precision", "rouge-2 f1", "rouge-l recall")} == {
        "rouge-1 recall": 0.5, "rouge-1 precision": 0.4167, "rouge-2 f1": 0.3, "rouge-l recall": 0.4167,
    }  # fmt: skip
    values = {each.metric: each.values for each in run.outcomes}
    assert values["rouge-1 recall"] is None  # 1 and 0: one of the two items is right
    assert values["rouge-l recall"] == [pytest.approx(5 / 6), 0.0]


def test_attempts_and_pass_at_k_of_a_run() -> None:
    """Seven of eight attempts at four items are right; a mean counts attempts, pass@k items, and both mean four items."""
    found = runs(TWICE)
    whole = scores(found["toy_tries", ""])
    assert {name: (score.value, score.k, score.n_items) for name, score in whole.items()} == {
        "accuracy": (0.875, None, 4), "pass@1": (0.875, 1, 4), "pass@2": (1.0, 2, 4),
    }  # fmt: skip
    (block,) = found["toy_tries", ""].outcomes
    assert (block.n_attempts, block.n_correct) == ([2, 2, 2, 2], [2, 1, 2, 2])
    protocol = found["toy_tries", "rivers"].protocol
    assert (protocol.samples_per_item, protocol.item_limit) == (2, 2.0)


@pytest.mark.parametrize(
    ("dimensions", "name"),
    [
        ({"ngram": 2}, "f-2"),
        ({"scope": "overall", "threshold": 0.5}, "f [scope=overall, threshold=0.5]"),
        ({"original_name": "F, old"}, "F, old"),
        ({"k": 4}, "f [k=4]"),
    ],
)
def test_every_dimension_is_in_the_name(dimensions: dict[str, Any], name: str) -> None:
    """No two metrics of a report get one name; k is in "pass@k" only where the aggregation says so."""
    tree = {"identity": {"name": "f", "aggregation": "mean", "dimensions": dimensions}, "score": 1.0}
    assert metric_of(tree, "r.json", "metrics[0]").name == name


def test_the_report_for_reading_is_read_along(tmp_path: Path, db: Engine) -> None:
    """`report.html` repeats the numbers, so a work folder gives each once."""
    shutil.copytree(ONCE.parents[1], tmp_path / "w")
    page = "<!DOCTYPE html><title>Evaluation Report</title><script>localStorage.getItem('evalscope-theme')</script>"
    row = "<table><tr><th>Model</th><th>Dataset</th><th>Score</th></tr><tr><td>toy-7b</td><td>General-MCQ</td><td>60.0</td></tr></table>"
    (tmp_path / "w" / "reports" / "report.html").write_text(page + row)
    report = ingest(db, [tmp_path / "w"])
    states = {Path(file.file).name: file.state for file in report.files}
    assert states["report.html"] == FileState.READ_ALONG
    assert states["general_mcq.json"] == FileState.LOADED
    assert sum(state == FileState.LOADED for state in states.values()) == 2


def test_what_the_requests_took_are_side_metrics(tmp_path: Path) -> None:
    """Mean seconds and tokens of a request come on request, beside the scores of the whole."""
    summary = {
        "latency": {"mean": 1.5, "max": 3.0},
        "ttft": {"mean": 0.25},
        "throughput": {"avg_output_tps": 31.5},
        "usage": {"output_tokens": {"mean": 12.0}, "total_output_tokens": 36},
    }
    path = tmp_path / "r.json"
    path.write_text(json.dumps({**json.loads(QUIZ.read_text()), "perf_metrics": {"summary": summary}}))
    plain, every = (list(read(path, ReadOptions(all_metrics=each))) for each in (False, True))
    names = {score.metric for run in plain for score in run.scores}
    found = {
        score.metric: (score.value, score.unit) for score in every[0].scores if "perf_metrics" in (score.place or "")
    }
    assert found == {
        "latency": (1.5, ScoreUnit.SECONDS),
        "ttft": (0.25, ScoreUnit.SECONDS),
        "avg_output_tps": (31.5, None),
        "output_tokens": (12.0, None),
    }
    assert not names & found.keys()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_name": None}, "model_name"),
        ({"metrics": []}, "none with a score"),
        ({"metrics": [{"name": "mean_acc", "score": "high", "categories": []}]}, r"metrics\[0\]\.score"),
        ({"metrics": 7}, "metrics.*a list"),
        ({"metrics": [{"name": "acc", "score": 1.0, "categories": ["x"]}]}, r"metrics\[0\]\.categories\[0\]"),
        ({"metrics": [{"name": "acc", "categories": [{"subsets": 7}]}]}, r"categories\[0\]\.subsets"),
        ({"metrics": [{"score": 1.0}]}, r"metrics\[0\]\.name"),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """The message names the place."""
    path = tmp_path / "r.json"
    path.write_text(json.dumps({**json.loads(QUIZ.read_text()), **change}))
    with pytest.raises(MalformedFileError, match=message):
        list(read(path, ReadOptions()))


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_qwen3_max(self, shared_samples: Path) -> None:
        """Four reports with reviews of two of them."""
        folder = shared_samples / "evalscope" / "qwen3-max" / "reports" / "qwen3-max"
        assert {recognise(path).name for path in folder.glob("*.json")} == {"evalscope"}
        quiz = runs(folder / "iquiz.json")
        whole, first, second = (scores(quiz["iquiz", subset])["acc"] for subset in ("", "IQ", "EQ"))
        assert (whole.value, whole.n_items) == (0.8, 20)
        assert (first.value, first.n_items, second.value, second.n_items) == (1.0, 10, 0.6, 10)
        (block,) = quiz["iquiz", ""].outcomes
        marks = [
            mark for mark, subset in zip(block.n_correct or (), block.item_subsets or (), strict=True) if subset == "EQ"
        ]
        assert (sum(mark or 0 for mark in marks), len(marks)) == (6, 10)
        inst = scores(runs(folder / "ifeval.json")["ifeval", ""])
        assert {name: (score.value, score.n_items) for name, score in inst.items()} == {
            "prompt_level_strict": (0.8, 10), "inst_level_strict": (0.8667, 10),
            "prompt_level_loose": (0.9, 10), "inst_level_loose": (0.9667, 10),
        }  # fmt: skip
        gpqa, gsm8k = runs(folder / "gpqa_diamond.json"), runs(folder / "gsm8k.json")
        assert scores(gpqa["gpqa_diamond", ""])["acc"].value == 0.9
        assert scores(gsm8k["gsm8k", ""])["acc"].value == 1.0
        assert (gsm8k["gsm8k", ""].raw or {})["subsets"] == ["main"]
        assert (gpqa["gpqa_diamond", ""].protocol.n_shot, gsm8k["gsm8k", ""].protocol.n_shot) == (0, 4)
        assert gsm8k["gsm8k", ""].protocol.item_limit == 10.0

    def test_version_2(self, shared_samples: Path) -> None:
        """A list of reports, the second without a metric."""
        ((key, run),) = runs(shared_samples / "evalscope" / "v2" / "report-real-single-sample.json").items()
        assert (key, run.model.name) == (("general_mcq", ""), "qwen-plus")
        assert scores(run)["accuracy"].value == 1.0
