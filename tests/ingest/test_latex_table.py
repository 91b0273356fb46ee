"""Tables in LaTeX, with expected values read from the tables by eye."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest

from benchdb.errors import ConfigError, MalformedFileError
from benchdb.ingest.conformance import ImporterConformance
from benchdb.ingest.formats.latex_table import IMPORTER, read
from benchdb.ingest.importer import ReadOptions, recognise
from benchdb.ingest.tables.latex import latex_grids
from benchdb.schema.vocab import ScoreUnit, SourceKind

DATA = Path(__file__).parents[1] / "data"
MAIN = DATA / "latex_table" / "main.tex"
SAID = ReadOptions(columns={"metric": "=accuracy", "benchmark": "=Toy"}, score_unit=ScoreUnit.PERCENT)


class TestConformance(ImporterConformance):
    """What holds for every importer."""

    importer = IMPORTER
    fixtures: ClassVar = [MAIN]
    foreign: ClassVar = sorted(path for path in DATA.rglob("*") if path.is_file() and "latex_table" not in path.parts)
    options = SAID
    cut_is_error = False
    fills = frozenset({
        "ModelRecord.name", "BenchmarkRecord.name", "RunRecord.subset", "ScoreRecord.metric", "ScoreRecord.value", "ScoreRecord.unit",
        "ScoreRecord.decimals", "ScoreRecord.is_aggregate", "ScoreRecord.stderr", "ScoreRecord.place",
    })  # fmt: skip


def table(number: int, **options: str) -> ReadOptions:
    """Return options for one table of the file."""
    return ReadOptions(columns={"table": f"={number}", **{name: f"={text}" for name, text in options.items()}})


def write(tmp_path: Path, body: str) -> Path:
    """Return a file with a table of this body."""
    path = tmp_path / "t.tex"
    path.write_text(f"\\begin{{tabular}}{{lc}}\n{body}\n\\end{{tabular}}\n", encoding="utf-8")
    return path


def cells_of(text: str) -> list[tuple[str, ...]]:
    """Return the cells of a text's only table, headings first."""
    ((grid, _),) = latex_grids(text, "t.tex")
    return [grid.headers, *(row.cells for row in grid.rows)]


def test_a_table_with_everything() -> None:
    """Spans, rules, emphasis, colours, macros, footnotes, citations, errors and counts behind headings are understood; costs are none."""
    runs = list(read(MAIN, table(1, metric="main_score", benchmark="ToyMTEB")))
    found = {
        (run.model.name, run.subset): (score.value, score.decimals, score.stderr)
        for run in runs
        for score in run.scores
    }
    assert found == {
        ("Gemini Toy", "Grounding Cls"): (85.2, 1, None), ("Gemini Toy", "Grounding Retr"): (64.5, 1, None),
        ("Gemini Toy", "Overall"): (77.6, 1, None), ("Toy-Ours", "Grounding Cls"): (84.1, 1, None),
        ("Toy-Ours", "Overall"): (75.2, 1, None), ("Toy-7B", "Grounding Cls"): (11.2, 1, 0.15),
        ("Toy-7B", "Grounding Retr"): (5.4, 1, None), ("Toy-7B", "Overall"): (3.8, 2, None),
    }  # fmt: skip
    assert {score.unit for run in runs for score in run.scores} == {ScoreUnit.PERCENT}, "the caption says 0 to 100"
    assert {run.subset: score.is_aggregate for run in runs for score in run.scores}["Overall"]
    assert {run.source.kind for run in runs} == {SourceKind.PAPER}
    places = {run.model.name: score.place for run in runs if run.subset == "Overall" for score in run.scores}
    assert places["Toy-Ours"] == "line 14, column Overall"


def test_the_second_table() -> None:
    """Metrics stand in the headings; the unit has to be said; a table that is commented out does not count."""
    with pytest.raises(MalformedFileError, match=r"line 26, column A \(acc\): expected a unit"):
        list(read(MAIN, table(2)))
    runs = list(read(MAIN, ReadOptions(columns={"table": "=2"}, score_unit=ScoreUnit.PERCENT)))
    assert [(run.model.name, run.benchmark.name, run.scores[0].metric, run.scores[0].value) for run in runs] == [
        ("Toy-7B", "A", "acc", 0.5), ("Toy-7B", "B", "acc", 10.0),
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="has tables 1 to 2"):
        list(read(MAIN, table(3)))
    assert recognise(MAIN).name == "latex-table"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\begin{tabular}{lc}a & b \\ \hline $\mathbf{5.4\%}$ & $\mathit{3.8\%}$ \\ \end{tabular}", [("a", "b"), ("5.4%", "3.8%")]),
        (r"\begin{tabular*}{\textwidth}[t]{@{}lc@{}}a&b\\\midrule 1&2\end{tabular*}", [("a", "b"), ("1", "2")]),
        (r"\begin{longtable}{lc}\toprule a&b\tabularnewline\endhead 1~M&\textbf{2}$^{1}$\\\end{longtable}", [("a", "b"), ("1 M", "2")]),
        (r"\begin{tabularx}{5cm}{lX}a & b\\ \midrule {\bf \textcolor{red}{x}} & \num{3.5}\\ \end{tabularx}", [("a", "b"), ("x", "3.5")]),
        (r"\begin{tabular}{lc}a & b\\ \midrule \multicolumn{2}{c}{Part} \\ 10\% off & 100\,000\\\end{tabular}", [("a", "b"), ("Part", ""), ("10% off", "100 000")]),
    ],
)  # fmt: skip
def test_cells(text: str, expected: list[tuple[str, ...]]) -> None:
    """Cells are the text that a reader sees, whatever environment and markup hold it."""
    assert cells_of(text) == expected


def test_macros_of_the_file() -> None:
    """A macro that the file defines is filled in, also inside another one; one that calls itself ends."""
    head = r"\newcommand{\toyA}{A} \renewcommand*\toyB{\toyA-7B} \newcommand{\toyC}{\toyC x}"
    found = cells_of(head + r"\begin{tabular}{lc}\toyB & \toyA\\\midrule \toyC & 1\unknown{z}\\\end{tabular}")
    assert found == [("A-7B", "A"), ("x", "1z")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            r"Model & A (acc) \\ \midrule Toy-7B & 1\% \\ Toy-8B & good \\",
            'column A .acc.: expected a number, found "good"',
        ),
        (r"Model & A \\ \midrule Toy-7B & 5\% \\", "a metric beside the name"),
        (r"left & right \\ \midrule 1 & 2 \\", "a table with models"),
        (r"", "a table with models"),
    ],
)
def test_errors_say_what_is_missing(tmp_path: Path, body: str, message: str) -> None:
    """What a table does not say is asked for."""
    with pytest.raises(MalformedFileError, match=message):
        list(read(write(tmp_path, body), ReadOptions()))


def test_broken_files(tmp_path: Path) -> None:
    """A table without an end and bytes that are no text are errors with their place."""
    path = tmp_path / "t.tex"
    path.write_text("x\n\\begin{tabular}{lc} a & b \\\\", encoding="utf-8")
    with pytest.raises(MalformedFileError, match=r"line 2: expected \\end{tabular}, found a tabular without an end"):
        list(read(path, ReadOptions()))
    path.write_bytes(b"\\begin{tabular}\xff")
    with pytest.raises(MalformedFileError, match="byte 15"):
        list(read(path, ReadOptions()))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (r"\href{https://example.org/m}{Linked}", "Linked"), (r"{\href{u}}", ""), (r"{\setlength\tabcolsep}", ""),
        (r"\begin{array}{c}\end{array} x", "x"), (r"\begin{pmatrix}\end{pmatrix}", ""),
    ],
)  # fmt: skip
def test_commands_whose_arguments_are_not_there(cell: str, expected: str) -> None:
    """A link is its text; a command that lacks what the library asks for stands for nothing, and the rest is read."""
    text = f"\\begin{{tabular}}{{ll}}A & B \\\\\\midrule\n{cell} & 1 \\\\\n\\end{{tabular}}"
    assert cells_of(text) == [("A", "B"), (expected, "1")]
    assert cells_of(r"\begin{tabular}{ll}A & B \\ x & \sqrt\end{tabular}") == [("A", "B"), ("x", "")]


@pytest.mark.parametrize(
    "body",
    [
        r"a & b \\\midrule " + r"\frac{" * 40 + r" \\",
        r"a & b \\\midrule " + "1.5 & " * 2_000 + r" \\",
        r"a & b \\\midrule \mm & 1 \\",
    ],
    ids=["arguments without end", "a large table", "commands in commands"],
)
def test_what_cannot_be_read_in_time_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Arguments that do not end take twice as long with each; the steps are counted, not the seconds."""
    monkeypatch.setattr("benchdb.ingest.tables.latex_library.MOST_STEPS", 5_000)
    doubling = "".join(f"\\newcommand{{\\m{new}}}{{\\m{old}\\m{old}}}" for old, new in pairwise("abcdefghijklm"))
    path = write(tmp_path, body)
    macros = "\\newcommand{\\ma}{" + "x " * 100 + "}" + doubling
    path.write_text(macros + "\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(MalformedFileError, match="line 2: expected tables of at most 5,000 characters, commands"):
        list(read(path, SAID))


def test_shared_samples(shared_samples: Path) -> None:
    """Numbers of real tables of a paper; one without names of models holds nothing."""
    folder = shared_samples / "latex"
    options = ReadOptions(columns={"metric": "=main_score", "benchmark": "=MTEB"}, score_unit=ScoreUnit.PERCENT)
    main = {(run.model.name, run.subset): run.scores[0].value for run in read(folder / "main_results.tex", options)}
    gemini = [main["Gemini 3.1 Pro", part] for part in ("Cls", "Clust", "STS", "PairCls", "Retr", "Overall")]
    assert gemini == [85.2, 66.6, 88.5, 83.2, 64.5, 77.6]
    assert (main["SFR-2", "Overall"], len({model for model, _ in main})) == (73.9, 20)
    full = {
        (run.model.name, run.subset): run.scores[0].value
        for run in read(folder / "full_results_by_category.tex", options)
    }
    assert (full["Gemini 3.1 Pro", "Overall"], full["Jina-v5-S", "Overall"]) == (77.6, 74.4)
    with pytest.raises(MalformedFileError, match="a table with models"):
        list(read(folder / "axcell_main.tex", options))
    torture = [grid for grid, _ in latex_grids((folder / "axcell_main.tex").read_text(), "t.tex")][1]
    assert torture.rows[1].cells == ("5.4%", "3.8%", "11.2± 0.15")
