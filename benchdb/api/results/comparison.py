"""What a comparison returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result, require_kind
from benchdb.rows.comparison import Difference

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.comparison import ComparisonRows

_MARKS = {"better": " *", "worse": " *", "unknown": " ?", "not comparable": " ×", "not distinguishable": ""}
_LEGEND = (
    "Row minus column; * established, ? nothing says how uncertain, × not comparable (measured in different ways), "
    "no mark: within the noise, – no common benchmark."
)
_EVIDENCE = {
    "paired": "from the items both were tried on",
    "items": "from outcomes of items",
    "reported": "from reported standard errors",
    "counts": "from the stated number of items",
    "borrowed": "from the benchmark's number of items",
    "partial": "even by the part of the error that is known",
    "unknown": "no evidence",
}


class Comparison(Result[Difference]):
    """Differences between models, and what is and is not established."""

    def __init__(self, answer: ComparisonRows) -> None:
        notes = (*answer.notes, _LEGEND) if answer.is_matrix else answer.notes
        super().__init__(answer.differences, Difference, title="Comparison", notes=notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a pair and benchmark: both values, the difference with its interval and p, and the verdict.

        Where all pairs were asked for, return a matrix of differences, one block a benchmark: row minus column.
        """
        return self._matrix() if self.answer.is_matrix else self._lines()

    def sentences(self) -> list[str]:
        """Return one plain sentence per overall row (or per row, where there is no overall one); of a matrix its counts."""
        if self.answer.is_matrix:
            # A mean over one benchmark repeats its row.
            rows = [row for row in self.rows if row.benchmark is not None or row.n_benchmarks > 1]
            established = sum(row.verdict in {"better", "worse"} for row in rows)
            return [
                f"{established} of {len(rows)} differences between {len(self.answer.models)} models are established."
            ]
        overall = [row for row in self.rows if row.benchmark is None] or list(self.rows)
        return [_sentence(row) for row in overall]

    def chart(self, kind: str = "differences", **options: Any) -> alt.TopLevelMixin:
        """Return the differences as dots with intervals, with "dumbbell" two models side by side, with "matrix" all pairs.

        Args:
            kind: "differences", "dumbbell" or "matrix".
            **options: As of `benchdb.charts.comparison.plot_differences`, `benchdb.charts.dumbbell.plot_dumbbell` or
                `benchdb.charts.matrix.plot_matrix`.

        Raises:
            ChartError: If a comparison has no chart of that kind.
        """
        require_kind(kind, ("differences", "dumbbell", "matrix"), self.title)
        if kind == "dumbbell":
            from benchdb.charts.dumbbell import plot_dumbbell

            return plot_dumbbell(self.rows, **options)
        if kind == "matrix":
            from benchdb.charts.matrix import plot_matrix

            return plot_matrix(self.rows, **{"models": list(self.answer.models), **options})
        from benchdb.charts.comparison import plot_differences

        return plot_differences(self.rows, **options)

    def _lines(self) -> tuple[list[str], list[list[str]]]:
        several = len(self.answer.models) > 2
        split = any(row.prediction_stderr is not None for row in self.rows)
        headings = [
            *(["models"] if several else []),
            *["benchmark", "first", "second", "difference", "interval", "p", "in items"],
            *(["data noise", "prediction noise"] if split else []),
            *["evidence", "verdict"],
        ]
        lines = []
        for row in self.rows:
            noises = (row.data_stderr, row.prediction_stderr) if split else ()
            lines.append(
                [
                    *([f"{row.model_name_a} – {row.model_name_b}"] if several else []),
                    row.benchmark_name if row.n_benchmarks == 1 else f"Mean of {row.n_benchmarks}",
                    display.number(row.value_a, row.unit),
                    display.number(row.value_b, row.unit),
                    display.signed(row.difference, row.unit),
                    display.span(row.lower, row.upper, row.unit),
                    _p(row.p_adjusted if row.p_adjusted is not None else row.p_value),
                    _items(row),
                    *[display.number(noise, row.unit) for noise in noises],
                    row.evidence,
                    row.verdict,
                ]
            )
        return headings, lines

    def _matrix(self) -> tuple[list[str], list[list[str]]]:
        # The whole matrix of one benchmark says all where there is one benchmark only.
        benchmarks = dict.fromkeys(row.benchmark for row in self.rows)
        if len(benchmarks) == 2:
            benchmarks.pop(None, None)
        names = {row.model_a: row.model_name_a for row in self.rows} | {
            row.model_b: row.model_name_b for row in self.rows
        }
        titles = {row.benchmark: row.benchmark_name for row in self.rows if row.benchmark is not None}
        cells: dict[tuple[str | None, str, str], str] = {}
        for row in self.rows:
            mark = _MARKS[row.verdict]
            cells[row.benchmark, row.model_a, row.model_b] = display.signed(row.difference, row.unit) + mark
            cells[row.benchmark, row.model_b, row.model_a] = display.signed(-row.difference, row.unit) + mark
        models = [model for model in self.answer.models if model in names]
        lines = [
            [
                *([titles.get(benchmark or "", "Mean of the common benchmarks")] if len(benchmarks) > 1 else []),
                names[one],
                *["" if one == other else cells.get((benchmark, one, other), display.MISSING) for other in models],
            ]
            for benchmark in benchmarks
            for one in models
        ]
        headings = [*(["benchmark"] if len(benchmarks) > 1 else []), "model", *[names[model] for model in models]]
        return headings, lines


def _p(p_value: float | None) -> str:
    if p_value is None:
        return display.MISSING
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _items(row: Difference) -> str:
    if row.items_difference is None or row.n_items is None:
        return display.MISSING
    return f"{row.items_difference:+.1f} of {row.n_items}"


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
        case _ if row.higher_is_better is None and row.p_value is not None:
            return f"{first} and {second} differ {place} by {gap}, and nothing says which direction is better ({evidence})."
        case _:
            return f"Nothing in the database says whether {first} and {second} differ {place}: {gap}."
