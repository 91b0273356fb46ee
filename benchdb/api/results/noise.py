"""What a question about noise returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.noise import Noise

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.noise import NoiseRows


class NoiseTable(Result[Noise]):
    """The error of each score with outcomes, split into data and prediction noise."""

    def __init__(self, answer: NoiseRows) -> None:
        super().__init__(answer.rows, Noise, title="Where errors come from", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a score: its error, both parts, and what twice the attempts or items would make of it."""
        headings = [
            "model", "benchmark", "items", "attempts", "score", "error", "from items", "from answers", "attempts × 2",
            "items × 2", "helps",
        ]  # fmt: skip
        return headings, [_line(row) for row in self.rows]

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the errors with their two parts.

        Args:
            **options: As of `benchdb.charts.noise.plot_noise`.
        """
        from benchdb.charts.noise import plot_noise

        return plot_noise(self.rows, **options)


def _line(row: Noise) -> list[str]:
    attempts = str(row.fewest_attempts)
    if row.most_attempts != row.fewest_attempts:
        attempts = f"{attempts}–{row.most_attempts}"
    errors = (row.stderr, row.data_stderr, row.prediction_stderr, row.doubled_attempts_stderr, row.doubled_items_stderr)
    return [
        display.model(row.model_name, row.variant),
        display.heading(row.benchmark_name, row.subset),
        str(row.n_items),
        attempts,
        display.number(row.value, row.unit),
        *[display.number(error, row.unit) for error in errors],
        row.helps,
    ]
