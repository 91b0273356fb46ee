"""Bytes of small files are held and read once; of large ones they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchdb.ingest import contents
from benchdb.ingest.unchanged import hash_files


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.json"
    path.write_bytes(b"first")
    return path


def test_what_is_held_is_not_read_again(path: Path) -> None:
    """Bytes and start of a held file are those that it had; once let go, those that it has."""
    assert contents.hold(path) == b"first"
    path.write_bytes(b"other")
    assert (contents.read_bytes(path), contents.read_start(path, 2)) == (b"first", b"fi")
    contents.release()
    assert (contents.read_bytes(path), contents.read_start(path, 2)) == (b"other", b"ot")


def test_only_the_path_itself_is_held(path: Path) -> None:
    """Another path, though to the same file, is read from the disk."""
    contents.hold(path)
    path.write_bytes(b"other")
    assert contents.read_bytes(Path(str(path))) == b"other"


def test_holding_lets_go_of_what_was_held(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not held, and neither is the one before it."""
    contents.hold(path)
    monkeypatch.setattr(contents, "AT_ONCE", 4)
    large = path.with_name("b.json")
    large.write_bytes(b"large")
    assert contents.hold(large) is None
    assert (contents.held_of(large), contents.held_of(path)) == (None, None)


def test_the_hash_is_of_what_is_held(path: Path) -> None:
    """A file that is rewritten after it was held has the hash of the bytes that will be parsed, and the time of those."""
    before = hash_files((path,))
    contents.hold(path)
    path.write_bytes(b"rewritten")
    held = hash_files((path,))
    assert (held.sha256, held.n_bytes, held.looks) == (before.sha256, before.n_bytes, before.looks)
    contents.release()
    assert hash_files((path,)).sha256 != before.sha256
