"""HTML: a leaderboard as a table element with its footnotes, to be put into a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.words import LOST_BY_TABLES, TABLES_KEPT
from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import PrintedCell, PrintedTable


def write(table: PrintedTable, place: Path) -> None:
    """Write a table as HTML without scripts, styles or links.

    Args:
        table: The table.
        place: File to make.
    """
    lines = ['<table class="benchdb">']
    if table.caption is not None:
        lines.append(f"<caption>{_text(table.caption)}</caption>")
    headings = "".join(f'<th scope="col">{_text(heading)}</th>' for heading in table.headings)
    lines.append(f"<thead><tr>{headings}</tr></thead>")
    lines.append("<tbody>")
    for name, *cells in table.lines:
        rest = "".join(f"<td>{_cell(cell)}</td>" for cell in cells)
        lines.append(f'<tr><th scope="row">{_cell(name)}</th>{rest}</tr>')
    lines.append("</tbody>")
    if table.footnotes:
        notes = "".join(
            f"<p>{f'<sup>{mark}</sup> ' if mark else ''}{_text(text)}</p>" for mark, text in table.footnotes
        )
        lines.append(f'<tfoot><tr><td colspan="{len(table.headings)}">{notes}</td></tr></tfoot>')
    lines.append("</table>")
    place.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _text(text: str) -> str:
    return escape(visible(text))


def _cell(cell: PrintedCell) -> str:
    text = f"{'~' if cell.is_approximate else ''}{_text(cell.text)}"
    if cell.error is not None:
        text += f" ± {cell.error}"
    if cell.is_best:
        text = f"<strong>{text}</strong>"
    elif cell.is_second:
        text = f"<u>{text}</u>"
    return f"{text}<sup>{cell.mark}</sup>" if cell.mark else text


EXPORTER = Exporter(
    name="html",
    suffix=".html",
    needs=Needs.TABLE,
    keeps=TABLES_KEPT,
    loses=LOST_BY_TABLES,
    write=write,
    importer="html-table",
)
