"""Tests of the one writer to standard output: each format over awkward rows."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from benchdb.cli.output import Output, render
from benchdb.cli.sheet import Sheet
from benchdb.errors import ConfigError
from benchdb.rows.safe import json_text, markdown_cell, spreadsheet_batch, spreadsheet_cell, visible

if TYPE_CHECKING:
    from pathlib import Path


class Kind(StrEnum):
    """A closed vocabulary."""

    PAPER = "paper"


AWKWARD = Sheet(
    title="Awkward",
    rows=[
        {"model": "=cmd|' /C calc'!A0", "value": 72.6, "score_id": 9_223_372_036_854_775_807, "on": date(2025, 3, 25), "kind": Kind.PAPER, "settings": ("n_shot", "prompt"), "is_first": True},
        {"model": 'a "b", c|d\x1b[31m\n<script>', "value": float("nan"), "score_id": None, "on": datetime(2025, 3, 25, 12, tzinfo=UTC), "kind": None, "settings": (), "is_first": False},
    ],
    headings={"model": "model", "value": "value"},
    notes=("A note.",),
)  # fmt: skip


def test_csv_is_what_a_spreadsheet_can_be_given() -> None:
    """A name that looks like a formula gets an apostrophe; unknown is empty; flags, dates and lists are plain text."""
    assert render(AWKWARD, "csv") == (
        "model,value,score_id,on,kind,settings,is_first\n"
        "'=cmd|' /C calc'!A0,72.6,9223372036854775807,2025-03-25,paper,n_shot; prompt,true\n"
        '"a ""b"", c|d\x1b[31m\n<script>",,,2025-03-25T12:00:00+00:00,,,false\n'
    )


def test_csv_is_read_back_by_the_standard_reader() -> None:
    """Quotes, commas and line ends inside names survive."""
    rows = list(csv.DictReader(io.StringIO(render(AWKWARD, "csv"), newline="")))
    assert rows[1]["model"] == 'a "b", c|d\x1b[31m\n<script>'


def test_json_holds_every_field_and_no_digit_is_lost() -> None:
    """Keys are text, because many readers take numbers for floating point; NaN and unknown are null."""
    rows = json.loads(render(AWKWARD, "json"))
    assert rows == [
        {"model": "=cmd|' /C calc'!A0", "value": 72.6, "score_id": "9223372036854775807", "on": "2025-03-25", "kind": "paper", "settings": ["n_shot", "prompt"], "is_first": True},
        {"model": 'a "b", c|d\x1b[31m\n<script>', "value": None, "score_id": None, "on": "2025-03-25T12:00:00+00:00", "kind": None, "settings": [], "is_first": False},
    ]  # fmt: skip


def test_json_lines_hold_one_row_each() -> None:
    """Each line is a row, and together they are the JSON rows."""
    lines = render(AWKWARD, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == json.loads(render(AWKWARD, "json"))


def test_a_table_spells_control_characters_out() -> None:
    """A name can neither colour the terminal nor break its line."""
    assert render(AWKWARD, "table") == (
        "model                        value\n"
        "───────────────────────────  ─────\n"
        "=cmd|' /C calc'!A0           72.6\n"
        'a "b", c|d\\x1b[31m <script>  nan\n'
    )


def test_markdown_cells_stay_in_their_cell() -> None:
    """Pipes, tags and line ends of a name make no second cell, no tag and no second line."""
    assert render(AWKWARD, "markdown") == (
        "| model | value |\n"
        "| --- | --- |\n"
        "| =cmd\\|' /C calc'!A0 | 72.6 |\n"
        '| a "b", c\\|d\\\\x1b\\[31m \\<script> | nan |\n'
    )


def test_no_rows_are_an_empty_answer_in_every_format() -> None:
    """Nothing is written but headings for people and brackets for JSON."""
    empty = Sheet(title="Nothing", rows=[], headings={"model": "model"})
    assert [render(empty, form) for form in ("csv", "json", "jsonl", "markdown", "table")] == [
        "", "[]\n", "", "| model |\n| --- |\n", "model\n─────\n",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("-1.5", "-1.5"),
        ("+3", "+3"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+1", "'+1+1"),
        ("\t=1", "'\t=1"),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("＝1", "'＝1"),
        ("-٣", "'-٣"),
        ("–", "–"),
    ],
)
def test_only_what_starts_like_a_formula_is_quoted(text: str, cell: str) -> None:
    """Numbers stay numbers; everything else that a spreadsheet would evaluate is text, one by one and by the column."""
    assert spreadsheet_cell(text) == cell
    batch = pa.record_batch({"text": [None, text], "number": [1.5, -2.0]})
    assert spreadsheet_batch(batch).to_pydict() == {"text": [None, cell], "number": [1.5, -2.0]}


def test_invisible_characters_are_spelled_out_everywhere() -> None:
    """Escapes, 8-bit controls, marks that reverse text and lone surrogates are shown as what they are."""
    assert visible("a\x1b[2Jb\x9b1m\u202ec\ud800\x00") == "a\\x1b[2Jb\\x9b1m\\u202ec\\ud800\\x00"
    assert visible("ä–模\U0001f600") == "ä–模\U0001f600"
    assert markdown_cell("[x](javascript:y)\n| z") == "\\[x\\](javascript:y) \\| z"
    assert json.loads(json_text('"\x9b\u202e"')) == "\x9b\u202e"
    assert json_text('"\x9b\u202e"') == '"\\u009b\\u202e"'


def test_a_file_is_written_whole_and_its_suffix_names_the_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """-o rows.jsonl writes JSON lines, leaves nothing else in the folder and nothing on standard output."""
    file = tmp_path / "rows.jsonl"
    Output(path=str(file)).show(AWKWARD)
    assert file.read_text(encoding="utf-8") == render(AWKWARD, "jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"Wrote {file}\n- A note.\n"


def test_a_file_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the file and what to do."""
    with pytest.raises(ConfigError, match=r"cannot be written: No such file or directory\. Name another file"):
        Output(path=str(tmp_path / "missing" / "rows.csv")).show(AWKWARD)


def test_data_and_narration_never_mix(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is the rows alone; title and notes are on stderr, and --quiet leaves them out."""
    Output(format="csv").show(AWKWARD)
    captured = capsys.readouterr()
    assert captured.out == render(AWKWARD, "csv")
    assert captured.err == "- A note.\n"
    Output(format="table", quiet=True).show(AWKWARD)
    assert capsys.readouterr().err == ""


def test_a_spared_column_is_mentioned(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that lost a column for lack of width says which and how to see it."""
    monkeypatch.setenv("COLUMNS", "40")
    sheet = Sheet(title="Wide", rows=[{"a": "x" * 20, "b": "y" * 30}], headings={"a": "a", "b": "b"})
    Output().show(sheet, dispensable=["b"])
    captured = capsys.readouterr()
    assert "y" not in captured.out
    assert "Left out for lack of width: b;\n  --format csv shows all." in captured.err
