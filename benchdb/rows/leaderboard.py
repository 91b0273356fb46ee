"""Rows of a leaderboard: cells, columns and standings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One model (and variant) on one benchmark (and subset) under one metric: the claim a policy chose.

    Grain: one row per (model, variant, benchmark, subset, metric).
    """

    model: str
    """Slug of the model."""
    model_name: str
    """Display name of the model."""
    variant: str | None
    """Reasoning effort, quantisation, scaffold or named revision; None for the plain model."""
    organization: str | None
    """Name of the maker."""
    family: str | None
    """Family of the model."""
    n_parameters: int | None
    """Total parameters."""
    n_active_parameters: int | None
    """Active parameters."""
    parameters_label: str | None
    """Size as printed."""
    released_on: date | None
    """Release date of the model."""
    is_open_weights: bool | None
    """Whether the weights can be downloaded."""
    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name of the benchmark as cited."""
    subset: str
    """Part of the benchmark; empty for the whole."""
    metric: str
    """Slug of the metric."""
    metric_name: str
    """Name of the metric as printed."""
    higher_is_better: bool | None
    """Direction of the metric."""
    value: float
    """The chosen claim's value, in `unit`."""
    unit: str | None
    """Unit of value, stderr, lower and upper."""
    decimals: int | None
    """Decimals the claim was printed with, in `unit`; None for full precision."""
    rounding: float = 0.0
    """How far rounding of the printed value can have moved it, either way, in `unit`; 0 for full precision."""
    is_approximate: bool
    """Whether the claim is approximate."""
    stderr: float | None
    """Standard error, from the evidence named."""
    evidence: str
    """What the error rests on (`benchdb.schema.vocab.Evidence`)."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end of the interval."""
    level: float
    """Coverage of the interval, as a fraction."""
    interval_method: str | None = None
    """How the interval was made: wilson, effective wilson, t, clustered t, normal, reported; None without one."""
    df: float | None = None
    """Degrees of freedom of the error; None where it counts as known exactly, or is not known."""
    evidence_note: str | None = None
    """What the kind of evidence leaves open: how many items were borrowed from where, which bounds hold."""
    stderr_least: float | None = None
    """Least the standard error can be, where only bounds are known and `stderr` is the greatest."""
    data_stderr: float | None = None
    """The part of the error that only more items would lower; known where every item had several attempts."""
    prediction_stderr: float | None = None
    """The part that more attempts at the same items would lower."""
    n_runs: int = 1
    """Runs that the value is the mean of; more than 1 under the policy `mean-of-runs` only."""
    run_stderr: float | None = None
    """Standard error of that mean as the spread between runs shows it: noise of the answers, not of the items."""
    n_items: int | None
    """Items behind the value."""
    samples_per_item: int | None
    """Attempts per item behind the value."""
    n_claims: int
    """Claims for this cell, the chosen one included."""
    least: float
    """Smallest value among the claims."""
    greatest: float
    """Greatest value among the claims."""
    source_kind: str
    """Kind of the chosen claim's source."""
    source_title: str | None
    """Title of the chosen claim's source."""
    is_first_party: bool | None
    """Whether the chosen claim was reported by the model's maker."""
    stated_on: date | None
    """Day the run took place, else the day its source was published."""
    fingerprint: int
    """Fingerprint of the chosen claim's protocol."""
    protocol: str | None = None
    """That protocol in words, such as "5-shot, temperature 0"; None where the source states nothing of it."""
    score_id: int
    """The chosen claim: `benchdb trace` shows where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkColumn:
    """One column of a leaderboard. Grain: one row per (benchmark, subset); one metric was chosen for it."""

    slug: str
    """Slug of the benchmark."""
    name: str
    """Name as cited."""
    subset: str
    """Part of the benchmark; empty for the whole."""
    metric: str
    """Slug of the metric shown."""
    metric_name: str
    """Its name as printed."""
    unit: str | None
    """Unit of the values."""
    higher_is_better: bool | None
    """Direction of the metric."""
    n_models: int
    """Models (and variants) with a score in this column."""

    @property
    def label(self) -> str:
        """The slug, with the subset in square brackets where there is one."""
        return f"{self.slug}[{self.subset}]" if self.subset else self.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCell(Cell):
    """A cell with where its model stands: the flat row of a leaderboard, one per model and benchmark shown."""

    aggregate: str
    """What the models are ranked by (`benchdb.query.aggregates.Aggregate`)."""
    rank: int | None
    """Rank of the model; None where it is not ranked."""
    rank_lower: int | None
    """Best rank that the uncertainty allows."""
    rank_upper: int | None
    """Worst rank that the uncertainty allows."""
    tier: int | None
    """Tie group of the model, 1 is best; None where its error is not known."""
    p_best: float | None
    """Chance that the model is truly the best; None where an error is not known."""
    aggregate_value: float | None
    """The model's aggregate."""
    aggregate_unit: str | None
    """Unit of the aggregate, its error and bounds."""
    aggregate_stderr: float | None
    """Standard error of the aggregate."""
    aggregate_evidence: str
    """What that error rests on."""
    aggregate_lower: float | None
    """Lower end of the interval of the aggregate."""
    aggregate_upper: float | None
    """Upper end of that interval."""
    n_imputed: int
    """Scores behind the aggregate that were imputed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One line of a leaderboard.

    Grain: one row per (model, variant). By default `value` is the mean over the common benchmarks, those every shown
    model has.
    """

    rank: int | None
    """Rank by the aggregate, 1 is best, equal values share it; None without one."""
    rank_lower: int | None
    """Best rank that the uncertainty allows; the intervals of all models hold together at the level."""
    rank_upper: int | None
    """Worst rank that the uncertainty allows."""
    aggregate: str = "mean"
    """What the models are ranked by (`benchdb.query.aggregates.Aggregate`)."""
    tier: int | None = None
    """Tie group, 1 is best: a new one begins with the first model established as worse than the leader of the last."""
    p_best: float | None = None
    """Chance that the model is truly the best of those ranked; None where an error is not known."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant, None for the plain model."""
    organization: str | None
    """Name of the maker."""
    parameters_label: str | None
    """Size as printed."""
    n_parameters: int | None
    """Total parameters."""
    value: float | None
    """The aggregate, by default a mean; None when the model lacks a benchmark that is needed."""
    unit: str | None
    """Unit of the aggregate, its error and bounds; None for counts, rates and standard scores."""
    stderr: float | None
    """Standard error of the aggregate."""
    evidence: str
    """What that error rests on; `partial` means a lower bound."""
    lower: float | None
    """Lower end of the interval of the aggregate; None when only a bound of the error is known."""
    upper: float | None
    """Upper end of that interval."""
    n_benchmarks: int
    """Benchmarks the model has a score on, among those asked for."""
    n_imputed: int = 0
    """Scores behind the aggregate that were imputed."""
    cells: tuple[Cell, ...]
    """Its scores, in the order of the leaderboard's benchmarks; a missing one is absent, not zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderboardRows:
    """The answer of `leaderboard`: models by benchmarks with an aggregate, ranks, tiers and the chance of being best."""

    standings: tuple[Standing, ...]
    """One line a model, in order of rank, then name."""
    benchmarks: tuple[BenchmarkColumn, ...]
    """The columns, in the order asked for, else by name."""
    common: tuple[str, ...]
    """Labels of the columns that the aggregate is over; empty where there is none."""
    aggregate: str = "mean"
    """What the models are ranked by."""
    missing: str = "common"
    """What was done about missing scores."""
    seed: int | None = None
    """Seed of what was simulated; None where nothing was."""
    policy: str
    """How one of several claims was chosen."""
    level: float
    """Coverage of the intervals, and the chance that no pair of models is told apart falsely."""
    notes: tuple[str, ...]
    """What a reader must know: the policy, claims beside the chosen ones, what was left out."""
