"""Every kind of `benchdb chart` with its function and the rows of the gallery, for tests that hold for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from benchdb.charts.claims import plot_claims
from benchdb.charts.comparison import plot_differences
from benchdb.charts.conflicts import plot_conflicts
from benchdb.charts.coverage import plot_coverage
from benchdb.charts.dumbbell import plot_dumbbell
from benchdb.charts.frontier import plot_frontier
from benchdb.charts.grouped_bars import plot_grouped_bars
from benchdb.charts.heat_map import plot_heat_map
from benchdb.charts.item_map import plot_item_map
from benchdb.charts.item_scatter import plot_item_difficulty
from benchdb.charts.leaderboard import plot_leaderboard
from benchdb.charts.matrix import plot_matrix
from benchdb.charts.noise import plot_noise
from benchdb.charts.pareto import plot_pareto
from benchdb.charts.pass_rates import plot_pass_rates
from benchdb.charts.ranks import plot_ranks
from benchdb.charts.series import plot_series
from benchdb.charts.trend import plot_trend

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

LONG = "An Extraordinarily Verbose Model Name-With-Hyphens " * 6
"""A name of 300 characters."""
PAIR = ("AM-Distill-Qwen-72B", "DeepSeek-R1-Distill-Llama-70B")


@dataclass(frozen=True, slots=True)
class Rows:
    """The modules of rows that the examples import."""

    seed: ModuleType
    items: ModuleType
    sizes: ModuleType


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of chart."""

    plot: Callable[..., Any]
    """Its function."""
    rows: Callable[[Rows], list[Any]]
    """Its rows, as the gallery draws them."""
    more: Callable[[Rows], dict[str, Any]] = field(default=lambda _: {})
    """What else the gallery gives it."""

    def draw(self, rows: Rows, **options: Any) -> Any:
        """The chart of the gallery's rows.

        Args:
            rows: The modules.
            **options: Options of the chart.
        """
        return self.plot(self.rows(rows), **self.more(rows) | options)

    def drawer(self, rows: Rows, **options: Any) -> Callable[[float | None, float | None], Any]:
        """The chart as a function of its width and of the room for the whole picture.

        Args:
            rows: The modules.
            **options: Options of the chart.
        """
        plot = partial(self.plot, self.rows(rows), **self.more(rows) | options)
        return lambda width, room: plot(width=width, room=room)


KINDS: dict[str, Kind] = {
    "grouped-bars": Kind(plot_grouped_bars, lambda rows: rows.seed.seed_cells()),
    "heat-map": Kind(plot_heat_map, lambda rows: rows.seed.seed_cells()[:-1]),
    "leaderboard": Kind(plot_leaderboard, lambda rows: rows.seed.seed_standings()),
    "ranks": Kind(plot_ranks, lambda rows: rows.seed.seed_rankings()),
    "differences": Kind(plot_differences, lambda rows: rows.seed.seed_differences(*PAIR)),
    "dumbbell": Kind(plot_dumbbell, lambda rows: rows.seed.seed_differences(*PAIR)),
    "matrix": Kind(
        plot_matrix, lambda rows: [row for row in rows.seed.seed_pairs() if row.benchmark_name == "MATH-500"]
    ),
    "trend": Kind(
        plot_trend,
        lambda rows: rows.seed.seed_points("parameters"),
        lambda rows: {"fits": rows.seed.seed_fits("parameters")},
    ),
    "pareto": Kind(
        plot_pareto,
        lambda rows: rows.sizes.pareto_points("total"),
        lambda rows: {"fits": [rows.sizes.size_fit("total")]},
    ),
    "frontier": Kind(
        plot_frontier, lambda rows: rows.seed.frontier_records(), lambda rows: {"lags": rows.seed.frontier_lags()}
    ),
    "series": Kind(plot_series, lambda rows: rows.seed.nightly_points()),
    "items": Kind(plot_item_map, lambda rows: rows.items.item_values()),
    "item-difficulty": Kind(plot_item_difficulty, lambda rows: rows.items.items()),
    "pass-at-k": Kind(plot_pass_rates, lambda rows: rows.items.pass_rates()),
    "claims": Kind(plot_claims, lambda rows: rows.seed.seed_claims()),
    "conflicts": Kind(plot_conflicts, lambda rows: rows.seed.seed_conflicts()),
    "noise": Kind(plot_noise, lambda rows: rows.items.noise_rows()),
    "coverage": Kind(plot_coverage, lambda rows: rows.seed.seed_coverage()),
}
"""Every kind by the name of its command."""


def first_model(row: Any) -> str:
    """What tells the model of a row apart, the first one's of a difference; the item where there is no model."""
    for name in ("model", "model_a", "item"):
        if hasattr(row, name):
            return str(getattr(row, name))
    raise AssertionError(row)


def renamed(row: Any, model: str, name: str) -> Any:
    """A row of another model, or item; the cells of a standing follow."""
    names = {each.name for each in fields(row)}
    changed: dict[str, Any] = {"model": model, "model_name": name, "model_a": model, "model_name_a": name}
    changed |= {"model_label": name} | ({"item": name} if "model" not in names and "model_a" not in names else {})
    row = replace(row, **{key: value for key, value in changed.items() if key in names})
    if "cells" in names:
        row = replace(row, cells=tuple(replace(cell, model=model, model_name=name) for cell in row.cells))
    return row


def lengthened(row: Any) -> Any:
    """A row whose every name is 300 characters long, and begins alike; models stay different."""
    names = {each.name for each in fields(row)}
    changed: dict[str, Any] = {
        key: f"{LONG}{getattr(row, key)}"
        for key in (
            "model_name",
            "model_name_a",
            "model_name_b",
            "model_label",
            "benchmark_name",
            "source_title",
            "group",
        )
        if key in names and getattr(row, key) is not None
    }
    if "model" not in names and "item" in names:
        changed["item"] = f"{LONG}{row.item}"
    row = replace(row, **changed)
    if "cells" in names:
        row = replace(row, cells=tuple(lengthened(cell) for cell in row.cells))
    return row
