"""What a power analysis returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.api import display
from benchdb.api.result import Result
from benchdb.rows.power import PowerRow

if TYPE_CHECKING:
    from benchdb.rows.power import PowerRows


class Power(Result[PowerRow]):
    """What benchmarks can show between two models, and what a wanted difference would take."""

    def __init__(self, answer: PowerRows) -> None:
        super().__init__(answer.rows, PowerRow, title="Power", notes=answer.notes)
        self.answer = answer

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a benchmark: its items, the detectable difference, and what the wanted one takes."""
        headings = [
            "benchmark", "items", "detectable", "wanted", "power", "items needed", "attempts needed", "evidence",
        ]  # fmt: skip
        lines = [
            [
                row.benchmark_name,
                _whole(row.n_items),
                display.number(row.detectable_difference, row.unit),
                _wanted(row),
                display.MISSING if row.power_at_difference is None else f"{row.power_at_difference:.3f}",
                _whole(row.n_items_needed),
                _attempts(row),
                row.evidence,
            ]
            for row in self.rows
        ]
        return headings, lines

    def sentences(self) -> list[str]:
        """Return one plain sentence a benchmark."""
        return [_sentence(row) for row in self.rows]


def _whole(count: int | None) -> str:
    return display.MISSING if count is None else f"{count:,}"


def _wanted(row: PowerRow) -> str:
    # A wanted difference is shown as it was meant, however small.
    return display.MISSING if row.difference is None else f"{row.difference:g}"


def _attempts(row: PowerRow) -> str:
    if row.samples_per_item_needed is None and row.data_variance is not None and row.difference is not None:
        return "no number"
    return _whole(row.samples_per_item_needed)


def _sentence(row: PowerRow) -> str:
    if row.detectable_difference is None:
        return f"{row.benchmark_name}: {row.method}, so nothing can be said of its power."
    finds = (
        f"{row.benchmark_name} shows a difference of {_points(display.number(row.detectable_difference, row.unit), row.unit)} "
        f"with {row.power * 100:g} % power on its {row.n_items:,} items ({row.method})"
    )
    if row.difference is None or row.n_items_needed is None:
        return f"{finds}."
    wanted = _points(f"{row.difference:g}", row.unit)
    if row.is_detectable:
        return f"{finds}; {wanted} can be shown there."
    return f"{finds}; {wanted} cannot be shown there and would take {row.n_items_needed:,} items."


def _points(number: str, unit: str | None) -> str:
    if unit == "percent":
        return f"{number} {'point' if number == '1' else 'points'}"
    return f"{number} {unit or ''}".rstrip()
