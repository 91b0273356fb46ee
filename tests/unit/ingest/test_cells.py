"""Printed numbers, read by eye."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell, strip_markup, whole_number
from benchdb.schema.vocab import ScoreUnit

PERCENT = ScoreUnit.PERCENT


def cell(
    value: float,
    decimals: int | None,
    unit: ScoreUnit | None = None,
    stderr: float | None = None,
    *,
    approximate: bool = False,
) -> ParsedCell:
    """Return what a printed number should be read as."""
    return ParsedCell(value=value, decimals=decimals, unit=unit, stderr=stderr, is_approximate=approximate)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("72.6", cell(72.6, 1)),
        ("72.60", cell(72.6, 2)),
        ("70", cell(70.0, 0)),
        (" **72.6** ", cell(72.6, 1)),
        ("__72.6__", cell(72.6, 1)),
        ("<b>66.7</b>", cell(66.7, 1)),
        ("<u>66.7</u><sup>2</sup>", cell(66.7, 1)),
        ("07.6", cell(7.6, 1)),
        ("72.7%", cell(72.7, 1, PERCENT)),
        ("72.7 %", cell(72.7, 1, PERCENT)),
        ("72.7\\%", cell(72.7, 1, PERCENT)),
        ("$0.1300", cell(0.13, 4, ScoreUnit.USD)),
        ("~70.0%", cell(70.0, 1, PERCENT, approximate=True)),
        ("≈ 5", cell(5.0, 0, approximate=True)),
        ("Approximately 72.7%", cell(72.7, 1, PERCENT, approximate=True)),
        ("71.3 ± 0.4", cell(71.3, 1, stderr=0.4)),
        ("71.3±0.4%", None),
        ("71.3% ± 0.4%", cell(71.3, 1, PERCENT, 0.4)),
        ("0.85 +/- 0.02", cell(0.85, 2, stderr=0.02)),
        ("1,820", cell(1820.0, 0)),
        ("1,234,567.5", cell(1234567.5, 1)),
        ("[88.3](https://example.org/a_(b))", cell(88.3, 1)),
        ("88.3[^2]", cell(88.3, 1)),
        ("88.3†", cell(88.3, 1)),
        ("88.3*", cell(88.3, 1)),
        ("88.3^1", cell(88.3, 1)),
        ("−3.5", cell(-3.5, 1)),
        ("+3.5", cell(3.5, 1)),
        (".5", cell(0.5, 1)),
        ("1.5e-3", cell(0.0015, None)),
        ("0.6504059250818972", cell(0.6504059250818972, None)),
    ],
)
def test_printed_numbers(text: str, expected: ParsedCell | None) -> None:
    """Value, decimals, unit, error and approximation are what a reader sees; an error in percent needs a value in percent."""
    found = parse_cell(text)
    assert isinstance(found, BadCell) if expected is None else found == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "--",
        "–",
        "—",
        "−",
        "n/a",
        "N/A",
        "n.a.",
        "NaN",
        "null",
        "xx.xx",
        "Infinity",
        "-inf",
        "**-**",
        "n/a [^7]",
    ],
)
def test_missing_marks_are_not_numbers(text: str) -> None:
    """A missing score is nothing, never zero."""
    assert parse_cell(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "72,7",
        "> 90",
        "about",
        "gsm8k",
        "72.7.1",
        "1e999",
        "71.3 ± -0.4",
        "12 of 30",
        "71.3 (0.4)",
        "72-74",
        "1,82",
        "٣",
        "4².",
    ],
)
def test_anything_else_is_bad(text: str) -> None:
    """Text that is not one number is named as found, not read as something near it."""
    found = parse_cell(text)
    assert isinstance(found, BadCell)
    assert strip_markup(text) in found.found


def test_two_numbers_are_both_named() -> None:
    """A cell with two numbers is refused with both of them."""
    found = parse_cell("71.3/68.2")
    assert isinstance(found, BadCell)
    assert found.expected == "one number"
    assert "71.3 and 68.2" in found.found


def test_brackets_are_errors_only_when_said() -> None:
    """A second number in brackets is a standard error only where the caller knows it."""
    assert parse_cell("71.3 (0.4)", bracket_is_stderr=True) == cell(71.3, 1, stderr=0.4)
    assert isinstance(parse_cell("71.3 ± 0.4 (0.2)", bracket_is_stderr=True), BadCell)


@given(
    st.decimals(-10_000, 10_000, places=3),
    st.sampled_from(["", "%"]),
    st.sampled_from(["{}", "**{}**", " {} ", "{}[^1]", "~{}"]),
)
def test_decoration_changes_no_number(number: object, sign: str, dress: str) -> None:
    """Emphasis, footnotes and signs leave value and decimals alone."""
    found = parse_cell(dress.format(f"{number:.3f}{sign}"))
    assert isinstance(found, ParsedCell)
    assert (found.value, found.decimals) == (float(f"{number:.3f}"), 3)
    assert (found.unit is PERCENT) == (sign == "%")


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Every text is a finite number, missing, or bad."""
    found = parse_cell(text)
    assert found is None or isinstance(found, BadCell) or found.value == found.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5", 5), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("²", None), ("-1", None), ("", None)],
)
def test_digits_are_a_number_and_nothing_else_is(text: str, expected: int | None) -> None:
    """Superscripts, signs and more than 18 digits are no count."""
    assert whole_number(text) == expected
