"""What reading files taught: which bytes a file holds and which importer claims it, for as long as the file stays as it is.

A cache and nothing more: it stands outside the database, in the user's cache folder, serves every database, and may be
deleted at any time. A file whose size, times or inode changed is read again, and so is one whose companions did; what was
read of a file that had changed a moment before is not kept, since another change could bear the same time.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

CACHE_VARIABLE = "BENCHDB_CACHE_DIR"
"""Environment variable that names another folder for the cache; empty for no cache."""
_KEPT_S = 180 * 86_400
_TIMEOUT_S = 1.0
_TABLE = """
CREATE TABLE IF NOT EXISTS file (
  path BLOB, asked TEXT, importer TEXT NOT NULL, sha256 TEXT, n_bytes INTEGER NOT NULL, standing TEXT NOT NULL,
  learned_at REAL NOT NULL, PRIMARY KEY (path, asked)
) WITHOUT ROWID
"""
_FIND = "SELECT importer, sha256, n_bytes, standing FROM file WHERE path = ? AND asked = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a file is, and how it stood on the disk when it was read."""

    importer: str
    """The importer that reads it."""
    sha256: str | None
    """Hash of its bytes and its companions'; None for one that is read along with another file."""
    n_bytes: int
    """Bytes hashed."""
    standing: str
    """How it and its companions stood, as `Hashed.standing` spells it."""


class Remembered:
    """What is known of files, by path and by how they were asked to be read.

    A context manager: what was learned is written when it is left. Whatever goes wrong with the cache itself, files are read
    as if there were none.
    """

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._connection: sqlite3.Connection | None = None
        self._learned: dict[tuple[bytes, str], Known] = {}

    def __enter__(self) -> Self:
        if self._cache is not None:
            with suppress(OSError, sqlite3.Error):
                self._connection = _open(self._cache)
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(sqlite3.Error):
            self._save()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def look_up(self, path: Path, asked: str) -> Known | None:
        """Return what was learned of a file; the caller sees whether it still stands as it did.

        Args:
            path: The file.
            asked: How it is to be read, as at `learn`.
        """
        key = _key(path, asked)
        if key in self._learned:
            return self._learned[key]
        if self._connection is not None:
            with suppress(sqlite3.Error):
                found = self._connection.execute(_FIND, key).fetchone()
                return found and Known(importer=found[0], sha256=found[1], n_bytes=found[2], standing=found[3])
        return None

    def learn(self, path: Path, asked: str, known: Known) -> None:
        """Keep what reading a file taught; that it had been left alone before is the caller's to see.

        Args:
            path: The file.
            asked: How it was to be read: whatever else the answer depends on.
            known: What it is.
        """
        self._learned[_key(path, asked)] = known

    def _save(self) -> None:
        learned, self._learned = self._learned, {}
        if self._connection is None or not learned:
            return
        now = time.time()
        rows = [
            (*key, known.importer, known.sha256, known.n_bytes, known.standing, now) for key, known in learned.items()
        ]
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            self._connection.execute("DELETE FROM file WHERE learned_at < ?", (now - _KEPT_S,))


def cache_file() -> Path | None:
    """Return where the cache is kept, or None if the user wants none."""
    named = os.environ.get(CACHE_VARIABLE)
    if named is not None:
        return Path(named).expanduser() / "files.sqlite" if named else None
    from platformdirs import user_cache_path

    return user_cache_path("benchdb", appauthor=False) / "files.sqlite"


def _key(path: Path, asked: str) -> tuple[bytes, str]:
    name = os.fspath(path)
    whole = name if name.startswith(os.sep) else os.path.join(os.getcwd(), name)  # noqa: PTH109, PTH118 — asked for every file
    return os.fsencode(whole), asked


def _open(cache: Path) -> sqlite3.Connection:
    """Open the cache, made anew where it is damaged: it holds nothing that cannot be read again."""
    cache.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return _prepare(cache)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        cache.unlink()
        return _prepare(cache)


def _prepare(cache: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(cache, timeout=_TIMEOUT_S)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(_TABLE)
    except BaseException:
        connection.close()
        raise
    return connection
