"""The addresses of the API, made from the tables of `questions`."""

# No postponed annotations: FastAPI reads those of the functions made here.
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import create_model
from starlette.responses import Response

from benchdb.rows.records import Claim
from benchdb.rows.verification import Departure
from benchdb.site.server import parameters as take
from benchdb.site.server.answers import PLACING, Answer, answer_of, links, page_of, page_schema, row_schema
from benchdb.site.server.charts import CHARTS, Chart, served_types
from benchdb.site.server.problems import MEDIA_TYPE, ProblemError
from benchdb.site.server.questions import QUESTIONS, Question
from benchdb.site.server.verifying import verified
from benchdb.version import __version__

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from benchdb.api import Database
    from benchdb.site.server.asking import Asker

JSON = "application/json"
ROOT = "/api/v1"
"""Path of the API."""
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_MEANINGS = {
    400: "An argument cannot be used.",
    404: "A name is unknown, or nothing in the database answers the question.",
    409: "The question has several answers, or its rows do not fit into one chart; a parameter must choose.",
    413: "The request has a body.",
    414: "The address is too long.",
    422: "An argument is missing, unknown or of the wrong type.",
    503: "The database is in use, too many questions wait, or this one takes too long; Retry-After says when to ask again.",
}
_MEANINGS_OF_BODY = {
    400: "The body is no JSON, or no chart of benchdb, or one that cannot be drawn.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "The body is no JSON object.",
}
_LARGEST_KEY = 2**63 - 1


def make_router(asker: "Asker") -> APIRouter:
    """Return every address of the API.

    Args:
        asker: Answers the questions.
    """
    router = APIRouter(prefix=ROOT)
    for question in QUESTIONS:
        handler = _claims_handler(asker, question) if question.name == "claims" else _page_handler(asker, question)
        _add(router, question.name, handler, "Questions", question.summary, page_schema(schema_of(question.rows)))  # fmt: skip
    _add_claims(router, asker)
    for chart in CHARTS:
        summary = f"Vega-Lite: {served_types()[chart.kind]}."
        _add(router, f"charts/{chart.kind}", _chart_handler(asker, chart), "Charts", summary, {"type": "object", "required": ["$schema", "usermeta"]})  # fmt: skip
    _add_verify(router, asker)
    _add_about(router, asker)
    return router


def row_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schema of every class of rows, by its name."""
    return {rows.__name__: row_schema(rows) for rows in (*(question.rows for question in QUESTIONS), Claim, Departure)}


def schema_of(rows: type[Any]) -> dict[str, Any]:
    """Return a reference to the schema of a class of rows.

    Args:
        rows: A dataclass of `benchdb.rows`.
    """
    return {"$ref": f"#/components/schemas/{rows.__name__}"}


def _add(  # noqa: PLR0913 — each is one part of an address
    router: APIRouter,
    name: str,
    handler: "Callable[..., Awaitable[Response]]",
    tag: str,
    summary: str,
    schema: dict[str, Any],
    *,
    method: str = "GET",
) -> None:
    meanings = _MEANINGS if method == "GET" else {**_MEANINGS, **_MEANINGS_OF_BODY}
    answers: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer.", "content": {JSON: {"schema": schema}}},
        **{status: {"description": text, **_PROBLEM} for status, text in meanings.items()},
    }
    router.add_api_route(
        f"/{name}", handler, methods=[method], name=name, operation_id=name.replace("/", "-"), tags=[tag], summary=summary,
        response_class=Response, responses=answers,
    )  # fmt: skip


def _page_handler(asker: "Asker", question: Question) -> "Callable[..., Awaitable[Response]]":
    model: Any = create_model(f"{question.name}_page", __base__=(question.takes, take.Page))

    async def handler(request: Request, asked: Annotated[model, Query()]) -> Response:
        answer = await asker.answer(
            question_key(question, request), lambda database: answer_of(question.ask(database, asked))
        )
        return page_response(request, page_of(answer, asked.limit, asked.offset), len(answer), asked)

    return handler


def _claims_handler(asker: "Asker", question: Question) -> "Callable[..., Awaitable[Response]]":
    """Return the handler of claims, of which there may be millions: the database gives a page, and nothing is kept."""
    model: Any = create_model(f"{question.name}_page", __base__=(question.takes, take.Page))

    async def handler(request: Request, asked: Annotated[model, Query()]) -> Response:
        def count(database: "Database") -> Answer:
            found: Any = question.ask(database, asked, limit=0)
            return answer_of(found, whole=found.answer.n_claims)

        def ask(database: "Database") -> Answer:
            return answer_of(question.ask(database, asked, limit=asked.limit, offset=asked.offset, count=False))

        counted = await asker.answer(question_key(question, request), count)
        found = await asker.ask(ask)
        answer = replace(counted, records=found.records)
        last = answer.records[-1]["score_id"] if answer.records else None
        return page_response(request, page_of(answer, asked.limit, asked.offset), len(answer), asked, after=last)

    return handler


def question_key(question: Question, request: Request) -> "Hashable":
    """Return what tells the question of a request from others, whichever page of its answer is asked for.

    Args:
        question: The question.
        request: The request.
    """
    asked = request.query_params.multi_items()
    return (question.name, *sorted((name, value) for name, value in asked if name not in PLACING))


def page_response(request: Request, body: bytes, n_rows: int, page: take.Page, *, after: str | None = None) -> Response:
    """Return a page with the addresses of its neighbours.

    Args:
        request: The request.
        body: The page.
        n_rows: Rows of the whole answer.
        page: Which rows it has.
        after: Key of its last row, where the next page is found by it.
    """
    asked = request.query_params.multi_items()
    others = links(request.url.path, asked, n_rows, page.limit, page.offset, after=after)
    return Response(body, media_type=JSON, headers={"link": others})


def _chart_handler(asker: "Asker", chart: Chart) -> "Callable[..., Awaitable[Response]]":
    model: Any = create_model(f"{chart.kind}_drawing", __base__=(chart.takes, chart.draws))

    async def handler(asked: Annotated[model, Query()]) -> Response:
        def draw(database: "Database") -> bytes:
            return orjson.dumps(chart.draw(database, asked, asked.options()))

        return Response(await asker.ask(draw), media_type=JSON)

    return handler


def _add_claims(router: APIRouter, asker: "Asker") -> None:

    async def trace(score_id: Annotated[str, Path(pattern=r"^-?[0-9]{1,19}$", description="Key of the claim, as every row that rests on one has it.")]) -> Response:  # fmt: skip
        key = int(score_id)
        if abs(key) > _LARGEST_KEY:
            raise ProblemError(404, "nothing-found", f"There is no claim {key}.")
        answer = await asker.ask(lambda database: answer_of(database.trace(key)))
        body = {**answer.head, "n_rows": 1, "offset": 0, "rows": answer.records}
        return Response(orjson.dumps(body), media_type=JSON)

    _add(router, "trace/{score_id}", trace, "Questions", "One claim and where it stands: run, protocol, source, file, place.", page_schema(schema_of(Claim)))  # fmt: skip


def _add_verify(router: APIRouter, asker: "Asker") -> None:
    async def verify(chart: Annotated[dict[str, Any], Body(description="A Vega-Lite specification with its `usermeta`, as a chart's address or `benchdb chart` gives it.")]) -> Response:  # fmt: skip
        return Response(orjson.dumps(await asker.ask(lambda database: verified(database, chart))), media_type=JSON)

    _add(router, "verify", verify, "Charts", "A chart derived again: what differs from the database, in no rows if nothing does.", page_schema(schema_of(Departure)), method="POST")  # fmt: skip


def _add_about(router: APIRouter, asker: "Asker") -> None:
    async def charts() -> Response:
        return Response(orjson.dumps(served_types()), media_type=JSON)

    async def status() -> Response:
        return Response(orjson.dumps(await asker.ask(_status)), media_type=JSON)

    async def health() -> Response:
        await asker.ask(lambda database: database.state())
        return Response(b'{"status":"ok"}', media_type=JSON, headers={"cache-control": "no-store"})

    kinds = {"type": "object", "additionalProperties": {"type": "string"}}
    _add(router, "charts", charts, "Charts", "The kinds of charts, each with what it shows.", kinds)
    counts = {"type": "object", "required": ["version", "revision", "engine"], "properties": {"version": {"type": "string"}}}  # fmt: skip
    _add(router, "status", status, "About", "What the database holds, and the version of benchdb.", counts)
    alive = {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}
    _add(router, "health", health, "About", "Whether the database can be read now; never cached.", alive)


def _status(database: "Database") -> dict[str, Any]:
    found = database.status()
    counts = {name: getattr(found, name) for name in found.__dataclass_fields__ if name.startswith("n_")}
    return {"version": __version__, "revision": found.revision, "engine": found.engine, **counts}
