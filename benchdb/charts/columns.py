"""Charts of lines: names on the left, marks, columns of text on the right; where a sheet has no room, all text above the marks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import altair as alt

from benchdb.charts.frame import inline
from benchdb.charts.labels import shorten, shorten_middle, text_width
from benchdb.charts.theme import TEXT_SIZE, VALUE_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchdb.charts.theme import Theme

LABEL_LIMIT = 340.0
"""Most that a name may take beside the marks, in pixels."""

COLUMN_GAP = 22.0
"""Room between the marks and the first column, and between columns."""

_LEAST_PLOT = 150.0
_EDGE = 26.0
_TEXT_LINE = 19.0
_NAME_SHARE = 0.45
_NAME_GAP = 14.0
_DETAIL_UP = 7.5
_DETAIL_LEFT = 10.0
_BOLD = 1.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of text beside the marks."""

    field: str
    """Field that holds the text."""
    colour: str | None = None
    """Field that holds the colour; None for that of texts, or of what is muted."""
    bold: bool = False
    """Whether the text stands out."""
    muted: bool = False
    """Whether the text steps back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the lines of a chart are made of."""

    key: str = "label"
    """Field that tells lines apart, on the vertical axis."""
    name: str = "label"
    """Field that names a line."""
    detail: str | None = None
    """Field of a second text below the name."""
    heading: str | None = None
    """Field whose text stands above the first of the lines that share it."""
    columns: tuple[Column, ...] = ()
    """Columns on the right."""
    heights: tuple[float, float, int] = (32.0, 24.0, 20)
    """Height of a line, that of a line among many, and how many that is."""
    dotted: bool = True
    """Whether dotted rules lead from names to marks."""
    default_width: float = 420.0
    """Width of the marks where none is asked for."""


class Lines:
    """Where names, marks and columns stand.

    Args:
        records: The lines in order, top to bottom; their keys differ.
        look: What they are made of.
        width: Width of the marks in pixels, or None.
        room: Most that the whole picture may be wide, or None. Where names and columns would leave the marks less than 150
            pixels of it, they stand above the marks of their line.
    """

    def __init__(self, records: Sequence[dict[str, Any]], look: Look, width: float | None, room: float | None) -> None:
        self._look = look
        self.records = records
        self.detailed = look.detail is not None and len(records) <= look.heights[2]
        self._widths = [_widest(records, column) for column in look.columns]
        named = [record[look.name] for record in records]
        named += [record[look.detail] for record in records] if look.detail and self.detailed else []
        named += [record[look.heading] for record in records] if look.heading else []
        left = max(text_width(name, TEXT_SIZE) for name in named) + (_DETAIL_LEFT if look.detail else 0.0)
        right = COLUMN_GAP + sum(each + COLUMN_GAP for each in self._widths) if look.columns else 0.0
        self.above = room is not None and left + right + _EDGE + _LEAST_PLOT > room
        self.width = width or look.default_width
        self.left, self.right = (0.0, 0.0) if self.above else (left, right)
        self._first = self._fitting()
        self._texts = self._text_lines()
        self.keys = [record[look.key] for record in records]
        self.domain = self._domain()
        self.pitch = self._height_of_one()
        self.height = round(self.pitch * len(self.domain))

    def _fitting(self) -> int:
        """How many columns stand on the line of the name where texts stand above the marks."""
        wanted = max(text_width(record[self._look.name], TEXT_SIZE) for record in self.records)
        spare = self.width - min(wanted, self.width * _NAME_SHARE)
        taken = list(accumulate(each + _NAME_GAP for each in self._widths))
        return sum(each <= spare for each in taken)

    def _text_lines(self) -> int:
        if not self.above:
            return 0
        return 2 if self.detailed or self._first < len(self._widths) else 1

    def _domain(self) -> list[str]:
        domain: list[str] = []
        before = None
        for record in self.records:
            heading = record[self._look.heading] if self._look.heading else None
            if heading != before:
                domain.append(f"\n{heading}\n{len(domain)}")
            before = heading
            domain += [_above(record[self._look.key], line) for line in range(self._texts)]
            domain.append(record[self._look.key])
        return domain

    def _height_of_one(self) -> float:
        high, low, many = self._look.heights
        return _TEXT_LINE if self.above else high if len(self.records) <= many else low

    @property
    def line_height(self) -> float:
        """Height of a line with the texts above it, without headings."""
        return self.pitch * (self._texts + 1)

    def y(self) -> alt.Y:
        """The lines, for marks whose rows hold the key."""
        drawn = self.above or self._look.detail is not None
        axis: dict[str, Any] = {"labels": not drawn, "values": self.keys} if drawn else {}
        axis |= {"grid": self._look.dotted} | ({"gridDash": [1, 3]} if self._look.dotted else {})
        if not drawn and any("\n" in key for key in self.domain):
            bold = alt.when("split(datum.label, '\\n')[0] == ''").then(alt.value("bold"))
            axis |= {
                "labelExpr": "split(datum.label, '\\n')[0] || split(datum.label, '\\n')[1]",
                "labelFontWeight": bold.otherwise(alt.value("normal")),
            }
        return alt.Y(
            f"{self._look.key}:N",
            title=None,
            sort=self.domain,
            scale=alt.Scale(domain=self.domain),
            axis=alt.Axis(ticks=False, domain=False, labelLimit=0, labelOverlap=False, **axis),
        )

    def layers(self, theme: Theme) -> list[alt.Chart]:
        """The names, where the axis does not show them, and the columns.

        Args:
            theme: Colours.

        Returns:
            Layers of text.
        """
        if self.above:
            return self._layers_above(theme)
        names = self._details_beside(theme) if self._look.detail else []
        at = self.width + COLUMN_GAP
        for column, wide in zip(self._look.columns, self._widths, strict=True):
            names.append(self._column(column, theme, self._look.key, at, "left"))
            at += wide + COLUMN_GAP
        return names

    def _details_beside(self, theme: Theme) -> list[alt.Chart]:
        up = _DETAIL_UP if self.detailed else 0.0
        name = Column(field=self._look.name)
        layers = [self._column(name, theme, self._look.key, -_DETAIL_LEFT, "right", fontSize=TEXT_SIZE, yOffset=-up)]
        if self.detailed and self._look.detail:
            detail = Column(field=self._look.detail, muted=True)
            layers.append(self._column(detail, theme, self._look.key, -_DETAIL_LEFT, "right", yOffset=up))
        return layers

    def _layers_above(self, theme: Theme) -> list[alt.Chart]:
        columns = self._look.columns
        parts = columns[: self._first], columns[self._first :]
        layers = []
        if self._look.heading:
            layers.append(self._headings(theme))
        for line, some in enumerate(parts[: self._texts]):
            at = self.width
            for column in reversed(some):
                layers.append(self._column(column, theme, f"line {line}", at, "right"))
                at -= self._widths[columns.index(column)] + _NAME_GAP
            field = self._look.name if line == 0 else self._look.detail
            if field:
                style: dict[str, Any] = {"fontSize": TEXT_SIZE} if line == 0 else {}
                named = Column(field=field, muted=line > 0)
                layers.append(self._column(named, theme, f"line {line}", 0.0, "left", room=at, **style))
        return layers

    def _headings(self, theme: Theme) -> alt.Chart:
        rows = [
            {"line": key, "text": shorten_middle(key.split("\n")[1], self.width, TEXT_SIZE)}
            for key in self.domain
            if key.startswith("\n")
        ]
        mark = alt.Chart(inline(rows), name="headings").mark_text(
            align="left", baseline="middle", fontWeight="bold", fontSize=TEXT_SIZE, color=theme.text, tooltip=None
        )
        layer: alt.Chart = mark.encode(x=alt.value(0), y=self._y("line"), text=alt.Text("text:N"))
        return layer

    def _y(self, field: str) -> alt.Y:
        y = self.y()
        y.shorthand = f"{field}:N"
        return y

    def _column(
        self, column: Column, theme: Theme, at_line: str, at: float, align: str, room: float | None = None, **style: Any
    ) -> alt.Chart:
        """A column of text; `at_line` is the key's field, or the number of a line of text above the marks."""
        size = style.get("fontSize", VALUE_SIZE)
        rows = []
        for record in self.records:
            key = record[self._look.key]
            text = record[column.field]
            row = {"line": _above(key, int(at_line.split()[1])) if at_line.startswith("line ") else key}
            row[column.field] = text if room is None else shorten_middle(text, room, size)
            if column.colour:
                row["colour"] = record[column.colour]
            rows.append(row)
        colour = theme.muted if column.muted else theme.text
        weight: dict[str, Any] = {"fontWeight": 600} if column.bold else {}
        look: dict[str, Any] = {
            "align": align,
            "baseline": "middle",
            "tooltip": None,
            "color": colour,
            **weight,
            **style,
        }
        mark = alt.Chart(inline(rows), name=f"texts of {column.field}").mark_text(**look)
        layer: alt.Chart = mark.encode(x=alt.value(at), y=self._y("line"), text=alt.Text(f"{column.field}:N"))
        if column.colour:
            layer = layer.encode(color=alt.Color(field="colour", type="nominal", scale=None, legend=None))
        return layer


def cut_name(text: str, limit: float = LABEL_LIMIT) -> str:
    """A name as it may stand beside marks.

    Args:
        text: The name.
        limit: Space in pixels.

    Returns:
        The name, cut where it is wider.
    """
    return shorten(text, limit, TEXT_SIZE)


def _widest(records: Sequence[dict[str, Any]], column: Column) -> float:
    return max(text_width(record[column.field], VALUE_SIZE) for record in records) * (_BOLD if column.bold else 1.0)


def _above(key: str, line: int) -> str:
    """The place of a line of text above the marks of a line; no key holds an empty line."""
    return f"{key}\n\n{line}"
