"""Latent aggregates, which take incomplete tables as they are: Bradley-Terry strengths and ability on the logit scale."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.query.aggregates import Estimates, nothing
from benchdb.query.grids import coverage_note
from benchdb.query.uncertainty import scale
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.intervals import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray

    from benchdb.query.aggregates import Options
    from benchdb.query.grids import Grid, Imputed
    from benchdb.rows.leaderboard import Cell

ELO = 400 / math.log(10)
"""Elo points of one unit of log strength."""

ELO_CENTRE = 1000.0
"""Mean of the strengths shown."""

_LEAST_SHARE = 0.0005


def by_bradley_terry(grid: Grid, options: Options) -> Estimates:
    """Return Bradley-Terry strengths in Elo points: each benchmark is one game of each pair that has it, ties half.

    The games of one benchmark go together, so errors are clustered by benchmark: they are those of drawing other
    benchmarks, the noise of the scores included. Where some models beat all others on everything no strength is finite;
    half a game each way is then added to every pair that met, and a note says so. With one benchmark there is no error.

    Args:
        grid: The scores; missing ones play no game.
        options: Level.
    """
    from benchdb.stats.bradley_terry import bradley_terry, clustered_covariance

    n = len(grid.models)
    if n < 2 or not grid.columns:
        return nothing(n)
    games = benchmark_wins(grid)
    wins = games.sum(axis=0)
    notes = [note for note in [coverage_note(grid)] if note]
    notes.append("A benchmark is one game of each pair that has it; errors are clustered by benchmark.")
    try:
        fit = bradley_terry(wins.tolist())
    except StatisticsInputError:
        met = (wins + wins.T) > 0
        fit = bradley_terry((wins + met / 2).tolist())
        games = games + met / 2 / len(games)
        notes.append("Some models won or lost everything: half a game each way was added to every pair that met.")
    values = [ELO_CENTRE + ELO * strength for strength in fit.log_strengths]
    if len(games) < 2:
        return replace(nothing(n), values=values, unit=ScoreUnit.ELO.value, notes=notes)
    covariance = clustered_covariance(fit, games) * ELO**2
    return _fitted(values, covariance, ScoreUnit.ELO.value, (options.level, len(games) - 1), notes)


def benchmark_wins(grid: Grid) -> NDArray[float64]:
    """Return who beat whom on each benchmark, ties half; shape (benchmarks, models, models).

    Args:
        grid: The scores; missing ones are no game.
    """
    import numpy as np

    wins = np.zeros((len(grid.columns), len(grid.models), len(grid.models)))
    for k, up in enumerate(grid.up):
        scored = [(i, score.value) for i, row in enumerate(grid.scores) if (score := row[k]) is not None]
        places = np.array([i for i, _ in scored], dtype=int)
        values = np.array([value for _, value in scored])
        lead = np.sign(values[:, None] - values[None, :]) * (1 if up else -1)
        wins[k][np.ix_(places, places)] = (lead + 1) / 2
        np.fill_diagonal(wins[k], 0.0)
    return wins


def proportions(grid: Grid) -> list[int]:
    """Return the positions of the benchmarks whose scores are shares of one or of a hundred.

    Args:
        grid: The scores.
    """
    kept = [k for k, column in enumerate(grid.columns) if column.unit in {ScoreUnit.PERCENT, ScoreUnit.FRACTION}]
    return [k for k in kept if all(_is_share(row[k], grid.columns[k].unit) for row in grid.scores)]


def by_ability(grid: Grid, options: Options) -> Estimates:
    """Return abilities in logits, adding up to 0: logit(score) = ability - difficulty + scatter.

    Each logit is weighted by 1 / (stderr^2 + scatter^2); a score without an error takes the median error of its benchmark,
    else of all. Shares of 0 and 1 are moved in by half an item, or half the last printed decimal. Benchmarks whose
    metric is no proportion are left out.

    Args:
        grid: The scores; missing ones are left out of the fit.
        options: Level.
    """
    import numpy as np

    from benchdb.stats.ability import additive_fit

    inside = proportions(grid)
    n = len(grid.models)
    if not inside or n < 2:
        return nothing(n)
    notes = [note for note in [coverage_note(grid)] if note]
    table = [[_logit(row[k], grid.columns[k].unit, up=grid.up[k]) for k in inside] for row in grid.scores]
    values = np.array([[logit for logit, _ in row] for row in table])
    errors = _known_errors(np.array([[error for _, error in row] for row in table]))
    has = np.isfinite(values).any(axis=1)
    fit = additive_fit(values[has], errors[has])
    notes.append(
        f"The scatter of models over benchmarks beyond the errors is {fit.scatter:.2f} logits; it is part of the errors"
        " shown."
    )
    covariance = fit.covariance[: int(has.sum()), : int(has.sum())]
    df = fit.n_left if fit.n_left > 0 else None
    found = _fitted(fit.models.tolist(), covariance, None, (options.level, df), notes)
    return found if has.all() else _spread(found, has.tolist())


def _fitted(
    values: Sequence[float],
    covariance: NDArray[float64],
    unit: str | None,
    trust: tuple[float, int | None],
    notes: list[str],
) -> Estimates:
    """Estimates with Student's t intervals; without degrees of freedom left nothing is known about the scatter."""
    import numpy as np

    level, df = trust
    if df is None:
        notes.append("As many parameters as scores: the fit leaves nothing to tell an error from.")
        return replace(nothing(len(values)), values=values, unit=unit, notes=notes)
    stderrs = [math.sqrt(max(variance, 0.0)) for variance in covariance.diagonal().tolist()]
    half = t_quantile(level, df)
    return Estimates(
        values=values,
        stderrs=stderrs,
        evidence=[Evidence.BENCHMARKS] * len(values),
        bounds=[(value - half * error, value + half * error) for value, error in zip(values, stderrs, strict=True)],
        roundings=[0.0] * len(values),
        unit=unit,
        higher_is_better=True,
        covariance=covariance,
        df=np.full(covariance.shape, float(df)),
        notes=notes,
    )


def _spread(found: Estimates, has: Sequence[bool]) -> Estimates:
    """Put the models without any score back in, without a number."""
    import numpy as np

    places = [i for i, there in enumerate(has) if there]
    covariance = np.zeros((len(has), len(has)))
    if found.covariance is not None:
        covariance[np.ix_(places, places)] = found.covariance
    position = {place: i for i, place in enumerate(places)}
    rows = [position.get(i) for i in range(len(has))]
    return replace(
        found,
        values=[None if i is None else found.values[i] for i in rows],
        stderrs=[None if i is None else found.stderrs[i] for i in rows],
        evidence=[Evidence.UNKNOWN if i is None else found.evidence[i] for i in rows],
        bounds=[None if i is None else found.bounds[i] for i in rows],
        roundings=[0.0] * len(has),
        covariance=covariance,
        df=None if found.df is None else np.full(covariance.shape, found.df.min()),
    )


def _is_share(score: Cell | Imputed | None, unit: str | None) -> bool:
    return score is None or 0 <= score.value <= scale(unit)


def _logit(score: Cell | Imputed | None, unit: str | None, *, up: bool) -> tuple[float, float]:
    if score is None:
        return math.nan, math.nan
    full = scale(unit)
    edge = 0.5 / score.n_items if score.n_items else max(score.rounding / full, _LEAST_SHARE)
    share = min(max(score.value / full, edge), 1 - edge)
    logit = math.log(share / (1 - share))
    error = math.nan if score.stderr is None else score.stderr / full / (share * (1 - share))
    return (logit if up else -logit), error


def _known_errors(errors: NDArray[float64]) -> NDArray[float64]:
    """Fill unknown errors with the median of their benchmark, else of all; 0 where none is known."""
    import numpy as np

    filled = errors.copy()
    anywhere = errors[np.isfinite(errors)]
    for k in range(errors.shape[1]):
        known = errors[np.isfinite(errors[:, k]), k]
        typical = np.median(known) if len(known) else (np.median(anywhere) if len(anywhere) else 0.0)
        filled[~np.isfinite(errors[:, k]), k] = typical
    return filled
