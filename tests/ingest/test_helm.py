"""Run directories of HELM, with expected values worked out by hand from the items."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.helm import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, companion_of, read_head, recognise
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
RUNS = DATA / "helm" / "0.5" / "benchmark_output" / "runs" / "toy-suite"
QUIZ = next(RUNS.glob("toy_quiz*/run_spec.json"))
TEXT = next(RUNS.glob("toy_text*/run_spec.json"))
GENERATED = DATA / "helm" / "0.5.16-generated" / "benchmark_output" / "runs" / "toy"
"""What the tool wrote in a run here."""
RIVERS = next(GENERATED.glob("toy_quiz*/run_spec.json"))
MOODS = next(GENERATED.glob("toy_moods*/run_spec.json"))
EVERYTHING = ReadOptions(all_metrics=True)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [QUIZ, TEXT, RIVERS, MOODS]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*.*") if path.is_file() and path.name != "run_spec.json")
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "ModelRecord.name", "BenchmarkRecord.name",
        *(f"ProtocolRecord.{name}" for name in (
            "split", "n_shot", "temperature", "top_p", "max_tokens", "samples_per_item", "seed", "prompt_hash", "harness",
            "harness_task", "item_limit", "engine",
        )),
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "n_items", "place")),
        "RunRecord.subset", "RunRecord.label", "RunRecord.raw",
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct", "OutcomeBlock.values",
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[str | None, RunRecord]:
    """Return the runs of a directory by split."""
    return {run.protocol.split: run for run in read(path, options or ReadOptions())}


def scores(run: RunRecord) -> dict[str, ScoreRecord]:
    """Return a run's scores by metric."""
    return {score.metric: score for score in run.scores}


def test_each_split_is_a_run_with_its_own_items() -> None:
    """A metric that occurs for two splits gives two runs; the number of items is not the statistic's count."""
    found = runs(QUIZ)
    assert set(found) == {"test", "valid"}
    match = scores(found["test"])["exact_match"]
    assert (match.value, match.n_items, match.unit, match.stderr) == (0.5, 3, ScoreUnit.FRACTION, None)
    assert scores(found["valid"])["exact_match"].n_items == 1
    assert match.place == "stats.json[4].mean"


def test_names_and_settings() -> None:
    """The model comes from the adapter, the benchmark from the groups, the subset from the arguments."""
    run = runs(QUIZ)["test"]
    assert (run.model.name, run.benchmark.name, run.subset) == ("example-org/toy-7b", "toy_quiz", "rivers")
    protocol = run.protocol
    assert (protocol.engine, protocol.temperature, protocol.max_tokens) == ("huggingface/toy-7b", 0.0, 1)
    assert (protocol.n_shot, protocol.samples_per_item) == (5, 2)
    assert protocol.harness_task == "toy_quiz:subject=rivers,method=multiple_choice_joint"
    assert protocol.prompt_hash is not None
    assert protocol.prompt_hash.startswith("multiple_choice_joint/")
    assert runs(TEXT)["test"].subset == "language=en, script=latin"


def test_shots_that_differ_between_trials_fall_back_to_the_maximum() -> None:
    """4 and 5 examples average to 4.5, which is no number of shots."""
    assert runs(QUIZ)["valid"].protocol.n_shot == 5


def test_a_limit_counts_only_where_it_was_reached() -> None:
    """Four items over both splits reach a limit of 4; two of at most 1000 do not."""
    assert runs(QUIZ)["test"].protocol.item_limit == 4.0
    assert runs(TEXT)["test"].protocol.item_limit is None


def test_side_metrics_and_perturbations_are_opt_in() -> None:
    """By default only main metrics on unchanged items are read."""
    assert set(scores(runs(QUIZ)["test"])) == {"exact_match", "quasi_exact_match"}
    every = scores(runs(QUIZ, EVERYTHING)["test"])
    assert {"exact_match (robustness, worst)", "exact_match@5", "inference_runtime", "perplexity"} < set(every)
    assert "training_co2_cost" not in every
    assert every["exact_match (robustness, worst)"].value == pytest.approx(1 / 3)
    assert every["exact_match@5"].k == 5


def test_language_modelling_is_about_text() -> None:
    """There the bits per byte are the result, with values and no marks for the items."""
    run = runs(TEXT)["test"]
    assert {name: (score.value, score.unit) for name, score in scores(run).items()} == {
        "bits_per_byte": (0.875, ScoreUnit.BITS),
        "perplexity": (12.5, ScoreUnit.RATIO),
    }
    (block,) = run.outcomes
    assert (block.keys, block.n_correct, block.values) == (["helm/id1", "helm/id2"], None, [0.75, 1.0])


def test_trials_of_an_item_are_added_up() -> None:
    """Two trials give two attempts at each item; rows under a perturbation are left out."""
    blocks = {block.metric: block for block in runs(QUIZ)["test"].outcomes}
    assert blocks["exact_match"].keys == ["helm/id7", "helm/id8", "helm/id9"]
    assert blocks["exact_match"].n_attempts == [2, 2, 2]
    assert blocks["exact_match"].n_correct == [2, 1, 0]
    assert blocks["quasi_exact_match"].n_correct == [2, 2, 0]
    assert list(runs(QUIZ, ReadOptions(with_samples=False))["test"].outcomes) == []


def test_files_of_a_run_and_summaries_are_read_along() -> None:
    """Every other file of the tree belongs to this importer, and none is unknown."""
    others = [path for path in RUNS.rglob("*.json") if path.name != "run_spec.json"]
    assert len(others) == 7
    assert {found.name for path in others if (found := companion_of(path)) is not None} == {"helm"}
    assert all(IMPORTER.is_companion(read_head(path), path.name) for path in others)
    assert {path.name for path in IMPORTER.companions(QUIZ)} == {"stats.json", "per_instance_stats.json"}
    assert IMPORTER.is_companion(b'{"title": "x", "rows": [[{"value": 1, "run_spec_names": ["a"]}]]}', "mmlu.json")


def test_a_run_without_statistics_is_an_error(tmp_path: Path) -> None:
    """A specification alone holds no result, and the message says what is missing."""
    path = tmp_path / "run_spec.json"
    shutil.copy(QUIZ, path)
    with pytest.raises(MalformedFileError, match=r"stats\.json.*no such file beside it"):
        list(read(path, ReadOptions()))


def test_a_mean_that_is_text_is_an_error(tmp_path: Path) -> None:
    """The place names the statistic."""
    shutil.copy(QUIZ, tmp_path / "run_spec.json")
    (tmp_path / "stats.json").write_text(json.dumps([{"name": {"name": "exact_match"}, "count": 1, "mean": "high"}]))
    with pytest.raises(MalformedFileError, match=r"\[0\]\.mean"):
        list(read(tmp_path / "run_spec.json", ReadOptions()))


def test_items_without_statistics_are_an_error(tmp_path: Path) -> None:
    """The place names the item."""
    for name in ("run_spec.json", "stats.json"):
        shutil.copy(QUIZ.with_name(name), tmp_path / name)
    (tmp_path / "per_instance_stats.json").write_text(json.dumps([{"instance_id": "id1", "stats": 7}]))
    with pytest.raises(MalformedFileError, match=r"\[0\]\.stats"):
        list(read(tmp_path / "run_spec.json", ReadOptions()))


def test_the_run_name_stands_in_for_an_old_adapter(tmp_path: Path) -> None:
    """Without a model in the adapter the name says it, its first underscore a slash."""
    spec = json.loads(QUIZ.read_text())
    del spec["adapter_spec"]["model"]
    (tmp_path / "run_spec.json").write_text(json.dumps(spec))
    shutil.copy(QUIZ.parent / "stats.json", tmp_path)
    assert runs(tmp_path / "run_spec.json")["test"].model.name == "example-org/toy-7b"


def test_a_run_of_the_tool_itself() -> None:
    """All three test rivers are right under both trials, and one of two of the other split; in lower case Paris is not known."""
    found = runs(RIVERS, EVERYTHING)
    test, valid = scores(found["test"]), scores(found["valid"])
    assert [(each["exact_match"].value, each["exact_match"].n_items) for each in (test, valid)] == [(1.0, 3), (0.5, 2)]
    lower = {
        name: score.value for name, score in test.items() if name.startswith("exact_match (") and "lowercase" in name
    }
    assert lower == {
        "exact_match (lowercase, perturbed)": pytest.approx(2 / 3),
        "exact_match (lowercase, original)": 1.0,
        "exact_match (lowercase, worst)": pytest.approx(2 / 3),
    }
    protocol = found["test"].protocol
    assert (protocol.n_shot, protocol.samples_per_item, protocol.item_limit) == (1, 2, None)
    (block,) = (block for block in found["valid"].outcomes if block.metric == "exact_match")
    assert ({*(block.n_correct or ())}, block.n_attempts) == ({0, 2}, [2, 2])


def test_classification_of_the_tool_itself() -> None:
    """Of good, bad, good, bad the model says bad once: F1 is 4/5 and 2/3, their mean 11/15."""
    found = scores(runs(MOODS)["test"])
    assert {name: found[name].value for name in ("exact_match", "f1_score", "classification_micro_f1")} == {
        "exact_match": 0.75, "f1_score": 0.75, "classification_micro_f1": 0.75,
    }  # fmt: skip
    assert found["classification_macro_f1"].value == pytest.approx(11 / 15)


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_mmlu(self, shared_samples: Path) -> None:
        """One of nine test items is right, the one validation item is wrong."""
        path = next((shared_samples / "helm").rglob("mmlu*/run_spec.json"))
        assert recognise(path).name == "helm"
        found = runs(path)
        test = scores(found["test"])["exact_match"]
        assert (test.value, test.n_items, found["test"].model.name) == (0.1111111111111111, 9, "openai/gpt2")
        assert (scores(found["valid"])["exact_match"].value, scores(found["valid"])["exact_match"].n_items) == (0.0, 1)
        block = next(block for block in found["test"].outcomes if block.metric == "exact_match")
        assert sum(n or 0 for n in block.n_correct or ()) == 1
        assert (block.n_correct or [None])[list(block.keys).index("helm/id147")] == 0
        assert [list(block.keys) for block in found["valid"].outcomes if block.metric == "exact_match"] == [
            ["helm/id11"]
        ]
        assert found["test"].protocol.n_shot == 5
        every = sum(len(run.scores) for run in runs(path, EVERYTHING).values())
        assert every == 162 - 4

    def test_hellaswag(self, shared_samples: Path) -> None:
        """The group names the benchmark, not the run's name."""
        run = runs(next((shared_samples / "helm").rglob("commonsense*/run_spec.json")))["valid"]
        assert (run.benchmark.name, run.model.name, run.subset) == ("hellaswag", "eleutherai/pythia-1b-v0", "")
        assert {name: (score.value, score.n_items) for name, score in scores(run).items()}["quasi_exact_match"] == (
            0.3,
            10,
        )
