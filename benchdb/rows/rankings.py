"""Rows of all rankings side by side: ranks, how far rankings agree, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRow:
    """One model in one ranking. Grain: one row per (aggregate, model, variant)."""

    aggregate: str
    """What the models are ranked by (`benchdb.query.aggregates.Aggregate`)."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant, None for the plain model."""
    rank: int | None
    """Rank, 1 is best; None where the model is not ranked."""
    rank_lower: int | None
    """Best rank that the uncertainty allows."""
    rank_upper: int | None
    """Worst rank that the uncertainty allows."""
    tier: int | None
    """Tie group; None where the error is not known."""
    p_best: float | None
    """Chance of being truly the best; None where an error is not known."""
    value: float | None
    """The aggregate."""
    unit: str | None
    """Its unit."""
    stderr: float | None
    """Its standard error."""
    evidence: str
    """What the error rests on."""
    lower: float | None
    """Lower end of its interval."""
    upper: float | None
    """Upper end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two rankings agree. Grain: one row per pair of aggregates."""

    aggregate_a: str
    """The first aggregate."""
    aggregate_b: str
    """The second one."""
    tau: float | None
    """Kendall's tau-b between their ranks, from -1 to 1; None where all share one rank."""
    n_models: int
    """Models that both rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What leaving out one benchmark or one model does to a ranking. Grain: one row per (aggregate, left out)."""

    aggregate: str
    """The aggregate."""
    kind: str
    """"benchmark" or "model"."""
    left_out: str
    """What was left out."""
    n_changed: int
    """Models whose rank changes; after leaving out a model, among the others."""
    largest_change: int
    """Largest change of a rank, in places."""
    most_moved: str | None
    """The model that moves most, the best ranked of several; None when none does."""
    leader: str
    """Who is first without it; several that share the first rank are joined by commas."""
    is_new_leader: bool
    """Whether that is somebody else than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingsRows:
    """The answer of `rankings`: every aggregate on the same scores."""

    rows: tuple[RankingRow, ...]
    """Aggregate by aggregate, each in the order of the first one's ranks."""
    aggregates: tuple[str, ...]
    """The aggregates, in the order of the rows."""
    agreements: tuple[Agreement, ...]
    """Pairs of rankings."""
    sensitivities: tuple[Sensitivity, ...]
    """One benchmark or model left out at a time."""
    seed: int
    """Seed of what was simulated."""
    level: float
    """Coverage of the intervals, and the chance that no pair of models is told apart falsely in one ranking."""
    notes: tuple[str, ...]
    """What a reader must know."""
