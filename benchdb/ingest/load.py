"""The only writer: files → records → rows → tables. Whole files only; a file that fails leaves nothing behind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from benchdb.database.revision import place_of, require_head
from benchdb.errors import DatabaseError
from benchdb.ingest.attempts import Done, explain, persevere, what_was_done
from benchdb.ingest.files import find_files, look_up
from benchdb.ingest.garbage import few_collections
from benchdb.ingest.importer import ReadOptions, importer_named
from benchdb.ingest.lock import one_writer
from benchdb.ingest.meter import Meter
from benchdb.ingest.readers import Readers
from benchdb.ingest.recall import Recall
from benchdb.ingest.remembered import Remembered
from benchdb.ingest.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from benchdb.ingest.report import IngestReport


def ingest(  # noqa: PLR0913 — each says one thing about the import
    engine: Engine,
    paths: Sequence[Path],
    *,
    importer: str | None = None,
    options: ReadOptions | None = None,
    dry_run: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[Path], None] | None = None,
    meter: Meter | None = None,
    base: Path | None = None,
    jobs: int | None = None,
    memory: Remembered | None = None,
    settle_s: float = 0.0,
    replaces: bool = False,
) -> IngestReport:
    """Return what became of each file.

    Args:
        engine: A database at the newest revision.
        paths: Files, folders, archives and patterns; a folder or archive stands for every file in it, in order of name.
        importer: Name of an importer to use for every file; by default each file is recognised.
        options: What the user says about the files.
        dry_run: Read, resolve and write everything, then roll back.
        clock: Current time, aware; tests pass their own.
        progress: Called with each path when it is done.
        meter: Counts what is done, for whoever shows it.
        base: Folder that file names are kept relative to; by default they are kept as given.
        jobs: Processes that read files, 1 for none but this one; by default as many as there are cores, where there is enough to
            read. What is in the database afterwards does not depend on it.
        memory: What is known of files that were read before; by default every file is hashed.
        settle_s: Seconds for which a file must have been left alone; others are left out.
        replaces: Undo the earlier imports of files that have changed since, and leave undone what a person undid.

    Raises:
        ConfigError: If there is no importer of that name.
        IngestError: If a path does not exist or nothing fits a pattern.
        DatabaseRevisionError: If the database is not at the newest revision.
        DatabaseError: If the database cannot be written; the message says what was imported until then.
        DatabaseLostError: If the connection was lost and does not come back.
        Interrupted: If the user stops it; the message says the same.
    """
    chosen = None if importer is None else importer_named(importer)
    files = look_up(paths)
    done = Done()
    counting = meter or Meter()

    def attempt() -> IngestReport:
        with engine.connect() as connection:
            require_head(connection)
            connection.rollback()
            with one_writer(connection), what_was_done(done, connection):
                recall = Recall(memory or Remembered(None), chosen, options or ReadOptions(), settle_s)
                session = Session(
                    connection,
                    recall,
                    dry_run=dry_run,
                    clock=clock,
                    base=base,
                    replaces=replaces,
                    done=done,
                    meter=counting,
                )
                counting.start_over()
                with Readers(session, recall, jobs=jobs, progress=progress, meter=counting) as readers:
                    for found in find_files(
                        files, is_archive=recall.is_opened, before_removal=readers.settle, settle_s=settle_s
                    ):
                        readers.add(found)
                    readers.drain()
                return session.finish()

    try:
        with few_collections():
            return persevere(attempt, done)
    except (DatabaseError, DBAPIError) as error:
        raise explain(error, place_of(engine), done) from error
