"""The pictures of a site: specifications that `benchdb verify` can derive again, for light and for dark pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from benchdb.api import drawn_json, frame_of_one_model
from benchdb.errors import ChartError
from benchdb.site.data import as_script
from benchdb.site.material import MOST_DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.api import Leaderboard, Result
    from benchdb.site.material import Material

THEMES = ("light", "dark")
"""Themes that each picture is drawn in, the plain one first."""
ONE_MODEL = "model"
"""Picture of the scores of any one model, whose page puts the numbers of its own table in."""
MOST_SCORES = 60
"""Scores that it shows at most."""
Drawing = Callable[[str], Any]
"""Draws a picture in a theme."""


def picture_of_benchmark(material: Material, stem: str) -> str | None:
    """Return the name of a benchmark's picture; None where there is none.

    Args:
        material: What the site is made from.
        stem: Name of the benchmark's page.
    """
    return f"benchmarks/{stem}" if material.is_drawn(material.benchmarks[stem].slug) else None


_FIXED: dict[str, Callable[[Material], tuple[Result[Any] | None, dict[str, Any]]]] = {
    "leaderboard": lambda material: (material.drawn_board, _options_of(material.drawn_board)),
    "pairs": lambda material: (material.verdicts, {"kind": "matrix"}),
    "coverage": lambda material: (material.coverage, {}),
    "trend-date": lambda material: (material.trend("date"), {}),
    "trend-parameters": lambda material: (material.trend("parameters"), {}),
}


def picture_names(material: Material) -> Iterator[str]:
    """Yield the names of the pictures that a site may have.

    Args:
        material: What the site is made from.
    """
    yield from _FIXED
    if material.cells_of_models:
        yield ONE_MODEL
    for stem in material.benchmarks:
        picture = picture_of_benchmark(material, stem)
        if picture is not None:
            yield picture


def drawing(material: Material, name: str) -> Drawing | None:
    """Return the function that draws a picture in a theme; None where there is no such picture.

    Args:
        material: What the site is made from.
        name: Name of the picture. Nothing is asked for any other one.
    """
    result: Result[Any] | None
    if name == ONE_MODEL:
        return frame_of_one_model if material.cells_of_models else None
    if name in _FIXED:
        result, options = _FIXED[name](material)
    else:
        stem = name.removeprefix("benchmarks/")
        if stem not in material.benchmarks or picture_of_benchmark(material, stem) != name:
            return None
        result, options = material.board_of(material.benchmarks[stem].slug), {"kind": "leaderboard", "scores": False}
    return None if result is None else lambda theme: result.chart(theme=theme, **options)


def files_of(name: str, draw: Drawing) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one picture in all themes.

    Args:
        name: Name of the picture.
        draw: Draws it in a theme.
    """
    for theme in THEMES:
        yield from files_in(name, draw, theme)


def files_in(name: str, draw: Drawing, theme: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of one picture in a theme: its specification, and the script that brings it to a page.

    Args:
        name: Name of the picture.
        draw: Draws it in a theme.
        theme: One of `THEMES`.
    """
    suffix = "" if theme == THEMES[0] else f".{theme}"
    try:
        specification = drawn_json(partial(draw, theme))
    except ChartError:
        return
    yield f"charts/{name}{suffix}.vl.json", f"{specification}\n".encode()
    yield f"charts/{name}{suffix}.js", as_script(f"charts/{name}{suffix}", specification)


def picture_at(path: str) -> tuple[str, str] | None:
    """Return the name and the theme of the picture that a file belongs to; None for a path of another kind.

    Args:
        path: A path below the site's folder: "charts/coverage.dark.vl.json".
    """
    for kind in (".vl.json", ".js"):
        if path.startswith("charts/") and path.endswith(kind):
            name = path.removeprefix("charts/").removesuffix(kind)
            theme = next((theme for theme in THEMES[1:] if name.endswith(f".{theme}")), THEMES[0])
            return name.removesuffix(f".{theme}"), theme
    return None


def _options_of(board: Leaderboard | None) -> dict[str, Any]:
    if board is None or not board.answer.common:
        return {"kind": "heat-map"}
    return {"kind": "leaderboard", "most": MOST_DRAWN}
