"""One difference of two cells, or of two means, with its error, interval and p.

The ladder: items both runs have outcomes on (`PAIRED`), else counts of right answers (two proportions), else the two
values' own errors as if independent (which is too wide where items are shared), else the part of the error that is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from benchdb.query.uncertainty import STRENGTH, scale
from benchdb.schema.vocab import Evidence
from benchdb.stats.granularity import possible_counts
from benchdb.stats.paired import mcnemar_exact
from benchdb.stats.unpaired import independent_difference, two_proportion, welch_df

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.query.compare_pairs import PairStats
    from benchdb.rows.leaderboard import Cell

PAIRED = "paired"
"""Evidence of a difference over items that both models were given; stronger than all of `Evidence`."""

_NO_SPREAD = 1e-12
_SAME = 1e-9
_COUNTED = (Evidence.COUNTS, Evidence.BORROWED)


class ChosenTest(StrEnum):
    """How the p of a difference is computed."""

    AUTO = "auto"
    """By the evidence: exact McNemar where each shared item was tried once and is right or wrong, else the paired t test,
    else the sign test where all differences are the same; two proportions where only counts exist; else t or normal from
    the two errors."""
    T = "t"
    """The paired t test; without shared items Welch's t test, or the normal one where a number of items is unknown."""
    SIGN = "sign"
    """The exact sign test on the items (or clusters) won and lost."""
    MCNEMAR = "mcnemar"
    """McNemar's exact test on the items that exactly one model solves."""
    PERMUTATION = "permutation"
    """The models' names are swapped item by item (or cluster by cluster)."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference, first minus second, in the cells' unit."""

    value_a: float
    """Value of the first."""
    value_b: float
    """Value of the second."""
    rounding: float
    """How far rounding can have moved the difference; already in the interval and in p."""
    stderr: float | None = None
    """Standard error of the difference."""
    lower: float | None = None
    """Lower end of the interval."""
    upper: float | None = None
    """Upper end."""
    p_value: float | None = None
    """Two-sided p of no difference, of the part of it that rounding cannot explain."""
    method: str | None = None
    """How it was computed."""
    evidence: str = Evidence.UNKNOWN.value
    """What it rests on."""
    n_items: int | None = None
    """Items behind it."""
    df: float | None = None
    """Degrees of freedom of the error; None is many."""
    n_wins: int | None = None
    """Shared items on which the first is above the second."""
    n_losses: int | None = None
    """Shared items on which it is below."""
    data_stderr: float | None = None
    """The part of the error that stems from the items drawn."""
    prediction_stderr: float | None = None
    """The part of the error that stems from the answers drawn."""

    @property
    def difference(self) -> float:
        """value_a minus value_b."""
        return self.value_a - self.value_b


def contrast(
    first: Cell, second: Cell, pair: PairStats | None, level: float, test: ChosenTest = ChosenTest.AUTO
) -> Contrast:
    """Return the difference of two cells of one benchmark and metric, from the best evidence there is.

    Where the runs share items, the values are the means over the shared items.

    Args:
        first: Cell of the first model.
        second: Cell of the second model.
        pair: What their shared items say, if both values rest on items.
        level: Coverage of the interval.
        test: How p is computed, as far as the evidence allows; permutation is left to the caller and taken as auto here.
    """
    if pair is not None and pair.stderr is not None:
        return from_pair(pair, pair.stderr, scale(first.unit), level, test)
    counts = [cell.n_items for cell in (first, second) if cell.n_items is not None]
    errors = [cell.stderr for cell in (first, second) if cell.stderr is not None]
    bare = Contrast(
        value_a=first.value,
        value_b=second.value,
        rounding=first.rounding + second.rounding,
        stderr=math.hypot(*errors) if errors else None,
        n_items=min(counts, default=None),
    )
    if len(errors) < 2:
        return replace(bare, evidence=Evidence.PARTIAL.value, method="one error only") if errors else bare
    bare = replace(bare, evidence=max(first.evidence, second.evidence, key=_strength))
    if bare.evidence == Evidence.PARTIAL:
        return replace(bare, method="a part of the errors only")
    if test is not ChosenTest.T and (found := _two_proportions(bare, first, second, level)):
        return found
    df = None
    units = [_units(cell) for cell in (first, second)]
    if units[0] and units[1] and min(units[0], units[1]) >= 2:
        df = welch_df(errors[0], units[0], errors[1], units[1])
    return _tested(bare, df, level, "independent")


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
        method="mean of benchmarks" if known else None,
        evidence=(Evidence.PARTIAL if known else Evidence.UNKNOWN).value,
        n_items=sum(counts) if len(counts) == n else None,
        data_stderr=_mean_stderr([part.data_stderr for part in parts]),
        prediction_stderr=_mean_stderr([part.prediction_stderr for part in parts]),
    )
    if not sure:
        return bare
    spread = math.fsum(stderr**4 / df for stderr, df in known if df is not None)
    df = total * total / spread if spread else None
    weakest = max((part.evidence for part in parts), key=_strength)
    return _tested(replace(bare, evidence=weakest), df, level, "mean of benchmarks")


def _mean_stderr(errors: Sequence[float | None]) -> float | None:
    known = [error for error in errors if error is not None]
    return math.hypot(*known) / len(known) if len(known) == len(errors) else None


def from_pair(
    pair: PairStats, stderr: float, full: float, level: float, test: ChosenTest = ChosenTest.AUTO
) -> Contrast:
    """Return the difference of two runs over the items they share.

    Args:
        pair: What the shared items say.
        stderr: Standard error of their mean difference.
        full: What a share of marks is multiplied by to be in the cells' unit.
        level: Coverage of the interval.
        test: How p is computed; permutation is taken as auto here.
    """
    data_stderr, prediction_stderr = _noises(pair, stderr, full)
    found = Contrast(
        value_a=pair.mean_a * full,
        value_b=pair.mean_b * full,
        rounding=0.0,
        stderr=stderr * full,
        evidence=PAIRED,
        n_items=pair.n_items,
        n_wins=pair.n_wins,
        n_losses=pair.n_losses,
        data_stderr=data_stderr,
        prediction_stderr=prediction_stderr,
    )
    clustered = " clustered" if pair.n_units != pair.n_items else ""
    if stderr <= _NO_SPREAD * max(abs(pair.mean_a), abs(pair.mean_b)):
        return _without_spread(found, pair, level, f"sign{clustered}")
    exact = None
    if test is ChosenTest.SIGN:
        exact = f"exact sign{clustered}", mcnemar_exact(pair.n_units_won, pair.n_units_lost)
    elif test is not ChosenTest.T and not clustered and _is_right_or_wrong(pair):
        exact = "exact McNemar", mcnemar_exact(pair.n_wins, pair.n_losses)
    return _tested(found, pair.n_units - 1, level, f"paired t{clustered}", exact)


def _is_right_or_wrong(pair: PairStats) -> bool:
    balance = pair.n_wins - pair.n_losses
    return pair.most_attempts == 1 and math.isclose(balance, pair.mean * pair.n_items, abs_tol=_SAME * pair.n_items)


def _noises(pair: PairStats, stderr: float, full: float) -> tuple[float | None, float | None]:
    if pair.averaged_variance is None:
        return None, None
    answers = pair.averaged_variance / pair.n_items
    return math.sqrt(max(0.0, stderr * stderr - answers)) * full, math.sqrt(answers) * full


def _without_spread(found: Contrast, pair: PairStats, level: float, method: str) -> Contrast:
    # Equal differences on every item: the sign test on the independent units is what is left.
    p_value = mcnemar_exact(pair.n_units, 0)
    same = abs(found.difference) <= _SAME * max(abs(found.value_a), abs(found.value_b), 1.0)
    bound = found.difference if p_value <= 1 - level else None
    return replace(found, lower=bound, upper=bound, p_value=1.0 if same else p_value, method=method)


def _two_proportions(bare: Contrast, first: Cell, second: Cell, level: float) -> Contrast | None:
    """Newcombe's interval and the p of two proportions, where each value is one count of right answers."""
    if any(cell.interval_method != "wilson" or (cell.samples_per_item or 1) > 1 for cell in (first, second)):
        return None
    if first.evidence not in _COUNTED or second.evidence not in _COUNTED:
        return None
    counts = _closest_counts(first, second)
    if counts is None or None in {first.lower, first.upper, second.lower, second.upper}:
        return None
    right_a, right_b = counts
    n_a, n_b = first.n_items or 0, second.n_items or 0
    overlap = (right_a * n_b - right_b * n_a) * bare.difference <= 0
    test = two_proportion(right_a, n_a, right_b, n_b, level=level)
    # The cells' own intervals are Wilson's.
    below = _root(first.value - (first.lower or 0.0), (second.upper or 0.0) - second.value)
    above = _root((first.upper or 0.0) - first.value, second.value - (second.lower or 0.0))
    return replace(
        bare,
        lower=bare.difference - below - bare.rounding,
        upper=bare.difference + above + bare.rounding,
        p_value=1.0 if overlap else test.p_value,
        method=f"two proportions, {test.method}",
    )


def _units(cell: Cell) -> int:
    """Independent units behind a cell's error: clusters where they are fewer than the items."""
    return (cell.n_items or 0) if cell.df is None else round(cell.df) + 1


def _root(x: float, y: float) -> float:
    return math.sqrt(x * x + y * y)


def _closest_counts(first: Cell, second: Cell) -> tuple[int, int] | None:
    """Of the counts that print as the two values, those that are closest together; None where there is none."""
    possible_a, possible_b = _counts(first), _counts(second)
    if not possible_a or not possible_b:
        return None
    return (possible_a[0], possible_b[-1]) if first.value > second.value else (possible_a[-1], possible_b[0])


def _counts(cell: Cell) -> range:
    """Counts of right answers that print as the cell's value; empty where there is none."""
    full, n_items = int(scale(cell.unit)), cell.n_items or 0
    if cell.decimals is not None and cell.rounding > 0:
        return possible_counts(round(cell.value, cell.decimals), cell.decimals, n_items, scale=full)
    exact = cell.value * n_items / full
    count = round(exact)
    return range(count, count + 1) if abs(exact - count) <= _SAME * n_items else range(0)


def _tested(
    found: Contrast, df: float | None, level: float, method: str, exact: tuple[str, float] | None = None
) -> Contrast:
    """The interval of t or the normal distribution, with its p or that of another test, given with its name."""
    stderr, sure = found.stderr or 0.0, max(0.0, abs(found.difference) - found.rounding)
    test = independent_difference(found.difference, stderr, 0.0, 0.0, level=level, df=df)
    p_value = test.p_value
    if found.rounding:
        p_value = independent_difference(sure, stderr, 0.0, 0.0, level=level, df=df).p_value
    method = f"{method} {test.method}" if "paired" not in method else method
    if exact is not None:
        p_value, method = exact[1], f"{method} interval, {exact[0]} p"
    return replace(
        found,
        lower=test.lower - found.rounding,
        upper=test.upper + found.rounding,
        p_value=p_value,
        method=method,
        df=df,
    )


def _strength(evidence: str) -> int:
    return -1 if evidence == PAIRED else STRENGTH.index(Evidence(evidence))
