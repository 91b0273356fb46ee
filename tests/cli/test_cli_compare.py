"""All pairs on the command line: a matrix for people, rows for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

MATH = ("compare", "--all-pairs", "--suite", "am-distill", "-b", "MATH-500", "--source", "1.4 Million")


def test_all_pairs_are_a_matrix_best_first(run: Run, seeded: Path) -> None:
    """The printed 97.0, 96.2, 94.5 and 94.3 make the differences of row minus column, and nothing is established."""
    result = run(*MATH, "--format", "markdown", "--db", seeded)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[2:] == [
        "| AM-Distill-Qwen-72B |  | +0.8 | +2.5 | +2.7 |",
        "| AM-Distill-Qwen-32B | -0.8 |  | +1.7 | +1.9 |",
        "| DeepSeek-R1-Distill-Llama-70B | -2.5 | -1.7 |  | +0.2 |",
        "| DeepSeek-R1-Distill-Qwen-32B | -2.7 | -1.9 | -0.2 |  |",
    ]
    assert "0 of 6 differences between 4 models are established." in result.stderr


def test_marks_say_what_is_established(run: Run, seeded: Path) -> None:
    """At 80 % without a correction 2.5 and 2.7 points of 500 items are established, and bear a mark from both sides."""
    result = run(*MATH, "--level", "80%", "--correction", "none", "--format", "markdown", "--db", seeded)
    first, _, third, fourth = result.stdout.splitlines()[2:]
    assert first.endswith(r"| +2.5 \* | +2.7 \* |")
    assert third.startswith(r"| DeepSeek-R1-Distill-Llama-70B | -2.5 \* |")
    assert fourth.startswith(r"| DeepSeek-R1-Distill-Qwen-32B | -2.7 \* |")


def test_programs_get_every_pair_as_a_row(run: Run, seeded: Path) -> None:
    """JSON holds the long form: six pairs, each with its adjusted p and what it is worth in items."""
    rows = json.loads(run(*MATH, "--correction", "bh", "-f", "json", "-q", "--db", seeded).stdout)
    pairs = [row for row in rows if row["benchmark"]]
    assert len(pairs) == 6
    assert round(pairs[0]["items_difference"], 6) == 4.0
    assert {row["correction"] for row in pairs} == {"bh"}
    assert all(row["p_adjusted"] >= row["p_value"] for row in pairs)


def test_one_model_is_a_usage_error(run: Run, seeded: Path) -> None:
    """One name alone is refused, and the message names the way to take all."""
    result = run("compare", "AM-Distill-Qwen-72B", "--db", seeded)
    assert result.exit_code == 2
    assert "--all-pairs" in result.stderr
