"""Columns: which metric a benchmark is shown with, which parts are left out beside their whole, and what all models have."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.query.tables import BENCHMARK
from benchdb.rows.leaderboard import BenchmarkColumn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.filters import Scope

_column = attrgetter("benchmark", "subset")
_metric = attrgetter("benchmark", "subset", "metric", "metric_id", "main_metric_id")
_unit = attrgetter("benchmark", "subset", "unit")
MOST_LISTED = 5
"""Most names that a note lists."""


@dataclass(frozen=True, slots=True)
class Table:
    """Cells arranged in columns."""

    rows: list[Chosen]
    """The cells kept: one metric for each (benchmark, subset)."""
    columns: list[BenchmarkColumn]
    """The columns, in the order asked for, else by name."""
    notes: list[str]
    """What was chosen and left out."""


def listed(names: Iterable[str]) -> str:
    """Return names as a phrase, at most `MOST_LISTED` of them.

    Args:
        names: Any names.
    """
    everything = list(names)
    shown = ", ".join(everything[:MOST_LISTED])
    more = len(everything) - MOST_LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def arrange(connection: Connection, rows: Sequence[Chosen], scope: Scope) -> Table:
    """Return cells arranged in columns: parts without their whole, one metric each.

    Args:
        connection: An open connection.
        rows: Chosen claims.
        scope: What the question is about.
    """
    kept, notes = _without_parts(connection, rows, scope)
    kept, more = _without_subsets(kept, scope)
    notes += more
    kept, more = _one_metric(kept)
    notes += more
    position = {key: number for number, key in enumerate(scope.benchmark_ids)}
    last = len(position)
    first_of: dict[tuple[str, str], Chosen] = {_column(row): row for row in reversed(kept)}
    counts = Counter(map(_column, kept))
    ordered = sorted(
        first_of.values(),
        key=lambda row: (
            position.get(row.benchmark_id, last),
            row.benchmark_name.casefold(),
            row.benchmark,
            row.subset,
        ),
    )
    columns = [
        BenchmarkColumn(
            slug=row.benchmark,
            name=row.benchmark_name,
            subset=row.subset,
            metric=row.metric,
            metric_name=row.metric_name,
            unit=row.unit,
            higher_is_better=row.higher_is_better,
            n_models=counts[row.benchmark, row.subset],
        )
        for row in ordered
    ]
    return Table(kept, columns, notes)


def widest(table: Table, most: int | None) -> Table:
    """Return the table with at most so many columns, those with the most models, in the order they stood.

    Args:
        table: Cells arranged in columns.
        most: Columns to keep; None keeps all.
    """
    if most is None or len(table.columns) <= most:
        return table
    by_models = sorted(range(len(table.columns)), key=lambda place: (-table.columns[place].n_models, place))
    columns = [table.columns[place] for place in sorted(by_models[:most])]
    kept = {(column.slug, column.subset) for column in columns}
    rows = [row for row in table.rows if (row.benchmark, row.subset) in kept]
    note = f"Shown are the {most} of {len(table.columns)} benchmarks that most models have; name others with -b, or a suite."
    return Table(rows, columns, [*table.notes, note])


def common_columns(columns: Sequence[BenchmarkColumn], n_models: int) -> tuple[list[BenchmarkColumn], list[str]]:
    """Return the columns a mean may be over: those all models have, of one unit and one known direction; and notes.

    Of several units or directions the one with most columns is taken, then percent, then the first by name.

    Args:
        columns: The columns of the table.
        n_models: Models (and variants) in the table.
    """
    notes = []
    undirected = [column.label for column in columns if column.higher_is_better is None]
    if undirected:
        notes.append(f"Not ranked, because the metric has no known direction: {listed(undirected)}.")
    groups: dict[tuple[str, bool], list[BenchmarkColumn]] = defaultdict(list)
    for column in columns:
        if column.n_models == n_models and column.higher_is_better is not None:
            groups[column.unit or "", column.higher_is_better].append(column)
    if not groups:
        return [], notes
    best = min(groups, key=lambda key: (-len(groups[key]), key[0] != "percent", key[0], not key[1]))
    others = [column.label for key, group in groups.items() if key != best for column in group]
    if others:
        notes.append(f"Not in the mean, because their unit or direction is another one: {listed(others)}.")
    return groups[best], notes


def _without_parts(connection: Connection, rows: Sequence[Chosen], scope: Scope) -> tuple[list[Chosen], list[str]]:
    shown = {row.benchmark_id for row in rows}
    if scope.is_narrow or len(shown) < 2 or all(row.parent_id is None for row in rows):
        return list(rows), []
    statement = select(BENCHMARK.c.benchmark_id, BENCHMARK.c.parent_id).where(BENCHMARK.c.parent_id.is_not(None))
    parents: dict[int, int] = {row[0]: row[1] for row in connection.execute(statement)}
    parts = {key for key in shown if shown & _ancestors(key, parents)}
    if not parts:
        return list(rows), []
    left_out = sorted({row.benchmark for row in rows if row.benchmark_id in parts})
    note = f"Parts of a benchmark that is shown are left out; name them to see them: {listed(left_out)}."
    return [row for row in rows if row.benchmark_id not in parts], [note]


def _ancestors(key: int, parents: Mapping[int, int]) -> set[int]:
    found: set[int] = set()
    above = parents.get(key)
    while above is not None and above not in found:
        found.add(above)
        above = parents.get(above)
    return found - {key}


def _without_subsets(rows: Sequence[Chosen], scope: Scope) -> tuple[list[Chosen], list[str]]:
    columns = set(map(_column, rows))
    whole = {benchmark for benchmark, subset in columns if not subset}
    left_out = sorted({benchmark for benchmark, subset in columns if subset and benchmark in whole})
    if scope.filters.subsets or not left_out:
        return list(rows), []
    note = f"Subsets are left out where the whole benchmark is shown: {listed(left_out)}."
    return [row for row in rows if not row.subset or row.benchmark not in whole], [note]


def _one_metric(rows: Sequence[Chosen]) -> tuple[list[Chosen], list[str]]:
    metrics: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    main: dict[tuple[str, str], str] = {}
    for (benchmark, subset, metric, key, main_key), count in Counter(map(_metric, rows)).items():
        metrics[benchmark, subset][metric] += count
        if key == main_key:
            main[benchmark, subset] = metric
    chosen = {
        key: main.get(key) or min(counts, key=lambda name: (-counts[name], name)) for key, counts in metrics.items()
    }
    several = {key for key, counts in metrics.items() if len(counts) > 1}
    kept = [row for row in rows if chosen[_column(row)] == row.metric] if several else list(rows)
    kept, unit_notes = _one_unit(kept)
    return kept, [*_metric_notes(rows, kept, several), *unit_notes]


def _metric_notes(rows: Sequence[Chosen], kept: Sequence[Chosen], several: Collection[tuple[str, str]]) -> list[str]:
    if not several:
        return []
    shown = sorted({f"{row.benchmark}: {row.metric}" for row in kept if (row.benchmark, row.subset) in several})
    notes = [
        f"Several metrics are known; shown is the benchmark's own, else the one most models have: {listed(shown)}."
    ]
    models = {(row.model, row.variant) for row in kept}
    hidden = sorted({row.model for row in rows if (row.model, row.variant) not in models})
    if hidden:
        notes.append(f"Models with other metrics only are not shown: {listed(hidden)}.")
    return notes


def _one_unit(rows: Sequence[Chosen]) -> tuple[list[Chosen], list[str]]:
    """Keep the unit that most models have in each column; only a metric without a unit of its own can have several."""
    units: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (benchmark, subset, unit), count in Counter(map(_unit, rows)).items():
        units[benchmark, subset][unit or ""] += count
    if all(len(counts) == 1 for counts in units.values()):
        return list(rows), []
    shown = {key: min(counts, key=lambda unit: (-counts[unit], unit)) for key, counts in units.items()}
    kept = [row for row in rows if shown[_column(row)] == (row.unit or "")]
    mixed = sorted({benchmark for (benchmark, _), counts in units.items() if len(counts) > 1})
    return kept, [f"Values in another unit than most of their column are left out: {listed(mixed)}."]
