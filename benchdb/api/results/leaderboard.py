"""What a leaderboard returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.leaderboard import Cell, Standing
from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import altair as alt

    from benchdb.rows.leaderboard import LeaderboardRows


class Leaderboard(Result[Standing]):
    """Models by benchmarks with a mean over what all have. Flat rows are the cells, one per model and benchmark."""

    def __init__(self, answer: LeaderboardRows) -> None:
        super().__init__(answer.standings, Cell, title="Leaderboard", notes=answer.notes)
        self.answer = answer

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every score shown, model by model."""
        return tuple(cell for standing in self.rows for cell in standing.cells)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a model: rank, name, size, mean, and a column per benchmark."""
        columns = self.answer.benchmarks
        unit = self.rows[0].unit if self.rows else None
        mean = ["mean"] if self.answer.common else []
        headings = [
            "rank",
            "model",
            "size",
            *mean,
            *[display.heading(column.name, column.subset) for column in columns],
        ]
        lines = []
        for standing in self.rows:
            cells = {(cell.benchmark, cell.subset): display.score(cell) for cell in standing.cells}
            at_least = standing.evidence == Evidence.PARTIAL
            average = display.number(standing.mean, unit) + display.error(standing.stderr, unit, at_least=at_least)
            lines.append(
                [
                    display.rank(standing),
                    display.model(standing.model_name, standing.variant),
                    display.text(standing.parameters_label),
                    *([average] if mean else []),
                    *[cells.get((column.slug, column.subset), display.MISSING) for column in columns],
                ]
            )
        return headings, lines

    def chart(self, kind: str = "grouped-bars", *, order: Sequence[str] = (), **options: Any) -> alt.TopLevelMixin:
        """Return the grouped bar chart of the cells, or with kind="leaderboard" one line a model.

        Args:
            kind: "grouped-bars" or "leaderboard".
            order: Names of models to draw first, in this order; by default the order of rank.
            **options: As of `benchdb.charts.grouped_bars.plot_grouped_bars` or `benchdb.charts.leaderboard.plot_leaderboard`.
        """
        if kind == "leaderboard":
            from benchdb.charts.leaderboard import plot_leaderboard

            return plot_leaderboard(self.rows, **options)
        from benchdb.charts.grouped_bars import plot_grouped_bars

        wanted = {name.casefold(): place for place, name in enumerate(order)}
        cells = sorted(self.cells, key=lambda cell: wanted.get(cell.model_name.casefold(), len(wanted)))
        return plot_grouped_bars(cells, **options)

    def _flat_rows(self) -> Iterable[Any]:
        return self.cells
