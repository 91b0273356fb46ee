"""What all rankings side by side return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.rankings import Agreement, RankingRow, Sensitivity

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.rankings import RankingsRows


class Rankings(Result[RankingRow]):
    """The same models ranked by every aggregate. Flat rows are one per aggregate and model."""

    def __init__(self, answer: RankingsRows) -> None:
        super().__init__(answer.rows, RankingRow, title="All rankings", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a model: its rank by each aggregate."""
        aggregates = self.answer.aggregates
        ranks: dict[tuple[str, str | None], dict[str, RankingRow]] = {}
        for row in self.rows:
            ranks.setdefault((row.model, row.variant), {})[row.aggregate] = row
        lines = []
        for by_aggregate in ranks.values():
            one = next(iter(by_aggregate.values()))
            found = [by_aggregate.get(aggregate) for aggregate in aggregates]
            lines.append(
                [
                    display.model(one.model_name, one.variant),
                    *[display.MISSING if row is None else display.text(row.rank) for row in found],
                ]
            )
        return ["model", *aggregates], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the ranks by every aggregate side by side.

        Args:
            **options: As of `benchdb.charts.ranks.plot_ranks`.
        """
        from benchdb.charts.ranks import plot_ranks

        return plot_ranks(self.rows, **options)

    def agreement(self) -> RankingAgreement:
        """Return Kendall's tau between each two rankings."""
        return RankingAgreement(self.answer)

    def sensitivity(self) -> RankingSensitivity:
        """Return what leaving out one benchmark or one model does to each ranking."""
        return RankingSensitivity(self.answer)


class RankingAgreement(Result[Agreement]):
    """Kendall's tau between rankings. Flat rows are one per pair of aggregates."""

    def __init__(self, answer: RankingsRows) -> None:
        super().__init__(answer.agreements, Agreement, title="Kendall's tau between the rankings")
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return a square of taus, one line an aggregate."""
        found = {(row.aggregate_a, row.aggregate_b): row.tau for row in self.rows}
        found |= {(second, first): tau for (first, second), tau in found.items()}
        names = self.answer.aggregates
        lines = [
            [first, *["" if first == second else _tau(found.get((first, second))) for second in names]]
            for first in names
        ]
        return ["ranking", *names], lines


class RankingSensitivity(Result[Sensitivity]):
    """What each ranking hangs on. Flat rows are one per aggregate and benchmark or model left out."""

    def __init__(self, answer: RankingsRows) -> None:
        super().__init__(answer.sensitivities, Sensitivity, title="What one benchmark or one model changes")
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return the omission that changes most, one line per aggregate and kind."""
        worst: dict[tuple[str, str], Sensitivity] = {}
        for row in self.rows:
            held = worst.get((row.aggregate, row.kind))
            size = (row.largest_change, row.n_changed)
            if held is None or size > (held.largest_change, held.n_changed):
                worst[row.aggregate, row.kind] = row
        headings = ["ranking", "without", "ranks changed", "largest change", "by", "new leader"]
        lines = [
            [
                row.aggregate,
                f"any one {row.kind}" if not row.n_changed else row.left_out,
                str(row.n_changed),
                str(row.largest_change),
                display.text(row.most_moved),
                row.leader if row.is_new_leader else display.MISSING,
            ]
            for row in worst.values()
        ]
        return headings, lines


def _tau(tau: float | None) -> str:
    return display.MISSING if tau is None else f"{tau:.2f}"
