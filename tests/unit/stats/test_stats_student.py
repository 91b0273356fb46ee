"""Student's t without SciPy, against SciPy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchdb.stats.student import upper_quantile, upper_tail


@pytest.mark.parametrize("df", [0.3, 1, 1.5, 2, 3, 9, 29, 197.3, 999, 1999, 2000, 14041, 1e6])
@pytest.mark.parametrize("tail", [0.49, 0.25, 0.05, 0.025, 0.005, 1e-6, 1e-9])
def test_quantiles_are_scipys(tail: float, df: float) -> None:
    """From a third of a degree of freedom to a million, the quantile is SciPy's to ten digits."""
    assert upper_quantile(tail, df) == pytest.approx(-stats.t.ppf(tail, df), rel=1e-10)


@given(st.floats(0, 200), st.floats(0.2, 5000))
def test_tails_are_scipys(t: float, df: float) -> None:
    """The chance of exceeding a value is SciPy's, far out in the tail too."""
    assert upper_tail(t, df) == pytest.approx(stats.t.sf(t, df), rel=1e-8, abs=1e-300)


def test_the_median_is_zero() -> None:
    """Half of the distribution lies above 0."""
    assert upper_quantile(0.5, 3) == 0.0
