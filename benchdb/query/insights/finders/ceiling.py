"""Benchmarks near their ceiling: little is left between the best model and full marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.insights.contract import Draft
from benchdb.query.insights.words import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.query.insights.ground import Ground

_FULL = {"percent": 100.0, "fraction": 1.0}
_LEFT = 0.05


def find(ground: Ground) -> Iterator[Draft]:
    """Try each benchmark in percent or fractions whose higher values are better: is its best within a twentieth of full marks?

    Args:
        ground: The cells.
    """
    for column in ground.columns:
        full = _FULL.get(column.unit or "")
        held = [entrant for entrant in ground.entrants if column.label in entrant.cells]
        if full is None or column.higher_is_better is not True or not held:
            continue
        best = max(held, key=lambda each: (each.cells[column.label].value, each.slug))
        cell = best.cells[column.label]
        left = full - cell.value
        words = None
        if left <= _LEFT * full:
            near = sum(full - each.cells[column.label].value <= 2 * _LEFT * full for each in held)
            reach = "unknown" if cell.upper is None else number(cell.upper, column.unit)
            words = (
                f"{column.name} is near its ceiling: the best of {len(held)} models, {best.name}, has {number(cell.value, column.unit)} "
                f"(interval up to {reach}), {number(left, column.unit)} below full marks, and {near} lie within {number(2 * _LEFT * full, column.unit)}"
            )
        yield Draft(
            kind="ceiling",
            words=words,
            models=[best.slug],
            benchmarks=[column.label],
            cells=[cell],
            command=ground.command("leaderboard", benchmarks=[column.slug]),
        )
