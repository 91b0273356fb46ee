"""What a comparison returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.comparison import Difference

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.comparison import ComparisonRows


class Comparison(Result[Difference]):
    """Differences between models, and what is and is not established."""

    def __init__(self, answer: ComparisonRows) -> None:
        super().__init__(answer.differences, Difference, title="Comparison", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a pair and benchmark: both values, the difference with its interval, and the verdict."""
        several = len(self.answer.models) > 2
        headings = [
            *(["models"] if several else []),
            "benchmark",
            "first",
            "second",
            "difference",
            "interval",
            "evidence",
            "verdict",
        ]
        lines = []
        for row in self.rows:
            interval = (
                display.MISSING if row.lower is None or row.upper is None else f"{row.lower:+.1f} to {row.upper:+.1f}"
            )
            lines.append(
                [
                    *([f"{row.model_name_a} – {row.model_name_b}"] if several else []),
                    row.benchmark_name,
                    display.number(row.value_a, row.unit),
                    display.number(row.value_b, row.unit),
                    f"{row.difference:+.{1 if row.unit == 'percent' else 3}f}",
                    interval,
                    row.evidence,
                    row.verdict,
                ]
            )
        return headings, lines

    def sentences(self) -> list[str]:
        """Return one plain sentence per overall row (or per row, where there is no overall one)."""
        overall = [row for row in self.rows if row.benchmark is None] or list(self.rows)
        return [_sentence(row) for row in overall]

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the differences as dots with intervals.

        Args:
            **options: As of `benchdb.charts.comparison.plot_differences`.
        """
        from benchdb.charts.comparison import plot_differences

        return plot_differences(self.rows, **options)


def _sentence(row: Difference) -> str:
    first, second = row.model_name_a, row.model_name_b
    gap = f"{row.difference:+.1f} {'points' if row.unit == 'percent' else row.unit or ''}".rstrip()
    where = row.benchmark_name[:1].lower() + row.benchmark_name[1:] if row.benchmark is None else row.benchmark_name
    place = f"on the {where}" if row.benchmark is None else f"on {where}"
    evidence = _EVIDENCE.get(row.evidence, row.evidence)
    match row.verdict:
        case "better" | "worse":
            return f"{first} is {row.verdict} than {second} {place}: {gap} ({evidence})."
        case "not distinguishable":
            return f"{first} and {second} are not distinguishable {place}: {gap} is within the noise ({evidence})."
        case "not comparable":
            return f"{first} and {second} are not comparable {place}: {', '.join(row.protocol_differences)}."
        case _:
            return f"Nothing in the database says whether {first} and {second} differ {place}: {gap}."


_EVIDENCE = {
    "paired": "from the items both were tried on",
    "items": "from outcomes of items",
    "reported": "from reported standard errors",
    "counts": "from the stated number of items",
    "borrowed": "from the benchmark's number of items",
    "partial": "even by the part of the error that is known",
    "unknown": "no evidence",
}
