"""Benchmarks on which the models lie furthest apart, and closest together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchdb.query.insights.contract import Draft, Test
from benchdb.query.insights.words import listed, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.query.insights.ground import Ground
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell


def find(ground: Ground) -> Iterator[Draft]:
    """Try the widest and the narrowest of the benchmarks that all models have.

    Args:
        ground: The cells.
    """
    columns = ground.common()
    if len(columns) < 2 or len(ground.entrants) < 2:
        return
    spreads = [(_spread(ground, column), column) for column in columns]
    spreads.sort(key=lambda pair: (-pair[0], pair[1].label))
    everything = listed([f"{column.name} {number(spread, column.unit)}" for spread, column in spreads])
    for word, (spread, column) in (("furthest apart", spreads[0]), ("closest together", spreads[-1])):
        cells = sorted((entrant.cells[column.label] for entrant in ground.entrants), key=lambda cell: cell.value)
        test = range_test(cells)
        words = (
            f"The models lie {word} on {column.name}: {number(spread, column.unit)} from {number(cells[0].value, column.unit)} to "
            f"{number(cells[-1].value, column.unit)}{_against_noise(test)}; spreads are {everything}"
        )
        yield Draft(
            kind="spread",
            tests=[test],
            words=words,
            models=[entrant.slug for entrant in ground.entrants],
            benchmarks=[each.label for _, each in spreads],
            cells=cells,
            command=ground.command("leaderboard"),
        )


def _spread(ground: Ground, column: BenchmarkColumn) -> float:
    values = [entrant.cells[column.label].value for entrant in ground.entrants]
    return max(values) - min(values)


def _against_noise(test: Test) -> str:
    if test.standard_errors is None:
        return " (no error is known)"
    return f" ({test.standard_errors:.1f} standard errors of a difference)"


def range_test(cells: list[Cell]) -> Test:
    """Return whether the range of the values is more than models of equal skill would show.

    The range over the root mean square of the standard errors is compared with the studentized range of as many independent normal
    values (Tukey 1949); shared items make it cautious.

    Args:
        cells: Two or more cells of one benchmark, from the least value to the greatest.
    """
    effect = cells[-1].value - cells[0].value
    errors = [cell.stderr for cell in cells if cell.stderr]
    if len(errors) < len(cells):
        return Test(effect=effect, stderr=None, p_value=None)
    typical = math.sqrt(math.fsum(error * error for error in errors) / len(errors))
    from scipy.stats import studentized_range

    p_value = float(studentized_range.sf(effect / typical, len(cells), math.inf))
    return Test(effect=effect, stderr=math.hypot(cells[0].stderr or 0.0, cells[-1].stderr or 0.0), p_value=p_value)
