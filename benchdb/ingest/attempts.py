"""Trying an import again where the connection was lost, and saying what was done where it ends before its end."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from benchdb.database.trouble import is_of_the_machine, is_passing, reason_of
from benchdb.errors import BenchdbError, DatabaseError, DatabaseLostError, Interrupted
from benchdb.ingest.report import FileReport, FileState
from benchdb.schema.curation import Ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

T = TypeVar("T")
PATIENCE_S = 60.0
"""Seconds without any progress after which an import gives up."""
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 2.0
_ARRIVED = "the connection was lost while it was written; it had arrived"


@dataclass(slots=True)
class Done:
    """What an import has brought so far, over all attempts at it."""

    before: frozenset[int] | None = None
    """Imports that were in the database before the first attempt; None before that."""
    reports: dict[int, FileReport] = field(default_factory=dict)
    """Import → what became of its file, once it is in the database."""
    names: list[tuple[str, str]] = field(default_factory=list)
    """Kind and slug of the catalogue entries that these files brought."""

    def arrived(self, connection: Connection) -> dict[int, FileReport]:
        """Return the imports that earlier attempts have brought, also where the answer to a commit was lost.

        Args:
            connection: A connection to the database.
        """
        columns = (
            Ingest.ingest_id,
            Ingest.importer,
            Ingest.n_runs,
            Ingest.n_scores,
            Ingest.n_outcomes,
            Ingest.n_repeated,
        )
        found = connection.execute(select(*columns)).all()
        if self.before is None:
            self.before = frozenset(row.ingest_id for row in found)
        for row in found:
            if row.ingest_id not in self.before and row.ingest_id not in self.reports:
                _key, importer, *counts = row
                facts = dict(zip(("n_runs", "n_scores", "n_outcomes", "n_repeated"), counts, strict=True))
                self.reports[row.ingest_id] = FileReport(
                    file="", state=FileState.LOADED, importer=importer, message=_ARRIVED, **facts
                )
        return dict(self.reports)

    def look(self, connection: Connection) -> None:
        """Find out what has arrived, if the connection still can.

        Args:
            connection: A connection, in whatever state.
        """
        with suppress(DBAPIError, BenchdbError):
            connection.rollback()
            self.arrived(connection)

    def told(self) -> str:
        """Return what was done, as a sentence."""
        n_files = len(self.reports)
        if not n_files:
            return "Nothing was imported; the database is as it was."
        files = "1 file was" if n_files == 1 else f"{n_files:,} files were"
        return (
            f"{files} imported whole and stay; nothing of the others is there. "
            "The same command goes on where this one stopped."
        )


def present(earlier: FileReport | None, file: FileReport) -> FileReport:
    """Return the report of a file that is in the database: brought by an earlier attempt, or there before.

    Args:
        earlier: What the attempt that brought it has said; None where none did.
        file: Name and importer of the file.
    """
    if earlier is None:
        return replace(file, state=FileState.ALREADY_PRESENT)
    return replace(earlier, file=file.file)


@contextmanager
def what_was_done(done: Done, connection: Connection) -> Iterator[None]:
    """Say what was done where the user interrupts the block.

    Args:
        done: What was done.
        connection: The connection of the import.

    Raises:
        Interrupted: If the user interrupts it.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        done.look(connection)
        raise Interrupted(f"Interrupted. {done.told()}") from stop


def persevere(
    attempt: Callable[[], T],
    done: Done,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Return what an attempt returns, after as many as a connection that comes and goes makes necessary.

    Args:
        attempt: Does what is not done yet.
        done: Grows with each file that is in the database; patience begins anew then.
        clock: Monotonic seconds; tests pass their own.
        sleep: Waits a number of seconds; tests pass their own.

    Raises:
        DatabaseLostError: If nothing more was done for `PATIENCE_S`.
    """
    n_done, pause, deadline = -1, _FIRST_PAUSE_S, 0.0
    while True:
        try:
            return attempt()
        except (DatabaseError, DBAPIError) as error:
            if not is_passing(error):
                raise
            if len(done.reports) > n_done:
                n_done, pause, deadline = len(done.reports), _FIRST_PAUSE_S, clock() + PATIENCE_S
            if clock() + pause > deadline:
                raise DatabaseLostError(reason_of(error)) from error
        sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


def explain(error: DatabaseError | DBAPIError, place: str, done: Done) -> BaseException:
    """Return what to raise where an import cannot go on: what is wrong, where, and what was done.

    Args:
        error: What was raised.
        place: The database.
        done: What was done.
    """
    if not (type(error) in {DatabaseError, DatabaseLostError} or is_of_the_machine(error)):
        return error
    kind = DatabaseLostError if isinstance(error, DatabaseLostError) else DatabaseError
    return kind(f"{place}: {reason_of(error)}. {done.told()}")
