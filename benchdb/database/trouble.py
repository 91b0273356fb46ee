"""What an engine's error means: the rows are at fault, the machine is, or it passes and the same may be tried again."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from benchdb.errors import BenchdbError, DatabaseError, DatabaseLostError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSING = ("08", "57P", "40001", "40P01")
"""Beginnings of PostgreSQL's codes: no connection, the server goes down or comes up, a conflict with another transaction."""
_MACHINE = ("53", "58", "25006", "42501", "XX")
"""Beginnings of PostgreSQL's codes: no room or memory, a fault of the system, only reading allowed, no rights, a broken file."""
_NUMBERS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.ENOMEM}
)
_REASONS = tuple(os.strerror(number) for number in sorted(_NUMBERS))
"""How the system says that a file cannot be written; DuckDB hands it on."""
LOCK_TIMEOUT = "55P03"
"""PostgreSQL's code where a lock was waited for too long."""


def is_passing(error: BaseException) -> bool:
    """Return whether an error says nothing of what was asked: the connection was lost, or another transaction was in the way.

    Args:
        error: What was raised; what it came from counts, too.
    """
    return any(
        isinstance(cause, DBAPIError) and (cause.connection_invalidated or _passes(cause)) for cause in causes(error)
    )


def is_of_the_machine(error: BaseException) -> bool:
    """Return whether the database could not be written, whatever the rows are: a full disk, a lack of memory or rights.

    Args:
        error: What was raised; what it came from counts, too.
    """
    import duckdb

    faults = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException, duckdb.PermissionException)
    for cause in causes(error):
        original = cause.orig if isinstance(cause, DBAPIError) else cause
        if isinstance(original, faults) or _code(cause).startswith(_MACHINE):
            return True
        # a commit that the disk refuses is reported as any commit that fails, with the system's reason in the text
        if isinstance(original, duckdb.Error) and any(reason in str(original) for reason in _REASONS):
            return True
        if isinstance(original, OSError) and original.errno in _NUMBERS:
            return True
    return False


@contextmanager
def faults_named(place: str) -> Iterator[None]:
    """Turn the refusal of the machine to write into one error that names the database; others pass as they are.

    Args:
        place: The database, without a password.

    Raises:
        DatabaseError: If what the block does cannot be written.
    """
    import duckdb

    try:
        yield
    except (DBAPIError, duckdb.Error, OSError) as error:
        if not is_of_the_machine(error):
            raise
        raise DatabaseError(f"{place}: it cannot be written: {reason_of(error)}. Nothing was changed.") from error


@contextmanager
def losses_named(place: str) -> Iterator[None]:
    """Turn the loss of a connection, or another transaction in the way, into one error that names the database; others pass as they are.

    Args:
        place: The database, without a password.

    Raises:
        DatabaseLostError: If what the block asks is not answered for such a reason.
    """
    try:
        yield
    except BenchdbError:
        raise
    except Exception as error:
        if not is_passing(error):
            raise
        raise DatabaseLostError(f"{place}: {reason_of(error)}; the same may be asked again") from error


def reason_of(error: BaseException) -> str:
    """Return what an engine or the system gives as its reason, in one line.

    Args:
        error: What was raised.
    """
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    return text.strip().partition("\n")[0].rstrip(".")


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, one after the other.

    Args:
        error: What was raised.
    """
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _passes(error: DBAPIError) -> bool:
    code = _code(error)
    if code:
        return code.startswith(_PASSING)
    # libpq has no code where it never reached the server, or lost it; no server has sent this
    return type(error.orig).__module__.startswith("psycopg") and type(error.orig).__name__ == "OperationalError"


def _code(error: BaseException) -> str:
    original = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(original, "sqlstate", None) or "")
