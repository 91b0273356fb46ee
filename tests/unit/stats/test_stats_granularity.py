"""Which printed scores counts can produce, against printing every count."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.errors import StatisticsInputError
from benchdb.stats.granularity import fitting_attempts, is_possible, is_possible_cut_off, possible_counts


def test_the_seed_fact() -> None:
    """72.6 on 30 problems cannot come from 16 samples each but can from 64, as 1393 or 1394 of 1920."""
    assert not is_possible(72.6, 1, 30, 16)
    assert list(possible_counts(72.6, 1, 30, 64)) == [1393, 1394]


@pytest.mark.parametrize(("value", "counts"), [(72.7, [349]), (70.0, [336]), (76.5, [367])])
def test_the_other_seed_values_are_possible(value: float, counts: list[int]) -> None:
    """72.7, 70.0 and 76.5 are 349, 336 and 367 of 480."""
    assert list(possible_counts(value, 1, 30, 16)) == counts


def _printings(k: int, n: int, decimals: int, scale: int) -> set[Decimal]:
    step = Decimal(1).scaleb(-decimals)
    with localcontext(Context(prec=60)):
        value = Decimal(scale * k) / Decimal(n)
        return {value.quantize(step, rounding) for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_HALF_DOWN)}


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 3), st.sampled_from([1, 100]), st.data())
def test_exactly_the_counts_that_print_so(
    n_items: int, samples: int, decimals: int, scale: int, data: st.DataObject
) -> None:
    """The range holds a count if and only if some usual rounding prints it as the value."""
    units = data.draw(st.integers(0, scale * 10**decimals))
    value = Decimal(units).scaleb(-decimals)
    n = n_items * samples
    expected = [k for k in range(n + 1) if value in _printings(k, n, decimals, scale)]
    assert list(possible_counts(value, decimals, n_items, samples, scale=scale)) == expected


@given(st.integers(1, 200), st.integers(0, 200), st.integers(0, 4))
def test_a_real_count_is_always_possible(n: int, k: int, decimals: int) -> None:
    """A score printed by Python from a count is never called impossible."""
    k = min(k, n)
    assert k in possible_counts(f"{100 * k / n:.{decimals}f}", decimals, n)


def test_both_ways_of_rounding_a_half_are_accepted() -> None:
    """1 of 8 is 12.5 %: both 12 and 13 print it; cut-off decimals are not accepted."""
    assert is_possible(12, 0, 8)
    assert is_possible(13, 0, 8)
    cut_off = (Decimal(200) / 3).quantize(Decimal("0.1"), ROUND_DOWN)
    assert not is_possible(cut_off, 1, 3)


def test_fractions_and_ends() -> None:
    """A fraction is read with scale 1, and 0 and 100 are the empty and the full count."""
    assert list(possible_counts(0.727, 3, 30, 16, scale=1)) == [349]
    assert list(possible_counts(0, 1, 30)) == [0]
    assert list(possible_counts(100, 1, 30)) == [30]
    assert list(possible_counts(101, 0, 30)) == []
    assert list(possible_counts(-3, 0, 30)) == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: possible_counts(float("nan"), 1, 30), "finite"),
        (lambda: possible_counts(72.65, 1, 30), "decimals: expected at least those of the value 72.65"),
        (lambda: possible_counts(72, -1, 30), "decimals"),
        (lambda: possible_counts(72.6, 1, 0), "n_items"),
        (lambda: possible_counts(72.6, 1, 30, 0), "samples_per_item"),
        (lambda: possible_counts(72.6, 1, 30, scale=0), "100 for percent or 1 for a fraction"),
        (lambda: is_possible(72.65, 1, 30), "decimals"),
    ],
)
def test_bad_questions_are_refused(call: object, words: str) -> None:
    """A value with more decimals than stated, and counts below 1, are errors."""
    assert callable(call)
    with pytest.raises(StatisticsInputError, match=words):
        call()


def test_cut_off_values_are_told_apart() -> None:
    """2 of 3 is 66.66… %: 66.6 is what cutting off leaves, 66.7 what rounding gives, and 66.8 neither."""
    assert is_possible_cut_off(66.6, 1, 3)
    assert not is_possible(66.6, 1, 3)
    assert not is_possible_cut_off(66.7, 1, 3)
    assert not is_possible_cut_off(66.8, 1, 3)
    with pytest.raises(StatisticsInputError):
        is_possible_cut_off(66.66, 1, 3)


def test_attempts_that_fit() -> None:
    """72.6 % of 30 items: no k of 480 prints so, but 697 of 960 (72.60) and 1393 of 1920 (72.55) do."""
    assert fitting_attempts(72.6, 1, 30, (1, 16, 32, 64)) == (32, 64)
