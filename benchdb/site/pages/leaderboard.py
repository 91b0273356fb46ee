"""The first page: the leaderboard, its first rows and columns without JavaScript, all of it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.names import column_stem
from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material

ROWS = 100
"""Models that the page itself holds; the listing of models holds all."""
COLUMNS = 10
"""Benchmarks that the page itself shows."""


def _render(material: Material, _key: str) -> str:
    board = material.board
    columns = material.columns[:COLUMNS]
    rows = board.rows[:ROWS] if board else ()
    lines = [
        (standing, {column_stem(cell.benchmark, cell.subset): cell for cell in standing.cells}) for standing in rows
    ]
    return render("leaderboard.html.j2", material, PAGE.path, board=board, columns=columns, lines=lines)


PAGE = Page("index.html", _render)
