"""Run the real EvalScope on toy data sets against a stub model, offline."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.tools.environments import needs, run_tool
from tests.tools.stub_server import stub_server

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_evalscope = needs("evalscope", "evalscope")
"""Skips a test where EvalScope is not installed."""
ANSWERS = {
    "Paris?": ["A"], "Vienna?": ["B", "A", "B"], "Dresden?": ["A"], "in Rome?": ["A", "B", "B"],
    "cat sit": ["the cat sat on a mat"], "dog do": ["it slept"],
}  # fmt: skip
"""What the model answers, by a part of the prompt; in turn where it is asked again."""


def run_evalscope(directory: Path) -> dict[str, Path]:
    """Return the work folders: "once" has a quiz of two subsets and questions, "twice" two attempts at two items of each subset.

    Args:
        directory: An empty directory.
    """
    asked: Counter[str] = Counter()

    def answer(prompt: str, n: int) -> Sequence[str]:
        (part,) = (part for part in ANSWERS if part in prompt)
        asked[part] += 1
        found = ANSWERS[part][(asked[part] - 1) % len(ANSWERS[part])]
        return [f"答案：{found}\nANSWER: {found}" if len(found) == 1 else found] * n

    with stub_server(answer) as address:
        run_tool("evalscope", "evalscope", directory, ["toy_tasks.py", address])
    return {name: next((directory / name).iterdir()) for name in ("once", "twice")}


if __name__ == "__main__":
    run_evalscope(Path(sys.argv[1]).resolve())
