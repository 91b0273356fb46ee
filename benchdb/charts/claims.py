"""Everything claimed for one cell: a line a claim with its rounding, its error and its source, the chosen one marked."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.check import require_one_unit, require_rows, require_width
from benchdb.charts.columns import Column, Lines, Look
from benchdb.charts.frame import Frame, frame_layers, inline, nice_domain, number_axis, ticks
from benchdb.charts.labels import (
    clean_name,
    format_interval,
    format_value,
    list_names,
    model_label,
    shorten,
    with_unit,
)
from benchdb.charts.theme import TEXT_SIZE, VALUE_SIZE, Theme, get_theme
from benchdb.errors import ChartError
from benchdb.rows.records import Claim

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAME = "claims"
_LABEL_LIMIT = 360.0
_LEVEL = 0.95
_APPROXIMATE = 0.01
_WHOLE = {"percent": 100.0, "fraction": 1.0}
_PARTIES = {True: "first party", False: "third party", None: None}
_TOOLTIP = {
    "source": "Source",
    "reporter": "Kind",
    "stated": "Stated on",
    "text": "Value",
    "interval": "Interval",
    "evidence": "Evidence",
    "protocol": "Protocol",
    "place": "Place",
    "state": "State",
    "score_id": "Score",
}

_Cell = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which of the cells that the claims are of is drawn."""

    metric: str | None
    variant: str | None
    subset: str | None

    def holds(self, claim: Claim) -> bool:
        names = {claim.metric.casefold(), claim.metric_label.casefold()}
        return (
            (self.metric is None or self.metric.casefold() in names)
            and (self.variant is None or self.variant == (claim.variant or ""))
            and (self.subset is None or self.subset == claim.subset)
        )


def plot_claims(  # noqa: PLR0913 - each option is one trait of the figure, all by keyword
    claims: Sequence[Claim],
    *,
    metric: str | None = None,
    variant: str | None = None,
    subset: str | None = None,
    title: str | None = None,
    values: bool = True,
    width: float | None = None,
    room: float | None = None,
    theme: str = "light",
    footnotes: bool = True,
) -> alt.LayerChart:
    """Dot plot of the claims for one model, variant, benchmark, subset and metric, in the order of the rows.

    A thick bar reaches as far as rounding, a thin line over the interval of a reported error. The claim that the policy
    chooses is a diamond, a retracted one a cross.

    Args:
        claims: Rows of a history. Of several cells the one with the most claims is drawn; a footnote names the others.
        metric: Only this metric, by slug or as written.
        variant: Only this variant; empty is the plain model.
        subset: Only this subset; empty is the whole.
        title: Title, or None for none.
        values: Whether each line ends in its value and whether it is chosen or retracted.
        width: Width of the plot in pixels.
        room: Most that the whole picture may be wide, in pixels, where a sheet says so.
        theme: "light" or "dark".
        footnotes: Whether the chart explains itself below.

    Returns:
        A layered chart with its data inside. Claims in units that cannot share an axis raise `ChartError`.
    """
    given = require_rows(claims, Claim, _NAME, ("value", "stderr"))
    rows, others = _one_cell(given, _Choice(metric, variant, subset))
    unit = _unit(rows)
    look = get_theme(theme)
    records = [_record(row, unit) for row in rows]
    held = [record[end] for record in records for end in ("value", "lower", "upper", "low", "high")]
    domain = nice_domain([value for value in held if value is not None])
    lines = Lines(
        records,
        Look(
            key="key",
            detail="detail",
            columns=(Column(field="text", bold=True), Column(field="state", muted=True)) if values else (),
            heights=(46, 24, 30),
            default_width=380.0,
        ),
        require_width(width),
        room,
    )
    axes = _x_axis(rows[0], domain, unit), lines.y()
    layers = [*_spans(records, axes, look), *_points(records, axes, look), *lines.layers(look)]
    if not lines.above:  # There it would cross the texts.
        layers = [*_chosen_rule(records, axes[0], look), *layers]
    frame = Frame(
        title=title,
        limit=room,
        description=f"{len(rows)} claims for {clean_name(rows[0].model)} on {clean_name(rows[0].benchmark)}.",
        width=lines.width,
        height=lines.height,
        theme=look,
        notes=_notes(rows, records, others, domain[0]) if footnotes else [],
        notes_top=62,
        left=lines.left,
        right=lines.right,
    )
    return frame_layers(layers, frame)


def _one_cell(claims: Sequence[Claim], choice: _Choice) -> tuple[list[Claim], dict[_Cell, int]]:
    """The claims of the cell drawn, and the number of claims in each other one."""
    cells: dict[_Cell, list[Claim]] = {}
    for claim in claims:
        cells.setdefault((claim.metric, claim.variant, claim.subset), []).append(claim)
    fitting = [cell for cell, rows in cells.items() if any(choice.holds(row) for row in rows)]
    if not fitting:
        raise ChartError(f"{_NAME}: no claim fits. There are: {list_names([_cell_name(cell) for cell in cells], 12)}.")
    drawn = max(fitting, key=lambda cell: sum(not row.is_retracted for row in cells[cell]))
    return cells[drawn], {cell: len(rows) for cell, rows in cells.items() if cell != drawn}


def _cell_name(cell: _Cell) -> str:
    metric, variant, subset = cell
    return model_label(": ".join(part for part in (subset, metric) if part), variant, None)


def _unit(rows: Sequence[Claim]) -> str | None:
    """The unit of the axis: per cent where some claims are in it and others are fractions."""
    if {row.unit for row in rows} == {"percent", "fraction"}:
        return "percent"
    return require_one_unit(((row.source_title or row.source_kind, row.unit) for row in rows), _NAME)


def _record(row: Claim, unit: str | None) -> dict[str, Any]:
    factor = 100.0 if unit == "percent" and row.unit == "fraction" else 1.0
    room = _room(row) * factor
    value = round(row.value * factor, 9)
    half = None if row.stderr is None else NormalDist().inv_cdf((1 + _LEVEL) / 2) * row.stderr * factor
    decimals = None if row.decimals is None else max(0, row.decimals - (2 if factor != 1 else 0))
    day = row.ran_at.date() if row.ran_at else row.published_on
    stated = day.isoformat() if day else "undated"
    reporter = ", ".join(part for part in (row.source_kind.replace("_", " "), _PARTIES[row.is_first_party]) if part)
    source = clean_name(row.source_title or row.source_url or row.file)
    protocol = clean_name(row.protocol)
    lower, upper = (None, None) if half is None else (value - half, value + half)
    return {
        "key": str(row.score_id),
        "label": shorten(source, _LABEL_LIMIT, TEXT_SIZE),
        "detail": shorten(
            " · ".join(part for part in (stated, reporter, protocol.replace("_", " ")) if part),
            _LABEL_LIMIT,
            VALUE_SIZE,
        ),
        "source": source,
        "reporter": reporter,
        "stated": stated,
        "protocol": protocol or "not stated",
        "place": clean_name(row.place or "not stated"),
        "value": value,
        "text": f"{'≈' if row.is_approximate else ''}{format_value(value, unit, decimals)}",
        "low": value - room if room else None,
        "high": value + room if room else None,
        "lower": lower,
        "upper": upper,
        "interval": format_interval(lower, upper, unit),
        "evidence": "reported" if row.stderr is not None else "no error is reported",
        "state": "retracted" if row.is_retracted else "chosen" if row.is_chosen else "",
        "score_id": str(row.score_id),
    }


def _room(row: Claim) -> float:
    """How far from the value the number may be that was printed or read off a figure, in the claim's unit."""
    if row.decimals is not None:
        return (1.0 if row.is_approximate else 0.5) * 10.0**-row.decimals
    return _APPROXIMATE * _WHOLE.get(row.unit or "", abs(row.value)) if row.is_approximate else 0.0


def _x_axis(row: Claim, domain: tuple[float, float, float], unit: str | None) -> alt.X:
    low, high, step = domain
    return alt.X(
        "value:Q",
        title=with_unit(clean_name(row.metric[:1].upper() + row.metric[1:]), unit),
        scale=alt.Scale(domain=[low, high], nice=False, zero=False),
        axis=number_axis(ticks(low, high, step), labelFlush=False),
    )


def _chosen_rule(records: Sequence[dict[str, Any]], x: alt.X, theme: Theme) -> list[alt.Chart]:
    chosen = [record for record in records if record["state"] == "chosen"][:1]
    rule = alt.Chart(inline(chosen), name="chosen value").mark_rule(color=theme.axis, strokeDash=[2, 3], tooltip=None)
    return [rule.encode(x=x)] if chosen else []


def _spans(records: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    layers = []
    spans: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("rounding", "low", "high", {"strokeWidth": 11, "opacity": 0.3, "color": theme.better}),
        ("intervals", "lower", "upper", {"strokeWidth": 2, "color": theme.axis}),
    )
    for name, start, end, look in spans:
        some = [record for record in records if record[start] is not None]
        if some:
            x = axes[0].copy()
            x.shorthand = f"{start}:Q"
            mark = alt.Chart(inline(some), name=name).mark_rule(tooltip=None, **look)
            layers.append(mark.encode(x=x, x2=alt.X2(end), y=axes[1]))
    return layers


def _points(records: Sequence[dict[str, Any]], axes: tuple[alt.X, alt.Y], theme: Theme) -> list[alt.Chart]:
    looks: dict[str, dict[str, Any]] = {
        "": {"shape": "circle", "size": 75, "fill": theme.background, "stroke": theme.text},
        "retracted": {"shape": "M-1,-1L1,1M-1,1L1,-1", "size": 70, "fill": None, "stroke": theme.muted},
        "chosen": {"shape": "diamond", "size": 170, "fill": theme.better, "stroke": theme.background},
    }
    tooltip = [alt.Tooltip(f"{field}:N", title=name) for field, name in _TOOLTIP.items()]
    layers = []
    for state, look in looks.items():
        some = [record for record in records if record["state"] == state]
        if some:
            mark = alt.Chart(inline(some), name=f"{state or 'other'} claims").mark_point(
                opacity=1, strokeWidth=1.8, **look
            )
            layers.append(mark.encode(x=axes[0], y=axes[1], tooltip=tooltip))
    return layers


def _notes(rows: Sequence[Claim], records: Sequence[dict[str, Any]], others: dict[_Cell, int], low: float) -> list[str]:
    states = {record["state"] for record in records}
    notes = ["The diamond is the claim that the policy chooses."] if "chosen" in states else []
    notes += ["Crosses are retracted claims."] if "retracted" in states else []
    if any(record["low"] is not None for record in records):
        notes.append("Thick bars reach as far as rounding of the printed values.")
    notes += ["≈ approximate value."] if any(row.is_approximate for row in rows) else []
    known = sum(row.stderr is not None for row in rows)
    if known:
        notes.append(
            f"Lines are {_LEVEL * 100:g} % intervals from reported standard errors, known of {known} of {len(rows)}."
        )
    else:
        notes.append("No source reports a standard error.")
    prints = {row.fingerprint for row in rows}
    notes += [f"The claims rest on {len(prints)} different protocols."] if len(prints) > 1 else []
    if len({row.unit for row in rows}) > 1:
        notes.append("Fractions are shown as per cent.")
    notes += [f"The axis starts at {low:g}, not at zero."] if low != 0 else []
    listed = [f"{_cell_name(cell)} ({number})" for cell, number in others.items()]
    return [*notes, f"Claims not shown: {list_names(listed, 6)}."] if listed else notes
