"""How scores change with model size or release date: points, the best so far, and a straight line for each benchmark.

Models whose size or date is unknown are named in the notes. The line is an unweighted least-squares fit over the points
shown; they are not a sample of anything, so its interval speaks of the scatter about the line and of nothing else.
"""

from __future__ import annotations

import math
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import to_cells
from benchdb.rows.trend import TrendFit, TrendPoint, TrendRows
from benchdb.stats.inputs import level_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

_EPOCH = date(1970, 1, 1)
_DAYS_A_YEAR = 365.25
_FEWEST = 3


class Axis(StrEnum):
    """What a trend runs along."""

    PARAMETERS = "parameters"
    """Total parameters of the model, on a logarithmic scale."""
    DATE = "date"
    """First public release of the model."""


_MISSING = {Axis.PARAMETERS: "size", Axis.DATE: "release date"}


def trend(
    connection: Connection,
    filters: Filters,
    *,
    by: Axis | Literal["parameters", "date"] = Axis.PARAMETERS,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> TrendRows:
    """Return scores along model size or release date.

    Grain: one point per (model, variant, benchmark), ordered by benchmark, then along the axis, the better of equal
    places first; one fit per benchmark.

    Args:
        connection: An open connection.
        filters: What the question is about.
        by: The axis.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals.

    Returns:
        Points, fits and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no claim fits the filters, or none is about a model that has a place on the axis.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    axis = Axis(by)
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, item_notes = to_cells(
        connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until
    )
    placed = [cell for cell in cells if place(cell, axis) is not None]
    lacking = sorted({cell.model_name for cell in cells if place(cell, axis) is None})
    if not placed:
        raise EmptyResultError(f"none of these models has a known {_MISSING[axis]}: {listed(lacking)}")
    if lacking:
        notes.append(f"Left out, because the {_MISSING[axis]} is not known: {listed(lacking)}.")
    position = {(column.slug, column.subset): number for number, column in enumerate(table.columns)}
    placed.sort(key=lambda cell: (position[cell.benchmark, cell.subset], *_along(cell, axis)))
    points: list[TrendPoint] = []
    fits: list[TrendFit] = []
    for key, group in groupby(placed, key=lambda cell: position[cell.benchmark, cell.subset]):
        members = list(group)
        points += _points(members, table.columns[key])
        fits.append(_fit(members, table.columns[key], axis, level))
    return TrendRows(
        points=tuple(points),
        fits=tuple(fits),
        by=axis.value,
        policy=policy.value,
        level=level,
        notes=(*policy_notes(table.rows, policy), *notes, *table.notes, *item_notes, *_direction_notes(table.columns)),
    )


def place(cell: Cell, by: Axis) -> float | None:
    """Return a cell's place on the axis: log10 of the parameters, or years since 1970-01-01; None if it is not known.

    Args:
        cell: A model on a benchmark.
        by: The axis.
    """
    if by is Axis.PARAMETERS:
        return None if cell.n_parameters is None else math.log10(cell.n_parameters)
    return None if cell.released_on is None else (cell.released_on - _EPOCH).days / _DAYS_A_YEAR


def _along(cell: Cell, by: Axis) -> tuple[float, float, str, str]:
    better_first = -cell.value if cell.higher_is_better is not False else cell.value
    return (place(cell, by) or 0.0, better_first, cell.model, cell.variant or "")


def _points(cells: Sequence[Cell], column: BenchmarkColumn) -> list[TrendPoint]:
    points = []
    best = None
    sign = -1 if column.higher_is_better is False else 1
    for cell in cells:
        is_record = column.higher_is_better is not None and (best is None or sign * cell.value > sign * best)
        best = cell.value if best is None or is_record else best
        points.append(
            _point(cell, column, cell.value if column.higher_is_better is None else best, is_record=is_record)
        )
    return points


def _point(cell: Cell, column: BenchmarkColumn, best: float, *, is_record: bool) -> TrendPoint:
    return TrendPoint(
        model=cell.model,
        model_name=cell.model_name,
        variant=cell.variant,
        organization=cell.organization,
        family=cell.family,
        benchmark=column.label,
        benchmark_name=cell.benchmark_name,
        metric=cell.metric,
        released_on=cell.released_on,
        n_parameters=cell.n_parameters,
        parameters_label=cell.parameters_label,
        value=cell.value,
        unit=cell.unit,
        higher_is_better=cell.higher_is_better,
        stderr=cell.stderr,
        lower=cell.lower,
        upper=cell.upper,
        evidence=cell.evidence,
        best_so_far=best,
        is_record=is_record,
        score_id=cell.score_id,
        is_approximate=cell.is_approximate,
        source=cell.source_title or cell.source_kind,
        fingerprint=cell.fingerprint,
        protocol=cell.protocol,
    )


def fit_line(
    places: Sequence[float], values: Sequence[float], *, benchmark: tuple[str, str], unit: str | None, level: float
) -> TrendFit:
    """Return the straight line through points; one without a slope where there are too few.

    Args:
        places: Places of the points on the axis.
        values: Their values.
        benchmark: Slug and name of the benchmark.
        unit: Unit of the values.
        level: Coverage of the slope's interval.
    """
    from benchdb.stats.trend import linear_fit

    enough = len(places) >= _FEWEST and min(places) < max(places)
    line = linear_fit(places, values, level=level) if enough else None
    bounds = line.interval if line else None
    verdict = "too few models"
    if bounds is not None:
        verdict = "rising" if bounds.lower > 0 else "falling" if bounds.upper < 0 else "not established"
    return TrendFit(
        benchmark=benchmark[0],
        benchmark_name=benchmark[1],
        unit=unit,
        n_models=len(places),
        slope=line.slope if line else None,
        slope_stderr=line.stderr if line else None,
        lower=bounds.lower if bounds else None,
        upper=bounds.upper if bounds else None,
        intercept=line.intercept if line else None,
        r_squared=line.r2 if line else None,
        verdict=verdict,
        centre=line.centre if line else None,
        centre_stderr=line.centre_stderr if line else None,
        level=level,
    )


def _fit(cells: Sequence[Cell], column: BenchmarkColumn, by: Axis, level: float) -> TrendFit:
    places = [found for cell in cells if (found := place(cell, by)) is not None]
    values = [cell.value for cell in cells]
    return fit_line(places, values, benchmark=(column.label, column.name), unit=column.unit, level=level)


def _direction_notes(columns: Sequence[BenchmarkColumn]) -> list[str]:
    undirected = [column.label for column in columns if column.higher_is_better is None]
    if not undirected:
        return []
    return [f"No best so far, because the metric has no known direction: {listed(undirected)}."]
