"""The page of one benchmark: its facts and the models on it, ranked, with what stands behind each score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.charts import picture_of_benchmark
from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.site.material import Material


def _render(material: Material, key: str) -> str:
    entry = material.benchmarks[key]
    board = material.board_of(entry.slug)
    claims = material.claims_of_benchmarks[entry.slug]
    sources = {claim.source_id: claim for claim in claims}
    return render(
        "benchmark.html.j2",
        material,
        PAGE.path.replace("*", key),
        entry=entry,
        board=board,
        columns=board.answer.benchmarks if board else (),
        lines=[(row, {(cell.benchmark, cell.subset): cell for cell in row.cells}) for row in board] if board else [],
        sources=list(sources.values()),
        n_claims=len(claims),
        unranked=[claim for claim in claims if claim.is_chosen] if board is None else [],
        picture=picture_of_benchmark(material, key),
    )


PAGE = Page("benchmarks/*.html", _render, lambda material: material.benchmarks)
