"""Scores over release date and over size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, _key: str) -> str:
    found = {"date": material.trend("date"), "parameters": material.trend("parameters")}
    trends = {by: trend for by, trend in found.items() if trend is not None}
    return render("trends.html.j2", material, PAGE.path, trends=trends)


PAGE = Page("trends.html", _render)
