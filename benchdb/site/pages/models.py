"""The listing of models, a hundred a page: what a reader without JavaScript pages through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchdb.rows.leaderboard import Standing
    from benchdb.site.material import Material

LINES = 100
"""Models on one page of the listing."""


def _render(material: Material, key: str) -> str:
    number = int(key) if key else 1
    stems = list(material.models)
    n_pages = _n_pages(material)
    standings: dict[str, Standing] = {}
    for standing in material.board.rows if material.board else ():
        standings.setdefault(standing.model, standing)
    shown = stems[LINES * (number - 1) : LINES * number]
    lines = [(stem, material.models[stem], standings.get(material.models[stem].slug)) for stem in shown]
    path = MORE.path.replace("*", key) if key else PAGE.path
    return render("models.html.j2", material, path, lines=lines, number=number, n_pages=n_pages)


def _n_pages(material: Material) -> int:
    return max(1, -(-len(material.models) // LINES))


def _numbers(material: Material) -> Iterable[str]:
    return [str(number) for number in range(2, _n_pages(material) + 1)]


PAGE = Page("models/index.html", _render)
MORE = Page("models/page-*.html", _render, _numbers)
"""The pages after the first."""
