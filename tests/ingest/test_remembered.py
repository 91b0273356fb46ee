"""What is remembered of files: believed only while a file and its companions stand as they did, and lost without harm."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from pathlib import Path

import pytest

from benchdb.ingest.remembered import Known, Remembered, cache_file
from benchdb.ingest.unchanged import GRAIN_NS, hash_files, recall_hash


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Return where a cache is to be."""
    return tmp_path / "cache" / "files.sqlite"


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """Return a file; that it was written long enough ago, `learn` says, since times of changes cannot be set."""
    path = tmp_path / "scores.csv"
    path.write_text("abc")
    return path


def learn(memory: Remembered, path: Path, asked: str = "any") -> Known:
    hashed = hash_files([path], lambda: time.time_ns() + GRAIN_NS + 10**9)
    assert hashed.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    known = Known(importer="table", sha256=hashed.sha256, n_bytes=path.stat().st_size, standing=hashed.standing)
    memory.learn(path, asked, known)
    return known


def test_known_in_the_next_process(cache: Path, old_file: Path) -> None:
    with Remembered(cache) as memory:
        assert memory.look_up(old_file, "any") is None
        known = learn(memory, old_file)
        assert memory.look_up(old_file, "any") == known
    with Remembered(cache) as memory:
        assert memory.look_up(old_file, "any") == known
        assert memory.look_up(old_file, "otherwise") is None
    recalled = recall_hash([old_file], str(known.sha256), known.n_bytes, known.standing)
    assert recalled is not None
    assert (recalled.sha256, recalled.n_bytes, recalled.standing) == (known.sha256, 3, known.standing)


def test_every_touch_is_seen(old_file: Path) -> None:
    """Content of the same length, a time put back, another file in its place, a companion: none passes for the file."""
    companion = old_file.with_suffix(".txt")
    companion.write_text("x")
    at = old_file.stat().st_mtime_ns

    def put_back() -> None:
        old_file.write_text("abd")
        os.utime(old_file, ns=(at, at))

    def put_in_place() -> None:
        other = old_file.with_name("other")
        other.write_text("abd")
        os.utime(other, ns=(at, at))
        other.replace(old_file)

    for touch in (lambda: old_file.write_text("abd"), put_back, put_in_place, lambda: companion.write_text("xy")):
        hashed = hash_files([old_file, companion])
        told = (hashed.sha256, hashed.n_bytes, hashed.standing)
        assert recall_hash([old_file, companion], *told) is not None
        assert recall_hash([old_file], *told) is None
        time.sleep(0.02)
        touch()
        assert recall_hash([old_file, companion], *told) is None


def test_a_damaged_cache_is_made_anew(cache: Path, old_file: Path) -> None:
    cache.parent.mkdir()
    cache.write_bytes(b"no database at all" * 100)
    with Remembered(cache) as memory:
        learn(memory, old_file)
    with Remembered(cache) as memory:
        assert memory.look_up(old_file, "any") is not None


def test_a_cache_that_cannot_be_used_is_done_without(tmp_path: Path, cache: Path, old_file: Path) -> None:
    """A folder in its place, or a lock that nobody gives back: what was learned holds within the process."""
    for place in (tmp_path, Path("/dev/null/files.sqlite")):
        with Remembered(place) as memory:
            learn(memory, old_file)
            assert memory.look_up(old_file, "any") is not None
    with Remembered(cache) as memory:
        learn(memory, old_file)
        holder = sqlite3.connect(cache)
        holder.execute("BEGIN IMMEDIATE")
    holder.close()
    with Remembered(cache) as memory:
        assert memory.look_up(old_file, "any") is None


def test_entries_of_long_ago_are_dropped(cache: Path, old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Remembered(cache) as memory:
        learn(memory, old_file)
    later = time.time() + 181 * 86_400
    monkeypatch.setattr("benchdb.ingest.remembered.time.time", lambda: later)
    with Remembered(cache) as memory:
        learn(memory, old_file, "otherwise")
    with Remembered(cache) as memory:
        assert memory.look_up(old_file, "any") is None
        assert memory.look_up(old_file, "otherwise") is not None


def test_place_of_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHDB_CACHE_DIR", str(tmp_path))
    assert cache_file() == tmp_path / "files.sqlite"
    monkeypatch.setenv("BENCHDB_CACHE_DIR", "")
    assert cache_file() is None
    monkeypatch.delenv("BENCHDB_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_file() == tmp_path / "benchdb" / "files.sqlite"
