"""Two to six models side by side: the browser subtracts, and shows verdicts only where they were computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.site.page import Page
from benchdb.site.rendering import render

if TYPE_CHECKING:
    from benchdb.rows.comparison import Difference
    from benchdb.site.material import Material

_OPPOSITE = {"better": "worse", "worse": "better"}


def _render(material: Material, _key: str) -> str:
    rows = material.verdicts.rows if material.verdicts else ()
    names: dict[str, str] = {}
    pairs: dict[tuple[str, str], tuple[Difference, float, str]] = {}
    for row in rows:
        names |= {row.model_a: row.model_name_a, row.model_b: row.model_name_b}
        if row.benchmark is None:
            turned = _OPPOSITE.get(row.verdict, row.verdict)
            pairs[row.model_a, row.model_b] = (row, row.difference, row.verdict)
            pairs[row.model_b, row.model_a] = (row, 0.0 - row.difference, turned)
    return render(
        "compare.html.j2",
        material,
        PAGE.path,
        names={
            label: names[label]
            for label in (material.verdicts.answer.models if material.verdicts else ())
            if label in names
        },
        pairs=pairs,
        chosen=_chosen(material),
        notes=material.verdicts.answer.notes if material.verdicts else (),
    )


def _chosen(material: Material) -> str:
    """Return in a sentence which models are judged on what."""
    if material.board is None or material.verdicts is None:
        return ""
    is_ranked = bool(material.board.rows) and material.board.rows[0].rank is not None
    models = "The models ranked first" if is_ranked else "The models with the most scores"
    n_benchmarks = len({row.benchmark for row in material.verdicts.rows} - {None})
    benchmarks = "1 benchmark" if n_benchmarks == 1 else f"{n_benchmarks} benchmarks"
    return f"{models} on the {benchmarks} that most models have, judged together."


PAGE = Page("compare.html", _render)
