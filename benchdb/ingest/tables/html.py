"""Tables in HTML, alone or inside Markdown: which lines hold them, and their cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.tables.spans import Cell, SpannedRow, to_grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.tables.pipes import Grid

_TAG = re.compile(r"<(?P<end>/?)table\b[^>]*>", re.IGNORECASE)
_FENCE = re.compile(r"^(?P<fence>```|~~~).*?^(?P=fence)", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DROPPED = frozenset({"sup", "script", "style", "button", "svg", "table"})


def html_grids(text: str, where: str) -> Iterator[Grid]:
    """Yield the tables of a text, outer ones only; those in code fences and comments do not count.

    Args:
        text: HTML, or Markdown with HTML in it.
        where: The file, for messages.

    Raises:
        MalformedFileError: If a table does not end.
    """
    for start, block in _blocks(_blanked(text), where):
        line = text.count("\n", 0, start)
        rows, n_headings = _rows(block, line, where)
        before = tuple(text[:start].splitlines()[-20:])
        grid = to_grid(rows, n_headings=n_headings, where=where, before=before) if rows else None
        if grid is not None:
            yield grid


def _blanked(text: str) -> str:
    """Return a text of the same lines without code fences and comments."""
    for pattern in (_FENCE, _COMMENT):
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    return text


def _blocks(text: str, where: str) -> Iterator[tuple[int, str]]:
    """Yield position and text of each outer table."""
    depth = start = 0
    for tag in _TAG.finditer(text):
        if not tag["end"]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, text[start : tag.end()]
    if depth:
        raise MalformedFileError.at(
            where, f"line {text.count(chr(10), 0, start) + 1}", "a table without an end", "</table>"
        )


def _rows(block: str, line: int, where: str) -> tuple[list[SpannedRow], int]:
    """Return the rows of a table and how many of them are headings: those of its head, else rows of heading cells, else one."""
    from lxml import etree, html

    try:
        table = html.fragment_fromstring(block)
    except etree.LxmlError as error:
        raise MalformedFileError.at(where, f"line {line + 1}", f"what is not ({error})", "a table in HTML") from error
    rows: list[SpannedRow] = []
    n_in_head = 0
    for row in table.iter("tr"):
        if next(row.iterancestors("table"), None) is not table:
            continue
        cells = tuple(_cell(each) for each in row if each.tag in {"td", "th"})
        if cells:
            n_in_head += next(row.iterancestors("thead"), None) is not None and n_in_head == len(rows)
            rows.append(SpannedRow(line=line + (row.sourceline or 1), cells=cells))
    marked = [all(cell.is_heading for cell in row.cells) for row in rows]
    n_marked = marked.index(False) if False in marked else len(marked)
    return rows, n_in_head or min(max(n_marked, 1), max(len(rows) - 1, 1))


def _cell(element: Any) -> Cell:
    return Cell(
        text=" ".join(_text(element).split()),
        n_columns=_span(element.get("colspan"), 1),
        n_rows=_span(element.get("rowspan"), 1),
        is_heading=element.tag == "th",
    )


def _text(element: Any) -> str:
    """Return the text inside an element without footnote marks; a line break is a space."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _DROPPED:
            parts.append(" " if child.tag in {"br", "p", "div", "li"} else "")
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _span(value: str | None, default: int) -> int:
    found = re.match(r"\s*(\d{1,4})", value or "")
    return int(found[1]) if found else default
