"""What a gate returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.gate import GateCheck

if TYPE_CHECKING:
    from benchdb.rows.gate import GateRows


class Gate(Result[GateCheck]):
    """Whether a candidate is worse than a baseline."""

    def __init__(self, answer: GateRows) -> None:
        super().__init__(answer.checks, GateCheck, title="Gate", notes=answer.notes)
        self.answer = answer

    @property
    def decision(self) -> str:
        """What the gate says: regression, no regression or not enough evidence."""
        return self.answer.decision

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a benchmark: both values, the difference with its interval, what could be found, the outcome."""
        headings = ["benchmark", "baseline", "candidate", "difference", "interval", "detectable", "evidence", "outcome"]
        lines = [
            [
                row.benchmark_name,
                display.number(row.value_baseline, row.unit),
                display.number(row.value_candidate, row.unit),
                display.MISSING if row.difference is None else display.signed(row.difference, row.unit),
                display.span(row.lower, row.upper, row.unit),
                display.number(row.detectable_drop, row.unit),
                row.evidence,
                row.outcome,
            ]
            for row in self.rows
        ]
        return headings, lines

    def summary(self) -> str:
        """Return the decision and its grounds in one line."""
        answer = self.answer
        if answer.decision == "no regression":
            return f"No regression: {answer.candidate} against {answer.baseline}{_passed(self.rows)}."
        grounds = [row for row in self.rows if row.outcome == answer.decision]
        grounds = [row for row in grounds if row.benchmark is not None] or grounds
        first = grounds[0]
        more = f", and on {len(grounds) - 1} more" if len(grounds) > 1 else ""
        words = answer.decision.capitalize()
        return (
            f"{words}: {answer.candidate} against {answer.baseline} on {first.benchmark_name}{more}: "
            f"{_measured(first)}{first.reason}{_found(first)}."
        )


def _measured(row: GateCheck) -> str:
    if row.difference is None:
        return ""
    interval = "" if row.lower is None else f" ({display.span(row.lower, row.upper, row.unit)})"
    return f"{display.signed(row.difference, row.unit)}{interval}, "


def _passed(rows: tuple[GateCheck, ...]) -> str:
    known = [row for row in rows if row.detectable_drop is not None and row.benchmark is not None]
    if not known:
        return ""
    widest = max(known, key=lambda row: row.detectable_drop or 0.0)
    place = f" on {widest.benchmark_name}" + ("" if len(known) == 1 else ", the least sharp of them")
    return f"{place}: {_measured(widest)}{widest.reason}{_found(widest)}"


def _found(row: GateCheck) -> str:
    if row.detectable_drop is None:
        return ""
    drop = display.number(row.detectable_drop, row.unit)
    power = f"; the power for the allowed drop was {row.power:.2f}" if row.power is not None else ""
    return f"; a drop of {drop} is found with 80 % power{power}"
