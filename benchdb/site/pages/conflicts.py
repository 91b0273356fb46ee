"""Where claims about one score disagree by more than their rounding, the widest apart first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material

MOST = 500
"""Conflicts shown."""


def _render(material: Material, _key: str) -> str:
    found = material.conflicts
    lines = [(row, list(zip(row.values, row.sources, row.score_ids, strict=True))) for row in found.rows[:MOST]]
    return render("conflicts.html.j2", material, PAGE.path, lines=lines, n_found=len(found), notes=found.notes)


PAGE = Page("conflicts.html", _render)
