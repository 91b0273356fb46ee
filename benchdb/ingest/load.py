"""The only writer: files → records → rows → tables. Whole files only; a file that fails leaves nothing behind.

Small files share a transaction, which each joins only when it has been read to its end; a file too large for memory has a
transaction of its own and reaches the database piece by piece inside it.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from benchdb.database.bulk import rows_refused
from benchdb.database.bundle import is_manifest, is_part, restore
from benchdb.database.connect import is_duckdb
from benchdb.database.revision import require_head
from benchdb.errors import BenchdbError, FormatNotRecognisedError, IngestError
from benchdb.ingest.archive_files import SEPARATOR, is_archive, is_zip
from benchdb.ingest.files import FoundFile, find_files, look_up
from benchdb.ingest.flatten import FileRows, Flattener
from benchdb.ingest.importer import (
    Importer,
    ReadOptions,
    companion_of,
    importer_named,
    importers,
    read_head,
    recognise,
)
from benchdb.ingest.looks import looks_like
from benchdb.ingest.numbering import Numbering
from benchdb.ingest.records import OutcomeTable, RunRecord
from benchdb.ingest.report import FileReport, FileState, IngestReport
from benchdb.ingest.resolve import Resolver
from benchdb.ingest.unchanged import hash_files
from benchdb.schema.base import Base
from benchdb.schema.curation import Ingest
from benchdb.schema.keys import text_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from benchdb.ingest.records import Record
    from benchdb.ingest.unchanged import Hashed
    from benchdb.ingest.write import FileCounts, Writer

PIECE = 2_000_000
"""Scores and outcomes held in memory before they go to the database."""
FILES_PER_TRANSACTION = 200
"""Complete files that may share a transaction."""
_BUNDLE = "bundle"
_WRITER_LOCK = 0x62656E6368646200
"""PostgreSQL's advisory lock for the one writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFile:
    """A file about to be read."""

    found: FoundFile
    importer: Importer
    hashed: Hashed
    ingest_id: int

    @property
    def sha256(self) -> str:
        """Hash of its bytes and its companions'."""
        return self.hashed.sha256

    def require_same(self) -> None:
        """Do nothing if the bytes that were read are those that were hashed.

        Raises:
            IngestError: If the file changed or vanished meanwhile.
        """
        if SEPARATOR not in self.found.name:  # what an archive was unpacked to is nobody else's
            self.hashed.require_same()


def ingest(  # noqa: PLR0913 — each says one thing about the import
    engine: Engine,
    paths: Sequence[Path],
    *,
    importer: str | None = None,
    options: ReadOptions | None = None,
    dry_run: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    progress: Callable[[Path], None] | None = None,
    base: Path | None = None,
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
        base: Folder that file names are kept relative to; by default they are kept as given.

    Raises:
        ConfigError: If there is no importer of that name.
        IngestError: If a path does not exist or nothing fits a pattern.
        DatabaseRevisionError: If the database is not at the newest revision.
    """
    chosen = None if importer is None else importer_named(importer)
    files = look_up(paths)
    with engine.connect() as connection:
        require_head(connection)
        connection.rollback()
        with one_writer(connection):
            session = _Session(connection, options or ReadOptions(), dry_run=dry_run, clock=clock, base=base)
            opened = partial(is_opened, chosen=chosen)
            for found in find_files(files, is_archive=opened, before_removal=session.write_waiting):
                session.take(found, chosen)
                if progress is not None:
                    progress(Path(found.name))
            return session.finish()


def is_opened(path: Path, chosen: Importer | None) -> bool:
    """Return whether a file is an archive that no importer reads as it is.

    Args:
        path: The file.
        chosen: The importer to use for every file, if one was named.
    """
    try:
        head = read_head(path)
    except OSError:
        return False
    if not is_archive(head):
        return False
    # Only a zip can be a log as well: others hold text in the open that would be taken for the file itself.
    readers = [chosen] if chosen is not None else importers() if is_zip(head) else []
    return not any(importer.sniff(head, path.name) for importer in readers)


def describe(found: FoundFile, importer: Importer, options: ReadOptions) -> IngestFile:
    """Return a file's identity: the hash of its bytes and its companions', and the key of importing it so and from there.

    Args:
        found: The file.
        importer: The importer that will read it.
        options: What the user says about it.
    """
    hashed = hash_files((found.path, *importer.companions(found.path)))
    told = found.path.absolute().parts[-importer.path_parts :] if importer.path_parts else ()
    key = text_key("ingest", hashed.sha256, importer.name, importer.version, spell_options(options), *told)
    return IngestFile(found=found, importer=importer, hashed=hashed, ingest_id=key)


def spell_options(options: ReadOptions) -> str:
    """Return the options that differ from the defaults, as canonical JSON.

    Args:
        options: What the user says about a file.
    """
    default = asdict(ReadOptions())
    given = {name: value for name, value in asdict(options).items() if value != default[name]}
    return json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)


@contextmanager
def one_writer(connection: Connection) -> Iterator[None]:
    """Hold the right to write. DuckDB has one writing process anyway; on PostgreSQL a second import waits here.

    Args:
        connection: The connection that will write; no transaction is in progress on it.
    """
    if is_duckdb(connection):
        yield
        return
    connection.execute(select(func.pg_advisory_lock(_WRITER_LOCK)))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(_WRITER_LOCK)))
        connection.commit()


@dataclass(frozen=True, slots=True, kw_only=True)
class _WaitingFile:
    """A file read to its end, on its way to the tables."""

    position: int
    """Place of its report."""
    file: IngestFile
    names: list[tuple[str, str]]
    """Kind and slug of the catalogue entries it brings."""
    n_without_unit: int
    """Scores whose unit nobody has said."""


class _Session:
    """One import: rows of complete files waiting for the next transaction, and the reports."""

    def __init__(
        self,
        connection: Connection,
        options: ReadOptions,
        *,
        dry_run: bool,
        clock: Callable[[], datetime],
        base: Path | None,
    ) -> None:
        self._base = base
        self._connection = connection
        self._options = options
        self._dry_run = dry_run
        self._clock = clock
        self._known: set[int] = set()
        self._undone: set[int] = set()
        for ingest_id, state in connection.execute(select(Ingest.ingest_id, Ingest.state)):
            (self._undone if state == "undone" else self._known).add(ingest_id)
        self._resolver = Resolver(connection)
        self._numbering = self._new_numbering()
        self._writing: Future[None] | None = None
        connection.rollback()
        self._reports: list[FileReport] = []
        self._new_names: list[tuple[str, str]] = []
        self._waiting = FileRows()
        self._waiting_files: list[_WaitingFile] = []

    def take(self, found: FoundFile, importer: Importer | None) -> None:
        """Read one file; its rows wait for the next transaction unless it is large."""
        position = len(self._reports)
        self._reports.append(FileReport(file=found.name, state=found.state or FileState.FAILED, message=found.message))
        if found.state is not None:
            return
        if is_part(found.path):
            self._reports[position] = replace(self._reports[position], state=FileState.READ_ALONG, importer=_BUNDLE)
            return
        with self._reporting(position, found):
            if importer is None and is_manifest(found.path):
                self._restore(found, position)
                return
            file = self._recognise(found, importer)
            if isinstance(file, FileReport):
                self._reports[position] = file
            elif file.ingest_id in self._known:
                self._reports[position] = replace(
                    self._reports[position], state=FileState.ALREADY_PRESENT, importer=file.importer.name
                )
            elif file.ingest_id in self._undone:
                self._bring_back(file, position)
            else:
                self._read(file, position)
        if self._waiting.n_large >= PIECE or len(self._waiting_files) >= FILES_PER_TRANSACTION:
            self.write_waiting()

    def _bring_back(self, file: IngestFile, position: int) -> None:
        """Take the undoing of a file's import back: its rows are there."""
        from benchdb.ingest.decisions import Decision
        from benchdb.ingest.undo import redo_import

        self.write_waiting()
        decision = Decision(by="benchdb ingest", reason="the file was imported again", at=self._clock())
        with self._transaction():
            redo_import(self._connection, file.ingest_id, decision)
        self._undone.discard(file.ingest_id)
        self._known.add(file.ingest_id)
        self._reports[position] = replace(
            self._reports[position],
            state=FileState.WOULD_LOAD if self._dry_run else FileState.LOADED,
            importer=file.importer.name,
            message="its import had been undone; what it brought counts again",
        )

    def finish(self) -> IngestReport:
        """Write what still waits and return the reports."""
        self.write_waiting()
        if self._dry_run:
            self._connection.rollback()
        return IngestReport(files=tuple(self._reports), new_names=tuple(self._new_names))

    @contextmanager
    def _reporting(self, position: int, found: FoundFile) -> Iterator[None]:
        """Turn an error that one file causes into that file's report; the others go on."""
        report = self._reports[position]
        try:
            yield
        except FormatNotRecognisedError:
            self._reports[position] = _unknown(report, found)
        except BenchdbError as error:
            self._reports[position] = replace(report, state=FileState.FAILED, message=found.spell(error))
        except (OSError, UnicodeDecodeError) as error:
            self._reports[position] = replace(
                report, state=FileState.FAILED, message=f"{report.file}: {found.spell(error)}"
            )

    def _read(self, file: IngestFile, position: int) -> None:
        flattener = Flattener(
            self._name(file.found), file.sha256, file.ingest_id, self._resolver, self._numbering, self._options
        )
        steps = _steps(flattener, file.importer.read(file.found.path, self._options))
        try:
            with _faults_of_importer(file):
                for _step in steps:
                    if flattener.out.n_large >= PIECE:
                        self._write_large(file, position, flattener, steps)
                        return
            file.require_same()
        except BaseException:
            self._resolver.forget()
            self._numbering.forget()
            raise
        names = self._take_names(flattener)
        self._waiting.merge(flattener.out)
        self._waiting_files.append(
            _WaitingFile(position=position, file=file, names=names, n_without_unit=flattener.n_without_unit)
        )
        self._known.add(file.ingest_id)
        self._reports[position] = replace(self._reports[position], state=FileState.LOADED, importer=file.importer.name)

    def _restore(self, found: FoundFile, position: int) -> None:
        """Put a whole database back; what the file's own import would be is not noted, since the database was another's."""
        self.write_waiting()
        try:
            if self._dry_run:
                with rows_refused():
                    counts = restore(self._connection, found.path)
            else:
                self._connection.rollback()
                with rows_refused(), self._connection.begin():
                    counts = restore(self._connection, found.path)
        except BaseException:
            self._start_over()
            raise
        self._reports[position] = replace(
            self._reports[position],
            state=FileState.WOULD_LOAD if self._dry_run else FileState.LOADED,
            importer=_BUNDLE,
            n_runs=counts["run"],
            n_scores=counts["score"],
            n_outcomes=counts["outcome"],
        )
        self._resolver, self._numbering = Resolver(self._connection), self._new_numbering()
        self._known = set(
            self._connection.execute(select(Ingest.ingest_id).where(Ingest.state == "complete")).scalars()
        )
        if not self._dry_run:
            self._connection.rollback()

    def write_waiting(self) -> None:
        """Write the complete files that wait, in one transaction; if the database refuses it, each in its own."""
        files, rows = self._waiting_files, self._waiting
        if not files:
            return
        self._waiting, self._waiting_files = FileRows(), []
        try:
            with self._transaction() as writer:
                writer.write(rows)
                writer.finish([self._ingest_row(waiting.file) for waiting in files])
        except IngestError as error:
            self._start_over()
            for waiting in files:
                self._known.discard(waiting.file.ingest_id)
                if len(files) == 1:
                    self._reports[waiting.position] = replace(
                        self._reports[waiting.position],
                        state=FileState.FAILED,
                        message=f"{waiting.file.found.name}: {error}",
                    )
                else:
                    with self._reporting(waiting.position, waiting.file.found):
                        self._read(waiting.file, waiting.position)
                    self.write_waiting()
            return
        for waiting in files:
            self._done(waiting, writer.counts[waiting.file.ingest_id])

    def _write_large(self, file: IngestFile, position: int, flattener: Flattener, rest: Iterator[None]) -> None:
        """Write a file that is too large to wait, piece by piece in one transaction of its own.

        One piece is written while the next is read.
        """
        self.write_waiting()
        names: list[tuple[str, str]] = []
        try:
            with self._transaction() as writer, ThreadPoolExecutor(max_workers=1) as pool:
                for is_last in _pieces(flattener, rest):
                    names += self._take_names(flattener)
                    rows, flattener.out = flattener.out, FileRows()
                    self._settle()
                    self._writing = pool.submit(writer.write, rows)
                    if is_last:
                        self._settle()
                file.require_same()
                writer.finish([self._ingest_row(file)])
        except BaseException:
            self._start_over()
            raise
        self._known.add(file.ingest_id)
        waiting = _WaitingFile(position=position, file=file, names=names, n_without_unit=flattener.n_without_unit)
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
        for table, rows in self._resolver.take().items():
            flattener.out.rows[table].extend(entry_rows(table, rows, flattener.ingest_id))
            names.extend((table, str(row["slug"])) for row in rows)
        items = self._numbering.take()
        if items is not None:
            flattener.out.tables["sample"].append(items)
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

    def _recognise(self, found: FoundFile, importer: Importer | None) -> IngestFile | FileReport:
        if importer is None:
            owner = companion_of(found.path)
            if owner is not None and not found.is_named:
                return FileReport(file=found.name, state=FileState.READ_ALONG, importer=owner.name)
            try:
                importer = recognise(found.path, self._options.columns if found.is_named else None)
            except FormatNotRecognisedError:
                if owner is None:
                    raise
                message = (
                    f"{found.name}: {owner.name} reads this file along with the results file beside it; name that one"
                )
                raise IngestError(message) from None
        return describe(found, importer, self._options)

    def _ingest_row(self, file: IngestFile) -> tuple[Any, ...]:
        return (
            file.ingest_id, self._name(file.found), file.sha256, file.hashed.n_bytes, file.importer.name, file.importer.version,
            spell_options(self._options), self._clock(), "complete",
        )  # fmt: skip

    def _name(self, found: FoundFile) -> str:
        path = Path(found.name)
        if self._base is not None:
            return str(path.relative_to(self._base))
        home = Path.home()
        return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)

    def _done(self, waiting: _WaitingFile, counts: FileCounts) -> None:
        self._new_names.extend(waiting.names)
        self._reports[waiting.position] = FileReport(
            file=waiting.file.found.name,
            state=FileState.WOULD_LOAD if self._dry_run else FileState.LOADED,
            importer=waiting.file.importer.name,
            n_runs=counts.n_runs,
            n_scores=counts.n_scores,
            n_outcomes=counts.n_outcomes,
            n_repeated=counts.n_repeated,
            n_new_names=len(waiting.names),
            message=_without_unit(waiting.n_without_unit),
        )


def _unknown(report: FileReport, found: FoundFile) -> FileReport:
    """Return the report of a file that no importer recognises."""
    try:
        looks = looks_like(read_head(found.path))
    except OSError as error:
        return replace(report, state=FileState.FAILED, message=f"{report.file}: {found.spell(error)}")
    return replace(
        report,
        state=FileState.UNKNOWN,
        message=f"{report.file}: no importer recognises this file: it is {looks}",
    )


@contextmanager
def _faults_of_importer(file: IngestFile) -> Iterator[None]:
    """Turn what an importer did not foresee into the failure of its file: a third party may have written it."""
    try:
        yield
    except UnicodeDecodeError:
        raise
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise IngestError(
            f"{file.found.path}: the importer {file.importer.name} failed with {type(error).__name__}: {error}. "
            "This is a fault of the importer; report it with the file."
        ) from error


def add_record(flattener: Flattener, record: Record) -> Iterator[None]:
    """Add one record to a file's rows, pausing after each part so that the caller can write what has gathered.

    Args:
        flattener: The file's rows.
        record: What its importer yielded.

    Yields:
        None after each part.
    """
    if isinstance(record, RunRecord):
        yield from flattener.add_run(record)
        return
    from benchdb.ingest.columns import ColumnFlattener

    columns = ColumnFlattener(flattener)
    if isinstance(record, OutcomeTable):
        columns.add_outcomes(record)
    else:
        columns.add_scores(record)
    yield


def _steps(flattener: Flattener, records: Iterable[Record]) -> Iterator[None]:
    """Add record after record to a file's rows, pausing after each part."""
    for record in records:
        yield from add_record(flattener, record)


def _without_unit(n_scores: int) -> str | None:
    if not n_scores:
        return None
    scores = "1 score states" if n_scores == 1 else f"{n_scores} scores state"
    return f"{scores} no unit, so that only history shows them; if you know it, import again with --score-unit percent or fraction"


def _pieces(flattener: Flattener, rest: Iterator[None]) -> Iterator[bool]:
    """Yield whenever the flattener holds a piece to write: False after each full one, True at the end of the file."""
    yield False
    for _step in rest:
        if flattener.out.n_large >= PIECE:
            yield False
    yield True


def entry_rows(table: str, entries: list[dict[str, Any]], ingest_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield new catalogue entries as rows of their table, marked unreviewed.

    Args:
        table: Name of the table.
        entries: Columns that are known, by name.
        ingest_id: The import that brings them.
    """
    for entry in entries:
        facts = {"review_state": "unreviewed", "ingest_id": ingest_id, **entry}
        yield tuple(facts.get(column.name) for column in Base.metadata.tables[table].columns)
