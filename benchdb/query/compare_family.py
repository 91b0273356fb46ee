"""Verdicts over all that one answer compares: p adjusted for the number of comparisons, then said in words.

The family is every row of the answer that is judged and has a p. A mean over one benchmark repeats that benchmark's row and
is not counted again; rows that are not comparable are not judged.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from benchdb.schema.vocab import Evidence
from benchdb.stats.intervals import normal_quantile
from benchdb.stats.multiple import benjamini_hochberg, holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.comparison import Difference

NOT_COMPARABLE = "not comparable"
"""Verdict where the protocols differ in what changes the task."""


class Correction(StrEnum):
    """How p is adjusted for the number of comparisons in one answer."""

    HOLM = "holm"
    """Holm's step-down method: the chance of any false "better" or "worse" in the answer stays below one minus the level."""
    BH = "bh"
    """Benjamini and Hochberg's method: the expected share of false ones among them stays below one minus the level."""
    NONE = "none"
    """Each comparison has the level for itself."""


def judged(rows: Sequence[Difference], correction: Correction) -> tuple[list[Difference], int]:
    """Return the rows with adjusted p and verdict, in the same order, and the number of comparisons in the family.

    Args:
        rows: The rows of one answer; the verdict of those that must not be judged is `NOT_COMPARABLE` already.
        correction: How p is adjusted.
    """
    family = [
        row.p_value
        for row in rows
        if row.p_value is not None
        and row.verdict != NOT_COMPARABLE
        and not (row.benchmark is None and row.n_benchmarks == 1)
    ]
    found = family
    if correction is Correction.HOLM:
        found = holm(family)
    elif correction is Correction.BH:
        found = benjamini_hochberg(family)
    # Equal p get equal results, so p itself is the key.
    adjusted = dict(zip(family, found, strict=True))
    return [_judged(row, adjusted, correction) for row in rows], len(family)


def _judged(row: Difference, adjusted: dict[float, float], correction: Correction) -> Difference:
    if row.verdict == NOT_COMPARABLE:
        return row
    if row.p_value is None:
        return replace(row, verdict=verdict(row, None))
    p_adjusted = adjusted[row.p_value]
    words = verdict(row, p_adjusted)
    return replace(row, p_adjusted=p_adjusted, correction=correction.value, verdict=words)


def verdict(row: Difference, p_adjusted: float | None) -> str:
    """Return what a difference says of the first model: better, worse, not distinguishable or unknown.

    Args:
        row: A difference.
        p_adjusted: Its p, adjusted for the number of comparisons; None where it has none.
    """
    if row.evidence == Evidence.UNKNOWN or row.stderr is None:
        return "unknown"
    if row.evidence == Evidence.PARTIAL:
        noise = normal_quantile(row.level) * row.stderr + row.rounding
        return "not distinguishable" if abs(row.difference) <= noise else "unknown"
    excludes_zero = row.lower is not None and row.upper is not None and (row.lower > 0 or row.upper < 0)
    if not excludes_zero or (p_adjusted is not None and p_adjusted > 1 - row.level):
        return "not distinguishable"
    if row.higher_is_better is None:
        return "unknown"
    return "better" if (row.difference > 0) is row.higher_is_better else "worse"
