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
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from benchdb.query import rungs
from benchdb.query.repeats import from_repeats, pooled_items, run_stderr
from benchdb.query.rungs import scale, tidy
from benchdb.rows.filling import row_maker
from benchdb.rows.leaderboard import Cell
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from benchdb.query.chosen import Chosen
    from benchdb.query.items import ItemStats, RunKey

__all__ = [
    "STRENGTH",
    "agreeing_items",
    "evidence_summary",
    "items_of",
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

Stated = dict[tuple[Any, ...], tuple[Any, ...]]
"""Numbers that a claim states → the fields of its cell that are computed from them."""
_NUMBERS = (
    "value", "unit", "factor", "decimals", "least", "greatest", "stated_stderr", "stderr_method", "stated_lower", "stated_upper",
    "stated_level", "n_items", "samples_per_item", "is_part", "benchmark_items", "is_proportion", "lower_bound", "upper_bound",
)  # fmt: skip
"""All that a cell's computed fields rest on where it stands for one run, and neither its items nor other claims say more."""
_FACTS = (
    "model", "model_name", "variant", "organization", "family", "n_parameters", "n_active_parameters", "parameters_label",
    "released_on", "is_open_weights", "benchmark", "benchmark_name", "subset", "metric", "metric_name", "higher_is_better", "unit",
    "is_approximate", "n_runs", "n_claims", "source_kind", "source_title", "is_first_party", "stated_on", "fingerprint", "protocol", "score_id",
)  # fmt: skip
"""Fields of a cell that are those of the claim."""
_COMPUTED = (
    "value", "decimals", "rounding", "stderr", "evidence", "lower", "upper", "interval_method", "df", "evidence_note", "stderr_least",
    "data_stderr", "prediction_stderr", "run_stderr", "n_items", "samples_per_item", "least", "greatest",
)  # fmt: skip
"""Fields of a cell that are computed, in the order of `_computed`."""
_numbers, _facts = attrgetter(*_NUMBERS), attrgetter(*_FACTS)
_CELL = row_maker(Cell, ("level", *_FACTS, *_COMPUTED))
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
    connection: Connection,
    rows: Sequence[Chosen],
    level: float,
    *,
    as_of: datetime | None = None,
    published_until: date | None = None,
    stats: Mapping[RunKey, ItemStats] | None = None,
) -> tuple[list[Cell], list[str]]:
    """Return chosen claims as cells with their uncertainty, in the same order, and notes.

    Args:
        connection: An open connection.
        rows: The chosen claims.
        level: Coverage of the intervals as a fraction.
        as_of: Nothing is borrowed from claims the database learned of later; None is now.
        published_until: Nothing is borrowed from claims published later, or of no date; None is any.
        stats: What their items say, where that is known (`items_of`).
    """
    from benchdb.query.lending import lent_items

    single = [row for row in rows if row.n_runs == 1]
    agreeing, odd = agreeing_items(connection, single, stats)
    pooled = pooled_items(connection, rows)
    if pooled:
        agreeing |= {
            (row.run_id, row.metric_id): items
            for row in rows
            if (items := pooled.get(row.score_id)) is not None and _agrees(row, items)
        }
    stated: Stated = {}
    said = [agreeing.get((row.run_id, row.metric_id)) for row in rows] if agreeing else [None] * len(rows)
    cells = [to_cell(row, items, level, stated=stated) for row, items in zip(rows, said, strict=True)]
    wanting = [row for row, cell in zip(rows, cells, strict=True) if cell.stderr is None and row.n_runs == 1]
    lent = lent_items(connection, wanting, as_of, published_until)
    if lent:
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


def items_of(connection: Connection, rows: Sequence[Chosen]) -> dict[RunKey, ItemStats]:
    """Return what the items of claims say, by run and metric; those without outcomes are absent.

    Args:
        connection: An open connection.
        rows: The chosen claims.
    """
    from benchdb.query.items import item_stats

    return item_stats(connection, {(row.run_id, row.metric_id) for row in rows}, {row.benchmark_id for row in rows})


def agreeing_items(
    connection: Connection, rows: Sequence[Chosen], stats: Mapping[RunKey, ItemStats] | None = None
) -> tuple[dict[RunKey, ItemStats], int]:
    """Return what the items of claims say where their mean is the claim's value, and how many say something else.

    Args:
        connection: An open connection.
        rows: The chosen claims.
        stats: What their items say, where that is known.
    """
    stats = items_of(connection, rows) if stats is None else stats
    if not stats:
        return {}, 0
    keys = {(row.run_id, row.metric_id): row for row in rows}
    agreeing = {key: items for key, items in stats.items() if _agrees(keys[key], items)}
    return agreeing, len(stats) - len(agreeing)


def to_cell(
    row: Chosen,
    items: ItemStats | None,
    level: float,
    lent: rungs.Lent | None = None,
    stated: Stated | None = None,
) -> Cell:
    """Return one chosen claim as a cell with its uncertainty.

    Args:
        row: The chosen claim; its value is not None.
        items: What its items say, if they average to the claim.
        level: Coverage of the interval as a fraction.
        lent: An effective number of items from other claims, used where no other is known.
        stated: What claims with the same numbers gave at this level: values are printed, so many claims share them.
    """
    if items is not None or lent is not None or row.n_runs > 1 or stated is None:
        return _CELL((level, *_facts(row), *_computed(row, items, level, lent)))
    key = _numbers(row)
    computed = stated.get(key)
    if computed is None:
        computed = stated[key] = _computed(row, None, level, None)
    return _CELL((level, *_facts(row), *computed))


def _computed(row: Chosen, items: ItemStats | None, level: float, lent: rungs.Lent | None) -> tuple[Any, ...]:
    """The fields `_COMPUTED` of a cell."""
    decimals, is_mean = _decimals(row), row.n_runs > 1
    value = float(f"{_value(row):.15g}") if is_mean else tidy(_value(row), row.factor, decimals)
    error = _error(row, value, items, level, lent)
    data, prediction = _split(row, items, error)
    return (
        value,
        None if decimals is None or is_mean else max(decimals, 0),
        rounding(row),
        error.stderr if error else None,
        (error.evidence if error else Evidence.UNKNOWN).value,
        error.lower if error else None,
        error.upper if error else None,
        error.method if error else None,
        error.df if error else None,
        error.note if error else None,
        error.least if error else None,
        data,
        prediction,
        run_stderr(row),
        error.n_items if error else row.n_items,
        items.most_attempts if items and row.samples_per_item is None else row.samples_per_item,
        tidy(row.least if row.least is not None else value, row.factor),
        tidy(row.greatest if row.greatest is not None else value, row.factor),
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
