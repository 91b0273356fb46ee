"""A transaction that writes, tried again where the connection is lost or another one was in the way, and never done twice.

The server is asked what became of a transaction whose answer was lost. DuckDB is a part of the process: nothing is lost there.
"""

from __future__ import annotations

import time
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import text

from benchdb.database.connect import is_duckdb
from benchdb.database.revision import place_of, require_head
from benchdb.database.trouble import faults_named
from benchdb.errors import DatabaseLostError
from benchdb.ingest.attempts import Done, persevere
from benchdb.ingest.lock import one_writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

P = ParamSpec("P")
T = TypeVar("T")
_NUMBER = text("SELECT CAST(pg_current_xact_id() AS text)")
_STATUS = text("SELECT pg_xact_status(CAST(:number AS xid8))")


def writes_once(action: Callable[Concatenate[Connection, P], T]) -> Callable[Concatenate[Engine, P], T]:
    """Return a function that does in one transaction of an engine what another one does on a connection.

    Args:
        action: Writes on a connection in a transaction; may be called again after a loss.
    """

    @wraps(action)
    def write(engine: Engine, /, *args: P.args, **options: P.kwargs) -> T:
        return write_once(engine, lambda connection: action(connection, *args, **options))

    return write


def write_once(
    engine: Engine,
    action: Callable[[Connection], T],
    *,
    is_kept: bool = True,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Return what an action returns that writes in one transaction.

    Args:
        engine: A database at the newest revision.
        action: Writes; may be called again after a loss.
        is_kept: Whether the transaction is committed in the end, or rolled back.
        clock: Monotonic seconds; tests pass their own.
        sleep: Waits a number of seconds; tests pass their own.

    Raises:
        DatabaseLostError: If the connection does not come back; the message says what is known of the transaction.
        DatabaseError: If the database cannot be written.
    """
    last = _Last[T](action, is_kept=is_kept)
    try:
        return persevere(lambda: last.attempt(engine), Done(), clock=clock, sleep=sleep)
    except DatabaseLostError as error:
        raise DatabaseLostError(f"{place_of(engine)}: {error}. {last.told()}") from error


class _Last(Generic[T]):
    """The last attempt at a transaction: its number, from when it may have been committed, and what it would return."""

    def __init__(self, action: Callable[[Connection], T], *, is_kept: bool) -> None:
        self._action = action
        self._is_kept = is_kept
        self._sent: tuple[str, T] | None = None

    def attempt(self, engine: Engine) -> T:
        """Do it, unless the last attempt arrived."""
        with engine.connect() as connection:
            require_head(connection)
            connection.rollback()
            # Whoever has the right to write knows that the last attempt has ended: it had that right as well.
            with faults_named(place_of(engine)), one_writer(connection):
                if self._sent is not None and self._has_arrived(connection, self._sent[0]):
                    return self._sent[1]
                self._sent = None
                with connection.begin() as transaction:
                    found = self._action(connection)
                    if not self._is_kept:
                        transaction.rollback()
                    elif not is_duckdb(connection):
                        self._sent = (str(connection.execute(_NUMBER).scalar_one()), found)
                return found

    def told(self) -> str:
        """Return what is known of it, as a sentence."""
        if self._sent is None:
            return "Nothing was changed."
        return "Whether the change arrived is not known; the same command finds out."

    @staticmethod
    def _has_arrived(connection: Connection, number: str) -> bool:
        status = connection.execute(_STATUS, {"number": number}).scalar()
        connection.rollback()
        return status == "committed"
