"""Where claims about one score disagree, the widest apart first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.rows.leaderboard import Cell
    from benchdb.site.material import Material

MOST = 500
"""Conflicts shown."""


def _render(material: Material, _key: str) -> str:
    cells = material.board.cells if material.board else ()
    found = sorted((cell for cell in cells if cell.greatest > cell.least), key=_order)
    n_several = sum(cell.n_claims > 1 for cell in cells)
    return render("conflicts.html.j2", material, PAGE.path, cells=found[:MOST], n_found=len(found), n_several=n_several)


def _order(cell: Cell) -> tuple[bool, float, str, str, str]:
    spread = cell.greatest - cell.least
    apart = spread / cell.stderr if cell.stderr else spread
    return (cell.stderr is None, -apart, cell.model, cell.variant or "", cell.benchmark)


PAGE = Page("conflicts.html", _render)
