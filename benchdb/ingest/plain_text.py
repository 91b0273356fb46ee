"""Files of plain text: read whole, in UTF-8, with one message for those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError

if TYPE_CHECKING:
    from pathlib import Path


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


def read_text(path: Path) -> str:
    """Return the text of a file.

    Args:
        path: The file.

    Raises:
        MalformedFileError: If it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedFileError.at(
            str(path), f"byte {error.start}", "bytes that are not UTF-8", "text in UTF-8"
        ) from error
