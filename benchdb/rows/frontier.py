"""Rows of a frontier: the best so far of each group of models, how far one lags behind the others, and Pareto fronts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from benchdb.rows.trend import TrendFit


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierRecord:
    """A model that improved the best value of its group. Grain: one row per (benchmark, group, record)."""

    benchmark: str
    """Slug of the benchmark, with its subset in square brackets where there is one."""
    benchmark_name: str
    """Name as cited."""
    metric: str
    """Slug of the metric."""
    group: str
    """The group: open, closed, a maker, a family."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    released_on: date
    """Release date."""
    value: float
    """Value in `unit`."""
    unit: str | None
    """Unit of value, error and bounds."""
    higher_is_better: bool
    """Direction of the metric."""
    stderr: float | None
    """Standard error."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end."""
    evidence: str
    """What the error rests on."""
    is_overall: bool
    """Whether it was the best of all groups too when it came."""
    score_id: int
    """The claim."""
    is_approximate: bool = False
    """Whether the claim is approximate."""
    source: str | None = None
    """Title of the claim's source, else its kind."""
    fingerprint: int | None = None
    """Fingerprint of the claim's protocol."""
    protocol: str | None = None
    """That protocol in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierLag:
    """When a group reached a value that another one reached first. Grain: one row per (benchmark, group, record of the others).

    Only records that the group had not reached on their day are here.
    """

    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name as cited."""
    group: str
    """The group that lags."""
    leader: str
    """The group of the record."""
    record_model: str
    """Slug of the model that set the record."""
    record_value: float
    """Its value, in `unit`."""
    record_on: date
    """Its release date."""
    best_then: float | None
    """The lagging group's best on that day; None without any."""
    lead: float | None
    """How much better the record was than that, in `unit`; above 0."""
    lead_stderr: float | None
    """Standard error of the lead, models as independent; None where an error is unknown."""
    lead_verdict: str
    """established, not established, or unknown; alone where the lagging group had no model yet."""
    unit: str | None
    """Unit of values."""
    reached_on: date | None
    """When the group reached the record's value; None while it has not."""
    reached_by: str | None
    """Slug of the model that did."""
    months: float
    """Months from the record to that day; while it is not reached, to the last release in question: at least so many."""
    is_reached: bool
    """Whether the value was reached; if not, `months` is a lower bound (censored)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierGroup:
    """How one group stands on one benchmark. Grain: one row per (benchmark, group)."""

    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name as cited."""
    metric: str
    """Slug of the metric."""
    group: str
    """The group."""
    n_models: int
    """Its models (and variants) with a score and a release date."""
    n_records: int
    """How often it improved its own best."""
    best: float
    """Its best value, in `unit`."""
    unit: str | None
    """Unit of values."""
    best_model: str
    """Slug of the model that has it, the first to reach it."""
    best_model_name: str
    """Display name."""
    best_on: date
    """Its release date."""
    pace: float | None
    """Improvement of its best a year, from its first record to its last; None with fewer than 3 or within half a year."""
    gap: float | None
    """How much better the best of the others is, in `unit`; below 0 where the group leads; None without others."""
    gap_stderr: float | None
    """Standard error of the gap; None where one is unknown."""
    standing: str | None
    """ahead, level, behind; "ahead, not established" and "behind, not established" within the noise or without errors."""
    months_behind: float | None
    """At least so many months behind: since the first record of the others that it has not reached; 0 if there is none."""
    n_lags: int
    """Records of the others that it had not reached on their day."""
    n_reached: int
    """Those that it has reached since."""
    median_lag: float | None
    """Median months to reach them, those not reached counted as censored; None while fewer than half are reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierRows:
    """The answer of `frontier`: the best so far of each group, and the lags between groups."""

    groups: tuple[FrontierGroup, ...]
    """One row a benchmark and group, the best first."""
    records: tuple[FrontierRecord, ...]
    """Records by benchmark, group and day."""
    lags: tuple[FrontierLag, ...]
    """Lags by benchmark, lagging group and day of the record."""
    by: str
    """What groups are made by: weights, maker or family."""
    until: date
    """The last release in question: a value not reached by then counts as not reached."""
    level: float
    """Coverage of intervals and verdicts."""
    policy: str
    """How one of several claims was chosen."""
    notes: tuple[str, ...]
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoPoint:
    """A model against all others by score and size. Grain: one row per (benchmark, model, variant)."""

    benchmark: str
    """Slug of the benchmark, or all of them with plus signs between where the front is over several at once."""
    benchmark_name: str
    """Name as cited."""
    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    organization: str | None
    """Name of the maker."""
    n_parameters: int | None
    """Total parameters."""
    n_active_parameters: int | None
    """Parameters active per token."""
    value: float | None
    """Value in `unit`; None where the front is over several benchmarks."""
    unit: str | None
    """Unit of the value."""
    stderr: float | None
    """Standard error of the value."""
    evidence: str | None
    """What it rests on; None where the front is over several benchmarks."""
    is_on_front: bool
    """Whether no model beats it: at least as good and as small, and better or smaller in something."""
    beaten_by: str | None
    """Slug of a model that beats it: the one with the best score, then the smallest."""
    beaten_by_variant: str | None
    """Variant of that model."""
    verdict: str | None
    """Whether that model's score is better beyond the noise: established, not established, unknown, equal; None on the front."""
    metric: str | None = None
    """Slug of the metric; None where the front is over several benchmarks, like all that follows."""
    higher_is_better: bool | None = None
    """Direction of the metric."""
    lower: float | None = None
    """Lower end of the interval."""
    upper: float | None = None
    """Upper end of the interval."""
    source_title: str | None = None
    """Title of the claim's source."""
    score_id: int | None = None
    """The claim."""
    protocol: str | None = None
    """The claim's protocol in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoRows:
    """The answer of `pareto`: which models nothing beats in score and size."""

    points: tuple[ParetoPoint, ...]
    """Points by benchmark, then by size, then the better first."""
    fits: tuple[TrendFit, ...]
    """A line a front over log10 of the size that counts; none where both count, or over several benchmarks at once."""
    unsized: tuple[str, ...]
    """Names of the models that have a score and are left out because their size is not known, in order."""
    size: str
    """Which size counts: total, active or both."""
    level: float
    """Coverage behind the verdicts."""
    policy: str
    """How one of several claims was chosen."""
    notes: tuple[str, ...]
    """What a reader must know."""
