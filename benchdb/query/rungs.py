"""The rungs of evidence behind one cell: each function gives an error with its interval, or None where it does not reach.

Intervals of right-or-wrong metrics are Wilson's: on the items where each was tried once, else on the effective number of
items, which is the number of single answers that would give the same error. Other metrics get Student's t, and the normal
quantile only where nobody knows how many items there were.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchdb.schema.vocab import Evidence, ScoreUnit, StderrMethod
from benchdb.stats.intervals import normal_interval, normal_quantile, proportion_stderr, t_interval
from benchdb.stats.shares import effective_items, share_interval, stderr_bounds

if TYPE_CHECKING:
    from benchdb.query.chosen import Chosen
    from benchdb.query.items import ItemStats

_IMPLAUSIBLE = 0.5
"""A reported error below this share of the least that items and attempts allow is an error of something else."""
_ONE_PART = frozenset({StderrMethod.REPEATS, StderrMethod.MEAN_OF_STDERRS})
"""Reported errors that are not those of a mean over items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """A standard error and interval in the cell's unit, with what they rest on."""

    stderr: float
    """Standard error."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end."""
    evidence: Evidence
    """What it rests on."""
    method: str | None
    """How the interval was made."""
    n_items: int | None
    """Items behind it."""
    df: float | None = None
    """Degrees of freedom; None is many."""
    least: float | None = None
    """Least the error can be, where `stderr` is the greatest."""
    note: str | None = None
    """What the evidence leaves open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """An effective number of items, from other claims on the same benchmark."""

    n_effective: float
    """Median over the lenders."""
    score_ids: tuple[int, ...]
    """The claims it is borrowed from, in order of their keys."""


def tidy(value: float, factor: float | None, decimals: int | None = None) -> float:
    """Return a value without the last-digit noise of a conversion: 0.57 as percent is 57, not 56.99999999999999.

    Args:
        value: A value multiplied by `factor`.
        factor: What it was multiplied by.
        decimals: Decimals as printed, in the converted unit.
    """
    if factor in {None, 1.0}:
        return value
    return float(f"{value:.15g}") if decimals is None else round(value, decimals)


def scale(unit: str | None) -> float:
    """Return what a fraction of full marks is multiplied by to be in a unit: 100 for percent, else 1.

    Args:
        unit: The reporting unit.
    """
    return 100.0 if unit == ScoreUnit.PERCENT else 1.0


def share_of(row: Chosen, value: float) -> float | None:
    """Return a right-or-wrong value as a fraction; None for another metric, unit or a value out of range.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
    """
    if not row.is_proportion or row.unit not in {ScoreUnit.PERCENT, ScoreUnit.FRACTION}:
        return None
    share = value / scale(row.unit)
    return share if 0 <= share <= 1 else None


def from_items(row: Chosen, value: float, items: ItemStats, level: float) -> Error | None:
    """Return the error over items; None with fewer than two of them, or without spread in a metric of any other kind.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
        items: What its items say.
        level: Coverage of the interval.
    """
    share = share_of(row, value)
    if items.stderr is None:
        return None
    if items.stderr == 0:  # a sample without spread is no certainty
        return None if share is None else _on_items(row, share, items.n_units, Evidence.ITEMS, level)
    clustered = items.n_units != items.n_items
    df, stderr = items.n_units - 1, items.stderr * scale(row.unit)
    if share is not None and items.is_single and not clustered:
        lower, upper, method = _wilson(row, share, items.n_items, None, level)
    else:
        lower, upper, method = around(row, value, stderr, df, level)
    return Error(
        stderr=stderr,
        lower=lower,
        upper=upper,
        evidence=Evidence.ITEMS,
        method=f"clustered {method}" if clustered else method,
        n_items=items.n_items,
        df=df,
    )


def from_report(row: Chosen, value: float, level: float) -> Error | None:
    """Return the error that the source states, or that its interval implies; None if it states none, or none of a mean.

    An error of zero, the spread over repeated runs, a mean of standard errors, and an error far below what the stated
    items and attempts allow do not say how sure a mean over items is where the number of items is known.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
        level: Coverage of the interval.
    """
    stated = _stated(row, level)
    if stated is None or stated[0] <= 0:
        return None
    stderr, bounds = stated
    if not is_of_a_mean(row, value, stderr):
        return None
    n_items = row.n_items or catalogued(row)
    df = n_items - 1 if n_items is not None and n_items > 1 else None
    note = None
    if row.n_items is None and df is not None:
        note = f"{n_items} items, from the benchmark's catalogue entry, for the degrees of freedom"
    lower, upper, method = (*bounds, "reported") if bounds else around(row, value, stderr, df, level)
    return Error(
        stderr=stderr,
        lower=lower,
        upper=upper,
        evidence=Evidence.REPORTED,
        method=method,
        n_items=row.n_items,
        df=df,
        note=note,
    )


def from_counts(row: Chosen, value: float, level: float) -> Error | None:
    """Return the binomial error of the stated items: exact for one attempt an item, else the greatest there can be.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
        level: Coverage of the interval.
    """
    share = share_of(row, value)
    if share is None or row.n_items is None:
        return None
    return _on_items(row, share, row.n_items, Evidence.COUNTS, level)


def borrowed(row: Chosen, value: float, lent: Lent | None, level: float) -> Error | None:
    """Return the error with the benchmark's number of items: its catalogue entry's, else one that other claims imply.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
        lent: What other claims on the same benchmark imply.
        level: Coverage of the interval.
    """
    share = share_of(row, value)
    n_items = catalogued(row)
    if share is None:
        return None
    if n_items is not None:
        found = _on_items(row, share, n_items, Evidence.BORROWED, level)
        source = f"{n_items} items, from the benchmark's catalogue entry"
        return _noted(found, source)
    if lent is None or not 0 < share < 1:
        return None
    df = max(lent.n_effective - 1, 1.0)
    lower, upper, method = _wilson(row, share, lent.n_effective, df, level)
    named = ", ".join(map(str, lent.score_ids[:3])) + (" …" if len(lent.score_ids) > 3 else "")
    return Error(
        stderr=math.sqrt(share * (1 - share) / lent.n_effective) * scale(row.unit),
        lower=lower,
        upper=upper,
        evidence=Evidence.BORROWED,
        method=method,
        n_items=None,
        df=df,
        note=f"{lent.n_effective:.4g} effective items, the median of {len(lent.score_ids)} claims on it (scores {named})",
    )


def lower_bound(row: Chosen, level: float) -> Error | None:
    """Return what a reported spread over repeated runs says when nothing else is known: a lower bound.

    Runs on the same items differ by their answers only, so the noise of the items is missing from it.

    Args:
        row: The chosen claim.
        level: Coverage of the interval it might come with.
    """
    stated = _stated(row, level)
    if stated is None or stated[0] <= 0 or row.stderr_method not in _ONE_PART:
        return None
    repeats = row.stderr_method == StderrMethod.REPEATS
    return Error(
        stderr=stated[0],
        lower=None,
        upper=None,
        evidence=Evidence.PARTIAL if repeats else Evidence.REPORTED,
        method=None,
        n_items=row.n_items,
        note="spread over repeated runs on the same items" if repeats else "mean of the standard errors of its parts",
    )


def is_of_a_mean(row: Chosen, value: float, stderr: float) -> bool:
    """Return whether a reported error can be that of a mean over the items and attempts its source states.

    Args:
        row: The chosen claim.
        value: Its value, in the cell's unit.
        stderr: The reported error, in the cell's unit.
    """
    if row.stderr_method in _ONE_PART:
        return False
    share = share_of(row, value)
    if share is None or row.n_items is None or row.samples_per_item is None:
        return True
    least, _ = stderr_bounds(share, row.n_items, row.samples_per_item)
    return stderr >= _IMPLAUSIBLE * least * scale(row.unit)


def catalogued(row: Chosen) -> int | None:
    """Return the number of items of the benchmark's catalogue entry; None for a part of it, or if it is not known.

    Args:
        row: The chosen claim.
    """
    return None if row.is_part else row.benchmark_items


def _stated(row: Chosen, level: float) -> tuple[float, tuple[float, float] | None] | None:
    """The reported error, and the reported interval where it has the level asked for."""
    stderr, lower, upper = (
        None if stated is None else tidy(stated * (row.factor or 1.0), row.factor)
        for stated in (row.stated_stderr, row.stated_lower, row.stated_upper)
    )
    reported, bounds = row.stated_level, None
    if lower is not None and upper is not None and reported is not None and upper >= lower:
        if stderr is None:
            stderr = (upper - lower) / (2 * normal_quantile(reported))
        if math.isclose(reported, level, rel_tol=1e-9):
            bounds = (lower, upper)
    return None if stderr is None else (stderr, bounds)


def _on_items(row: Chosen, share: float, n_items: int, evidence: Evidence, level: float) -> Error:
    full, attempts = scale(row.unit), row.samples_per_item
    lower, upper, method = _wilson(row, share, n_items, None, level)
    stderr = proportion_stderr(share, n_items) * full
    least, note = None, None
    if stderr == 0:
        stderr = (upper - lower) / 2 / normal_quantile(level)
    elif evidence is not Evidence.ITEMS and attempts is not None and attempts > 1:
        least = stderr_bounds(share, n_items, attempts)[0] * full
        note = f"between ± {least:.2g} and ± {stderr:.2g}: {attempts} attempts at each item"
    return Error(
        stderr=stderr,
        lower=lower,
        upper=upper,
        evidence=evidence,
        method=method,
        n_items=n_items,
        least=least,
        note=note,
    )


def _noted(error: Error, source: str) -> Error:
    return replace(error, note=source if error.note is None else f"{source}; {error.note}")


def around(row: Chosen, value: float, stderr: float, df: float | None, level: float) -> tuple[float, float, str]:
    """Return the interval about a value whose error was estimated, and its method.

    Args:
        row: The chosen claim.
        value: The value, in the cell's unit.
        stderr: Its standard error, above 0.
        df: Degrees of freedom; None for the normal quantile.
        level: Coverage of the interval.
    """
    share = share_of(row, value)
    if share is not None and 0 < share < 1:
        return _wilson(row, share, effective_items(share, stderr / scale(row.unit)), df, level)
    interval = normal_interval(value, stderr, level=level) if df is None else t_interval(value, stderr, df, level=level)
    return (*_clip(row, value, interval.lower, interval.upper), interval.method)


def _wilson(row: Chosen, share: float, n: float, df: float | None, level: float) -> tuple[float, float, str]:
    full, interval = scale(row.unit), share_interval(share, n, df=df, level=level)
    method = interval.method if isinstance(n, int) else "effective wilson"
    return interval.lower * full, interval.upper * full, method


def _clip(row: Chosen, value: float, lower: float, upper: float) -> tuple[float, float]:
    least = -math.inf if row.lower_bound is None else min(row.lower_bound, value)
    most = math.inf if row.upper_bound is None else max(row.upper_bound, value)
    return max(lower, least), min(upper, most)
