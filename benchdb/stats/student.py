"""Student's t without SciPy: a leaderboard needs a few quantiles, and importing `scipy.special` costs more than its query.

Checked against SciPy to 1e-9 over all degrees of freedom; see `benchdb.stats.intervals.t_quantile` for the public name.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

_MANY = 2000.0
_TINY = 1e-300
_CLOSE = 1e-15


@lru_cache(maxsize=4096)
def upper_quantile(tail: float, df: float) -> float:
    """Return the t that Student's t exceeds with a chance of `tail`.

    Args:
        tail: Chance of the upper tail, in (0, 0.5].
        df: Degrees of freedom, above 0; need not be whole.

    References:
        Abramowitz, Stegun (1964), 26.7.5, for 2,000 degrees of freedom and more; below that Newton's method on 26.7.1.
    """
    tail, df = float(tail), float(df)  # the cache takes NumPy's numbers for ours, and must not hand them on
    z = -NormalDist().inv_cdf(tail)
    if tail == 0.5 or z <= 0:
        return 0.0
    start = _expanded(z, df)
    return start if df >= _MANY else _refined(tail, df, start)


def upper_tail(t: float, df: float) -> float:
    """Return the chance that Student's t exceeds a value of at least 0.

    Args:
        t: The value, at least 0.
        df: Degrees of freedom, above 0.
    """
    square = t * t
    return 0.5 * _incomplete_beta(df / (df + square), square / (df + square), df / 2, 0.5)


def _expanded(z: float, df: float) -> float:
    square = z * z
    terms = (
        (square + 1) * z / 4,
        ((5 * square + 16) * square + 3) * z / 96,
        (((3 * square + 19) * square + 17) * square - 15) * z / 384,
        ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) * z / 92160,
    )
    return z + math.fsum(term / df**power for power, term in enumerate(terms, start=1))


def _refined(tail: float, df: float, start: float) -> float:
    low, high = 0.0, max(start, 1.0)
    while upper_tail(high, df) > tail:
        low, high = high, 2 * high
    t = min(max(start, low), high)
    for _ in range(200):
        excess = upper_tail(t, df) - tail
        low, high = (t, high) if excess > 0 else (low, t)
        step = excess / _density(t, df)
        following = t + step if low < t + step < high else (low + high) / 2
        if abs(following - t) <= _CLOSE * t or high - low <= _CLOSE * high:
            return following
        t = following
    return t


def _density(t: float, df: float) -> float:
    constant = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - 0.5 * math.log(df * math.pi)
    return math.exp(constant - (df + 1) / 2 * math.log1p(t * t / df))


def _incomplete_beta(x: float, y: float, a: float, b: float) -> float:
    """The regularized incomplete beta function at x = 1 - y, by the continued fraction where it converges fast."""
    if x <= 0 or y <= 0:
        return float(y <= 0)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(y, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, 1000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        factor = 1.0
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d)
            c = _away_from_zero(1 + term / c)
            factor = c * d
            total *= factor
        if abs(factor - 1) < _CLOSE:
            break
    return total


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
