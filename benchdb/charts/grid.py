"""Grids of cells, models by something: how large the cells are, their axes, and the cells that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.frame import inline
from benchdb.charts.labels import shorten, shorten_middle, text_width, unique_labels, wrap_text
from benchdb.charts.theme import LINE_HEIGHT, TEXT_SIZE, VALUE_SIZE
from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.charts.theme import Theme

TILE: dict[str, Any] = {"width": {"band": 0.94}, "height": {"band": 0.88}, "cornerRadius": 2}
"""How much of its place a cell fills."""

_WIDEST, _NARROWEST, _TURNED_BELOW = 104.0, 14.0, 70.0
_HIGHEST, _LOWEST, _HEIGHT = 30.0, 13.0, 1300.0
_WIDTH, _MOST_WITH_TEXT = 640.0, 26
_LABEL_LIMIT, _TURNED_LIMIT = 340.0, 230.0
_LABEL_SHARE, _TURNED_SHARE = 0.42, 0.3
_MOST_LINES = 3
_NUMBER = 22.0
_LOWEST_WITH_TEXT = 12.5
_SMALLEST_TEXT = 9.0
_ANGLE = -50


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The geometry of a grid and its labels."""

    rows: Mapping[tuple[str, ...], str]
    """Label of each row by its key."""
    columns: Mapping[tuple[str, ...], str]
    """Label of each column by its key."""
    cell_width: float
    """Width of a cell's place in pixels."""
    cell_height: float
    """Height of a cell's place."""
    turned: bool
    """Whether the column labels are turned."""
    has_room: bool
    """Whether the texts fit the cells."""

    @property
    def width(self) -> float:
        """Width of the plot."""
        return round(self.cell_width * len(self.columns))

    @property
    def height(self) -> float:
        """Height of the plot."""
        return round(self.cell_height * len(self.rows))

    @property
    def label_size(self) -> float:
        """Font size of the row labels."""
        return max(_SMALLEST_TEXT, min(TEXT_SIZE, self.cell_height - 2.5))

    @property
    def text_size(self) -> float:
        """Font size of the texts in the cells."""
        return min(VALUE_SIZE, self.cell_height - 3.5)

    @property
    def left(self) -> float:
        """Room that the row labels take."""
        return max(text_width(label, self.label_size) for label in self.rows.values())

    def x(self, field: str) -> alt.X:
        """The columns, for a field that holds their labels.

        Args:
            field: Name of the field.

        Returns:
            An encoding.
        """
        labels = list(self.columns.values())
        # Lines are counted from the first, so labels of fewer lines get empty ones above, and all end on the plot.
        lines = max(label.count("\n") + 1 for label in labels)
        above = "\\n" * (lines - 1)
        axis = alt.Axis(
            orient="top",
            labelExpr=f"slice(split('{above}' + datum.label, '\\n'), -{lines})",
            labelPadding=6 + (lines - 1) * LINE_HEIGHT,
            labelAngle=_ANGLE if self.turned else 0,
            labelAlign="left" if self.turned else "center",
            labelBaseline="middle" if self.turned else "line-bottom",
            labelFontSize=max(_SMALLEST_TEXT, min(TEXT_SIZE, self.cell_width - 3)),
            labelOverlap=False,
            labelLimit=0,
            ticks=False,
            domain=False,
            grid=False,
        )
        return alt.X(f"{field}:N", title=None, sort=labels, scale=alt.Scale(domain=labels), axis=axis)

    def y(self, field: str) -> alt.Y:
        """The rows, for a field that holds their labels.

        Args:
            field: Name of the field.

        Returns:
            An encoding.
        """
        labels = list(self.rows.values())
        axis = alt.Axis(
            ticks=False, domain=False, grid=False, labelLimit=0, labelOverlap=False, labelFontSize=self.label_size
        )
        return alt.Y(f"{field}:N", title=None, sort=labels, scale=alt.Scale(domain=labels), axis=axis)


def lay_out_grid(
    rows: Mapping[tuple[str, ...], str],
    columns: Mapping[tuple[str, ...], str],
    texts: Sequence[str],
    width: float | None,
    room: float | None = None,
) -> Grid:
    """The geometry for these rows, columns and texts.

    Args:
        rows: Name of each row by its key, whose first part is a slug.
        columns: Name of each column by its key.
        texts: What the cells say.
        width: Width of the plot in pixels, or None to let the cells decide.
        room: Most that the whole picture may be wide, where a sheet says so; names are then cut to a share of it.

    Returns:
        A grid. Cells shrink the more there are, down to a size at which their labels can still be read; texts that no longer
        fit are to be left out.

    Raises:
        ChartError: If the columns do not fit the room.
    """
    widest = max((text_width(text, VALUE_SIZE) for text in texts), default=0.0) + 8
    cell = (width or _WIDTH) / len(columns)
    if width is None:
        least = widest if len(columns) <= _MOST_WITH_TEXT else _NARROWEST
        cell = min(_WIDEST, max(_NARROWEST, least, cell))
    if room is not None and cell < _SMALLEST_TEXT:
        raise ChartError(
            f"{len(columns)} columns have {cell:.1f} pixels each, and their names need {_SMALLEST_TEXT:g}. Choose a wider "
            "size or fewer of them."
        )
    height = max(_LOWEST, min(_HIGHEST, _HEIGHT / len(rows)))
    turned = cell < _TURNED_BELOW
    limit = _turned_limit(room) if turned else cell - 6
    lines = 1 if turned else _MOST_LINES
    return Grid(
        rows=unique_labels({key: _row_name(name, room) for key, name in rows.items()}, brief=room is not None),
        columns=_column_names(columns, limit, lines),
        cell_width=cell,
        cell_height=height,
        turned=turned,
        has_room=height >= _LOWEST_WITH_TEXT and widest - 4 <= cell,
    )


def _column_names(names: Mapping[tuple[str, ...], str], limit: float, lines: int) -> dict[tuple[str, ...], str]:
    """Names in lines; where cutting makes two alike, all are cut more and a number tells those apart."""
    found = {key: _in_lines(name, limit, lines) for key, name in names.items()}
    if len(set(found.values())) < len(found):
        found = {key: _in_lines(name, limit - _NUMBER, lines) for key, name in names.items()}
    return unique_labels(found, brief=True)


def _row_name(name: str, room: float | None) -> str:
    if room is None:
        return shorten(name, _LABEL_LIMIT, TEXT_SIZE)
    return shorten_middle(name, min(_LABEL_LIMIT, room * _LABEL_SHARE), TEXT_SIZE)


def _turned_limit(room: float | None) -> float:
    return _TURNED_LIMIT if room is None else min(_TURNED_LIMIT, room * _TURNED_SHARE)


def _in_lines(name: str, width: float, most: int) -> str:
    return "\n".join(wrap_text(name, width, TEXT_SIZE, most)) if most > 1 else shorten_middle(name, width, TEXT_SIZE)


def ink(theme: Theme) -> Any:
    """The colour of texts on cells, as their field `ink` says it.

    Args:
        theme: Colours; `ink` is its text colour or its background.

    Returns:
        A condition. It cannot be a colour without a scale: the cells below have one.
    """
    light = f"datum.ink == '{theme.background}'"
    return alt.when(light).then(alt.value(theme.background)).otherwise(alt.value(theme.text))


def missing_layers(
    records: Sequence[dict[str, Any]], grid: Grid, axes: tuple[alt.X, alt.Y], tooltip: list[alt.Tooltip], theme: Theme
) -> list[alt.Chart]:
    """The cells that hold nothing: a dashed outline, with a dash in it where there is room.

    Args:
        records: The missing cells.
        grid: The grid they are of.
        axes: Its encodings.
        tooltip: What pointing at one tells.
        theme: Colours.

    Returns:
        Layers; none without missing cells.
    """
    if not records:
        return []
    x, y = axes
    outline = alt.Chart(inline(records), name="missing").mark_rect(
        fill=theme.background,
        fillOpacity=0,
        stroke=theme.axis,
        strokeWidth=1,
        strokeOpacity=0.5,
        strokeDash=[3, 3] if grid.has_room else [1, 2],
        **TILE,
    )
    layers = [outline.encode(x=x, y=y, tooltip=tooltip)]
    if grid.has_room:
        dash = alt.Chart(inline(records), name="missing marks").mark_text(text="–", color=theme.muted, tooltip=None)
        layers.append(dash.encode(x=x, y=y))
    return layers
