"""A process that reads files for the one that writes: it identifies each, yields its records as parts, and knows no database."""

from __future__ import annotations

import os
import signal
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from benchdb.ingest import meter
from benchdb.ingest.contents import release
from benchdb.ingest.garbage import few_collections
from benchdb.ingest.identity import IngestFile, ReadAlong, identify
from benchdb.ingest.importer import importer_named
from benchdb.ingest.reading import READ_ERRORS, Verdict, verdict_of
from benchdb.ingest.report import FileState
from benchdb.ingest.steps import faults_of_importer
from benchdb.ingest.wire import (
    NOT_PICKLED,
    End,
    Identified,
    Passed,
    Ready,
    Setup,
    Task,
    Unsendable,
    pack,
    parts_of,
    receive,
    send,
)

if TYPE_CHECKING:
    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.wire import Parcel, Part

PARCEL = 1 << 19
"""Bytes, about, that are gathered before they are sent."""
_PASSED = 1 << 24
"""Bytes of a file after which the writer hears how far it is."""


class Worker:
    """Reads the files of tasks and sends what they hold."""

    def __init__(self, pipe: BinaryIO, setup: Setup) -> None:
        self._pipe = pipe
        self._importer = None if setup.importer is None else importer_named(setup.importer)
        self._options = setup.options
        self._settled = frozenset(memoryview(setup.settled).cast("q"))
        self._parcel: Parcel = []
        self._weight = 0
        self._number = 0
        self._passed = 0

    def do(self, task: Task) -> None:
        """Read files and send what they hold, in order.

        Args:
            task: The files.
        """
        for number, found in task.files:
            self._number = number
            try:
                self._read(found)
            except READ_ERRORS as error:
                self._put(End(verdict_of(error, found)))
            except _UnsendableError:
                self._put(Unsendable())
            except (MemoryError, RecursionError) as error:
                self._put(
                    End(Verdict(FileState.FAILED, f"{found.name}: reading it failed with {type(error).__name__}"))
                )
            release()
        self._flush()

    def _read(self, found: FoundFile) -> None:
        file = identify(found, self._importer, self._options)
        if isinstance(file, ReadAlong):
            self._put(Identified(file.owner.name, None))
        else:
            is_skipped = file.ingest_id in self._settled
            self._put(Identified(file.importer.name, file.hashed, file.ingest_id, is_skipped))
            if not is_skipped:
                self._read_records(file)
        self._put(End())

    def _read_records(self, file: IngestFile) -> None:
        with faults_of_importer(file):
            for record in file.importer.read(file.found.path, self._options):
                for part, weight in parts_of(record):
                    self._put(part, weight)
        file.require_same()

    def _put(self, part: Part, weight: int = 100) -> None:
        self._parcel.append((self._number, part))
        self._weight += weight
        if self._weight >= PARCEL:
            self._flush()

    def _flush(self) -> None:
        parcel, self._parcel, self._weight = self._parcel, [], 0
        if not parcel:
            return
        try:
            packed = pack(parcel)
        except NOT_PICKLED:
            bad = {number for number, part in parcel if not _goes_through(part)}
            good: Parcel = [(number, part) for number, part in parcel if number not in bad]
            good += [(number, Unsendable()) for number in sorted(bad - {self._number})]
            send(self._pipe, pack(good))
            if self._number in bad:
                raise _UnsendableError from None
        else:
            send(self._pipe, packed)

    def note(self, n_bytes: int) -> None:
        """Tell the writer from time to time how far reading has come.

        Args:
            n_bytes: Bytes gone through since the last time.
        """
        self._passed += n_bytes
        if self._passed >= _PASSED:
            passed, self._passed = self._passed, 0
            self._put(Passed(passed))
            self._flush()


class _UnsendableError(Exception):
    """A record holds something that does not go through a pipe."""


def _goes_through(part: Part) -> bool:
    try:
        pack(part)
    except NOT_PICKLED:
        return False
    return True


def main() -> None:
    """Read what the process at the other end of the standard streams asks for, until it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the writer decides when this process ends
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a plug-in prints must not get among the answers
    tasks: SimpleQueue[Task] = SimpleQueue()
    first = receive(requests)
    if first is None:
        return
    Thread(target=_listen, args=(requests, tasks), daemon=True).start()
    worker = Worker(answers, first[0])
    try:
        send(answers, pack(Ready()))
        with few_collections(), meter.listening(worker.note):
            while True:
                worker.do(tasks.get())
    except BrokenPipeError:
        os._exit(0)


def _listen(requests: BinaryIO, tasks: SimpleQueue[Task]) -> None:
    """Take in tasks; the end of the pipe is the end of the writer, and of this process, whatever it is doing."""
    while (message := receive(requests)) is not None:
        tasks.put(message[0])
    os._exit(0)


if __name__ == "__main__":
    main()
