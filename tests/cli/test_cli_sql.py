"""`benchdb sql`: answers in every format, limits, standard input, and the exit code of a mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchdb.cli import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

BEST = "SELECT model_name, value FROM leaderboard_cells WHERE benchmark = 'math-500' AND model LIKE 'a-m-team/%' AND variant IS NULL ORDER BY value DESC"


def test_an_answer_in_each_format(run: Run, seeded: Path) -> None:
    """The same two rows as a table, CSV, JSON and Markdown."""
    table = run("sql", BEST, "--db", seeded, "-q").stdout
    assert [line.split() for line in table.splitlines()[2:]] == [
        ["AM-Distill-Qwen-72B", "97"],
        ["AM-Distill-Qwen-32B", "96.2"],
    ]
    assert run("sql", BEST, "--db", seeded, "-f", "csv").stdout == (
        "model_name,value\nAM-Distill-Qwen-72B,97.0\nAM-Distill-Qwen-32B,96.2\n"
    )
    assert json.loads(run("sql", BEST, "--db", seeded, "-f", "json").stdout)[1] == {
        "model_name": "AM-Distill-Qwen-32B",
        "value": 96.2,
    }
    assert run("sql", BEST, "--db", seeded, "-f", "markdown").stdout.splitlines()[2] == "| AM-Distill-Qwen-72B | 97 |"


def test_a_table_shows_a_thousand_rows_and_says_so(run: Run, seeded: Path) -> None:
    """What a person reads is cut with a note; --limit 0 and formats for programs show all."""
    every = "SELECT * FROM range(1500)"
    shown = run("sql", every, "--db", seeded)
    assert len(shown.stdout.splitlines()) == 1002
    assert "The first 1,000 rows" in shown.stderr
    assert len(run("sql", every, "--db", seeded, "--limit", "0").stdout.splitlines()) == 1502
    assert len(run("sql", every, "--db", seeded, "-f", "csv").stdout.splitlines()) == 1501
    assert len(run("sql", every, "--db", seeded, "-f", "csv", "--limit", "7").stdout.splitlines()) == 8


def test_a_statement_from_standard_input(seeded: Path) -> None:
    """A dash reads the statement from standard input, as long scripts need it."""
    result = CliRunner().invoke(cli, ["sql", "-", "--db", str(seeded), "-q"], input="SELECT 40 + 2 AS answer\n;\n")
    assert result.stdout == "answer\n──────\n    42\n"


@pytest.mark.parametrize("statement", ["DELETE FROM score", "SELECT 1; SELECT 2", "SELECT x FROM nowhere", ""])
def test_a_mistake_is_one_of_usage(run: Run, seeded: Path, statement: str) -> None:
    """What cannot be run ends with exit code 2 and a message, nothing on standard output."""
    result = run("sql", statement, "--db", seeded)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")


def test_names_from_files_move_no_cursor(run: Run, seeded: Path) -> None:
    """Control characters in values are spelled out on a terminal and escaped in JSON."""
    hostile = "SELECT chr(27) || '[2J' AS name, '=1+1' AS formula"
    assert "\x1b" not in run("sql", hostile, "--db", seeded).stdout
    assert "\x1b" not in run("sql", hostile, "--db", seeded, "-f", "json").stdout
    assert "'=1+1" in run("sql", hostile, "--db", seeded, "-f", "csv").stdout


@pytest.mark.parametrize(
    ("statement", "options", "said"),
    [
        (
            "SELECT count(*) FROM range(1000000000000) WHERE hash(range) = 1",
            ("--timeout", "0.2"),
            "stopped after 0.2 s",
        ),
        ("SELECT count(DISTINCT hash(range)) FROM range(20000000)", ("--memory", "50MB"), "more than 50 MB of memory"),
    ],
)
def test_a_statement_at_its_limit_ends_with_a_code_of_its_own(
    run: Run, seeded: Path, statement: str, options: tuple[str, ...], said: str
) -> None:
    """Exit code 4, one message, and nothing on standard output."""
    ended = run("sql", statement, *options, "--db", seeded)
    assert (ended.exit_code, ended.stdout) == (4, "")
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("options", [("--timeout", "0"), ("--memory", "5"), ("--memory", "1MB"), ("--memory", "-1GB")])
def test_a_limit_that_is_none_is_a_mistake_in_the_call(run: Run, seeded: Path, options: tuple[str, ...]) -> None:
    """No time at all, and amounts of memory without a unit or too small to open a database with."""
    assert run("sql", "SELECT 1", *options, "--db", seeded).exit_code == 2
