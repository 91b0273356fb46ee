"""Rows of a coverage: what is known and what is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of one benchmark is known for one model. Grain: one row per (model, variant, benchmark, metric)."""

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
    metric: str | None
    """Slug of the metric; None where nothing is known."""
    n_claims: int
    """Claims; 0 marks a missing cell."""
    n_sources: int
    """Sources behind them."""
    n_items_seen: int
    """Items with outcomes in the database."""
    n_protocols: int = 0
    """Different protocols behind the claims, by fingerprint; 0 marks a missing cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRows:
    """The answer of `coverage`: what is known and what is missing."""

    cells: tuple[Coverage, ...]
    """Every model with every benchmark in question, by model, variant, benchmark and metric."""
    n_models: int
    """Models (and variants)."""
    n_benchmarks: int
    """Benchmarks."""
    n_missing: int
    """Pairs of them without any claim."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCell:
    """A missing score and what it would tell. Grain: one row per (model, variant, benchmark)."""

    position: int
    """Place, 1 tells most; equal gains by model and benchmark."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    benchmark: str
    """Slug of the benchmark, with its subset in square brackets where there is one."""
    benchmark_name: str
    """Name as cited."""
    metric: str
    """Slug of the metric."""
    unit: str | None
    """Unit of the errors."""
    gain: float
    """Part of the mean variance of a difference between two models that goes away, from 0 to 1."""
    stderr_expected: float
    """What one score on the benchmark scatters about level plus ability, in `unit`."""
    stderr_before: float
    """Standard error of the model's ability against the mean of all, in `unit`."""
    stderr_after: float
    """The same with the score."""
    n_models: int
    """Models (and variants) with a score on the benchmark."""
    n_benchmarks: int
    """Benchmarks the model has a score on."""
    n_undecided: int
    """Other models that it is not told from so far."""
    completes: bool
    """Whether the benchmark would then be common to all models in question."""
    reason: str
    """All of that in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRows:
    """The answer of `next_cells`: the missing scores that would tell most about the ranking."""

    cells: tuple[NextCell, ...]
    """Missing scores, the most telling first."""
    n_models: int
    """Models (and variants) in question."""
    n_benchmarks: int
    """Benchmarks."""
    n_missing: int
    """Missing scores, those not shown included."""
    unit: str | None
    """Unit of the benchmarks in question."""
    interaction: float
    """Standard deviation of the interaction of model and benchmark, in `unit`."""
    mean_stderr: float
    """Root of the mean variance of a difference between two models so far, in `unit`."""
    n_undecided: int
    """Pairs of models that are not told apart so far."""
    level: float
    """Coverage behind "told apart"."""
    notes: tuple[str, ...]
    """What a reader must know."""
