"""What a claimed value may be: its unit, its bounds, and how an answer is spelled."""

from __future__ import annotations

import math
import sys
from hashlib import blake2b
from operator import attrgetter
from typing import TYPE_CHECKING

from benchdb.errors import IngestError
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    import pyarrow as pa

    from benchdb.ingest.records import ScoreRecord
    from benchdb.ingest.resolve import MetricFacts

_LARGEST = sys.float_info.max
_MOST = 2**31 - 1
LONGEST_ANSWER = 200
"""Characters of the longest answer that is kept as it is."""
LIMITS: dict[str, tuple[float, float]] = {
    "decimals": (-_MOST, _MOST),
    "stderr": (0.0, _LARGEST),
    "interval_lower": (-_LARGEST, _LARGEST),
    "interval_upper": (-_LARGEST, _LARGEST),
    "interval_level": (math.nextafter(0.0, 1.0), math.nextafter(1.0, 0.0)),
    "n_items": (1, _MOST),
    "samples_per_item": (1, _MOST),
}
"""Facts of a score that have bounds: what the tables' checks and columns can hold."""
_LIMITED = attrgetter(*LIMITS)
_UNSAID = (None,) * len(LIMITS)
_FACTORS = {("fraction", "percent"): 100.0, ("percent", "fraction"): 0.01}


def outcome_unit(unit: str | None, said: ScoreUnit | None) -> str | None:
    """Return the unit that values of items are kept in: a share is a fraction, anything else has its metric's unit.

    Args:
        unit: Unit of the metric.
        said: Unit that the user states for values of the file.
    """
    stated = unit if said is None else str(said)
    return str(ScoreUnit.FRACTION) if stated == ScoreUnit.PERCENT else stated


def as_shares(values: pa.Array | pa.ChunkedArray, said: ScoreUnit | None) -> pa.Array | pa.ChunkedArray:
    """Return values of items as they are kept; those that the user states to be in percent become fractions.

    Args:
        values: Values of items, float64.
        said: Unit that the user states for values of the file.
    """
    import pyarrow.compute as pc

    return pc.divide(values, 100.0) if said == ScoreUnit.PERCENT else values


def spell_answer(answer: str | None) -> str:
    """Return an answer as it is kept: blanks at its ends apart, and a hash in place of a long one; equal answers stay equal.

    Args:
        answer: The answer; None and "" are none.
    """
    text = (answer or "").strip()
    return (
        text
        if len(text) <= LONGEST_ANSWER
        else f"blake2b:{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
    )


def check_value(where: str, score: ScoreRecord, unit: str | None, facts: MetricFacts) -> None:
    """Do nothing if a value can be what it claims to be.

    Args:
        where: The file.
        score: The claim.
        unit: Its unit.
        facts: What the catalogue says of its metric.

    Raises:
        IngestError: If the value is not finite, or lies outside the bounds of its metric.
    """
    if not math.isfinite(score.value):
        message = f"{score.metric} = {score.value} is not a number; a missing score must be left out"
        raise IngestError(f"{_spot(where, score)}: {message}")
    limited = _LIMITED(score)
    if limited != _UNSAID:
        for fact, (name, (low, high)) in zip(limited, LIMITS.items(), strict=True):
            if fact is not None and not low <= fact <= high:
                raise IngestError(out_of_limits(_spot(where, score), name, fact))
    if facts.lower_bound is None or facts.upper_bound is None:
        return
    scale = to_unit(unit, facts.unit)
    if scale is None:
        return
    value, slack = score.value * scale, 1e-9 * max(1.0, abs(facts.upper_bound))
    if facts.lower_bound - slack <= value <= facts.upper_bound + slack:
        return
    hint = " If the file is in percent, say so: --score-unit percent" if unit == "fraction" else ""
    bounds = f"[{facts.lower_bound / scale:g}, {facts.upper_bound / scale:g}]"
    raise IngestError(f"{_spot(where, score)}: {score.metric} = {score.value:g} {unit} lies outside {bounds}.{hint}")


def _spot(where: str, score: ScoreRecord) -> str:
    return f"{where}, {score.place}" if score.place else where


def out_of_limits(spot: str, name: str, fact: float) -> str:
    """Return the message for a fact of a score that cannot be.

    Args:
        spot: File and place.
        name: Name of the fact, one of `LIMITS`.
        fact: What the file states.
    """
    low, high = LIMITS[name]
    hint = " Write a coverage of 95 percent as 0.95." if name == "interval_level" else ""
    return f"{spot}: {name} = {fact:g}: expected a number from {low:g} to {high:g}.{hint}"


def to_unit(unit: str | None, wanted: str | None) -> float | None:
    """Return the exact factor from one unit to another, or None where there is none.

    Args:
        unit: Unit of a value.
        wanted: Unit to express it in.
    """
    if unit is None or wanted is None:
        return None
    if unit == wanted:
        return 1.0
    return _FACTORS.get((str(unit), str(wanted)))
