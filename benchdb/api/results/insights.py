"""What a search for statements returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.insights import Insight

if TYPE_CHECKING:
    from benchdb.rows.insights import InsightRows


class Insights(Result[Insight]):
    """Statements that hold of the data, the established ones first."""

    def __init__(self, answer: InsightRows) -> None:
        super().__init__(answer.insights, Insight, title="Insights", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a statement: whether it is established, what it says, its errors and what they rest on, and the proof."""
        lines = [
            [
                row.status,
                row.statement,
                display.MISSING if row.standard_errors is None else f"{row.standard_errors:.1f}",
                row.evidence,
                row.command,
            ]
            for row in self.rows
        ]
        return ["status", "statement", "in errors", "evidence", "see"], lines
