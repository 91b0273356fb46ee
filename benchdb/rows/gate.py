"""Rows of a gate: whether a candidate is worse than a baseline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """What is known of the candidate against the baseline on one benchmark, or over the common ones.

    Grain: one row per benchmark that the baseline has, then one for the mean where there are several; `benchmark` is None
    on that row.
    """

    decision: str
    """What the whole gate says: regression, no regression or not enough evidence; the same on every row."""
    baseline: str
    """The baseline: slug, variant in brackets, run behind an @."""
    candidate: str
    """The candidate, likewise."""
    benchmark: str | None
    """Slug of the benchmark; None for the mean over the common ones."""
    benchmark_name: str
    """Its name as cited."""
    metric: str
    """Slug of the metric."""
    outcome: str
    """What this row says: regression, no regression or not enough evidence."""
    reason: str
    """Why, in a phrase."""
    value_baseline: float | None
    """The baseline's value, in `unit`."""
    value_candidate: float | None
    """The candidate's value; None where it has none."""
    difference: float | None
    """Candidate minus baseline."""
    unit: str | None
    """Unit of the values."""
    higher_is_better: bool | None
    """Direction of the metric."""
    stderr: float | None
    """Standard error of the difference."""
    lower: float | None
    """Lower end of its interval."""
    upper: float | None
    """Upper end of its interval."""
    level: float
    """Coverage of the interval; a regression needs an adjusted p of at most one minus it."""
    p_value: float | None
    """Two-sided p of no difference."""
    p_adjusted: float | None
    """p adjusted for the number of comparisons."""
    method: str | None
    """How error and p were computed."""
    evidence: str
    """What they rest on."""
    n_items: int | None
    """Items behind the comparison."""
    max_regression: float | None
    """Drop that is allowed, in `unit`; None where none was given."""
    power: float | None
    """Chance that a drop of `max_regression` is found; None without one, or where no error is known."""
    detectable_drop: float | None
    """Drop that is found with a power of 0.8, in `unit`; None where no error is known."""
    score_id_baseline: int | None
    """The baseline's claim."""
    score_id_candidate: int | None
    """The candidate's claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRows:
    """The answer of `gate`."""

    checks: tuple[GateCheck, ...]
    """Benchmarks in their order, then the mean."""
    decision: str
    """regression, no regression or not enough evidence."""
    baseline: str
    """The baseline."""
    candidate: str
    """The candidate."""
    notes: tuple[str, ...]
    """What a reader must know."""
