"""The claim that stands for a cell, with the facts of its model, benchmark and metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date


class Chosen(NamedTuple):
    """A cell's chosen claim with what its uncertainty may rest on.

    Stated numbers are as written: `factor` turns them into `unit`. `value`, `least` and `greatest` are in `unit` already,
    with the last-digit noise of the multiplication. `protocol` says the settings that make scores comparable, as a reader says them.
    """

    model_id: int
    benchmark_id: int
    metric_id: int
    run_id: int
    score_id: int
    variant: str | None
    subset: str
    fingerprint: int
    unit: str | None
    factor: float | None
    value: float | None
    decimals: int | None
    is_approximate: bool
    stated_stderr: float | None
    stderr_method: str | None
    stated_lower: float | None
    stated_upper: float | None
    stated_level: float | None
    n_items: int | None
    samples_per_item: int | None
    is_part: bool
    source_kind: str
    source_title: str | None
    is_first_party: bool | None
    stated_on: date | None
    n_claims: int
    n_unconvertible: int
    least: float | None
    greatest: float | None
    is_mixed: bool
    n_runs: int
    run_ids: str | None
    runs_mean: float | None
    runs_spread: float | None
    runs_decimals: int | None
    model: str
    model_name: str
    organization: str | None
    family: str | None
    n_parameters: int | None
    n_active_parameters: int | None
    parameters_label: str | None
    released_on: date | None
    is_open_weights: bool | None
    benchmark: str
    benchmark_name: str
    parent_id: int | None
    main_metric_id: int | None
    benchmark_items: int | None
    metric: str
    metric_name: str
    higher_is_better: bool | None
    is_proportion: bool | None
    lower_bound: float | None
    upper_bound: float | None
    protocol: str | None
