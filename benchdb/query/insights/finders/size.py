"""What size does within a family: its largest model beside its smallest."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from benchdb.query.contrasts import overall
from benchdb.query.insights.contract import Draft, test_of
from benchdb.query.insights.words import listed, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.query.insights.ground import Entrant, Ground


def find(ground: Ground) -> Iterator[Draft]:
    """Try each family with models of two known sizes that share a benchmark.

    Args:
        ground: The cells.
    """
    families: dict[str, list[Entrant]] = defaultdict(list)
    for entrant in ground.entrants:
        if entrant.family and entrant.size:
            families[entrant.family].append(entrant)
    for family, members in sorted(families.items()):
        small = min(members, key=lambda each: (each.size or 0, each.slug))
        large = max(members, key=lambda each: (each.size or 0, each.slug))
        if small.size != large.size and ground.shared(large, small):
            yield _family(ground, family, large, small)


def _family(ground: Ground, family: str, large: Entrant, small: Entrant) -> Draft:
    columns = ground.shared(large, small)
    found = [ground.difference(large, small, column) for column in columns]
    gains = [
        each.difference if column.higher_is_better else -each.difference
        for each, column in zip(found, columns, strict=True)
    ]
    told = listed([f"{column.name} {signed(gain, column.unit)}" for gain, column in zip(gains, columns, strict=True)])
    words = (
        f"In the family {family} the largest model, {large.name}, is ahead of the smallest, {small.name}, on "
        f"{sum(gain > 0 for gain in gains)} of {len(columns)} benchmarks: {told}"
    )
    units = {(column.unit, column.higher_is_better) for column in columns}
    tests = [test_of(each) for each in found]
    if len(units) == 1 and len(columns) > 1:
        mean = overall(found, ground.level)
        words += f"; {signed(sum(gains) / len(gains), columns[0].unit)} in the mean"
        tests = tests if mean.p_value is None else [test_of(mean)]
    return Draft(
        kind="size",
        tests=tests,
        words=words,
        models=[large.slug, small.slug],
        benchmarks=[column.label for column in columns],
        cells=[entrant.cells[column.label] for column in columns for entrant in (large, small)],
        command=ground.command(f"compare '{large.slug}' '{small.slug}'"),
    )
