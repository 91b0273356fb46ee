"""Numbers in statements."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DECIMALS = {"percent": 1, "fraction": 3, "elo": 0, "points": 1, "usd": 2, "seconds": 1}


def number(value: float, unit: str | None) -> str:
    """Return a value with its unit's usual decimals.

    Args:
        value: The value.
        unit: Its unit.
    """
    # Halves are rounded away from zero, as papers print them.
    exact = Decimal(repr(round(value, 9)))
    return f"{exact.quantize(Decimal(1).scaleb(-_DECIMALS.get(unit or '', 3)), ROUND_HALF_UP):f}"


def signed(value: float, unit: str | None) -> str:
    """Return a difference with its sign.

    Args:
        value: The difference.
        unit: Its unit.
    """
    return f"{'+' if value >= 0 else ''}{number(value, unit)}"


def listed(names: Sequence[str]) -> str:
    """Return names as a phrase.

    Args:
        names: At least one name.
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
