"""benchdb's side: the comparison of all pairs of models on shared items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(database: str) -> Callable[[], Any]:
    """Return the action: ask an open database; all code is loaded by asking about two models."""
    import benchdb

    db = benchdb.connect(database, read_only=True)
    db.compare("model-0", "model-1", benchmarks=["benchmark"])
    return lambda: db.compare(all_pairs=True, benchmarks=["benchmark"])


def answer(comparison: Any) -> dict[str, list[float]]:
    """Return both accuracies and the error of each pair, as fractions, with the peer's divisor: the number of items."""
    found = {}
    for row in comparison.rows:
        if row.benchmark is None:
            continue
        scale = 100.0 if row.unit == "percent" else 1.0
        error = (row.stderr or 0.0) * ((row.n_items - 1) / row.n_items) ** 0.5
        sides = [(row.model_a, row.value_a / scale), (row.model_b, row.value_b / scale)]
        (first, value), (second, other) = sorted(sides)
        found[f"{first} {second}"] = [value, other, error / scale]
    return found
