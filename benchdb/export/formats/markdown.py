"""Markdown: a leaderboard as a pipe table with footnotes below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_TABLES, TABLES_KEPT
from benchdb.rows.safe import markdown_cell

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import PrintedCell, PrintedTable


def write(table: PrintedTable, place: Path) -> None:
    """Write a table as Markdown.

    Args:
        table: The table.
        place: File to make.
    """
    n_numbers = len(table.headings) - table.n_words
    lines = [] if table.caption is None else [f"**{markdown_cell(table.caption)}**", ""]
    lines.append(_line([markdown_cell(heading) for heading in table.headings]))
    lines.append(_line([*["---"] * table.n_words, *["---:"] * n_numbers]))
    lines += [_line([_cell(cell) for cell in line]) for line in table.lines]
    for mark, text in table.footnotes:
        lines += ["", f"<sup>{mark}</sup> {markdown_cell(text)}" if mark else _start(markdown_cell(text))]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: PrintedCell) -> str:
    text = f"{chr(92) + '~' if cell.is_approximate else ''}{markdown_cell(cell.text)}"
    if cell.error is not None:
        text += f" ± {cell.error}"
    if cell.is_best:
        text = f"**{text}**"
    elif cell.is_second:
        text = f"<u>{text}</u>"
    return f"{text}<sup>{cell.mark}</sup>" if cell.mark else text


def _start(text: str) -> str:
    """Return a line that begins with a tilde or a dash and is no fence or list."""
    return f"\\{text}" if text.startswith("~") else text


EXPORTER = Exporter(
    name="markdown",
    suffix=".md",
    needs=Needs.TABLE,
    keeps=TABLES_KEPT,
    loses=LOST_BY_TABLES,
    write=write,
    importer="markdown",
)
