"""Tables whose cells may cover several rows or columns, laid out as plain grids of text."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import strip_markup
from benchdb.ingest.tables.fields import heading_key
from benchdb.ingest.tables.pipes import Grid, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchdb.ingest.tables.claims import Claim, Stated

_DESCRIPTIONS = re.compile(
    r"(?:total |avg\.? |average )?(?:cost|price|type|year|venue|date|time|latency|speed|flops|context length|# ?tokens?)s?(?: \([^()]*\))?|"
    r".*\((?:k?W|[kMG]Wh|GPU hours?|hours?|h|s|ms|GB|MB|tons[^()]*|\$[^()]*|USD)\)",
    re.IGNORECASE,
)
MOST_SPANNED = 1000
"""Rows or columns that one cell may cover; a greater number is a mistake of the file."""
MOST_PLACES = 4_000_000
"""Rows times columns of a table, at most; the largest tables that fit into a file of 16 MiB have some two millions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as written."""

    text: str
    """Its text, without markup."""
    n_columns: int = 1
    """Columns it covers."""
    n_rows: int = 1
    """Rows it covers; 0 covers all that follow."""
    is_heading: bool = False
    """Whether it is marked as a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpannedRow:
    """One row as written: cells that an earlier row covers are not in it."""

    line: int
    """Number of its line in the file, from 1."""
    cells: tuple[Cell, ...]
    """Its cells."""


def to_grid(rows: Sequence[SpannedRow], *, n_headings: int, where: str, before: tuple[str, ...] = ()) -> Grid | None:
    """Return a table as a plain grid, or None for one without rows below its headings.

    A text that covers several rows stands in each of them; one that covers several columns stands in each of them where it is a
    heading, and in the first one else. Headings of several rows are joined from the top down; an empty first row of headings
    says nothing.

    Args:
        rows: The rows.
        n_headings: Rows of headings at the top.
        where: The file, for messages.
        before: Lines before the table.

    Raises:
        MalformedFileError: If it has too many places: a row of a million cells among a thousand rows, or cells that cover a thousand.
    """
    texts = _lay_out(rows, n_headings, where)
    width = max((len(each) for each in texts), default=0)
    if width < 2 or len(texts) <= n_headings:
        return None
    padded = [(*each, *[""] * (width - len(each))) for each in texts]
    headers = tuple(_joined([row[column] for row in padded[:n_headings]]) for column in range(width))
    kept = [column for column in range(width) if headers[column] or any(row[column] for row in padded[n_headings:])]
    return Grid(
        line=rows[0].line,
        headers=tuple(headers[column] for column in kept),
        keys=tuple(heading_key(headers[column]) for column in kept),
        rows=tuple(
            Row(line=row.line, cells=tuple(cells[column] for column in kept))
            for row, cells in zip(rows[n_headings:], padded[n_headings:], strict=True)
        ),
        before=before,
    )


def claims_of(grid: Grid, stated: Stated) -> Iterator[Claim]:
    """Yield the claims of a table; columns that describe a model, such as its cost or year, are passed over.

    Args:
        grid: The table.
        stated: What the user states.

    Raises:
        MalformedFileError: If a cell is no number, or a metric or unit is not stated.
    """
    from benchdb.ingest.tables.grids import read_grid
    from benchdb.ingest.tables.layouts import MODEL_KEYS, Layout, layout_of

    layout = layout_of(grid, stated)
    if layout is None or layout is Layout.HARNESS:
        return
    ignored = [header for header in grid.headers if _DESCRIPTIONS.fullmatch(header)]
    mapped = {**stated.mapped, "ignore": ",".join(filter(None, (stated.mapped.get("ignore"), *ignored)))}
    models = [header for header, key in zip(grid.headers, grid.keys, strict=True) if key in MODEL_KEYS]
    if models:
        mapped.setdefault("model", models[0])
    yield from read_grid(grid, layout, replace(stated, mapped=mapped))


def _lay_out(rows: Sequence[SpannedRow], n_headings: int, where: str) -> list[list[str]]:
    """Return the text of every place of a table."""
    open_cells: dict[int, tuple[int, str]] = {}
    texts: list[list[str]] = []
    width = 0
    for number, row in enumerate(rows):
        line: list[str] = []
        waiting, last = deque(row.cells), max(open_cells, default=-1)
        while waiting or len(line) <= last:
            column = len(line)
            if column in open_cells:
                left, text = open_cells.pop(column)
                line.append(text)
                if left > 1:
                    open_cells[column] = (left - 1, text)
                continue
            if not waiting:
                line.append("")
                continue
            _place(waiting.popleft(), line, open_cells, repeats=number < n_headings, n_left=len(rows) - number)
            _require_room(rows, len(line), where)
        texts.append(line)
        width = max(width, len(line))
    _require_room(rows, width, where)
    return texts


def _require_room(rows: Sequence[SpannedRow], width: int, where: str) -> None:
    if width * len(rows) > MOST_PLACES:
        found = f"a table of {len(rows):,} rows and {width:,} columns or more"
        raise MalformedFileError.at(where, f"line {rows[0].line}", found, f"at most {MOST_PLACES:,} places in it")


def _place(cell: Cell, line: list[str], open_cells: dict[int, tuple[int, str]], *, repeats: bool, n_left: int) -> None:
    n_rows = min(cell.n_rows or n_left, MOST_SPANNED)
    for offset in range(max(1, min(cell.n_columns, MOST_SPANNED))):
        text = cell.text if repeats or offset == 0 else ""
        if n_rows > 1:
            open_cells.setdefault(len(line), (n_rows - 1, text))
        line.append(text)


def _joined(parts: Sequence[str]) -> str:
    """Return headings from the top down as one, each text once."""
    return " ".join(dict.fromkeys(text for part in parts if (text := strip_markup(part))))
