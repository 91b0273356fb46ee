"""Footnotes of a grouped bar chart: what a reader could mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.charts.labels import benchmark_label, list_names, model_label
from benchdb.charts.notes import evidence_note, protocol_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.leaderboard import Cell


def bar_notes(
    cells: Sequence[Cell], missing: Sequence[dict[str, Any]], *, domain: tuple[float, float], error_bars: bool
) -> list[str]:
    """The footnotes that these cells call for.

    Args:
        cells: The scores shown.
        missing: The bars that are absent.
        domain: Ends of the value axis.
        error_bars: Whether intervals are drawn.

    Returns:
        Statements in the order in which they stand.
    """
    notes = [] if domain[0] <= 0 <= domain[1] else [f"The axis starts at {domain[0]:g}, not at zero."]
    notes += _approximate(cells)
    notes += protocol_notes(cells)
    notes += ["– no score in the database."] if missing else []
    return notes + (_intervals(cells, domain) if error_bars else [])


def _approximate(cells: Sequence[Cell]) -> list[str]:
    approximate = [cell for cell in cells if cell.is_approximate]
    if not approximate:
        return []
    every = len(approximate) == len(cells)
    return ["All values are approximate." if every else "≈ approximate value."]


def _intervals(cells: Sequence[Cell], domain: tuple[float, float]) -> list[str]:
    known = [(cell, cell.lower, cell.upper) for cell in cells if cell.lower is not None and cell.upper is not None]
    notes = []
    if known:
        notes.append(evidence_note([cell.evidence for cell, _, _ in known], known[0][0].level))
    if any(lower < domain[0] or upper > domain[1] for _, lower, upper in known):
        notes.append("A line without a cap at one end goes on beyond the axis.")
    unknown = _unknown(cells)
    return [*notes, f"No line where the uncertainty is unknown: {list_names(unknown)}."] if unknown else notes


def _unknown(cells: Sequence[Cell]) -> list[str]:
    by_benchmark: dict[str, list[Cell]] = {}
    for cell in cells:
        by_benchmark.setdefault(benchmark_label(cell.benchmark_name, cell.subset), []).append(cell)
    names: list[str] = []
    for benchmark, group in by_benchmark.items():
        lacking = [cell for cell in group if cell.lower is None or cell.upper is None]
        if len(lacking) == len(group):
            names.append(benchmark)
        else:
            names += [f"{model_label(cell.model_name, cell.variant, None)} on {benchmark}" for cell in lacking]
    return names
