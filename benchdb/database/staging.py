"""A file that is made under another name beside its place, so that it stands there whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAKER = re.compile(r"(?P<host>.*)\.(?P<pid>[0-9]+)-[0-9a-f]+\.part(\.wal|\.tmp)?")
_ours: set[str] = set()
"""Names of the files that this process is making."""


@contextmanager
def staged_file(to: Path) -> Iterator[Path]:
    """Give the path under which to make a file; what is left of it at the end is removed.

    What processes of this machine that are gone have left of theirs, for the same place, is removed first.

    Args:
        to: Where it will stand, in a folder that exists.
    """
    remove_leftovers(to)
    new = to.with_name(f".{to.name}.{_host()}.{os.getpid()}-{secrets.token_hex(4)}.part")
    _ours.add(new.name)
    try:
        yield new
    finally:
        for left in (new, new.with_name(f"{new.name}.wal"), new.with_name(f"{new.name}.tmp")):
            _remove(left)
        _ours.discard(new.name)


def put_in_place(new: Path, to: Path, *, is_replacing: bool) -> None:
    """Give a file its name once the disk holds its bytes; the disk then knows the name, too.

    Args:
        new: The file, from `staged_file`.
        to: Where it is to stand.
        is_replacing: Whether it takes the place of a file that has the name.

    Raises:
        ConfigError: If there is a file that is not to be replaced.
    """
    _sync(new)
    if is_replacing:
        new.replace(to)
    else:
        try:
            to.hardlink_to(new)  # unlike a renaming, it fails where there is a file
        except FileExistsError:
            raise ConfigError(f"{to}: another process has made this file meanwhile; it is left as it is") from None
        except OSError:  # a file system without hard links
            new.rename(to)
    _sync(to.parent)


def _sync(path: Path) -> None:
    """Have the system write a file or the names in a folder to the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def remove_leftovers(to: Path) -> None:
    """Remove what processes have left that were making a file and are gone, where that is permitted.

    Args:
        to: The file they were making.
    """
    prefix = f".{to.name}."
    with suppress(OSError):
        for path in to.parent.iterdir():
            if path.name.startswith(prefix) and _is_orphan(path.name.removeprefix(prefix), path.name):
                _remove(path)


def _is_orphan(rest: str, name: str) -> bool:
    maker = _MAKER.fullmatch(rest)
    if maker is None or maker["host"] != _host() or any(name.startswith(ours) for ours in _ours):
        return False
    pid = int(maker["pid"])
    if pid == os.getpid():
        return True  # an earlier process of the same number, as in a container that was started again
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _host() -> str:
    return socket.gethostname()
