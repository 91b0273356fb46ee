"""One file on its way from the disk to records, read in this process or in another one; nobody who takes it can tell which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from benchdb.errors import BenchdbError, FormatNotRecognisedError, IngestError
from benchdb.ingest.contents import release
from benchdb.ingest.identity import identify
from benchdb.ingest.importer import read_head
from benchdb.ingest.looks import looks_like
from benchdb.ingest.recall import UnsettledError
from benchdb.ingest.report import FileState
from benchdb.ingest.steps import faults_of_importer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.identity import IngestFile, ReadAlong
    from benchdb.ingest.importer import Importer, ReadOptions
    from benchdb.ingest.records import Record

READ_ERRORS = (BenchdbError, OSError, UnicodeDecodeError)
"""What reading a file raises where the file is to blame."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a file was not imported."""

    state: FileState
    """What became of it."""
    message: str
    """Why."""


class ReadElsewhereError(IngestError):
    """What another process said of a file that it could not read."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


class ReadHereError(Exception):
    """A file has to be read by the process that writes; what was taken of it is void."""


class Reading(Protocol):
    """A file that is being read."""

    found: FoundFile
    """The file."""
    number: int
    """Its own among the files that other processes read, -1 for one that is read here."""

    def identify(self) -> IngestFile | ReadAlong:
        """Return what the file is; raises one of `READ_ERRORS` if that cannot be said."""

    def records(self, file: IngestFile) -> Iterator[Record]:
        """Yield what its importer yields; raises one of `READ_ERRORS`, also if the file changed meanwhile.

        Args:
            file: What `identify` returned.
        """

    def close(self) -> None:
        """Say that nothing more of it is wanted."""


class HereReading:
    """A file read in this process, as its records are asked for."""

    def __init__(
        self,
        found: FoundFile,
        importer: Importer | None,
        options: ReadOptions,
        file: IngestFile | ReadAlong | None = None,
    ) -> None:
        self.found = found
        self.number = -1
        self._importer = importer
        self._options = options
        self._file = file
        """What it is, where that is known already."""

    def identify(self) -> IngestFile | ReadAlong:
        """Return what the file is."""
        return self._file or identify(self.found, self._importer, self._options)

    def records(self, file: IngestFile) -> Iterator[Record]:
        """Yield what its importer yields.

        Args:
            file: What `identify` returned.
        """
        with faults_of_importer(file):
            yield from file.importer.read(self.found.path, self._options)
        file.require_same()

    def close(self) -> None:
        """Let go of its bytes: what is not asked for is not read."""
        release()


def verdict_of(error: Exception, found: FoundFile) -> Verdict:
    """Return what an error means for the file that caused it.

    Args:
        error: One of `READ_ERRORS`.
        found: The file.
    """
    if isinstance(error, ReadElsewhereError):
        return error.verdict
    if isinstance(error, UnsettledError):
        return Verdict(FileState.UNSETTLED, str(error))
    if isinstance(error, FormatNotRecognisedError):
        try:
            looks = looks_like(read_head(found.path))
        except OSError as trouble:
            return verdict_of(trouble, found)
        return Verdict(FileState.UNKNOWN, f"{found.name}: no importer recognises this file: it is {looks}")
    if isinstance(error, BenchdbError):
        return Verdict(FileState.FAILED, found.spell(error))
    return Verdict(FileState.FAILED, f"{found.name}: {found.spell(error)}")
