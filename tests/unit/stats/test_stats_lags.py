"""Median of times of which some are not over, against SciPy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchdb.errors import StatisticsInputError
from benchdb.stats.lags import censored_median


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=15))
def test_median_is_where_scipys_estimate_falls_to_one_half(times: list[tuple[int, bool]]) -> None:
    """The median is the first time at which SciPy's survival function is at most one half."""
    over = [time for time, flag in times if flag]
    waiting = [time for time, flag in times if not flag]
    found = censored_median([float(time) for time, _ in times], [flag for _, flag in times])
    if not over:
        assert found is None
        return
    estimate = stats.ecdf(stats.CensoredData(uncensored=over, right=waiting)).sf
    below = estimate.quantiles[np.asarray(estimate.probabilities) <= 0.5 + 1e-12]
    expected = next((float(time) for time in below if time in over), None)
    assert found == expected


def test_by_hand() -> None:
    """Of 2, 4, 6+ and 8 one half is over at 4; of 2, 6+ and 6+ it never is; without times there is none."""
    assert censored_median([2, 4, 6, 8], [True, True, False, True]) == 4
    assert censored_median([2, 6, 6], [True, False, False]) is None
    assert censored_median([], []) is None


@pytest.mark.parametrize(("times", "flags"), [([1.0], []), ([-1.0], [True]), ([float("nan")], [True])])
def test_odd_input_is_refused(times: list[float], flags: list[bool]) -> None:
    """Unequal lengths, a time below zero and one that is not finite are errors."""
    with pytest.raises(StatisticsInputError):
        censored_median(times, flags)
