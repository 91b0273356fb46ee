"""Words of an address: names, days, moments and flags, each with its bounds."""

# No postponed annotations: pydantic reads them while the classes are made.
import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from benchdb.site.server.limits import NAME_LENGTH, NAMES

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value) is None:
        message = "expected a day such as 2025-03-25"
        raise ValueError(message)
    return value


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = f"{value}T00:00:00Z" if _DAY.fullmatch(value) else value
    try:
        found = datetime.fromisoformat(text)
        moment = found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        message = "expected a day, or a moment with its zone such as 2025-03-25T12:00:00Z"
        raise ValueError(message)
    return moment


def _flag(value: object) -> object:
    if value not in {"true", "false", True, False}:
        message = "expected true or false"
        raise ValueError(message)
    return value in {"true", True}


Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH, pattern=r"^[^\x00]*$")]
MaybeEmpty = Annotated[str, StringConstraints(max_length=NAME_LENGTH, pattern=r"^[^\x00]*$")]
Names = Annotated[list[Name], Field(max_length=NAMES)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
