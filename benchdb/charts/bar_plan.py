"""What a grouped bar chart draws: its value axis, and a record per bar and per missing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.charts.bar_layout import BarLayout, lay_out_bars
from benchdb.charts.colours import Colouring, Look, Subject, assign_looks
from benchdb.charts.frame import nice_domain, nice_step
from benchdb.charts.hatch import bar_hatch
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_interval,
    format_value,
    model_label,
    unique_labels,
    wrap_text,
)
from benchdb.charts.theme import TEXT_SIZE, Theme
from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.rows.leaderboard import Cell

_MISSING = "–"
_MOST_NAME_LINES = 3
_NATURAL_ENDS = {"percent": (0.0, 100.0), "fraction": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class BarStyle:
    """How bars are drawn."""

    colour: Colouring
    """Rule of the colours."""
    hatched: bool
    """Whether bars are hatched."""
    error_bars: bool
    """Whether intervals are drawn, above which values must stand."""
    theme: Theme
    """Where the colours come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarPlan:
    """What the layers of a grouped bar chart are drawn from."""

    rows: list[dict[str, Any]]
    """The bars."""
    missing: list[dict[str, Any]]
    """The bars that are absent."""
    models: list[str]
    """Labels of the models in order."""
    benchmarks: list[str]
    """Labels of the benchmarks in order, in lines."""
    looks: dict[str, Look]
    """Colour and hatching by model."""
    layout: BarLayout
    """Where the bars stand."""
    theme: Theme
    """Colours of everything else."""


def value_axis(
    cells: Sequence[Cell], domain: tuple[float, float] | None, step: float | None, *, error_bars: bool
) -> tuple[float, float, float]:
    """The value axis of a grouped bar chart.

    Args:
        cells: The scores, at least one.
        domain: Its ends, or None to let the scores decide: from zero, to 100 for per cent.
        step: Distance between ticks, or None for a round number.
        error_bars: Whether an axis that is not given must hold the intervals too.

    Returns:
        Lower end, upper end and distance between ticks.

    Raises:
        ChartError: If the axis does not rise or would hide a bar.
    """
    if step is not None and step <= 0:
        raise ChartError(f"step={step}: ticks must be a distance above 0 apart")
    if domain is None:
        values = [cell.value for cell in cells]
        if error_bars:
            values += [end for cell in cells for end in (cell.lower, cell.upper) if end is not None]
        natural = _NATURAL_ENDS.get(cells[0].unit or "", ())
        low, high, nice = nice_domain([*values, *natural], zero=True, most=10)
        return low, high, step or nice
    low, high = domain
    if not low < high:
        raise ChartError(f"domain=({low:g}, {high:g}): the axis must rise from the first number to the second")
    hidden = [cell for cell in cells if not low <= cell.value <= high]
    if hidden:
        worst = max(hidden, key=lambda cell: max(low - cell.value, cell.value - high))
        raise ChartError(
            f"domain=({low:g}, {high:g}) hides {len(hidden)} of {len(cells)} bars, for instance {worst.model_name} on "
            f"{worst.benchmark_name} at {worst.value:g}. Widen the domain or leave it out."
        )
    return low, high, step or nice_step(high - low)


def plan_bars(cells: Sequence[Cell], domain: tuple[float, float], width: float | None, style: BarStyle) -> BarPlan:
    """What a grouped bar chart draws.

    Args:
        cells: The scores, all in one unit, at least one.
        domain: Ends of the value axis.
        width: Width of the plot in pixels, or None to let the number of bars decide.
        style: How bars are drawn.

    Returns:
        The plan.

    Raises:
        ChartError: If two cells want the same bar.
    """
    models = unique_labels(
        {_model(cell): model_label(cell.model_name, cell.variant, cell.parameters_label) for cell in cells}
    )
    subjects = {
        models[_model(cell)]: Subject(models[_model(cell)], cell.n_parameters, cell.organization) for cell in cells
    }
    looks = assign_looks(list(subjects.values()), style.colour, style.theme, hatched=style.hatched)
    layout = lay_out_bars(len({_benchmark(cell) for cell in cells}), len(models), domain, width)
    benchmarks = unique_labels({_benchmark(cell): _two_lines(cell, layout.group_step) for cell in cells})
    all_approximate = all(cell.is_approximate for cell in cells)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in cells:
        label, benchmark = models[_model(cell)], benchmarks[_benchmark(cell)]
        if (label, benchmark) in rows:
            raise ChartError(
                f"grouped bars: two cells for {label} on {clean_name(cell.benchmark_name)}. Keep one of them."
            )
        row = _row(cell, layout, looks[label], whisker=style.error_bars) | {"model": label, "benchmark": benchmark}
        row["text"] = ("≈" if cell.is_approximate and not all_approximate else "") + row["text"]
        rows[label, benchmark] = row
    missing = [
        {"model": model, "benchmark": benchmark, "text": _MISSING, "base": _base(layout)}
        for benchmark in benchmarks.values()
        for model in models.values()
        if (model, benchmark) not in rows
    ]
    return BarPlan(
        rows=list(rows.values()),
        missing=missing,
        models=list(models.values()),
        benchmarks=list(benchmarks.values()),
        looks=looks,
        layout=layout,
        theme=style.theme,
    )


def _model(cell: Cell) -> tuple[str, ...]:
    return cell.model, cell.variant or ""


def _benchmark(cell: Cell) -> tuple[str, ...]:
    return cell.benchmark, cell.subset, cell.metric


def _two_lines(cell: Cell, width: float) -> str:
    name = benchmark_label(cell.benchmark_name, cell.subset)
    lines = wrap_text(name, width - 4, TEXT_SIZE, _MOST_NAME_LINES)
    return "\n".join([*lines, *wrap_text(f"({clean_name(cell.metric_name)})", width - 4, TEXT_SIZE, 1)])


def _base(layout: BarLayout) -> float:
    return min(max(layout.low, 0.0), layout.high)


def _row(cell: Cell, layout: BarLayout, look: Look, *, whisker: bool) -> dict[str, Any]:
    base = _base(layout)
    top = cell.upper if whisker and cell.upper is not None and cell.lower is not None else cell.value
    return {
        "name": benchmark_label(cell.benchmark_name, cell.subset),
        "metric": clean_name(cell.metric_name),
        "value": cell.value,
        "text": format_value(cell.value, cell.unit, cell.decimals),
        "base": base,
        "foot": min(base, cell.value),
        "top": min(max(base, cell.value, top), layout.high),
        "lower": cell.lower,
        "upper": cell.upper,
        "interval": format_interval(cell.lower, cell.upper, cell.unit),
        "evidence": cell.evidence,
        "maker": clean_name(cell.organization or "unknown"),
        "source": clean_name(cell.source_title or cell.source_kind),
        "claims": cell.n_claims,
        "score_id": str(cell.score_id),
        "hatch": bar_hatch(look.hatch, layout.bar_width, abs(layout.y(base) - layout.y(cell.value))),
    }
