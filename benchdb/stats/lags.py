"""Times until something happened, of which some have not happened yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import lengths_problem, values_problem

if TYPE_CHECKING:
    from collections.abc import Sequence


def censored_median(times: Sequence[float], is_over: Sequence[bool]) -> float | None:
    """Median time, where some times are only known to be at least so long.

    Args:
        times: Time until it happened, or until the end of what is known, at least 0.
        is_over: Whether it happened.

    Returns:
        The least time at which the Kaplan-Meier estimate of what is still waiting is at most one half; None if that is
        never, or without any time.

    Raises:
        StatisticsInputError: If the lists differ in length or a time is not finite or below 0.

    References:
        Kaplan, Meier (1958), Nonparametric estimation from incomplete observations, doi:10.1080/01621459.1958.10501452.
    """
    problem = lengths_problem(times=times, is_over=is_over) or values_problem("times", times, minimum=0)
    if problem is None and any(time < 0 for time in times):
        problem = f"times: expected numbers of at least 0, found {min(times)!r}"
    if problem:
        raise StatisticsInputError(problem)
    waiting = 1.0
    for moment in sorted({time for time, over in zip(times, is_over, strict=True) if over}):
        at_risk = sum(time >= moment for time in times)
        happened = sum(time == moment and over for time, over in zip(times, is_over, strict=True))
        waiting *= 1 - happened / at_risk
        if waiting <= 0.5 + 1e-12:
            return moment
    return None
