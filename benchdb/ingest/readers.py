"""Who reads which file: this process, or others that read ahead of it where that pays."""

from __future__ import annotations

import os
from array import array
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Self

from benchdb.ingest.archive_files import SEPARATOR
from benchdb.ingest.identity import ReadAlong
from benchdb.ingest.meter import listening
from benchdb.ingest.reading import HereReading

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.identity import IngestFile
    from benchdb.ingest.meter import Meter
    from benchdb.ingest.reading import Reading
    from benchdb.ingest.recall import Recall
    from benchdb.ingest.session import Session
    from benchdb.ingest.workers import Workers

MOST_JOBS = 8
"""Processes that read by default, at most: one that writes keeps no more of them busy."""
SECONDS_WORTH = 3.0
"""Seconds of reading from which on processes are started by default; starting two of them takes about two of processor time."""
_PER_FILE_S, _PER_BYTE_S = 0.0005, 1 / 150e6
_AHEAD = 256
_LOOK_AHEAD = 4_096


class Readers:
    """Files in the order in which they are written, read by as many processes as it takes.

    Args:
        session: Takes the files in.
        recall: What is known of files that were read before, and how all are read.
        jobs: Processes that read, 1 for none but this one; None decides by what there is to read.
        progress: Called with each path when it is done.
        meter: Counts what is done.
    """

    def __init__(
        self,
        session: Session,
        recall: Recall,
        *,
        jobs: int | None,
        progress: Callable[[Path], None] | None,
        meter: Meter,
    ) -> None:
        self._meter = meter
        self._listening = listening(lambda n_bytes: meter.pass_through(-1, n_bytes))
        self._session = session
        self._recall = recall
        self._importer = recall.chosen
        self._options = recall.options
        self._jobs = jobs if jobs is not None else min(n_cores(), MOST_JOBS)
        self._is_settled = jobs is not None or self._jobs == 1
        """Whether it is decided who reads."""
        self._progress = progress
        self._workers: Workers | None = None
        self._undecided: deque[tuple[FoundFile, IngestFile | ReadAlong | None]] = deque()
        self._seconds = 0.0
        self._queue: deque[Reading] = deque()

    def __enter__(self) -> Self:
        self._listening.__enter__()
        if self._is_settled and self._jobs > 1:
            self._start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listening.__exit__(None, None, None)
        if self._workers is not None:
            self._workers.close()

    def add(self, found: FoundFile) -> None:
        """Have a file read and taken in, after those before it.

        Args:
            found: The file.
        """
        file = self._known(found)
        if self._is_settled:
            self._submit(found, file)
            return
        self._undecided.append((found, file))
        if file is None:
            self._seconds += _PER_FILE_S + _size(found.path) * _PER_BYTE_S
        is_worth_it = self._seconds >= SECONDS_WORTH and len(self._undecided) > 1
        if is_worth_it or len(self._undecided) >= _LOOK_AHEAD:
            self._decide(is_worth_it=is_worth_it)

    def drain(self) -> None:
        """Take in every file that was added."""
        self._decide(is_worth_it=False)
        while self._queue:
            self._take()

    def settle(self) -> None:
        """Take in every file that was added and write what waits: the files are about to go."""
        self.drain()
        self._session.write_waiting()

    def _decide(self, *, is_worth_it: bool) -> None:
        if is_worth_it:
            self._is_settled = True
            self._start()
        undecided, self._undecided = self._undecided, deque()
        for found, file in undecided:
            self._submit(found, file)

    def _known(self, found: FoundFile) -> IngestFile | ReadAlong | None:
        """Return what a file is if that is known without opening it, and nothing of it is to be read."""
        if not self._session.is_readable(found):
            return None
        try:
            file = self._recall.find(found)
        except OSError:
            return None
        return file if isinstance(file, ReadAlong) or (file and self._session.holds(file.ingest_id)) else None

    def _start(self) -> None:
        from benchdb.ingest.workers import Workers

        settled = array("q", self._session.settled).tobytes()
        self._workers = Workers(self._jobs, self._importer, self._options, settled, self._meter.pass_through)

    def _submit(self, found: FoundFile, file: IngestFile | ReadAlong | None) -> None:
        if self._workers is not None and file is None and self._session.is_readable(found):
            self._queue.append(self._workers.submit(found))
        else:
            self._queue.append(HereReading(found, self._importer, self._options, file))
        while len(self._queue) >= (1 if self._workers is None else _AHEAD * self._jobs):
            self._take()

    def _take(self) -> None:
        reading = self._queue.popleft()
        self._session.take(reading)
        self._meter.finish_file(reading.number, self._counted_size(reading.found))
        if self._progress is not None:
            self._progress(Path(reading.found.name))

    def _counted_size(self, found: FoundFile) -> int:
        """Return the size of a file; an archive counts once, with its first member."""
        archive, separator, _member = found.name.partition(SEPARATOR)
        if not separator:
            return _size(found.path)
        return _size(Path(archive)) if self._meter.is_first(archive) else 0


def n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
