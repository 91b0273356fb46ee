"""One bad file through an importer, with every net taken away that would hide what the importer did not foresee.

A file must end in records that the tables can hold, or in one clear `BenchdbError`, within the limits of `Limits`.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import tempfile
import time
import traceback
import zipfile
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from click.testing import CliRunner

from benchdb.cli import cli
from benchdb.database.bulk import arrow_schema
from benchdb.database.connect import open_engine
from benchdb.errors import BenchdbError, IngestError
from benchdb.ingest.files import find_files, look_up
from benchdb.ingest.flatten import Flattener, rows_to_table
from benchdb.ingest.identity import describe, is_opened
from benchdb.ingest.importer import importer_named, importers, read_head
from benchdb.ingest.keying import give_keys
from benchdb.ingest.looks import looks_like
from benchdb.ingest.numbering import Numbering
from benchdb.ingest.raw_text import RawTexts
from benchdb.ingest.resolve import Resolver
from benchdb.ingest.steps import add_record, entry_rows, nested_too_deeply
from benchdb.schema.base import Base as Tables
from tests.reliability.corpus import NO_WORDS, WORDS, Base, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import Importer, ReadOptions
    from benchdb.ingest.records import Record
    from benchdb.ingest.resolve import Pending

LONGEST_MESSAGE = 1_500
"""Characters of the longest message that still says one thing."""
_FAULTS = ("Traceback (most recent call last)", "fault of", "did not expect", "the database refuses a row")
_DEEP = 150
_MEMORY = Path("/dev/shm")  # noqa: S108 - the names in it are made up by tempfile
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take."""

    cpu_s: float = 10.0
    """Processor time."""
    n_bytes: int = 1 << 30
    """Memory beyond what the process had before."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one file ended."""

    state: str
    """"records", "error" or "fault"."""
    detail: str
    """The message, or what went wrong."""
    cpu_s: float = 0.0
    """Processor time it took."""


class TooLongError(BaseException):
    """A file took more processor time than it may."""


class Laboratory:
    """A catalogue that files are read against, and a database that some of them are imported into."""

    def __init__(self, template: Path, limits: Limits = Limits(), place: Path | None = None) -> None:
        self.limits = limits
        self._folder = tempfile.TemporaryDirectory(prefix="benchdb-fuzz-", dir=place or in_memory())
        self.folder = Path(self._folder.name).resolve()
        self._template = template
        self._file = self.folder / "whole.duckdb"
        copy = self.folder / "catalogue.duckdb"
        shutil.copyfile(template, copy)
        self._engine = open_engine(f"duckdb:///{copy}", read_only=True)
        self._connection = self._engine.connect()
        self._resolver = Resolver(self._connection)
        self._numbering = Numbering(self._connection, is_new=self._resolver.is_new)
        self._words: dict[tuple[str, Path], Words] = {}

    def close(self) -> None:
        """Remove what was written."""
        self._connection.close()
        self._engine.dispose()
        self._folder.cleanup()

    def read(self, path: Path, name: str, words: Words = NO_WORDS, *, is_limited: bool = True) -> Verdict:
        """Return how reading a file with an importer ends, its records flattened and their types compared with the tables.

        Args:
            path: The file.
            name: Name of the importer.
            words: What is said of it.
            is_limited: Whether the limits hold.
        """
        return self._measured(lambda: self._read(path, importer_named(name), words.options()), is_limited=is_limited)

    def words_for(self, base: Base, name: str) -> Words:
        """Return what has to be said of a real file for it to be read; nothing where that does not help either.

        Args:
            base: The file.
            name: Name of the importer.
        """
        if (name, base.path) not in self._words:
            path = base.lay_out(self.folder / "sound")
            read = (each for each in WORDS if self.read(path, name, each, is_limited=False).state == "records")
            self._words[name, base.path] = next(read, NO_WORDS)
        return self._words[name, base.path]

    def unpack(self, path: Path) -> Verdict:
        """Return how unpacking a file as an archive ends.

        Args:
            path: The file.
        """
        return self._measured(lambda: _unpack(path))

    def ingest(self, path: Path, name: str | None, words: Words = NO_WORDS) -> Verdict:
        """Return how `benchdb ingest` ends: a file that fails leaves the database as it was, one that does not is known afterwards.

        Args:
            path: The file.
            name: Name of the importer; None has it recognised.
            words: What is said of it.
        """
        return self._measured(lambda: self._ingest(path, name, words), is_named=False)

    def _measured(self, action: Callable[[], int], *, is_named: bool = True, is_limited: bool = True) -> Verdict:
        start = time.process_time()
        try:
            with at_most(self.limits) if is_limited else nullcontext():
                n_records = action()
        except BenchdbError as error:
            state, detail = "error", str(error)
            complaint = _complaint(detail, str(self.folder) if is_named else "")
            if complaint:
                state, detail = "fault", f"{complaint}: {detail[:400]}"
        except TooLongError:
            state, detail = (
                "fault",
                f"more than {self.limits.cpu_s} s of processor time\n{traceback.format_exc(limit=-6)}",
            )
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            state, detail = (
                "fault",
                f"{type(error).__name__}: {str(error)[:300]}\n{traceback.format_exc(limit=-6)[:4000]}",
            )
        else:
            state, detail = "records", str(n_records)
        return Verdict(state, detail, time.process_time() - start)

    def _read(self, path: Path, importer: Importer, options: ReadOptions) -> int:
        head = read_head(path)
        for each in importers():
            each.sniff(head, path.name)
            each.is_companion(head, path.name)
        looks_like(head)
        from benchdb.ingest.files import FoundFile

        file = describe(FoundFile(path=path, name=str(path)), importer, options)
        flattener = Flattener(
            str(path), file.sha256, file.ingest_id,
            resolver=self._resolver, numbering=self._numbering, raws=RawTexts(), options=options,
        )  # fmt: skip
        return self._flatten((path, *importer.companions(path)), importer.read(path, options), flattener)

    def _flatten(self, paths: Sequence[Path], records: Iterator[Record], flattener: Flattener) -> int:
        path = paths[0]
        try:
            for record in records:
                for _ in add_record(flattener, record):
                    pass
            return _fit(flattener, self._resolver.pending)
        except RecursionError as error:
            if not any(map(_is_deep, paths)):
                raise
            raise nested_too_deeply(path) from error
        except IngestError as error:
            # As the loader says it of a file whose rows do not fit.
            raise error if str(path) in str(error) else IngestError(f"{path}: {error}") from error
        finally:
            # Every file meets the catalogue as it is: nothing of the last one is left.
            self._resolver.forget()
            self._numbering = Numbering(self._connection, is_new=self._resolver.is_new)

    def _ingest(self, path: Path, name: str | None, words: Words) -> int:
        shutil.copyfile(self._template, self._file)
        before = digest(self._file)
        arguments = ["ingest", str(path), "--db", str(self._file), *(() if name is None else ("--from", name))]
        arguments += words.arguments()
        result = CliRunner().invoke(cli, arguments, env={"BENCHDB_DEBUG": None, "BENCHDB_URL": None})
        said = result.output
        if result.exit_code not in {0, 1} or any(sign in said for sign in _FAULTS):
            raise AssertionError(f"exit code {result.exit_code}: {said[-1000:]}")
        if _CONTROL.search(said):
            raise AssertionError(f"a control character in what is said: {said!r}")
        if result.exit_code == 1:
            if digest(self._file) != before:
                raise AssertionError(f"the file failed and the database changed: {said[-1000:]}")
            raise IngestError(said[-1000:])
        after = digest(self._file)
        again = CliRunner().invoke(cli, arguments, env={"BENCHDB_DEBUG": None, "BENCHDB_URL": None})
        if again.exit_code != 0 or digest(self._file) != after:
            raise AssertionError(f"importing it again changed the database: {again.output[-1000:]}")
        return sum(n for n, _hash in after.values()) - sum(n for n, _hash in before.values())


def in_memory() -> Path | None:
    """Return where files are made in memory, if the system has such a place: thousands of small ones are made and removed."""
    return _MEMORY if _MEMORY.is_dir() else None


def digest(path: Path) -> dict[str, tuple[int, int]]:
    """Return the number of rows of each table of a DuckDB file and the sum of the rows' hashes.

    Args:
        path: The file.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        ]
        found = {}
        for name in tables:
            row = connection.execute(f'SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM "{name}" t').fetchone()
            assert row is not None
            found[name] = (int(row[0]), int(row[1]))
    return found


@contextmanager
def at_most(limits: Limits) -> Iterator[None]:
    """Raise `TooLongError` in a block that takes too much processor time, and `MemoryError` in one that takes too much memory.

    Args:
        limits: What it may take.
    """

    def stop(_number: int, _frame: object) -> None:
        raise TooLongError

    old = signal.signal(signal.SIGPROF, stop)
    bounds = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_virtual_size() + limits.n_bytes, bounds[1]))
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, old)
        resource.setrlimit(resource.RLIMIT_AS, bounds)


def _is_deep(path: Path) -> bool:
    """Return whether a file, or a member of it, holds brackets in brackets to a depth that Python may not follow."""
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return any(_depth(archive.read(name)) > _DEEP for name in archive.namelist())
    return _depth(path.read_bytes()) > _DEEP


def _depth(data: bytes) -> int:
    steps = ({0x5B: 1, 0x7B: 1, 0x5D: -1, 0x7D: -1}.get(byte, 0) for byte in data)
    return max(accumulate(steps), default=0)


def _virtual_size() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGESIZE")


def _unpack(path: Path) -> int:
    def is_archive(each: FoundFile) -> bool:
        return is_opened(each.path, None)

    found: list[FoundFile] = list(find_files(look_up([path]), is_archive=is_archive, before_removal=lambda: None))
    for each in found:
        if each.state is not None and each.message and str(path) in each.message and "fault" in each.message:
            raise AssertionError(each.message)
    return len(found)


def _fit(flattener: Flattener, pending: Pending) -> int:
    """Return the number of rows, after giving them the types that the tables have."""
    for table, entries in asdict(pending).items():
        flattener.out.rows[table].extend(entry_rows(table, entries, 0))
    give_keys(flattener.out)
    n_rows = 0
    for name, rows in flattener.out.rows.items():
        rows_to_table(rows, arrow_schema(Tables.metadata.tables[name]))
        n_rows += len(rows)
    for name, tables in flattener.out.tables.items():
        schema = arrow_schema(Tables.metadata.tables[name])
        n_rows += sum(table.select(schema.names).cast(schema).num_rows for table in tables)
    return int(n_rows + sum(part.rows.num_rows for part in flattener.out.outcomes))


def _complaint(message: str, folder: str) -> str | None:
    """Return what is unclear about a message."""
    if folder and folder not in message:
        return "the message does not say which file"
    if len(message) > LONGEST_MESSAGE:
        return f"the message has {len(message):,} characters"
    if any(sign in message for sign in _FAULTS):
        return "the message speaks of a fault of ours"
    return None


def report(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON has it.

    Args:
        verdict: The verdict.
    """
    return {"state": verdict.state, "detail": verdict.detail, "cpu_s": round(verdict.cpu_s, 4)}
