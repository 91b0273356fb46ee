"""Aggregates of ranks and standard scores: their errors come from tables drawn anew within the errors of the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.aggregates import OPEN_KINDS, Aggregate, Estimates, joint_kind, nothing
from benchdb.schema.vocab import Evidence
from benchdb.stats.ranking import borda, mean_win_rate, sum_of_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.random import Generator
    from numpy.typing import NDArray

    from benchdb.query.aggregates import Options
    from benchdb.query.grids import Grid

MOST_DRAWS = 10_000
"""Draws of a small table; a large one gets fewer."""
_LEAST_DRAWS = 500
_MOST_DRAWN = 20_000_000
_AT_ONCE = 2_000_000


def by_ranks(aggregate: Aggregate, grid: Grid, options: Options) -> Estimates:
    """Return mean win rates, Borda counts, rank sums or mean z-scores.

    Errors are the standard deviation, intervals the quantiles, over tables drawn anew: each score with a normal error
    (shared items together) and a uniform one for rounding. They are given only where every error is known and no score
    is missing.

    Args:
        aggregate: WIN_RATE, BORDA, RANK_SUM or Z_SCORE.
        grid: The scores; complete unless the aggregate is the win rate.
        options: Level, joint errors and seed.
    """
    n = len(grid.models)
    if n < 2 or not grid.columns:
        return nothing(n)
    values = values_of(aggregate, grid)
    kinds = [joint_kind(row) for row in grid.scores]
    is_open = not grid.is_complete or any(kind in OPEN_KINDS for kind in kinds)
    draws = None if is_open else _draw(aggregate, grid, options)
    notes = []
    stderrs: Sequence[float | None] = [None] * n
    bounds: Sequence[tuple[float, float] | None] = [None] * n
    if draws is None:
        reason = "scores are missing" if not grid.is_complete else "the error of some score is unknown"
        notes.append(f"No error is given, because {reason}.")
        kinds = [Evidence.UNKNOWN] * n
    else:
        import numpy as np

        tail = (1 - options.level) / 2
        stderrs = draws.std(axis=0, ddof=1).tolist()
        lower, upper = np.quantile(draws, (tail, 1 - tail), axis=0)
        bounds = list(zip(lower.tolist(), upper.tolist(), strict=True))
        notes.append(f"Errors and intervals are those of {len(draws):,} tables drawn anew (seed {options.seed}).")
    return Estimates(
        values=values,
        stderrs=stderrs,
        evidence=kinds,
        bounds=bounds,
        roundings=[0.0] * n,
        unit=None,
        higher_is_better=aggregate is not Aggregate.RANK_SUM,
        draws=draws,
        seed=options.seed if draws is not None else None,
        notes=notes,
    )


def values_of(aggregate: Aggregate, grid: Grid) -> Sequence[float | None]:
    """Return mean win rates, Borda counts, rank sums or mean z-scores, without errors.

    Args:
        aggregate: WIN_RATE, BORDA, RANK_SUM or Z_SCORE.
        grid: The scores; complete unless the aggregate is the win rate.
    """
    table = [[None if score is None else score.value for score in row] for row in grid.scores]
    if aggregate is Aggregate.WIN_RATE:
        return mean_win_rate(table, grid.up)
    complete = [[value for value in row if value is not None] for row in table]
    if aggregate is Aggregate.BORDA:
        return borda(complete, grid.up)
    if aggregate is Aggregate.RANK_SUM:
        return [float(total) for total in sum_of_ranks(complete, grid.up)]
    import numpy as np

    from benchdb.stats.aggregates import z_scores

    values: list[float] = z_scores(np.array(complete), grid.up).tolist()
    return values


def _draw(aggregate: Aggregate, grid: Grid, options: Options) -> NDArray[float64]:
    import numpy as np

    from benchdb.stats import aggregates

    functions = {
        Aggregate.WIN_RATE: aggregates.win_rates,
        Aggregate.BORDA: aggregates.borda_counts,
        Aggregate.RANK_SUM: aggregates.rank_sums,
        Aggregate.Z_SCORE: aggregates.z_scores,
    }
    function = functions[aggregate]
    size = len(grid.models) * len(grid.columns)
    n_draws = max(_LEAST_DRAWS, min(MOST_DRAWS, _MOST_DRAWN // size))
    generator = np.random.default_rng(options.seed)
    at_once = max(1, _AT_ONCE // size)
    pieces = []
    for start in range(0, n_draws, at_once):
        tables = _tables(grid, options, generator, min(at_once, n_draws - start))
        pieces.append(function(tables, grid.up))
    found: NDArray[float64] = np.concatenate(pieces)
    return found


def _tables(grid: Grid, options: Options, generator: Generator, n_draws: int) -> NDArray[float64]:
    """Draw tables, shape (draws, models, benchmarks); runs that share items are drawn with their items' deviations."""
    import numpy as np

    scores = [[score for score in row if score is not None] for row in grid.scores]
    values = np.array([[score.value for score in row] for row in scores])
    errors = np.array([[score.stderr or 0.0 for score in row] for row in scores])
    roundings = np.array([[score.rounding for score in row] for row in scores])
    shape = (n_draws, *values.shape)
    noise = generator.standard_normal(shape) * errors + generator.uniform(-1, 1, shape) * roundings
    position = {model: place for place, model in enumerate(grid.models)}
    for k, column in enumerate(grid.columns):
        joint = options.joint.get((column.slug, column.subset))
        if joint is not None:
            known = [place for place, model in enumerate(joint.models) if model in position]
            places = [position[joint.models[place]] for place in known]
            together = generator.standard_normal((n_draws, len(joint.factor))) @ joint.factor[:, known]
            noise[:, places, k] = together
    drawn: NDArray[float64] = values + noise
    return drawn
