"""Strengths from wins between pairs: the Bradley-Terry model, by maximum likelihood."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import values_problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float64
    from numpy.typing import NDArray

MAX_ITERATIONS = 200
"""Newton steps before giving up; ordinary tables take fewer than 15."""

_TOLERANCE = 1e-18
"""Squared length of the last step in standard errors (the Newton decrement) at which the fit has settled."""


@dataclass(frozen=True, slots=True)
class BradleyTerry:
    """Log strengths on the scale where i beats j with chance 1 / (1 + exp(s_j - s_i))."""

    log_strengths: tuple[float, ...]
    """One a model, adding up to 0 (geometric mean strength 1); 400 / ln 10 times this is the Elo scale."""
    stderrs: tuple[float, ...]
    """Standard error of each log strength under that constraint."""
    covariance: tuple[tuple[float, ...], ...]
    """Covariance of the log strengths."""

    def difference_stderr(self, i: int, j: int) -> float:
        """Standard error of log strength i less log strength j: what a comparison needs.

        Args:
            i: Position of a model.
            j: Position of another.

        Returns:
            sqrt(var_i + var_j - 2 cov_ij); 0 for a model with itself.
        """
        variance = self.covariance[i][i] + self.covariance[j][j] - 2 * self.covariance[i][j]
        return math.sqrt(max(0.0, variance))


def _wins_problem(wins: Sequence[Sequence[float]]) -> str | None:
    if len(wins) < 2:
        return f"wins: expected at least 2 models, found {len(wins)}"
    for i, row in enumerate(wins):
        if len(row) != len(wins):
            return f"wins[{i}]: expected {len(wins)} entries, one a model, found {len(row)}"
        if problem := values_problem(f"wins[{i}]", row):
            return problem
        if min(row) < 0 or row[i] != 0:
            return f"wins[{i}]: expected counts of at least 0 and 0 against itself, found {list(row)!r}"
    if not (_reaches_all(wins) and _reaches_all(list(zip(*wins, strict=True)))):
        return (
            "wins: some group of models never lost to, or never met, the others, so no finite strengths exist;"
            " fit the groups apart or count half a win each way for every pair that met"
        )
    return None


def _reaches_all(wins: Sequence[Sequence[float]]) -> bool:
    """Whether from model 0 one gets to every model by going from winners to losers."""
    reached, waiting = {0}, [0]
    while waiting:
        beaten = {j for j, won in enumerate(wins[waiting.pop()]) if won > 0} - reached
        reached |= beaten
        waiting += beaten
    return len(reached) == len(wins)


def bradley_terry(wins: Sequence[Sequence[float]]) -> BradleyTerry:
    """Maximum-likelihood strengths of models from a table of wins, with standard errors.

    Newton's method with step halving on the concave log likelihood. The errors come from the inverse of the observed
    information on the space where strengths add up to 0; they take every comparison as independent, which battles on
    the same items are not.

    Args:
        wins: Square table; wins[i][j] says how often i beat j. Halves stand for ties; the diagonal is 0.

    Returns:
        The strengths in the order given.

    Raises:
        StatisticsInputError: If the table is not square, has a negative or missing entry, a model beat itself, the
            models do not form one group in which everyone beat everyone directly or through others (Ford's
            condition), or the fit does not converge.

    References:
        Bradley, Terry (1952), doi:10.1093/biomet/39.3-4.324; Ford (1957), doi:10.2307/2308513; Hunter (2004), MM
        algorithms for generalized Bradley-Terry models, doi:10.1214/aos/1079120141.
    """
    if problem := _wins_problem(wins):
        raise StatisticsInputError(problem)
    import numpy as np

    won = np.asarray(wins, dtype=float)
    strengths = np.zeros(len(won))
    decrement = np.inf
    iterations = 0
    while decrement > _TOLERANCE and iterations < MAX_ITERATIONS:
        gradient, information = _derivatives(won, strengths)
        # Adding a constant to the singular information matrix fixes the free sum of the strengths at 0.
        step = np.linalg.solve(information + information.trace() / len(won), gradient)
        decrement = float(gradient @ step)
        start = _log_likelihood(won, strengths)
        while _log_likelihood(won, strengths + step) < start - abs(start) * 1e-12:
            step = step / 2
        strengths = strengths + step
        iterations += 1
    if decrement > _TOLERANCE:
        msg = f"wins: the fit did not converge in {MAX_ITERATIONS} steps; some models are almost never beaten"
        raise StatisticsInputError(msg)
    strengths = strengths - strengths.mean()
    covariance = np.linalg.pinv(_derivatives(won, strengths)[1], hermitian=True)
    return BradleyTerry(
        log_strengths=tuple(strengths.tolist()),
        stderrs=tuple(np.sqrt(covariance.diagonal()).tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
    )


def clustered_covariance(fit: BradleyTerry, wins: NDArray[float64]) -> NDArray[float64]:
    """Covariance of log strengths when comparisons come in clusters, as those of all pairs on one benchmark do.

    Args:
        fit: Strengths fitted to the sum of the clusters' wins.
        wins: One table of wins a cluster, shape (clusters, models, models); at least two clusters.

    Returns:
        G / (G - 1) times the sum over the G clusters of H g g' H, with g the cluster's wins less those expected and H
        the covariance of independent comparisons. Tests take Student's t with G - 1 degrees of freedom.

    Raises:
        StatisticsInputError: If there are fewer than two clusters, or the tables are not of the models fitted.

    References:
        Liang, Zeger (1986), Longitudinal data analysis using generalized linear models, doi:10.1093/biomet/73.1.13.
    """
    n = len(fit.log_strengths)
    if len(wins) < 2 or wins.shape[1:] != (n, n):
        msg = f"wins: expected at least 2 tables of {n} models, found shape {wins.shape}"
        raise StatisticsInputError(msg)
    import numpy as np

    strengths = np.asarray(fit.log_strengths)
    chance = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    surprise = wins.sum(axis=2) - ((wins + wins.transpose(0, 2, 1)) * chance).sum(axis=2)
    moved = surprise @ np.asarray(fit.covariance)
    covariance: NDArray[float64] = moved.T @ moved * len(wins) / (len(wins) - 1)
    return covariance


def _log_likelihood(won: NDArray[float64], strengths: NDArray[float64]) -> float:
    import numpy as np

    lead = strengths[:, None] - strengths[None, :]
    return -float((won * np.logaddexp(0.0, -lead)).sum())


def _derivatives(won: NDArray[float64], strengths: NDArray[float64]) -> tuple[NDArray[float64], NDArray[float64]]:
    """Gradient of the log likelihood and the information matrix (its negative second derivative)."""
    import numpy as np

    chance = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
    met = won + won.T
    weight = met * chance * chance.T
    return (won - met * chance).sum(axis=1), np.diag(weight.sum(axis=1)) - weight
