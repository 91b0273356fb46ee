"""Processes that read files ahead of the one that writes, and what they have read, in the order of the files.

Each process gets files in the order in which they will be written, sends what it reads through a pipe, and stops when what it
has sent and nobody has taken yet reaches a limit. So memory is bounded, the file that is written next is never the one that
waits, and every process but the writer may die at any time: the file that it was reading fails, the others are read anew.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TYPE_CHECKING, BinaryIO, cast

from benchdb.ingest.elsewhere import ElsewhereReading
from benchdb.ingest.reading import HereReading, Verdict
from benchdb.ingest.report import FileState
from benchdb.ingest.wire import End, Passed, Ready, Setup, Task, Unsendable, pack, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import Importer, ReadOptions
    from benchdb.ingest.reading import Reading
    from benchdb.ingest.wire import Parcel, Part

AHEAD = 8 << 20
"""Bytes that one process may have sent and nobody has taken."""
FILES_PER_TASK = 32
BYTES_PER_TASK = 4 << 20
"""A task is full when it has so many files or bytes."""
_TASKS_AT_ONCE = 2
_PROGRAM = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from benchdb.ingest.worker import main; main()"


@dataclass(slots=True)
class _Slot:
    """What has come of one file."""

    found: FoundFile
    parts: deque[tuple[Part, int]] = field(default_factory=deque)
    """Parts that nobody has taken, each with its share of the bytes sent."""
    owner: _Process | None = None
    """The process that reads it."""
    has_begun: bool = False
    has_ended: bool = False
    is_closed: bool = False
    """Nothing more of it is wanted."""


class Workers:
    """Processes that read files.

    Args:
        n: How many.
        importer: The importer to use for every file, if one was named.
        options: What the user says about the files.
        settled: Keys of imports that need not be read again, in ascending order, as the bytes of an int64 array.
        on_passed: Called, from any thread, with the number of a big file and the bytes gone through inside it.
    """

    def __init__(
        self,
        n: int,
        importer: Importer | None,
        options: ReadOptions,
        settled: bytes,
        on_passed: Callable[[int, int], None],
    ) -> None:
        self._importer = importer
        self._options = options
        self._setup = pack(Setup(None if importer is None else importer.name, options, settled))
        self._on_passed = on_passed
        self._threads = max(1, (os.cpu_count() or 1) // n)
        self._news = Condition()
        self._slots: dict[int, _Slot] = {}
        self._n_files = 0
        self._filling: list[tuple[int, FoundFile]] = []
        self._filling_bytes = 0
        self._tasks: deque[Task] = deque()
        self._is_closing = self._is_broken = False
        self._processes: list[_Process] = []
        for _ in range(n):
            self._start()

    def submit(self, found: FoundFile) -> Reading:
        """Have a file read; what it holds is taken in the order of submission.

        Args:
            found: The file.
        """
        if self._is_broken:
            return HereReading(found, self._importer, self._options)
        number = self._n_files
        self._n_files += 1
        self._slots[number] = _Slot(found)
        self._filling.append((number, found))
        self._filling_bytes += _size(found)
        if len(self._filling) >= FILES_PER_TASK or self._filling_bytes >= BYTES_PER_TASK:
            self.flush()
        return ElsewhereReading(found, number, self)

    def flush(self) -> None:
        """Have the files read that were submitted last."""
        if self._filling:
            with self._news:
                self._tasks.append(Task(tuple(self._filling)))
                self._hand_out()
                if self._is_broken:
                    self._give_up()
            self._filling, self._filling_bytes = [], 0

    def next_part(self, number: int) -> Part:
        """Return the next part of a file, waiting for it.

        Args:
            number: The file's.
        """
        slot = self._slots[number]
        if not slot.parts and any(number == each for each, _found in self._filling):
            self.flush()
        with self._news:
            while not slot.parts:
                self._news.wait()
            part, weight = slot.parts.popleft()
            if slot.owner is not None:
                slot.owner.n_waiting -= weight
            if isinstance(part, End | Unsendable):
                del self._slots[number]
            self._news.notify_all()
        return part

    def drop(self, number: int) -> None:
        """Say that nothing more of a file is wanted; one that takes long is not read to its end.

        Args:
            number: The file's.
        """
        with self._news:
            slot = self._slots.get(number)
            if slot is None:
                return
            slot.is_closed = True
            if slot.owner is not None:
                slot.owner.n_waiting -= sum(weight for _part, weight in slot.parts)
                if not slot.has_ended and _size(slot.found) > BYTES_PER_TASK:
                    slot.owner.kill()
            slot.parts.clear()
            if slot.has_ended:
                del self._slots[number]
            self._news.notify_all()

    def close(self) -> None:
        """End every process, whatever it is doing."""
        with self._news:
            self._is_closing = True
            self._news.notify_all()
            processes = list(self._processes)
            for process in processes:
                process.kill()
        for process in processes:
            process.thread.join()

    def _start(self) -> None:
        process = _Process(self._threads)
        self._processes.append(process)
        process.thread = Thread(target=self._run, args=(process,), daemon=True)
        process.thread.start()

    def _hand_out(self) -> None:
        """Give waiting tasks to processes that have few; the lock is held."""
        while self._tasks and not self._is_closing:
            process = min(
                (each for each in self._processes if each.is_ready), key=lambda each: len(each.tasks), default=None
            )
            if process is None or len(process.tasks) >= _TASKS_AT_ONCE:
                return
            process.take(self._tasks.popleft(), self._slots)

    def _run(self, process: _Process) -> None:
        """Receive what a process sends until it ends; a thread of its own does this."""
        process.send(self._setup)
        while (message := receive(process.answers)) is not None:
            parcel, size = cast("tuple[Parcel | Ready, int]", message)
            with self._news:
                if isinstance(parcel, Ready):
                    process.is_ready = True
                    self._hand_out()
                    continue
                self._take_in(process, parcel, size)
                while process.n_waiting > AHEAD and not self._is_closing:
                    self._news.wait()
        code = process.wait()
        with self._news:
            self._processes.remove(process)
            if not self._is_closing:
                self._recover(process, code)
            self._news.notify_all()

    def _take_in(self, process: _Process, parcel: Parcel, size: int) -> None:
        share = size // len(parcel)
        for number, part in parcel:
            if isinstance(part, Passed):
                self._on_passed(number, part.n_bytes)
                continue
            slot = self._slots[number]
            slot.has_begun = True
            if isinstance(part, End | Unsendable):
                slot.has_ended = True
                process.ended(number)
            if not slot.is_closed:
                slot.parts.append((part, share))
                process.n_waiting += share
            elif slot.has_ended:
                del self._slots[number]
        self._hand_out()
        self._news.notify_all()

    def _recover(self, process: _Process, code: int) -> None:
        """Let the file fail that a process was reading when it ended; have the others read by another one, each alone.

        Which file that was is certain if something of it has come, or if it was alone. Where processes cannot even start,
        the writer reads every file itself.
        """
        left = [each for task in process.tasks for each in task]
        if not process.is_ready:
            self._give_up()
            return
        culprit = next((number for number, _found in left if self._slots[number].has_begun), None)
        if culprit is None and left and len(process.tasks[0]) == 1:
            culprit = left[0][0]
        for number, found in reversed(left):
            if number == culprit:
                self._fail(number, code)
            else:
                self._tasks.appendleft(Task(((number, found),)))
        self._start()

    def _give_up(self) -> None:
        self._is_broken = True
        if self._processes:
            return
        tasks, self._tasks = self._tasks, deque()
        for task in tasks:
            for number, _found in task.files:
                self._slots[number].has_ended = True
                self._slots[number].parts.append((Unsendable(), 0))

    def _fail(self, number: int, code: int) -> None:
        slot = self._slots[number]
        slot.has_ended = True
        if slot.is_closed:
            del self._slots[number]
            return
        slot.parts.append((End(Verdict(FileState.FAILED, f"{slot.found.name}: {_epitaph(code)}")), 0))


class _Process:
    """One process that reads."""

    def __init__(self, n_threads: int) -> None:
        self.tasks: deque[list[tuple[int, FoundFile]]] = deque()
        """Files that it has still to read, by task."""
        self.n_waiting = 0
        """Bytes that it has sent and nobody has taken."""
        self.is_ready = False
        self.thread: Thread
        self._process = subprocess.Popen(  # noqa: S603 — this interpreter, with our own program
            [sys.executable, "-c", _PROGRAM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env={**os.environ, "OMP_NUM_THREADS": str(n_threads)},
        )
        self.answers = cast("BinaryIO", self._process.stdout)
        self._requests = cast("BinaryIO", self._process.stdin)

    def take(self, task: Task, slots: dict[int, _Slot]) -> None:
        """Have the files of a task read."""
        for number, _found in task.files:
            slots[number].owner = self
        self.tasks.append(list(task.files))
        self.send(pack(task))

    def ended(self, number: int) -> None:
        """Note that it is through with a file."""
        self.tasks[0] = [each for each in self.tasks[0] if each[0] != number]
        if not self.tasks[0]:
            self.tasks.popleft()

    def kill(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()

    def wait(self) -> int:
        """Return the code that it ended with."""
        self._requests.close()
        self.answers.close()
        return self._process.wait()

    def send(self, pieces: list[memoryview]) -> None:
        """Send it a message; where it has ended, whoever listens to it sees to its files."""
        try:
            send(self._requests, pieces)
        except (BrokenPipeError, ValueError):
            return


def _epitaph(code: int) -> str:
    """Return how a process ended that should not have."""
    if code >= 0:
        return f"the process that read it ended with code {code}; nothing of it was imported"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    hint = ", as happens where memory runs out" if name == "SIGKILL" else ""
    return f"the process that read it was ended by {name}{hint}; nothing of it was imported"


def _size(found: FoundFile) -> int:
    try:
        return found.path.stat().st_size
    except OSError:
        return 0
