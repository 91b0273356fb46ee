"""What a question about disagreeing claims returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.conflicts import EXPLAINED, Conflict

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.conflicts import ConflictRows

_LONGEST_TITLE = 26


class Conflicts(Result[Conflict]):
    """Cells whose claims disagree, with the claims side by side."""

    def __init__(self, answer: ConflictRows) -> None:
        super().__init__(answer.conflicts, Conflict, title="Conflicts", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a cell: what it is, the claims from least to greatest, how far apart, and what may explain it."""
        lines = [
            [
                display.model(row.model_name, row.variant),
                display.heading(row.benchmark_name, row.subset),
                row.metric,
                "; ".join(f"{value} {_short(source)}" for value, source in zip(row.values, row.sources, strict=True)),
                display.number(row.difference, row.unit),
                display.MISSING if row.sigmas is None else f"{row.sigmas:.1f} ({row.evidence})",
                f"{row.explanation} {', '.join(row.settings)}" if row.explanation == EXPLAINED else row.explanation,
            ]
            for row in self.rows
        ]
        return ["model", "benchmark", "metric", "claims", "apart", "in errors", "protocols"], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return a line a cell, from the least value claimed to the greatest.

        Args:
            **options: As of `benchdb.charts.conflicts.plot_conflicts`.
        """
        from benchdb.charts.conflicts import plot_conflicts

        return plot_conflicts(self.rows, **options)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1].rstrip()}…"
