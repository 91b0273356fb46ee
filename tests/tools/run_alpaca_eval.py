"""Run the real AlpacaEval over toy answers with a stub judge, offline."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.environments import needs, run_tool
from tests.tools.stub_server import stub_server

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_alpaca_eval = needs("alpaca_eval", "alpaca_eval")
"""Skips a test where AlpacaEval is not installed."""
GOOD = {"The Rhine.", "The Palatine.", "An owl.", "An oak.", "An elm.", "Vienna."}
"""Answers that the judge likes: four of the model's five, of which one is no better than the baseline's."""


def answer(prompt: str, n: int) -> Sequence[str]:
    """Return the judge's word on two outputs, whichever comes first.

    Args:
        prompt: What AlpacaEval asks.
        n: How many words.
    """
    first, second = (found.strip() in GOOD for found in re.findall(r"Output \([ab]\): (.*)", prompt))
    return ["Neither" if first == second else "Output (a)" if first else "Output (b)"] * n


def run_alpaca_eval(directory: Path) -> Path:
    """Return the folder of the results: a leaderboard of one model and the annotations of the judge.

    Args:
        directory: An empty directory.
    """
    with stub_server(answer) as address:
        environment = {"OPENAI_API_BASE": address, "OPENAI_API_KEY": "none", "OPENAI_MAX_CONCURRENCY": "1"}
        run_tool("alpaca_eval", "alpaca_eval", directory, ["toy_run.py"], environment)
    return directory / "results"


if __name__ == "__main__":
    run_alpaca_eval(Path(sys.argv[1]).resolve())
