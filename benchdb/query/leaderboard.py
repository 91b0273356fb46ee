"""Which model is best: models by benchmarks, with a mean over what all have, ranks, and the ranks the noise allows.

The mean is over the benchmarks that every shown model has, with one unit and one direction; a missing score is never
zero. Its error is the root of the summed squares of its parts' errors over their number, as of independent benchmarks.
Two models are told apart when their means differ by more than the normal quantile times the root of both squared errors
plus the rounding of the printed values. Models that share items are compared more sharply by `compare`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, common_columns, listed, widest
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import to_cells, weakest
from benchdb.rows.leaderboard import LeaderboardRows, Standing
from benchdb.schema.vocab import Evidence
from benchdb.stats.inputs import level_problem
from benchdb.stats.intervals import normal_interval, normal_quantile
from benchdb.stats.ranking import competition_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

_NO_MEAN = "No mean is taken, because the models' scores are on different benchmarks."
_OPEN_KINDS = {Evidence.PARTIAL, Evidence.UNKNOWN}


@dataclass(frozen=True, slots=True)
class _Mean:
    """A model's mean over the common benchmarks."""

    value: float
    stderr: float | None
    evidence: Evidence
    lower: float | None
    upper: float | None
    rounding: float


def leaderboard(
    connection: Connection,
    filters: Filters,
    *,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
    on: Literal["common", "any"] = "common",
    most: int | None = None,
) -> LeaderboardRows:
    """Return the leaderboard of the models and benchmarks in question.

    Grain: one standing per (model, variant), in order of rank, then mean, then name.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals and of each comparison behind the rank bounds.
        on: "common" takes the mean over the benchmarks all models have; "any" shows all cells and takes no mean.
        most: Benchmarks to show at most, those with the most models; None shows all.

    Returns:
        Standings, columns and notes. An unknown name is an `UnknownNameError`, one with several meanings an
        `AmbiguousQueryError`.

    Raises:
        EmptyResultError: If no claim fits the filters.
        StatisticsInputError: If the level is out of range.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = widest(arrange(connection, chosen, scope), most)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, item_notes = to_cells(connection, table.rows, level, as_of=filters.as_of)
    by_model = _by_model(cells, table.columns)
    common, mean_notes = _common(by_model, table.columns) if on == "common" else ([], [_NO_MEAN])
    standings = _standings(by_model, common, len(table.columns), level)
    return LeaderboardRows(
        standings=tuple(standings),
        benchmarks=tuple(table.columns),
        common=tuple(column.label for column in common),
        policy=policy.value,
        level=level,
        notes=(*policy_notes(table.rows, policy), *notes, *table.notes, *item_notes, *mean_notes),
    )


def _by_model(cells: Sequence[Cell], columns: Sequence[BenchmarkColumn]) -> list[tuple[Cell, ...]]:
    position = {(column.slug, column.subset): number for number, column in enumerate(columns)}
    ordered = sorted(cells, key=lambda cell: (cell.model, cell.variant or "", position[cell.benchmark, cell.subset]))
    return [tuple(group) for _, group in groupby(ordered, key=lambda cell: (cell.model, cell.variant))]


def _common(
    by_model: Sequence[tuple[Cell, ...]], columns: Sequence[BenchmarkColumn]
) -> tuple[list[BenchmarkColumn], list[str]]:
    common, notes = common_columns(columns, len(by_model))
    if common:
        named = (
            "all"
            if len(common) == len(columns)
            else f"{len(common)} of {len(columns)} benchmarks, those all models have"
        )
        return common, [f"The mean is over {named}: {listed(column.label for column in common)}.", *notes]
    widest = max(columns, key=lambda column: (column.higher_is_better is not None, column.n_models))
    if widest.n_models < len(by_model):
        lacking = [
            _label(cells[0])
            for cells in by_model
            if all((cell.benchmark, cell.subset) != (widest.slug, widest.subset) for cell in cells)
        ]
        notes.append(
            f"No benchmark has scores of all {len(by_model)} models, so there is no mean. {widest.label} has most "
            f"({widest.n_models}): restrict the models to those, leaving out {listed(lacking)}."
        )
    return [], notes


def _standings(
    by_model: Sequence[tuple[Cell, ...]], common: Sequence[BenchmarkColumn], n_columns: int, level: float
) -> list[Standing]:
    wanted = {(column.slug, column.subset) for column in common}
    standings = [_unranked(cells) for cells in by_model]
    if common:
        higher, unit = bool(common[0].higher_is_better), common[0].unit
        means = [
            _mean([cell for cell in cells if (cell.benchmark, cell.subset) in wanted], level) for cells in by_model
        ]
        ranks = competition_ranks([_compared(mean) for mean in means], higher_is_better=higher)
        bounds = _rank_bounds(means, level, higher_is_better=higher)
        standings = [
            _ranked(standing, mean, unit, (rank, *bound))
            for standing, mean, rank, bound in zip(standings, means, ranks, bounds, strict=True)
        ]
    return sorted(
        standings,
        key=lambda row: (
            row.rank or math.inf,
            n_columns - row.n_benchmarks,
            row.model_name.casefold(),
            row.model,
            row.variant or "",
        ),
    )


def _mean(cells: Sequence[Cell], level: float) -> _Mean:
    n = len(cells)
    value = math.fsum(cell.value for cell in cells) / n
    rounding = math.fsum(cell.rounding for cell in cells) / n
    evidence = weakest([cell.evidence for cell in cells])
    errors = [cell.stderr for cell in cells if cell.stderr is not None]
    stderr = math.sqrt(math.fsum(error * error for error in errors)) / n if errors else None
    if n == 1:
        return _Mean(value, stderr, evidence, cells[0].lower, cells[0].upper, rounding)
    if stderr is None or evidence in _OPEN_KINDS:
        return _Mean(value, stderr, evidence, None, None, rounding)
    interval = normal_interval(value, stderr, level=level)
    return _Mean(value, stderr, evidence, interval.lower, interval.upper, rounding)


def _rank_bounds(means: Sequence[_Mean], level: float, *, higher_is_better: bool) -> list[tuple[int, int]]:
    z = normal_quantile(level)
    n_better, n_worse = [0] * len(means), [0] * len(means)
    sure = [(i, mean, mean.stderr) for i, mean in enumerate(means) if mean.evidence not in _OPEN_KINDS]
    for place, (i, first, first_stderr) in enumerate(sure):
        for j, second, second_stderr in sure[place + 1 :]:
            noise = z * math.hypot(first_stderr or 0.0, second_stderr or 0.0) + first.rounding + second.rounding
            difference = first.value - second.value if higher_is_better else second.value - first.value
            if abs(difference) > noise:
                better, worse = (i, j) if difference > 0 else (j, i)
                n_better[worse] += 1
                n_worse[better] += 1
    return [(1 + above, len(means) - below) for above, below in zip(n_better, n_worse, strict=True)]


def _compared(mean: _Mean) -> float:
    # Means that are equal on paper differ in the last digit when their parts are summed in another order.
    return round(mean.value, 9)


def _unranked(cells: tuple[Cell, ...]) -> Standing:
    model = cells[0]
    return Standing(
        rank=None,
        rank_lower=None,
        rank_upper=None,
        model=model.model,
        model_name=model.model_name,
        variant=model.variant,
        organization=model.organization,
        parameters_label=model.parameters_label,
        n_parameters=model.n_parameters,
        mean=None,
        unit=None,
        stderr=None,
        evidence=Evidence.UNKNOWN.value,
        lower=None,
        upper=None,
        n_benchmarks=len(cells),
        cells=cells,
    )


def _ranked(standing: Standing, mean: _Mean, unit: str | None, ranks: tuple[int, int, int]) -> Standing:
    rank, best, worst = ranks
    return replace(
        standing,
        rank=rank,
        rank_lower=best,
        rank_upper=worst,
        mean=mean.value,
        unit=unit,
        stderr=mean.stderr,
        evidence=mean.evidence.value,
        lower=mean.lower,
        upper=mean.upper,
    )


def _label(cell: Cell) -> str:
    return f"{cell.model}[{cell.variant}]" if cell.variant else cell.model
