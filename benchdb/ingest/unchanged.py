"""The hash of a file and the proof that the bytes which were read afterwards are the ones that were hashed.

A harness may be writing to a file, and a large one is hashed and then read, in two passes. Its place, size and times are looked at
before the first pass and after the second. Times have a grain, so that a file written to just now can change within one: such a file is
hashed once more.
"""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from benchdb.errors import IngestError
from benchdb.ingest.contents import held_of
from benchdb.ingest.meter import passed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

GRAIN_NS = 2_000_000_000
"""Coarsest grain of the times that file systems keep: two seconds, FAT's."""
_CHUNK = 1 << 20
_Look: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """Files that are read together, as they were when they were hashed."""

    paths: tuple[Path, ...]
    """The file and its companions."""
    sha256: str
    """Hash of their bytes, one after the other."""
    n_bytes: int
    """Their size, all together."""
    looks: tuple[_Look, ...]
    """Device, inode, size and time of change of each before it was hashed."""
    status_changes: tuple[int, ...]
    """Time at which anything about each had changed last, before it was hashed."""
    is_fresh: bool
    """Whether one of them had changed so short a time before that another change might not show."""

    @property
    def standing(self) -> str:
        """How the files stood on the disk, as text: equal for as long as nobody touches them."""
        return _spell(self.paths, zip(self.looks, self.status_changes, strict=True))

    def require_same(self) -> None:
        """Do nothing if the files are still those that were hashed.

        Raises:
            IngestError: If one of them has changed or gone.
        """
        for path, before, status_change in zip(self.paths, self.looks, self.status_changes, strict=True):
            try:
                now, status_change_now = _look(path)
            except FileNotFoundError:
                raise IngestError(f"{path}: the file vanished while it was read; nothing of it was imported") from None
            if now != before:
                raise _changed(path)
            if status_change_now != status_change or self.is_fresh:
                self._hash_again()
                return

    def _hash_again(self) -> None:
        if _hash(self.paths)[0] != self.sha256:
            raise _changed(self.paths[0])


def hash_files(paths: Sequence[Path], clock_ns: Callable[[], int] = time.time_ns) -> Hashed:
    """Return the hash of files and what tells later whether they have changed.

    Args:
        paths: Files that are read together.
        clock_ns: Current time in nanoseconds; tests pass their own.
    """
    held = held_of(paths[0])
    if held is None:
        seen = [_look(path) for path in paths]
        now = clock_ns()
        sha256, n_bytes = _hash(paths)
    else:
        seen = [_as_look(held.status), *[_look(path) for path in paths[1:]]]
        now = held.opened_at_ns
        sha256, n_bytes = _hash(paths[1:], held.data)
    settled = now - GRAIN_NS
    is_fresh = any(max(look[-1], status_change) > settled for look, status_change in seen)
    return _as_seen(paths, seen, sha256, n_bytes, is_fresh=is_fresh)


def recall_hash(paths: Sequence[Path], sha256: str, n_bytes: int, standing: str) -> Hashed | None:
    """Return files as hashed where their hash is known from before, or None if anything about them has changed since.

    Args:
        paths: Files that are read together.
        sha256: Their hash then.
        n_bytes: Their size then.
        standing: How they stood then, when they had been left alone for longer than the grain of times.
    """
    seen = [_look(path) for path in paths]
    if _spell(paths, seen) != standing:
        return None
    return _as_seen(paths, seen, sha256, n_bytes, is_fresh=False)


def _as_seen(
    paths: Sequence[Path], seen: Sequence[tuple[_Look, int]], sha256: str, n_bytes: int, *, is_fresh: bool
) -> Hashed:
    return Hashed(
        paths=tuple(paths),
        sha256=sha256,
        n_bytes=n_bytes,
        looks=tuple(look for look, _status_change in seen),
        status_changes=tuple(status_change for _look, status_change in seen),
        is_fresh=is_fresh,
    )


def settled_standing(path: Path) -> str | None:
    """Return how a file stands, as `Hashed.standing` does, or None if it changed a moment ago.

    Args:
        path: The file.
    """
    look, status_change = _look(path)
    is_fresh = max(look[-1], status_change) > time.time_ns() - GRAIN_NS
    return None if is_fresh else _spell([path], [(look, status_change)])


def _spell(paths: Iterable[Path], seen: Iterable[tuple[_Look, int]]) -> str:
    return repr([(os.fspath(path), *look, change) for path, (look, change) in zip(paths, seen, strict=True)])


def _look(path: Path) -> tuple[_Look, int]:
    return _as_look(os.stat(path))  # noqa: PTH116 — asked three times of every file of a folder


def _as_look(found: os.stat_result) -> tuple[_Look, int]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns), found.st_ctime_ns


def _hash(paths: Sequence[Path], before: bytes = b"") -> tuple[str, int]:
    """Return the hash of bytes and the files after them, and their number."""
    digest = hashlib.sha256(before)
    n_bytes = len(before)
    passed(n_bytes)
    for path in paths:
        with path.open("rb", buffering=0) as file:
            piece = memoryview(bytearray(min(os.fstat(file.fileno()).st_size + 1, _CHUNK)))
            while n_read := file.readinto(piece):
                digest.update(piece[:n_read])
                passed(n_read)
                n_bytes += n_read
    return digest.hexdigest(), n_bytes


def _changed(path: Path) -> IngestError:
    return IngestError(
        f"{path}: the file changed while it was read, so nothing of it was imported. Import it again when nothing writes to it."
    )
