"""Which missing score would tell most about the ranking: the gain of each in an additive fit (A-optimality).

Scores are benchmark's level plus model's ability plus noise (`benchdb.stats.design`). Benchmarks in question share one unit;
of several the one with most scores is taken. What a measurement costs is not known here and plays no part.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.uncertainty import to_cells
from benchdb.rows.coverage import NextCell, NextRows
from benchdb.stats.design import MOST_MODELS, measurement_gains
from benchdb.stats.inputs import level_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell
    from benchdb.stats.design import Design, Gain


@dataclass(frozen=True, slots=True)
class _Grid:
    """Models by benchmarks of one unit."""

    columns: list[BenchmarkColumn]
    models: list[tuple[str, str, str | None]]
    """Slug, name and variant, in order."""
    cells: dict[tuple[int, int], Cell]

    def table(self, field: str) -> list[list[float | None]]:
        """Return one number of each cell; a score is turned so that more is better."""
        found: list[list[float | None]] = [[None] * len(self.columns) for _ in self.models]
        for (row, column), cell in self.cells.items():
            value: float | None = getattr(cell, field)
            found[row][column] = (
                -value if field == "value" and value is not None and not cell.higher_is_better else value
            )
        return found


def next_cells(
    connection: Connection,
    filters: Filters,
    *,
    most: int = 10,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
) -> NextRows:
    """Return the missing scores that would tell most about the ranking of the models in question.

    Grain: one row per missing (model, variant, benchmark), the most telling first, equal ones by model and benchmark.

    Args:
        connection: An open connection.
        filters: What the question is about; models and benchmarks need one score at least.
        most: Rows to return.
        policy: Which of several claims a cell shows.
        level: Coverage behind "told apart", pair by pair.

    Returns:
        The missing scores with their gains. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If no two models have a score on benchmarks of known direction.
        StatisticsInputError: If the level is out of range or there are too many models.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = arrange(connection, chosen, scope)
    cells, item_notes = to_cells(
        connection, table.rows, level, as_of=filters.as_of, published_until=filters.published_until
    )
    grid, more = _grid(cells, table.columns)
    if len(grid.models) < 2:
        raise EmptyResultError("fewer than two models have a score here; benchdb coverage shows what there is")
    if len(grid.models) > MOST_MODELS:
        raise StatisticsInputError(
            f"{len(grid.models)} models are too many to weigh against each other; restrict them to {MOST_MODELS} with "
            "-m, --organization, --family or --suite"
        )
    design = measurement_gains(grid.table("value"), grid.table("stderr"), level=level)
    notes = [*policy_notes(table.rows, policy), *notes, *table.notes, *more, *item_notes]
    if all(cell.stderr is None for cell in grid.cells.values()):
        notes.append("No score has a known error: every measurement is taken to be equally sure.")
    return NextRows(
        cells=tuple(_next(position, gain, grid) for position, gain in enumerate(design.gains[:most], start=1)),
        n_models=len(grid.models),
        n_benchmarks=len(grid.columns),
        n_missing=len(design.gains),
        unit=grid.columns[0].unit,
        interaction=design.interaction,
        mean_stderr=design.mean_stderr,
        n_undecided=design.n_undecided,
        level=level,
        notes=(*_method(design, grid), *notes),
    )


def _grid(cells: Sequence[Cell], columns: Sequence[BenchmarkColumn]) -> tuple[_Grid, list[str]]:
    """Return the cells of the benchmarks of the unit with most scores, and notes on the rest."""
    directed = [column for column in columns if column.higher_is_better is not None]
    counts: Counter[str] = Counter()
    for column in directed:
        counts[column.unit or ""] += column.n_models
    unit = min(counts, key=lambda name: (-counts[name], name), default="")
    kept = [column for column in directed if (column.unit or "") == unit]
    place = {(column.slug, column.subset): number for number, column in enumerate(kept)}
    inside = [cell for cell in cells if (cell.benchmark, cell.subset) in place]
    models = sorted(
        {(cell.model, cell.model_name, cell.variant or "") for cell in inside}, key=lambda key: (key[0], key[2])
    )
    row = {(slug, variant): number for number, (slug, _, variant) in enumerate(models)}
    notes = []
    if others := [column.label for column in directed if column not in kept]:
        notes.append(f"Left out, because their unit is another one than {unit or 'none'}: {listed(others)}.")
    if undirected := [column.label for column in columns if column.higher_is_better is None]:
        notes.append(f"Left out, because the metric has no known direction: {listed(undirected)}.")
    grid = _Grid(
        columns=kept,
        models=[(slug, name, variant or None) for slug, name, variant in models],
        cells={(row[cell.model, cell.variant or ""], place[cell.benchmark, cell.subset]): cell for cell in inside},
    )
    return grid, notes


def _method(design: Design, grid: _Grid) -> list[str]:
    unit = grid.columns[0].unit or "no unit"
    pairs = len(grid.models) * (len(grid.models) - 1) // 2
    return [
        "Gain: the part of the mean variance of a difference between two models that one more score takes away "
        "(A-optimality), in an additive fit of model and benchmark.",
        f"So far two models differ with a standard error of {design.mean_stderr:.2g} ({unit}) on average, and {pairs - design.n_undecided} of "
        f"{pairs} pairs are told apart; model and benchmark interact with a standard deviation of {design.interaction:.2g}.",
    ]  # fmt: skip


def _next(position: int, gain: Gain, grid: _Grid) -> NextCell:
    slug, name, variant = grid.models[gain.row]
    column = grid.columns[gain.column]
    there = sum(place[1] == gain.column for place in grid.cells)
    own = sum(place[0] == gain.row for place in grid.cells)
    completes = there + 1 == len(grid.models)
    parts = [
        f"known on {own} of {len(grid.columns)} benchmarks, error {gain.stderr:.2g} → {gain.stderr_after:.2g}",
        f"meets {there} other model{'' if there == 1 else 's'} there",
        f"not told from {gain.n_undecided} of {len(grid.models) - 1}",
    ]
    if completes:
        parts.append("all models would then have this benchmark")
    return NextCell(
        position=position,
        model=slug,
        model_name=name,
        variant=variant,
        benchmark=column.label,
        benchmark_name=column.name,
        metric=column.metric,
        unit=column.unit,
        gain=gain.share,
        stderr_expected=gain.noise,
        stderr_before=gain.stderr,
        stderr_after=gain.stderr_after,
        n_models=there,
        n_benchmarks=own,
        n_undecided=gain.n_undecided,
        completes=completes,
        reason="; ".join(parts),
    )
