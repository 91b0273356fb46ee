"""JSON read piece by piece: of a text of any size only a part is in memory, and of its values only what is wanted.

A value whose end is in memory is read by the decoder of the standard library at once; one whose end is not is gone into, member by
member. So what is read of a document takes a few pieces and what is wanted of it, and as long as the decoder takes for all of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.json_text import LONGEST, whole_number
from benchdb.ingest.meter import passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TextIO

PIECE = 1 << 20
"""Characters read at a time."""


class Part(Enum):
    """What is wanted of a value."""

    WHOLE = "whole"
    """All of it."""
    PLAIN = "plain"
    """A text, number or mark as it is; an array or object without anything in it."""
    FIRST = "first"
    """The same, but the first element of an array."""
    NOTHING = "nothing"
    """Nothing: an object is read as if it had no such member, and None stands for it in an array."""


class Taker(Protocol):
    """Takes the elements of an array, and keeps of them what it needs."""

    def add(self, element: object) -> None:
        """Take an element, which nobody else holds.

        Args:
            element: What is wanted of it.
        """


@dataclass(frozen=True, slots=True)
class Each:
    """The elements of an array, one after the other: they are not in memory together, and their taker stands for the array."""

    taker: Callable[[], Taker]
    """Makes the taker of an array; of two members of one name the last counts, with a taker of its own."""
    wanted: Wanted = Part.WHOLE
    """What of each element."""


Wanted: TypeAlias = "Part | Each | Mapping[str, Wanted]"
"""What is wanted of a value: a part of it, each element of an array or, for an object, of its members by name. "*" is any other member
and every element of an array; without it nothing of them is wanted. A text, number or mark is what it is, whatever is wanted of its
members, and an object of which each element is wanted is empty."""

_DECODER = json.JSONDecoder(parse_int=whole_number)
_INNER = (dict, list)
_BLANK = " \t\n\r"
_BLANKS = re.compile(r"[ \t\n\r]*")
_ENDS = frozenset(" \t\n\r,:]}")
_CUT_OFF = 64
"""Characters before the end of a piece within which a value may be broken because it is cut off there."""
_OPEN_TEXT = "Unterminated string"
_BEYOND = object()


def taken(value: object, wanted: Wanted) -> object:
    """Return what is wanted of a value that is in memory.

    Args:
        value: A JSON value.
        wanted: What of it.
    """
    if not isinstance(value, dict | list):
        return None if wanted is Part.NOTHING else value
    if isinstance(wanted, Each):
        return _handed_over((taken(each, wanted.wanted) for each in value), wanted) if isinstance(value, list) else {}
    if isinstance(wanted, Part):
        if wanted is Part.FIRST and isinstance(value, list):
            return value[:1]
        return value if wanted is Part.WHOLE else None if wanted is Part.NOTHING else type(value)()
    others = wanted.get("*", Part.NOTHING)
    if isinstance(value, list):
        return [taken(each, others) for each in value]
    return {
        name: taken(each, part) if isinstance(each, _INNER) else each
        for name, each in value.items()
        if (part := wanted.get(name, others)) is not Part.NOTHING
    }


class Pieces:
    """A place in a JSON text of which only a part is in memory.

    Args:
        file: The text.
        where: The file, for messages.
        place: Place inside it, for messages.
    """

    def __init__(self, file: TextIO, where: str, place: str = "") -> None:
        self.where = where
        self._file = file
        self._place = place
        self._text = ""
        self._at = 0
        self._is_complete = False
        self._gone = 0
        """Characters before the text in memory."""
        self._n_lines = 0
        """Line breaks among them."""
        self._line_start = 0
        """Character at which the line begins in which the text in memory begins."""

    def members(self, array: str | None, wanted: Mapping[str, Wanted]) -> Iterator[tuple[str, object]]:
        """Yield the members of the object that the text holds, one array taken apart.

        Args:
            array: Name of the member that is yielded element by element where it is an array; None for none.
            wanted: What is wanted of each member; those of which nothing is are not yielded.

        Raises:
            MalformedFileError: If the text is not a JSON object.
        """
        for name in self._names():
            part = wanted.get(name, wanted.get("*", Part.NOTHING))
            if name == array and self.peek() == "[":
                yield from ((name, each) for each in self._elements(_of_element(part)))
            else:
                value = self.value(part)
                if part is not Part.NOTHING:
                    yield name, value
        self.finish()

    def elements(self, wanted: Wanted = Part.WHOLE) -> Iterator[object]:
        """Yield the elements of the array that the text holds.

        Args:
            wanted: What is wanted of each.

        Raises:
            MalformedFileError: If the text is not a JSON array.
        """
        yield from self._elements(wanted)
        self.finish()

    def nested(self, wanted: Wanted) -> Iterator[tuple[str, object]]:
        """Yield the members of the object that the text holds; of one that is an object its members, which are read as they are asked for.

        Args:
            wanted: What is wanted of the members of each member that is an object; any other is yielded as with `Part.PLAIN`.

        Raises:
            MalformedFileError: If the text is not a JSON object.
        """
        for name in self._names():
            if self.peek() == "{":
                inner = ((each, self.value(wanted)) for each in self._names())
                yield name, inner
                for _rest in inner:
                    pass
            else:
                yield name, self.value(Part.PLAIN)
        self.finish()

    def value(self, wanted: Wanted = Part.WHOLE) -> object:
        """Return what is wanted of the value that starts here.

        Args:
            wanted: What of it.

        Raises:
            MalformedFileError: If it is not JSON.
        """
        if wanted is Part.WHOLE:
            return self._whole()
        found = self._in_sight()
        if found is not _BEYOND:
            return taken(found, wanted)
        opening = self._text[self._at]
        if opening == "{":
            return self._object(Part.PLAIN if isinstance(wanted, Each) else wanted)
        if opening == "[" and isinstance(wanted, Each):
            return _handed_over(self._elements(wanted.wanted), wanted)
        return self._array(wanted) if opening == "[" else taken(self._whole(), wanted)

    def peek(self) -> str:
        """Return the next character that is not blank, or nothing at the end of the text."""
        text, at = self._text, self._at
        if at < len(text) and text[at] not in _BLANK:
            return text[at]
        while True:
            found = _BLANKS.match(self._text, self._at)
            self._at = self._at if found is None else found.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if self._is_complete:
                return ""
            self._more(PIECE)

    def finish(self) -> None:
        """Go to the end of the text.

        Raises:
            MalformedFileError: If anything else comes before it.
        """
        if found := self.peek():
            raise self._error(repr(found), "the end of the file")

    def _names(self) -> Iterator[str]:
        """Yield the names of the members of the object that starts here, each with its value next."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            name = self._whole()
            if not isinstance(name, str):
                raise self._error(repr(name), "the name of a member")
            self._take(":")
            yield name
            if self._take(",}") == "}":
                return

    def _elements(self, wanted: Wanted, of_first: Wanted | None = None) -> Iterator[object]:
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        yield self.value(wanted if of_first is None else of_first)
        while self._take(",]") == ",":
            yield self.value(wanted)

    def _object(self, wanted: Part | Mapping[str, Wanted]) -> dict[str, object] | None:
        found: dict[str, object] = {}
        for name in self._names():
            part = wanted if isinstance(wanted, Part) else wanted.get(name, wanted.get("*", Part.NOTHING))
            if isinstance(wanted, Part):
                self.value(Part.NOTHING)
            elif part is Part.NOTHING:
                self.value(part)
            else:
                found[name] = self.value(part)
        return None if wanted is Part.NOTHING else found

    def _array(self, wanted: Wanted) -> list[object] | None:
        if not isinstance(wanted, Part):
            return list(self._elements(_of_element(wanted)))
        found: list[object] = []
        for element in self._elements(Part.NOTHING, Part.WHOLE if wanted is Part.FIRST else Part.NOTHING):
            if wanted is Part.FIRST and not found:
                found.append(element)
        return None if wanted is Part.NOTHING else found

    def _in_sight(self) -> object:
        """Return the value that starts here if its end is not far, else `_BEYOND`."""
        self.peek()
        for is_last in (False, True):
            found = self._decoded()
            if found is not _BEYOND:
                return found
            if not is_last:
                self._more(PIECE)
        return _BEYOND

    def _whole(self) -> object:
        """Return the value that starts here; the text is read on, in growing pieces, until the value is whole."""
        self.peek()
        piece = PIECE
        while (found := self._decoded()) is _BEYOND:
            if len(self._text) - self._at > LONGEST:
                raise MalformedFileError.too_large(self.where, self._spot(self._at), LONGEST)
            self._more(piece)
            piece *= 2
        return found

    def _decoded(self) -> object:
        """Return the value that starts here, or `_BEYOND` if its end is not in memory."""
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            is_cut_off = error.msg.startswith(_OPEN_TEXT) or error.pos > len(self._text) - _CUT_OFF
            if self._is_complete or not is_cut_off:
                found = f"text that is not ({error.msg}: {self._position(error.pos)})"
                raise MalformedFileError.at(self.where, self._place, found, "JSON") from error
            return _BEYOND
        except (ValueError, RecursionError) as error:
            raise self._error(f"text that is not ({error})", "JSON") from error
        # A number that is cut off reads as a shorter one: near the end of a piece only what ends a value shows that it has ended.
        if self._is_complete or self._text[end : end + 1] in _ENDS or end < len(self._text) - _CUT_OFF:
            self._at = end
            return value
        return _BEYOND

    def _take(self, wanted: str) -> str:
        found = self.peek()
        if not found or found not in wanted:
            raise self._error(repr(found) if found else "the end of the file", " or ".join(map(repr, wanted)))
        self._at += 1
        return found

    def _more(self, size: int) -> None:
        piece = self._file.read(size)
        passed(len(piece))
        self._is_complete = not piece
        n_lines = self._text.count("\n", 0, self._at)
        if n_lines:
            self._n_lines += n_lines
            self._line_start = self._gone + self._text.rindex("\n", 0, self._at) + 1
        self._gone += self._at
        self._text = self._text[self._at :] + piece
        self._at = 0

    def _position(self, at: int) -> str:
        """Return a place in the text in memory as the standard library's decoder has it for all of the text."""
        n_lines, position = self._text.count("\n", 0, at), self._gone + at
        start = self._gone + self._text.rindex("\n", 0, at) + 1 if n_lines else self._line_start
        return f"line {self._n_lines + n_lines + 1} column {position - start + 1} (char {position})"

    def _spot(self, at: int) -> str:
        return ", ".join(part for part in (self._place, self._position(at)) if part)

    def _error(self, found: str, expected: str) -> MalformedFileError:
        return MalformedFileError.at(self.where, self._spot(self._at), found, expected)


def _of_element(wanted: Wanted) -> Wanted:
    if isinstance(wanted, Each):
        return wanted.wanted
    return wanted if isinstance(wanted, Part) else wanted.get("*", Part.NOTHING)


def _handed_over(elements: Iterable[object], wanted: Each) -> Taker:
    taker = wanted.taker()
    for element in elements:
        taker.add(element)
    return taker
