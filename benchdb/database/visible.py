"""What a reader sees of a database, as a text that changes with it, and stopping what runs on an engine from another thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def file_state(path: Path) -> str:
    """Return what tells the contents of a DuckDB file from those before and after a change: place on disk, size, time of change.

    Args:
        path: The file; its log of changes not yet written into it counts as well.
    """
    parts = []
    for part in (path, path.with_name(f"{path.name}.wal")):
        try:
            found = part.stat()
        except OSError:
            parts.append("-")
        else:
            parts.append(f"{found.st_dev}.{found.st_ino}.{found.st_size}.{found.st_mtime_ns}")
    return "/".join(parts)


def server_state(engine: Engine) -> str:
    """Return what tells the contents of a PostgreSQL database from those before and after a change.

    It is the snapshot of the server's transactions: whoever sees the same one sees the same rows. A write anywhere on the server
    changes it, so two states may hold the same rows, but never the other way round.

    Args:
        engine: An engine on PostgreSQL.
    """
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())


class Running:
    """The connections of an engine that are in use, so that another thread can stop what runs on them."""

    def __init__(self, engine: Engine) -> None:
        self._in_use: set[Any] = set()
        self._guard = threading.Lock()
        event.listen(engine, "checkout", self._begin)
        event.listen(engine, "checkin", self._end)

    def stop(self) -> None:
        """Stop the statements that run now; each fails in its own thread. Does nothing where none runs."""
        with self._guard:
            for connection in self._in_use:
                stop = getattr(connection, "interrupt", None) or connection.cancel
                stop()

    def _begin(self, connection: Any, _record: object, _proxy: object) -> None:
        with self._guard:
            self._in_use.add(connection)

    def _end(self, connection: Any, _record: object) -> None:
        with self._guard:
            self._in_use.discard(connection)
