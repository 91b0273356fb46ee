"""How the numbers were chosen, what they rest on, and where they can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.data import packed
from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    return render(
        "about.html.j2",
        material,
        PAGE.path,
        claims_csv=f"data/claims.csv{packed(material.answer)}",
        scores_csv=f"data/scores.csv{packed(material.board)}" if material.board else None,
    )


PAGE = Page("about.html", _render)
