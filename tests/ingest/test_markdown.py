"""Tables in Markdown: both orientations and lm-evaluation-harness's own, with expected values read from the tables by eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from benchdb.errors import BenchdbError, ConfigError, MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.markdown import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, read_head
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from benchdb.ingest.records import ScoreRecord

DATA = Path(__file__).parents[1] / "data" / "markdown"
FIXTURES = [DATA / "rows.md", DATA / "columns.md", DATA / "lm-eval.md"]
PERCENT = ReadOptions(score_unit=ScoreUnit.PERCENT)
FRACTION = ReadOptions(score_unit=ScoreUnit.FRACTION)


class TestConformance(ImporterConformance):
    """What holds for every importer; a table cut behind a row is a shorter table, and other READMEs hold tables too."""

    importer = IMPORTER
    fixtures: ClassVar = FIXTURES
    foreign: ClassVar = sorted(path for path in DATA.parent.rglob("*.*") if path.is_file() and path.suffix != ".md")
    options: ClassVar = PERCENT
    cut_is_error = False
    fills = frozenset({
        "SourceRecord.kind", "ModelRecord.name", "BenchmarkRecord.name",
        *(f"ProtocolRecord.{name}" for name in ("n_shot", "task_version", "extraction")),
        *(f"ScoreRecord.{name}" for name in (
            "metric", "value", "unit", "decimals", "is_approximate", "stderr", "place",
        )),
    })  # fmt: skip


def scores_of(path: Path, options: ReadOptions) -> dict[tuple[str, str, str], ScoreRecord]:
    """Return all scores of a file by model, benchmark and metric."""
    runs = list(read(path, options))
    return {(run.model.name, run.benchmark.name, score.metric): score for run in runs for score in run.scores}


def write(tmp_path: Path, text: str) -> Path:
    """Return a Markdown file with this text."""
    path = tmp_path / "t.md"
    path.write_text(text, encoding="utf-8")
    return path


def options(unit: ScoreUnit | None = None, **columns: str) -> ReadOptions:
    """Return options with a unit and column maps."""
    return ReadOptions(columns=columns, score_unit=unit)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_tables_of_scores_are_recognised(path: Path) -> None:
    """A file with a table of scores is recognised from its content; a list of where tables come from is not."""
    assert sniff(read_head(path), "renamed.bin")
    assert not sniff(read_head(DATA / "ORIGIN.md"), "ORIGIN.md")


def test_models_as_rows() -> None:
    """Metrics come from the headings, ratings have their own unit, section rows, sizes and links hold no scores."""
    scores = scores_of(DATA / "rows.md", PERCENT)
    assert len(scores) == 10
    distilled = scores["DeepSeek-R1-Distill-Qwen-32B", "AIME 2024", "pass@1"]
    assert (distilled.value, distilled.decimals, distilled.unit) == (72.6, 1, ScoreUnit.PERCENT)
    assert distilled.place == "line 9, column AIME 2024 pass@1"
    assert scores["DeepSeek-R1-Distill-Llama-70B", "AIME 2024", "cons@64"].value == 86.7
    rating = scores["DeepSeek-R1-Distill-Qwen-32B", "CodeForces", "rating"]
    assert (rating.value, rating.unit, rating.decimals) == (1691.0, ScoreUnit.ELO, 0)
    assert ("DeepSeek-R1-Distill-Llama-70B", "GPQA Diamond", "pass@1") not in scores


def test_two_metrics_of_one_benchmark_are_one_run() -> None:
    """Scores that agree on model, benchmark and settings belong to one run, whose source is the file."""
    runs = [run for run in read(DATA / "rows.md", PERCENT) if run.model.name == "GPT-4o-0513"]
    assert [(run.benchmark.name, len(run.scores)) for run in runs] == [
        ("AIME 2024", 2),
        ("GPQA Diamond", 1),
        ("CodeForces", 1),
    ]
    assert (runs[0].source.kind, runs[0].source.is_file) == (SourceKind.MANUAL, True)


def test_models_as_columns() -> None:
    """The metric and the shots stand in the benchmark's brackets; facts about the models are no scores."""
    runs = list(read(DATA / "columns.md", ReadOptions()))
    scores = {(run.model.name, run.benchmark.name): (run, score) for run in runs for score in run.scores}
    assert len(scores) == 11
    run, score = scores["DeepSeek R1", "DROP"]
    assert (run.protocol.n_shot, score.metric, score.value, score.place) == (
        3,
        "F1",
        92.2,
        "line 6, column DeepSeek R1",
    )
    assert scores["OpenAI o1-1217", "Codeforces"][1].unit is ScoreUnit.ELO
    assert scores["DeepSeek R1", "LiveCodeBench"][1].is_approximate
    assert scores["DeepSeek R1", "LiveCodeBench"][1].metric == "Pass@1-COT"


def test_the_harness_own_table() -> None:
    """Continued tasks, errors, filters and shots are read; groups are aggregates; the model stands in the line above."""
    runs = list(read(DATA / "lm-eval.md", FRACTION))
    assert {run.model.name for run in runs} == {"example/Hermes-2-Theta-Llama-3-70B"}
    arc = runs[0]
    assert (arc.protocol.n_shot, arc.protocol.task_version, arc.protocol.extraction) == (25, "1", "none")
    assert [(score.metric, score.value, score.stderr) for score in arc.scores] == [
        ("acc", 0.6638, 0.0138),
        ("acc_norm", 0.6903, 0.0135),
    ]
    by_name = {run.benchmark.name: run for run in runs}
    assert by_name["wikitext"].scores[0].unit is ScoreUnit.RATIO
    assert by_name["wikitext"].scores[0].stderr is None
    assert by_name["mmlu"].scores[0].is_aggregate
    assert by_name["other"].protocol.task_version is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "|Model|MMLU (EM)|\n|--|--|\n|GPT-4|71.3/68.2 %|\n|GPT-3|1%|\n",
            "line 3, column MMLU (EM): expected one number, found two",
        ),
        ("|Model|MMLU|\n|--|--|\n|GPT-4|71.3%|\n", "--map metric==pass@1"),
        ("|Model|MMLU (EM)|\n|--|--|\n|GPT-4|71.3|\n", "--score-unit percent"),
        ("|Model|accuracy|\n|--|--|\n|GPT-4|71.3%|\n", "--map benchmark==NAME"),
        (
            "|x|GPT-4|Claude 3|\n|--|--|--|\n|Llama-7B|1|2|\n|Qwen-7B|1|2|\n",
            "--map orientation==rows or --map orientation==columns",
        ),
        ("|x|alpha|beta|\n|--|--|--|\n|gamma|1|2|\n", "--map orientation==rows or ==columns"),
        ("|Task|Metric|Value|\n|--|--|--|\n|arc|acc|0.5|\n", "--map model==NAME"),
        ("|Model|MMLU (EM)|\n|--|--|\n|GPT-4|71.3%|12|\n", "at most 2 cells"),
        ("no table", "a table with models on one axis"),
    ],
)
def test_what_a_table_does_not_say_is_asked_for(tmp_path: Path, text: str, said: str) -> None:
    """A table that leaves something open names the place and the option that decides."""
    path = write(tmp_path, text)
    with pytest.raises(MalformedFileError) as caught:
        list(read(path, ReadOptions()))
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_options_decide_what_a_table_leaves_open(tmp_path: Path) -> None:
    """Orientation, metric, unit, settings, the table and the source can be stated."""
    text = "|x|alpha|beta|\n|--|--|--|\n|gamma|1.0|2|\n\n|x|y|\n|--|--|\n|delta|3|\n"
    path = write(tmp_path, text)
    said = options(
        ScoreUnit.PERCENT,
        orientation="=columns",
        metric="=acc",
        n_shot="=5",
        table="=1",
        source_kind="=model_card",
        source_url="=https://example.org",
    )
    runs = list(read(path, said))
    assert [(run.model.name, run.benchmark.name, run.protocol.n_shot, run.scores[0].value) for run in runs] == [
        ("alpha", "gamma", 5, 1.0),
        ("beta", "gamma", 5, 2.0),
    ]
    assert (runs[0].source.kind, runs[0].source.url) == (SourceKind.MODEL_CARD, "https://example.org")
    rows = list(read(path, options(ScoreUnit.PERCENT, orientation="=rows", metric="=acc", table="=2")))
    assert [(run.model.name, run.benchmark.name) for run in rows] == [("delta", "y")]


@pytest.mark.parametrize(
    "columns", [{"orientation": "=diagonal"}, {"table": "=7"}, {"table": "=x"}, {"benchmerk": "=x"}]
)
def test_options_that_cannot_be_are_refused(tmp_path: Path, columns: dict[str, str]) -> None:
    """An orientation, table or field that does not exist is a mistake of the command, not of the file."""
    path = write(tmp_path, "|x|GPT-4|\n|--|--|\n|gamma|1|\n")
    with pytest.raises(ConfigError):
        list(read(path, ReadOptions(columns=columns)))


def test_one_row_a_score(tmp_path: Path) -> None:
    """A table with model, benchmark, metric and score columns is read as such."""
    path = write(
        tmp_path,
        "|Model|Benchmark|Subset|Metric|Shots|Score|\n|--|--|--|--|--|--|\n|toy|MMLU|law|EM|5-shot|**70.50%**|\n",
    )
    (run,) = read(path, ReadOptions())
    assert (run.model.name, run.benchmark.name, run.subset, run.protocol.n_shot) == ("toy", "MMLU", "law", 5)
    assert (run.scores[0].metric, run.scores[0].value, run.scores[0].decimals) == ("EM", 70.5, 2)


def test_averages_of_a_table_are_read_on_request(tmp_path: Path) -> None:
    """The average of a table's own columns is no benchmark unless all metrics are asked for."""
    path = write(tmp_path, "|Model|MMLU (EM) %|Average|\n|--|--|--|\n|GPT-4|71.3|71.3|\n")
    columns = {"metric": "=EM"}
    assert len(scores_of(path, ReadOptions(columns=columns))) == 1
    every = scores_of(path, ReadOptions(columns=columns, score_unit=ScoreUnit.PERCENT, all_metrics=True))
    assert every["GPT-4", "Average", "EM"].is_aggregate


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_a_file_cut_anywhere_is_an_error_or_a_shorter_table(path: Path, tmp_path: Path) -> None:
    """Whatever byte a file ends at, reading it gives runs or an error of ours."""
    data, cut = path.read_bytes(), tmp_path / path.name
    for end in range(len(data)):
        cut.write_bytes(data[:end])
        try:
            list(read(cut, FRACTION))
        except BenchdbError:
            continue


def test_readme_of_deepseek_r1(shared_samples: Path) -> None:
    """Both tables of a real README are read, each in its own orientation."""
    scores = scores_of(shared_samples / "markdown" / "DeepSeek-R1_README.md", PERCENT)
    assert len(scores) == 175
    assert scores["DeepSeek R1", "MATH-500", "Pass@1"].value == 97.3
    assert scores["OpenAI o1-1217", "MATH-500", "Pass@1"].value == 96.4
    assert scores["GPT-4o 0513", "MATH-500", "Pass@1"].value == 74.6
    assert (
        scores["DeepSeek R1", "Codeforces", "Rating"].value,
        scores["DeepSeek R1", "Codeforces", "Rating"].unit,
    ) == (2029.0, ScoreUnit.ELO)
    small = "DeepSeek-R1-Distill-Qwen-7B"
    assert [
        scores[small, name, metric].value for name, metric in (("AIME 2024", "pass@1"), ("AIME 2024", "cons@64"))
    ] == [55.5, 83.3]
    assert [scores[small, name, "pass@1"].value for name in ("GPQA Diamond", "LiveCodeBench")] == [49.1, 37.6]
    assert scores[small, "CodeForces", "rating"].value == 1189.0


def test_real_logs_of_the_harness(shared_samples: Path) -> None:
    """Logs with mangled signs, carriage returns and fences in the middle of a line are read whole."""
    logs = shared_samples / "markdown" / "lm_eval_logs"
    hermes = scores_of(
        logs / "Hermes-2-Theta-Llama-3-70B.md", options(ScoreUnit.FRACTION, model="=Hermes-2-Theta-Llama-3-70B")
    )
    arc = hermes["Hermes-2-Theta-Llama-3-70B", "arc_challenge", "acc"]
    assert (arc.value, arc.stderr, arc.decimals) == (0.6638, 0.0138, 4)
    assert hermes["Hermes-2-Theta-Llama-3-70B", "arc_challenge", "acc_norm"].value == 0.6903
    assert hermes["Hermes-2-Theta-Llama-3-70B", "truthfulqa_mc", "mc2"].value == 0.6288
    mistral = scores_of(logs / "Mistral-7B-Base.md", options(ScoreUnit.FRACTION, model="=Mistral-7B"))
    assert (
        mistral["Mistral-7B", "arc_challenge", "acc"].value,
        mistral["Mistral-7B", "arc_challenge", "acc"].stderr,
    ) == (0.5026, None)
    assert mistral["Mistral-7B", "agieval_aqua_rat", "acc"].stderr == 0.0262


def test_transposed_table_of_languages(shared_samples: Path) -> None:
    """With the benchmark stated, the labels of a table of languages are its subsets."""
    path = shared_samples / "simple_evals" / "multilingual_mmlu_benchmark_results.md"
    runs = list(read(path, options(ScoreUnit.FRACTION, metric="=accuracy", benchmark="=MMMLU")))
    found = {(run.model.name, run.subset): run.scores[0] for run in runs}
    assert {run.benchmark.name for run in runs} == {"MMMLU"}
    assert found["o3-high", "Arabic"].value == 0.904
    assert found["gpt-4.1-nano-2025-04-14", "Yoruba"].value == 0.455
    assert found["o3-high", "Average"].is_aggregate


def test_stated_words_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    """A unit, a kind of source or a number of shots that cannot be is refused with the words that can."""
    path = write(tmp_path, "|Model|MMLU (EM)|\n|--|--|\n|GPT-4|71.3|\n")
    for columns, said in (
        ({"unit": "=percents"}, "percent"),
        ({"source_kind": "=papr"}, "paper"),
        ({"n_shot": "=five"}, "whole number"),
    ):
        with pytest.raises(MalformedFileError, match=said):
            list(read(path, ReadOptions(columns=columns, score_unit=None if "unit" in columns else ScoreUnit.PERCENT)))


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused with the byte."""
    path = tmp_path / "t.md"
    path.write_bytes(b"|Model|MMLU|\n|--|--|\n|\xff|1|\n")
    with pytest.raises(MalformedFileError, match="UTF-8"):
        list(read(path, PERCENT))


def test_a_table_with_models_on_both_axes_is_recognised() -> None:
    """A table that leaves its orientation open is still a table of scores, so that the message can ask for it."""
    assert sniff(b"|x|GPT-4|Claude 3|\n|--|--|--|\n|Llama-7B|1|2|\n|Qwen-7B|1|2|\n", "t.md")


def test_the_importer_is_asked_last() -> None:
    """Markdown is a catch-all: any file with a signature of its own goes first."""
    assert (IMPORTER.name, IMPORTER.priority) == ("markdown", 90)
