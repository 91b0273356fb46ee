"""Rows of conflicts: claims for one cell that disagree."""

from __future__ import annotations

from dataclasses import dataclass

EXPLAINED, UNEXPLAINED, PROTOCOL_UNKNOWN = "explained by", "not explained", "protocol unknown"
"""What the protocols say of a disagreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Claims for one cell that disagree by more than their rounding.

    Grain: one row per (model, variant, benchmark, subset, metric). The lists hold one entry for each claim of the cell, from the least value to
    the greatest.
    """

    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name as cited."""
    subset: str
    """Subset; empty for the whole."""
    metric: str
    """Slug of the metric."""
    unit: str | None
    """Unit of the values, the difference and its error."""
    least: float
    """The least value claimed."""
    greatest: float
    """The greatest value claimed."""
    difference: float
    """greatest minus least."""
    rounding: float
    """How far rounding, or reading off a figure, can have moved the difference."""
    stderr: float | None
    """Standard error of the difference as of independent claims; on shared items it is usually smaller."""
    sigmas: float | None
    """The difference in standard errors; None where no error is known."""
    evidence: str
    """What the standard error rests on: the weaker of the two ends' evidence."""
    explanation: str
    """explained by: the two ends state settings that differ; not explained: they state settings, and all agree; protocol unknown."""
    settings: tuple[str, ...]
    """Settings that differ between the two ends, as "n_shot: 0, 5", the least value's first."""
    settings_unknown: tuple[str, ...]
    """Settings that only one of the two ends states."""
    values: tuple[str, ...]
    """The values as printed, with "~" where approximate."""
    sources: tuple[str, ...]
    """The titles of their sources."""
    score_ids: tuple[str, ...]
    """Their keys, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRows:
    """The answer of `conflicts`."""

    conflicts: tuple[Conflict, ...]
    """The most standard errors apart first, those without an error last and by name."""
    notes: tuple[str, ...]
    """What a reader must know."""
