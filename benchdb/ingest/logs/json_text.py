"""JSON as evaluation tools write it: bare NaN and Infinity are accepted, big files are read piece by piece.

Everything that cannot be read raises `MalformedFileError` with the place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import is_small, read_bytes
from benchdb.ingest.meter import passed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path
    from typing import TextIO

PIECE = 1 << 20
"""Characters read at a time."""


def _whole_number(text: str) -> int | float:
    """Return a whole number; one beyond 64 bits is a floating-point number, as orjson has it, so that sums of it are none of ours."""
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text):,} digits")
    value = int(text)
    return value if -(2**63) <= value < 2**64 else float(text)


_LONGEST_NUMBER = 309
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_DECODER = json.JSONDecoder(parse_int=_whole_number)
_BLANK = " \t\n\r"
_ENDS = frozenset(f"{_BLANK},:]}}")


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
        value: object = json.loads(data, parse_int=_whole_number)
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
        MalformedFileError: If a line is not a JSON object.
    """
    with path.open("rb") as file:
        gone = 0
        for number, line in enumerate(file, start=1):
            gone += len(line)
            if gone >= PIECE:
                passed(gone)
                gone = 0
            if line.strip():
                yield number, parse_object(line, str(path), f"line {number}")


def members(path: Path, array: str) -> Iterator[tuple[str, object]]:
    """Yield the members of the object that a file holds, in their order, with one array taken apart.

    Args:
        path: The file; only one value of it is in memory at a time.
        array: Name of the member that is yielded element by element where it is an array.

    Raises:
        MalformedFileError: If the file is not a JSON object.
    """
    whole = _whole(read_bytes(path)) if is_small(path) else None
    if isinstance(whole, dict):
        for name, value in whole.items():
            yield from ((name, each) for each in (value if name == array and isinstance(value, list) else (value,)))
        return
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield from _Reader(file, str(path)).members(array)
    except UnicodeDecodeError as error:
        raise MalformedFileError.at(str(path), "", f"bytes that are not ({error.reason})", "UTF-8 text") from error


def unparsed_members(data: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the members of the object that a text holds, each as text that has been checked and not parsed.

    What is found here is found by the slower reader as well, so that nothing broken passes because nobody looked at it.

    Args:
        data: The text, not much longer than `AT_ONCE`.

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


def elements(file: TextIO, where: str, place: str) -> Iterator[object]:
    """Yield the elements of the array that a text holds.

    Args:
        file: The text; only one element of it is in memory at a time.
        where: The file, for messages.
        place: Place inside it, for messages.

    Raises:
        MalformedFileError: If it is not a JSON array.
    """
    reader = _Reader(file, where, place)
    yield from reader.elements()
    reader.finish()


def small_array(data: bytes) -> list[object] | None:
    """Return the elements of the array that a text holds, or None where it holds none or needs a slower and more lenient reader.

    Args:
        data: The text, not much longer than `AT_ONCE`.
    """
    found = _whole(data)
    return found if isinstance(found, list) else None


def _whole(data: bytes) -> object:
    """Return the value of a whole text by the fast parser, or None where it refuses it: bare NaN, deep nesting, or no JSON."""
    try:
        value: object = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None
    return value


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Reader:
    """A place in a JSON text of which only a part is in memory."""

    def __init__(self, file: TextIO, where: str, place: str = "") -> None:
        self.file = file
        self.where = where
        self.place = place
        self.text = ""
        self.at = 0
        self.is_complete = False

    def members(self, array: str) -> Iterator[tuple[str, object]]:
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return self.finish()
        while True:
            name = self.value()
            if not isinstance(name, str):
                raise self.error(repr(name), "the name of a member")
            self.take(":")
            if name == array and self.peek() == "[":
                yield from ((name, element) for element in self.elements())
            else:
                yield name, self.value()
            if self.take(",}") == "}":
                return self.finish()

    def elements(self) -> Iterator[object]:
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def value(self) -> object:
        """Return the value that starts here; the text is read on, in growing pieces, until the value is whole."""
        self.peek()
        piece = PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if self.is_complete:
                    raise self.error(f"text that is not ({error.msg})", "JSON") from error
            except (ValueError, RecursionError) as error:
                raise self.error(f"text that is not ({error})", "JSON") from error
            else:
                # A number whose text goes on reads as a shorter one: only what ends a value shows that it has ended.
                if self.is_complete or self.text[end : end + 1] in _ENDS:
                    self.at = end
                    return value
            self.more(piece)
            piece *= 2

    def peek(self) -> str:
        """Return the next character that is not blank, or nothing at the end of the file."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if self.is_complete:
                return ""
            self.more(PIECE)

    def take(self, wanted: str) -> str:
        found = self.peek()
        if not found or found not in wanted:
            raise self.error(repr(found) if found else "the end of the file", " or ".join(map(repr, wanted)))
        self.at += 1
        return found

    def finish(self) -> None:
        if self.peek():
            raise self.error(repr(self.peek()), "the end of the file")

    def more(self, size: int) -> None:
        piece = self.file.read(size)
        passed(len(piece))
        self.is_complete = not piece
        self.text = self.text[self.at :] + piece
        self.at = 0

    def error(self, found: str, expected: str) -> MalformedFileError:
        return MalformedFileError.at(self.where, self.place, found, expected)
