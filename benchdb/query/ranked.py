"""From scores to one number a model: which benchmarks an aggregate is over, what it leaves out, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.aggregates import ONE_UNIT, Aggregate, Estimates, Options, column_weights, estimate, nothing
from benchdb.query.columns import listed
from benchdb.query.grids import Grid, Missing, lay_grid
from benchdb.query.weights import categories_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.scores import Scores
    from benchdb.rows.leaderboard import BenchmarkColumn, Cell

_TITLES = {
    Aggregate.WEIGHTED: "weighted mean",
    Aggregate.CATEGORY_MEAN: "category mean",
    Aggregate.WIN_RATE: "mean win rate",
    Aggregate.BORDA: "Borda count",
    Aggregate.RANK_SUM: "rank sum",
    Aggregate.Z_SCORE: "mean z-score",
    Aggregate.BRADLEY_TERRY: "Bradley-Terry fit",
    Aggregate.ABILITY: "ability fit",
}
_NO_RANKS = "No mean is taken, because all scores are to be shown, whatever they are of."


def options_for(
    connection: Connection, scores: Scores, weights: Mapping[str, float], level: float, seed: int
) -> Options:
    """Return how aggregates of these scores are taken, with the categories and weights of their benchmarks.

    Args:
        connection: An open connection.
        scores: The cells in question.
        weights: Weight of a benchmark by name.
        level: Coverage of the intervals.
        seed: Seed of simulations.
    """
    return Options(
        level=level,
        weights=weights_of(connection, weights, scores.columns),
        categories=categories_of(connection, scores.columns),
        joint=scores.joint,
        seed=seed,
    )


def aggregated(
    scores: Scores, aggregate: Aggregate, missing: Missing, options: Options
) -> tuple[Grid, Estimates, list[str]]:
    """Return the grid that an aggregate is over, its numbers, and notes on both.

    Args:
        scores: The cells in question.
        aggregate: Which one.
        missing: What is done about missing scores.
        options: Level, weights, categories, joint errors and seed.
    """
    if missing is Missing.SHOW:
        grid, _ = lay_grid(scores.by_model, [], Missing.NATIVE, one_unit=False)
        return grid, nothing(len(grid.models)), [_NO_RANKS]
    one_unit = aggregate in ONE_UNIT or missing is Missing.IMPUTE
    grid, notes = lay_grid(scores.by_model, scores.columns, missing, one_unit=one_unit)
    if not grid.columns:
        return grid, nothing(len(grid.models)), [*notes, *_widest_note(scores)]
    weights = _weights(aggregate, grid, options)
    used = [column for column, weight in zip(grid.columns, weights, strict=False) if weight]
    notes.insert(0, _over(aggregate, used, scores, grid, missing))
    if len(used) < len(grid.columns):
        left_out = [column.label for column, weight in zip(grid.columns, weights, strict=False) if not weight]
        notes.append(f"Not in the {title_of(aggregate)}: {listed(left_out or [c.label for c in grid.columns])}.")
    return grid, estimate(aggregate, grid, options), notes


def _weights(aggregate: Aggregate, grid: Grid, options: Options) -> Sequence[float]:
    """Weight of each benchmark; those with 0 are not in the aggregate."""
    if aggregate in ONE_UNIT:
        return column_weights(aggregate, grid, options)
    if aggregate is Aggregate.ABILITY:
        from benchdb.query.latent import proportions

        inside = set(proportions(grid))
        return [float(k in inside) for k in range(len(grid.columns))]
    return [1.0] * len(grid.columns)


def title_of(aggregate: Aggregate) -> str:
    """Return what an aggregate is called in a sentence.

    Args:
        aggregate: Which one.
    """
    return _TITLES.get(aggregate, aggregate.value)


def _over(aggregate: Aggregate, used: Sequence[BenchmarkColumn], scores: Scores, grid: Grid, missing: Missing) -> str:
    n_shown = len(scores.columns)
    reason = ", those all models have" if missing is Missing.COMMON else ""
    counted = "all" if len(used) == n_shown else f"{len(used)} of {n_shown} benchmarks{reason}"
    models = "" if len(grid.models) == len(scores.by_model) else f" of {len(grid.models)} models"
    return f"The {title_of(aggregate)}{models} is over {counted}: {listed(column.label for column in used)}."


def _widest_note(scores: Scores) -> list[str]:
    found = max(scores.columns, key=lambda column: (column.higher_is_better is not None, column.n_models))
    if found.n_models == len(scores.by_model):
        return []
    lacking = [
        _label(cells[0])
        for cells in scores.by_model
        if all((cell.benchmark, cell.subset) != (found.slug, found.subset) for cell in cells)
    ]
    return [
        f"No benchmark has scores of all {len(scores.by_model)} models, so there is no mean. {found.label} has most "
        f"({found.n_models}): restrict the models to those, leaving out {listed(lacking)}; or take incomplete scores with "
        "--aggregate ability, or --missing impute."
    ]


def _label(cell: Cell) -> str:
    return f"{cell.model}[{cell.variant}]" if cell.variant else cell.model
