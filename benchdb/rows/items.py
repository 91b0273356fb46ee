"""Rows about items: how hard each is, which flip between two models, and how far two models agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 — the Arrow schema reads the types


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item over all models in question. Grain: one row per item."""

    benchmark: str
    """Slug of the benchmark."""
    subset: str
    """Subset the item belongs to; empty for none."""
    item: str
    """Text id of the item."""
    dated_on: date | None
    """Day the item became public."""
    cluster: str | None
    """Group of items that are not independent of each other."""
    n_models: int
    """Models (and variants) with an outcome on it."""
    mean: float
    """Mean of their values, in `unit`; low is hard where higher is better."""
    unit: str | None
    """Unit of the mean."""
    n_solved: int | None
    """Models with more than half of their marks on it; None where the metric is no share of marks."""
    solved_by: str | None
    """Slug of the one model that solves it, with its variant; None where none or several do."""
    discrimination: float | None
    """Correlation over models between this item and the mean of the others (item-rest, point-biserial for single attempts);
    None with fewer than three models or without spread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRows:
    """The answer of `items`."""

    items: tuple[Item, ...]
    """Hardest first, then by subset and text id."""
    benchmark_name: str
    """Name of the benchmark."""
    metric: str
    """Slug of the metric."""
    n_items: int
    """Items with an outcome of any model, before any were left out."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValue:
    """What one model made of one item. Grain: one row per (model, variant, item)."""

    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    benchmark: str
    """Slug of the benchmark."""
    subset: str
    """Subset the item belongs to; empty for none."""
    item: str
    """Text id of the item."""
    item_place: int
    """Place of the item by difficulty, from 1 for the hardest."""
    model_place: int
    """Place of the model by its mean over its items, from 1 for the best."""
    value: float
    """Share of the attempts that were right, or their mean value, in `unit`."""
    unit: str | None
    """Unit of the value."""
    n_attempts: int
    """Attempts that were scored."""
    source: str | None = None
    """Title of the source of the model's run, else its kind."""
    protocol: str | None = None
    """Protocol of that run in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemValueRows:
    """The answer of `item_values`."""

    values: tuple[ItemValue, ...]
    """By place of the model and of the item."""
    benchmark_name: str
    """Name of the benchmark."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One item on which two models differ. Grain: one row per item."""

    benchmark: str
    """Slug of the benchmark."""
    subset: str
    """Subset the item belongs to; empty for none."""
    item: str
    """Text id of the item."""
    dated_on: date | None
    """Day the item became public."""
    value_a: float
    """Value of the first model, in `unit`."""
    value_b: float
    """Value of the second model."""
    difference: float
    """First minus second."""
    unit: str | None
    """Unit of the values."""
    is_flip: bool | None
    """Whether exactly one of them solves it; None where the metric is no share of marks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two models agree on which items they solve. Grain: one row per pair of models."""

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
    n_items: int
    """Items both have an outcome on."""
    n_both: int
    """Items both solve."""
    n_only_a: int
    """Items only the first solves."""
    n_only_b: int
    """Items only the second solves."""
    n_neither: int
    """Items neither solves."""
    agreement: float
    """Share of the items that both or neither solve."""
    kappa: float | None
    """Cohen's kappa: agreement beyond what the two rates alone would give; None where both solve
    all items, or both none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipRows:
    """The answer of `flips`."""

    flips: tuple[Flip, ...]
    """Largest difference first, then by subset and text id."""
    model_a: str
    """First model as shown."""
    model_b: str
    """Second model as shown."""
    benchmark_name: str
    """Name of the benchmark."""
    agreement: Agreement | None
    """How far the two agree over all shared items; None where the metric is no share of marks."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRows:
    """The answer of `agreement`."""

    pairs: tuple[Agreement, ...]
    """Every pair of models with shared items, in the order of the models."""
    benchmark_name: str
    """Name of the benchmark."""
    notes: tuple[str, ...]
    """What a reader must know."""
