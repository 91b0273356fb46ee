"""How far an import has come, also inside a file: what goes through files says so here, and whoever waits looks on.

A file is gone through twice, to be hashed and to be read, so that half of the bytes passed count.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_listeners: list[Callable[[int], None]] = []
_PASSES = 2


class Meter:
    """What an import has done so far; another thread may read it at any time."""

    def __init__(self) -> None:
        self.n_files = 0
        """Files done with."""
        self.n_rows = 0
        """Scores and outcomes read."""
        self._n_bytes = 0
        self._inside: dict[int, int] = {}
        self._counted: set[str] = set()

    @property
    def n_bytes(self) -> int:
        """Bytes of files done with, and those gone through of files that are not."""
        return self._n_bytes + sum(list(self._inside.values())) // _PASSES

    def start_over(self) -> None:
        """Forget what was counted: the import begins again."""
        self.n_files = self.n_rows = self._n_bytes = 0
        self._inside.clear()
        self._counted.clear()

    def pass_through(self, file: int, n_bytes: int) -> None:
        """Count bytes gone through inside a file.

        Args:
            file: Any number of its own.
            n_bytes: Since the last time.
        """
        self._inside[file] = self._inside.get(file, 0) + n_bytes

    def finish_file(self, file: int, n_bytes: int) -> None:
        """Count a file as done with.

        Args:
            file: Its number.
            n_bytes: Its size, 0 for a member of an archive, whose archive counts.
        """
        self._n_bytes += n_bytes
        self._inside.pop(file, None)
        self.n_files += 1

    def is_first(self, name: str) -> bool:
        """Return whether something is named for the first time.

        Args:
            name: Of an archive, which counts once, however many members it has.
        """
        is_new = name not in self._counted
        self._counted.add(name)
        return is_new


@contextmanager
def listening(listener: Callable[[int], None]) -> Iterator[None]:
    """Have a function called with the bytes that this process goes through.

    Args:
        listener: Cheap: it is called for each piece that is read.
    """
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def passed(n_bytes: int) -> None:
    """Say that so many bytes of a file have been gone through.

    Args:
        n_bytes: Since the last time.
    """
    for listener in _listeners:
        listener(n_bytes)
