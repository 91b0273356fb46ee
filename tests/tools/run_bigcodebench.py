"""Run the real BigCodeBench on toy problems: it asks a stub model for code, cleans it, runs it and judges it, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.environments import needs, run_tool
from tests.tools.stub_server import stub_server

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_bigcodebench = needs("bigcodebench", "bigcodebench")
"""Skips a test where BigCodeBench is not installed."""
MODEL = "example-org/toy-coder"
ANSWERS = {
    "median": (
        "import statistics\n\ndef task_func(numbers):\n",
        ["return statistics.median(numbers) if numbers else 0", "return statistics.median(numbers)"],
    ),
    "occurs": ("import collections\n\ndef task_func(words):\n", ["return dict(collections.Counter(words))"] * 2),
}
"""The head of each function and its bodies in turn, by a part of the prompt."""


def answer(prompt: str, n: int) -> Sequence[str]:
    """Return functions in Markdown, as a model writes them.

    Args:
        prompt: What BigCodeBench asks.
        n: How many.
    """
    ((head, bodies),) = (found for part, found in ANSWERS.items() if part in prompt)
    return [f"Here it is:\n```python\n{head}    {bodies[index % len(bodies)]}\n```\n" for index in range(n)]


def run_bigcodebench(directory: Path) -> dict[str, Path]:
    """Return the results by name: two attempts under the instruct prompt, and one, greedily, at the hard set under the complete one.

    Args:
        directory: An empty directory.
    """
    environment = {"BIGCODEBENCH_OVERRIDE_PATH": str(directory / "problems.jsonl")}
    runs = {
        "instruct": ["instruct", "full", "--n_samples", "2", "--temperature", "0.5", "--pass_k", "1,2"],
        "complete": ["complete", "hard", "--greedy", "--pass_k", "1,2"],
    }
    with stub_server(answer) as address:
        for split, subset, *options in runs.values():
            asks = [
                "--model",
                MODEL,
                "--backend",
                "openai",
                "--base_url",
                address,
                "--execution",
                "local",
                "--parallel",
                "2",
            ]
            command = ["-m", "bigcodebench.evaluate", "--split", split, "--subset", subset, *asks, *options]
            run_tool("bigcodebench", "bigcodebench", directory, command, environment)
    found = {name: next(directory.glob(f"bcb_results/*-{name}--*_eval_results.json")) for name in runs}
    assert all(path.is_file() for path in found.values())
    return found


if __name__ == "__main__":
    run_bigcodebench(Path(sys.argv[1]).resolve())
