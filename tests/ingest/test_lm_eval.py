"""Results of lm-evaluation-harness, with expected values read from the files by eye or computed by hand."""

from __future__ import annotations

import json
import math
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest

from benchdb.errors import MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.lm_eval import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, read_head
from benchdb.ingest.logs.lm_eval_samples import Column, _told_apart, blocks, samples_beside
from benchdb.ingest.logs.lm_eval_scores import aggregation_of, pooled_stderr, unit_of
from benchdb.schema.vocab import ScoreUnit, SourceKind, StderrMethod

if TYPE_CHECKING:
    from benchdb.ingest.records import RunRecord, ScoreRecord

DATA = Path(__file__).parents[1] / "data"
TOY = next(DATA.glob("lm_eval/0.4.13/*/results_*.json"))
SAMPLES = sorted(TOY.parent.glob("samples_*.jsonl"))
FOREIGN = sorted(path for path in DATA.rglob("*") if path.is_file() and "lm_eval" not in path.parts)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [TOY]
    foreign: ClassVar = [*FOREIGN, *SAMPLES]
    fills = frozenset({
        "SourceRecord.kind", "SourceRecord.harness", "SourceRecord.harness_version", "ModelRecord.name",
        "BenchmarkRecord.name", "BenchmarkRecord.parent", "BenchmarkRecord.n_items",
        *(f"ProtocolRecord.{name}" for name in (
            "split", "n_shot", "temperature", "top_p", "max_tokens", "samples_per_item", "seed", "harness", "harness_version",
            "harness_task", "task_version", "extraction", "item_limit", "model_revision", "engine",
        )),
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "is_aggregate", "stderr", "stderr_method", "n_items", "higher_is_better", "place",
        )),
        "RunRecord.ran_at", "RunRecord.raw",
        "OutcomeBlock.keys", "OutcomeBlock.n_attempts", "OutcomeBlock.n_correct", "OutcomeBlock.values",
    })  # fmt: skip


def results(**changes: Any) -> dict[str, Any]:
    """Return a small results file of spring 2024, changed."""
    task = {
        "task": "sums",
        "dataset_path": "toy/sums",
        "test_split": "test",
        "metric_list": [{"metric": "acc", "aggregation": "mean", "higher_is_better": True}],
        "num_fewshot": 5,
        "repeats": 1,
    }
    return {
        "results": {"sums": {"acc,none": 0.5, "acc_stderr,none": 0.25, "alias": "sums"}},
        "group_subtasks": {"sums": []},
        "configs": {"sums": task},
        "versions": {"sums": 1.0},
        "n-shot": {"sums": 5},
        "config": {"model": "hf", "model_args": "pretrained=toy/model-7b,dtype=auto", "limit": None},
        "git_hash": "abc1234",
        "date": 1713527000.5,
        **changes,
    }


def write(tmp_path: Path, data: dict[str, Any], name: str = "results_2024-04-19T11-43-20.123456.json") -> Path:
    """Return a file with this content."""
    path = tmp_path / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def read_changed(tmp_path: Path, **changes: Any) -> RunRecord:
    """Return the only run of the small file, changed."""
    (run,) = read(write(tmp_path, results(**changes)), ReadOptions())
    return run


@pytest.fixture(scope="module")
def toy() -> dict[tuple[str, str], RunRecord]:
    """Runs of the real toy file, by task and filter."""
    return {
        (run.benchmark.name, run.protocol.extraction or ""): run for run in read(TOY, ReadOptions(with_samples=False))
    }


def score(run: RunRecord, metric: str) -> ScoreRecord:
    """Return a run's only score of a metric."""
    (found,) = [each for each in run.scores if each.metric == metric]
    return found


def test_one_run_for_each_task_and_filter(toy: dict[tuple[str, str], RunRecord]) -> None:
    """Two filters of one task are two runs; a group with scores is a run that comes before its tasks."""
    assert list(toy) == [
        ("toy_world", "none"),
        ("toy_geography", "none"),
        ("toy_capitals", "none"),
        ("toy_rivers", "none"),
        ("toy_mountains", "none"),
        ("toy_words", "strict-match"),
        ("toy_words", "maj@3"),
        ("toy_lines", "none"),
        ("toy_prose", "none"),
        ("toy_code", "create_test"),
    ]


def test_scores_are_those_of_the_file(toy: dict[tuple[str, str], RunRecord]) -> None:
    """Value, standard error, unit, direction, count and place are the file's own: three right answers of ten."""
    found = score(toy["toy_capitals", "none"], "acc")
    assert (found.value, found.unit, found.n_items, found.higher_is_better) == (0.3, ScoreUnit.FRACTION, 10, True)
    assert found.stderr == pytest.approx(math.sqrt(0.3 * 0.7 / 9), abs=1e-15)
    assert (found.stderr_method, found.is_aggregate) == (StderrMethod.SAMPLE, False)
    assert found.place == 'results.toy_capitals["acc,none"]'


def test_missing_errors_are_none(toy: dict[tuple[str, str], RunRecord]) -> None:
    """The text "N/A" is no standard error, and then no method is named."""
    found = score(toy["toy_prose", "none"], "word_perplexity")
    assert (found.stderr, found.stderr_method, found.unit, found.higher_is_better) == (
        None,
        None,
        ScoreUnit.RATIO,
        False,
    )
    assert score(toy["toy_prose", "none"], "bits_per_byte").unit is ScoreUnit.BITS


def test_a_perplexity_has_a_bootstrap_error(toy: dict[tuple[str, str], RunRecord]) -> None:
    """The tool resamples for metrics that are not means."""
    assert score(toy["toy_lines", "none"], "perplexity").stderr_method is StderrMethod.BOOTSTRAP


def test_groups_are_aggregates_and_parents(toy: dict[tuple[str, str], RunRecord]) -> None:
    """A group's score is an aggregate; its error is pooled where the pooled formula gives it, and else of no known method."""
    geography, world = toy["toy_geography", "none"], toy["toy_world", "none"]
    assert [toy[name, "none"].benchmark.parent for name in ("toy_capitals", "toy_rivers", "toy_geography", "toy_mountains")] == [
        "toy_geography", "toy_geography", "toy_world", "toy_world",
    ]  # fmt: skip
    assert world.benchmark.parent is None
    pooled = score(geography, "acc")
    assert (pooled.is_aggregate, pooled.n_items, pooled.value) == (True, 17, 8 / 17)
    by_hand = math.sqrt((9 * 10 * (0.21 / 9) + 6 * 7 * (10 / 49 / 6)) / 15 / 17)
    assert pooled.stderr == pytest.approx(by_hand, abs=1e-12)
    assert pooled.stderr_method is StderrMethod.POOLED
    flat = score(world, "acc")
    assert flat.value == pytest.approx((0.3 + 5 / 7 + 0.2) / 3, abs=1e-15)
    assert (flat.is_aggregate, flat.n_items, flat.stderr_method) == (True, 22, None)


def test_protocol_of_a_task(toy: dict[tuple[str, str], RunRecord]) -> None:
    """Settings come from the task, the generation settings and the model's arguments."""
    words = toy["toy_words", "maj@3"].protocol
    assert (words.temperature, words.top_p, words.max_tokens, words.samples_per_item) == (0.7, 0.9, 8, 3)
    assert (words.harness, words.harness_version, words.harness_task, words.task_version) == (
        "lm-eval",
        "0.4.13",
        "toy_words",
        "2.0",
    )
    assert (words.model_revision, words.engine, words.seed, words.quantisation) == ("step1000", "dummy", 7, None)
    rivers = toy["toy_rivers", "none"].protocol
    assert (rivers.split, rivers.n_shot, rivers.task_version) == ("validation", 2, "0")
    assert toy["toy_code", "create_test"].protocol.temperature == 0.0, "no sampling is temperature 0"


def test_a_limit_counts_where_it_left_documents_out(toy: dict[tuple[str, str], RunRecord]) -> None:
    """Of 14 documents 10 were used; 7 documents are all there are; a group is limited where a part of it is."""
    limits = [toy[name, "none"].protocol.item_limit for name in ("toy_capitals", "toy_rivers", "toy_geography")]
    assert limits == [10.0, None, 10.0]
    assert toy["toy_capitals", "none"].benchmark.n_items == 14


def test_shots_of_a_group_are_those_of_its_tasks(toy: dict[tuple[str, str], RunRecord]) -> None:
    """The file says 0 shots for the group, its tasks have 0 and 2: the group has no number of shots."""
    assert json.loads(TOY.read_text())["n-shot"]["toy_world"] == 0
    assert toy["toy_world", "none"].protocol.n_shot is None


def test_when_and_what_ran(toy: dict[tuple[str, str], RunRecord]) -> None:
    """The time is the file's date in UTC, the source is the tool's log, the rest of the configuration is kept without the long texts."""
    run = toy["toy_capitals", "none"]
    assert run.ran_at == datetime(2026, 11, 24, 2, 46, 4, 336381, tzinfo=UTC)
    assert (run.source.kind, run.source.harness, run.source.harness_version) == (
        SourceKind.HARNESS_LOG,
        "lm-eval",
        "0.4.13",
    )
    assert run.raw is not None
    assert run.raw["task"]["dataset_path"] == "json"  # type: ignore[index]  # JSON
    assert not {"pretty_env_info", "results", "configs"} & set(run.raw)


def test_outcomes_of_the_same_run() -> None:
    """The samples file beside the results gives the outcomes: their mean is the score, and keys are hashes of documents."""
    runs = {(run.benchmark.name, run.protocol.extraction): run for run in read(TOY, ReadOptions())}
    (acc, _) = runs["toy_capitals", "none"].outcomes
    assert (acc.metric, list(acc.n_correct or ())) == ("acc", [1, 1, 0, 0, 1, 0, 0, 0, 0, 0])
    assert {len(key) for key in acc.keys} == {64}
    (strict,) = runs["toy_words", "strict-match"].outcomes
    (voted,) = runs["toy_words", "maj@3"].outcomes
    assert list(strict.n_correct or ()) == [1, 0, 1, 0, 0, 1, 0, 0, 1, 0]
    assert list(voted.n_correct or ()) == [0, 1, 0, 0, 1, 0, 0, 1, 0, 0]


def test_equal_documents_are_two_items() -> None:
    """The data set holds the word "lol" twice; the second one gets a key of its own."""
    runs = {(run.benchmark.name, run.protocol.extraction): run for run in read(TOY, ReadOptions())}
    (strict,) = runs["toy_words", "strict-match"].outcomes
    assert strict.keys[8] == f"{strict.keys[0]}#2"


def test_attempts_behind_pass_at_k() -> None:
    """pass@1 of four attempts says how many were right; pass@2 is a value of its own: 1 - C(4-c, 2) / C(4, 2)."""
    (run,) = [run for run in read(TOY, ReadOptions()) if run.benchmark.name == "toy_code"]
    one, two = run.outcomes
    assert (one.metric, list(one.n_attempts), list(one.n_correct or ())) == ("pass@1", [4] * 6, [0, 1, 4, 2, 0, 3])
    assert two.n_correct is None
    assert two.values == pytest.approx([0, 1 - 3 / 6, 1, 1 - 1 / 6, 0, 1])


def test_values_that_are_no_means_have_no_outcomes() -> None:
    """Log-likelihoods behind a perplexity are not in its unit and are left out; the accuracy beside them is kept."""
    runs = {run.benchmark.name: run for run in read(TOY, ReadOptions())}
    assert [block.metric for block in runs["toy_lines"].outcomes] == ["acc"]
    assert list(runs["toy_prose"].outcomes) == []


def test_samples_are_companions(tmp_path: Path) -> None:
    """Only samples written at the same time as the results belong to them, and they are known on their own."""
    assert list(IMPORTER.companions(TOY)) == SAMPLES
    assert all(IMPORTER.is_companion(read_head(path), path.name) for path in SAMPLES)
    assert not IMPORTER.is_companion(read_head(TOY), TOY.name)
    other = tmp_path / "results_2026-01-01T00-00-00.json"
    shutil.copy(TOY, other)
    shutil.copy(SAMPLES[0], tmp_path)
    assert list(IMPORTER.companions(other)) == []
    assert not [block for run in read(other, ReadOptions()) for block in run.outcomes]


def test_samples_can_be_left_unread() -> None:
    """Without samples no outcome is read."""
    assert not [block for run in read(TOY, ReadOptions(with_samples=False)) for block in run.outcomes]


def test_a_broken_samples_file_is_named_with_its_line(tmp_path: Path) -> None:
    """A samples file cut inside a line is an error that names the file and the line."""
    shutil.copytree(TOY.parent, tmp_path, dirs_exist_ok=True)
    cut = tmp_path / SAMPLES[0].name
    cut.write_bytes(cut.read_bytes()[:2000])
    (capitals,) = [run for run in read(tmp_path / TOY.name, ReadOptions()) if run.benchmark.name == "toy_capitals"]
    with pytest.raises(MalformedFileError, match=rf"{cut.name}, line 2: expected JSON"):
        list(capitals.outcomes)


def test_files_of_spring_2024(tmp_path: Path) -> None:
    """Without counts, directions and a version of the tool, those are unknown; the metric's list still gives the direction."""
    run = read_changed(tmp_path)
    (found,) = run.scores
    assert (run.model.name, run.protocol.harness_version, run.benchmark.n_items) == ("toy/model-7b", None, None)
    assert (found.value, found.stderr, found.n_items, found.higher_is_better) == (0.5, 0.25, None, True)
    assert (run.protocol.n_shot, run.protocol.split) == (5, "test")


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"model": "hf", "model_args": "pretrained=toy/base,peft=toy/tuned"}, "toy/tuned"),
        ({"model": "local-completions", "model_args": {"model": "toy/served", "base_url": "x"}}, "toy/served"),
        ({"model": "dummy", "model_args": ""}, "dummy"),
        ({"model": "dummy", "model_args": {}}, "dummy"),
    ],
)
def test_the_model_is_named_by_its_arguments(tmp_path: Path, config: dict[str, Any], name: str) -> None:
    """Arguments name the model in the tool's own order; the random name that the tracker makes up is never used."""
    assert read_changed(tmp_path, config=config, model_name="a1b2c3").model.name == name


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ("pretrained=a/b,dtype=bfloat16", None),
        ("pretrained=a/b,load_in_4bit=True", "4bit"),
        ("pretrained=a/b,load_in_8bit=True", "8bit"),
        ("pretrained=a/b,gptqmodel=True", "gptq"),
        ("pretrained=a/b,autogptq=False", None),
        ("pretrained=a/b,quantization=awq", "awq"),
        ("pretrained=a/b,dtype=float8_e4m3fn", "float8_e4m3fn"),
    ],
)
def test_quantisation_is_a_reduced_number_format(tmp_path: Path, args: str, said: str | None) -> None:
    """Only a reduced format of the weights is a quantisation; the packed parameters of a quantised model are not counted."""
    run = read_changed(tmp_path, config={"model": "hf", "model_args": args, "model_num_parameters": 7_000_000_000})
    assert run.protocol.quantisation == said
    assert run.model.n_parameters == (7_000_000_000 if said is None else None)


@pytest.mark.parametrize(
    ("config", "revision"),
    [
        ({"model_args": "pretrained=a/b,revision=step7", "model_sha": "f" * 40}, "step7"),
        ({"model_args": "pretrained=a/b", "model_revision": "main", "model_sha": "f" * 40}, "f" * 40),
        ({"model_args": "pretrained=a/b", "model_revision": "main", "model_sha": ""}, "main"),
        ({"model_args": "pretrained=a/b"}, None),
    ],
)
def test_the_revision_is_the_most_telling_one(tmp_path: Path, config: dict[str, Any], revision: str | None) -> None:
    """A named revision goes before a commit, a commit before the default branch."""
    assert read_changed(tmp_path, config=config).protocol.model_revision == revision


def test_thinking_is_an_effort(tmp_path: Path) -> None:
    """A model told not to think is another use of it than one told to."""
    config = {"model": "hf", "model_args": {"pretrained": "a/b", "enable_thinking": False}}
    assert read_changed(tmp_path, config=config).protocol.reasoning_effort == "no thinking"


def test_prompts_are_told_apart(tmp_path: Path) -> None:
    """A chat template and a system instruction are parts of the prompt; the template's own hash differs by model and is kept in raw."""
    run = read_changed(tmp_path, chat_template_sha="aa", system_instruction_sha="bb", fewshot_as_multiturn=True)
    assert run.protocol.prompt_hash == "chat-template+multiturn+bb"
    assert run.raw is not None
    assert run.raw["chat_template_sha"] == "aa"
    assert read_changed(tmp_path).protocol.prompt_hash is None


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    """Keys and tokens among the model's arguments do not reach the raw configuration."""
    run = read_changed(tmp_path, config={"model": "api", "model_args": "model=a/b,api_key=sk-1,token=hf_2"})
    assert "sk-1" not in str(run.raw)
    assert "hf_2" not in str(run.raw)


@pytest.mark.parametrize("missing", ["N/A", None, math.nan, math.inf])
def test_missing_values_are_no_scores(tmp_path: Path, missing: object) -> None:
    """Each spelling of a missing value leaves the score out and the others in."""
    row = {"acc,none": missing, "acc_stderr,none": "N/A", "f1,none": 0.25}
    run = read_changed(tmp_path, results={"sums": row})
    assert [(each.metric, each.value) for each in run.scores] == [("f1", 0.25)]


def test_text_where_a_number_belongs_is_an_error(tmp_path: Path) -> None:
    """The message names file, key path, what was found and what was expected."""
    path = write(tmp_path, results(results={"sums": {"acc,none": "n.a."}}))
    with pytest.raises(MalformedFileError, match=r'results\.sums\["acc,none"\]: expected a number, found "n\.a\."'):
        list(read(path, ReadOptions()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"results": []}, "results: expected a JSON object, found list"),
        ({"configs": None}, "configs: expected a JSON object, found NoneType"),
        ({"results": {"sums": 1}}, "results.sums: expected a JSON object, found int"),
        ({"config": {}}, "config.model_args: expected pretrained=NAME"),
    ],
)
def test_what_a_results_file_must_hold(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """A part without which nothing can be read is named."""
    with pytest.raises(MalformedFileError) as caught:
        list(read(write(tmp_path, results(**changes)), ReadOptions()))
    assert said in str(caught.value)


def test_metrics_are_split_at_the_last_comma(tmp_path: Path) -> None:
    """A metric's name may hold a comma, an at sign and digits; the filter follows the last comma."""
    row = {"pass@1,create_test": 0.5, "f1,macro,none": 0.25, "f1,macro_stderr,none": 0.125, "bypass,none": 999}
    path = write(tmp_path, results(results={"sums": row}))
    found = [
        (each.metric, run.protocol.extraction, each.value, each.stderr)
        for run in read(path, ReadOptions())
        for each in run.scores
    ]
    assert found == [("pass@1", "create_test", 0.5, None), ("f1,macro", "none", 0.25, 0.125)]


def test_a_group_without_scores_is_no_parent(tmp_path: Path) -> None:
    """A group that only lists tasks is a suite: it yields no run and is nobody's parent."""
    rows = {"all": {" ": " ", "alias": "all"}, **results()["results"]}
    run = read_changed(tmp_path, results=rows, group_subtasks={"all": ["sums"]})
    assert (run.benchmark.name, run.benchmark.parent) == ("sums", None)


def test_groups_that_name_each_other_end(tmp_path: Path) -> None:
    """A circle of groups, which the tool never writes, is read once and ends."""
    rows = {"a": {"acc,none": 0.5}, "b": {"acc,none": 0.5}, **results()["results"]}
    path = write(tmp_path, results(results=rows, group_subtasks={"a": ["b", "sums"], "b": ["a"]}))
    assert sorted(run.benchmark.name for run in read(path, ReadOptions())) == ["a", "b", "sums"]


def test_items_beyond_a_limit(tmp_path: Path) -> None:
    """Documents chosen one by one leave others out without a limit in the configuration: their number is the limit."""
    run = read_changed(tmp_path, **{"n-samples": {"sums": {"original": 100, "effective": 3}}})
    assert (run.protocol.item_limit, run.scores[0].n_items) == (3.0, 3)
    config = {"model_args": "pretrained=a/b", "limit": 0.5}
    assert read_changed(tmp_path, config=config).protocol.item_limit == 0.5


@pytest.mark.parametrize(
    ("metric", "aggregation", "unit"),
    [
        ("acc", "mean", ScoreUnit.FRACTION),
        ("bleu_acc", "mean", ScoreUnit.FRACTION),
        ("prompt_level_strict_acc", "mean", ScoreUnit.FRACTION),
        ("exact_match", None, ScoreUnit.FRACTION),
        ("pass@10", "mean", ScoreUnit.FRACTION),
        ("f1", "f1", ScoreUnit.FRACTION),
        ("f1", "mean", None),
        ("bleu", "bleu", ScoreUnit.PERCENT),
        ("bleu_max", "mean", None),
        ("accuracy_gap", "mean", None),
    ],
)
def test_units_are_stated_where_they_are_certain(metric: str, aggregation: str | None, unit: ScoreUnit | None) -> None:
    """A unit follows from the metric's name or from how it is summed up, else it is unknown: an F1 may be a fraction or a percentage."""
    assert unit_of(metric, aggregation) is unit


def test_aggregation_of_functions() -> None:
    """A metric that is a function returns values under names of their own; they share the function's aggregation."""
    config = {"metric_list": [{"metric": "def pass_at_k(...):", "aggregation": "mean"}]}
    assert aggregation_of(config, "pass@1") == "mean"
    assert aggregation_of({"metric_list": [{"metric": "word_perplexity"}]}, "word_perplexity") == "weighted_perplexity"
    assert aggregation_of({}, "acc") is None


def test_pooled_errors_need_every_part() -> None:
    """A part without an error, parts of one document each, and numbers that cannot be squared leave the pooled error unknown."""
    assert pooled_stderr([0.1, "N/A"], [5, 5]) is None
    assert pooled_stderr([1e308, 0.1], [5, 5]) is None
    assert pooled_stderr([0.1, 0.1], [5, 10**400]) is None
    assert pooled_stderr([0.0, 0.0], [1, 1]) is None
    assert pooled_stderr([0.1, 0.1], [5, 5]) == pytest.approx(math.sqrt(2 * 4 * 5 * 0.01 / 8 / 10))


def test_a_share_too_large_to_be_multiplied_is_no_count() -> None:
    """Ten to the power of 308 of two attempts is infinite, which no warning need say."""
    keys = pa.chunked_array([["a", "b"]])
    (block,) = blocks("pass@1", Column(keys, np.array([1e308, 0.5])), 2)
    assert (block.n_correct, block.values) == (None, [1e308, 0.5])


def test_sniffing_needs_metrics_with_filters() -> None:
    """Older files, whose metrics have no filter, are of another format."""
    assert not sniff(b'{"results": {"arc": {"acc": 0.5, "acc_stderr": 0.1}}, "versions": {"arc": 0}}', "a.json")
    assert sniff(b'{"configs": {"arc": {"dataset_path": "x"}}, "results": {', "a.json"), "sorted keys"
    assert not sniff(b'[{"results": {"arc": {"acc,none": 0.5}}}]', "a.json")


def test_samples_without_a_filter_or_a_hash(tmp_path: Path) -> None:
    """Rows of the first versions name neither: with one filter they are its rows, and the row's number is the key."""
    path = write(tmp_path, results())
    rows: list[dict[str, Any]] = [
        {"doc_id": i, "doc": {}, "arguments": [], "resps": [], "acc": value}
        for i, value in enumerate((1, 0.0, None, True))
    ]
    text = "\n".join(map(json.dumps, rows)) + "\n\n"
    (tmp_path / path.name.replace("results_", "samples_sums_").replace(".json", ".jsonl")).write_text(text)
    (run,) = read(path, ReadOptions())
    (block,) = run.outcomes
    assert (list(block.keys), list(block.n_correct or ())) == (["lm-eval/0", "lm-eval/1", "lm-eval/3"], [1, 0, 1])


def test_real_files_of_many_versions(shared_samples: Path) -> None:
    """Numbers of published files: MMLU with its 5 groups and 57 tasks, two filters of GSM8K, a model with its size and commit."""
    folder = shared_samples / "lm_eval"
    mmlu = {
        run.benchmark.name: run for run in read(folder / "meta-llama__Meta-Llama-3-8B" / "mmlu.json", ReadOptions())
    }
    assert (len(mmlu), sum(run.scores[0].is_aggregate for run in mmlu.values())) == (62, 5)
    assert (mmlu["mmlu"].scores[0].value, mmlu["mmlu"].scores[0].stderr) == (0.6504059250818972, 0.003784481420755855)
    assert (mmlu["mmlu"].protocol.n_shot, mmlu["mmlu_formal_logic"].protocol.task_version) == (5, "0.0")
    assert mmlu["mmlu_formal_logic"].benchmark.parent == "mmlu_humanities"
    assert mmlu["mmlu_humanities"].benchmark.parent == "mmlu"
    gsm8k = list(read(folder / "meta-llama__Meta-Llama-3-8B" / "gsm8k.json", ReadOptions()))
    assert {run.protocol.extraction: run.scores[0].value for run in gsm8k} == {
        "strict-match": 0.5087187263078089,
        "flexible-extract": 0.511751326762699,
    }
    (perturbed, rephrased) = read(next((folder / "eee-math-perturbed").glob("results_*.json")), ReadOptions())
    assert (rephrased.model.n_parameters, rephrased.scores[0].n_items) == (93_069_280, 5000)
    assert (rephrased.scores[0].value, rephrased.scores[0].stderr) == (0.0004, 0.0002828144211304471)
    assert [len(block.keys) for block in perturbed.outcomes] == [10]


def test_rows_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Rows without a filter of a task with two filters belong to neither; a row without hash and number is an error with its line."""
    row = {"acc,strict": 0.5, "acc,loose": 0.5}
    path = write(tmp_path, results(results={"sums": row}))
    samples = tmp_path / path.name.replace("results_", "samples_sums_").replace(".json", ".jsonl")
    samples.write_text('{"doc_id": 0, "acc": 1}\n')
    assert not [block for run in read(path, ReadOptions()) for block in run.outcomes]
    samples.write_text('{"doc_id": 0, "filter": "strict", "acc": 1}\n{"doc_id": null, "filter": "strict", "acc": 1}\n')
    strict, _ = read(path, ReadOptions())
    with pytest.raises(MalformedFileError, match="line 2: expected one of them, found no doc_hash and no doc_id"):
        list(strict.outcomes)


def test_results_under_a_name_of_their_own(tmp_path: Path) -> None:
    """A file whose name holds no time has no samples beside it; values that are lists are kept out of the scores."""
    path = write(tmp_path, results(results={"sums": {"acc,none": 0.5, "both,none": [1, 2]}}), "mine.json")
    assert list(IMPORTER.companions(path)) == []
    (run,) = read(path, ReadOptions())
    assert [each.metric for each in run.scores] == ["acc"]


def test_samples_that_come_later_are_found(tmp_path: Path) -> None:
    """A folder is listed once for all its results, and again when a file has come."""
    results = tmp_path / "results_2025-01-01T00-00-00.000001.json"
    results.write_text("{}")
    other = tmp_path / "samples_a_2025-01-01T00-00-00.000002.jsonl"
    other.write_text("")
    assert samples_beside(results) == []
    late = [tmp_path / f"samples_{task}_2025-01-01T00-00-00.000001.jsonl" for task in ("a", "b")]
    for path in reversed(late):
        path.write_text("")
    os.utime(tmp_path, ns=(1, 2))
    assert samples_beside(results) == late


def test_only_keys_that_stand_twice_are_changed() -> None:
    """Keys in several chunks are told apart in order of arrival, and all others stay as they are."""
    chunks = [["a", "b", "a"], [], ["c", "b"], ["d"], ["a"]]
    keys = [key for chunk in chunks for key in chunk]
    hashes = np.array([hash(key) for key in keys])
    told = _told_apart([pa.array(chunk, pa.string()) for chunk in chunks], hashes)
    assert told.to_pylist() == ["a", "b", "a#2", "c", "b#2", "d", "a#3"]
    assert _told_apart([pa.array(["a", "b"])], hashes[:2]).to_pylist() == ["a", "b"]
