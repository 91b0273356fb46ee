"""How far reading has come inside a file, for whoever shows it: shared readers say what they have gone through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_listeners: list[Callable[[int], None]] = []


def install(listener: Callable[[int], None]) -> None:
    """Have a function called with each number of bytes gone through in this process.

    Args:
        listener: Cheap: it is called for each piece that is read.
    """
    _listeners.append(listener)


def remove(listener: Callable[[int], None]) -> None:
    """Take back what `install` did.

    Args:
        listener: The function.
    """
    _listeners.remove(listener)


def passed(n_bytes: int) -> None:
    """Say that so many bytes have been gone through.

    Args:
        n_bytes: Since the last time.
    """
    for listener in _listeners:
        listener(n_bytes)
