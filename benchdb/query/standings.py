"""Standings: from one number a model with its error to ranks, rank intervals, tiers and the chance of being best."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.query.aggregates import OPEN_KINDS
from benchdb.stats.ranking import competition_ranks
from benchdb.stats.separation import separate, separate_draws, separate_jointly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray

    from benchdb.query.aggregates import Estimates
    from benchdb.stats.separation import Separation


@dataclass(frozen=True, slots=True)
class Place:
    """Where one model stands."""

    rank: int | None = None
    """Rank, equal numbers share it; None without a number."""
    lower: int | None = None
    """Best rank that the uncertainty allows."""
    upper: int | None = None
    """Worst rank that the uncertainty allows."""
    tier: int | None = None
    """Tie group; None where the error is not known."""
    p_best: float | None = None
    """Chance of being truly the best; None where an error is not known."""


def stand(found: Estimates, level: float, seed: int) -> tuple[list[Place], list[str], bool]:
    """Return each model's place, notes on how tiers and chances were found, and whether the seed was used.

    Args:
        found: One number a model.
        level: The chance that no pair is told apart falsely.
        seed: Seed of simulations.
    """
    ranked = [i for i, value in enumerate(found.values) if value is not None]
    compared = [same_digits(found.values[i] or 0.0) for i in ranked]
    ranks = competition_ranks(compared, higher_is_better=found.higher_is_better)
    places = [Place()] * len(found.values)
    for i, rank in zip(ranked, ranks, strict=True):
        places[i] = Place(rank, 1, len(ranked))
    sure = [i for i in ranked if found.evidence[i] not in OPEN_KINDS and found.stderrs[i] is not None]
    if len(sure) < 2:
        return places, _without(len(ranked), "nobody is told apart and nobody's chance is known"), False
    apart = _separate(found, sure, level)
    n_unsure = len(ranked) - len(sure)
    for i, bounds, tier in zip(sure, apart.ranks, apart.tiers, strict=True):
        places[i] = Place(places[i].rank, bounds.lower, bounds.upper + n_unsure, tier)
    notes = [
        f"Tiers and rank bounds: all pairs tested, Holm-corrected, at {level * 100:g} % together; a tier holds those not"
        " established as worse than its leader."
    ]
    if n_unsure:
        why = "they have no tier, and nobody's chance of being best is known"
        return places, [*notes, *_without(n_unsure, why)], False
    chances, how, is_simulated = _chances(found, sure, seed)
    for i, chance in zip(sure, chances, strict=True):
        places[i] = Place(places[i].rank, places[i].lower, places[i].upper, places[i].tier, chance)
    return places, [*notes, how], is_simulated


def same_digits(value: float) -> float:
    """Return a value to nine decimals: equal on paper, sums differ in the last digit when taken in another order.

    Args:
        value: Any number.
    """
    return round(value, 9)


def _without(n_unsure: int, consequence: str) -> list[str]:
    if n_unsure < 2 and "nobody is" in consequence:
        return []
    models = "1 model is" if n_unsure == 1 else f"{n_unsure} models are"
    return [f"The errors of {models} unknown, or known in part: {consequence}."]


def _separate(found: Estimates, sure: Sequence[int], level: float) -> Separation:
    values = [same_digits(found.values[i] or 0.0) for i in sure]
    up = found.higher_is_better
    if found.draws is not None:
        return separate_draws(values, found.draws[:, sure], level=level, higher_is_better=up)
    roundings = [found.roundings[i] for i in sure]
    if found.covariance is not None:
        covariance = _part(found.covariance, sure)
        df = None if found.df is None else _part(found.df, sure)
        return separate_jointly(values, covariance, roundings, df, level=level, higher_is_better=up)
    stderrs = [found.stderrs[i] or 0.0 for i in sure]
    dfs = None if found.dfs is None else [found.dfs[i] for i in sure]
    return separate(values, stderrs, roundings, dfs, level=level, higher_is_better=up)


def _part(matrix: NDArray[float64], places: Sequence[int]) -> NDArray[float64]:
    import numpy as np

    found: NDArray[float64] = matrix[np.ix_(places, places)]
    return found


def _chances(found: Estimates, sure: Sequence[int], seed: int) -> tuple[list[float], str, bool]:
    """Chances of being best; rounding counts as a uniform error within its bounds."""
    from benchdb.stats.best import N_DRAWS, best_of_draws, chance_of_best, simulated_best

    up = found.higher_is_better
    values = [found.values[i] or 0.0 for i in sure]
    if found.draws is not None:
        chances = best_of_draws(found.draws[:, sure], higher_is_better=up)
        return chances, "P(best) is the share of those tables in which a model is first, ties shared.", True
    variances = [(found.stderrs[i] or 0.0) ** 2 + found.roundings[i] ** 2 / 3 for i in sure]
    how = f"P(best), the chance of the best true value, is simulated: {N_DRAWS:,} normal draws, seed {seed}."
    if found.covariance is None:
        exact = chance_of_best(values, [variance**0.5 for variance in variances], higher_is_better=up)
        if exact is not None:
            return (
                exact,
                "P(best), the chance of the best true value, is integrated over independent normal errors.",
                False,
            )
        import numpy as np

        return simulated_best(values, np.array(variances), higher_is_better=up, seed=seed), how, True
    import numpy as np

    covariance = _part(found.covariance, sure) + np.diag([found.roundings[i] ** 2 / 3 for i in sure])
    df = math.inf if found.df is None else float(found.df.min())
    if math.isfinite(df):
        how = how.replace("normal draws", f"draws of Student's t ({df:.0f} degrees of freedom)")
    return simulated_best(values, covariance, df=df, higher_is_better=up, seed=seed), how, True
