"""Rows of pass@k: how often k attempts at an item hold a right one, are all right, or agree on the right answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """One measure of several attempts at each item. Grain: one row per (model, variant, benchmark, subset, k, measure)."""

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
    """Slug of the metric whose outcomes were counted."""
    measure: str
    """"pass@k" (at least one of k attempts is right), "pass^k" (all of them are) or, where answers are stored, "maj@k" (the answer that
    most of them give is right)."""
    k: int
    """Attempts allowed."""
    value: float
    """Mean over the items of the unbiased estimate for each item, in `unit`."""
    unit: str
    """percent, or fraction where the metric is reported so."""
    stderr: float | None
    """Standard error over items, clustered where clusters are known; None with fewer than two items or clusters."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end of the interval."""
    level: float
    """Coverage of the interval, as a fraction."""
    method: str
    """How the interval was made."""
    evidence: str
    """What it rests on: always outcomes of items."""
    n_items: int
    """Items with outcomes."""
    n_units: int
    """Independent units: clusters, and items without a cluster."""
    least_attempts: int
    """Fewest attempts at any item: the largest k there is an estimate for."""
    most_attempts: int
    """Most attempts at any item."""
    score_id: int
    """Claim whose run the outcomes are of."""
    source: str | None = None
    """Title of that claim's source, else its kind."""
    protocol: str | None = None
    """That claim's protocol in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRateRows:
    """The answer of `pass_at_k`."""

    rates: tuple[PassRate, ...]
    """By model, variant, benchmark, subset, k and measure."""
    level: float
    """Coverage of the intervals, as a fraction."""
    notes: tuple[str, ...]
    """What a reader must know."""
