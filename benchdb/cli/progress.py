"""What a terminal shows while it waits: nothing for a second, then how much is done and for how long."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

    from benchdb.api import Meter

PATIENCE_S = 1.0
"""Seconds that pass before anything is shown."""
_TICK_S = 0.2
_LINE_S = 5.0


class Tick(Protocol):
    """Called each time one more thing is done."""

    def __call__(self, thing: object = None, /) -> None:
        """Count one more.

        Args:
            thing: What was done.
        """


class _Counter:
    """How many things are done."""

    def __init__(self) -> None:
        self.n_done = 0

    def __call__(self, _thing: object = None, /) -> None:
        self.n_done += 1


@contextmanager
def waiting(doing: str, unit: str = "") -> Iterator[Tick]:
    """Show progress on a terminal while the block runs; elsewhere do nothing.

    Args:
        doing: What is going on: "Importing".
        unit: What is counted: "files"; empty when nothing is.

    Yields:
        What to call for each thing done.
    """
    counter = _Counter()
    if not sys.stderr.isatty():
        yield counter
        return
    from threading import Event, Thread

    finished = Event()
    watcher = Thread(target=_watch, args=(doing, unit, counter, finished), daemon=True)
    watcher.start()
    try:
        yield counter
    finally:
        finished.set()
        watcher.join()


@contextmanager
def importing(
    doing: str, meter: Meter, extent: Callable[[], tuple[int, int]], *, is_asked: bool = False
) -> Iterator[None]:
    """Show how far an import has come while the block runs: on a terminal a line that changes, elsewhere lines if asked.

    Args:
        doing: What is going on: "Importing".
        meter: Counts what is done.
        extent: Returns how many files and bytes there are; it may take a while.
        is_asked: Whether to show it elsewhere than on a terminal, too: a line every few seconds.
    """
    is_terminal = sys.stderr.isatty()
    if not is_terminal and not is_asked:
        yield
        return
    from threading import Event, Thread

    finished = Event()
    watcher = Thread(target=_watch_import, args=(doing, meter, extent, finished, is_terminal), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        finished.set()
        watcher.join()


def spell(doing: str, meter: Meter, whole: tuple[int, int], elapsed_s: float) -> str:
    """Return how far an import has come: files, bytes, scores and outcomes, rates, time gone, time left.

    Args:
        doing: What is going on.
        meter: Counts what is done.
        whole: Files and bytes to do; (0, 0) where that is not known.
        elapsed_s: Seconds since the start.
    """
    n_files, n_bytes = whole
    done, rate = meter.n_bytes, meter.n_bytes / elapsed_s
    of_files = f" of {n_files:,}" if n_files >= meter.n_files else ""
    of_bytes = f" of {n_bytes / 1e6:,.0f}" if n_bytes >= done else ""
    parts = [
        f"{meter.n_files:,}{of_files} files ({meter.n_files / elapsed_s:,.0f}/s)",
        f"{done / 1e6:,.0f}{of_bytes} MB ({rate / 1e6:,.1f} MB/s)",
        f"{meter.n_rows:,} scores and outcomes",
        _clock(elapsed_s),
    ]
    if done and n_bytes >= done:
        parts.append(f"about {_clock((n_bytes - done) / rate)} left")
    return f"{doing} … {', '.join(parts)}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _watch_import(
    doing: str,
    meter: Meter,
    extent: Callable[[], tuple[int, int]],
    finished: Event,
    is_terminal: bool,  # noqa: FBT001
) -> None:
    from benchdb.errors import BenchdbError

    start = time.monotonic()
    if finished.wait(PATIENCE_S):
        return
    try:
        whole = extent()
    except (BenchdbError, OSError):
        whole = (0, 0)
    shown = ""
    while not finished.wait(_TICK_S if is_terminal else _LINE_S):
        line = spell(doing, meter, whole, time.monotonic() - start)
        if is_terminal:
            line = line[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write(f"\r{line.ljust(len(shown))}")
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        shown = line
    if is_terminal:
        sys.stderr.write(f"\r{' ' * len(shown)}\r")
        sys.stderr.flush()


def _watch(doing: str, unit: str, counter: _Counter, finished: Event) -> None:
    start = time.monotonic()
    if finished.wait(PATIENCE_S):
        return
    shown = ""
    while not finished.wait(_TICK_S):
        minutes, seconds = divmod(int(time.monotonic() - start), 60)
        count = f"{counter.n_done} {unit}, " if unit else ""
        line = f"{doing} … {count}{minutes}:{seconds:02d}"
        sys.stderr.write(f"\r{line.ljust(len(shown))}")
        sys.stderr.flush()
        shown = line
    sys.stderr.write(f"\r{' ' * len(shown)}\r")
    sys.stderr.flush()
