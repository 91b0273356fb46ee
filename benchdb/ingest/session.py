"""One import: files become reports, and their rows reach the tables in transactions of whole files.

Small files share a transaction, which each joins only when it has been read to its end; a file too large for memory has a
transaction of its own and reaches the database piece by piece inside it.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.database.bulk import rows_refused
from benchdb.database.bundle import is_manifest, is_part
from benchdb.errors import DatabaseError, IngestError
from benchdb.ingest.attempts import present
from benchdb.ingest.clock import latest_import, never_before
from benchdb.ingest.flatten import FileRows, Flattener
from benchdb.ingest.identity import IngestFile, ReadAlong, spell_options
from benchdb.ingest.numbering import Numbering
from benchdb.ingest.raw_text import RawTexts
from benchdb.ingest.reading import READ_ERRORS, HereReading, ReadHereError, verdict_of
from benchdb.ingest.report import FileReport, FileState, IngestReport
from benchdb.ingest.resolve import Resolver
from benchdb.ingest.steps import entry_rows, faults_of_importer, steps
from benchdb.ingest.waiting import WaitingFile, WaitingFiles, kept_name, pieces
from benchdb.schema.curation import Ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from benchdb.ingest.attempts import Done
    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.meter import Meter
    from benchdb.ingest.reading import Reading
    from benchdb.ingest.recall import Recall
    from benchdb.ingest.write import FileCounts, Writer

PIECE = 2_000_000
"""Scores and outcomes held in memory before they go to the database."""
PIECE_BYTES = 40_000_000
"""Bytes of them in Arrow tables, and of the runs of one file: a score with a run of its own is ten times as large as an outcome, and
a run that keeps its part of the file in `raw` as large again."""
PIECE_ITEMS = 125_000
"""New items of benchmarks held in memory before they go to the database, with the rows of a file that is large by them.

More than a row group of DuckDB (122,880 rows): what is less at a time stays in memory until the end of the transaction."""
FILES_PER_TRANSACTION = 1_000
"""Complete files that may share a transaction, which costs as much for one small file as for hundreds."""
BYTES_PER_TRANSACTION = 200_000_000
"""Bytes of complete files after which a transaction is full: what a run keeps of its file in `raw` counts in no other limit."""
_BUNDLE = "bundle"
_BY = "benchdb ingest"
"""Who decides where importing a file changes what counts."""


class Session:
    """One import: rows of complete files waiting for the next transaction, and the reports."""

    def __init__(  # noqa: PLR0913 — each says one thing about the import
        self,
        connection: Connection,
        recall: Recall,
        *,
        dry_run: bool,
        clock: Callable[[], datetime],
        base: Path | None,
        replaces: bool = False,
        done: Done,
        meter: Meter,
    ) -> None:
        self._meter = meter
        self._base = base
        self._replaces = replaces
        self._current: dict[str, int] = {}
        self._home = Path.home()
        self._done_so_far = done
        self._earlier = done.arrived(connection)
        self._clock = never_before(clock, latest_import(connection))
        self._connection = connection
        self._recall = recall
        self._importer = recall.chosen
        self._options = recall.options
        self._dry_run = dry_run
        self._brought = FileState.WOULD_LOAD if dry_run else FileState.LOADED
        self._known: set[int] = set()
        self._undone: set[int] = set()
        for ingest_id, state in connection.execute(select(Ingest.ingest_id, Ingest.state)):
            (self._undone if state == "undone" else self._known).add(ingest_id)
        self._resolver = Resolver(connection)
        self._numbering = self._new_numbering()
        self._raws = RawTexts()
        self._writing: Future[None] | None = None
        connection.rollback()
        self._reports: list[FileReport] = []
        self._waiting = WaitingFiles()

    def take(self, reading: Reading) -> None:
        """Take in one file; its rows wait for the next transaction unless it is large.

        Args:
            reading: The file, on its way to records.
        """
        found = reading.found
        position = len(self._reports)
        self._reports.append(FileReport(file=found.name, state=found.state or FileState.FAILED, message=found.message))
        if found.state is not None:
            return
        if is_part(found.path):
            self._report(position, state=FileState.READ_ALONG, importer=_BUNDLE)
            return
        with self._reporting(position, found):
            if self._importer is None and is_manifest(found.path):
                self._restore(found, position)
                return
            try:
                self._take(reading, position)
            except ReadHereError:
                self._take(self._here(found), position)
            finally:
                reading.close()
        if self._is_full():
            self.write_waiting()

    def _is_full(self) -> bool:
        """Return whether the files that wait are enough for a transaction."""
        waiting = self._waiting
        is_many = len(waiting.files) >= FILES_PER_TRANSACTION or waiting.n_bytes >= BYTES_PER_TRANSACTION
        return is_many or _is_piece(waiting.rows, waiting.rows.n_bytes, 0)

    def is_readable(self, found: FoundFile) -> bool:
        """Return whether a file is one that an importer may read, in whatever process.

        Args:
            found: The file.
        """
        if found.state is not None or is_part(found.path):
            return False
        return self._importer is not None or not is_manifest(found.path)

    def holds(self, ingest_id: int) -> bool:
        """Return whether an import is known, so that its file need not be read.

        Args:
            ingest_id: Its key.
        """
        return ingest_id in self._known or ingest_id in self._undone

    @property
    def settled(self) -> list[int]:
        """Keys of imports whose files need not be read, in ascending order."""
        return sorted(self._known | self._undone)

    def _here(self, found: FoundFile) -> HereReading:
        return HereReading(found, self._importer, self._options)

    def _take(self, reading: Reading, position: int) -> None:
        file = reading.identify()
        self._recall.learn(reading.found, file)
        self._recall.require_settled(reading.found, file)
        if isinstance(file, ReadAlong):
            self._report(position, state=FileState.READ_ALONG, importer=file.owner.name)
            return
        self._current[self._name(file.found)] = file.ingest_id
        if file.ingest_id in self._known:
            named = replace(self._reports[position], importer=file.importer.name)
            self._reports[position] = present(self._earlier.pop(file.ingest_id, None), named)
        elif file.ingest_id in self._undone:
            self._bring_back(file, position)
        else:
            from benchdb.ingest.arrays import system_memory

            with system_memory():
                self._read(file, reading, position)

    def _bring_back(self, file: IngestFile, position: int) -> None:
        """Take the undoing of a file's import back: its rows are there."""
        from benchdb.ingest.decisions import Decision
        from benchdb.ingest.replacing import is_replaced
        from benchdb.ingest.undo import redo_import

        self.write_waiting()
        if self._replaces and not is_replaced(self._connection, file.ingest_id, _BY):
            self._report(
                position,
                state=FileState.ALREADY_PRESENT,
                importer=file.importer.name,
                message="its import was undone, and stays so",
            )
            return
        decision = Decision(by=_BY, reason="the file was imported again", at=self._clock())
        with self._transaction():
            redo_import(self._connection, file.ingest_id, decision)
        self._undone.discard(file.ingest_id)
        self._known.add(file.ingest_id)
        message = "its import had been undone; what it brought counts again"
        self._report(position, state=self._brought, importer=file.importer.name, message=message)

    def finish(self) -> IngestReport:
        """Write what still waits and return the reports."""
        self.write_waiting()
        n_replaced = self._take_back_earlier() if self._replaces else 0
        if self._dry_run:
            self._connection.rollback()
        return IngestReport(files=tuple(self._reports), new_names=tuple(self._done_so_far.names), n_replaced=n_replaced)

    def _take_back_earlier(self) -> int:
        """Take the imports of what these files held before back."""
        from benchdb.ingest.decisions import Decision
        from benchdb.ingest.replacing import take_back_earlier

        decision = Decision(by=_BY, reason="the file has changed since", at=self._clock())
        with self._transaction():
            return take_back_earlier(self._connection, self._current, spell_options(self._options), decision)

    @contextmanager
    def _reporting(self, position: int, found: FoundFile) -> Iterator[None]:
        """Turn an error that one file causes into that file's report; the others go on."""
        try:
            yield
        except DatabaseError:
            raise  # no file's fault
        except READ_ERRORS as error:
            verdict = verdict_of(error, found)
            self._report(position, state=verdict.state, message=verdict.message)

    def _read(self, file: IngestFile, reading: Reading, position: int) -> None:
        flattener = Flattener(
            self._name(file.found), file.sha256, file.ingest_id,
            resolver=self._resolver, numbering=self._numbering, raws=self._raws, options=self._options,
        )  # fmt: skip
        flattener.gathered = self._count_rows
        parts = steps(flattener, reading.records(file))
        try:
            with faults_of_importer(file):
                for _step in parts:
                    if _is_piece_of_file(flattener.out, self._numbering.n_pending):
                        self._write_large(file, position, flattener, parts)
                        return
                names = self._take_names(flattener)
        except BaseException:
            self._resolver.forget()
            self._numbering.forget()
            raise
        if self._waiting.hold_runs_of(flattener.out) and not self.write_waiting():
            self._read(file, self._here(file.found), position)
            return
        waiting = WaitingFile(position=position, file=file, names=names, n_without_unit=flattener.n_without_unit)
        self._waiting.add(waiting, flattener.out)
        self._known.add(file.ingest_id)
        self._reports[position] = FileReport(file=file.found.name, state=FileState.LOADED, importer=file.importer.name)

    def _report(self, position: int, **facts: Any) -> None:
        self._reports[position] = replace(self._reports[position], **facts)

    def _count_rows(self, n_rows: int) -> None:
        self._meter.n_rows += n_rows

    def _restore(self, found: FoundFile, position: int) -> None:
        """Put a whole database back, or merge it into what is there; its own import leaves no trace: the database was another's."""
        from benchdb.ingest.union.joining import take_bundle

        self.write_waiting()
        try:
            if self._dry_run:
                with rows_refused():
                    counts = take_bundle(self._connection, found.path)
            else:
                self._connection.rollback()
                with rows_refused(), self._connection.begin():
                    counts = take_bundle(self._connection, found.path)
        except BaseException:
            self._start_over()
            raise
        brought = {f"n_{name}s": counts[name] for name in ("run", "score", "outcome")}
        self._report(position, state=self._brought, importer=_BUNDLE, **brought)
        self._resolver, self._numbering = Resolver(self._connection), self._new_numbering()
        self._known = set(
            self._connection.execute(select(Ingest.ingest_id).where(Ingest.state == "complete")).scalars()
        )
        if not self._dry_run:
            self._connection.rollback()

    def write_waiting(self) -> bool:
        """Write the complete files that wait, in one transaction; if the database refuses it, each in its own.

        Returns:
            False if it was refused: names and items of a file that was being read have to be looked up anew.
        """
        files, rows = self._waiting.files, self._waiting.rows
        if not files:
            return True
        self._waiting = WaitingFiles()
        try:
            with self._transaction() as writer:
                writer.write(rows)
                writer.finish([self._ingest_row(waiting.file) for waiting in files])
        except IngestError as error:
            self._start_over()
            for waiting in files:
                self._known.discard(waiting.file.ingest_id)
                if len(files) == 1:
                    self._report(
                        waiting.position, state=FileState.FAILED, message=f"{waiting.file.found.name}: {error}"
                    )
                else:
                    with self._reporting(waiting.position, waiting.file.found):
                        self._read(waiting.file, self._here(waiting.file.found), waiting.position)
                    self.write_waiting()
            return False
        for waiting in files:
            self._done(waiting, writer.counts[waiting.file.ingest_id])
        return True

    def _write_large(self, file: IngestFile, position: int, flattener: Flattener, rest: Iterator[None]) -> None:
        """Write a file that is too large to wait, piece by piece in one transaction of its own.

        One piece is written while the next is read.
        """
        if not self.write_waiting():
            self._read(file, self._here(file.found), position)
            return
        import pyarrow as pa

        names: list[tuple[str, str]] = []
        try:
            with self._transaction() as writer, ThreadPoolExecutor(max_workers=1) as pool:
                for is_last in pieces(flattener, rest, _is_piece_of_file):
                    names += self._take_names(flattener)
                    rows, flattener.out = flattener.out, FileRows()
                    self._settle()
                    self._writing = pool.submit(writer.write, rows)
                    if is_last:
                        self._settle()
                writer.finish([self._ingest_row(file)])
                pa.default_memory_pool().release_unused()  # the commit is what takes the engine most
        except BaseException:
            self._start_over()
            raise
        self._known.add(file.ingest_id)
        waiting = WaitingFile(position=position, file=file, names=names, n_without_unit=flattener.n_without_unit)
        self._done(waiting, writer.counts[file.ingest_id])

    def _start_over(self) -> None:
        """Forget what a transaction that was rolled back had taught."""
        self._writing = None
        self._connection.rollback()
        self._resolver = Resolver(self._connection)
        self._numbering = self._new_numbering()

    def _settle(self) -> None:
        """Wait until the piece that is being written is written; nothing else may use the connection before."""
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _new_numbering(self) -> Numbering:
        return Numbering(self._connection, before_read=self._settle, is_new=self._resolver.is_new)

    def _take_names(self, flattener: Flattener) -> list[tuple[str, str]]:
        """Move the catalogue entries and items that are new into the file's rows; return kind and slug of the entries."""
        names: list[tuple[str, str]] = []
        if (items := self._numbering.take()) is not None:
            flattener.out.tables["sample"].append(items)
        for table, rows in self._resolver.take().items():
            flattener.out.rows[table].extend(entry_rows(table, rows, flattener.ingest_id))
            names.extend((table, str(row["slug"])) for row in rows)
        return names

    @contextmanager
    def _transaction(self) -> Iterator[Writer]:
        from benchdb.ingest.write import Writer

        if self._dry_run:
            # Nothing is committed: what one file would bring stays visible to the next until the end.
            with rows_refused():
                yield Writer(self._connection)
            return
        self._connection.rollback()
        with rows_refused(), self._connection.begin():
            yield Writer(self._connection)

    def _ingest_row(self, file: IngestFile) -> tuple[Any, ...]:
        return (
            file.ingest_id, self._name(file.found), file.sha256, file.hashed.n_bytes, file.importer.name, file.importer.version,
            spell_options(self._options), self._clock(), "complete",
        )  # fmt: skip

    def _name(self, found: FoundFile) -> str:
        return kept_name(found.name, self._base, self._home)

    def _done(self, waiting: WaitingFile, counts: FileCounts) -> None:
        self._done_so_far.names.extend(waiting.names)
        self._reports[waiting.position] = report = waiting.report(counts, self._brought)
        if not self._dry_run:
            self._done_so_far.reports[waiting.file.ingest_id] = report


def _is_piece_of_file(rows: FileRows, n_items: int) -> bool:
    """Return whether rows of one file, or the items that are new with them, are enough to be written."""
    return _is_piece(rows, rows.n_bytes + rows.n_run_bytes, n_items)


def _is_piece(rows: FileRows, n_bytes: int, n_items: int) -> bool:
    return rows.n_large >= PIECE or n_bytes >= PIECE_BYTES or n_items >= PIECE_ITEMS
