"""Rows of a trend: points and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One model on one benchmark, placed on the trend's axis.

    Grain: one row per (model, variant, benchmark).
    """

    model: str
    """Slug of the model."""
    model_name: str
    """Display name."""
    variant: str | None
    """Variant."""
    organization: str | None
    """Name of the maker."""
    family: str | None
    """Family."""
    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name as cited."""
    metric: str
    """Slug of the metric."""
    released_on: date | None
    """Release date; the axis when the trend is over dates."""
    n_parameters: int | None
    """Parameters; the axis when the trend is over size."""
    parameters_label: str | None
    """Size as printed."""
    value: float
    """Value in `unit`."""
    unit: str | None
    """Unit of value and bounds."""
    higher_is_better: bool | None = None
    """Direction of the metric."""
    stderr: float | None
    """Standard error."""
    lower: float | None
    """Lower end of the interval."""
    upper: float | None
    """Upper end."""
    evidence: str
    """What the error rests on."""
    best_so_far: float
    """Best value among the models up to this one on the axis."""
    is_record: bool
    """Whether this model set that best value."""
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
class TrendFit:
    """A straight line through one benchmark's points. Grain: one row per benchmark.

    Over size the line is in log10 of the parameters: `slope` is the gain for a model ten times as large; over dates it is
    the gain per year.
    """

    benchmark: str
    """Slug of the benchmark."""
    benchmark_name: str
    """Name as cited."""
    unit: str | None
    """Unit of slope, intercept and bounds."""
    n_models: int
    """Points behind the line."""
    slope: float | None
    """Gain per tenfold size, or per year; None with fewer than three points."""
    slope_stderr: float | None
    """Its standard error."""
    lower: float | None
    """Lower end of the slope's interval."""
    upper: float | None
    """Upper end."""
    intercept: float | None
    """Value at one parameter, or at 1970-01-01."""
    r_squared: float | None
    """Share of the variance explained."""
    verdict: str
    """rising, falling, not established or too few models."""
    centre: float | None = None
    """Mean place of the points on the axis, where the line is known best."""
    centre_stderr: float | None = None
    """Standard error of the line there, from the scatter about it; uncorrelated with that of the slope."""
    level: float | None = None
    """Coverage of the interval, as a fraction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRows:
    """The answer of `trend`: scores along model size or release date."""

    points: tuple[TrendPoint, ...]
    """Points by benchmark, then along the axis."""
    fits: tuple[TrendFit, ...]
    """One line a benchmark, in the order of the points."""
    by: str
    """The axis: parameters or date."""
    policy: str
    """How one of several claims was chosen."""
    level: float
    """Coverage of the intervals."""
    notes: tuple[str, ...]
    """What a reader must know."""
