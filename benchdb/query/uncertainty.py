"""How uncertain a cell is, from the strongest evidence there is; `benchdb.query.rungs` has one function for each kind.

- items: outcomes in the database whose mean is the claim's value.
- reported: the source's standard error, or the one its interval implies, unless it cannot be that of a mean over items.
- counts: the binomial error from the stated number of items; for right-or-wrong metrics only. With several attempts an item
  it is an upper bound, because pass rates vary less than single attempts; the lower one stands beside it.
- borrowed: the same with the number of items of the benchmark's catalogue entry, not for a part of the benchmark; where
  that is not known, with the effective number of items that other claims on the same part of the benchmark imply.
- partial: a reported spread over repeated runs, which lacks the noise of the items.

An error of zero comes from a sample without spread, not from certainty: where the number of items is known, Wilson's
half-width in standard errors takes its place, elsewhere the next rung does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchdb.query import rungs
from benchdb.query.repeats import from_repeats, pooled_items, run_stderr
from benchdb.query.rungs import scale, tidy
from benchdb.rows.leaderboard import Cell
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from benchdb.query.claims import Chosen
    from benchdb.query.items import ItemStats, RunKey

__all__ = [
    "STRENGTH",
    "agreeing_items",
    "evidence_summary",
    "rounding",
    "scale",
    "tidy",
    "to_cell",
    "to_cells",
    "weakest",
]

STRENGTH = (
    Evidence.ITEMS,
    Evidence.REPORTED,
    Evidence.REPEATS,
    Evidence.COUNTS,
    Evidence.BORROWED,
    Evidence.PARTIAL,
    Evidence.UNKNOWN,
)
"""Kinds of evidence, strongest first."""

_AGREEMENT = 1e-6


def weakest(evidence: Sequence[str]) -> Evidence:
    """Return the weakest of several kinds of evidence; `partial` where some but not all are unknown.

    Args:
        evidence: At least one kind.
    """
    kinds = {Evidence(kind) for kind in evidence}
    if Evidence.UNKNOWN in kinds and len(kinds) > 1:
        return Evidence.PARTIAL
    return max(kinds, key=STRENGTH.index)


def to_cells(
    connection: Connection, rows: Sequence[Chosen], level: float, *, as_of: datetime | None = None
) -> tuple[list[Cell], list[str]]:
    """Return chosen claims as cells with their uncertainty, in the same order, and notes.

    Args:
        connection: An open connection.
        rows: The chosen claims.
        level: Coverage of the intervals as a fraction.
        as_of: Nothing is borrowed from claims the database learned of later; None is now.
    """
    from benchdb.query.lending import lent_items

    single = [row for row in rows if row.n_runs == 1]
    agreeing, odd = agreeing_items(connection, single)
    pooled = pooled_items(connection, rows)
    agreeing |= {
        (row.run_id, row.metric_id): items
        for row in rows
        if (items := pooled.get(row.score_id)) is not None and _agrees(row, items)
    }
    cells = [to_cell(row, agreeing.get((row.run_id, row.metric_id)), level) for row in rows]
    wanting = [row for row, cell in zip(rows, cells, strict=True) if cell.stderr is None and row.n_runs == 1]
    lent = lent_items(connection, wanting, as_of)
    cells = [
        to_cell(row, None, level, lent[row.score_id]) if row.score_id in lent else cell
        for row, cell in zip(rows, cells, strict=True)
    ]
    notes = []
    if repeated := [row.n_runs for row in rows if row.n_runs > 1]:
        fewest, most = min(repeated), max(repeated)
        number = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        notes.append(
            f"{len(repeated)} of {len(rows)} values are means over {number} runs; the spread between runs is that of "
            "answers, not of items."
        )
    if odd:
        notes.append(f"In {odd} of {len(rows)} cells the items do not average to the claim; their spread is not used.")
    if lent:
        notes.append(
            f"In {len(lent)} of {len(rows)} cells the error is borrowed from other claims on the same benchmark."
        )
    return cells, notes


def evidence_summary(cells: Sequence[Cell]) -> list[str]:
    """Return a note on what the errors of several scores rest on, strongest first; none for a single score.

    Args:
        cells: The scores shown.
    """
    counts = Counter(cell.evidence for cell in cells)
    if len(cells) < 2:
        return []
    parts = [f"{kind} {counts[kind]}" for kind in STRENGTH if counts[kind]]
    return [f"What the errors of the {len(cells)} scores rest on: {', '.join(parts)}."]


def agreeing_items(connection: Connection, rows: Sequence[Chosen]) -> tuple[dict[RunKey, ItemStats], int]:
    """Return what the items of claims say where their mean is the claim's value, and how many say something else.

    Args:
        connection: An open connection.
        rows: The chosen claims.
    """
    from benchdb.query.items import item_stats

    keys = {(row.run_id, row.metric_id): row for row in rows}
    stats = item_stats(connection, keys.keys(), {row.benchmark_id for row in rows})
    agreeing = {key: items for key, items in stats.items() if _agrees(keys[key], items)}
    return agreeing, len(stats) - len(agreeing)


def to_cell(row: Chosen, items: ItemStats | None, level: float, lent: rungs.Lent | None = None) -> Cell:
    """Return one chosen claim as a cell with its uncertainty.

    Args:
        row: The chosen claim; its value is not None.
        items: What its items say, if they average to the claim.
        level: Coverage of the interval as a fraction.
        lent: An effective number of items from other claims, used where no other is known.
    """
    decimals, is_mean = _decimals(row), row.n_runs > 1
    value = float(f"{_value(row):.15g}") if is_mean else tidy(_value(row), row.factor, decimals)
    error = _error(row, value, items, level, lent)
    data, prediction = _split(row, items, error)
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
        decimals=None if decimals is None or is_mean else max(decimals, 0),
        rounding=rounding(row),
        is_approximate=row.is_approximate,
        stderr=error.stderr if error else None,
        evidence=(error.evidence if error else Evidence.UNKNOWN).value,
        lower=error.lower if error else None,
        upper=error.upper if error else None,
        level=level,
        interval_method=error.method if error else None,
        df=error.df if error else None,
        evidence_note=error.note if error else None,
        stderr_least=error.least if error else None,
        data_stderr=data,
        prediction_stderr=prediction,
        n_runs=row.n_runs,
        run_stderr=run_stderr(row),
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


def _value(row: Chosen) -> float:
    return (row.value if row.n_runs == 1 else row.runs_mean) or 0.0


def _decimals(row: Chosen) -> int | None:
    if row.n_runs > 1:
        return row.runs_decimals
    if row.decimals is None:
        return None
    shift = {100.0: -2, 0.01: 2}.get(row.factor or 1.0, 0)
    return row.decimals + shift


def _agrees(row: Chosen, items: ItemStats) -> bool:
    full = scale(row.unit)
    if row.n_items is not None and items.n_items < row.n_items:
        return False  # a log that was cut holds the outcomes of some of its items
    value = _value(row)
    return abs(items.mean * full - value) <= rounding(row) + _AGREEMENT * max(full, abs(value))


def _split(row: Chosen, items: ItemStats | None, error: rungs.Error | None) -> tuple[float | None, float | None]:
    """Data and prediction noise, in the cell's unit, where the evidence tells them apart."""
    if items is None or error is None or error.evidence not in {Evidence.ITEMS, Evidence.REPEATS}:
        return None, None
    data, prediction = items.data_stderr, items.prediction_stderr
    full = scale(row.unit)
    return None if data is None else data * full, None if prediction is None else prediction * full


def _error(
    row: Chosen, value: float, items: ItemStats | None, level: float, lent: rungs.Lent | None
) -> rungs.Error | None:
    if row.n_runs > 1:
        return from_repeats(row, value, items, level)
    return (
        (rungs.from_items(row, value, items, level) if items else None)
        or rungs.from_report(row, value, level)
        or rungs.from_counts(row, value, level)
        or rungs.borrowed(row, value, lent, level)
        or rungs.lower_bound(row, level)
    )
