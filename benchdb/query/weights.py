"""Weights and categories of the benchmarks in a leaderboard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.errors import StatisticsInputError
from benchdb.query.names import resolve_names
from benchdb.query.tables import BENCHMARK
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.rows.leaderboard import BenchmarkColumn


def weights_of(
    connection: Connection, weights: Mapping[str, float], columns: Sequence[BenchmarkColumn]
) -> dict[str, float]:
    """Return weights by the slug of the benchmark.

    Args:
        connection: An open connection.
        weights: Weight by name, slug or alias; above 0.
        columns: The benchmarks shown.

    Raises:
        StatisticsInputError: If a weight is not above 0, or its benchmark is not shown.
    """
    if not weights:
        return {}
    for name, weight in weights.items():
        if not (math.isfinite(weight) and weight > 0):
            message = f"weight of {name}: expected a number above 0, found {weight!r}; leave a benchmark out by its name instead"
            raise StatisticsInputError(message)
    kind = EntityKind.BENCHMARK.value
    keys = resolve_names(connection, {kind: tuple(weights)})[kind]
    statement = select(BENCHMARK.c.benchmark_id, BENCHMARK.c.slug).where(BENCHMARK.c.benchmark_id.in_(keys))
    slugs = {row[0]: row[1] for row in connection.execute(statement)}
    found = {slugs[key]: weight for key, weight in zip(keys, weights.values(), strict=True)}
    absent = sorted(set(found) - {column.slug for column in columns})
    if absent:
        message = (
            f"weight of {', '.join(absent)}: this benchmark is not in the table; name it with -b, or drop its weight"
        )
        raise StatisticsInputError(message)
    return found


def categories_of(connection: Connection, columns: Sequence[BenchmarkColumn]) -> dict[str, str | None]:
    """Return the category of each benchmark by its slug, as the catalogue knows it.

    Args:
        connection: An open connection.
        columns: The benchmarks shown.
    """
    slugs = sorted({column.slug for column in columns})
    statement = select(BENCHMARK.c.slug, BENCHMARK.c.category).where(BENCHMARK.c.slug.in_(slugs))
    return {row[0]: row[1] for row in connection.execute(statement)}
