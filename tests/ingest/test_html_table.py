"""Tables in HTML, with expected values read from the tables by eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from benchdb.errors import ConfigError, MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.html_table import IMPORTER, read, sniff
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.ingest.tables.spans import Cell, SpannedRow, to_grid
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from benchdb.ingest.records import ScoreRecord

DATA = Path(__file__).parents[1] / "data"
CARD, PAGE = DATA / "html_table" / "card.md", DATA / "html_table" / "page.html"
PERCENT = ReadOptions(score_unit=ScoreUnit.PERCENT)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [CARD, PAGE]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*") if path.is_file() and "html_table" not in path.parts)
    options = PERCENT
    cut_is_error = False
    fills = frozenset({
        "ModelRecord.name", "BenchmarkRecord.name", "ProtocolRecord.n_shot", "ScoreRecord.metric", "ScoreRecord.value",
        "ScoreRecord.unit", "ScoreRecord.decimals", "ScoreRecord.stderr", "ScoreRecord.place",
    })  # fmt: skip


def scores_of(path: Path, options: ReadOptions = PERCENT) -> dict[tuple[str, str, str], list[ScoreRecord]]:
    """Return all scores of a file by model, benchmark and metric."""
    found: dict[tuple[str, str, str], list[ScoreRecord]] = {}
    for run in read(path, options):
        for score in run.scores:
            found.setdefault((run.model.name, run.benchmark.name, score.metric), []).append(score)
    return found


def write(tmp_path: Path, text: str) -> Path:
    """Return a page with this text."""
    path = tmp_path / "t.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_model_card() -> None:
    """Models as columns; a category covers rows; footnotes are dropped; fences and comments hold no table; pipes are read too."""
    scores = scores_of(CARD)
    assert {key: [score.value for score in found] for key, found in scores.items()} == {
        ("Llama 3 8B", "MMLU", "macro_avg/acc_char"): [66.7],
        ("Llama 3.1 8B", "MMLU", "macro_avg/acc_char"): [67.3],
        ("Llama 3.1 8B", "DROP", "F1"): [59.5],
        ("Llama 3 8B", "HumanEval", "pass@1"): [12.5],
        ("Toy-7B", "Piped", "Pass@1"): [12.5],
    }
    bold = scores["Llama 3.1 8B", "MMLU", "macro_avg/acc_char"][0]
    assert (bold.decimals, bold.unit, bold.place) == (2, ScoreUnit.PERCENT, "line 31, column Llama 3.1 8B")
    assert scores["Llama 3.1 8B", "DROP", "F1"][0].stderr == 0.4
    shots = {run.benchmark.name: run.protocol.n_shot for run in read(CARD, PERCENT)}
    assert shots == {"MMLU": 5, "DROP": 3, "HumanEval": 0, "Piped": None}


def test_a_page_with_two_rows_of_headings() -> None:
    """Headings are joined from the top down, omitted end tags are understood, a name that covers rows counts in each."""
    scores = scores_of(PAGE, ReadOptions())
    assert {key: [(score.value, score.unit) for score in found] for key, found in scores.items()} == {
        ("Toy-7B", "Grounding Easy", "acc"): [(61.5, ScoreUnit.PERCENT), (62.5, ScoreUnit.PERCENT)],
        ("Toy-7B", "Grounding Hard", "acc"): [(40.0, ScoreUnit.PERCENT), (41.0, ScoreUnit.PERCENT)],
        ("Toy-70B", "Grounding Easy", "acc"): [(81.0, ScoreUnit.PERCENT)],
    }
    assert scores["Toy-70B", "Grounding Easy", "acc"][0].place == "line 10, column Grounding Easy (acc)"


def test_one_table_of_several() -> None:
    """The user may choose a table; all of the file are counted, those drawn with pipes as well."""
    assert {key[0] for key in scores_of(CARD, ReadOptions(score_unit=ScoreUnit.PERCENT, columns={"table": "=3"}))} == {
        "Toy-7B"
    }
    with pytest.raises(ConfigError, match="has tables 1 to 3"):
        scores_of(CARD, ReadOptions(columns={"table": "=4"}))


def test_tables_of_the_harness_beside(tmp_path: Path) -> None:
    """A table that lm-evaluation-harness printed beside one in HTML is read as such, with the model of the line before it."""
    printed = "hf (pretrained=toy/m-7b)\n\n|Tasks|Version|Metric|Value|\n|---|---|---|---|\n|arc|Yaml|acc|0.5|\n"
    page = "<table><tr><th>Model<th>A (acc)<tr><td>Toy-7B<td>0.25</table>\n\n" + printed
    scores = scores_of(write(tmp_path, page), ReadOptions(score_unit=ScoreUnit.FRACTION))
    assert {key: found[0].value for key, found in scores.items()} == {
        ("Toy-7B", "A", "acc"): 0.25,
        ("toy/m-7b", "arc", "acc"): 0.5,
    }


def test_recognition() -> None:
    """Files with HTML tables of scores are recognised, also where the head ends inside one; pages without are not."""
    assert {recognise(path).name for path in (CARD, PAGE)} == {"html-table"}
    assert sniff(PAGE.read_bytes()[:200], "page.html")
    assert not sniff(b"<table></table>", "t.html")
    assert not sniff(b"<p>| a | b |</p>", "t.html")
    assert not sniff(b"<table>", "t.html")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "<table><tr><td>Model<td>A (acc)<tr><td>Toy-7B<td>1",
            "line 1: expected </table>, found a table without an end",
        ),
        ("<table><tr><td>Model<td>A (acc)<tr><td>Toy-7B<td>1%\n<tr><td>Toy-8B<td>good</table>", "line 2, column A"),
        ("<table><tr><td>Model<td>A<tr><td>Toy-7B<td>1%</table>", "a metric beside the name"),
        ("<table><tr><td>x</table>", "a table with models"),
        ("nothing", "a table with models"),
    ],
)
def test_errors_say_what_is_missing(tmp_path: Path, text: str, message: str) -> None:
    """What a table does not say is asked for, with its line."""
    with pytest.raises(MalformedFileError, match=message):
        list(read(write(tmp_path, text), ReadOptions()))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A file in another encoding is refused with the place of the first wrong byte."""
    path = tmp_path / "t.html"
    path.write_bytes(b"<table>\xff</table>")
    with pytest.raises(MalformedFileError, match="byte 7"):
        list(read(path, ReadOptions()))


def test_spans() -> None:
    """A cell that covers all rows below, or several columns, is laid out; a body cell over columns stands in the first."""
    rows = [
        SpannedRow(line=1, cells=(Cell(text="A", n_rows=2), Cell(text="B", n_columns=2))),
        SpannedRow(line=2, cells=(Cell(text="C"), Cell(text="D"))),
        SpannedRow(line=3, cells=(Cell(text="m", n_rows=0), Cell(text="1", n_columns=2))),
        SpannedRow(line=4, cells=(Cell(text="2"),)),
    ]
    grid = to_grid(rows, n_headings=2, where="t.html")
    assert grid is not None
    assert grid.headers == ("A", "B C", "B D")
    assert [row.cells for row in grid.rows] == [("m", "1", ""), ("m", "2", "")]
    assert to_grid(rows[:2], n_headings=2, where="t.html") is None


@pytest.mark.parametrize(("n_rows", "n_columns"), [(2, 6_000), (5_000, 2)])
def test_spans_that_stand_for_millions_are_one_error(n_rows: int, n_columns: int) -> None:
    """A cell may cover a thousand columns; a table of such cells may not have more places than a file of the largest size can fill."""
    rows = [SpannedRow(line=n, cells=(Cell(text="1", n_columns=1000),) * n_columns) for n in range(1, n_rows + 1)]
    with pytest.raises(MalformedFileError, match=r"t\.html, line 1: expected at most 4,000,000 places"):
        to_grid(rows, n_headings=1, where="t.html")


def test_shared_samples(shared_samples: Path) -> None:
    """Numbers of a real model card."""
    options: dict[str, Any] = {"score_unit": ScoreUnit.PERCENT, "columns": {"table": "=3"}}
    scores = scores_of(shared_samples / "markdown" / "llama3_1_MODEL_CARD.md", ReadOptions(**options))
    assert scores["Llama 3 8B", "MMLU", "macro_avg/acc_char"][0].value == 66.7
    assert scores["Llama 3.1 8B", "MMLU", "macro_avg/acc_char"][0].value == 66.7
    runs = list(read(shared_samples / "markdown" / "llama3_1_MODEL_CARD.md", ReadOptions(**options)))
    assert {run.protocol.n_shot for run in runs if run.benchmark.name == "MMLU"} == {5}
