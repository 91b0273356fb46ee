"""Rows of insights: statements found in the data."""

from __future__ import annotations

from dataclasses import dataclass

ESTABLISHED, NOMINAL, DESCRIPTIVE, UNKNOWN = "established", "nominal", "descriptive", "unknown"
"""What the statement's errors allow: beyond the noise; within it; nothing to test; no error is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """One statement that the data support as printed, and whether it stands above the noise. Grain: one row per statement."""

    kind: str
    """What kind of statement: highest, lowest, ahead, alike, spread, size, ceiling or dependence."""
    status: str
    """established: every part is beyond the noise, corrected for the number of tests; nominal: true of the printed numbers, within
    the noise; descriptive: nothing to test; unknown: no error is known for some part."""
    statement: str
    """The statement, in words with its numbers."""
    models: tuple[str, ...]
    """Slugs of the models it speaks of, with variants in brackets."""
    benchmarks: tuple[str, ...]
    """Slugs of the benchmarks, with subsets in brackets."""
    n_tests: int
    """Tests behind the status."""
    p_value: float | None
    """The greatest of their p-values, corrected by Holm over every test that was made for this answer."""
    standard_errors: float | None
    """The smallest of their effects in standard errors; None where nothing is tested or an error is unknown."""
    evidence: str
    """What the errors rest on, the weakest of the parts."""
    command: str
    """A benchdb command that shows the numbers."""
    score_ids: tuple[str, ...]
    """Keys of the claims behind it, as text; at most forty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightRows:
    """The answer of `insights`."""

    insights: tuple[Insight, ...]
    """Statements: established ones first, then by effect in standard errors, then by kind."""
    n_tried: int
    """Statements that were tried, found or not."""
    n_tests: int
    """Tests that were made for them."""
    policy: str
    """How one of several claims was chosen."""
    level: float
    """One minus the level of the tests, and the coverage of intervals."""
    notes: tuple[str, ...]
    """What a reader must know."""
