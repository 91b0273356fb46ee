"""Descriptions of bar charts, with expected values read from the descriptions by eye."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from benchdb.errors import BenchdbError, MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.figure import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, read_head
from benchdb.schema.vocab import ScoreUnit, SourceKind

TOY = Path(__file__).parents[1] / "data" / "figure" / "toy.md"
SEED = Path(__file__).parents[2] / "seeds" / "figures" / "am-distill.md"
HEAD = "## Bar Chart: Toy\n### Detailed Analysis\n"


class TestConformance(ImporterConformance):
    """What holds for every importer; a description cut behind a bar has fewer bars."""

    importer = IMPORTER
    fixtures: ClassVar = [TOY]
    foreign: ClassVar = sorted(
        path for path in TOY.parents[1].rglob("*.*") if path.is_file() and "figure" not in path.parts
    )
    cut_is_error = False
    fills = frozenset({
        "SourceRecord.kind", "ModelRecord.name", "BenchmarkRecord.name",
        *(f"ScoreRecord.{name}" for name in ("metric", "value", "unit", "decimals", "is_approximate", "place")),
    })  # fmt: skip


def write(tmp_path: Path, text: str) -> Path:
    """Return a description with this text."""
    path = tmp_path / "t.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", [TOY, SEED], ids=lambda path: path.name)
def test_descriptions_are_recognised(path: Path) -> None:
    """A description is recognised from its heading and its section of values."""
    assert sniff(read_head(path), "renamed.bin")


def test_other_text_is_not_a_description() -> None:
    """A heading alone makes no chart."""
    assert not sniff(b"## Bar Chart: Toy\n### Overview\n", "t.md")
    assert not sniff(b"### Detailed Analysis\n* a: 1%\n", "t.md")


def test_values_of_a_chart() -> None:
    """Bars are read with metric, shots, unit, decimals and line; observations below them are not."""
    runs = list(read(TOY, ReadOptions()))
    found = [
        (
            run.model.name,
            run.benchmark.name,
            run.protocol.n_shot,
            score.metric,
            score.value,
            score.decimals,
            score.unit,
            score.place,
        )
        for run in runs
        for score in run.scores
    ]
    assert found == [
        ("toy-7b", "Toy Sums", 3, "Accuracy", 72.7, 1, ScoreUnit.PERCENT, "line 9"),
        ("vendor/toy-13b:v2", "Toy Sums", 3, "Accuracy", 80.0, 0, ScoreUnit.PERCENT, "line 10"),
        ("toy-7b", "Toy Maps", None, "Pass@1", 61.25, 2, ScoreUnit.PERCENT, "line 13"),
    ]
    assert all(score.is_approximate for run in runs for score in run.scores)
    source = runs[0].source
    assert (source.kind, source.title, source.is_file) == (SourceKind.FIGURE, "Toy Models on Toy Tasks", True)


def test_the_seed_figure() -> None:
    """The shipped figure holds the sixteen values of the chart it describes."""
    runs = list(read(SEED, ReadOptions()))
    values = {(run.model.name, run.benchmark.name): run.scores[0].value for run in runs}
    benchmarks = ("AIME 2024", "MATH-500", "GPQA Diamond", "LiveCodeBench")
    expected = {
        "AM-Distill-Qwen-32B": (72.7, 96.2, 64.3, 59.1),
        "DeepSeek-R1-Distill-Qwen-32B": (72.6, 94.3, 62.1, 57.2),
        "AM-Distill-Qwen-72B": (76.5, 97.0, 65.9, 59.7),
        "DeepSeek-R1-Distill-Llama-70B": (70.0, 94.5, 65.2, 57.5),
    }
    assert values == {
        (model, name): value for model, row in expected.items() for name, value in zip(benchmarks, row, strict=True)
    }
    assert {score.metric for run in runs for score in run.scores} == {"Pass@1"}
    assert {score.decimals for run in runs for score in run.scores} == {1}


def test_the_document_as_it_was_handed_over(shared_samples: Path) -> None:
    """The original document gives the same values as the shipped figure."""
    original = shared_samples.parent / "seed" / "000_5b1994f4ef31a981.txt"
    assert sniff(read_head(original), original.name)
    values = [(run.model.name, run.benchmark.name, run.scores[0].value) for run in read(original, ReadOptions())]
    assert values == [(run.model.name, run.benchmark.name, run.scores[0].value) for run in read(SEED, ReadOptions())]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "**Sums (Pass@1):**\n* toy: between 70% and 72%\n", "line 4"),
        (HEAD + "**Sums (Pass@1):**\n* toy is the best\n", "a value as"),
        (HEAD + "**Sums (Pass@1):**\n* toy: 71%/72%\n", "two, 71 and 72"),
        (HEAD + "**Sums (Pass@1):**\n* toy: -\n", "a value as"),
        (HEAD + "* toy: 70%\n", "a line with the benchmark before it"),
        (HEAD + "**Sums:**\n* toy: 70%\n", "--map metric==pass@1"),
        (HEAD + "**Sums (Pass@1):**\n* toy: 70\n", "--score-unit percent"),
        (HEAD, "found none"),
        ("nothing", "## Bar Chart: title"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, said: str) -> None:
    """A line among the values that is no value is an error with its line, never left out."""
    with pytest.raises(MalformedFileError) as caught:
        list(read(write(tmp_path, text), ReadOptions()))
    assert said in str(caught.value)


def test_options_fill_what_the_chart_leaves_out(tmp_path: Path) -> None:
    """Metric and unit can be stated for a chart that does not print them."""
    path = write(tmp_path, HEAD + "**Sums:**\n* toy: 0.70\n")
    (run,) = read(path, ReadOptions(columns={"metric": "=accuracy"}, score_unit=ScoreUnit.FRACTION))
    assert (run.scores[0].metric, run.scores[0].unit, run.scores[0].value) == ("accuracy", ScoreUnit.FRACTION, 0.7)


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    """A file that is not UTF-8 is refused with the byte."""
    path = tmp_path / "t.md"
    path.write_bytes(HEAD.encode() + b"\xff")
    with pytest.raises(MalformedFileError, match="UTF-8"):
        list(read(path, ReadOptions()))


def test_a_file_cut_anywhere_is_an_error_or_a_shorter_chart(tmp_path: Path) -> None:
    """Whatever byte a file ends at, reading it gives runs or an error of ours."""
    data, cut = TOY.read_bytes(), tmp_path / TOY.name
    for end in range(len(data)):
        cut.write_bytes(data[:end])
        try:
            list(read(cut, ReadOptions()))
        except BenchdbError:
            continue


def test_the_importer_goes_before_markdown() -> None:
    """A description of a chart is Markdown too, so it is asked first."""
    assert (IMPORTER.name, IMPORTER.priority) == ("figure", 40)
