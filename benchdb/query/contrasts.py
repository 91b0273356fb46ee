"""One difference of two cells, or of two means, with its error, interval, p and verdict in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.query.uncertainty import STRENGTH, scale
from benchdb.schema.vocab import Evidence
from benchdb.stats.intervals import normal_quantile
from benchdb.stats.paired import independent_difference, mcnemar_exact, welch_df

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.query.items import PairStats
    from benchdb.rows.leaderboard import Cell

PAIRED = "paired"
"""Evidence of a difference over items that both models were given; stronger than all of `Evidence`."""

_NO_SPREAD = 1e-12
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference, first minus second, in the cells' unit."""

    value_a: float
    """Value of the first."""
    value_b: float
    """Value of the second."""
    rounding: float
    """How far rounding can have moved the difference; already in the interval."""
    stderr: float | None
    """Standard error of the difference."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end."""
    p_value: float | None
    """Two-sided p of no difference, without regard to rounding."""
    method: str | None
    """How it was computed."""
    evidence: str
    """What it rests on."""
    n_items: int | None
    """Items behind it."""
    df: float | None = None
    """Degrees of freedom of the error; None is many."""

    @property
    def difference(self) -> float:
        """value_a minus value_b."""
        return self.value_a - self.value_b


def contrast(first: Cell, second: Cell, pair: PairStats | None, level: float) -> Contrast:
    """Return the difference of two cells of one benchmark and metric, from the best evidence there is.

    Where the runs share items, the values are the means over the shared items.

    Args:
        first: Cell of the first model.
        second: Cell of the second model.
        pair: What their shared items say, if both values rest on items.
        level: Coverage of the interval.
    """
    if pair is not None and pair.stderr is not None:
        return _from_pair(pair, pair.stderr, scale(first.unit), level)
    rounding = first.rounding + second.rounding
    counts = [cell.n_items for cell in (first, second) if cell.n_items is not None]
    errors = [cell.stderr for cell in (first, second) if cell.stderr is not None]
    bare = Contrast(
        value_a=first.value,
        value_b=second.value,
        rounding=rounding,
        stderr=math.hypot(*errors) if errors else None,
        lower=None,
        upper=None,
        p_value=None,
        method=None,
        evidence=Evidence.UNKNOWN.value,
        n_items=min(counts, default=None),
    )
    if len(errors) < 2:
        return _with(bare, evidence=Evidence.PARTIAL.value, method="one error only") if errors else bare
    df = None
    if first.n_items and second.n_items and min(counts) >= 2:
        df = welch_df(errors[0], first.n_items, errors[1], second.n_items)
    weaker = max(first.evidence, second.evidence, key=_strength)
    return _tested(_with(bare, evidence=weaker), df, level, "independent")


def overall(parts: Sequence[Contrast], level: float) -> Contrast:
    """Return the difference of the means over several benchmarks, as of independent benchmarks.

    A part without an error, or without spread, leaves the error of the mean `partial`: a lower bound.

    Args:
        parts: Differences on each benchmark, at least one, in one unit and direction.
        level: Coverage of the interval.
    """
    if len(parts) == 1:
        return parts[0]
    n = len(parts)
    known = [(part.stderr, part.df) for part in parts if part.stderr]
    counts = [part.n_items for part in parts if part.n_items is not None]
    sure = len(known) == n and all(part.evidence != Evidence.PARTIAL for part in parts)
    total = math.fsum(stderr * stderr for stderr, _ in known)
    bare = Contrast(
        value_a=math.fsum(part.value_a for part in parts) / n,
        value_b=math.fsum(part.value_b for part in parts) / n,
        rounding=math.fsum(part.rounding for part in parts) / n,
        stderr=math.sqrt(total) / n if known else None,
        lower=None,
        upper=None,
        p_value=None,
        method="mean of benchmarks" if known else None,
        evidence=(Evidence.PARTIAL if known else Evidence.UNKNOWN).value,
        n_items=sum(counts) if len(counts) == n else None,
    )
    if not sure:
        return bare
    spread = math.fsum(stderr**4 / df for stderr, df in known if df is not None)
    df = total * total / spread if spread else None
    weakest = max((part.evidence for part in parts), key=_strength)
    return _tested(_with(bare, evidence=weakest), df, level, "mean of benchmarks")


def verdict(found: Contrast, *, higher_is_better: bool | None, level: float) -> str:
    """Return what the difference says of the first model: better, worse, not distinguishable or unknown.

    Args:
        found: The difference.
        higher_is_better: Direction of the metric; where it is unknown no model is better.
        level: Coverage of the interval, and 1 minus the significance level of p.
    """
    if found.evidence == Evidence.UNKNOWN or found.stderr is None:
        return "unknown"
    if found.evidence == Evidence.PARTIAL:
        noise = normal_quantile(level) * found.stderr + found.rounding
        return "not distinguishable" if abs(found.difference) <= noise else "unknown"
    excludes_zero = found.lower is not None and found.upper is not None and (found.lower > 0 or found.upper < 0)
    if not excludes_zero or (found.p_value is not None and found.p_value > 1 - level):
        return "not distinguishable"
    if higher_is_better is None:
        return "unknown"
    return "better" if (found.difference > 0) is higher_is_better else "worse"


def _from_pair(pair: PairStats, stderr: float, full: float, level: float) -> Contrast:
    found = Contrast(
        value_a=pair.mean_a * full,
        value_b=pair.mean_b * full,
        rounding=0.0,
        stderr=stderr * full,
        lower=None,
        upper=None,
        p_value=None,
        method=None,
        evidence=PAIRED,
        n_items=pair.n_items,
    )
    clustered = " clustered" if pair.n_units != pair.n_items else ""
    if stderr <= _NO_SPREAD * max(abs(pair.mean_a), abs(pair.mean_b)):
        return _without_spread(found, pair, level, f"sign{clustered}")
    found = _tested(found, pair.n_units - 1, level, f"paired t{clustered}")
    right_or_wrong = pair.most_attempts == 1 and math.isclose(
        pair.n_wins - pair.n_losses, pair.mean * pair.n_items, abs_tol=_SAME * pair.n_items
    )
    if right_or_wrong and not clustered:
        p_value = mcnemar_exact(pair.n_wins, pair.n_losses)
        return _with(found, p_value=p_value, method="paired t interval, exact McNemar p")
    return found


def _without_spread(found: Contrast, pair: PairStats, level: float, method: str) -> Contrast:
    # Equal differences on every item: the sign test on the independent units is what is left.
    p_value = mcnemar_exact(pair.n_units, 0)
    same = abs(found.difference) <= _SAME * max(abs(found.value_a), abs(found.value_b), 1.0)
    bound = found.difference if p_value <= 1 - level else None
    return _with(found, lower=bound, upper=bound, p_value=1.0 if same else p_value, method=method)


def _tested(found: Contrast, df: float | None, level: float, method: str) -> Contrast:
    test = independent_difference(found.difference, found.stderr or 0.0, 0.0, 0.0, level=level, df=df)
    return _with(
        found,
        lower=test.lower - found.rounding,
        upper=test.upper + found.rounding,
        p_value=test.p_value,
        method=f"{method} {test.method}" if "paired" not in method else method,
        df=df,
    )


def _with(found: Contrast, **changes: object) -> Contrast:
    from dataclasses import replace

    return replace(found, **changes)  # type: ignore[arg-type]  # the names are this module's own


def _strength(evidence: str) -> int:
    return -1 if evidence == PAIRED else STRENGTH.index(Evidence(evidence))
