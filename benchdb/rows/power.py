"""Rows of a power analysis: what a benchmark can show between two models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRow:
    """What one benchmark can show between two models, and what it would take to show a wanted difference.

    Grain: one row per benchmark (and subset) asked for.
    """

    benchmark: str
    """Slug of the benchmark, its subset in square brackets."""
    benchmark_name: str
    """Its name as cited."""
    metric: str
    """Slug of the metric."""
    unit: str | None
    """Unit of values, differences and errors."""
    model_a: str | None
    """First model, its variant in brackets; None where none was named."""
    model_b: str | None
    """Second model."""
    value_a: float | None
    """Its value."""
    value_b: float | None
    """The second's value."""
    n_items: int | None
    """Items there are."""
    samples_per_item: int | None
    """Most attempts an item had; None where nothing says so."""
    variance: float | None
    """Variance of one item's difference, with the attempts there were, in the squared unit."""
    data_variance: float | None
    """The part of it that stems from the items; None where attempts cannot be told apart."""
    prediction_variance: float | None
    """Variance of the difference of one attempt each within an item, likewise."""
    stderr: float | None
    """Standard error of the mean difference over the items there are."""
    evidence: str
    """What the variance rests on: paired, similar pairs, or the weaker of the models' evidence."""
    method: str
    """How it was computed, in words."""
    n_pairs: int
    """Pairs of models behind the variance."""
    level: float
    """One minus the significance level of the two-sided test."""
    power: float
    """Wanted chance to find a difference."""
    detectable_difference: float | None
    """Smallest true difference that is found with that power on the items there are; None where no error is known."""
    difference: float | None
    """Difference in question: the one asked for, else the one of the two models' values; None without either."""
    power_at_difference: float | None
    """Chance to find that difference on the items there are."""
    is_detectable: bool | None
    """Whether that difference is at least the detectable one; None where either is unknown."""
    n_items_needed: int | None
    """Items needed to find it with the wanted power, at the attempts there were."""
    samples_per_item_needed: int | None
    """Attempts an item needed on the items there are; None where no number is enough, or attempts cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRows:
    """The answer of `power`."""

    rows: tuple[PowerRow, ...]
    """Benchmarks in the order asked for."""
    notes: tuple[str, ...]
    """What a reader must know."""
