"""The application: the addresses, what they share, and the door before them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from benchdb.errors import BenchdbError
from benchdb.site.server.asking import Asker
from benchdb.site.server.front import Front, Guard
from benchdb.site.server.limits import Limits
from benchdb.site.server.pages import make_page
from benchdb.site.server.pool import Pool
from benchdb.site.server.problems import MEDIA_TYPE, SCHEMA, ProblemError, invalid, problem_of
from benchdb.site.server.routes import ROOT, make_router, row_schemas
from benchdb.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator

    from starlette.requests import Request

_DESCRIPTION = """Answers of a benchdb database, read-only. Every answer names its policy, the level of its intervals and what a reader must
know (`notes`); a missing score is absent, never zero. Keys are text, because they have up to 19 digits. Rows come in pages (`limit`, `offset`,
and the header `Link`). Each answer has an `ETag` that holds until the database changes."""


def make_app(
    target: str | os.PathLike[str] | None, *, limits: Limits | None = None, guard: Guard | None = None
) -> Front:
    """Return the ASGI application of a database.

    Args:
        target: A path, a SQLAlchemy URL, or None for BENCHDB_URL and then ./benchdb.duckdb.
        limits: What one caller may ask for.
        guard: Who may ask.
    """
    asker = Asker(Pool(target), limits or Limits())
    return Front(make_api(asker), asker, guard or Guard())


def make_api(asker: Asker) -> FastAPI:
    """Return the application without the door.

    Args:
        asker: Answers the questions.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        chore = asyncio.create_task(asker.tidy())
        try:
            yield
        finally:
            chore.cancel()
            with suppress(asyncio.CancelledError):
                await chore
            await asyncio.to_thread(asker.close)

    api = FastAPI(
        title="benchdb", version=__version__, summary="Benchmark results of language models, with their uncertainty.",
        description=_DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
    )  # fmt: skip
    api.include_router(make_router(asker))
    api.add_exception_handler(BenchdbError, _problem)
    api.add_exception_handler(HTTPException, _problem)
    api.add_exception_handler(RequestValidationError, _problem)

    async def openapi(_request: Request) -> Response:
        return Response(await asyncio.to_thread(lambda: orjson.dumps(describe(api))), media_type="application/json")

    api.add_route(f"{ROOT}/openapi.json", openapi, methods=["GET"], include_in_schema=False)
    api.add_route("/{path:path}", make_page(asker), methods=["GET"], include_in_schema=False)
    return api


def describe(api: FastAPI) -> dict[str, Any]:
    """Return the description of the API by OpenAPI 3.1.

    Args:
        api: From `make_api`.
    """
    found = api.openapi()
    found["components"] = {"schemas": {"Problem": SCHEMA, **row_schemas()}}
    return found


async def _problem(_request: Request, error: Exception) -> Response:
    if isinstance(error, RequestValidationError):
        problem = invalid(list(error.errors()))
    elif isinstance(error, HTTPException) and error.status_code == 400:
        problem = ProblemError(400, "bad-request", "The body is no JSON.")
    elif isinstance(error, HTTPException):
        problem = ProblemError(404, "no-such-page", f"The API is described at {ROOT}/openapi.json.")
    else:
        problem = problem_of(error)
    return Response(
        orjson.dumps(problem.body()), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers()
    )
