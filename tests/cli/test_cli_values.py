"""Tests of the kinds of option values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import click
import pytest

from benchdb.cli.values import Day, Level, Moment, ParameterCount, WholeNumbers


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("7B", 7_000_000_000),
        ("0.5b", 500_000_000),
        ("70m", 70_000_000),
        ("1.5 B", 1_500_000_000),
        ("1T", 10**12),
        ("12", 12),
    ],
)
def test_a_number_of_parameters_is_read_exactly(typed: str, count: int) -> None:
    """Suffixes scale by thousands and no digit is lost to floating point."""
    assert ParameterCount().convert(typed, None, None) == count


@pytest.mark.parametrize("typed", ["seven", "7G", "-7B", "1.5", "", "8x7B"])
def test_what_is_not_a_number_of_parameters_is_refused(typed: str) -> None:
    """A message says how to write one."""
    with pytest.raises(click.BadParameter, match="number of parameters"):
        ParameterCount().convert(typed, None, None)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2025-03-25", date(2025, 3, 25), date(2025, 3, 25)),
    ],
)
def test_a_month_or_year_is_its_first_or_last_day(typed: str, first: date, last: date) -> None:
    """`since` means the first day, `until` the last one."""
    assert (Day().convert(typed, None, None), Day(last=True).convert(typed, None, None)) == (first, last)


@pytest.mark.parametrize("typed", ["2024-02-30", "2024-13", "25.3.2025", "yesterday"])
def test_what_is_not_a_date_is_refused(typed: str) -> None:
    """A message says how to write one."""
    with pytest.raises(click.BadParameter, match="is not a date"):
        Day().convert(typed, None, None)


def test_a_moment_is_aware_and_a_day_means_its_end() -> None:
    """Without a zone UTC is meant, and what was learned on a day belongs to it."""
    moment = Moment()
    assert moment.convert("2025-03-25T12:00", None, None) == datetime(2025, 3, 25, 12, tzinfo=UTC)
    assert moment.convert("2025-03-25", None, None) == datetime(2025, 3, 25, 23, 59, 59, 999999, tzinfo=UTC)
    assert moment.convert("2025-03-25T12:00+01:00", None, None) == datetime(
        2025, 3, 25, 12, tzinfo=timezone(timedelta(hours=1))
    )
    with pytest.raises(click.BadParameter, match="is not a time"):
        moment.convert("noon", None, None)


def test_a_level_is_a_fraction_or_per_cent() -> None:
    """0.95, .95 and 95% are one level, and 95 or 0 are none."""
    assert [Level().convert(typed, None, None) for typed in ("0.95", ".95", "95%")] == [0.95, 0.95, 0.95]
    for typed in ("95", "0", "1", "high", "100%"):
        with pytest.raises(click.BadParameter, match="between 0 and 1"):
            Level().convert(typed, None, None)


@pytest.mark.parametrize(("typed", "numbers"), [("10", (10,)), ("1,5, 10", (1, 5, 10))])
def test_whole_numbers_are_one_or_a_list(typed: str, numbers: tuple[int, ...]) -> None:
    """Commas separate several numbers, blanks do not matter."""
    assert WholeNumbers().convert(typed, None, None) == numbers


@pytest.mark.parametrize("typed", ["0", "1,,2", "-1", "1.5", "", "five"])
def test_what_is_no_list_of_whole_numbers_is_refused(typed: str) -> None:
    """A message says how to write one."""
    with pytest.raises(click.BadParameter, match="whole numbers"):
        WholeNumbers().convert(typed, None, None)
