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
    """Two-sided p of no difference, of the part of it that rounding cannot explain."""
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
    """better, worse, not distinguishable, unknown (no evidence) or not comparable (`protocol_differences` says why); for the
    first model."""
    score_id_a: int | None
    """The first model's claim."""
    score_id_b: int | None
    """The second model's claim."""
    p_adjusted: float | None = None
    """p, adjusted for the number of comparisons asked for; the verdict rests on it."""
    correction: str | None = None
    """How p was adjusted: holm, bh or none; None where there is no p, or the row is not judged."""
    n_benchmarks: int = 1
    """Benchmarks behind the row: one, or those the mean is over."""
    items_difference: float | None = None
    """The difference as a number of items, `difference` / 100 % * `n_items`; None where the metric is not right or wrong."""
    n_wins: int | None = None
    """Shared items on which the first model is above the second."""
    n_losses: int | None = None
    """Shared items on which it is below."""
    data_stderr: float | None = None
    """The part of the error that stems from the items drawn (data noise); None unless every shared item had two attempts
    or more by both models."""
    prediction_stderr: float | None = None
    """The part that stems from the answers drawn (prediction noise), with the attempts there were; squared, the two add up
    to the squared error."""
    lower_a: float | None = None
    """Lower end of the interval of the first value itself; None where it is unknown, or where value_a is a mean over shared
    items or over benchmarks."""
    upper_a: float | None = None
    """Upper end of that interval."""
    lower_b: float | None = None
    """Lower end of the interval of the second value itself, likewise."""
    upper_b: float | None = None
    """Upper end of that interval."""
    is_approximate_a: bool = False
    """Whether the first claim is approximate."""
    is_approximate_b: bool = False
    """Whether the second claim is approximate."""
    source_a: str | None = None
    """Title of the first claim's source, else its kind; None for a mean over benchmarks."""
    source_b: str | None = None
    """The same of the second claim."""
    protocol_a: str | None = None
    """The first claim's protocol in words; None where its source states nothing of it, or for a mean over benchmarks."""
    protocol_b: str | None = None
    """The same of the second claim."""


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
    is_matrix: bool = False
    """Whether all pairs were asked for, to be shown as a matrix."""
