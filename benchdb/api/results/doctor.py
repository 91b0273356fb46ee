"""What a round of forensic checks returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.doctor import Finding

if TYPE_CHECKING:
    from benchdb.rows.doctor import DoctorRows


class Diagnosis(Result[Finding]):
    """What cannot be right, or is unlikely to be, errors first."""

    def __init__(self, answer: DoctorRows) -> None:
        super().__init__(answer.findings, Finding, title="Doctor", notes=answer.notes)
        self.answer = answer

    @property
    def n_findings(self) -> int:
        """Findings, those beyond the limit included."""
        return sum(check.n_findings for check in self.answer.checks)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a finding: check, how bad, how sure, what is wrong, who says it, and the first claim's key."""
        lines = [
            [
                row.check,
                f"{row.severity}, {row.certainty}",
                row.statement,
                ", ".join(row.sources) or display.MISSING,
                row.score_ids[0] if row.score_ids else display.MISSING,
            ]
            for row in self.rows
        ]
        return ["check", "grade", "finding", "source", "score id"], lines
