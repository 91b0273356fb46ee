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
