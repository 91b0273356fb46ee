"""Change points of a series: an exact optimal partition whose penalty is learned from the series and a simulated null.

The noise comes from first differences, which a change of level disturbs at one place only. The penalty is the value that a
series of this length without any change exceeds in one of twenty cases, its noise estimated in the same way, so a short
series pays for knowing its noise badly. Each change point's p-value is read from the same null: the chance that a series
without any change shows a change at least this strong anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from benchdb.errors import StatisticsInputError
from benchdb.stats.inputs import DEFAULT_LEVEL, lengths_problem, level_problem, values_problem
from benchdb.stats.intervals import Interval, t_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Ints: TypeAlias = NDArray[np.int64]

FEWEST = 8
"""Values below which no change point is looked for: the noise of a shorter series is anybody's guess."""
MOST = 250
"""Values above which a series is refused, because the simulated null takes too long."""
_SIMULATIONS = 1999
_NORMAL_MAD = 0.6744897501960817
_ROUNDS = 20
_TINY = 1e-9
_AT_ONCE = 256
"""Series that are partitioned together."""


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A place where the level of a series changes."""

    index: int
    """Position of the first value after the change, from 0."""
    before: float
    """Mean from the change point before, or the start, up to this one."""
    after: float
    """Mean from this one to the next, or the end."""
    stderr: float
    """Standard error of after - before, from the scatter about the levels."""
    interval: Interval
    """Student t interval of after - before, given the place."""
    p_value: float
    """Chance that a series without any change shows one at least this strong anywhere."""
    earliest: int
    """Least index at which the change may have come, at the level asked for."""
    latest: int
    """Greatest index."""

    @property
    def size(self) -> float:
        """The mean after less the mean before."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Partition:
    """A series cut into stretches of one level each."""

    changes: tuple[ChangePoint, ...]
    """The change points, in order; empty where the series is one level."""
    noise: float
    """Standard deviation of one value, learned from first differences."""
    penalty: float
    """What a change point must gain in squared deviation, in squared noise."""
    n: int
    """Values."""


def difference_noise(values: Sequence[float]) -> float:
    """Standard deviation of one value of a series whose level changes seldom, from its first differences.

    Args:
        values: The series in order, at least 3 values, all finite.

    Returns:
        median |d - median d| / (0.6745 sqrt 2) over first differences d. Where more than half of the differences are
        equal, which coarse scores do, sqrt(mean d^2 / 2) instead; 0 for a series that never changes.

    Raises:
        StatisticsInputError: If there are fewer than 3 values or one is not finite.

    References:
        Hampel (1974), doi:10.1080/01621459.1974.10482962, for the median absolute deviation; von Neumann (1941),
        doi:10.1214/aoms/1177731677, for the mean square of successive differences.
    """
    if problem := values_problem("values", values, minimum=3):
        raise StatisticsInputError(problem)
    import numpy as np

    return float(_noise(np.array([values], dtype=np.float64))[0])


def optimal_partition(values: Sequence[float], penalty: float, may_change: Sequence[bool] | None = None) -> list[int]:
    """Change points that minimise the squared deviation from level means plus a penalty for each, exactly.

    Args:
        values: The series in order, all finite.
        penalty: What each change point costs, above 0, in squared units of the values.
        may_change: Whether a new level may begin at each position; None is anywhere.

    Returns:
        Rising positions of the first value of each new level, without 0. Of equally good partitions the one with the
        later changes.

    Raises:
        StatisticsInputError: If a value is not finite, the penalty is not above 0, or the lengths differ.

    References:
        Jackson et al. (2005), An algorithm for optimal partitioning of data on an interval,
        doi:10.1109/LSP.2001.838216.
    """
    problem = values_problem("values", values, minimum=1) or _mask_problem(values, may_change)
    if problem is None and not penalty > 0:
        problem = f"penalty: expected a number above 0, found {penalty!r}"
    if problem:
        raise StatisticsInputError(problem)
    import numpy as np

    series = np.array([values], dtype=np.float64)
    prefix = _prefix(series - series.mean(), may_change)
    return _trace(prefix, _least_costs(prefix, np.array([penalty])))


def change_points(
    values: Sequence[float],
    *,
    may_change: Sequence[bool] | None = None,
    level: float = DEFAULT_LEVEL,
    seed: int = 0,
) -> Partition:
    """Change points of a series, with size, interval, p-value and the places where each may have come.

    Values are taken as independent with normal noise of one size about levels that change at once. A series without any
    change is cut with a chance of 1 - level; a steady slope is cut into steps. Where each may have come is the interval
    of Bai (1997) for the date of a break, widened to at least one value on either side.

    Args:
        values: The series in order, `FEWEST` to `MOST` values, all finite.
        may_change: Whether a new level may begin at each position (False inside a group of values of one moment); None
            is anywhere.
        level: Coverage of intervals, and 1 - the chance of a false alarm, as a fraction in (0, 1).
        seed: Seed of the simulated null.

    Returns:
        The partition.

    Raises:
        StatisticsInputError: If the series is too short or too long, a value is not finite, or the level out of range.

    References:
        Jackson et al. (2005), doi:10.1109/LSP.2001.838216; Killick, Fearnhead, Eckley (2012), Optimal detection of
        changepoints with a linear computational cost, doi:10.1080/01621459.2012.737745; Bai (1997), Estimation of a
        change point in multiple regression models, doi:10.1162/003465397557132; Fleming, Bertolini, Kobrick et al.
        (2023), Hunter: using change point detection to hunt for performance regressions, doi:10.1145/3578244.3583719.
    """
    problem = (
        values_problem("values", values, minimum=FEWEST) or _mask_problem(values, may_change) or level_problem(level)
    )
    if problem is None and len(values) > MOST:
        problem = f"values: expected at most {MOST}, found {len(values)}; take the newest ones"
    if problem:
        raise StatisticsInputError(problem)
    noise = difference_noise(values)
    mask = tuple(bool(flag) for flag in may_change) if may_change is not None else None
    # Nothing weaker than the penalty is ever a change point, so nothing weaker is asked of the null.
    place = min(_SIMULATIONS, math.ceil((_SIMULATIONS + 1) * level))
    null = _null(len(values), mask, seed, _SIMULATIONS + 1 - place)
    penalty = null[0]
    if noise == 0:  # the mean square of the steps is 0 too: the series never changes
        return Partition((), noise, penalty, len(values))
    found = optimal_partition(values, penalty * noise * noise, mask)
    return Partition(_described(values, found, noise, null, level), noise, penalty, len(values))


def _mask_problem(values: Sequence[float], may_change: Sequence[bool] | None) -> str | None:
    return None if may_change is None else lengths_problem(values=values, may_change=may_change)


def _noise(series: Floats) -> Floats:
    """Return the noise of each row."""
    import numpy as np

    steps = np.diff(series, axis=1)
    centred = np.abs(steps - np.median(steps, axis=1, keepdims=True))
    robust = np.median(centred, axis=1) / (_NORMAL_MAD * math.sqrt(2))
    successive = np.sqrt((steps**2).mean(axis=1) / 2)
    tiny = _TINY * np.maximum(np.abs(series).max(axis=1), _TINY)
    return np.where(robust > tiny, robust, np.where(successive > tiny, successive, 0.0))


class _Prefix(NamedTuple):
    """Sums up to each place where a level may begin or end, by row of series."""

    places: Ints
    """Rising: 0, where a level may begin, and the number of values."""
    sums: Floats
    """Sum of the values before each place; a column is a series."""


def _prefix(series: Floats, may_change: Sequence[bool] | None) -> _Prefix:
    import numpy as np

    rows, n = series.shape
    allowed = range(1, n) if may_change is None else [at for at in range(1, n) if may_change[at]]
    places = np.array([0, *allowed, n])
    sums = np.concatenate([np.zeros((rows, 1)), np.cumsum(series, axis=1)], axis=1)
    return _Prefix(places, np.ascontiguousarray(sums[:, places].T))


def _least_costs(prefix: _Prefix, penalties: Floats) -> Floats:
    """Return the least cost up to each place, for columns of series with a penalty each.

    The cost of a level is its squared deviation, up to the sum of all squares, which no partition changes. Series are taken so many
    at a time that what is computed of them fits into the cache of a processor.
    """
    import numpy as np

    places, sums = prefix
    lengths = (places[:, None] - places[None, :]).astype(np.float64)[:, :, None]
    best = np.empty_like(sums)
    for first in range(0, sums.shape[1], _AT_ONCE):
        part = np.ascontiguousarray(sums[:, first : first + _AT_ONCE])
        costs, room, penalty = np.empty_like(part), np.empty_like(part), penalties[first : first + _AT_ONCE]
        costs[0] = -penalty
        for end in range(1, len(places)):
            last = room[:end]
            np.subtract(part[end], part[:end], out=last)
            np.multiply(last, last, out=last)
            np.divide(last, lengths[end, :end], out=last)
            np.subtract(costs[:end], last, out=last)
            np.minimum.reduce(last, axis=0, out=costs[end])
            costs[end] += penalty
        best[:, first : first + _AT_ONCE] = costs
    return best


def _begins(prefix: _Prefix, best: Floats, ends: Ints) -> Ints:
    """Return where the last level begins that ends at a place, column by column; places by number, the later of equally good ones."""
    import numpy as np

    places, sums = prefix
    lengths = np.maximum(places[ends] - places[:, None], 1)
    costs = best - (sums[ends, np.arange(len(ends))] - sums) ** 2 / lengths
    costs[np.arange(len(places))[:, None] >= ends] = np.inf
    found: Ints = len(places) - 1 - np.argmin(costs[::-1], axis=0)
    return found


def _trace(prefix: _Prefix, best: Floats) -> list[int]:
    """Return where the levels of the best partition of one series begin, but the first."""
    import numpy as np

    found, end = [], np.array([len(prefix.places) - 1])
    while (end := _begins(prefix, best, end))[0] > 0:
        found.append(int(prefix.places[end[0]]))
    return found[::-1]


def _gain_per_change(prefix: _Prefix, best: Floats) -> Floats:
    """Return what the best partition of each series gains over one level, by change; every one has a change."""
    import numpy as np

    places, sums = prefix
    ends = np.full(sums.shape[1], len(places) - 1)
    gain, n_changes = -(sums[-1] ** 2) / places[-1], np.zeros(len(ends))
    going = np.arange(len(ends))
    while going.size:
        end = ends[going]
        begin = _begins(_Prefix(places, sums[:, going]), best[:, going], end)
        gain[going] += (sums[end, going] - sums[begin, going]) ** 2 / (places[end] - places[begin])
        n_changes[going] += begin > 0
        ends[going] = begin
        going = going[begin > 0]
    found: Floats = gain / n_changes
    return found


@lru_cache(maxsize=32)
def _null(n: int, may_change: tuple[bool, ...] | None, seed: int, n_largest: int) -> tuple[float, ...]:
    """Return, rising, the largest penalties (in squared noise) at which simulated series without a change stop being cut.

    That of a series is the greatest gain per change over all partitions; Dinkelbach's iteration finds it exactly (1967,
    doi:10.1287/mnsc.13.7.492), from any partition on. A series that is not cut at the smallest of the largest known so far is not
    among them and is left at that, so most series are partitioned once; those that one change makes the most of go first.
    """
    import numpy as np

    series = np.random.default_rng(seed).standard_normal((_SIMULATIONS, n))
    series = (series - series.mean(axis=1, keepdims=True)) / _noise(series)[:, None]
    prefix = _prefix(series, may_change)
    places, sums = prefix.places[1:-1, None], prefix.sums[1:-1]
    known = np.full(_SIMULATIONS, _TINY)
    if len(places):
        known = np.maximum((sums**2 * n / (places * (n - places))).max(axis=0), _TINY)
        for group in np.split(np.argsort(-known), [2 * n_largest]):
            _raise(prefix, known, group, n_largest)
    return tuple(np.sort(known)[-n_largest:].tolist())


def _raise(prefix: _Prefix, known: Floats, group: Ints, n_largest: int) -> None:
    """Raise the greatest gain per change known of some series to the true one, where that is among the largest."""
    import numpy as np

    for _ in range(_ROUNDS):
        bar = np.partition(known, -n_largest)[-n_largest]
        columns = _Prefix(prefix.places, prefix.sums[:, group])
        best = _least_costs(columns, np.maximum(known[group], bar) * (1 + _TINY))
        is_cut = best[-1] < -(columns.sums[-1] ** 2) / prefix.places[-1]
        group = group[is_cut]
        if not group.size:
            break
        found = _gain_per_change(_Prefix(prefix.places, columns.sums[:, is_cut]), best[:, is_cut])
        known[group] = np.maximum(known[group], found)


def _described(
    values: Sequence[float], found: Sequence[int], noise: float, null: Sequence[float], level: float
) -> tuple[ChangePoint, ...]:
    n, edges = len(values), [0, *found, len(values)]
    parts = [values[start:end] for start, end in pairwise(edges)]
    means = [math.fsum(part) / len(part) for part in parts]
    freedom = n - len(parts)
    squares = math.fsum((value - mean) ** 2 for part, mean in zip(parts, means, strict=True) for value in part)
    spread = math.sqrt(squares / freedom) if freedom > 0 else noise
    described = []
    for number, index in enumerate(found):
        before, after = means[number], means[number + 1]
        both = 1 / len(parts[number]) + 1 / len(parts[number + 1])
        strength = (after - before) ** 2 / both / noise**2
        p_value = (1 + sum(other >= strength for other in null)) / (_SIMULATIONS + 1)
        stderr = spread * math.sqrt(both)
        reach = 1 + math.floor(break_quantile(level) * noise**2 / (after - before) ** 2)
        described.append(
            ChangePoint(
                index=index,
                before=before,
                after=after,
                stderr=stderr,
                interval=t_interval(after - before, stderr, max(freedom, 1), level=level),
                p_value=p_value,
                earliest=max(edges[number] + 1, index - reach),
                latest=min(edges[number + 2] - 1, index + reach),
            )
        )
    return tuple(described)


@lru_cache(maxsize=8)
def break_quantile(level: float) -> float:
    """Half-width of the interval for the place of a change, in values, for a change of one noise.

    Args:
        level: Coverage as a fraction in (0, 1).

    Returns:
        The two-sided quantile of the place where Brownian motion less |s| / 2 is largest: 11.03 at 95 %.

    Raises:
        StatisticsInputError: If the level is out of range.

    References:
        Yao (1987), Approximating the distribution of the maximum likelihood estimate of the change-point,
        doi:10.1214/aos/1176350509; Bai (1997), doi:10.1162/003465397557132.
    """
    if problem := level_problem(level):
        raise StatisticsInputError(problem)
    from scipy.optimize import brentq
    from scipy.special import log_ndtr, ndtr

    def excess(x: float) -> float:
        root = math.sqrt(x)
        below = 1 + math.sqrt(x / (2 * math.pi)) * math.exp(-x / 8) - (x + 5) / 2 * float(ndtr(-root / 2))
        return below + 1.5 * math.exp(x + float(log_ndtr(-1.5 * root))) - (1 + level) / 2

    return float(brentq(excess, 1e-12, 500.0, xtol=1e-10))
