"""Which models nothing beats in score and size: the Pareto front of score against total and active parameters.

A model beats another if it is at least as good on every benchmark in question and at least as small in every size in
question, and better or smaller in one of them. Equal models do not beat each other. A model whose size is not known is in no
front and is named in the notes; a model without a stated number of active parameters is never taken for a dense one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Literal, get_args

from benchdb.errors import ConfigError, EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.frontier import compared
from benchdb.query.policies import Policy
from benchdb.query.trend import fit_line
from benchdb.query.uncertainty import to_cells
from benchdb.rows.frontier import ParetoPoint, ParetoRows
from benchdb.stats.inputs import level_problem
from benchdb.stats.intervals import normal_quantile
from benchdb.stats.trend import pareto_front

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell
    from benchdb.rows.trend import TrendFit

Size = Literal["total", "active", "both"]
"""Which size counts."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A model with its cells on the benchmarks of one front, and its sizes."""

    cells: tuple[Cell, ...]
    sizes: tuple[int, ...]

    def gains(self) -> tuple[float, ...]:
        return tuple(cell.value if cell.higher_is_better else -cell.value for cell in self.cells)

    def point(self) -> tuple[float, ...]:
        return (*self.gains(), *(-size for size in self.sizes))

    def order(self) -> tuple[object, ...]:
        return (self.sizes, tuple(-gain for gain in self.gains()), self.cells[0].model, self.cells[0].variant or "")


def pareto(
    connection: Connection,
    filters: Filters,
    *,
    size: Size = "total",
    jointly: bool = False,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> ParetoRows:
    """Return each model with whether any other beats it in score and size.

    Grain: one row per (benchmark, model, variant), by benchmark, size and score; with `jointly` one per (model, variant).

    Args:
        connection: An open connection.
        filters: What the question is about.
        size: total parameters, active ones, or both at once.
        jointly: One front over all benchmarks at once, of the models that have them all, instead of one for each.
        policy: Which of several claims a cell shows.
        level: Coverage of the comparison behind each verdict.

    Returns:
        Points and notes. An unknown name is an `UnknownNameError`.

    Raises:
        ConfigError: If the size is another one.
        EmptyResultError: If no model in question has the scores and a known size.
        StatisticsInputError: If the level is out of range.
    """
    if size not in get_args(Size):
        raise ConfigError(f'size = "{size}": a front is over {", ".join(get_args(Size))} parameters')
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    cells, item_notes = to_cells(
        connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until
    )
    columns = [column for column in table.columns if column.higher_is_better is not None]
    fronts = ([columns] if columns else []) if jointly else [[column] for column in columns]
    quantile = normal_quantile(level)
    entries = [_entries(cells, front, size) for front in fronts]
    points = [
        point for front, members in zip(fronts, entries, strict=True) for point in _points(members, front, quantile)
    ]
    sized = {cell.model_name for cell in cells if _sizes(cell, size)}
    unsized = sorted({cell.model_name for cell in cells} - sized)
    if not points and jointly and sized:
        raise EmptyResultError(
            f"no model of known size has a score on all {len(columns)} benchmarks; name fewer with -b, or a suite"
        )
    if not points:
        raise EmptyResultError(f"no model has these scores and a known {_WORDS[size]}; unknown for: {listed(unsized)}")
    if unsized:
        notes.append(f"Left out, because the {_WORDS[size]} is not known: {listed(unsized)}.")
    if jointly and (lacking := sorted(sized - {point.model_name for point in points})):
        notes.append(
            f"Left out, because a score on one of the {len(columns)} benchmarks is missing: {listed(lacking)}."
        )
    undirected = [column.label for column in table.columns if column.higher_is_better is None]
    notes += [f"Left out, because the metric has no known direction: {listed(undirected)}."] if undirected else []
    return ParetoRows(
        points=tuple(points),
        fits=() if jointly or size == "both" else _fits(fronts, entries, level),
        unsized=tuple(unsized),
        size=size,
        level=level,
        policy=policy.value,
        notes=(*policy_notes(table.rows, policy), *notes, *table.notes, *item_notes),
    )


_WORDS = {
    "total": "number of parameters",
    "active": "number of active parameters",
    "both": "number of total and active parameters",
}


def _sizes(cell: Cell, size: Size) -> tuple[int, ...]:
    wanted = {"total": (cell.n_parameters,), "active": (cell.n_active_parameters,)}.get(
        size, (cell.n_parameters, cell.n_active_parameters)
    )
    known = tuple(each for each in wanted if each is not None)
    return known if len(known) == len(wanted) else ()


def _entries(cells: Sequence[Cell], columns: Sequence[BenchmarkColumn], size: Size) -> list[_Entry]:
    position = {(column.slug, column.subset): number for number, column in enumerate(columns)}
    inside = [cell for cell in cells if (cell.benchmark, cell.subset) in position and _sizes(cell, size)]
    inside.sort(key=lambda cell: (cell.model, cell.variant or "", position[cell.benchmark, cell.subset]))
    found = [tuple(group) for _, group in groupby(inside, key=lambda cell: (cell.model, cell.variant))]
    entries = [_Entry(members, _sizes(members[0], size)) for members in found if len(members) == len(columns)]
    return sorted(entries, key=_Entry.order)


def _points(entries: Sequence[_Entry], columns: Sequence[BenchmarkColumn], quantile: float) -> list[ParetoPoint]:
    points = [entry.point() for entry in entries]
    front = set(pareto_front(points, [True] * len(points[0]))) if points else set()
    best_first = sorted(
        front, key=lambda place: (tuple(-gain for gain in entries[place].gains()), entries[place].order())
    )
    found = []
    for place, entry in enumerate(entries):
        beater = None
        if place not in front:
            beater = next(entries[other] for other in best_first if _beats(points[other], points[place]))
        found.append(_point(entry, columns, beater, quantile))
    return found


def _fits(
    fronts: Sequence[Sequence[BenchmarkColumn]], entries: Sequence[Sequence[_Entry]], level: float
) -> tuple[TrendFit, ...]:
    """Return the line of each benchmark's scores over log10 of the size that counts."""
    return tuple(
        fit_line(
            [math.log10(entry.sizes[0]) for entry in members],
            [entry.cells[0].value for entry in members],
            benchmark=(column.label, column.name),
            unit=column.unit,
            level=level,
        )
        for (column,), members in zip(fronts, entries, strict=True)
        if members
    )


def _beats(first: Sequence[float], second: Sequence[float]) -> bool:
    return all(a >= b for a, b in zip(first, second, strict=True)) and tuple(first) != tuple(second)


def _point(entry: _Entry, columns: Sequence[BenchmarkColumn], beater: _Entry | None, quantile: float) -> ParetoPoint:
    cell = entry.cells[0]
    alone = len(columns) == 1
    return ParetoPoint(
        benchmark=" + ".join(column.label for column in columns),
        benchmark_name=" + ".join(column.name for column in columns),
        model=cell.model,
        model_name=cell.model_name,
        variant=cell.variant,
        organization=cell.organization,
        n_parameters=cell.n_parameters,
        n_active_parameters=cell.n_active_parameters,
        value=cell.value if alone else None,
        unit=cell.unit if alone else None,
        stderr=cell.stderr if alone else None,
        evidence=cell.evidence if alone else None,
        is_on_front=beater is None,
        beaten_by=beater.cells[0].model if beater else None,
        beaten_by_variant=beater.cells[0].variant if beater else None,
        verdict=_verdict(beater, entry, quantile) if beater else None,
        metric=cell.metric if alone else None,
        higher_is_better=cell.higher_is_better if alone else None,
        lower=cell.lower if alone else None,
        upper=cell.upper if alone else None,
        source_title=cell.source_title if alone else None,
        score_id=cell.score_id if alone else None,
        protocol=cell.protocol if alone else None,
    )


def _verdict(better: _Entry, entry: _Entry, quantile: float) -> str:
    """Return the best verdict over the benchmarks: one established lead is enough, since none is worse."""
    verdicts = {compared(first, second, quantile)[1] for first, second in zip(better.cells, entry.cells, strict=True)}
    return next(word for word in ("established", "unknown", "not established", "equal") if word in verdicts)
