"""Rows of noise: where the error of a score comes from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The error of one score over items, split by origin. Grain: one row per (model, variant, benchmark, subset, metric).

    `data_stderr` and `prediction_stderr` squared add up to `stderr` squared, unless the first came out below zero and is
    shown as 0. What rests on the split is None where some item had one attempt only, or no attempt is right or wrong.
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
    """Subset of the benchmark; empty for the whole."""
    metric: str
    """Slug of the metric."""
    value: float
    """Mean over the items, in `unit`."""
    unit: str | None
    """Unit of value and errors."""
    n_items: int
    """Items with an outcome."""
    n_units: int
    """Clusters, and items without one."""
    fewest_attempts: int
    """Fewest attempts at any item."""
    most_attempts: int
    """Most attempts at any item."""
    stderr: float
    """Standard error over items with the attempts there were, clustered where clusters are known."""
    data_stderr: float | None
    """The part that only more items would lower."""
    prediction_stderr: float | None
    """The part that more attempts at the same items would lower."""
    single_stderr: float | None
    """The error that one attempt at each item would have."""
    doubled_attempts_stderr: float | None
    """The error that twice the attempts would have."""
    doubled_items_stderr: float
    """The error that twice the items, or clusters, would have."""
    helps: str
    """What would lower the error: "items", "items or attempts", or "unknown" where the split is."""
    score_id: int
    """The claim that is the mean of these items."""
    source: str | None = None
    """Title of the claim's source, else its kind."""
    protocol: str | None = None
    """The claim's protocol in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRows:
    """The answer of `noise`."""

    rows: tuple[Noise, ...]
    """By model, variant, benchmark, subset and metric."""
    policy: str
    """How one of several claims was chosen."""
    notes: tuple[str, ...]
    """What a reader must know."""
