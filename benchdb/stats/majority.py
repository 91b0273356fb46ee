"""How often the answer that most of k attempts give is right (maj@k, self-consistency)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_EXACT = 10_000
"""Attempts times k up to which the expectation is exact; beyond it is simulated."""
N_DRAWS = 10_000
"""Draws of a simulation; its standard error is at most 0.005 an item."""


def majority_at_k(answers: Sequence[tuple[int, int]], n_without: int, k: int, *, seed: int = DEFAULT_SEED) -> float:
    """Chance that the most frequent answer of k attempts is right, the k drawn without replacement from those made at an item.

    Attempts without an answer have no vote; where all k are such, the item is wrong. Of several answers with equally many votes a fair
    coin takes one. An answer whose attempts were judged differently is right to the share of them that were.

    Args:
        answers: Attempts that gave each answer, at least one, and those of them that were right.
        n_without: Attempts without an answer.
        k: Attempts drawn, at least 1 and at most those made.
        seed: Seed of the simulation, which is used only where attempts times k exceed `MOST_EXACT`.

    Returns:
        A fraction: exact up to floating point, or the mean of `N_DRAWS` draws.

    Raises:
        StatisticsInputError: If k is below 1 or above the attempts made, or a count is out of range.

    References:
        Wang et al. (2022), Self-consistency improves chain of thought reasoning in language models, arXiv:2203.11171.
    """
    n = sum(given for given, _ in answers) + n_without
    if any(given < 1 or not 0 <= right <= given for given, right in answers) or n_without < 0:
        raise StatisticsInputError(f"answers: expected 0 <= right <= given and given >= 1, found {list(answers)}")
    if not 1 <= k <= n:
        raise StatisticsInputError(f"k: expected from 1 to the {n} attempts there are, found {k}")
    if n * k > MOST_EXACT:
        return _simulated(answers, n_without, k, seed)
    most = min(k, max((given for given, _ in answers), default=0))
    return math.fsum(_with_votes(answers, n_without, k, votes) for votes in range(1, most + 1)) / math.comb(n, k)


def _with_votes(answers: Sequence[tuple[int, int]], n_without: int, k: int, votes: int) -> float:
    """Return the ways to draw k attempts whose leading answers have so many votes, weighted by the chance that the coin takes a right one."""
    import numpy as np

    # ways[t, u]: draws of u attempts in which t answers have `votes` and no answer more; right: the same times their rightness added up.
    ways = np.zeros((k // votes + 1, k + 1))
    right = np.zeros_like(ways)
    ways[0, 0] = 1.0
    for given, n_right in answers:
        more_ways, more_right = np.zeros_like(ways), np.zeros_like(right)
        for drawn in range(min(given, votes - 1, k) + 1):
            weight = math.comb(given, drawn)
            more_ways[:, drawn:] += weight * ways[:, : k + 1 - drawn]
            more_right[:, drawn:] += weight * right[:, : k + 1 - drawn]
        if given >= votes:
            weight = math.comb(given, votes)
            before = slice(None, k + 1 - votes)
            more_ways[1:, votes:] += weight * ways[:-1, before]
            more_right[1:, votes:] += weight * (right[:-1, before] + n_right / given * ways[:-1, before])
        ways, right = more_ways, more_right
    return math.fsum(
        math.comb(n_without, silent) * float(right[tied, k - silent]) / tied
        for tied in range(1, k // votes + 1)
        for silent in range(min(n_without, k) + 1)
    )


def _simulated(answers: Sequence[tuple[int, int]], n_without: int, k: int, seed: int) -> float:
    import numpy as np

    if not answers:
        return 0.0
    given = np.array([each for each, _ in answers])
    share = np.array([right / each for each, right in answers])
    drawn = np.random.default_rng(seed).multivariate_hypergeometric([*given, n_without], k, size=N_DRAWS)[:, :-1]
    most = drawn.max(axis=1, keepdims=True)
    leads = (drawn == most) & (most > 0)
    return float((leads @ share / np.maximum(leads.sum(axis=1), 1)).mean())
