"""Rows of a series: the runs of one model on one benchmark in order, and the levels they lie on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One run of a series. Grain: one row per run, in the order of the series.

    The fields from `change` on stand with the first run of a new level only.
    """

    position: int
    """Place in the series, from 1."""
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
    metric: str
    """Slug of the metric."""
    at: str
    """Where the run stands: its moment, day or checkpoint, as text."""
    ran_at: datetime | None
    """When it took place."""
    step: int | None
    """Number of the checkpoint."""
    label: str | None
    """The run's own label."""
    harness_version: str | None
    """Version of the harness."""
    value: float
    """Value in `unit`."""
    unit: str | None
    """Unit of all values, errors and bounds."""
    higher_is_better: bool | None
    """Direction of the metric."""
    stderr: float | None
    """Standard error of the value over items."""
    lower: float | None
    """Lower end of its interval."""
    upper: float | None
    """Upper end."""
    evidence: str
    """What that error rests on."""
    difference: float | None
    """Value less that of the run before; over the shared items where both have outcomes."""
    difference_stderr: float | None
    """Standard error of the paired difference; None without shared items."""
    n_shared_items: int | None
    """Items that this run shares with the one before; None without outcomes of both."""
    level_mean: float
    """Mean of the level that the run lies on."""
    is_change: bool
    """Whether a new level begins with this run."""
    change: float | None
    """Mean of the new level less that of the one before."""
    change_stderr: float | None
    """Its standard error, from the scatter about the levels."""
    change_lower: float | None
    """Lower end of its interval."""
    change_upper: float | None
    """Upper end."""
    p_value: float | None
    """Chance that a series without any change shows one at least this strong anywhere."""
    earliest: str | None
    """First run that the change may have come with (`at`)."""
    latest: str | None
    """Last such run."""
    verdict: str | None
    """improvement, regression, or change where the metric has no known direction."""
    coincides: tuple[str, ...]
    """Settings that do not make scores incomparable and differ from the run before: harness version, engine."""
    run_id: int
    """The run."""
    score_id: int
    """The claim."""
    source: str | None = None
    """Title of the claim's source, else its kind."""
    protocol: str | None = None
    """The claim's protocol in words; None where the source states nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRows:
    """The answer of `series`: the runs of one model on one benchmark in order, cut where the level changes."""

    points: tuple[SeriesPoint, ...]
    """The runs in order."""
    order: str
    """What they are ordered by: time or step."""
    noise: float | None
    """Standard deviation of one run, learned from first differences; None with fewer than three runs."""
    visible: float | None
    """Size from which a lasting change in the middle of this series is found in half of all cases; None if too short."""
    verdict: str
    """improvement, regression or change, as the last change point has it; stable; too short."""
    level: float
    """Coverage of the intervals; a series without a change is cut with a chance of 1 less this."""
    seed: int
    """Seed of the simulated null."""
    notes: tuple[str, ...]
    """What a reader must know."""
