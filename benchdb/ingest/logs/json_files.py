"""JSON documents in files: a small one is read by the fast parser as a whole, a large one piece by piece, with what is wanted of it.

Both ways give the same values, except that the fast one leaves in what is not wanted. A document of which everything is wanted is read as
a whole up to `MOST_WHOLE` bytes; a larger one is refused.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import orjson

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import is_small, read_bytes
from benchdb.ingest.logs import json_text
from benchdb.ingest.logs.json_pieces import Part, Pieces, taken
from benchdb.ingest.plain_text import require_room, whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

    from benchdb.ingest.logs.json_pieces import Wanted

MOST_WHOLE = 1 << 26
"""Bytes of a document of which everything is wanted, at most: its values take up to nine times as much memory."""
EVERYTHING: Mapping[str, Wanted] = {"*": Part.WHOLE}
"""Every member of an object."""
_BOM = b"\xef\xbb\xbf"
_KINDS = {"{": "dict", "[": "list", '"': "str", "t": "bool", "f": "bool", "n": "NoneType"}


def read_value(path: Path, wanted: Wanted = Part.WHOLE) -> object:
    """Return what is wanted of the value that a file holds.

    Args:
        path: The file.
        wanted: What of it; of a small file everything may be returned.

    Raises:
        MalformedFileError: If it is not JSON, or if too much of it is wanted as a whole.
    """
    if is_small(path):
        return json_text.parse(read_bytes(path), str(path))
    if wanted is Part.WHOLE:
        return json_text.parse(whole_file(path, MOST_WHOLE), str(path))
    with _pieces(path) as pieces:
        found = pieces.value(wanted)
        pieces.finish()
    return found


def read_object(path: Path, wanted: Wanted = Part.WHOLE) -> dict[str, Any]:
    """Return what is wanted of the object that a file holds.

    Args:
        path: The file.
        wanted: What of it; of a small file everything may be returned.

    Raises:
        MalformedFileError: If it is not a JSON object, or if too much of it is wanted as a whole.
    """
    value = read_value(path, wanted)
    if not isinstance(value, dict):
        raise MalformedFileError.at(str(path), "", type(value).__name__, "a JSON object")
    return value


def read_exactly(path: Path, wanted: Mapping[str, Wanted], most: int | None = None) -> dict[str, Any]:
    """Return what is wanted of the object that a file holds and, also of a small one, nothing else: what is to be taken has its takers.

    Args:
        path: The file.
        wanted: What of it.
        most: Bytes that it may have, where what is wanted grows with them.

    Raises:
        MalformedFileError: If it is not a JSON object, or too large.
    """
    if most is not None:
        require_room(path, most)
    found = taken(read_object(path, wanted), wanted)
    return found if isinstance(found, dict) else {}


def read_array(path: Path, expected: str, wanted: Wanted = Part.WHOLE) -> Iterator[object]:
    """Yield the elements of the array that a file holds.

    Args:
        path: The file.
        expected: What it is a list of, for messages.
        wanted: What is wanted of each element; of a small file everything may be yielded.

    Raises:
        MalformedFileError: If it is not a JSON array.
    """
    if is_small(path):
        value = json_text.parse(read_bytes(path), str(path))
        if not isinstance(value, list):
            raise MalformedFileError.at(str(path), "", type(value).__name__, expected)
        yield from value
        return
    with _pieces(path) as pieces:
        first = pieces.peek()
        if first and first != "[":
            raise MalformedFileError.at(str(path), "", _KINDS.get(first, "no list"), expected)
        yield from pieces.elements(wanted)


def members(path: Path, array: str | None, wanted: Mapping[str, Wanted] = EVERYTHING) -> Iterator[tuple[str, object]]:
    """Yield the members of the object that a file holds, in their order, with one array taken apart.

    Args:
        path: The file; only one value of it is in memory at a time.
        array: Name of the member that is yielded element by element where it is an array; None for none.
        wanted: What is wanted of each member, and of the elements; of a small file everything may be yielded.

    Raises:
        MalformedFileError: If the file is not a JSON object.
    """
    whole = _quickly(read_bytes(path)) if is_small(path) else None
    if isinstance(whole, dict):
        for name, value in whole.items():
            yield from ((name, each) for each in (value if name == array and isinstance(value, list) else (value,)))
        return
    with _pieces(path) as pieces:
        yield from pieces.members(array, wanted)


def nested_members(path: Path, wanted: Wanted) -> Iterator[tuple[str, object]]:
    """Yield the members of the object that a file holds, in their order; for one that is an object an iterator over its members.

    Args:
        path: The file; only one value of a value of it is in memory at a time.
        wanted: What is wanted of each of those.

    Raises:
        MalformedFileError: If the file is not a JSON object.
    """
    with _pieces(path) as pieces:
        yield from pieces.nested(wanted)


def elements(file: TextIO, where: str, place: str) -> Iterator[object]:
    """Yield the elements of the array that a text holds.

    Args:
        file: The text; only one element of it is in memory at a time.
        where: The file, for messages.
        place: Place inside it, for messages.

    Raises:
        MalformedFileError: If it is not a JSON array.
    """
    yield from Pieces(file, where, place).elements()


def small_array(data: bytes) -> list[object] | None:
    """Return the elements of the array that a text holds, or None where it holds none or needs a slower and more lenient reader.

    Args:
        data: The text, not much longer than `contents.AT_ONCE`.
    """
    found = _quickly(data)
    return found if isinstance(found, list) else None


def _quickly(data: bytes) -> object:
    """Return the value of a whole text by the fast parser, or None where it refuses it: bare NaN, deep nesting, or no JSON."""
    try:
        value: object = orjson.loads(data.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        return None
    return value


@contextmanager
def _pieces(path: Path) -> Iterator[Pieces]:
    """Give the text of a file, in the encoding that `json_text.parse` takes it to be in."""
    where = str(path)
    try:
        with path.open("rb") as file:
            start = len(_BOM) if file.read(len(_BOM)) == _BOM else 0
            file.seek(start)
            encoding = json.detect_encoding(file.read(4))
            file.seek(start)
            yield Pieces(TextIOWrapper(file, encoding=encoding, errors="surrogatepass", newline=""), where)
    except UnicodeDecodeError as error:
        raise MalformedFileError.at(where, "", f"bytes that are not ({error.reason})", "UTF-8 text") from error
    except RecursionError as error:
        raise MalformedFileError.at(where, "", f"text that is not ({error})", "JSON") from error
