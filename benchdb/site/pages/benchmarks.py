"""The listing of benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    return render("benchmarks.html.j2", material, PAGE.path)


PAGE = Page("benchmarks/index.html", _render)
