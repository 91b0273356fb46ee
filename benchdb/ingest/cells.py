"""Numbers as people print them in tables: "**72.6**", "~70.0%", "71.3 ± 0.4", "1,820[^2]". Pure functions on text.

Missing marks become None, numbers become `ParsedCell`, everything else a `BadCell` that says what was found; nothing is guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from benchdb.schema.vocab import ScoreUnit

MISSING_MARKS = frozenset({
    "", "-", "--", "---", "–", "—", "−", "n/a", "na", "n.a.", "n.a", "nan", "null", "none", "xx.xx", "x", "/", "\\", "…", "...", "?",
    "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity",
})  # fmt: skip
"""Spellings of "there is no number here", in lower case. A missing score is not zero."""
LONGEST_PRINTED = 12
"""More decimals than this are a number at full precision, not a rounded one."""

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?"
_ONE = re.compile(
    rf"""(?P<approximate>(?:(?:~|≈|∼|≅|approximately|approx\.?|about|around|circa|ca\.|roughly)\s*)+)?
    (?P<dollar>\$)?\s*(?P<value>{_NUMBER})\s*(?P<percent>%)?
    (?:\s*(?:±|\+/-|\+-|\\pm)\s*(?P<error>{_NUMBER})\s*(?P<error_percent>%)?)?
    (?:\s*\(\s*(?:±\s*)?(?P<bracket>{_NUMBER})\s*(?P<bracket_percent>%)?\s*\))?""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_SEVERAL = re.compile(rf"(?P<first>{_NUMBER})\s*%?\s*[/|;]\s*(?P<second>{_NUMBER})\s*%?", re.IGNORECASE | re.ASCII)
_MARKUP = (
    (re.compile(r"<sup>.*?</sup>|<sub>.*?</sub>", re.IGNORECASE | re.DOTALL), ""),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE), ""),
    (re.compile(r"!\[[^\]]*\]\([^()]*\)"), ""),
    (re.compile(r"\[\^[^\]]*\]"), ""),
    (re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"(?<=\S)\^(?:\d+|\{[^{}]*\}|\*)"), ""),
    (re.compile(r"[*`†‡§¶⁰¹²³⁴⁵⁶⁷⁸⁹↑↓🏆🥇🥈🥉]+"), ""),
    (re.compile(r"(?<!\w)__|__(?!\w)"), ""),
    (re.compile(r"[\u00a0\u2007\u202f\u2009]"), " "),
    (re.compile(r"\\%"), "%"),
)  # fmt: skip
_MOST_DIGITS = 18
_SIGNS = str.maketrans({"−": "-", "％": "%", "﹪": "%"})


def whole_number(text: str) -> int | None:
    """Return the count or number of shots that digits stand for, or None for any other text and for more than 18 digits.

    Args:
        text: What stands there.
    """
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedCell:
    """One printed number."""

    value: float
    """The number, in the unit it is printed in."""
    decimals: int | None
    """Decimals as printed; None for a number at full precision or with an exponent."""
    unit: ScoreUnit | None
    """Unit the cell itself states by "%" or "$"."""
    stderr: float | None
    """Standard error beside it, in the value's unit."""
    is_approximate: bool
    """Whether it says that it is approximate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadCell:
    """A cell that holds something else than one number."""

    found: str
    """What stands there."""
    expected: str = "a number"
    """What should stand there."""


def parse_cell(text: str, *, bracket_is_stderr: bool = False) -> ParsedCell | BadCell | None:
    """Return the number that a cell prints, None where it is marked as missing, or what is wrong with it.

    Args:
        text: The cell, with whatever markup it has.
        bracket_is_stderr: Whether a second number in brackets is known to be a standard error.
    """
    bare = strip_markup(text).translate(_SIGNS).strip()
    if is_missing(bare):
        return None
    match = _ONE.fullmatch(bare)
    if match is None:
        return _explain(bare)
    error = match["error"] or match["bracket"]
    value, stderr = _to_float(match["value"]), None if error is None else _to_float(error)
    expected = _complaint(match, value, stderr, bracket_is_stderr=bracket_is_stderr)
    if expected is not None:
        return BadCell(found=f'"{bare}"', expected=expected)
    return ParsedCell(
        value=value,
        decimals=printed_decimals(match["value"]),
        unit=ScoreUnit.PERCENT if match["percent"] else ScoreUnit.USD if match["dollar"] else None,
        stderr=stderr,
        is_approximate=match["approximate"] is not None,
    )


def strip_markup(text: str) -> str:
    """Return a text without emphasis, links, footnote marks and HTML tags, with single spaces.

    Args:
        text: A cell, heading or name in Markdown or HTML.
    """
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def is_missing(text: str) -> bool:
    """Return whether a text stands for a missing number.

    Args:
        text: A cell without markup.
    """
    return text.strip().casefold() in MISSING_MARKS


def printed_decimals(number: str) -> int | None:
    """Return the decimals a number is printed with, or None for full precision or an exponent.

    Args:
        number: A number as text, such as "72.60".
    """
    if "e" in number.casefold():
        return None
    decimals = len(number.partition(".")[2])
    return decimals if decimals <= LONGEST_PRINTED else None


def _to_float(number: str) -> float:
    return float(number.replace(",", ""))


def _complaint(match: re.Match[str], value: float, stderr: float | None, *, bracket_is_stderr: bool) -> str | None:
    """Return what should stand in place of a number that cannot be meant so, or None for a sound one."""
    if match["bracket"] and (match["error"] or not bracket_is_stderr):
        return "a number without a second one in brackets, whose meaning is not stated"
    if not math.isfinite(value) or not math.isfinite(stderr or 0.0):
        return "a number within the range of double precision"
    if stderr is not None and stderr < 0:
        return "an error that is not negative"
    if (match["error_percent"] or match["bracket_percent"]) and not match["percent"]:
        return 'a "%" behind the value too if its error has one'
    return None


def _explain(bare: str) -> BadCell:
    several = _SEVERAL.fullmatch(bare)
    if several is None:
        return BadCell(found=f'"{bare}"')
    return BadCell(found=f'two, {several["first"]} and {several["second"]} ("{bare}")', expected="one number")
