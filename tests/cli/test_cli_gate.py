"""The gate as a command: its exit codes, its one line, and rows for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

CSV = """model,benchmark,metric,value,unit,stderr
old,arith,accuracy,50.0,percent,1.0
new,arith,accuracy,{value},percent,1.0
"""


@pytest.fixture
def database(run: Run, own: Path, tmp_path: Path) -> Callable[[float], Path]:
    """Put a baseline of 50 and a candidate, each with an error of 1, into a database that knows the metric."""

    def make(value: float) -> Path:
        (tmp_path / "scores.csv").write_text(CSV.format(value=value))
        result = run("ingest", "scores.csv", "--db", own)
        assert result.exit_code == 0, result.output
        return own

    return make


@pytest.mark.parametrize(
    ("value", "options", "code", "words"),
    [
        (49.0, (), 0, "No regression: new against old on arith: -1.0 (-3.9 to +1.9), not established as worse"),
        (40.0, (), 10, "Regression: new against old on arith: -10.0 (-12.9 to -7.1), established as worse"),
        (49.0, ("--max-regression", "2"), 11, "Not enough evidence: new against old on arith: -1.0 (-3.9 to +1.9)"),
        (49.0, ("--max-regression", "5", "--min-power", "0.9"), 0, "No regression"),
        (49.0, ("--max-regression", "4", "--min-power", "0.9"), 11, "the power is below 0.9"),
    ],
)
def test_the_exit_code_is_the_answer(
    value: float, options: tuple[str, ...], code: int, words: str, run: Run, database: Callable[[float], Path]
) -> None:
    """0, 10 and 11 say no regression, regression and not enough evidence; ±2.77 and the rounding of 0.1 make the interval."""
    result = run("gate", "--baseline", "old", "--candidate", "new", *options, "--db", database(value))
    assert result.exit_code == code, result.output
    assert words in result.stderr.splitlines()[-1]
    assert "a drop of 4.1 is found with 80 % power" in result.stderr.splitlines()[-1]


def test_programs_read_the_decision_from_every_row(run: Run, database: Callable[[float], Path]) -> None:
    """JSON holds the decision, the outcome and its reason on each row, and the exit code is the same."""
    result = run("gate", "--baseline", "old", "--candidate", "new", "-f", "json", "-q", "--db", database(40.0))
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    assert result.exit_code == 10
    assert [(row["decision"], row["outcome"], row["benchmark"]) for row in rows] == [
        ("regression", "regression", "arith")
    ]
    assert len(result.stderr.splitlines()) == 1


def test_other_failures_keep_their_codes(run: Run, seeded: Path) -> None:
    """An unknown model is 1, a power without a drop is 2."""
    names = ("--baseline", "DeepSeek-R1-Distill-Qwen-32B", "--candidate")
    assert run("gate", *names, "no-such-model", "--db", seeded).exit_code == 1
    result = run("gate", *names, "AM-Distill-Qwen-32B", "--min-power", "0.8", "--db", seeded)
    assert result.exit_code == 2
    assert "--max-regression" in result.stderr


def test_power_says_what_the_seeds_cannot_show(run: Run, seeded: Path) -> None:
    """72.7 against 72.6 on AIME 2024 is undetectable: 32.2 points could be shown, and 0.1 would take 3,119,106 items."""
    models = ("AM-Distill-Qwen-32B", "DeepSeek-R1-Distill-Qwen-32B")
    asked = ("power", "AIME 2024", "--models", *models, "--source", "1.4 Million", "--db", seeded)
    result = run(*asked, COLUMNS="100")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[2].split() == [
        *["AIME", "2024", "30", "32.2", "0.1", "0.050", "3,119,106", "–", "borrowed"]
    ]
    (row,) = json.loads(run(*asked, "-f", "json").stdout)
    assert (row["is_detectable"], row["n_items_needed"], row["evidence"]) == (False, 3119106, "borrowed")
