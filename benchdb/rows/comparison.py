"""Rows of a comparison: differences of pairs of models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is known of the difference between two models on one benchmark, or over the common ones.

    Grain: one row per (pair of models, benchmark); `benchmark` is None on the overall row.
    """

    model_a: str
    """Slug of the first model, with its variant in brackets."""
    model_b: str
    """Slug of the second."""
    model_name_a: str
    """Display name of the first model, with its variant in brackets."""
    model_name_b: str
    """Display name of the second."""
    benchmark: str | None
    """Slug of the benchmark; None for the mean over the common ones."""
    benchmark_name: str
    """Its name as cited."""
    metric: str
    """Slug of the metric."""
    value_a: float
    """Value of the first model, in `unit`."""
    value_b: float
    """Value of the second."""
    difference: float
    """value_a minus value_b."""
    rounding: float
    """How far rounding of the printed values can have moved the difference, either way."""
    unit: str | None
    """Unit of the values, the difference and its error."""
    higher_is_better: bool | None
    """Direction of the metric."""
    stderr: float | None
    """Standard error of the difference."""
    lower: float | None
    """Lower end of its interval, widened by the rounding."""
    upper: float | None
    """Upper end of its interval, widened by the rounding."""
    level: float
    """Coverage of the interval."""
    p_value: float | None
    """Two-sided p of no difference."""
    method: str | None
    """How error and p were computed."""
    evidence: str
    """What they rest on: `paired` items, or the weaker of the two models' evidence."""
    n_items: int | None
    """Items behind the comparison: the paired ones, or the fewer of the two."""
    protocol_differences: tuple[str, ...]
    """Settings that both claims state and that differ."""
    protocol_unknown: tuple[str, ...]
    """Settings that only one of the claims states."""
    verdict: str
    """better, worse, not distinguishable, unknown (no evidence) or not comparable; for the first model."""
    score_id_a: int | None
    """The first model's claim."""
    score_id_b: int | None
    """The second model's claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRows:
    """The answer of `compare`: differences of pairs of models."""

    differences: tuple[Difference, ...]
    """Pairs in the order asked for; within a pair the benchmarks, then the mean over them."""
    models: tuple[str, ...]
    """Slugs of the models in the order asked for, each with its variant in square brackets."""
    policy: str
    """How one of several claims was chosen."""
    level: float
    """Coverage of the intervals."""
    notes: tuple[str, ...]
    """What a reader must know."""
