"""What is known and what is missing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    cells = material.board.cells if material.board else ()
    kinds = Counter(cell.evidence for cell in cells)
    return render("coverage.html.j2", material, PAGE.path, n_cells=len(cells), evidence=kinds.most_common())


PAGE = Page("coverage.html", _render)
