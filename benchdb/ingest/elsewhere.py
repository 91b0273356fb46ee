"""A file that another process reads, as the one that writes sees it: parts that come through a pipe, put together to records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.ingest.identity import IngestFile, ReadAlong
from benchdb.ingest.importer import importer_named
from benchdb.ingest.reading import ReadElsewhereError, ReadHereError
from benchdb.ingest.records import OutcomeBlock
from benchdb.ingest.wire import Begin, End, Identified, Packed, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.records import Record
    from benchdb.ingest.wire import Part
    from benchdb.ingest.workers import Workers


class ElsewhereReading:
    """A file that another process reads."""

    def __init__(self, found: FoundFile, number: int, workers: Workers) -> None:
        self.found = found
        self.number = number
        self._workers = workers
        self._is_skipped = False
        self._next: Part | None = None

    def identify(self) -> IngestFile | ReadAlong:
        """Return what the file is."""
        part = self._take()
        if not isinstance(part, Identified):
            raise _refusal(part)
        importer = importer_named(part.importer)
        if part.hashed is None:
            return ReadAlong(owner=importer)
        self._is_skipped = part.is_skipped
        return IngestFile(found=self.found, importer=importer, hashed=part.hashed, ingest_id=part.ingest_id)

    def records(self, _file: IngestFile) -> Iterator[Record]:
        """Yield what its importer yields.

        Raises:
            ReadHereError: If this process has to read it.
        """
        if self._is_skipped:
            raise ReadHereError
        while True:
            match self._take():
                case Begin(run):
                    yield replace(run, outcomes=self._blocks())
                case Packed() as packed:
                    yield record_of(packed)
                case End(None):
                    return
                case part:
                    raise _refusal(part)

    def close(self) -> None:
        """Say that nothing more of it is wanted."""
        self._workers.drop(self.number)

    def _blocks(self) -> Iterator[OutcomeBlock]:
        while isinstance(part := self._take(), OutcomeBlock):
            yield part
        self._next = part

    def _take(self) -> Part:
        part, self._next = self._next, None
        return self._workers.next_part(self.number) if part is None else part


def _refusal(part: Part) -> Exception:
    """Return what to raise for a part that is none of the file's records."""
    if isinstance(part, End) and part.verdict is not None:
        return ReadElsewhereError(part.verdict)
    return ReadHereError()
