"""Ranks that depend on one benchmark: leaving it out of the mean changes the order of two models."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from benchdb.query.insights.contract import Draft
from benchdb.query.insights.words import listed, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchdb.query.insights.ground import Entrant, Ground
    from benchdb.rows.leaderboard import BenchmarkColumn

_FEWEST = 3
_MOST_PAIRS = 3
_SAME = 1e-9


def find(ground: Ground) -> Iterator[Draft]:
    """Try to leave out each of three or more benchmarks that all models have.

    Args:
        ground: The cells.
    """
    columns = ground.common()
    if len(columns) < _FEWEST or len(ground.entrants) < 2:
        return
    whole = {entrant.slug: _mean(entrant, columns) for entrant in ground.entrants}
    for column in columns:
        rest = [each for each in columns if each is not column]
        means = {entrant.slug: _mean(entrant, rest) for entrant in ground.entrants}
        turned = [
            pair
            for pair in combinations(ground.entrants, 2)
            if _turns(whole[pair[0].slug] - whole[pair[1].slug], means[pair[0].slug] - means[pair[1].slug])
        ]
        yield _draft(ground, column, turned, whole, means)


def _turns(before: float, after: float) -> bool:
    return (before > _SAME and after < -_SAME) or (before < -_SAME and after > _SAME)


def _mean(entrant: Entrant, columns: Sequence[BenchmarkColumn]) -> float:
    return math.fsum(entrant.cells[column.label].value for column in columns) / len(columns)


def _draft(
    ground: Ground,
    column: BenchmarkColumn,
    turned: Sequence[tuple[Entrant, Entrant]],
    whole: dict[str, float],
    means: dict[str, float],
) -> Draft:
    words = None
    if turned:
        told = []
        for pair in turned[:_MOST_PAIRS]:
            first, second = sorted(pair, key=lambda each: -whole[each.slug])
            told.append(
                f"{first.name} above {second.name} ({number(whole[first.slug], column.unit)} and {number(whole[second.slug], column.unit)}; "
                f"without it {number(means[first.slug], column.unit)} and {number(means[second.slug], column.unit)})"
            )
        more = f" and {len(turned) - _MOST_PAIRS} more pairs" if len(turned) > _MOST_PAIRS else ""
        words = f"{column.name} alone puts {listed(told)}{more} in the mean of all benchmarks"
    involved = {entrant.slug: entrant for pair in turned for entrant in pair}
    return Draft(
        kind="dependence",
        words=words,
        models=list(involved),
        benchmarks=[column.label],
        cells=[entrant.cells[column.label] for entrant in involved.values()],
        command=ground.command("leaderboard"),
    )
