"""Benchmarks on which every model has its highest score, or its lowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.contrasts import contrast
from benchdb.query.insights.contract import Draft, test_of
from benchdb.query.insights.words import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.query.insights.ground import Entrant, Ground
    from benchdb.rows.leaderboard import BenchmarkColumn


def find(ground: Ground) -> Iterator[Draft]:
    """Try each benchmark that all models have as everybody's highest and as everybody's lowest.

    Args:
        ground: The cells.
    """
    columns = ground.common()
    if len(columns) < 2 or len(ground.entrants) < 2:
        return
    for column in columns:
        for kind, sign in (("highest", 1.0), ("lowest", -1.0)):
            yield _try(ground, column, columns, kind, sign)


def _try(ground: Ground, column: BenchmarkColumn, columns: list[BenchmarkColumn], kind: str, sign: float) -> Draft:
    tests, leads, clear, cells = [], [], [], []
    for entrant in ground.entrants:
        cell = entrant.cells[column.label]
        nearest = _nearest(entrant, column, columns, sign)
        found = contrast(cell, entrant.cells[nearest.label], None, ground.level)
        tests.append(test_of(found))
        leads.append(sign * found.difference)
        clear.append(leads[-1] > found.rounding)
        cells.append(cell)
    values = sorted(cell.value for cell in cells)
    n = len(cells)
    words = None
    if all(clear):
        words = (
            f"{column.name} is the {kind} score of all {n} models, from {number(values[0], column.unit)} to {number(values[-1], column.unit)}; "
            f"the {'second' if sign > 0 else 'next'} is {number(min(leads), column.unit)} to {number(max(leads), column.unit)} "
            f"{'lower' if sign > 0 else 'higher'}"
        )
    return Draft(
        kind=kind,
        tests=tests,
        words=words,
        models=[entrant.slug for entrant in ground.entrants],
        benchmarks=[column.label],
        cells=cells,
        command=ground.command("leaderboard"),
    )


def _nearest(entrant: Entrant, column: BenchmarkColumn, columns: list[BenchmarkColumn], sign: float) -> BenchmarkColumn:
    others = [each for each in columns if each is not column]
    return max(others, key=lambda each: sign * entrant.cells[each.label].value)
