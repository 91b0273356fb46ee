"""How uncertain a cell is, from the strongest evidence there is: items, reported error, counts, borrowed counts.

- items: outcomes in the database whose mean is the claim's value; Student's t with units - 1 degrees of freedom.
- reported: the source's standard error, or the one its interval implies.
- counts: the binomial error from the stated number of items, with Wilson's interval; for right-or-wrong metrics only.
  With several attempts an item it is an upper bound, because pass rates vary less than single attempts.
- borrowed: the same with the number of items of the benchmark's catalogue entry; not for a part of the benchmark.

An error of zero comes from a sample without spread, not from certainty: where the number of items is known, Wilson's
half-width in standard errors takes its place, elsewhere the next rung does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.rows.leaderboard import Cell
from benchdb.schema.vocab import Evidence, ScoreUnit
from benchdb.stats.intervals import normal_interval, normal_quantile, proportion_stderr, t_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from benchdb.query.claims import Chosen
    from benchdb.query.items import ItemStats

STRENGTH = (Evidence.ITEMS, Evidence.REPORTED, Evidence.COUNTS, Evidence.BORROWED, Evidence.PARTIAL, Evidence.UNKNOWN)
"""Kinds of evidence, strongest first."""

_AGREEMENT = 1e-6


@dataclass(frozen=True, slots=True)
class _Error:
    """A standard error and interval in the cell's unit, with what they rest on."""

    stderr: float
    lower: float
    upper: float
    evidence: Evidence
    n_items: int | None


def weakest(evidence: Sequence[str]) -> Evidence:
    """Return the weakest of several kinds of evidence; `partial` where some but not all are unknown.

    Args:
        evidence: At least one kind.
    """
    kinds = {Evidence(kind) for kind in evidence}
    if Evidence.UNKNOWN in kinds and len(kinds) > 1:
        return Evidence.PARTIAL
    return max(kinds, key=STRENGTH.index)


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


def to_cells(connection: Connection, rows: Sequence[Chosen], level: float) -> tuple[list[Cell], list[str]]:
    """Return chosen claims as cells with their uncertainty, in the same order, and notes.

    Args:
        connection: An open connection.
        rows: The chosen claims.
        level: Coverage of the intervals as a fraction.
    """
    from benchdb.query.items import item_stats

    keys = {(row.run_id, row.metric_id) for row in rows}
    stats = item_stats(connection, keys, {row.benchmark_id for row in rows})
    cells, odd = [], 0
    for row in rows:
        found = stats.get((row.run_id, row.metric_id))
        if found is not None and not _agrees(row, found):
            odd += 1
            found = None
        cells.append(to_cell(row, found, level))
    notes = []
    if odd:
        notes.append(f"In {odd} of {len(rows)} cells the items do not average to the claim; their spread is not used.")
    return cells, notes


def to_cell(row: Chosen, items: ItemStats | None, level: float) -> Cell:
    """Return one chosen claim as a cell with its uncertainty.

    Args:
        row: The chosen claim; its value is not None.
        items: What its items say, if they average to the claim.
        level: Coverage of the interval as a fraction.
    """
    decimals = _decimals(row)
    value = tidy(row.value or 0.0, row.factor, decimals)
    error = _error(row, value, items, level)
    samples = items.most_attempts if items and row.samples_per_item is None else row.samples_per_item
    return Cell(
        model=row.model,
        model_name=row.model_name,
        variant=row.variant,
        organization=row.organization,
        family=row.family,
        n_parameters=row.n_parameters,
        n_active_parameters=row.n_active_parameters,
        parameters_label=row.parameters_label,
        released_on=row.released_on,
        is_open_weights=row.is_open_weights,
        benchmark=row.benchmark,
        benchmark_name=row.benchmark_name,
        subset=row.subset,
        metric=row.metric,
        metric_name=row.metric_name,
        higher_is_better=row.higher_is_better,
        value=value,
        unit=row.unit,
        decimals=None if decimals is None else max(decimals, 0),
        rounding=rounding(row),
        is_approximate=row.is_approximate,
        stderr=error.stderr if error else None,
        evidence=(error.evidence if error else Evidence.UNKNOWN).value,
        lower=error.lower if error else None,
        upper=error.upper if error else None,
        level=level,
        n_items=error.n_items if error else row.n_items,
        samples_per_item=samples,
        n_claims=row.n_claims,
        least=tidy(row.least if row.least is not None else value, row.factor),
        greatest=tidy(row.greatest if row.greatest is not None else value, row.factor),
        source_kind=row.source_kind,
        source_title=row.source_title,
        is_first_party=row.is_first_party,
        stated_on=row.stated_on,
        fingerprint=row.fingerprint,
        score_id=row.score_id,
    )


def rounding(row: Chosen) -> float:
    """Return half a unit of the claim's last printed decimal, in the cell's unit; 0 for full precision.

    Args:
        row: A chosen claim.
    """
    decimals = _decimals(row)
    return 0.0 if decimals is None else float(f"5e{-decimals - 1}")


def scale(unit: str | None) -> float:
    """Return what a fraction of full marks is multiplied by to be in a unit: 100 for percent, else 1.

    Args:
        unit: The reporting unit.
    """
    return 100.0 if unit == ScoreUnit.PERCENT else 1.0


def _decimals(row: Chosen) -> int | None:
    if row.decimals is None:
        return None
    shift = {100.0: -2, 0.01: 2}.get(row.factor or 1.0, 0)
    return row.decimals + shift


def _agrees(row: Chosen, items: ItemStats) -> bool:
    full = scale(row.unit)
    if row.n_items is not None and items.n_items < row.n_items:
        return False  # a log that was cut holds the outcomes of some of its items
    return abs(items.mean * full - (row.value or 0.0)) <= rounding(row) + _AGREEMENT * max(full, abs(row.value or 0.0))


def _proportion(row: Chosen, value: float) -> float | None:
    if not row.is_proportion or row.unit not in {ScoreUnit.PERCENT, ScoreUnit.FRACTION}:
        return None
    share = value / scale(row.unit)
    return share if 0 <= share <= 1 else None


def _error(row: Chosen, value: float, items: ItemStats | None, level: float) -> _Error | None:
    share = _proportion(row, value)
    found = _from_items(row, value, items, level) or _from_report(row, value, level)
    if found is not None and found.stderr > 0:
        return found
    if share is None:
        return None
    if found is not None and found.n_items is not None:
        return _from_counts(row, share, found.n_items, found.evidence, level)
    if row.n_items is not None:
        return _from_counts(row, share, row.n_items, Evidence.COUNTS, level)
    if row.benchmark_items is not None and not row.is_part:
        return _from_counts(row, share, row.benchmark_items, Evidence.BORROWED, level)
    return None


def _from_items(row: Chosen, value: float, items: ItemStats | None, level: float) -> _Error | None:
    if items is None or items.stderr is None:
        return None
    stderr = items.stderr * scale(row.unit)
    if stderr == 0:
        return _Error(0.0, value, value, Evidence.ITEMS, items.n_units)
    interval = t_interval(value, stderr, items.n_units - 1, level=level)
    return _Error(stderr, *_clip(row, value, interval.lower, interval.upper), Evidence.ITEMS, items.n_items)


def _from_report(row: Chosen, value: float, level: float) -> _Error | None:
    stderr, lower, upper = (
        _converted(row, stated) for stated in (row.stated_stderr, row.stated_lower, row.stated_upper)
    )
    reported = row.stated_level
    bounds = None
    if lower is not None and upper is not None and reported is not None and upper >= lower:
        if stderr is None:
            stderr = (upper - lower) / (2 * normal_quantile(reported))
        if math.isclose(reported, level, rel_tol=1e-9):
            bounds = (lower, upper)
    if stderr is None:
        return None
    if bounds is None:
        interval = normal_interval(value, stderr, level=level)
        bounds = _clip(row, value, interval.lower, interval.upper)
    return _Error(stderr, *bounds, Evidence.REPORTED, row.n_items)


def _converted(row: Chosen, stated: float | None) -> float | None:
    return None if stated is None else tidy(stated * (row.factor or 1.0), row.factor)


def _from_counts(row: Chosen, share: float, n_items: int, evidence: Evidence, level: float) -> _Error:
    full, z = scale(row.unit), normal_quantile(level)
    centre = (share + z * z / (2 * n_items)) / (1 + z * z / n_items)
    half = z * math.sqrt(share * (1 - share) / n_items + (z / (2 * n_items)) ** 2) / (1 + z * z / n_items)
    lower = 0.0 if share == 0 else max(0.0, centre - half)
    upper = 1.0 if share == 1 else min(1.0, centre + half)
    stderr = proportion_stderr(share, n_items) or half / z
    return _Error(stderr * full, lower * full, upper * full, evidence, n_items)


def _clip(row: Chosen, value: float, lower: float, upper: float) -> tuple[float, float]:
    least = -math.inf if row.lower_bound is None else min(row.lower_bound, value)
    most = math.inf if row.upper_bound is None else max(row.upper_bound, value)
    return max(lower, least), min(upper, most)
