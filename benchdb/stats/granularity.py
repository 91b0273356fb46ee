"""Can a printed score have come from a count at all? Whole-number arithmetic, no tolerance.

72.6 % of 30 problems with 16 attempts each is 348.48 of 480 attempts: 348 prints as 72.5 and 349 as 72.7, so the number
or the protocol is not what it seems.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def _problem(exact: Decimal, decimals: int, n_items: int, samples_per_item: int, scale: int) -> str | None:
    if not exact.is_finite():
        return f"value: expected a finite number, found {exact}"
    if decimals < 0 or exact != round(exact, decimals):
        return f"decimals: expected at least those of the value {exact} as printed, found {decimals}"
    if n_items < 1 or samples_per_item < 1:
        return f"n_items, samples_per_item: expected at least 1, found {n_items} and {samples_per_item}"
    if scale < 1:
        return f"scale: expected 100 for percent or 1 for a fraction, found {scale}"
    return None


def possible_counts(
    value: float | str | Decimal,
    decimals: int,
    n_items: int,
    samples_per_item: int = 1,
    *,
    scale: int = 100,
) -> range:
    """Numbers of correct samples that print as this value.

    A count k of n = n_items * samples_per_item prints as the value if k / n lies within half a unit of the last
    decimal, both ends included: rounding half up, half down and half to even are all accepted. Cut-off decimals are
    not, and a mean weighted otherwise (items with unequal attempts) is not covered.

    Args:
        value: The score as printed; a float stands for its shortest decimal form.
        decimals: Decimals as printed; "70.0" and 70.0 with decimals 1 are the same.
        n_items: Items in the benchmark, at least 1.
        samples_per_item: Attempts an item, at least 1.
        scale: 100 if the value is in percent, 1 if it is a fraction.

    Returns:
        The counts as a range within 0..n, empty if there is none.

    Raises:
        StatisticsInputError: If the value is not finite or has more decimals than stated, or a count or the scale is
            below 1.

    References:
        Brown, Heathers (2017), The GRIM test, doi:10.1177/1948550616673876.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if problem := _problem(exact, decimals, n_items, samples_per_item, scale):
        raise StatisticsInputError(problem)
    n = n_items * samples_per_item
    centre, half = Fraction(exact), Fraction(1, 2 * 10**decimals)
    lowest = math.ceil((centre - half) * n / scale)
    highest = math.floor((centre + half) * n / scale)
    return range(max(0, lowest), min(n, highest) + 1)


def is_possible(
    value: float | str | Decimal,
    decimals: int,
    n_items: int,
    samples_per_item: int = 1,
    *,
    scale: int = 100,
) -> bool:
    """Whether any number of correct samples prints as this value.

    Args:
        value: The score as printed.
        decimals: Decimals as printed.
        n_items: Items in the benchmark, at least 1.
        samples_per_item: Attempts an item, at least 1.
        scale: 100 if the value is in percent, 1 if it is a fraction.

    Returns:
        True if `possible_counts` finds one; it also says what is refused.
    """
    return len(possible_counts(value, decimals, n_items, samples_per_item, scale=scale)) > 0


def is_possible_cut_off(
    value: float | str | Decimal,
    decimals: int,
    n_items: int,
    samples_per_item: int = 1,
    *,
    scale: int = 100,
) -> bool:
    """Whether some number of correct samples gives this value when further decimals are cut off instead of rounded.

    Args:
        value: The score as printed; at least 0.
        decimals: Decimals as printed.
        n_items: Items in the benchmark, at least 1.
        samples_per_item: Attempts an item, at least 1.
        scale: 100 if the value is in percent, 1 if it is a fraction.

    Returns:
        True if a count k with value <= k / n < value + one unit of the last decimal exists.

    Raises:
        StatisticsInputError: As `possible_counts`.
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if problem := _problem(exact, decimals, n_items, samples_per_item, scale):
        raise StatisticsInputError(problem)
    n = n_items * samples_per_item
    lowest = math.ceil(Fraction(exact) * n / scale)
    return 0 <= lowest <= n and Fraction(lowest * scale, n) < Fraction(exact) + Fraction(1, 10**decimals)


def fitting_attempts(
    value: float | str | Decimal,
    decimals: int,
    n_items: int,
    candidates: Sequence[int] = (2, 3, 4, 5, 8, 10, 16, 20, 32, 64),
    *,
    scale: int = 100,
) -> tuple[int, ...]:
    """Numbers of attempts an item with which some count prints as this value.

    Args:
        value: The score as printed.
        decimals: Decimals as printed.
        n_items: Items in the benchmark, at least 1.
        candidates: Numbers of attempts to try, each at least 1.
        scale: 100 if the value is in percent, 1 if it is a fraction.

    Returns:
        Those of the candidates that fit, in their order; with many attempts nearly every value does.
    """
    return tuple(each for each in candidates if is_possible(value, decimals, n_items, each, scale=scale))
