"""A whole site as paths and their contents: what a build writes and a server answers."""

from __future__ import annotations

from functools import cached_property, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from benchdb.api import chart_library
from benchdb.site import data
from benchdb.site.charts import drawing, files_in, files_of, picture_at, picture_names
from benchdb.site.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from benchdb.site.material import Material

STATIC = ("site.css", "core.js", "leaderboard.js", "compare.js", "icon.svg")
"""Files that ship with the package as they are."""


class Publication:
    """The files of a site. The same answers give the same bytes."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self._tables: dict[str, pa.Table] = {}

    def paths(self) -> Iterator[str]:
        """Yield the path of every page, script, style, picture and download."""
        for page in PAGES:
            yield from page.paths(self.material)
        yield from self._files
        for path, _content in self.charts():
            yield path

    def content(self, path: str) -> bytes | None:
        """Return what stands at a path; None where nothing does.

        Args:
            path: A path below the site's folder, with slashes: "models/index.html".
        """
        text = self.page(path)
        if text is not None:
            return text.encode()
        if path in self._files:
            return self._files[path]()
        if path.startswith("charts/"):
            return self._chart(path)
        return None

    def page(self, path: str) -> str | None:
        """Return the text of a page; None where there is none.

        Args:
            path: Its path.
        """
        for page in PAGES:
            key = page.key_of(path)
            if key is not None and key in page.keys(self.material):
                return page.render(self.material, key)
        return None

    def charts(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the content of every file of a picture."""
        for name in picture_names(self.material):
            draw = drawing(self.material, name)
            if draw is not None:
                yield from files_of(name, draw)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path and the content of every file of the site, pages first."""
        for page in PAGES:
            for key in page.keys(self.material):
                yield page.path.replace("*", key), page.render(self.material, key).encode()
        for path, content in self._files.items():
            yield path, content()
        yield from self.charts()

    def _chart(self, path: str) -> bytes | None:
        found = picture_at(path)
        draw = None if found is None else drawing(self.material, found[0])
        if found is None or draw is None:
            return None
        return dict(files_in(found[0], draw, found[1])).get(path)

    @cached_property
    def _files(self) -> dict[str, Callable[[], bytes]]:
        material = self.material
        shipped = files("benchdb.site") / "static"
        found: dict[str, Callable[[], bytes]] = {f"static/{name}": (shipped / name).read_bytes for name in STATIC}
        found["static/vega.js"] = lambda: chart_library().encode()
        found["data/board.js"] = lambda: data.board_data(material)
        found["data/verdicts.js"] = lambda: data.verdict_data(material)
        for name, result in (("claims", material.answer), ("scores", material.board)):
            if result is not None:
                suffix = data.packed(result)
                found[f"data/{name}.csv{suffix}"] = partial(self._csv, name, is_packed=bool(suffix))
                found[f"data/{name}.parquet"] = partial(self._parquet, name)
        return found

    def _csv(self, name: str, *, is_packed: bool) -> bytes:
        return data.as_csv(self._table(name), is_packed=is_packed)

    def _parquet(self, name: str) -> bytes:
        content = data.as_parquet(self._table(name))
        self._tables.pop(name)  # written last; a table of a large site is large
        return content

    def _table(self, name: str) -> pa.Table:
        result: Any = self.material.answer if name == "claims" else self.material.board
        if name not in self._tables:
            self._tables[name] = result.to_arrow()
        return self._tables[name]
