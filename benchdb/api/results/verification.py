"""What verifying a chart returns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.verification import Departure

if TYPE_CHECKING:
    from collections.abc import Sequence


class Verification(Result[Departure]):
    """In what a chart departs from the database; no rows are a chart that the database derives again exactly."""

    def __init__(self, rows: Sequence[Departure], *, question: str) -> None:
        kinds = Counter(row.kind for row in rows)
        said = ", ".join(f"{n} {kind}" for kind, n in kinds.items()) or "derived again exactly"
        super().__init__(tuple(rows), Departure, title="Verification", notes=(f"{question}: {said}.",))

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a departure."""
        return ["kind", "where", "in the chart", "in the database"], [
            [row.kind, row.where, display.text(row.found), display.text(row.expected)] for row in self.rows
        ]
