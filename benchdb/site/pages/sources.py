"""The listing of sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    return render("sources.html.j2", material, PAGE.path)


PAGE = Page("sources/index.html", _render)
