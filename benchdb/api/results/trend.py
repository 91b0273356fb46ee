"""What a trend returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.trend import TrendPoint

if TYPE_CHECKING:
    import altair as alt

    from benchdb.rows.trend import TrendRows


class Trend(Result[TrendPoint]):
    """Scores along model size or release date, with the best so far and a line through each benchmark."""

    def __init__(self, answer: TrendRows) -> None:
        axis = "parameter size" if answer.by == "parameters" else "release date"
        super().__init__(answer.points, TrendPoint, title=f"Trend over {axis}", notes=answer.notes)
        self.answer = answer

    @property
    def fits(self) -> tuple[Any, ...]:
        """One straight line per benchmark (`benchdb.rows.TrendFit`)."""
        return self.answer.fits

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a benchmark: how many models, the slope with its interval, the best so far, the verdict."""
        per = "per tenfold size" if self.answer.by == "parameters" else "per year"
        headings = ["benchmark", "models", f"gain {per}", "interval", "best", "by", "verdict"]
        lines = []
        for fit in self.fits:
            points = [point for point in self.rows if point.benchmark == fit.benchmark]
            best = [point for point in points if point.is_record][-1:]
            interval = (
                display.MISSING if fit.lower is None or fit.upper is None else f"{fit.lower:+.1f} to {fit.upper:+.1f}"
            )
            lines.append(
                [
                    fit.benchmark_name,
                    str(fit.n_models),
                    display.MISSING if fit.slope is None else f"{fit.slope:+.1f}",
                    interval,
                    *[display.number(point.value, point.unit) for point in best],
                    *[display.model(point.model_name, point.variant) for point in best],
                    fit.verdict,
                ]
            )
        return headings, lines

    def chart(self, **options: Any) -> alt.TopLevelMixin:
        """Return the points with the best-so-far line and the fits.

        Args:
            **options: As of `benchdb.charts.trend.plot_trend`.
        """
        from benchdb.charts.trend import plot_trend

        return plot_trend(self.rows, self.fits, by="date" if self.answer.by == "date" else "parameters", **options)
