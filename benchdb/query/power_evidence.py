"""The variance of one item's difference between two models, from the best evidence that is stored.

The ladder: the two models' own shared items; the shared items of similar pairs, that is of stored models whose means on the
benchmark differ by at most ten points (all pairs, where none are that close), by the median of their variances; the two
models' own errors as if independent; the errors of the stored models, by the median of their variances, twice; the binomial
variance at one half, the worst case, for the catalogue's number of items.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, median_low
from typing import TYPE_CHECKING

from benchdb.query.contrasts import PAIRED, contrast
from benchdb.query.uncertainty import STRENGTH, scale
from benchdb.schema.vocab import Evidence, ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.query.chosen import Chosen
    from benchdb.query.compare_pairs import PairKey, PairStats
    from benchdb.rows.leaderboard import Cell

SIMILAR = "similar pairs"
"""Evidence of a variance taken from other models on the same benchmark."""
MOST_RUNS = 60
"""Most runs whose pairs are looked at; of more, so many are taken evenly along their values."""
_CLOSE = 0.1

Claim = tuple["Chosen", "Cell"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A variance of one item's difference, in the squared unit of the cells."""

    variance: float | None
    """With the attempts there were; None where nothing is known."""
    n_items: int | None
    """Items there are."""
    evidence: str
    """What it rests on."""
    method: str
    """How it was computed."""
    n_pairs: int = 1
    """Pairs behind it."""
    data_variance: float | None = None
    """The part that stems from the items."""
    prediction_variance: float | None = None
    """The part of one attempt each within an item."""


def spread(claims: Sequence[Claim], pair: tuple[Claim, Claim] | None, stats: Mapping[PairKey, PairStats]) -> Spread:
    """Return the variance of one item's difference on one benchmark.

    Args:
        claims: Every model's claim on the benchmark, at least one.
        pair: The two models in question, None for any two.
        stats: What pairs of runs share.
    """
    full = scale(claims[0][1].unit)
    own = None if pair is None else stats.get(_key(*pair))
    if own is not None and own.stderr:
        return _of_pairs([own], full, PAIRED, "of the two models' shared items")
    similar = [found for found in stats.values() if found.stderr and found.n_items >= 2]
    if similar:
        close = [found for found in similar if abs(found.mean) <= _CLOSE] if full == 100 else []
        chosen = close or similar
        return _of_pairs(chosen, full, SIMILAR, f"median over the shared items of {len(chosen)} pairs of models")
    if pair is not None and (found := _of_errors(*pair)):
        return found
    return _of_everyone(claims) or _of_catalogue(claims)


def runs_to_pair(claims: Sequence[Claim], pair: tuple[Claim, Claim] | None) -> list[Claim]:
    """Return the claims whose runs are to be paired: those with items, the two in question always among them.

    Args:
        claims: Every model's claim on the benchmark.
        pair: The two models in question, or None.
    """
    with_items = sorted(
        (claim for claim in claims if claim[1].evidence == Evidence.ITEMS),
        key=lambda claim: (claim[1].value, claim[1].score_id),
    )
    step = max(1.0, len(with_items) / MOST_RUNS)
    taken = [with_items[int(place * step)] for place in range(min(len(with_items), MOST_RUNS))]
    named = [claim for claim in pair or () if claim[1].evidence == Evidence.ITEMS]
    return [*taken, *[claim for claim in named if claim not in taken]]


def _key(first: Claim, second: Claim) -> PairKey:
    runs = sorted((first[0].run_id, second[0].run_id))
    return runs[0], runs[1], first[0].metric_id


def _of_pairs(pairs: Sequence[PairStats], full: float, evidence: str, method: str) -> Spread:
    # The pair in the middle, so that its variance and the parts of it belong together.
    middle = median_low(sorted((pair.stderr or 0.0) ** 2 * pair.n_items for pair in pairs))
    pair = next(pair for pair in pairs if (pair.stderr or 0.0) ** 2 * pair.n_items == middle)
    averaged, prediction = pair.averaged_variance, pair.prediction_variance
    return Spread(
        variance=middle * full * full,
        n_items=pair.n_items,
        evidence=evidence,
        method=method,
        n_pairs=len(pairs),
        data_variance=None if averaged is None else (middle - averaged) * full * full,
        prediction_variance=None if prediction is None else prediction * full * full,
    )


def _of_errors(first: Claim, second: Claim) -> Spread | None:
    found = contrast(first[1], second[1], None, first[1].level)
    if not found.stderr or found.n_items is None or found.evidence in {Evidence.PARTIAL, Evidence.UNKNOWN}:
        return None
    return Spread(
        found.stderr**2 * found.n_items, found.n_items, found.evidence, "of the two models' errors, independent"
    )


def _of_everyone(claims: Sequence[Claim]) -> Spread | None:
    known = [cell for _, cell in claims if cell.stderr and cell.n_items and cell.evidence != Evidence.PARTIAL]
    if not known:
        return None
    variance = median((cell.stderr or 0.0) ** 2 * (cell.n_items or 0) for cell in known)
    evidence = max((cell.evidence for cell in known), key=lambda kind: STRENGTH.index(Evidence(kind)))
    n_items = median_low([cell.n_items or 0 for cell in known])
    method = f"twice the median over the errors of {len(known)} models, independent"
    return Spread(2 * variance, n_items, evidence, method, n_pairs=0)


def _of_catalogue(claims: Sequence[Claim]) -> Spread:
    row, cell = claims[0]
    n_items = cell.n_items or (None if row.is_part else row.benchmark_items)
    if not row.is_proportion or cell.unit not in {ScoreUnit.PERCENT, ScoreUnit.FRACTION} or n_items is None:
        return Spread(None, n_items, Evidence.UNKNOWN.value, "nothing says how uncertain a score is", n_pairs=0)
    method = "binomial at one half, the worst case, independent"
    return Spread(scale(cell.unit) ** 2 / 2, n_items, Evidence.BORROWED.value, method, n_pairs=0)
