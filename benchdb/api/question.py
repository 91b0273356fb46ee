"""A question as it was asked: enough to ask it again, and to say what the database knew when it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Select


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call of a method of `benchdb.Database`."""

    method: str
    """Name of the method."""
    positional: tuple[Any, ...] = ()
    """Arguments by position."""
    keywords: dict[str, Any] = field(default_factory=dict)
    """Arguments by keyword, those that differ from the defaults."""
    known_until: datetime | None = None
    """The last import or correction that the database knew of; None for an empty one."""

    def to_json(self) -> dict[str, Any]:
        """Return the question as plain values; moments and days are ISO text."""
        return {
            "method": self.method,
            "positional": [_plain(value) for value in self.positional],
            "keywords": {name: _plain(value) for name, value in self.keywords.items()},
            "known_until": None if self.known_until is None else self.known_until.isoformat(),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Question:
        """Return the question that `to_json` wrote.

        Args:
            found: Plain values from a file, which may be anything.

        Raises:
            ConfigError: If they are no question.
        """
        try:
            known_until = found.get("known_until")
            return cls(
                method=str(found["method"]),
                positional=tuple(found["positional"]),
                keywords={str(name): _read(name, value) for name, value in found["keywords"].items()},
                known_until=None if known_until is None else datetime.fromisoformat(known_until),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"the question noted there cannot be read ({error}); draw the chart again") from error


def known_until(connection: Connection) -> datetime | None:
    """Return the moment of the last import or correction that a database knows of.

    Args:
        connection: An open connection.
    """
    moments = [moment for moment in connection.execute(_select_moments()).one() if moment is not None]
    return max(moments, default=None)


@cache
def _select_moments() -> Select[Any]:
    from sqlalchemy import func, select

    from benchdb.query.tables import CORRECTION, INGEST

    imported = select(func.max(INGEST.c.ingested_at)).scalar_subquery()
    decided = select(func.max(CORRECTION.c.decided_at)).scalar_subquery()
    return select(imported, decided)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value


def _read(name: str, value: Any) -> Any:
    from benchdb.api.filters import Asked

    kind = str(Asked.__annotations__.get(name, ""))
    if isinstance(value, str) and "datetime" in kind:
        return datetime.fromisoformat(value)
    if isinstance(value, str) and "date" in kind:
        return date.fromisoformat(value)
    return value
