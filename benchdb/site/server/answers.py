"""Answers as they are sent: a page of rows with what a reader must know, and the schema of each kind of row."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import types
import typing
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchdb.api import Result

_KEY = re.compile(r"(^|_)id(_|$)|^fingerprint$")
_PLAIN: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
}
PLACING = frozenset({"limit", "offset", "after"})
"""Parameters that say which page of an answer is meant."""
HEAD_SCHEMA: dict[str, Any] = {
    "title": {"type": "string", "description": "What it is, in a few words."},
    "notes": {"type": "array", "items": {"type": "string"}, "description": "What a reader must know."},
    "policy": {"type": ["string", "null"], "description": "How claims were chosen; null where nothing was."},
    "level": {"type": ["number", "null"], "description": "Coverage of the intervals; null where there are none."},
    "known_until": {"type": ["string", "null"], "format": "date-time", "description": "The last import or correction that the database knew of."},
    "n_rows": {"type": "integer", "description": "Rows of the whole answer."},
    "offset": {"type": "integer", "description": "Rows passed over."},
}  # fmt: skip
"""JSON schema of what stands beside the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer in full, ready for its pages to be cut from it."""

    head: dict[str, Any]
    """What stands beside the rows."""
    records: list[dict[str, Any]]
    """The rows; keys as text, because many readers of JSON lose the last digits of such numbers."""
    whole: int | None = None
    """Rows of the whole answer, where the records are one page of it."""

    def __len__(self) -> int:
        return len(self.records) if self.whole is None else self.whole


def answer_of(result: Result[Any], *, whole: int | None = None) -> Answer:
    """Return what a question returned, ready to be sent.

    Args:
        result: What a question returned.
        whole: Rows of the whole answer, where this is one page of it.
    """
    keys = [each.name for each in fields(result.row_type) if _KEY.search(each.name)]
    records = result.records()
    for record in records:
        for name in keys:
            if record[name] is not None:
                record[name] = str(record[name])
    found, asked = getattr(result, "answer", None), result.question
    head = {
        "title": result.title,
        "notes": result.notes,
        "policy": getattr(found, "policy", None),
        "level": getattr(found, "level", None),
        "known_until": None if asked is None else asked.known_until,
    }
    return Answer(head=head, records=records, whole=whole)


def page_of(answer: Answer, limit: int, offset: int) -> bytes:
    """Return a page of an answer as JSON; of an answer that is a page all of it.

    Args:
        answer: The answer in full.
        limit: Rows at most.
        offset: Rows to pass over.
    """
    rows = answer.records[offset : offset + limit] if answer.whole is None else answer.records
    return orjson.dumps({**answer.head, "n_rows": len(answer), "offset": offset, "rows": rows})


def links(
    path: str, query: Sequence[tuple[str, str]], n_rows: int, limit: int, offset: int, *, after: str | None = None
) -> str:
    """Return the addresses of the first, previous, next and last page, as the header Link has them (RFC 8288).

    Args:
        path: Path of the request.
        query: Parameters of the request.
        n_rows: Rows of the whole answer.
        limit: Rows of a page.
        offset: Rows passed over.
        after: Key of the last row of the page, by which the next one is found.
    """
    kept = [(name, value) for name, value in query if name not in PLACING]
    last = max(0, (n_rows - 1) // limit * limit)
    places = {"first": 0, "last": last}
    if offset > 0:
        places["prev"] = max(0, min(offset - limit, last))
    if offset + limit < n_rows:
        places["next"] = offset + limit
    beyond = {"next": [("after", after)]} if after is not None else {}
    return ", ".join(
        f'<{path}?{urlencode([*kept, ("limit", limit), ("offset", place), *beyond.get(name, [])])}>; rel="{name}"'
        for name, place in places.items()
    )


def page_schema(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a page.

    Args:
        row: Schema of its rows.
    """
    rows = {"type": "array", "items": row, "description": "The rows of this page."}
    properties = {**HEAD_SCHEMA, "rows": rows}
    return {"type": "object", "required": list(properties), "properties": properties}


def row_schema(row_type: type[Any]) -> dict[str, Any]:
    """Return the JSON schema of a class of rows, with the docstring of each field.

    Args:
        row_type: A dataclass of `benchdb.rows`.
    """
    docs = _field_docs(row_type)
    hints = typing.get_type_hints(row_type, {**vars(inspect.getmodule(row_type)), "date": date, "datetime": datetime})
    properties = {name: _schema_of(name, hint, docs.get(name)) for name, hint in hints.items()}
    return {
        "type": "object",
        "description": inspect.getdoc(row_type),
        "required": list(properties),
        "properties": properties,
    }


def _schema_of(name: str, hint: Any, doc: str | None) -> dict[str, Any]:
    parts = list(typing.get_args(hint)) if isinstance(hint, types.UnionType) else [hint]
    found = dict(_PLAIN[next(part for part in parts if part is not types.NoneType)])
    if _KEY.search(name) and found["type"] == "integer":
        found |= {"type": "string", "pattern": "^-?[0-9]+$"}
    if types.NoneType in parts:
        found["type"] = [found["type"], "null"]
    return found if doc is None else {**found, "description": doc}


def _field_docs(owner: type[Any]) -> dict[str, str]:
    """Return the text that follows each field in the source of a class and its bases."""
    found: dict[str, str] = {}
    for part in reversed(owner.__mro__[:-1]):
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
        body = definition.body if isinstance(definition, ast.ClassDef) else []
        for statement, following in pairwise(body):
            match statement, following:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = " ".join(text.split())
                case _:
                    continue
    return found
