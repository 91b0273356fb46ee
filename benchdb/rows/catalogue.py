"""Rows of the catalogue: its entries, their aliases and likely duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """A model of the catalogue. Grain: one row per model."""

    slug: str
    """Identity."""
    name: str
    """Display name."""
    organization: str | None
    """Name of the maker."""
    family: str | None
    """Family."""
    parameters_label: str | None
    """Size as printed."""
    n_parameters: int | None
    """Total parameters."""
    released_on: date | None
    """Release date."""
    is_open_weights: bool | None
    """Whether the weights can be downloaded."""
    review_state: str
    """Whether a person has checked the entry."""
    n_benchmarks: int
    """Benchmarks it has claims on."""
    n_claims: int
    """Claims about it, retracted ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkEntry:
    """A benchmark of the catalogue. Grain: one row per benchmark."""

    slug: str
    """Identity."""
    name: str
    """Name as cited."""
    parent: str | None
    """Slug of the benchmark it is a part of."""
    category: str | None
    """What it tests."""
    metric: str | None
    """Slug of the metric it is usually cited with."""
    n_items: int | None
    """Number of items."""
    released_on: date | None
    """Release date."""
    review_state: str
    """Whether a person has checked the entry."""
    n_models: int
    """Models with claims on it."""
    n_claims: int
    """Claims about it, retracted ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEntry:
    """A metric of the catalogue. Grain: one row per metric."""

    slug: str
    """Identity."""
    name: str
    """Name as printed."""
    unit: str | None
    """Unit that queries report in."""
    higher_is_better: bool | None
    """Direction."""
    review_state: str
    """Whether a person has checked the entry."""
    n_claims: int
    """Claims in it, retracted ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationEntry:
    """An organization of the catalogue. Grain: one row per organization."""

    slug: str
    """Identity."""
    name: str
    """Name as printed."""
    country: str | None
    """Country of its seat."""
    review_state: str
    """Whether a person has checked the entry."""
    n_models: int
    """Models it made."""
    n_sources: int
    """Sources in which it reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """A source of claims. Grain: one row per source."""

    source_id: int
    """Key of the source."""
    kind: str
    """Kind of the source."""
    title: str | None
    """Title."""
    url: str | None
    """Where it can be read."""
    organization: str | None
    """Name of whoever reports."""
    published_on: date | None
    """Day it became public."""
    n_runs: int
    """Runs it reports."""
    n_claims: int
    """Claims it makes, retracted ones included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteEntry:
    """A suite of the catalogue. Grain: one row per suite."""

    slug: str
    """Identity."""
    name: str
    """Name as printed."""
    n_benchmarks: int
    """Benchmarks in it."""


CatalogueEntry: TypeAlias = "ModelEntry | BenchmarkEntry | MetricEntry | OrganizationEntry | SourceEntry | SuiteEntry"
"""Anything a catalogue lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRows:
    """The answer of `catalogue`: the entries of one kind, by slug; sources by title."""

    kind: str
    """model, benchmark, metric, organization, source or suite."""
    entries: tuple[CatalogueEntry, ...]
    """The entries, all of one type."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasEntry:
    """A spelling that means a catalogue entry. Grain: one row per kind and spelling."""

    kind: str
    """model, benchmark, metric or organization."""
    name: str
    """The spelling as seen."""
    target: str | None
    """Slug of the entry it means; None if there is no such entry."""
    review_state: str
    """reviewed, unreviewed or rejected; a rejected one is not used."""
    decided_by: str
    """Who decided."""
    decided_at: datetime
    """When."""
    reason: str | None
    """Why."""
    source_url: str | None
    """Where the spelling was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateEntry:
    """An unreviewed entry that may be another one. Grain: one row per pair of entries."""

    pair: str
    """What to call the pair when accepting or rejecting it."""
    kind: str
    """model, benchmark, metric or organization."""
    entry: str
    """Slug of the unreviewed entry; accepting merges it into the other one."""
    like: str
    """Slug of the entry that it may be."""
    like_state: str
    """reviewed or unreviewed."""
    similarity: float
    """How alike the names are, from 0 to 100."""
    evidence: tuple[str, ...]
    """What else speaks for it."""
