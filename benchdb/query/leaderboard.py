"""Which model is best: models by benchmarks, with an aggregate of the scores, ranks, tiers and the chance of being best.

The aggregate is by default the mean over the benchmarks that every shown model has, with one unit and one direction. Its
error is the root of the summed squares of its parts' errors over their number, as of independent benchmarks; models that
were given the same items are compared on these. All pairs of models are tested with Holm's correction, so that all tiers
and rank bounds of one answer hold together at the level. A missing score is never zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.query.aggregates import NATIVE, Aggregate, nothing
from benchdb.query.grids import Missing
from benchdb.query.policies import Policy
from benchdb.query.ranked import aggregated, options_for, title_of
from benchdb.query.scores import read_scores
from benchdb.query.standings import Place, stand
from benchdb.rows.leaderboard import LeaderboardRows, Standing
from benchdb.stats.inputs import DEFAULT_SEED, level_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from benchdb.query.aggregates import Estimates
    from benchdb.query.filters import Filters
    from benchdb.query.grids import Grid
    from benchdb.query.scores import Scores
    from benchdb.rows.leaderboard import Cell


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


def _ranking_problem(asked: Ranking) -> str | None:
    if asked.missing is Missing.NATIVE and asked.aggregate not in NATIVE:
        able = ", ".join(sorted(NATIVE))
        return f'missing = "native": the {title_of(asked.aggregate)} is not defined on incomplete tables; {able} are'
    if asked.weights and asked.aggregate is not Aggregate.WEIGHTED:
        return f'weights: they mean nothing for the {title_of(asked.aggregate)}; ask for aggregate = "weighted"'
    return None


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
