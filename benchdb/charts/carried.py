"""What a picture carries with it: its specification, inside PNG and SVG files, so that the picture can be checked."""

from __future__ import annotations

import json
import re
import struct
import zlib
from typing import Any
from xml.sax.saxutils import escape, unescape

from benchdb.errors import ChartError

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""What every PNG begins with."""

KEYWORD = b"Vega-Lite"
"""Name of the text chunk of a PNG, and of the metadata of an SVG."""

_OPEN = '<metadata id="vega-lite">'
_CLOSE = "</metadata>"
_METADATA = re.compile(f"{re.escape(_OPEN)}(.*?){_CLOSE}", re.DOTALL)
_MOST_BYTES = 200_000_000


def png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG.

    Args:
        content: The file.

    Returns:
        Name and body of each.

    Raises:
        ChartError: If it is no PNG.
    """
    if not content.startswith(PNG_SIGNATURE):
        raise ChartError("expected a PNG, found something else")
    found, position = [], len(PNG_SIGNATURE)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        found.append((content[position + 4 : position + 8], content[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


def join_png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A PNG of these chunks.

    Args:
        chunks: Name and body of each.

    Returns:
        The file.
    """
    packed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    ]
    return b"".join([PNG_SIGNATURE, *packed])


def text_chunk(carried: dict[str, Any]) -> tuple[bytes, bytes]:
    """The chunk of a PNG that carries something.

    Args:
        carried: Plain values.

    Returns:
        Name and body of an international text chunk, compressed.
    """
    return b"iTXt", KEYWORD + b"\0\1\0\0\0" + zlib.compress(json.dumps(carried, ensure_ascii=False).encode(), 9)


def with_metadata(svg: str, carried: dict[str, Any]) -> str:
    """An SVG that carries something.

    Args:
        svg: The drawing.
        carried: Plain values.

    Returns:
        The drawing with a metadata element.
    """
    head, bracket, rest = svg.partition(">")
    return f"{head}{bracket}{_OPEN}{escape(json.dumps(carried))}{_CLOSE}{rest}"


def without_metadata(svg: str) -> str:
    """The drawing alone.

    Args:
        svg: An SVG that may carry something.

    Returns:
        The same without the metadata element.
    """
    return _METADATA.sub("", svg, count=1)


def carried_by(content: bytes) -> dict[str, Any] | None:
    """What a picture carries.

    Args:
        content: A PNG or an SVG.

    Returns:
        Plain values; None where it carries nothing of ours.

    Raises:
        ChartError: If what it carries cannot be read.
    """
    try:
        text = _png_text(content) if content.startswith(PNG_SIGNATURE) else _svg_text(content)
        found = None if text is None else json.loads(text)
    except (ValueError, zlib.error) as error:
        raise ChartError(f"what the picture carries cannot be read: {error}") from error
    return found if isinstance(found, dict) else None


def _png_text(content: bytes) -> bytes | None:
    for name, body in png_chunks(content):
        if name == b"iTXt" and body.startswith(KEYWORD + b"\0\1\0\0\0"):
            return zlib.decompressobj().decompress(body[len(KEYWORD) + 5 :], _MOST_BYTES)
    return None


def _svg_text(content: bytes) -> str | None:
    found = _METADATA.search(content.decode("utf-8"))
    return unescape(found[1]) if found else None


def pixels_of(content: bytes) -> tuple[bytes, bytes]:
    """What a PNG shows.

    Args:
        content: The file.

    Returns:
        Its header, which states size and depth, and the filtered lines of its pixels.

    Raises:
        ChartError: If the pixels cannot be unpacked.
    """
    chunks = png_chunks(content)
    header = next((body for name, body in chunks if name == b"IHDR"), b"")
    try:
        return header, zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    except zlib.error as error:
        raise ChartError(f"the picture's pixels cannot be unpacked: {error}") from error
