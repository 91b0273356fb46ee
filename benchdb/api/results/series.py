"""What a series returns."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.series import SeriesPoint

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.series import SeriesRows


class Series(Result[SeriesPoint]):
    """The runs of one model on one benchmark in order, and the levels they lie on."""

    def __init__(self, answer: SeriesRows) -> None:
        first = answer.points[0]
        title = f"{display.model(first.model_name, None)} on {first.benchmark_name}: {_said(answer)}"
        super().__init__(answer.points, SeriesPoint, title=title, notes=(*_noise(answer), *answer.notes))
        self.answer = answer

    @property
    def changes(self) -> tuple[SeriesPoint, ...]:
        """The first run of each new level."""
        return tuple(point for point in self.rows if point.is_change)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a level: its runs, its mean, the change from the level before with interval and p, and the verdict."""
        headings = ["from", "to", "runs", "mean", "change", "interval", "p", "came between", "verdict", "with it"]
        lines = []
        level = 0
        numbered = []
        for point in self.rows:
            level += point.is_change
            numbered.append((level, point))
        for _, group in groupby(numbered, key=lambda pair: pair[0]):
            members = [point for _, point in group]
            lines.append([members[0].at, members[-1].at, str(len(members)), *_level(members[0])])
        return headings, lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the runs in order with their levels and change points.

        Args:
            **options: As of `benchdb.charts.series.plot_series`.
        """
        from benchdb.charts.series import plot_series

        return plot_series(self.rows, **options)


def _said(answer: SeriesRows) -> str:
    changes = sum(point.is_change for point in answer.points)
    runs = f"{len(answer.points)} run{'' if len(answer.points) == 1 else 's'} by {answer.order}"
    if not changes:
        return f"{runs}, {answer.verdict}"
    return f"{runs}, {changes} change point{'s' if changes > 1 else ''}, the last one: {answer.verdict}"


def _noise(answer: SeriesRows) -> list[str]:
    unit = answer.points[0].unit
    if answer.noise is None:
        return []
    noise = f"Noise of one run, learned from the series: {display.number(answer.noise, unit)}"
    if answer.visible is None:
        return [f"{noise}."]
    return [
        f"{noise}; a lasting change half way through shows from about {display.number(answer.visible, unit)} on "
        "(in half of all cases)."
    ]


def _level(point: SeriesPoint) -> list[str]:
    mean = display.number(point.level_mean, point.unit)
    if point.change is None or point.change_lower is None or point.change_upper is None or point.p_value is None:
        return [mean, *[display.MISSING] * 6]
    signed = [_signed(value, point.unit) for value in (point.change, point.change_lower, point.change_upper)]
    return [
        mean,
        signed[0],
        f"{signed[1]} to {signed[2]}",
        f"{point.p_value:.4f}",
        point.at if point.earliest == point.latest else f"{point.earliest} – {point.latest}",
        display.text(point.verdict),
        display.text(", ".join(point.coincides)),
    ]


def _signed(value: float, unit: str | None) -> str:
    text = display.number(value, unit)
    return text if value < 0 else f"+{text}"
