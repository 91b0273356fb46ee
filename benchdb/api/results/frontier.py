"""What a frontier and a Pareto front return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.frontier import FrontierGroup, FrontierLag, FrontierRecord, ParetoPoint

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.frontier import FrontierRows, ParetoRows


class Frontier(Result[FrontierGroup]):
    """The best of each group of models on each benchmark, and how far each is behind the others."""

    def __init__(self, answer: FrontierRows) -> None:
        super().__init__(answer.groups, FrontierGroup, title=f"Frontier by {answer.by}", notes=answer.notes)
        self.answer = answer

    @property
    def steps(self) -> FrontierSteps:
        """The models that improved the best of their group, a row each."""
        return FrontierSteps(self.answer)

    @property
    def lags(self) -> FrontierLags:
        """When a group reached what others had reached first, a row for each record of the others."""
        return FrontierLags(self.answer)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a benchmark and group: its best, the gap to the others, and how many months it is behind."""
        headings = ["benchmark", "group", "models", "best", "by", "on", "standing", "others ahead by", "behind for", "median lag", "reached", "a year"]  # fmt: skip
        return headings, [
            [
                row.benchmark_name, row.group, str(row.n_models), display.number(row.best, row.unit), row.best_model_name,
                str(row.best_on), display.text(row.standing), _gap(row), _behind(row), _months(row.median_lag),
                f"{row.n_reached} of {row.n_lags}" if row.n_lags else display.MISSING, _signed(row.pace, row.unit),
            ]
            for row in self.rows
        ]  # fmt: skip

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the best so far of each group over release dates.

        Args:
            **options: As of `benchdb.charts.frontier.plot_frontier`.
        """
        from benchdb.charts.frontier import plot_frontier

        return plot_frontier(self.answer.records, self.answer.lags, **options)


class FrontierSteps(Result[FrontierRecord]):
    """The models that improved the best of their group."""

    def __init__(self, answer: FrontierRows) -> None:
        super().__init__(answer.records, FrontierRecord, title=f"Records by {answer.by}", notes=answer.notes)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a record."""
        headings = ["benchmark", "group", "on", "model", "value", "best of all then"]
        return headings, [
            [
                row.benchmark_name, row.group, str(row.released_on), display.model(row.model_name, row.variant),
                f"{display.number(row.value, row.unit)}{display.error(row.stderr, row.unit)}", display.yes_no(row.is_overall),
            ]
            for row in self.rows
        ]  # fmt: skip


class FrontierLags(Result[FrontierLag]):
    """When a group reached what others had reached first."""

    def __init__(self, answer: FrontierRows) -> None:
        super().__init__(answer.lags, FrontierLag, title=f"Lags by {answer.by}", notes=answer.notes)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line for each record that a group had not reached on its day."""
        headings = ["benchmark", "group", "record", "set by", "of", "on", "lead", "verdict", "reached", "by", "months"]
        return headings, [
            [
                row.benchmark_name, row.group, display.number(row.record_value, row.unit), row.record_model, row.leader,
                str(row.record_on), f"{_signed(row.lead, row.unit)}{display.error(row.lead_stderr, row.unit)}",
                row.lead_verdict, display.text(row.reached_on), display.text(row.reached_by),
                f"{'' if row.is_reached else '> '}{row.months:.1f}",
            ]
            for row in self.rows
        ]  # fmt: skip


class Pareto(Result[ParetoPoint]):
    """Which models no other beats in score and size."""

    def __init__(self, answer: ParetoRows) -> None:
        size = {"both": "total and active parameters"}.get(answer.size, f"{answer.size} parameters")
        super().__init__(answer.points, ParetoPoint, title=f"Score against {size}", notes=answer.notes)
        self.answer = answer

    @property
    def front(self) -> tuple[ParetoPoint, ...]:
        """The models that nothing beats."""
        return tuple(point for point in self.rows if point.is_on_front)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a benchmark and model: its score and size, whether it is on the front, and what beats it."""
        headings = ["benchmark", "model", "total", "active", "score", "front", "beaten by", "in score"]
        return headings, [
            [
                row.benchmark_name, display.model(row.model_name, row.variant), _count(row.n_parameters),
                _count(row.n_active_parameters), f"{display.number(row.value, row.unit)}{display.error(row.stderr, row.unit)}",
                "front" if row.is_on_front else "", display.model(row.beaten_by, row.beaten_by_variant) if row.beaten_by else "", row.verdict or "",
            ]
            for row in self.rows
        ]  # fmt: skip

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return scores over size with the front, the fitted line and its band.

        Args:
            **options: As of `benchdb.charts.pareto.plot_pareto`.
        """
        from benchdb.charts.pareto import plot_pareto

        answer = self.answer
        return plot_pareto(self.rows, answer.fits, parameters=answer.size, unsized=answer.unsized, **options)


def _count(parameters: int | None) -> str:
    if parameters is None:
        return display.MISSING
    scale, suffix = next((pair for pair in ((1e12, "T"), (1e9, "B"), (1e6, "M")) if parameters >= pair[0]), (1, ""))
    return f"{parameters / scale:.3g}{suffix}"


def _signed(value: float | None, unit: str | None) -> str:
    text = display.number(value, unit)
    return text if value is None or value < 0 else f"+{text}"


def _gap(row: FrontierGroup) -> str:
    return f"{_signed(row.gap, row.unit)}{display.error(row.gap_stderr, row.unit)}"


def _behind(row: FrontierGroup) -> str:
    if row.months_behind is None:
        return display.MISSING
    is_behind = row.gap is not None and row.gap > 0
    return f"> {row.months_behind:.1f} months" if is_behind else "0"


def _months(months: float | None) -> str:
    return display.MISSING if months is None else f"{months:.1f} months"
