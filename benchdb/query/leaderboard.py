"""Which model is best: models by benchmarks, with an aggregate of the scores, ranks, tiers and the chance of being best.

The aggregate is by default the mean over the benchmarks that every shown model has, with one unit and one direction. Its
error is the root of the summed squares of its parts' errors over their number, as of independent benchmarks; models that
were given the same items are compared on these. All pairs of models are tested with Holm's correction, so that all tiers
and rank bounds of one answer hold together at the level. A missing score is never zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError, StatisticsInputError
from benchdb.query.aggregates import NATIVE, ONE_UNIT, Aggregate, Estimates, Options, column_weights, estimate, nothing
from benchdb.query.claims import chosen_cells, policy_notes
from benchdb.query.columns import arrange, listed, widest
from benchdb.query.filters import resolve
from benchdb.query.grids import Grid, Missing, lay_grid
from benchdb.query.item_errors import joint_errors
from benchdb.query.policies import Policy
from benchdb.query.standings import Place, stand
from benchdb.query.uncertainty import evidence_summary, to_cells
from benchdb.query.weights import categories_of, weights_of
from benchdb.rows.leaderboard import LeaderboardRows, Standing
from benchdb.stats.inputs import DEFAULT_SEED, level_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.filters import Filters
    from benchdb.query.item_errors import ColumnKey, JointErrors
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How models are to be ranked."""

    aggregate: Aggregate = Aggregate.MEAN
    """What they are ranked by."""
    missing: Missing | None = None
    """What is done about missing scores; None takes what there is where the aggregate can, else the common benchmarks."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Weight of a benchmark by name, for the weighted mean."""
    seed: int = DEFAULT_SEED
    """Seed of simulations."""

    @property
    def treatment(self) -> Missing:
        """What is done about missing scores."""
        if self.missing is not None:
            return self.missing
        return Missing.NATIVE if self.aggregate in {Aggregate.ABILITY, Aggregate.BRADLEY_TERRY} else Missing.COMMON


@dataclass(frozen=True, slots=True)
class Scores:
    """The cells of a question, by model, with what their errors share."""

    by_model: list[tuple[Cell, ...]]
    """Cells of each model, in the order of the columns."""
    columns: list[BenchmarkColumn]
    """The benchmarks."""
    joint: Mapping[ColumnKey, JointErrors]
    """Errors that go together, by column."""
    notes: list[str]
    """The policy and what was left out."""


def leaderboard(
    connection: Connection,
    filters: Filters,
    *,
    ranking: Ranking | None = None,
    policy: Policy = Policy.PREFERRED,
    level: float = 0.95,
    most: int | None = None,
) -> LeaderboardRows:
    """Return the leaderboard of the models and benchmarks in question.

    Grain: one standing per (model, variant), in order of rank, then name; models without a rank come last.

    Args:
        connection: An open connection.
        filters: What the question is about.
        ranking: Aggregate, treatment of missing scores, weights and seed; by default the mean over the common benchmarks.
        policy: Which of several claims a cell shows.
        level: Coverage of the intervals, and the chance that no pair of models is told apart falsely.
        most: Benchmarks to show at most, those with the most models; None shows all.

    Returns:
        Standings, columns and notes. An unknown name is an `UnknownNameError`, one with several meanings an
        `AmbiguousQueryError`.

    Raises:
        StatisticsInputError: If the level or a weight is out of range, or the aggregate cannot take missing scores.
    """
    asked = ranking or Ranking()
    if problem := level_problem(level) or _ranking_problem(asked):
        raise StatisticsInputError(problem)
    scores = read_scores(connection, filters, policy, level, most)
    options = options_for(connection, scores, asked.weights, level, asked.seed)
    grid, found, notes = aggregated(scores, asked.aggregate, asked.treatment, options)
    places, place_notes, is_simulated = stand(found, level, asked.seed)
    standings = _standings(scores, grid, found, places, asked.aggregate)
    return LeaderboardRows(
        standings=tuple(standings),
        benchmarks=tuple(scores.columns),
        common=tuple(column.label for column in grid.columns) if any(place.rank for place in places) else (),
        aggregate=asked.aggregate.value,
        missing=asked.treatment.value,
        seed=asked.seed if is_simulated or found.draws is not None else None,
        policy=policy.value,
        level=level,
        notes=(*scores.notes, *notes, *found.notes, *place_notes),
    )


def read_scores(
    connection: Connection, filters: Filters, policy: Policy, level: float, most: int | None = None
) -> Scores:
    """Return the cells in question, by model.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which of several claims a cell shows.
        level: Coverage of the cells' intervals.
        most: Benchmarks at most; None is all.

    Raises:
        EmptyResultError: If no claim fits the filters.
    """
    scope = resolve(connection, filters)
    chosen, notes = chosen_cells(connection, scope, policy)
    table = widest(arrange(connection, chosen, scope), most)
    if not table.rows:
        raise EmptyResultError("no score fits these filters; benchdb coverage shows what there is")
    cells, item_notes = to_cells(connection, table.rows, level, as_of=filters.as_of)
    return Scores(
        _by_model(cells, table.columns),
        table.columns,
        joint_errors(connection, table.rows, cells),
        [*policy_notes(table.rows, policy), *notes, *table.notes, *evidence_summary(cells), *item_notes],
    )


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
    weights = column_weights(aggregate, grid, options) if aggregate in ONE_UNIT else [1.0] * len(grid.columns)
    used = [column for column, weight in zip(grid.columns, weights, strict=False) if weight]
    notes.insert(0, _over(aggregate, used, scores, grid, missing))
    if len(used) < len(grid.columns):
        left_out = [column.label for column, weight in zip(grid.columns, weights, strict=False) if not weight]
        notes.append(f"Not in the {title_of(aggregate)}: {listed(left_out or [c.label for c in grid.columns])}.")
    return grid, estimate(aggregate, grid, options), notes


def _ranking_problem(asked: Ranking) -> str | None:
    if asked.missing is Missing.NATIVE and asked.aggregate not in NATIVE:
        able = ", ".join(sorted(NATIVE))
        return f'missing = "native": the {title_of(asked.aggregate)} is not defined on incomplete tables; {able} are'
    if asked.weights and asked.aggregate is not Aggregate.WEIGHTED:
        return f'weights: they mean nothing for the {title_of(asked.aggregate)}; ask for aggregate = "weighted"'
    return None


def _over(aggregate: Aggregate, used: Sequence[BenchmarkColumn], scores: Scores, grid: Grid, missing: Missing) -> str:
    n_shown = len(scores.columns)
    reason = ", those all models have" if missing is Missing.COMMON else ""
    counted = "all" if len(used) == n_shown else f"{len(used)} of {n_shown} benchmarks{reason}"
    models = "" if len(grid.models) == len(scores.by_model) else f" of {len(grid.models)} models"
    return f"The {title_of(aggregate)}{models} is over {counted}: {listed(column.label for column in used)}."


def title_of(aggregate: Aggregate) -> str:
    """Return what an aggregate is called in a sentence.

    Args:
        aggregate: Which one.
    """
    return _TITLES.get(aggregate, aggregate.value)


def _by_model(cells: Sequence[Cell], columns: Sequence[BenchmarkColumn]) -> list[tuple[Cell, ...]]:
    position = {(column.slug, column.subset): number for number, column in enumerate(columns)}
    ordered = sorted(cells, key=lambda cell: (cell.model, cell.variant or "", position[cell.benchmark, cell.subset]))
    return [tuple(group) for _, group in groupby(ordered, key=lambda cell: (cell.model, cell.variant))]


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


def _standings(
    scores: Scores, grid: Grid, found: Estimates, places: Sequence[Place], aggregate: Aggregate
) -> list[Standing]:
    position = {model: place for place, model in enumerate(grid.models)}
    standings = [
        replace(_standing(cells, grid, found, places, position), aggregate=aggregate.value) for cells in scores.by_model
    ]
    return sorted(
        standings,
        key=lambda row: (
            row.rank or math.inf,
            len(scores.columns) - row.n_benchmarks,
            row.model_name.casefold(),
            row.model,
            row.variant or "",
        ),
    )


def _standing(
    cells: tuple[Cell, ...],
    grid: Grid,
    found: Estimates,
    places: Sequence[Place],
    position: Mapping[tuple[str, str | None], int],
) -> Standing:
    model = cells[0]
    i = position.get((model.model, model.variant))
    whole = nothing(1) if i is None else found
    at, place = (0, Place()) if i is None else (i, places[i])
    bounds = whole.bounds[at]
    has_value = whole.values[at] is not None
    return Standing(
        rank=place.rank,
        rank_lower=place.lower,
        rank_upper=place.upper,
        tier=place.tier,
        p_best=place.p_best,
        model=model.model,
        model_name=model.model_name,
        variant=model.variant,
        organization=model.organization,
        parameters_label=model.parameters_label,
        n_parameters=model.n_parameters,
        value=whole.values[at],
        unit=whole.unit if has_value else None,
        stderr=whole.stderrs[at] if has_value else None,
        evidence=whole.evidence[at].value,
        lower=bounds[0] if bounds else None,
        upper=bounds[1] if bounds else None,
        n_benchmarks=len(cells),
        n_imputed=0
        if i is None
        else sum(score is not None and score.evidence == "imputed" for score in grid.scores[i]),
        cells=cells,
    )


def _label(cell: Cell) -> str:
    return f"{cell.model}[{cell.variant}]" if cell.variant else cell.model
