"""The pages of the site from the live database, made when somebody asks for them."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.responses import Response

from benchdb.site.material import Material
from benchdb.site.publication import Publication
from benchdb.site.server.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from benchdb.api import Database
    from benchdb.site.server.asking import Asker

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}
"""Types of the files of a site by their suffix; any other is sent as bytes to be saved."""
API = "api/v1"
"""Where pages ask questions, from the root."""
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_POLICIES = {".html": _PAGE, ".svg": _PICTURE}
"""What a file may load: a page the files beside it, a picture its own styles; any other nothing."""


class Pages:
    """The files of a site by their paths, as the database is now."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._state = ""
        self._publication: Publication | None = None

    def content(self, database: Database, path: str) -> bytes | None:
        """Return what stands at a path; None where nothing does.

        The answers behind the pages are kept until the database changes, and used by one thread at a time.

        Args:
            database: An open database.
            path: A path below the root, without a slash in front.
        """
        with self._guard:
            state = database.state()
            if self._publication is None or state != self._state:
                self._publication = Publication(Material(database, api=API))
                self._state = state
            self._publication.material.database = database
            return self._publication.content(path)


def make_page(asker: Asker) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of every address that is none of the API.

    Args:
        asker: Answers the questions.

    Raises:
        ProblemError: In the handler, if there is no such page.
    """
    pages = Pages()

    async def page(request: Request) -> Response:
        asked = str(request.path_params["path"])
        path = f"{asked}index.html" if not asked or asked.endswith("/") else asked
        content = None if path.startswith("api/") else await asker.ask(lambda database: pages.content(database, path))
        if content is None:
            detail = "The pages start at /, and the API is described at /api/v1/openapi.json."
            raise ProblemError(404, "no-such-page", detail)
        suffix = PurePosixPath(path).suffix
        policy = {"content-security-policy": _POLICIES[suffix]} if suffix in _POLICIES else {}
        return Response(content, media_type=TYPES.get(suffix, "application/octet-stream"), headers=policy)

    return page
