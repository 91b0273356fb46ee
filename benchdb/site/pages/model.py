"""The page of one model: its facts, its scores, and every claim about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.charts import MOST_SCORES, ONE_MODEL
from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, key: str) -> str:
    entry = material.models[key]
    standings = [row for row in (material.board.rows if material.board else ()) if row.model == entry.slug]
    return render(
        "model.html.j2",
        material,
        PAGE.path.replace("*", key),
        entry=entry,
        standings=standings,
        cells=material.cells_of_models.get(entry.slug, []),
        claims=material.claims_of_models[entry.slug],
        picture=ONE_MODEL,
        most_drawn=MOST_SCORES,
    )


PAGE = Page("models/*.html", _render, lambda material: material.models)
