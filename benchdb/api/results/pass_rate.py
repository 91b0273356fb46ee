"""What pass@k returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.pass_rate import PassRate

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.pass_rate import PassRateRows


class PassRates(Result[PassRate]):
    """pass@k and pass^k over k. Flat rows are one per model, benchmark, k and measure, as a chart of curves needs them."""

    def __init__(self, answer: PassRateRows) -> None:
        super().__init__(answer.rates, PassRate, title="Several attempts an item", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a model, benchmark and k, with a column for each measure and its interval."""
        measures = list(dict.fromkeys(row.measure for row in self.rows))
        groups: dict[tuple[object, ...], dict[str, PassRate]] = {}
        for row in self.rows:
            key = (row.model, row.variant, row.benchmark, row.subset, row.k)
            groups.setdefault(key, {})[row.measure] = row
        headings = ["model", "benchmark", "items", "attempts", "k"]
        headings += [heading for measure in measures for heading in (measure, "interval")]
        lines = []
        for by_measure in groups.values():
            first = next(iter(by_measure.values()))
            attempts = str(first.least_attempts)
            if first.most_attempts != first.least_attempts:
                attempts = f"{first.least_attempts}–{first.most_attempts}"
            lines.append(
                [
                    display.model(first.model_name, first.variant),
                    display.heading(first.benchmark_name, first.subset),
                    str(first.n_items),
                    attempts,
                    str(first.k),
                    *[text for measure in measures for text in _cells(by_measure.get(measure))],
                ]
            )
        return headings, lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the curves over the attempts allowed, named at their ends.

        Args:
            **options: As of `benchdb.charts.pass_rates.plot_pass_rates`.
        """
        from benchdb.charts.pass_rates import plot_pass_rates

        return plot_pass_rates(self.rows, **options)


def _cells(row: PassRate | None) -> tuple[str, str]:
    if row is None:
        return display.MISSING, display.MISSING
    return display.number(row.value, row.unit), display.interval(row.lower, row.upper, row.unit)
