"""Following a folder that a harness writes to: import after import of what has been finished, until told to stop."""

from __future__ import annotations

import glob
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchdb.api.database import connect
from benchdb.config import database_path, database_url
from benchdb.errors import ConfigError, DatabaseBusyError
from benchdb.ingest.report import FileReport, FileState, IngestReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from threading import Event

SETTLE_S = 2.0
"""Seconds for which a file must have been left alone before it is read."""
_QUIET = frozenset({FileState.ALREADY_PRESENT, FileState.READ_ALONG, FileState.UNSETTLED, FileState.SKIPPED})
_REST = 5.0
"""Least time between two imports, as a multiple of what the last one took."""
_ANYWAY_S = 60.0
"""Seconds after which an import is made whatever notifications say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPass:
    """One import of a folder that is followed."""

    report: IngestReport
    """What became of each file that is new, changed, or failed otherwise than before."""
    n_files: int
    """Files seen, those included that are as they were."""
    n_unsettled: int
    """Files left for a later pass, since somebody writes to them."""
    busy: str | None = None
    """Who held the database, where the pass had to be put off."""


def watch(
    target: str | os.PathLike[str] | None,
    *paths: str | os.PathLike[str],
    settle_s: float = SETTLE_S,
    wait_s: float = 10.0,
    stop: Event | None = None,
    **options: Any,
) -> Iterator[WatchPass]:
    """Yield what each import brought, beginning with all that is there: one whenever files of the folders have changed.

    The database is open during an import only, so that others can ask it meanwhile. A file is read once it has been left
    alone for a while. Where one has changed since it was imported, its earlier import is undone, which `undo` can take back.

    Args:
        target: The database, as for `connect`.
        *paths: Folders, or patterns below one.
        settle_s: Seconds for which a file must have been left alone.
        wait_s: Seconds to wait for another process that holds the database.
        stop: Ends the watch when set.
        **options: As for `Database.ingest`.

    Raises:
        ConfigError: If the extra "watch" is not installed, or a path is a file.
        IngestError: If a path does not exist.
    """
    follow = _follower()
    options = {"replaces": True, **options}
    paths = tuple(Path(path).absolute() for path in paths)
    folders = [_folder(path) for path in paths]
    own = _own_files(target)

    def is_ours(_change: object, path: str) -> bool:
        changed = Path(path)
        return own.isdisjoint((changed, changed.parent))

    told: dict[str, FileReport] = {}

    def one_pass() -> WatchPass:
        try:
            with connect(target, wait_s=wait_s) as database:
                return _news(database.ingest(*paths, settle_s=settle_s, **options), told)
        except DatabaseBusyError as error:
            return WatchPass(report=IngestReport(files=()), n_files=0, n_unsettled=0, busy=str(error))

    step_ms = max(50, int(settle_s * 500))
    changes = follow(
        *folders, watch_filter=is_ours, yield_on_timeout=True, rust_timeout=step_ms, debounce=step_ms, stop_event=stop
    )
    yield from _passes(one_pass, changes)


def _passes(one_pass: Callable[[], WatchPass], changes: Iterator[Any]) -> Iterator[WatchPass]:
    """Yield an import at once, and one that brought something whenever files changed or were left over.

    Between two imports are rests several times as long as the last one took. What changes before the first notification can
    arrive, and what a file system tells nobody of, since another machine wrote it, is found by importing now and then anyway.
    """
    done, took = _timed(one_pass)
    yield done
    is_due, ended = True, time.monotonic()
    for changed in changes:
        since = time.monotonic() - ended
        is_due = is_due or bool(changed) or since > _ANYWAY_S
        if not is_due or since < _REST * took:
            continue
        done, took = _timed(one_pass)
        is_due, ended = bool(done.n_unsettled or done.busy), time.monotonic()
        if done.report.files or done.report.n_replaced or done.busy:
            yield done


def _timed(one_pass: Callable[[], WatchPass]) -> tuple[WatchPass, float]:
    began = time.monotonic()
    return one_pass(), time.monotonic() - began


def _news(report: IngestReport, told: dict[str, FileReport]) -> WatchPass:
    """Return a pass without what is as it was; what is told now is kept in `told`, by file."""
    news = []
    for file in report.files:
        if file.state in _QUIET:
            told.pop(file.file, None)
        elif told.get(file.file) != file:
            told[file.file] = file
            news.append(file)
    n_unsettled = sum(file.state == FileState.UNSETTLED for file in report.files)
    return WatchPass(report=replace(report, files=tuple(news)), n_files=len(report.files), n_unsettled=n_unsettled)


def _follower() -> Callable[..., Iterator[Any]]:
    try:
        from watchfiles import watch as follow
    except ImportError:
        message = 'following a folder needs the package watchfiles; install it: pip install "benchdb[watch]"'
        raise ConfigError(message) from None
    return follow


def _folder(path: str | os.PathLike[str]) -> Path:
    """Return the folder to follow: the one named, or the one that a pattern begins with."""
    named = Path(path)
    if not os.path.lexists(named) and glob.has_magic(str(named)):
        plain = []
        for part in named.parts:
            if glob.has_magic(part):
                break
            plain.append(part)
        named = Path(*plain)
    if named.exists() and not named.is_dir():
        raise ConfigError(f"{path}: only a folder can be followed, and this is a file; name the folder it is in")
    if not named.exists():
        raise ConfigError(f"{path}: there is no such folder; make it first, or name the one it will be in")
    return named


def _own_files(target: str | os.PathLike[str] | None) -> frozenset[Path]:
    """Return the paths of the database's file, its log and its folder for what overflows, which change with each import."""
    path = database_path(database_url(target))
    return frozenset() if path is None else frozenset(Path(f"{path.absolute()}{end}") for end in ("", ".wal", ".tmp"))
