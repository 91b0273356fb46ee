"""Run the real EvalPlus on toy problems: it asks a stub model for code, cleans it, runs it and judges it, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.environments import needs, run_tool
from tests.tools.stub_server import stub_server

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_evalplus = needs("evalplus", "evalplus")
"""Skips a test where EvalPlus is not installed."""
MODEL = "example-org/toy-coder"
ANSWERS = {
    "def double(": ["return 2 * number", "return number * number", "return number + number", "return 2"],
    "def longest(": ["return max(words, key=len)", "return words[0]"]
    + ["return max(words, key=len, default=None)"] * 2,
    "def is_even(": ["return number % 2 == 0", "return number % 2 == 0", "return number == 4", "return not number & 1"],
    "def triple(": ["return 3 * number"],
    "def last(": ["return items[-1]"],
}
"""Bodies of the functions that the model writes, by a part of the prompt; in turn for several attempts."""


def answer(prompt: str, n: int) -> Sequence[str]:
    """Return functions in Markdown, as a model writes them.

    Args:
        prompt: What EvalPlus asks, which holds the head of the function.
        n: How many.
    """
    (bodies,) = (found for part, found in ANSWERS.items() if part in prompt)
    head = next(line for line in prompt.splitlines() if line.startswith("def "))
    return [f"Here it is:\n```python\n{head}\n    {bodies[index % len(bodies)]}\n```\n" for index in range(n)]


def run_evalplus(directory: Path) -> dict[str, Path]:
    """Return the results by name: HumanEval+ with four attempts, its raw answers, and MBPP+ with one, greedily.

    Args:
        directory: An empty directory.
    """
    environment = {
        "HUMANEVAL_OVERRIDE_PATH": str(directory / "humaneval.jsonl"),
        "MBPP_OVERRIDE_PATH": str(directory / "mbpp.jsonl"),
        "EVALPLUS_MAX_MEMORY_BYTES": "-1",
    }
    with stub_server(answer) as address:
        asks = ["--model", MODEL, "--backend", "openai", "--base-url", address, "--parallel", "2"]
        for arguments in (
            ["humaneval", *asks, "--n-samples", "4", "--temperature", "0.8"],
            ["humaneval", "--samples", f"{_stem('humaneval', '0.8')}.raw.jsonl", "--parallel", "2"],
            ["mbpp", *asks, "--greedy"],
        ):
            run_tool("evalplus", "evalplus", directory, ["-m", "evalplus.evaluate", *arguments], environment)
    found = {
        "humaneval": directory / f"{_stem('humaneval', '0.8')}_eval_results.json",
        "raw": directory / f"{_stem('humaneval', '0.8')}.raw_eval_results.json",
        "mbpp": directory / f"{_stem('mbpp', '0.0')}_eval_results.json",
    }
    assert all(path.is_file() for path in found.values()), sorted(directory.rglob("*"))
    return found


def _stem(dataset: str, temperature: str) -> str:
    return f"evalplus_results/{dataset}/{MODEL.replace('/', '--')}_openai_temp_{temperature}"


if __name__ == "__main__":
    run_evalplus(Path(sys.argv[1]).resolve())
