"""Tables drawn with pipes, as in Markdown: which lines hold them, and their cells. Tables inside code fences count as well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import ParsedCell, parse_cell, strip_markup
from benchdb.ingest.tables.fields import heading_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_RULE = re.compile(r"\s*+(?:\|\s*+)?:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+(?:\|\s*+)?")
"""The line below the headings; nothing of it is tried a second time, however many blanks it has."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_PIPE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table."""

    line: int
    """Number of the line in the file, from 1."""
    cells: tuple[str, ...]
    """Its cells as written, as many as the header has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table."""

    line: int
    """Number of the header's line."""
    headers: tuple[str, ...]
    """Headings without markup."""
    keys: tuple[str, ...]
    """Headings in lower case with single underscores."""
    rows: tuple[Row, ...]
    """The lines below the rule."""
    before: tuple[str, ...]
    """The lines between the table before this one and this one."""

    def place(self, row: Row, column: int) -> str:
        """Return where a cell stands.

        Args:
            row: Its line.
            column: Its column.
        """
        return f"line {row.line}, column {self.headers[column] or column + 1}"

    def has_numbers(self, column: int) -> bool:
        """Return whether a column holds at least one number.

        Args:
            column: The column.
        """
        return any(isinstance(parse_cell(row.cells[column]), ParsedCell) for row in self.rows)


def read_grids(text: str, where: str) -> Iterator[Grid]:
    """Yield the tables of a text.

    Args:
        text: The text.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a line has more filled cells than its table has columns.
    """
    lines = [line.removeprefix("```") if line.startswith("```|") else line for line in _LINE_END.split(text)]
    number = start = 0
    while number + 1 < len(lines):
        headers = _cells(lines[number])
        if not _is_header(lines[number], lines[number + 1], headers):
            number += 1
            continue
        end = number + 2
        while end < len(lines) and "|" in lines[end] and lines[end].strip():
            end += 1
        bare = tuple(strip_markup(cell) for cell in headers)
        yield Grid(
            line=number + 1,
            headers=bare,
            keys=tuple(heading_key(cell) for cell in bare),
            rows=tuple(_row(lines[at], at + 1, len(headers), where) for at in range(number + 2, end)),
            before=tuple(lines[start:number]),
        )
        number = start = end


def is_number_free(cells: Sequence[str]) -> bool:
    """Return whether none of some cells holds a number.

    Args:
        cells: The cells.
    """
    return not any(isinstance(parse_cell(cell), ParsedCell) for cell in cells)


def _is_header(line: str, following: str, headers: tuple[str, ...]) -> bool:
    return len(headers) > 1 and "|" in line and "|" in following and _RULE.fullmatch(following) is not None


def _row(line: str, number: int, n: int, where: str) -> Row:
    cells = _cells(line)
    beyond = next((cell for cell in cells[n:] if cell), None)
    if beyond is not None:
        raise MalformedFileError.at(
            where, f"line {number}", f'"{beyond}" beyond the last column', f"at most {n} cells, as in the header"
        )
    return Row(line=number, cells=(*cells, *[""] * (n - len(cells)))[:n])


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return tuple(cell.strip().replace("\\|", "|") for cell in _PIPE.split(inner))
