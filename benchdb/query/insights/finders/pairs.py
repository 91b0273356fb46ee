"""Pairs of models: one ahead of the other on every shared benchmark, or neither ahead of the other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from benchdb.query.insights.contract import Draft, test_of
from benchdb.query.insights.words import listed, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchdb.query.contrasts import Contrast
    from benchdb.query.insights.ground import Entrant, Ground
    from benchdb.rows.leaderboard import BenchmarkColumn

_FEWEST = 2


def find(ground: Ground) -> Iterator[Draft]:
    """Try each pair of models with two or more shared benchmarks.

    Args:
        ground: The cells.
    """
    for first, second in combinations(ground.entrants, 2):
        columns = ground.shared(first, second)
        if len(columns) < _FEWEST:
            continue
        gains = [_gain(ground.difference(first, second, column), column) for column in columns]
        if all(gain <= 0 for gain in gains) and any(gain < 0 for gain in gains):
            yield _pair(ground, second, first, columns)
        else:
            yield _pair(ground, first, second, columns)


def _gain(found: Contrast, column: BenchmarkColumn) -> float:
    return found.difference if column.higher_is_better else -found.difference


def _pair(ground: Ground, first: Entrant, second: Entrant, columns: Sequence[BenchmarkColumn]) -> Draft:
    found = [ground.difference(first, second, column) for column in columns]
    gains = [_gain(each, column) for each, column in zip(found, columns, strict=True)]
    tests = [test_of(each) for each in found]
    told = listed([f"{column.name} {signed(gain, column.unit)}" for gain, column in zip(gains, columns, strict=True)])
    n = len(columns)
    is_ahead = all(gain > 0 for gain in gains)
    if is_ahead:
        close = sum(gain <= each.rounding * (1 + 1e-9) for gain, each in zip(gains, found, strict=True))
        within = (
            f"; {close} of these differences {'is' if close == 1 else 'are'} no more than rounding" if close else ""
        )
        words: str | None = f"{first.name} is ahead of {second.name} on all {n} shared benchmarks: {told}{within}"
    else:
        words = _alike(first, second, gains, found, told, ground.level)
    return Draft(
        kind="ahead" if is_ahead else "alike",
        tests=tests,
        words=words,
        models=[first.slug, second.slug],
        benchmarks=[column.label for column in columns],
        cells=[entrant.cells[column.label] for column in columns for entrant in (first, second)],
        command=ground.command(f"compare '{first.slug}' '{second.slug}'"),
        never_established=not is_ahead,
    )


def _alike(
    first: Entrant, second: Entrant, gains: Sequence[float], found: Sequence[Contrast], told: str, level: float
) -> str | None:
    """Return the words for a pair of which neither is established to be ahead anywhere; None where one is."""
    if any(each.p_value is not None and each.p_value <= 1 - level for each in found):
        return None
    ahead, behind = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    unknown = sum(each.p_value is None for each in found)
    words = f"{first.name} and {second.name} perform alike: ahead on {ahead} and behind on {behind} of {len(gains)} benchmarks ({told})"
    words += ", and no difference is established"
    return f"{words}; for {unknown} no error is known" if unknown else words
