"""Settings out of nested JSON, by declaration: each field names the paths where a tool writes it, and how to take it.

A path that is absent, null or of another type than expected gives None: the file does not say.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

Converter: TypeAlias = Callable[[object], object]
"""Takes a JSON value and returns what a record holds, or None."""
Table: TypeAlias = Mapping[str, tuple[tuple[str, Converter], ...]]
"""Field of a record → places, the first that says something counts: (dotted path, converter)."""

_OBJECT = (dict, Mapping)
"""Parsed JSON holds plain dicts; asking for them first spares the slow question whether something is any mapping."""
_SIMPLE = (str, int, float)
_SECRET = re.compile(r"(?:^|_)(?:api_?key|token|hf_token|auth_token|password|passwd|secret)$", re.IGNORECASE)


def collect(tree: Mapping[str, object], table: Table) -> dict[str, Any]:
    """Return each field's value, None where the tree does not say.

    Args:
        tree: Nested JSON objects.
        table: Where each field stands.
    """
    found: dict[str, Any] = {}
    for name, places in table.items():
        value = None
        for path, convert in places:
            stated: object = tree
            for step in _steps(path):
                if type(stated) is not dict and not isinstance(stated, _OBJECT):
                    stated = None
                    break
                stated = stated.get(step)
            value = None if stated is None else convert(stated)
            if value is not None:
                break
        found[name] = value
    return found


def at(tree: object, path: str) -> object:
    """Return what stands at a dotted path, or None.

    Args:
        tree: Nested JSON objects.
        path: Names of members, joined by dots.
    """
    for name in _steps(path):
        if type(tree) is not dict and not isinstance(tree, _OBJECT):
            return None
        tree = tree.get(name)
    return tree


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def object_at(tree: object, path: str) -> dict[str, Any]:
    """Return the JSON object at a dotted path, or an empty one.

    Args:
        tree: Nested JSON objects.
        path: Names of members, joined by dots.
    """
    found = at(tree, path)
    return dict(found) if isinstance(found, _OBJECT) else {}


def text(value: object) -> str | None:
    """Return a text, or a number as text; None for anything else and for blanks.

    Args:
        value: A JSON value.
    """
    if type(value) is str:
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, _SIMPLE):
        return None
    return str(value).strip() or None


def number(value: object) -> float | None:
    """Return a finite number, or None.

    Args:
        value: A JSON value; a text counts where it is a number.
    """
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, _SIMPLE):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def count(value: object) -> int | None:
    """Return a whole number from 0 on, or None.

    Args:
        value: A JSON value.
    """
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def positive(value: object) -> int | None:
    """Return a whole number from 1 on, or None.

    Args:
        value: A JSON value.
    """
    return count(value) or None


def integer(value: object) -> int | None:
    """Return a whole number of either sign that fits into 64 bits, or None.

    Args:
        value: A JSON value.
    """
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def moment(value: object) -> datetime | None:
    """Return an aware time from an ISO text with an offset; None without one, since the zone would be a guess.

    Args:
        value: A JSON value.
    """
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def unix_moment(value: object) -> datetime | None:
    """Return an aware time from seconds since 1970, or None.

    Args:
        value: A JSON value.
    """
    found = number(value)
    try:
        return None if found is None else datetime.fromtimestamp(found, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def day(value: object) -> date | None:
    """Return the day of an ISO date or time, or None.

    Args:
        value: A JSON value.
    """
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def without_secrets(value: object) -> object:
    """Return JSON without members whose names speak of keys, tokens and passwords.

    Args:
        value: A JSON value.
    """
    if value is None or isinstance(value, _SIMPLE):
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return {name: without_secrets(each) for name, each in value.items() if not _is_secret(str(name))}
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return _SECRET.search(name) is not None
