"""What a coverage returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.coverage import Coverage, NextCell

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.coverage import CoverageRows, NextRows


class CoverageTable(Result[Coverage]):
    """Which models have scores on which benchmarks."""

    def __init__(self, answer: CoverageRows) -> None:
        super().__init__(answer.cells, Coverage, title="Coverage", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return models by benchmarks with the number of claims in each cell."""
        benchmarks = list(dict.fromkeys((cell.benchmark, cell.benchmark_name) for cell in self.rows))
        by_model: dict[str, dict[str, int]] = {}
        for cell in self.rows:
            claims = by_model.setdefault(display.model(cell.model_name, cell.variant), {})
            claims[cell.benchmark] = claims.get(cell.benchmark, 0) + cell.n_claims
        lines = [
            [model, *[str(claims.get(slug) or display.MISSING) for slug, _ in benchmarks]]
            for model, claims in by_model.items()
        ]
        return ["model", *[name for _, name in benchmarks]], lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the heat map of what is known and what is missing.

        Args:
            **options: As of `benchdb.charts.coverage.plot_coverage`.
        """
        from benchdb.charts.coverage import plot_coverage

        return plot_coverage(self.rows, **options)


class NextCells(Result[NextCell]):
    """The missing scores that would tell most about the ranking."""

    def __init__(self, answer: NextRows) -> None:
        scores = "1 missing score" if answer.n_missing == 1 else f"{answer.n_missing} missing scores"
        title = f"Most telling of {scores} of {answer.n_models} models on {answer.n_benchmarks} benchmarks"
        super().__init__(answer.cells, NextCell, title=title, notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a missing score: its gain, and the reason in words."""
        return ["", "model", "benchmark", "gain", "reason"], [
            [
                str(row.position), display.model(row.model_name, row.variant), row.benchmark_name, f"{row.gain:.1%}", row.reason,
            ]
            for row in self.rows
        ]  # fmt: skip
