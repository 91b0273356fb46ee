"""Files of plain text: read whole, in UTF-8, with one message for those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import read_bytes

if TYPE_CHECKING:
    from pathlib import Path


LONGEST = 1 << 24
"""Bytes of a text that is read as a whole, at most: what is made of it takes up to forty times as much memory."""


def has_file(folder: Path, name: str) -> bool:
    """Return whether there is a file of a name that another file states: one that leads elsewhere, or that none can have, has none.

    Args:
        folder: Where it would stand.
        name: Its name, a path relative to the folder.
    """
    parts = name.split("/")
    if "" in parts or ".." in parts:
        return False
    try:
        return (folder / name).is_file()
    except (OSError, ValueError):
        return False


def require_room(path: Path, most: int) -> None:
    """Do nothing if a file may be in memory.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        MalformedFileError: If it has more.
    """
    n_bytes = path.stat().st_size
    if n_bytes > most:
        raise MalformedFileError.too_large(str(path), "", most, n_bytes)


def whole_file(path: Path, most: int) -> bytes:
    """Return the bytes of a file that has to be in memory as a whole.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        MalformedFileError: If it has more.
    """
    require_room(path, most)
    return read_bytes(path)


def read_text(path: Path, most: int = LONGEST) -> str:
    """Return the text of a file.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        MalformedFileError: If it is not UTF-8, or has more.
    """
    require_room(path, most)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedFileError.at(
            str(path), f"byte {error.start}", "bytes that are not UTF-8", "text in UTF-8"
        ) from error
