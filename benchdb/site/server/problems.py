"""What goes wrong, as RFC 9457 has it: one JSON object that says what, and never a traceback, a path or a statement."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from benchdb.errors import (
    AmbiguousQueryError,
    BenchdbError,
    ChartError,
    DatabaseBusyError,
    DatabaseError,
    EmptyResultError,
    UnknownNameError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("benchdb.serve")
TITLES = {
    "bad-request": "The request cannot be read",
    "unknown-name": "The database has no such name",
    "nothing-found": "Nothing in the database answers this question",
    "no-such-page": "There is no such page",
    "read-only": "This server only reads",
    "ambiguous": "The question has several answers",
    "not-drawable": "These rows do not fit into one chart",
    "bad-chart": "The chart cannot be checked",
    "too-large": "The request is too large",
    "wrong-type": "The body is of another type than this address takes",
    "wrong-host": "The request names a host that this server is not",
    "bad-arguments": "An argument cannot be used",
    "busy": "The database is in use",
    "overloaded": "Too many questions wait for an answer",
    "too-long": "The question takes too long",
    "unavailable": "The database cannot be read",
    "fault": "benchdb met something it did not expect",
}
"""Every kind of problem with its title."""
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": f"Kind of problem, as `urn:benchdb:problem:KIND`; KIND is {', '.join(TITLES)}."},
        "title": {"type": "string", "description": "The kind in words."},
        "status": {"type": "integer", "description": "Status code of HTTP."},
        "detail": {"type": "string", "description": "What was wrong with this request, and what to do."},
        "suggestions": {"type": "array", "items": {"type": "string"}, "description": "Names that were probably meant."},
        "errors": {
            "type": "array",
            "description": "Each argument that cannot be used.",
            "items": {
                "type": "object",
                "required": ["parameter", "message"],
                "properties": {"parameter": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}  # fmt: skip
"""JSON schema of a problem."""


_KINDS: dict[type[Exception], tuple[int, str]] = {
    EmptyResultError: (404, "nothing-found"),
    AmbiguousQueryError: (409, "ambiguous"),
    ChartError: (409, "not-drawable"),
}


class ProblemError(BenchdbError):
    """A request that gets a problem for an answer."""

    def __init__(self, status: int, kind: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.retry_after = more.pop("retry_after", None)
        self.allow = more.pop("allow", None)
        self.more = more

    @classmethod
    def not_allowed(cls, *methods: str) -> ProblemError:
        """Return the problem of a method that an address does not take.

        Args:
            *methods: Those that it takes.
        """
        return cls(405, "read-only", f"Ask with {' or '.join(methods)}.", allow=", ".join(methods))

    @classmethod
    def overloaded(cls) -> ProblemError:
        """Return the problem of a server with too many questions."""
        return cls(503, "overloaded", "Ask again in a few seconds.", retry_after=5)

    @classmethod
    def too_long(cls, seconds: float) -> ProblemError:
        """Return the problem of a question that was stopped.

        Args:
            seconds: The time it had.
        """
        detail = f"It was stopped after {seconds:g} seconds. Narrow it with filters, or ask again when the server is less busy."
        return cls(503, "too-long", detail, retry_after=30)

    def body(self) -> dict[str, Any]:
        """Return the object that is sent."""
        return {
            "type": f"urn:benchdb:problem:{self.kind}",
            "title": TITLES[self.kind],
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }

    def headers(self) -> dict[str, str]:
        """Return the headers that go with it."""
        found = {"retry-after": self.retry_after, "allow": self.allow}
        return {name: str(value) for name, value in found.items() if value is not None}


def problem_of(error: Exception) -> ProblemError:
    """Return the problem that an exception is for the caller; what nobody expected is logged.

    Args:
        error: Anything that a question raised.
    """
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, DatabaseError):
        return _unreadable(error)
    if isinstance(error, UnknownNameError):
        detail = str(error).partition(" List them: ")[0]
        return ProblemError(404, "unknown-name", detail, suggestions=list(error.suggestions))
    if isinstance(error, BenchdbError):
        status, kind = _KINDS.get(type(error), (400, "bad-arguments"))
        return ProblemError(status, kind, str(error))
    _LOG.error("A question failed.", exc_info=error)
    return ProblemError(500, "fault", "Whoever runs this server finds the reason in its log.")


def _unreadable(error: DatabaseError) -> ProblemError:
    if isinstance(error, DatabaseBusyError):
        return ProblemError(503, "busy", "Another program writes to it. Ask again in a few seconds.", retry_after=5)
    _LOG.error("%s", error)
    return ProblemError(503, "unavailable", "Whoever runs this server finds the reason in its log.", retry_after=60)


def invalid(errors: list[Mapping[str, Any]]) -> ProblemError:
    """Return the problem of arguments that do not fit their types.

    Args:
        errors: As pydantic reports them.
    """
    found = [
        {"parameter": ".".join(str(part) for part in each["loc"][1:]) or "query", "message": str(each["msg"])}
        for each in errors[:20]
    ]
    detail = "; ".join(f"{each['parameter']}: {each['message']}" for each in found)
    return ProblemError(422, "bad-arguments", detail, errors=found)
