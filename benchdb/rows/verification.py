"""Rows of a verification: in what a chart departs from the database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One thing in which a chart departs from the database. Grain: one row per value or claim."""

    kind: str
    """tampered: the file differs from what the database says of that moment; missing: a claim noted there is not in the database;
    picture: the picture is not what the specification inside it draws here (its pixels were changed, or other fonts or another
    version drew it); retracted: a claim was taken back since; newer: a claim is chosen now that was not then; changed: the picture is another now."""
    where: str
    """Layer, row and field of the chart, or the claim."""
    found: str | None
    """What stands in the chart."""
    expected: str | None
    """What the database says."""
