"""What a leaderboard returns."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result, require_kind
from benchdb.rows.leaderboard import Cell, RankedCell, Standing
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import altair as alt

    from benchdb.rows.leaderboard import LeaderboardRows


_DECIMALS = {"borda": 1, "rank-sum": 1, "z-score": 2, "ability": 2}
"""Decimals of aggregates that have no unit."""


class Leaderboard(Result[Standing]):
    """Models by benchmarks, ranked by an aggregate with tiers and the chance of being best.

    Flat rows are the cells, one per model and benchmark, each with where its model stands.
    """

    def __init__(self, answer: LeaderboardRows) -> None:
        super().__init__(answer.standings, RankedCell, title=_title(answer), notes=answer.notes)
        self.answer = answer

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every score shown, model by model."""
        return tuple(cell for standing in self.rows for cell in standing.cells)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a model: rank, tier, chance of being best, name, size, aggregate, a column per benchmark."""
        columns = self.answer.benchmarks
        unit = next((standing.unit for standing in self.rows if standing.unit), None)
        places = _DECIMALS.get(self.answer.aggregate)
        has_value = bool(self.answer.common)
        has_tiers = any(standing.tier is not None for standing in self.rows)
        has_chances = any(standing.p_best is not None for standing in self.rows)
        headings = [
            "rank",
            *(["tier"] if has_tiers else []),
            *(["P(best)"] if has_chances else []),
            "model",
            "size",
            *([self.answer.aggregate] if has_value else []),
            *[display.heading(column.name, column.subset) for column in columns],
        ]
        lines = []
        for standing in self.rows:
            cells = {(cell.benchmark, cell.subset): display.score(cell) for cell in standing.cells}
            at_least = standing.evidence == Evidence.PARTIAL
            average = display.number(standing.value, unit, places) + display.error(
                standing.stderr, unit, places, at_least=at_least
            )
            lines.append(
                [
                    display.rank(standing),
                    *([display.text(standing.tier)] if has_tiers else []),
                    *([display.chance(standing.p_best)] if has_chances else []),
                    display.model(standing.model_name, standing.variant),
                    display.text(standing.parameters_label),
                    *([average] if has_value else []),
                    *[cells.get((column.slug, column.subset), display.MISSING) for column in columns],
                ]
            )
        return headings, lines

    def chart(
        self, kind: str = "grouped-bars", *, order: Sequence[str] = (), most: int | None = None, **options: Any
    ) -> alt.TopLevelMixin:
        """Return the grouped bar chart of the cells, with "heat-map" models by benchmarks, with "leaderboard" one line a model.

        Args:
            kind: "grouped-bars", "heat-map" or "leaderboard".
            order: Names of models to draw first, in this order; by default the order of rank. Not of "leaderboard".
            most: Models to draw at most, the first of the leaderboard; None draws all.
            **options: As of `benchdb.charts.grouped_bars.plot_grouped_bars`, `benchdb.charts.heat_map.plot_heat_map` or
                `benchdb.charts.leaderboard.plot_leaderboard`.

        Raises:
            ChartError: If a leaderboard has no chart of that kind.
        """
        require_kind(kind, ("grouped-bars", "heat-map", "leaderboard"), self.title)
        if kind == "leaderboard":
            from benchdb.charts.leaderboard import plot_leaderboard

            return plot_leaderboard(self.rows[:most], **options)
        wanted = {name.casefold(): place for place, name in enumerate(order)}
        drawn = (cell for standing in self.rows[:most] for cell in standing.cells)
        cells = sorted(drawn, key=lambda cell: wanted.get(cell.model_name.casefold(), len(wanted)))
        if kind == "heat-map":
            from benchdb.charts.heat_map import plot_heat_map

            columns = [column.label for column in self.answer.benchmarks]
            return plot_heat_map(cells, **{"benchmarks": columns, **options})
        from benchdb.charts.grouped_bars import plot_grouped_bars

        return plot_grouped_bars(cells, **options)

    def _flat_rows(self) -> Iterable[Any]:
        return (_ranked(cell, standing) for standing in self.rows for cell in standing.cells)


def _title(answer: LeaderboardRows) -> str:
    return "Leaderboard" if answer.aggregate == "mean" else f"Leaderboard by {answer.aggregate}"


def _ranked(cell: Cell, standing: Standing) -> RankedCell:
    facts = {field.name: getattr(cell, field.name) for field in fields(Cell)}
    return RankedCell(
        **facts,
        aggregate=standing.aggregate,
        rank=standing.rank,
        rank_lower=standing.rank_lower,
        rank_upper=standing.rank_upper,
        tier=standing.tier,
        p_best=standing.p_best,
        aggregate_value=standing.value,
        aggregate_unit=standing.unit,
        aggregate_stderr=standing.stderr,
        aggregate_evidence=standing.evidence,
        aggregate_lower=standing.lower,
        aggregate_upper=standing.upper,
        n_imputed=standing.n_imputed,
    )
