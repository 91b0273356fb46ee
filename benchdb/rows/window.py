"""Rows of a window of dates: scores on the items inside it and on the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 — the Arrow schema reads the types


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowScore:
    """One model on the items inside a window and on the rest. Grain: one row per (model, variant)."""

    rank: int | None
    """Rank by the value on the window; ties share the best. None without a value, or where windows differ between models."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    benchmark: str
    """Slug of the benchmark."""
    subset: str
    """Subset of the benchmark; empty for the whole."""
    metric: str
    """Slug of the metric."""
    training_cutoff_on: date | None
    """End of the model's training data, as the catalogue states it."""
    first_on: date | None
    """First day of the window; None for no bound."""
    last_on: date | None
    """Last day of the window; None for no bound."""
    n_items: int
    """Items inside, with an outcome."""
    value: float | None
    """Mean over them, in `unit`; None without any."""
    stderr: float | None
    """Standard error of it, clustered where clusters are known; None with fewer than two items or clusters."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end of the interval."""
    n_rest: int
    """Dated items outside, with an outcome."""
    value_rest: float | None
    """Mean over them."""
    stderr_rest: float | None
    """Standard error of it."""
    difference: float | None
    """Window minus rest. Worse on items after the training data than before is a sign of contamination, and no proof of it: items
    may have become harder."""
    difference_stderr: float | None
    """Standard error of the difference, as of independent items."""
    difference_lower: float | None
    """Lower end of its interval."""
    difference_upper: float | None
    """Upper end of its interval."""
    p_value: float | None
    """Two-sided p of no difference (Welch's t)."""
    verdict: str
    """"better in the window", "worse in the window" ("higher", "lower" where the metric has no known direction), "not
    distinguishable" or "unknown"."""
    n_undated: int
    """Items without a date: on neither side."""
    level: float
    """Coverage of the intervals, as a fraction."""
    unit: str | None
    """Unit of all values."""
    evidence: str
    """What it rests on: always outcomes of items."""
    score_id: int
    """Claim whose run the outcomes are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPair:
    """Two models on the items inside both their windows. Grain: one row per pair of models."""

    model_a: str
    """Slug of the first, with its variant in brackets."""
    model_b: str
    """Slug of the second, with its variant in brackets."""
    model_name_a: str
    """Display name of the first."""
    model_name_b: str
    """Display name of the second."""
    benchmark: str
    """Slug of the benchmark."""
    first_on: date | None
    """First day that is inside both windows; None for no bound."""
    last_on: date | None
    """Last day that is inside both windows; None for no bound."""
    n_items: int
    """Items inside that both have an outcome on."""
    value_a: float
    """Mean of the first over them."""
    value_b: float
    """Mean of the second over them."""
    difference: float
    """First minus second."""
    stderr: float | None
    """Standard error of it, paired, clustered where clusters are known."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end of the interval."""
    level: float
    """Coverage of the interval, as a fraction."""
    p_value: float | None
    """Two-sided p of no difference."""
    method: str | None
    """How it was tested."""
    unit: str | None
    """Unit of the values."""
    verdict: str
    """What it says of the first: better, worse, not distinguishable or unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRows:
    """The answer of `window`."""

    scores: tuple[WindowScore, ...]
    """By rank, then by model; where windows differ, by model alone."""
    pairs: tuple[WindowPair, ...]
    """Every pair of models with shared items inside both windows, in the order of the models; empty unless asked for."""
    benchmark_name: str
    """Name of the benchmark."""
    notes: tuple[str, ...]
    """What a reader must know."""
