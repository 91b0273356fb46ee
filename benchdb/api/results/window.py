"""What a window of dates returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.window import WindowPair, WindowScore

if TYPE_CHECKING:
    from datetime import date

    from benchdb.rows.window import WindowRows


class WindowBoard(Result[WindowScore]):
    """Models on the items inside a window, beside the rest."""

    def __init__(self, answer: WindowRows) -> None:
        super().__init__(
            answer.scores, WindowScore, title=f"{answer.benchmark_name} in a window of dates", notes=answer.notes
        )
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a model: its window, the score inside and on the rest, the difference and a verdict."""
        headings = ["rank", "model", "window", "items", "score", "interval", "items before or after", "score there"]
        lines = [
            [
                display.text(row.rank),
                display.model(row.model_name, row.variant),
                _days(row.first_on, row.last_on),
                str(row.n_items),
                display.number(row.value, row.unit) + display.error(row.stderr, row.unit),
                display.interval(row.lower, row.upper, row.unit),
                str(row.n_rest),
                display.number(row.value_rest, row.unit) + display.error(row.stderr_rest, row.unit),
                display.signed(row.difference, row.unit) + display.error(row.difference_stderr, row.unit),
                row.verdict,
            ]
            for row in self.rows
        ]
        return [*headings, "difference", "verdict"], lines


class WindowPairs(Result[WindowPair]):
    """Pairs of models on the items inside both their windows."""

    def __init__(self, answer: WindowRows) -> None:
        super().__init__(
            answer.pairs, WindowPair, title=f"{answer.benchmark_name} in a window of dates", notes=answer.notes
        )
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a pair: the window both share, both scores, the paired difference and a verdict."""
        headings = [
            "first",
            "second",
            "window",
            "items",
            "score",
            "score of second",
            "difference",
            "interval",
            "verdict",
        ]
        lines = [
            [
                row.model_name_a,
                row.model_name_b,
                _days(row.first_on, row.last_on),
                str(row.n_items),
                display.number(row.value_a, row.unit),
                display.number(row.value_b, row.unit),
                display.signed(row.difference, row.unit) + display.error(row.stderr, row.unit),
                _signed_interval(row),
                row.verdict,
            ]
            for row in self.rows
        ]
        return headings, lines


def _days(first: date | None, last: date | None) -> str:
    if first is None:
        return f"until {last}"
    return f"since {first}" if last is None else f"{first} to {last}"


def _signed_interval(row: WindowPair) -> str:
    if row.lower is None or row.upper is None:
        return display.MISSING
    return f"{display.signed(row.lower, row.unit)} to {display.signed(row.upper, row.unit)}"
