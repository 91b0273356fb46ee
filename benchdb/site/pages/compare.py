"""Two models side by side: the browser subtracts, and shows verdicts only where they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    return render("compare.html.j2", material, PAGE.path)


PAGE = Page("compare.html", _render)
