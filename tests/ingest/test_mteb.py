"""Results of MTEB, with expected values read from the files by eye."""

from __future__ import annotations

import json
import math
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.mteb import IMPORTER, is_rounded, read
from benchdb.ingest.importer import HEAD_SIZE, ReadOptions, companion_of, recognise
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord

DATA = Path(__file__).parents[1] / "data"
RESULTS = DATA / "mteb" / "2.18" / "results"
HASH = "0123456789abcdef0123456789abcdef01234567"
SMALL = RESULTS / "example-org__toy-embed-small" / HASH
STS = SMALL / "ToySTS.json"
BANKS = SMALL / "ToyBanks.json"
CARD = RESULTS / "example-org__toy-card" / "external" / "ToyQA.json"
OLD = RESULTS / "example-org__toy-old" / "no_revision_available" / "ToyQA.json"
LANGUAGES = RESULTS / "example-org__toy-old" / "1" / "ToyLanguages.json"
GENERATED = DATA / "mteb" / "2.26.24-generated" / "results" / "example-org__toy-letters" / HASH
"""What the tool wrote in a run here."""
EVERYTHING = ReadOptions(all_metrics=True)


class TestConformance(ImporterConformance):
    """What holds for every importer, on files whose folders name the model."""

    importer = IMPORTER
    fixtures: ClassVar = [
        *sorted(path for path in RESULTS.rglob("*.json") if path.name != "model_meta.json"),
        *sorted(path for path in GENERATED.rglob("*.json") if path.name != "model_meta.json"),
    ]
    foreign: ClassVar = [
        *sorted(path for path in DATA.rglob("*.*") if path.is_file() and "mteb" not in path.parts),
        SMALL / "model_meta.json",
        GENERATED / "run_settings.jsonl",
    ]
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "SourceRecord.harness_version",
        *(f"ModelRecord.{name}" for name in ("name", "n_parameters", "released_on", "is_open_weights", "licence")),
        "BenchmarkRecord.name",
        *(f"ProtocolRecord.{name}" for name in (
            "split", "samples_per_item", "harness", "harness_version", "harness_task", "dataset_revision", "model_revision", "scaffold",
        )),
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "place")),
        "RunRecord.subset", "RunRecord.ran_at", "RunRecord.label", "RunRecord.raw",
    })  # fmt: skip


def runs(path: Path, options: ReadOptions | None = None) -> dict[tuple[str | None, str], RunRecord]:
    """Return the runs of a file by split and subset."""
    return {(run.protocol.split, run.subset): run for run in read(path, options or ReadOptions())}


def values(run: RunRecord) -> dict[str, float]:
    """Return a run's values by metric."""
    return {score.metric: score.value for score in run.scores}


def test_splits_and_subsets_are_runs() -> None:
    """The subset "default" is the whole; only main scores are read by default, as fractions."""
    found = runs(STS)
    assert {key: values(run) for key, run in found.items()} == {
        ("test", "en-en"): {"main_score": 0.75},
        ("test", "es-en"): {"main_score": 0.5},
        ("validation", ""): {"main_score": 0.625},
    }
    (score,) = found["validation", ""].scores
    assert (score.unit, score.place) == (ScoreUnit.FRACTION, "scores.validation[0].main_score")


def test_all_metrics() -> None:
    """Every other number is there on request; a metric below zero has no unit."""
    run = runs(STS, EVERYTHING)["validation", ""]
    assert values(run) == {"cosine_spearman": 0.625, "nauc_map_max": -0.1, "main_score": 0.625}
    assert {score.metric: score.unit for score in run.scores}["nauc_map_max"] is None


@given(
    value=st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-2, 2)
    | st.decimals(-2_000_000, 2_000_000, places=6).map(float)
    | st.decimals(-200, 200, places=5).map(float),
    up=st.sampled_from([-math.inf, None, math.inf]),
    decimals=st.sampled_from([5, 6]),
)
def test_rounded_numbers_are_told_as_by_rounding(value: float, up: float | None, decimals: int) -> None:
    """A number is rounded if rounding it changes nothing; its neighbours are told apart."""
    number = value if up is None else math.nextafter(value, up)
    if math.isfinite(number):
        assert is_rounded(number, decimals) == (round(number, decimals) == number)


def test_facts_of_the_model() -> None:
    """Size, licence, date and openness come from the file beside; the folder is the revision."""
    run = runs(STS)["test", "en-en"]
    model = run.model
    assert (model.name, model.n_parameters, model.licence) == ("example-org/toy-embed-small", 118_000_000, "mit")
    assert (model.released_on, model.is_open_weights) == (date(2024, 2, 8), True)
    assert (run.protocol.model_revision, run.protocol.dataset_revision) == (HASH, "r1")
    assert run.ran_at == datetime(2026, 4, 30, 10, 45, 44, tzinfo=UTC)


def test_versions_of_the_tool() -> None:
    """A row's own version counts before the file's, which may be a range."""
    found = runs(STS)
    assert found["test", "en-en"].protocol.harness_version == "2.15.4"
    assert found["test", "es-en"].protocol.harness_version == "2.12.16-2.15.4"


def test_repeated_experiments() -> None:
    """Two training samples are two attempts; their values are no metrics; ".v2" is part of the name."""
    run = runs(BANKS, EVERYTHING)["test", ""]
    assert (run.protocol.samples_per_item, run.benchmark.name) == (2, "ToyBanks.v2")
    assert values(run) == {"accuracy": 0.5, "f1": 0.4, "main_score": 0.5}


def test_settings_of_experiments() -> None:
    """An empty setting is the model itself under a label of its own; another one is a variant."""
    plain = runs(SMALL / "experiments" / "model_kwargs_{}" / "ToySTS.json")["test", ""]
    cut = runs(SMALL / "experiments" / "model_kwargs_{'dim': 64}" / "ToySTS.json")["test", ""]
    assert (plain.label, plain.protocol.scaffold, plain.model.name) == (
        "model_kwargs_{}",
        None,
        "example-org/toy-embed-small",
    )
    assert (cut.protocol.scaffold, cut.protocol.model_revision) == ("model_kwargs_{'dim': 64}", HASH)


def test_numbers_from_model_cards() -> None:
    """A folder "external" is no revision; without facts the folder names the model, its first "__" a slash."""
    run = runs(CARD)["validation", ""]
    assert (run.model.name, run.protocol.model_revision, run.source.kind) == (
        "example-org/toy-card", None, SourceKind.MODEL_CARD,
    )  # fmt: skip


def test_legacy_files() -> None:
    """There is no main score: what can be one is read under its own name, languages are subsets, NaN is none."""
    assert values(runs(OLD)["validation", ""]) == {"cos_sim_spearman": 0.58}
    assert len(runs(OLD, EVERYTHING)["validation", ""].scores) == 4
    assert runs(OLD)["validation", ""].protocol.harness_version == "1.2.0"
    found = runs(LANGUAGES)
    assert {key: values(run) for key, run in found.items()} == {
        ("test", "en"): {"accuracy": 0.75, "f1": 0.7},
        ("test", "de"): {"f1": 0.6},
    }
    assert found["test", "en"].scores[0].place == "test.en.accuracy"
    assert found["test", "en"].protocol.model_revision == "1"


def test_a_file_whose_tasks_name_comes_late_is_recognised(tmp_path: Path) -> None:
    """In a file of many subsets the name of the task stands last, beyond what is seen of a file to recognise it."""
    rows = [{"accuracy": 0.5, "hf_subset": f"language-{n}", "languages": [], "main_score": 0.5} for n in range(1_000)]
    data = {"dataset_revision": "a", "mteb_version": "1.12.75", "scores": {"test": rows}, "task_name": "Belebele"}
    path = tmp_path / "example-org__toy" / "no_revision_available" / "Belebele.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(data, indent=2))
    assert path.read_text().index("task_name") > HEAD_SIZE
    assert recognise(path).name == IMPORTER.name
    assert len(list(read(path, ReadOptions()))) == 1_000


def test_facts_are_read_along() -> None:
    """The model's facts belong to its results, also to experiments with it."""
    owner = companion_of(SMALL / "model_meta.json")
    assert owner is not None
    assert owner.name == "mteb"
    for path in (STS, SMALL / "experiments" / "model_kwargs_{}" / "ToySTS.json"):
        assert list(IMPORTER.companions(path)) == [SMALL / "model_meta.json"]
    assert list(IMPORTER.companions(CARD)) == []


def test_a_file_out_of_its_tree_needs_a_model(tmp_path: Path) -> None:
    """The user can name the model."""
    path = tmp_path / "ToySTS.json"
    shutil.copy(STS, path)
    with pytest.raises(MalformedFileError, match="--map model==NAME"):
        list(read(path, ReadOptions()))
    run = next(read(path, ReadOptions(columns={"model": "=toy"})))
    assert (run.model.name, run.protocol.model_revision) == ("toy", None)


def test_a_run_of_the_tool_itself() -> None:
    """Main scores as they stand in the files, of three kinds of task; three experiments are three attempts."""
    found = {name: runs(GENERATED / f"{name}.json") for name in ("ToyPairs", "ToyMoods.v2", "ToySearch")}
    assert {key: values(run)["main_score"] for key, run in found["ToyPairs"].items()} == {
        ("validation", "en"): 1.0,
        ("validation", "de"): 1.0,
        ("test", "en"): 0.8,
        ("test", "de"): 0.8,
    }
    moods, search = found["ToyMoods.v2"]["test", ""], found["ToySearch"]["test", ""]
    assert (values(moods), moods.protocol.samples_per_item) == ({"main_score": 0.666667}, 3)
    assert (values(search), search.protocol.samples_per_item) == ({"main_score": 0.87698}, None)
    assert (search.model.name, search.model.n_parameters, search.model.licence) == (
        "example-org/toy-letters", 1000, "apache-2.0",
    )  # fmt: skip
    assert (search.protocol.model_revision, search.protocol.harness_version) == (HASH, "2.26.24")
    every = values(runs(GENERATED / "ToySearch.json", EVERYTHING)["test", ""])
    assert (every["map_at_1"], every["mrr_at_3"], every["nauc_map_at_1_std"]) == (0.5, 0.833333, -0.75)


def test_decimals_are_those_that_the_tool_rounds_to() -> None:
    """0.666667 has six; in retrieval 0.87698 has five and a reciprocal rank of 0.833333 six; old files are not rounded."""
    (moods,) = runs(GENERATED / "ToyMoods.v2.json")["test", ""].scores
    search = runs(GENERATED / "ToySearch.json", EVERYTHING)["test", ""]
    decimals = {score.metric: score.decimals for score in search.scores}
    assert (moods.decimals, decimals["main_score"], decimals["mrr_at_3"]) == (6, 5, 6)
    assert runs(OLD)["validation", ""].scores[0].decimals is None


def test_settings_of_runs_are_read_along(tmp_path: Path) -> None:
    """Versions of libraries and the encoder's arguments stand beside the results; without that file there are none."""
    path = GENERATED / "experiments" / "letters_aeiou" / "ToyPairs.json"
    run = runs(path)["test", "de"]
    assert (values(run), run.protocol.scaffold, run.label) == ({"main_score": 0.4}, "letters_aeiou", "letters_aeiou")
    assert (run.raw or {})["encode_kwargs"] == {"show_progress_bar": False, "batch_size": 32}
    assert "'torch': '2.13.0+cpu'" in str((run.raw or {})["version"])
    beside = [path.with_name("model_meta.json"), path.with_name("run_settings.jsonl")]
    assert list(IMPORTER.companions(path)) == beside
    owners = [companion_of(each) for each in beside]
    assert [owner.name for owner in owners if owner] == ["mteb", "mteb"]
    shutil.copy(path, tmp_path)
    alone = next(read(tmp_path / path.name, ReadOptions(columns={"model": "=toy"})))
    assert "version" not in (alone.raw or {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": []}, "scores"),
        ({"scores": {"test": {}}}, r"scores\.test"),
        ({"scores": {"test": [1]}}, r"scores\.test\[0\]"),
        ({"scores": {"test": [{"main_score": "high"}]}}, r"scores\.test\[0\]\.main_score"),
        ({"scores": {"test": []}}, "at least one number"),
        ({"task_name": None}, "task_name"),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """The message names the place."""
    path = tmp_path / "T.json"
    path.write_text(json.dumps({**json.loads(STS.read_text()), **change}))
    with pytest.raises(MalformedFileError, match=message):
        list(read(path, ReadOptions(columns={"model": "=toy"})))


class TestSharedSamples:
    """Facts of real files, checked against the files by hand."""

    def test_multilingual_e5_small(self, shared_samples: Path) -> None:
        """Current files with facts of the model."""
        folder = next((shared_samples / "mteb" / "results").glob("intfloat*/*"))
        run = runs(folder / "STS12.json", EVERYTHING)["test", ""]
        assert (values(run)["main_score"], run.protocol.harness_version) == (0.780543, "1.36.26")
        assert (run.model.name, run.model.n_parameters, run.model.released_on) == (
            "intfloat/multilingual-e5-small", 118_000_000, date(2024, 2, 8),
        )  # fmt: skip
        arguana = values(runs(folder / "ArguAna.json", EVERYTHING)["test", ""])
        assert (arguana["main_score"], arguana["ndcg_at_10"]) == (0.39088, 0.39088)
        banks = runs(folder / "Banking77Classification.json")["test", ""]
        assert (values(banks), banks.protocol.samples_per_item) == ({"main_score": 0.706396}, 10)
        sts = {subset: values(run)["main_score"] for (_, subset), run in runs(folder / "STS17.json").items()}
        assert len(sts) == 4
        assert (sts["en-en"], sts["es-en"], sts["es-es"]) == (0.871582, 0.729968, 0.852723)
        reviews = runs(folder / "AmazonReviewsClassification.json", EVERYTHING)
        assert values(reviews["validation", "de"])["accuracy"] == 0.40684
        assert (values(reviews["test", "de"])["accuracy"], values(reviews["test", "en"])["accuracy"]) == (
            0.40142,
            0.45228,
        )

    def test_legacy(self, shared_samples: Path) -> None:
        """Nested metrics, and a language without any version."""
        folder = shared_samples / "mteb" / "results"
        old = runs(folder / "Alibaba-NLP__gte-Qwen1.5-7B-instruct" / "no_revision_available" / "AFQMC.json")[
            "validation", ""
        ]
        assert (values(old)["cos_sim_spearman"], old.protocol.harness_version) == (0.5847419994907959, "1.2.0")
        assert (old.model.name, old.protocol.model_revision) == ("Alibaba-NLP/gte-Qwen1.5-7B-instruct", None)
        path = folder / "openai__text-embedding-3-small" / "1" / "AmazonCounterfactualClassification.json"
        small = runs(path)["test", "en"]
        assert (values(small), small.protocol.harness_version) == ({"accuracy": 0.7641791045}, None)

    def test_experiment(self, shared_samples: Path) -> None:
        """The same model, revision and task under two versions of the tool."""
        plain, experiment = sorted(
            (shared_samples / "mteb").rglob("AILACasedocs.json"), key=lambda path: len(path.parts)
        )
        first, second = (runs(path)["test", ""] for path in (plain, experiment))
        assert (values(first), first.protocol.harness_version) == ({"main_score": 0.19436}, "2.6.7")
        assert (values(second), second.protocol.harness_version) == ({"main_score": 0.20234}, "2.12.34")
        assert first.model == second.model
        assert (first.label, second.label) == (None, "model_kwargs_{}")

    def test_every_file_is_recognised(self, shared_samples: Path) -> None:
        """Twelve results and two files of facts."""
        files = [path for path in (shared_samples / "mteb").rglob("*.json") if path.name != "model_meta.json"]
        assert len(files) == 12
        assert {recognise(path).name for path in files} == {"mteb"}


def test_speed_of_a_machine_is_refused_by_name(tmp_path: Path) -> None:
    """MTEB's speed tasks count words a second; the message says so and speaks of no unit, with either choice of metrics."""
    path = tmp_path / "org__model" / "main" / "CPUSpeedTask.json"
    path.parent.mkdir(parents=True)
    row = {"hf_subset": "default", "main_score": 78556.1, "avg_words_per_sec": 78556.1}
    path.write_text(json.dumps({"task_name": "CPUSpeedTask", "dataset_revision": "1.0", "scores": {"test": [row]}}))
    for options in (ReadOptions(), ReadOptions(all_metrics=True)):
        with pytest.raises(
            MalformedFileError, match=r"task_name: .*CPUSpeedTask, which measures how fast a machine is"
        ):
            list(IMPORTER.read(path, options))


def test_settings_of_runs_that_were_rewritten_are_read_anew(tmp_path: Path) -> None:
    """What a folder's file said to one task is not what it says to the next one after it has changed, however soon."""
    path = tmp_path / "org__model" / "main" / "T.json"
    path.parent.mkdir(parents=True)
    row = {"hf_subset": "default", "main_score": 0.5}
    path.write_text(json.dumps({"task_name": "T", "dataset_revision": "1.0", "scores": {"test": [row]}}))
    for size in (1, 2):
        said = {"task": "T", "splits": ["test"], "encode_kwargs": {"batch_size": size}}
        path.with_name("run_settings.jsonl").write_text(json.dumps(said))
        (run,) = read(path, ReadOptions())
        assert run.raw is not None
        assert run.raw["encode_kwargs"] == {"batch_size": size}
