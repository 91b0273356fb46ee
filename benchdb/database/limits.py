"""Limits of time and memory of one statement, which is stopped from a thread of its own or while its rows are fetched."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchdb.errors import SqlLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BATCH_ROWS = 10_000
"""Rows fetched at a time, between which limits are looked at."""
_AGAIN_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLimits:
    """What one statement may take; None does not limit it."""

    seconds: float | None = None
    """Time until its last row is there."""
    n_bytes: int | None = None
    """Memory of its rows in this process."""


NO_LIMITS = StatementLimits()
"""A statement takes what it takes."""


class Deadline:
    """The moment at which a statement's time is up."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Return the seconds that are left, at least 0; None where there is no end."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def require(self) -> None:
        """Fail if the time is up.

        Raises:
            SqlLimitError: If it is.
        """
        if self.left() == 0:
            raise self.error()

    def error(self) -> SqlLimitError:
        """Return what to say where the time is up."""
        return SqlLimitError(
            f"the statement was stopped after {self.seconds:g} s, its limit. Ask for less, or allow more time: --timeout SECONDS"
        )


@contextmanager
def stopped_at(deadline: Deadline, stop: Callable[[], object]) -> Iterator[None]:
    """Stop what runs in the block when its time is up, again and again until it ends.

    Args:
        deadline: When.
        stop: Called in another thread; it makes what runs fail.
    """
    ended = threading.Event()

    def watch() -> None:
        if not ended.wait(deadline.left()):
            while not ended.wait(_AGAIN_S):
                stop()

    if deadline.seconds is None:
        yield
        return
    watcher = threading.Thread(target=watch, name="benchdb-timeout", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def fetch_within(
    fetch: Callable[[int], Sequence[tuple[Any, ...]]], most: int | None, limits: StatementLimits, deadline: Deadline
) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, at most one more than were asked for, within its limits.

    Args:
        fetch: Returns the next rows, at most so many.
        most: Rows that were asked for; None for all.
        limits: What they may take.
        deadline: When time is up.

    Raises:
        SqlLimitError: If they take more.
    """
    rows: list[tuple[Any, ...]] = []
    n_bytes = 0
    wanted = sys.maxsize if most is None else most + 1
    while len(rows) < wanted and (batch := fetch(min(BATCH_ROWS, wanted - len(rows)))):
        deadline.require()
        rows += batch
        if limits.n_bytes is not None:
            n_bytes += sum(sys.getsizeof(row) + sum(map(sys.getsizeof, row)) for row in batch)
            if n_bytes > limits.n_bytes:
                raise too_large(limits.n_bytes)
    return rows


def too_large(n_bytes: int) -> SqlLimitError:
    """Return what to say where a statement needs more memory than it may take.

    Args:
        n_bytes: What it may take.
    """
    return SqlLimitError(
        f"the statement needs more than {n_bytes / 10**6:,.0f} MB of memory, its limit. Ask for less, or allow more: --memory SIZE"
    )
