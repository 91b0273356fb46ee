"""How values become text: decimals, errors, ranks. Nothing is rounded further than its own error or print allows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchdb.rows.leaderboard import Cell, Standing

MISSING = "–"
"""Stands for what the database does not know."""
_DEFAULT_DECIMALS = {"percent": 1, "fraction": 3, "elo": 0, "points": 1, "ratio": 3, "usd": 2, "seconds": 1}


def number(value: float | None, unit: str | None, decimals: int | None = None) -> str:
    """Return a value with its own decimals, or its unit's usual ones.

    Args:
        value: The value, or None.
        unit: Its unit.
        decimals: Decimals it was printed with, if it was.
    """
    if value is None:
        return MISSING
    places = _DEFAULT_DECIMALS.get(unit or "", 3) if decimals is None else decimals
    # Halves are rounded away from zero, as papers print them: 71.55 is 71.6, although no double is exactly 71.55.
    exact = Decimal(repr(round(float(value), 9)))
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def span(lower: float | None, upper: float | None, unit: str | None) -> str:
    """Return the interval of a difference: "-1.5 to +3.1".

    Args:
        lower: Its lower end, or None.
        upper: Its upper end, or None.
        unit: Their unit.
    """
    return MISSING if lower is None or upper is None else f"{signed(lower, unit)} to {signed(upper, unit)}"


def error(stderr: float | None, unit: str | None, decimals: int | None = None, *, at_least: bool = False) -> str:
    """Return a standard error as it stands behind a value: " ± 8.1", or "" when it is not known.

    Args:
        stderr: The error, or None.
        unit: Its unit.
        decimals: Decimals to show, if not the unit's usual ones.
        at_least: Whether it is only a lower bound.
    """
    if stderr is None:
        return ""
    return f" ± {'≥' if at_least else ''}{number(stderr, unit, decimals)}"


def signed(value: float | None, unit: str | None) -> str:
    """Return a difference with its sign: "+6.5".

    Args:
        value: The difference, or None.
        unit: Its unit.
    """
    return number(value, unit) if value is None or value < 0 else f"+{number(abs(value), unit)}"


def interval(lower: float | None, upper: float | None, unit: str | None) -> str:
    """Return an interval as text: "61.2 to 83.9".

    Args:
        lower: Lower end, or None.
        upper: Upper end, or None.
        unit: Unit of both.
    """
    if lower is None or upper is None:
        return MISSING
    return f"{number(lower, unit)} to {number(upper, unit)}"


def score(cell: Cell) -> str:
    """Return a cell as text: "~72.7 ± 8.1", the tilde where the claim is approximate; means over runs say how many.

    Args:
        cell: The cell.
    """
    shown = min(cell.decimals, 3) if cell.decimals is not None else None
    runs = f" ({cell.n_runs} runs)" if cell.n_runs > 1 else ""
    tilde = "~" if cell.is_approximate else ""
    at_least = cell.evidence == "partial"
    return f"{tilde}{number(cell.value, cell.unit, shown)}{error(cell.stderr, cell.unit, at_least=at_least)}{runs}"


def rank(standing: Standing) -> str:
    """Return a rank with the ranks its uncertainty allows: "2 (1–4)".

    Args:
        standing: A line of a leaderboard.
    """
    if standing.rank is None:
        return MISSING
    if standing.rank_lower is None or standing.rank_lower == standing.rank_upper:
        return str(standing.rank)
    return f"{standing.rank} ({standing.rank_lower}–{standing.rank_upper})"


def chance(probability: float | None) -> str:
    """Return a probability in percent: "48%", "<1%", ">99%", or the sign for unknown.

    Args:
        probability: From 0 to 1, or None.
    """
    if probability is None:
        return MISSING
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{100 * probability:.0f}%"


def model(name: str, variant: str | None) -> str:
    """Return a model's name with its variant in square brackets.

    Args:
        name: Display name or slug.
        variant: Variant, or None.
    """
    return f"{name} [{variant}]" if variant else name


def yes_no(flag: bool | None) -> str:  # noqa: FBT001 — the flag is the value shown
    """Return yes, no, or the sign for unknown.

    Args:
        flag: A claim that may be unknown.
    """
    return MISSING if flag is None else ("yes" if flag else "no")


def text(value: object) -> str:
    """Return anything as text, None as the sign for unknown.

    Args:
        value: A value of any simple type.
    """
    if value is None or value == "":
        return MISSING
    if isinstance(value, bool):
        return yes_no(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def heading(name: str, subset: str) -> str:
    """Return the name of a benchmark with its subset in square brackets, where there is one.

    Args:
        name: Name of the benchmark.
        subset: Its subset; empty for the whole.
    """
    return f"{name} [{subset}]" if subset else name
