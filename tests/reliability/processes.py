"""Child processes that are killed: forked from a process that has imported benchdb and opened nothing, watched through a pipe.

A child says through the pipe what it has come to: a commit, or a piece of an import, that begins or has ended, a file that gets
another name, a database that is opened or closed. It is killed a number of seconds after its start, or at or shortly after one of these points.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")
PATIENCE_S = 600.0
"""Seconds after which a child counts as hanging."""
_REMNANT_S = 120.0
_HEARD = {"os.rename": "renames", "os.link": "links", "os.remove": "removes"}
"""Events of Python's audit → what the child comes to."""
_NAMES = ("opens", "opened", "writes", "wrote", "commits", "committed", "closes", "closed", *_HEARD.values())
"""What a child may come to; what it writes to the pipe is a place in this list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """When a child is killed."""

    point: int | None = None
    """Number of the point it has come to; None counts from its start."""
    delay_s: float = 0.0
    """Seconds after that. Zero at a point is the child's own doing, before anything else happens."""

    def __str__(self) -> str:
        """Return it in words."""
        where = "its start" if self.point is None else f"point {self.point}"
        return f"{self.delay_s * 1000:.1f} ms after {where}"


@dataclass(slots=True, kw_only=True)
class Life:
    """How a child lived."""

    exit_code: int | None = None
    """Its exit code; None where it was killed."""
    seconds: float = 0.0
    """From its start to its end."""
    points: list[tuple[float, str]] = field(default_factory=list)
    """Seconds from the start, and what it had come to."""
    remnants: bool = False
    """Whether processes that it had started went on for long after it was gone."""
    output: str = ""
    """What it wrote."""

    @property
    def last(self) -> str:
        """What it had come to last."""
        return self.points[-1][1] if self.points else "started"


def live(
    action: Callable[[], object], log: Path, kill: Kill | None = None, on_start: Callable[[], object] | None = None
) -> Life:
    """Return how a child lived that did something.

    Args:
        action: What it does; a whole number it returns is its exit code.
        log: File that takes what it writes.
        kill: When to kill it with SIGKILL; None lets it live.
        on_start: Called when it has been started.

    Raises:
        TimeoutError: If it is still there after `PATIENCE_S`.
    """
    log.touch()
    reading, writing = os.pipe()
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_child(action, log, writing, kill)
    os.close(writing)
    if on_start is not None:
        on_start()
    life = Life()
    try:
        _watch(pid, reading, start, kill, life)
    finally:
        os.close(reading)
    _pid, status = os.waitpid(pid, 0)
    life.seconds = time.monotonic() - start
    life.exit_code = os.waitstatus_to_exitcode(status)
    if life.exit_code == -signal.SIGKILL:
        life.exit_code = None
    life.remnants = _outlive(pid)
    life.output = log.read_text(encoding="utf-8", errors="replace")
    return life


def ask(question: Callable[[], T]) -> T:
    """Return what a child answers, so that this process opens no database.

    Args:
        question: Asked in the child; the answer is pickled.

    Raises:
        RuntimeError: If the child fails; its traceback is in the message.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _answer(question, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(pid, 0)
    is_well, answer = pickle.loads(content) if content else (False, "the child died")  # noqa: S301 — our own child wrote it
    if is_well:
        return cast("T", answer)
    message = f"a question failed:\n{answer}"
    raise RuntimeError(message)


def _answer(question: Callable[[], object], writing: int) -> None:
    import traceback

    try:
        found: tuple[bool, object] = (True, question())
    except BaseException:  # noqa: BLE001 — whatever it is goes to the parent
        found = (False, traceback.format_exc())
    with os.fdopen(writing, "wb") as pipe:
        pickle.dump(found, pipe)
    os._exit(0)


def _be_child(action: Callable[[], object], log: Path, writing: int, kill: Kill | None) -> None:
    """Do what a child does, and end."""
    os.setsid()
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    code = 1
    try:
        _mark_points(writing, kill)
        result = action()
        code = result if isinstance(result, int) else 0
    except BaseException:  # noqa: BLE001 — it goes to the log
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _mark_points(writing: int, kill: Kill | None) -> None:
    """Have this process say what it comes to, and kill itself where it is to die at one of these points."""
    from sqlalchemy import Engine
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
    from sqlalchemy.engine.default import DefaultDialect

    from benchdb.database.dialect import DuckDBDialect
    from benchdb.ingest.write import Writer

    marker = _Marker(writing, None if kill is None or kill.delay_s else kill.point)
    marker.around(DefaultDialect, "do_commit", "commits", "committed")
    marker.around(Engine, "dispose", "closes", "closed")
    marker.around(Writer, "write", "writes", "wrote")
    marker.around(DuckDBDialect, "connect", "opens", "opened")
    marker.around(PGDialect_psycopg, "connect", "opens", "opened")
    sys.addaudithook(marker.hear)


class _Marker:
    """Says through a pipe what this process comes to."""

    def __init__(self, writing: int, last: int | None) -> None:
        self._writing = writing
        self._last = last
        self._n_seen = 0
        self._owner = os.getpid()

    def mark(self, name: str) -> None:
        """Say that this process has come to something; die if it is to die here."""
        if os.getpid() != self._owner:  # a child of its own
            return
        if self._n_seen == self._last:
            os.kill(self._owner, signal.SIGKILL)
        self._n_seen += 1
        os.write(self._writing, bytes([_NAMES.index(name)]))

    def hear(self, event: str, _arguments: object) -> None:
        """Take an event of Python's audit."""
        if event in _HEARD:
            self.mark(_HEARD[event])

    def around(self, owner: Any, method: str, before: str, after: str) -> None:
        """Have a method say that it begins and that it has ended."""
        plain = getattr(owner, method)

        def marked(*arguments: Any, **options: Any) -> Any:
            self.mark(before)
            found = plain(*arguments, **options)
            self.mark(after)
            return found

        setattr(owner, method, marked)


def _watch(pid: int, reading: int, start: float, kill: Kill | None, life: Life) -> None:
    """Read what the child comes to until it ends; kill it when its time has come."""
    deadline = start + kill.delay_s if kill is not None and kill.point is None else None
    os.set_blocking(reading, False)
    ending = os.pidfd_open(pid)
    try:
        while True:
            now = time.monotonic()
            if deadline is not None and now >= deadline:
                os.kill(pid, signal.SIGKILL)
                deadline = None
            if now - start > PATIENCE_S:
                os.killpg(pid, signal.SIGKILL)
                message = f"process {pid} has not come to an end"
                raise TimeoutError(message)
            ready, _w, _x = select.select([reading, ending], [], [], 1.0 if deadline is None else deadline - now)
            n_new = _note_points(reading, start, life)
            if ending in ready:
                return
            if not n_new and reading in ready:  # the child has closed its end
                select.select([ending], [], [], PATIENCE_S)
                return
            if n_new and kill is not None and kill.point is not None and kill.delay_s and len(life.points) > kill.point:
                deadline = deadline or time.monotonic() + kill.delay_s
    finally:
        os.close(ending)


def _note_points(reading: int, start: float, life: Life) -> int:
    """Return how many points the child has come to since it was last asked, after noting them."""
    try:
        content = os.read(reading, 4096)
    except BlockingIOError:
        return 0
    for number in content:
        life.points.append((time.monotonic() - start, _NAMES[number]))
    return len(content)


def _outlive(group: int) -> bool:
    """Return whether processes that a child started are there long after it; they are killed then."""
    give_up = time.monotonic() + _REMNANT_S
    while time.monotonic() < give_up:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    return True
