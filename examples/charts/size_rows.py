"""Invented models by size and score, with the front that none beats and the line through them."""

from __future__ import annotations

import math
from statistics import fmean, linear_regression

from benchdb.rows.frontier import ParetoPoint
from benchdb.rows.trend import TrendFit

N_ITEMS = 198
QUANTILE = 1.959964
T_11 = 2.200985
"""Student's quantile of 11 degrees of freedom, for the 95 % interval of a line through 13 points."""
BILLION = 10**9
MODELS = (
    ("Kestrel 1B", 1.2, 1.2, 24.2),
    ("Robin 2B", 2.4, 2.4, 27.8),
    ("Kestrel 3B", 3.1, 3.1, 33.3),
    ("Heron 7B", 7.2, 7.2, 39.4),
    ("Robin 8B", 8.0, 8.0, 35.9),
    ("Kestrel 14B", 14.0, 14.0, 48.0),
    ("Finch MoE", 30.0, 3.0, 46.0),
    ("Heron 32B", 32.5, 32.5, 56.6),
    ("Robin 34B", 34.0, 34.0, 44.4),
    ("Kestrel 70B", 70.0, 70.0, 55.1),
    ("Heron 72B", 72.0, 72.0, 62.6),
    ("Finch Large MoE", 235.0, 22.0, 65.2),
    ("Osprey MoE", 671.0, 37.0, 71.7),
)
"""Name, total and active parameters in billions, score on 198 items."""


def pareto_points(size: str = "total") -> list[ParetoPoint]:
    """The models over one of the sizes, the smallest first."""
    place = 2 if size == "active" else 1
    ordered = sorted(MODELS, key=lambda model: (model[place], -model[3]))
    return [pareto_point(model, place) for model in ordered]


def pareto_point(model: tuple[str, float, float, float], place: int) -> ParetoPoint:
    """One model, beaten by the best of those that are no larger and better."""
    name, total, active, value = model
    better = [other for other in MODELS if other[place] <= model[place] and other[3] > value]
    best = max(better, key=lambda other: other[3], default=None)
    error = error_of(value)
    established = best is not None and best[3] - value > QUANTILE * math.hypot(error, error_of(best[3]))
    return ParetoPoint(
        benchmark="gpqa-diamond",
        benchmark_name="GPQA Diamond",
        model=slug(name),
        model_name=name,
        variant=None,
        organization=name.split()[0],
        n_parameters=round(total * BILLION),
        n_active_parameters=round(active * BILLION),
        value=value,
        unit="percent",
        stderr=error,
        evidence="counts",
        is_on_front=best is None,
        beaten_by=None if best is None else slug(best[0]),
        beaten_by_variant=None,
        verdict=None if best is None else "established" if established else "not established",
        metric="accuracy",
        higher_is_better=True,
        lower=value - QUANTILE * error,
        upper=value + QUANTILE * error,
        source_title="Invented",
        score_id=4_611_686_018_427_398_000 + round(value * 10),
        protocol="0-shot, temperature 0",
    )


def error_of(value: float) -> float:
    """Standard error of a share of 198 items in per cent."""
    return math.sqrt(value * (100 - value) / N_ITEMS)


def slug(name: str) -> str:
    """Slug of a model."""
    return f"example/{name.lower().replace(' ', '-')}"


def size_fit(size: str = "total") -> TrendFit:
    """Least squares over log10 of the size, with the errors of the slope and of the line at the mean size."""
    place = 2 if size == "active" else 1
    x, y = [math.log10(model[place] * BILLION) for model in MODELS], [model[3] for model in MODELS]
    line, centre = linear_regression(x, y), fmean(x)
    left = sum((b - line.intercept - line.slope * a) ** 2 for a, b in zip(x, y, strict=True)) / (len(x) - 2)
    error = math.sqrt(left / sum((a - centre) ** 2 for a in x))
    return TrendFit(
        benchmark="gpqa-diamond",
        benchmark_name="GPQA Diamond",
        unit="percent",
        n_models=len(x),
        slope=line.slope,
        slope_stderr=error,
        lower=line.slope - T_11 * error,
        upper=line.slope + T_11 * error,
        intercept=line.intercept,
        r_squared=None,
        verdict="rising",
        centre=centre,
        centre_stderr=math.sqrt(left / len(x)),
        level=0.95,
    )
