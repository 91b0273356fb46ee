r"""LaTeX: a leaderboard as a table in the style of booktabs, with footnotes below; it needs `\\usepackage{booktabs}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.export.contract import Exporter, Needs
from benchdb.export.latex_text import latex_text
from benchdb.export.words import LOST_BY_TABLES, TABLES_KEPT

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.export.contract import PrintedCell, PrintedTable

_START = r"""% Needs \usepackage{booktabs} in the preamble.
\begin{table}
\centering"""


def write(table: PrintedTable, place: Path) -> None:
    """Write a table as LaTeX.

    Args:
        table: The table.
        place: File to make.
    """
    n_numbers = len(table.headings) - table.n_words
    lines = [_START]
    if table.caption is not None:
        lines.append(rf"\caption{{{latex_text(table.caption)}}}")
    lines.append(rf"\begin{{tabular}}{{{'l' * table.n_words}{'r' * n_numbers}}}")
    lines.append(r"\toprule")
    lines.append(_line([latex_text(heading) for heading in table.headings]))
    lines.append(r"\midrule")
    lines += [_line([_cell(cell) for cell in line]) for line in table.lines]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if table.footnotes:
        lines += ["", r"\medskip", r"\begin{minipage}{\linewidth}\footnotesize\raggedright"]
        lines += [f"{_mark(mark)}{latex_text(text)}\\par" for mark, text in table.footnotes]
        lines.append(r"\end{minipage}")
    lines.append(r"\end{table}")
    place.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _line(cells: list[str]) -> str:
    return f"{' & '.join(cells)} \\\\"


def _mark(mark: str) -> str:
    return rf"\textsuperscript{{{mark}}}" if mark else ""


def _cell(cell: PrintedCell) -> str:
    text = latex_text(cell.text)
    if cell.is_best:
        text = rf"\textbf{{{text}}}"
    elif cell.is_second:
        text = rf"\underline{{{text}}}"
    if cell.is_approximate:
        text = rf"$\sim${text}"
    if cell.error is not None:
        text += rf" $\pm$ {latex_text(cell.error)}"
    return text + _mark(cell.mark)


EXPORTER = Exporter(
    name="latex",
    suffix=".tex",
    needs=Needs.TABLE,
    keeps=TABLES_KEPT,
    loses=LOST_BY_TABLES,
    write=write,
    importer="latex-table",
)
