"""What another measurement would tell: models by benchmarks with cells missing, and the gain of filling each.

The model is additive: a score is the benchmark's level plus the model's ability plus noise, the noise being the score's own
error and the interaction of model and benchmark. Everything is linear and normal, so how much a measurement tells does not
depend on what it will say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, lengths_problem, level_problem, values_problem
from benchdb.stats.intervals import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

MOST_MODELS = 2_000
"""Models above which a table is refused: the work grows with their square."""
_LEAST_SHARE = 0.01
_TINY = 1e-18


@dataclass(frozen=True, slots=True)
class Gain:
    """What filling one missing cell would tell."""

    row: int
    """Position of the model."""
    column: int
    """Position of the benchmark."""
    share: float
    """Part of the mean variance of a difference between two models that goes away, from 0 to 1."""
    noise: float
    """Standard deviation of that measurement about level plus ability."""
    stderr: float
    """Standard error of the model's ability, against the mean of all, before."""
    stderr_after: float
    """The same afterwards."""
    n_undecided: int
    """Other models that the model is not told from so far."""


@dataclass(frozen=True, slots=True)
class Design:
    """A table of scores with gaps, and what filling them would tell."""

    gains: tuple[Gain, ...]
    """One for each missing cell, the greatest share first, then by row and column."""
    interaction: float
    """Standard deviation of the interaction of model and benchmark; 0 where it cannot be estimated."""
    spread: float
    """Standard deviation of abilities."""
    mean_stderr: float
    """Root of the mean variance of a difference between two models so far."""
    n_undecided: int
    """Pairs of models that are not told apart so far."""


def measurement_gains(
    values: Sequence[Sequence[float | None]],
    stderrs: Sequence[Sequence[float | None]],
    *,
    level: float = DEFAULT_LEVEL,
) -> Design:
    """Gain of each missing cell: by how much the mean variance of a difference between two models falls (A-optimality).

    Levels of benchmarks are free, abilities are drawn from one normal distribution. Variances come from the table: of
    scores about their benchmark's mean (abilities and noise), and of what the additive fit leaves (noise), less the
    squares of the stated errors (interaction). An unknown error is taken as the mean of its benchmark's, else of all.

    Args:
        values: Scores, one row a model and one cell a benchmark, None where missing; larger is better, one unit.
        stderrs: Standard errors of the scores in the same shape, None where unknown or missing.
        level: Coverage behind "told apart", pair by pair, as a fraction in (0, 1).

    Returns:
        The design. A benchmark that no model has tells nothing; the first model measured on it has no gain.

    Raises:
        StatisticsInputError: If shapes differ, a number is not finite, there are fewer than 2 models, more than
            `MOST_MODELS`, no score at all, or the level is out of range.

    References:
        Chaloner, Verdinelli (1995), Bayesian experimental design: a review, doi:10.1214/ss/1177009939, section 2.2 on
        A-optimality; Sherman, Morrison (1950), doi:10.1214/aoms/1177729893, for one more measurement.
    """
    if problem := _problem(values, stderrs) or level_problem(level):
        raise StatisticsInputError(problem)
    import numpy as np

    scores = np.array([[math.nan if cell is None else cell for cell in row] for row in values], dtype=np.float64)
    errors = np.array([[math.nan if cell is None else cell for cell in row] for row in stderrs], dtype=np.float64)
    there = ~np.isnan(scores)
    squares = _filled(np.where(there, errors, np.nan) ** 2)
    pooled, left = _scatter(scores, there)
    interaction = max(0.0, left - float(squares[there].mean())) if left is not None else 0.0
    dust = _TINY * float(np.abs(scores[there]).max()) ** 2
    interaction = interaction if interaction > dust else 0.0
    noise = squares + interaction
    if not float(noise[there].max()) > dust:  # nothing is known of the noise: every measurement is worth the same
        noise = np.full_like(noise, pooled if pooled is not None and pooled > dust else 1.0)
    noise = np.maximum(noise, 1e-9 * float(noise[there].max()))
    usual = float(noise[there].mean())
    spread = usual if pooled is None else max(pooled - usual, _LEAST_SHARE * max(pooled, usual))
    return _Table(scores, there, noise, spread).design(math.sqrt(interaction), normal_quantile(level))


def _problem(values: Sequence[Sequence[float | None]], stderrs: Sequence[Sequence[float | None]]) -> str | None:
    if problem := lengths_problem(values=values, stderrs=stderrs):
        return problem
    if not 2 <= len(values) <= MOST_MODELS:
        return f"values: expected 2 to {MOST_MODELS} models, found {len(values)}"
    for number, (row, errors) in enumerate(zip(values, stderrs, strict=True)):
        problem = lengths_problem(**{f"values[{number}]": row, f"stderrs[{number}]": errors, "values[0]": values[0]})
        problem = problem or values_problem(f"values[{number}]", [cell for cell in row if cell is not None], minimum=0)
        problem = problem or values_problem(
            f"stderrs[{number}]", [cell for cell in errors if cell is not None], minimum=0
        )
        if problem:
            return problem
    if all(cell is None for row in values for cell in row):
        return "values: expected at least one score, found none"
    return None


def _filled(squares: Floats) -> Floats:
    """Return squared errors with the unknown ones taken from their column, else from all, else 0."""
    import numpy as np

    known = ~np.isnan(squares)
    count = known.sum(axis=0)
    total = np.where(known, squares, 0.0)
    overall = float(total.sum() / known.sum()) if known.any() else 0.0
    column = np.where(count > 0, total.sum(axis=0) / np.maximum(count, 1), overall)
    return np.where(known, squares, column[None, :])


def _scatter(scores: Floats, there: NDArray[np.bool_]) -> tuple[float | None, float | None]:
    """Return the variance of scores about their column's mean, and about the additive fit; None without freedom."""
    import numpy as np

    count = there.sum(axis=0)
    total = np.where(there, scores, 0.0)
    means = total.sum(axis=0) / np.maximum(count, 1)
    centred = np.where(there, scores - means[None, :], 0.0)
    freedom = int((count - 1).clip(min=0).sum())
    pooled = float((centred**2).sum() / freedom) if freedom else None
    left, freedom = _residue(np.where(there, scores, 0.0), there)
    return pooled, left / freedom if freedom > 0 else None


def _residue(scores: Floats, there: NDArray[np.bool_]) -> tuple[float, int]:
    """Return the squares that the additive fit leaves, and their degrees of freedom.

    The levels are eliminated from the normal equations; models that no chain of benchmarks links make islands, each of
    which leaves one sum free, so the mean ability of each island is set to 0.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = there.shape[0]
    present = there.astype(np.float64)
    count = np.maximum(present.sum(axis=0), 1.0)
    links = csr_array(np.block([[np.zeros((n, n)), present], [present.T, np.zeros((there.shape[1],) * 2)]]))
    n_islands, island = connected_components(links, directed=False)
    same = island[:n, None] == island[None, :n]
    laplacian = np.diag(present.sum(axis=1)) - (present / count) @ present.T
    means = scores.sum(axis=0) / count
    abilities = np.linalg.solve(laplacian + same / same.sum(axis=1), (present * (scores - means)).sum(axis=1))
    levels = (present * (scores - abilities[:, None])).sum(axis=0) / count
    left = present * (scores - abilities[:, None] - levels[None, :])
    # A model or benchmark without any score is an island of its own and counts on both sides.
    return float((left**2).sum()), int(there.sum()) - (sum(there.shape) - int(n_islands))


class _Table:
    """The normal equations of abilities, the levels of benchmarks eliminated."""

    def __init__(self, scores: Floats, there: NDArray[np.bool_], noise: Floats, spread: float) -> None:
        import numpy as np

        self.there = there
        self.noise = noise
        self.weights = np.where(there, 1.0 / noise, 0.0)
        self.totals = self.weights.sum(axis=0)
        self.shares = self.weights / np.where(self.totals > 0, self.totals, 1.0)
        self.spread = spread
        precision = np.diag(self.weights.sum(axis=1)) - self.weights @ self.shares.T
        n = there.shape[0]
        self.covariance = np.linalg.inv(precision + np.eye(n) / spread)
        levels = (self.shares * np.where(there, scores, 0.0)).sum(axis=0)
        deviations = np.where(there, scores - levels[None, :], 0.0)
        self.abilities = self.covariance @ (self.weights * deviations).sum(axis=1)

    def design(self, interaction: float, quantile: float) -> Design:
        import numpy as np

        n = self.there.shape[0]
        centring = np.eye(n) - 1.0 / n
        centred = centring @ self.covariance
        inner = centred @ centring
        squared = centred.T @ centred
        whole = float(np.trace(inner))
        undecided = self._undecided(quantile)
        gains = []
        for column in range(self.there.shape[1]):
            if not self.totals[column] > 0:
                continue
            gains += self._column(column, (centred, inner, squared), whole, undecided.sum(axis=1))
        gains.sort(key=lambda gain: (-round(gain.share, 12), gain.row, gain.column))
        return Design(
            gains=tuple(gains),
            interaction=interaction,
            spread=math.sqrt(self.spread),
            mean_stderr=math.sqrt(2 * whole / (n - 1)),
            n_undecided=int(undecided.sum()) // 2,
        )

    def _undecided(self, quantile: float) -> NDArray[np.bool_]:
        import numpy as np

        variances = np.diag(self.covariance)
        errors = np.sqrt(np.maximum(variances[:, None] + variances[None, :] - 2 * self.covariance, 0.0))
        told = np.abs(self.abilities[:, None] - self.abilities[None, :]) > quantile * errors
        np.fill_diagonal(told, val=True)
        undecided: NDArray[np.bool_] = ~told
        return undecided

    def _column(
        self, column: int, parts: tuple[Floats, Floats, Floats], whole: float, undecided: NDArray[np.int_]
    ) -> list[Gain]:
        """Return the gains of one benchmark's missing cells; one more measurement is a change of rank one."""
        import numpy as np

        centred, inner, squared = parts
        share = self.shares[:, column]
        mixed = self.covariance @ share
        variance = np.diag(self.covariance) - 2 * mixed + share @ mixed
        length = np.diag(squared) - 2 * (squared @ share) + share @ squared @ share
        moved = np.diag(centred) - centred @ share
        weight = 1.0 / self.noise[:, column]
        extra = weight * self.totals[column] / (weight + self.totals[column])
        reduced = extra * length / (1 + extra * variance)
        before = np.diag(inner)
        after = before - extra * moved**2 / (1 + extra * variance)
        return [
            Gain(
                row=int(row),
                column=column,
                share=float(reduced[row] / whole),
                noise=float(np.sqrt(self.noise[row, column])),
                stderr=math.sqrt(max(float(before[row]), 0.0)),
                stderr_after=math.sqrt(max(float(after[row]), 0.0)),
                n_undecided=int(undecided[row]),
            )
            for row in np.flatnonzero(~self.there[:, column])
        ]
