"""How numbers are written in tables and pages."""

from __future__ import annotations

import pytest

from benchdb.api import display


@pytest.mark.parametrize(
    ("value", "written"),
    [(6.5, "+6.5"), (-6.5, "-6.5"), (0.0, "+0.0"), (-0.0, "+0.0"), (-0.04, "-0.0"), (None, "–")],
)
def test_a_difference_has_one_sign(value: float | None, written: str) -> None:
    """A difference is written with one sign, a negative zero like any zero."""
    assert display.signed(value, "percent") == written
