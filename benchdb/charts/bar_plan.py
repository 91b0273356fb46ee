"""What a grouped bar chart draws: its value axis, and a record per bar and per missing one."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from math import ceil
from typing import TYPE_CHECKING, Any

from benchdb.charts.bar_layout import BarLayout, groups_in_a_row, lay_out_bars
from benchdb.charts.colours import Colouring, Look, Subject, assign_looks
from benchdb.charts.frame import nice_domain, nice_step
from benchdb.charts.hatch import HATCHES, Hatch, bar_hatch
from benchdb.charts.labels import (
    benchmark_label,
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    protocol_label,
    source_label,
    unique_labels,
    wrap_text,
)
from benchdb.charts.theme import TEXT_SIZE, Theme
from benchdb.errors import ChartError
from benchdb.rows.leaderboard import Cell

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_MODELS = 40
"""Looks there are: eight colours, each with five hatchings."""

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
    highlight: tuple[str, ...] = ()
    """Names of the models that stand out; none for all alike."""
    hatch_by: str | None = None
    """Field of the cells that the hatching shows; None for the size class."""


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
    highlighted: frozenset[str]
    """Labels of the models that stand out; empty for all alike."""
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


def plan_bars(
    cells: Sequence[Cell],
    domain: tuple[float, float],
    width: float | None,
    style: BarStyle,
    everyone: Sequence[Cell] = (),
) -> BarPlan:
    """What a grouped bar chart draws.

    Args:
        cells: The scores, all in one unit, at least one.
        domain: Ends of the value axis.
        width: Width of the plot in pixels, or None to let the number of bars decide.
        style: How bars are drawn.
        everyone: The scores of all panels, where these are one of several.

    Returns:
        The plan.

    Raises:
        ChartError: If two cells want the same bar.
    """
    everyone = everyone or cells
    models = _labels(everyone)
    looks, highlighted = _looks(everyone, models, style)
    layout = lay_out_bars(len({_benchmark(cell) for cell in cells}), len(models), domain, width)
    benchmarks = unique_labels({_benchmark(cell): _two_lines(cell, layout.group_step) for cell in cells})
    hatches = hatch_key(everyone, style.hatch_by)
    all_approximate = all(cell.is_approximate for cell in everyone)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in cells:
        label, benchmark = models[_model(cell)], benchmarks[_benchmark(cell)]
        if (label, benchmark) in rows:
            raise ChartError(
                f"grouped bars: two cells for {label} on {clean_name(cell.benchmark_name)}. Keep one of them."
            )
        hatch = hatches[field_text(cell, style.hatch_by)] if style.hatch_by else looks[label].hatch
        row = _row(cell, layout, hatch, whisker=style.error_bars) | {"model": label, "benchmark": benchmark}
        row["text"] = ("≈" if cell.is_approximate and not all_approximate else "") + row["text"]
        rows[label, benchmark] = row
    return BarPlan(
        rows=list(rows.values()),
        missing=_missing(list(models.values()), list(benchmarks.values()), rows, _base(layout)),
        models=list(models.values()),
        benchmarks=list(benchmarks.values()),
        looks=looks,
        highlighted=highlighted,
        layout=layout,
        theme=style.theme,
    )


def split_benchmarks(cells: Sequence[Cell], width: float | None) -> list[list[Cell]]:
    """The cells of each panel: benchmarks in their order, as many to a panel as there is room for.

    Args:
        cells: The scores, at least one.
        width: Width of the plot in pixels, or None to let the number of bars decide.

    Returns:
        One list where one panel holds them all; panels are filled evenly.

    Raises:
        ChartError: If there are more models than looks, or not even one benchmark fits the width.
    """
    models = {_model(cell) for cell in cells}
    if len(models) > MOST_MODELS:
        raise ChartError(
            f"grouped bars: {len(models)} models are more than the {MOST_MODELS} that colours and hatching tell apart. "
            f"Choose fewer, or draw the chart that has a line for each (leaderboard) or a cell for each score (heat map)."
        )
    benchmarks = list(dict.fromkeys(_benchmark(cell) for cell in cells))
    most = groups_in_a_row(len(benchmarks), len(models), width)
    if most < 1:
        raise ChartError(
            f"grouped bars: a plot {width:g} pixels wide is too narrow for the bars of {len(models)} models side by side. "
            f"Give it more room, choose fewer models, or draw the chart that has a line for each (leaderboard)."
        )
    panels = ceil(len(benchmarks) / most)
    each = ceil(len(benchmarks) / panels)
    place = {benchmark: number // each for number, benchmark in enumerate(benchmarks)}
    found: list[list[Cell]] = [[] for _ in range(ceil(len(benchmarks) / each))]
    for cell in cells:
        found[place[_benchmark(cell)]].append(cell)
    return found


def hatch_key(cells: Sequence[Cell], field: str | None) -> dict[str, Hatch]:
    """The hatching of each value of a field, the first value's bars without lines.

    Args:
        cells: All scores.
        field: A field of a cell, or None.

    Returns:
        Hatching by value as text, in the order of the cells; empty without a field.

    Raises:
        ChartError: If cells have no such field, or it has more values than there are hatchings.
    """
    if field is None:
        return {}
    names = [each.name for each in fields(Cell)]
    if field not in names:
        near = get_close_matches(field, names, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ChartError(f'hatch_by="{field}" is no field of a cell.{hint} Choose one of: {", ".join(names)}')
    values = list(dict.fromkeys(field_text(cell, field) for cell in cells))
    kinds: tuple[Hatch, ...] = ("none", *HATCHES)
    if len(values) > len(kinds):
        raise ChartError(
            f'hatch_by="{field}": {len(values)} values are more than the {len(kinds)} hatchings. Choose another field or fewer rows.'
        )
    return dict(zip(values, kinds, strict=False))


def field_text(cell: Cell, field: str) -> str:
    """What a cell's field says, in words.

    Args:
        cell: A score.
        field: One of its fields.

    Returns:
        The value as text; "unknown" where it has none.
    """
    value = getattr(cell, field)
    words = {None: "unknown", "": "none", True: "yes", False: "no"}
    return words[value] if value is None or value == "" or isinstance(value, bool) else clean_name(str(value))


def _labels(cells: Sequence[Cell]) -> dict[tuple[str, ...], str]:
    return unique_labels(
        {_model(cell): model_label(cell.model_name, cell.variant, cell.parameters_label) for cell in cells}
    )


def _looks(
    cells: Sequence[Cell], models: dict[tuple[str, ...], str], style: BarStyle
) -> tuple[dict[str, Look], frozenset[str]]:
    subjects = {
        models[_model(cell)]: Subject(models[_model(cell)], cell.n_parameters, cell.organization) for cell in cells
    }
    by_size = style.hatched and style.hatch_by is None
    looks = assign_looks(list(subjects.values()), style.colour, style.theme, hatched=by_size)
    names = {
        name.casefold(): models[_model(cell)]
        for cell in cells
        for name in (cell.model, cell.model_name, models[_model(cell)])
    }
    unknown = [name for name in style.highlight if name.casefold() not in names]
    if unknown:
        raise ChartError(
            f'highlight: the chart has no model "{unknown[0]}". Choose among: {list_names(list(models.values()), 8)}'
        )
    highlighted = frozenset(names[name.casefold()] for name in style.highlight)
    if highlighted:
        looks = {
            label: look if label in highlighted else Look(style.theme.faded, look.hatch)
            for label, look in looks.items()
        }
    return looks, highlighted


def _missing(
    models: Sequence[str], benchmarks: Sequence[str], rows: dict[tuple[str, str], dict[str, Any]], base: float
) -> list[dict[str, Any]]:
    return [
        {"model": model, "benchmark": benchmark, "text": _MISSING, "base": base}
        for benchmark in benchmarks
        for model in models
        if (model, benchmark) not in rows
    ]


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


def _row(cell: Cell, layout: BarLayout, hatch: Hatch, *, whisker: bool) -> dict[str, Any]:
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
        "source": source_label(cell.source_title, cell.source_kind),
        "protocol": protocol_label(cell.protocol),
        "claims": cell.n_claims,
        "score_id": str(cell.score_id),
        "hatch": bar_hatch(hatch, layout.bar_width, abs(layout.y(base) - layout.y(cell.value))),
    }
