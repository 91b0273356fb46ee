"""Where an export goes: a file or folder that appears whole or not at all, or a stream."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchdb.database.staging import staged_file
from benchdb.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

STDOUT = "-"
"""Stands for standard output."""


@contextmanager
def whole(target: str, *, is_folder: bool) -> Iterator[Path]:
    """Yield a place to write to; what was written there becomes the target when the block ends without an error.

    Args:
        target: A path, or "-" for standard output.
        is_folder: Whether a folder is written; it must not exist yet, or be empty.

    Yields:
        A path that does not exist, beside the target.

    Raises:
        ExportError: If the target cannot be written.
    """
    if target == STDOUT:
        if is_folder:
            raise ExportError("this format is a folder of files; name it: -o FOLDER")
        with _to_stdout() as place:
            yield place
        return
    path = Path(target)
    _refuse(path, is_folder=is_folder)
    with staged_file(path) as place:
        try:
            yield place
            if is_folder and path.exists():
                path.rmdir()
            place.replace(path)
        except OSError as error:
            raise ExportError(f"{target}: it cannot be written: {error.strerror or error}") from error


def _refuse(path: Path, *, is_folder: bool) -> None:
    if not path.parent.is_dir():
        raise ExportError(f"{path}: there is no folder {path.parent}. Make it, or name another place.")
    if is_folder and path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ExportError(f"{path}: it is there already and is no empty folder; name a new one.")
    if not is_folder and path.is_dir():
        raise ExportError(f"{path}: this is a folder; name a file.")


@contextmanager
def _to_stdout() -> Iterator[Path]:
    with TemporaryDirectory(prefix="benchdb-") as folder:
        place = Path(folder) / "export"
        yield place
        sys.stdout.flush()
        with place.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer, 1 << 20)
        sys.stdout.flush()
