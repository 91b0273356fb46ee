"""JSON as evaluation tools write it, from memory and line by line: bare NaN and Infinity are accepted.

Everything that cannot be read raises `MalformedFileError` with the place. Whole documents are read by `json_files`.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from benchdb.errors import MalformedFileError
from benchdb.ingest.meter import passed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

LONGEST = 1 << 27
"""Bytes of a line, or of a value that is wanted as a whole, at most."""
_COUNTED = 1 << 20


def whole_number(text: str) -> int | float:
    """Return a whole number; one beyond 64 bits is a floating-point number, as orjson has it, so that sums of it are none of ours.

    Args:
        text: Its digits.

    Raises:
        ValueError: If there are too many of them.
    """
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text):,} digits")
    value = int(text)
    return value if -(2**63) <= value < 2**64 else float(text)


_LONGEST_NUMBER = 309
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])


def parse(data: bytes | str, where: str, place: str = "") -> object:
    """Return the value that a JSON text holds; NaN and infinities become the floating-point numbers of that name.

    Args:
        data: The text, with or without a byte-order mark.
        where: The file, for messages.
        place: Place inside it, for messages.

    Raises:
        MalformedFileError: If it is not JSON.
    """
    if isinstance(data, bytes):
        data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        value: object = orjson.loads(data)
    except orjson.JSONDecodeError:
        value = _parse_python(data, where, place)
    return value


def _parse_python(data: bytes | str, where: str, place: str) -> object:
    try:
        value: object = json.loads(data, parse_int=whole_number)
    except (ValueError, RecursionError) as error:
        raise MalformedFileError.at(where, place, f"text that is not ({error})", "JSON") from error
    return value


def parse_object(data: bytes | str, where: str, place: str = "") -> dict[str, Any]:
    """Return the object that a JSON text holds.

    Args:
        data: The text.
        where: The file, for messages.
        place: Place inside it, for messages.

    Raises:
        MalformedFileError: If it is not a JSON object.
    """
    value = parse(data, where, place)
    if not isinstance(value, dict):
        raise MalformedFileError.at(where, place, type(value).__name__, "a JSON object")
    return value


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a JSON Lines file with their line numbers, counted from 1; blank lines are passed over.

    Args:
        path: The file.

    Raises:
        MalformedFileError: If a line is not a JSON object, or longer than `LONGEST`.
    """
    with path.open("rb") as file:
        gone = 0
        for number, line in enumerate(iter(partial(file.readline, LONGEST + 1), b""), start=1):
            if len(line) > LONGEST:
                raise MalformedFileError.too_large(str(path), f"line {number}", LONGEST)
            gone += len(line)
            if gone >= _COUNTED:
                passed(gone)
                gone = 0
            if line.strip():
                yield number, parse_object(line, str(path), f"line {number}")


def unparsed_members(data: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the members of the object that a text holds, each as text that has been checked and not parsed.

    What is found here is found by the slower reader as well, so that nothing broken passes because nobody looked at it.

    Args:
        data: The text, not much longer than `contents.AT_ONCE`.

    Returns:
        Name → JSON; None where the text holds no object or needs the slower and more lenient reader.
    """
    if not _is_utf8(data):
        return None
    try:
        return _MEMBERS.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError):
        return None


def some_members(array: msgspec.Raw, names: Collection[str]) -> list[dict[str, object]] | None:
    """Return the elements of an array of objects, with some of their members and without the others.

    Args:
        array: A member from `unparsed_members`.
        names: Members that are wanted; one that an element lacks is left out.

    Returns:
        None where it is another value, or an element is, or the slower reader is needed.
    """
    try:
        return [
            {name: value_of(each) for name, each in element.items() if name in names}
            for element in _ELEMENTS.decode(array)
        ]
    except (msgspec.MsgspecError, RecursionError, orjson.JSONDecodeError):
        return None


def value_of(text: msgspec.Raw) -> object:
    """Return the value of a member from `unparsed_members`; raises `orjson.JSONDecodeError` where it needs the slower reader.

    Args:
        text: The member.
    """
    value: object = orjson.loads(memoryview(text))
    return value


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
