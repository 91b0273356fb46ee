"""The pictures of a site: specifications that `benchdb verify` can derive again, for light and for dark pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from benchdb.api import drawn_json
from benchdb.errors import ChartError
from benchdb.site.data import as_script
from benchdb.site.material import MOST_DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchdb.api import Leaderboard, Result
    from benchdb.site.material import Material

THEMES = ("light", "dark")
"""Themes that each picture is drawn in."""
_DRAWABLE = 60
"""Models that a picture of one benchmark shows at most."""


def picture_of_benchmark(material: Material, stem: str) -> str | None:
    """Return the name of a benchmark's picture; None where there is none.

    Args:
        material: What the site is made from.
        stem: Name of the benchmark's page.
    """
    board = material.board_of(material.benchmarks[stem].slug)
    if board is None or not board.answer.common or not 1 < len(board) <= _DRAWABLE:
        return None
    return f"benchmarks/{stem}"


def pictures(material: Material) -> Iterator[tuple[str, Callable[[str], Any]]]:
    """Yield the name of each picture with the function that draws it in a theme.

    Args:
        material: What the site is made from.
    """
    fixed: dict[str, tuple[Result[Any] | None, dict[str, Any]]] = {
        "leaderboard": (material.drawn_board, _options_of(material.drawn_board)),
        "pairs": (material.verdicts, {"kind": "matrix"}),
        "coverage": (material.coverage, {}),
        "trend-date": (material.trend("date"), {}),
        "trend-parameters": (material.trend("parameters"), {}),
    }
    for name, (result, options) in fixed.items():
        if result is not None:
            yield name, _drawing(result, options)
    for stem, entry in material.benchmarks.items():
        board = material.board_of(entry.slug)
        picture = picture_of_benchmark(material, stem)
        if board is not None and picture is not None:
            yield picture, _drawing(board, {"kind": "leaderboard", "scores": False})


def files_of(name: str, draw: Callable[[str], Any]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one picture: in each theme its specification, and the script that brings it to a page.

    Args:
        name: Name of the picture.
        draw: Draws it in a theme.
    """
    for theme in THEMES:
        suffix = "" if theme == "light" else f".{theme}"
        try:
            specification = drawn_json(partial(draw, theme))
        except ChartError:
            return
        yield f"charts/{name}{suffix}.vl.json", f"{specification}\n".encode()
        yield f"charts/{name}{suffix}.js", as_script(f"charts/{name}{suffix}", specification)


def _options_of(board: Leaderboard | None) -> dict[str, Any]:
    if board is None or not board.answer.common:
        return {"kind": "heat-map"}
    return {"kind": "leaderboard", "most": MOST_DRAWN}


def _drawing(result: Result[Any], options: dict[str, Any]) -> Callable[[str], Any]:
    return lambda theme: result.chart(theme=theme, **options)
