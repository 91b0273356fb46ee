"""The databases behind the server: one connection for each question that runs, let go while nobody asks."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchdb.api import connect, file_state
from benchdb.config import database_path, database_url
from benchdb.errors import BenchdbError, DatabaseBusyError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.api import Database


class Pool:
    """Databases opened for reading, each lent to one thread at a time.

    A DuckDB file that is open is closed to writers of other processes, so what nobody uses is closed after a while. A file that
    changed is opened anew; nobody is handed what was opened before the change.
    """

    def __init__(self, target: str | os.PathLike[str] | None, *, wait_s: float = 0.5) -> None:
        self.url = database_url(target)
        self.path: Path | None = database_path(self.url)
        self._wait_s = wait_s
        self._free: list[tuple[str, Database]] = []
        self._lent: list[str] = []
        self._turn = threading.Condition()
        self._used = time.monotonic()

    def __len__(self) -> int:
        """Return how many databases are open and unused."""
        return len(self._free)

    def file_state(self) -> str | None:
        """Return the state of the file; None for a database that has none."""
        return None if self.path is None else file_state(self.path)

    @contextmanager
    def lend(self, patience_s: float) -> Iterator[Database]:
        """Lend an open database, as it is now.

        Args:
            patience_s: Seconds to wait for readers of what the file held before it changed.

        Yields:
            A database that nobody else uses.

        Raises:
            DatabaseBusyError: If another process writes to it, or those readers do not end.
            DatabaseError: If it cannot be opened.
        """
        state, database = self._take(patience_s)
        is_sound = False
        try:
            yield database
            is_sound = True
        except BenchdbError:
            is_sound = True
            raise
        finally:
            if not is_sound:
                database.close()
            self._give_back(state, database if is_sound else None)

    def close_unused(self, after_s: float = 0.0) -> None:
        """Close what is not lent.

        Args:
            after_s: Only if nobody has used the pool for so many seconds.
        """
        with self._turn:
            if time.monotonic() - self._used >= after_s:
                while self._free:
                    self._free.pop()[1].close()

    def _take(self, patience_s: float) -> tuple[str, Database]:
        deadline = time.monotonic() + patience_s
        with self._turn:
            while True:
                state = self.file_state() or ""
                self._close_older(state)
                if all(lent == state for lent in self._lent):
                    break
                if not self._turn.wait(deadline - time.monotonic()):
                    raise DatabaseBusyError("the database has just changed; ask again in a moment")
            database = self._free.pop()[1] if self._free else connect(self.url, read_only=True, wait_s=self._wait_s)
            self._lent.append(state)
            return state, database

    def _close_older(self, state: str) -> None:
        for older in [kept for kept in self._free if kept[0] != state]:
            self._free.remove(older)
            older[1].close()

    def _give_back(self, state: str, database: Database | None) -> None:
        with self._turn:
            self._used = time.monotonic()
            self._lent.remove(state)
            if database is not None:
                self._free.append((state, database))
            self._turn.notify_all()
