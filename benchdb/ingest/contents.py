"""The bytes of a small file, read from the disk once: it is recognised, hashed and parsed from the same ones.

Each thread holds one file at a time. Whoever wants the bytes of a file asks here and gets those that are held, or reads it.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 8 << 20
"""Bytes of the largest file that is held, and of a text that may be in memory as a whole with the values that it holds."""


@dataclass(slots=True)
class Held:
    """A file in memory."""

    path: Path
    """The file."""
    data: bytes
    """All its bytes."""
    status: os.stat_result
    """How it stood before it was read."""
    opened_at_ns: int
    """Time before that, in nanoseconds."""


class _Place(threading.local):
    held: Held | None = None


_place = _Place()


def hold(path: Path) -> bytes | None:
    """Return the bytes of a file and keep them at hand, or None if it is too large; what was held before is let go.

    Args:
        path: An existing file.
    """
    _place.held = None
    now = time.time_ns()
    with path.open("rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        if status.st_size > AT_ONCE:
            return None
        data: bytes = file.readall()
    _place.held = Held(path, data, status, now)
    return data


def held_of(path: Path) -> Held | None:
    """Return a file as it is held, or None if it is not.

    Args:
        path: The very path that was held.
    """
    held = _place.held
    return held if held is not None and held.path is path else None


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file: those that are held, or read from the disk.

    Args:
        path: An existing file.
    """
    held = held_of(path)
    return path.read_bytes() if held is None else held.data


def read_start(path: Path, size: int) -> bytes:
    """Return the first bytes of a file.

    Args:
        path: An existing file.
        size: How many, where it has so many.
    """
    held = held_of(path)
    if held is not None:
        return held.data[:size]
    with path.open("rb") as file:
        return file.read(size)


def is_small(path: Path) -> bool:
    """Return whether a file may be in memory as a whole, with the values that it holds.

    Args:
        path: An existing file.
    """
    return held_of(path) is not None or path.stat().st_size <= AT_ONCE


def release() -> None:
    """Let go of what is held."""
    _place.held = None
