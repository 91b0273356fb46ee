"""Rows of single claims: their history and the way back to their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim in full, for `history` and `trace`. Grain: one row per score."""

    score_id: int
    """Key of the claim."""
    model: str
    """Slug of the model."""
    model_label: str
    """The model as written."""
    variant: str | None
    """Variant."""
    benchmark: str
    """Slug of the benchmark."""
    benchmark_label: str
    """The benchmark as written."""
    subset: str
    """Subset; empty for the whole."""
    metric: str
    """Slug of the metric."""
    metric_label: str
    """The metric as written."""
    value: float
    """The value as written, in its own unit."""
    unit: str | None
    """That unit."""
    decimals: int | None
    """Decimals as printed."""
    is_approximate: bool
    """Whether it is approximate."""
    is_aggregate: bool
    """Whether the source computed it from other scores."""
    is_retracted: bool
    """Whether a correction retracts it."""
    is_chosen: bool
    """Whether the policy chooses it for its cell."""
    stderr: float | None
    """Standard error as reported."""
    stderr_method: str | None
    """How it was computed."""
    n_items: int | None
    """Items."""
    samples_per_item: int | None
    """Attempts per item."""
    protocol: str
    """The stated settings, as "name=value, …"."""
    fingerprint: int
    """Fingerprint of the protocol."""
    is_first_party: bool | None
    """Whether the reporter is the model's maker."""
    ran_at: datetime | None
    """When it ran."""
    source_id: int
    """Key of the source."""
    source_kind: str
    """Kind of the source."""
    source_title: str | None
    """Title of the source."""
    source_url: str | None
    """Where it can be read."""
    published_on: date | None
    """Day the source was published."""
    place: str | None
    """Place in the source."""
    file: str
    """File the claim was imported from."""
    importer: str
    """Importer that read it."""
    ingested_at: datetime
    """When the database learned it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A correction of a row, as it was decided. Grain: one row per correction."""

    action: str
    """What was decided (`benchdb.schema.vocab.CorrectionAction`)."""
    decided_by: str
    """Who decided."""
    decided_at: datetime
    """When."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRows:
    """The answer of `history`: every claim about one model on one benchmark, retracted ones included."""

    model: str
    """Slug of the model."""
    benchmark: str
    """Slug of the benchmark."""
    claims: tuple[Claim, ...]
    """Claims from the oldest statement to the newest; undated ones first."""
    policy: str
    """How the chosen claims were chosen."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRows:
    """The answer of `every_claim`: every claim that fits, retracted ones included."""

    claims: tuple[Claim, ...]
    """Claims by model, benchmark, subset and metric, then from the oldest statement to the newest; undated ones first."""
    n_claims: int | None
    """Claims that fit, those before and after a page of them included; None where they were not counted."""
    policy: str
    """How the chosen claims were chosen."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRows:
    """The answer of `trace`: one claim and the way back to its source."""

    claim: Claim
    """The claim in full."""
    organization: str | None
    """Who reports it."""
    run_label: str | None
    """The source's own identifier of the run."""
    raw: str | None
    """Configuration of the run as the source wrote it, as JSON."""
    sha256: str
    """Hash of the imported file's bytes."""
    importer_version: str
    """Version of the importer's mapping."""
    n_outcomes: int
    """Items of the run with outcomes in the database, under the claim's metric."""
    decisions: tuple[Decision, ...]
    """Corrections of the claim, oldest first."""
    notes: tuple[str, ...]
    """What a reader must know."""
