"""What keeps a database trustworthy: taking imports back, copies of the whole, checks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchdb.config import database_url
from benchdb.database.connect import engine_path
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from sqlalchemy import Engine

    from benchdb.database.copies import CopyReport
    from benchdb.ingest.undo import UndoReport
    from benchdb.ingest.union.joining import MergeReport


def restore(
    backup: str | os.PathLike[str],
    target: str | os.PathLike[str] | None = None,
    *,
    wait_s: float = 10.0,
    progress: Callable[[str], object] | None = None,
) -> CopyReport:
    """Return what was copied from a backup into an empty place and proved equal.

    Args:
        backup: A file from `Database.backup`, or any DuckDB database of ours; it is only read.
        target: Where to: a DuckDB file that does not exist, or a PostgreSQL database without rows; None for BENCHDB_URL and
            then ./benchdb.duckdb.
        wait_s: Seconds to wait for another process that holds a file.
        progress: Called with the name of each table that is done.

    Raises:
        ConfigError: If there is something in that place.
        DatabaseError: If the backup cannot be read, or the copy differs from it.
        DatabaseRevisionError: If the backup is not at the newest revision.
    """
    from benchdb.database.copies import restore

    return restore(Path(backup), database_url(target), wait_s=wait_s, progress=progress)


class Keeping:
    """What keeps a database trustworthy: taking imports back, copies of the whole."""

    engine: Engine

    def undo(self, ingest: str | int, *, by: str, reason: str = "a person says so", redo: bool = False) -> UndoReport:
        """Return what became of an import after it was taken back: nothing is deleted, what it alone brought counts no more.

        Questions as of a moment before still count it. What another complete import states as well goes on to count.
        Importing the file again takes the undoing back, as `redo` does.

        Args:
            ingest: Key of the import, name of its file, or the beginning of the hash of the file's bytes.
            by: Who decides.
            reason: Why.
            redo: Take an earlier undoing back instead.

        Raises:
            UnknownNameError: If there is no such import.
            AmbiguousQueryError: If there are several.
            ConfigError: If it is undone already, or is not; or brought names of the catalogue and no claims.
        """
        from benchdb.ingest.decisions import Decision
        from benchdb.ingest.undo import undo

        return undo(self.engine, str(ingest), Decision(by=by, reason=reason, at=datetime.now(UTC)), redo=redo)

    def backup(
        self, to: str | os.PathLike[str], *, force: bool = False, progress: Callable[[str], object] | None = None
    ) -> CopyReport:
        """Return what was copied into a DuckDB file of its own, whatever the engine, and proved equal row for row.

        The copy is of one moment. It is closed, opened again and compared before it gets its name.

        Args:
            to: The file.
            force: Replace a file that is there, once the new copy is proved.
            progress: Called with the name of each table that is done.

        Raises:
            ConfigError: If the file is there and not to be replaced, or is the database itself.
            DatabaseError: If the folder does not exist, or the copy differs from its source.
        """
        from benchdb.database.copies import backup

        return backup(self.engine, Path(to), is_replacing=force, progress=progress)

    def merge(
        self,
        other: str | os.PathLike[str],
        *,
        dry_run: bool = False,
        wait_s: float = 10.0,
        progress: Callable[[str], object] | None = None,
    ) -> MergeReport:
        """Return what became of another database, all of which this one holds from now on as well.

        What both know stands once, and claims that contradict each other are all kept. Where one row had to be chosen, such
        as an alias that means different entries, the later decision holds, whichever database is merged into the other, and
        the report tells what the two said. Merging again adds nothing.

        Args:
            other: A DuckDB file; it is only read. One of an earlier revision is upgraded in a copy.
            dry_run: Do everything, then roll it back.
            wait_s: Seconds to wait for another process that writes to the file.
            progress: Called with the name of each table that is done.

        Raises:
            ConfigError: If the file is this database itself, or items would have to be renumbered.
            DatabaseError: If the file cannot be read, or is not sound.
            DatabaseRevisionError: If it is of a newer revision.
        """
        from benchdb.ingest.union.joining import merge_file

        return merge_file(self.engine, Path(other), dry_run=dry_run, wait_s=wait_s, progress=progress)

    def compact(self, *, wait_s: float = 10.0, progress: Callable[[str], object] | None = None) -> CopyReport:
        """Return what was written anew, without the room that deleted and changed rows left in a DuckDB file.

        The new file takes the old one's place in one step, once it is proved to hold the same rows; this database then goes
        on with it. Others may go on reading the old one.

        Args:
            wait_s: Seconds to wait for another process that writes.
            progress: Called with the name of each table that is done.

        Raises:
            ConfigError: If the database is no file.
            DatabaseBusyError: If another process keeps writing.
            DatabaseError: If the copy differs from its source.
        """
        from benchdb.database.copies import compact

        path = engine_path(self.engine)
        if path is None:
            raise ConfigError("only a DuckDB file is compacted; PostgreSQL does it by itself (VACUUM)")
        self.engine.dispose()
        return compact(path, wait_s=wait_s, progress=progress)
