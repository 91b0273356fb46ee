"""The page of one source: what it is, and what it claims."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material

MOST = 500
"""Claims that are listed one by one; of a source with more, models and their numbers of claims."""


def _render(material: Material, key: str) -> str:
    entry = material.sources[key]
    claims = material.claims_of_sources[entry.source_id]
    return render(
        "source.html.j2",
        material,
        PAGE.path.replace("*", key),
        entry=entry,
        claims=claims if len(claims) <= MOST else [],
        n_claims=len(claims),
        counts=sorted(Counter(claim.model for claim in claims).items()),
        files=sorted({(claim.file, claim.importer) for claim in claims}),
    )


PAGE = Page("sources/*.html", _render, lambda material: material.sources)
