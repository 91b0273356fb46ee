"""Files that change while they are imported: what is recorded as their hash is the hash of the bytes that were read."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from benchdb.database.check import check
from benchdb.errors import FormatNotRecognisedError, IngestError
from benchdb.ingest import identity, session
from benchdb.ingest.report import FileState
from benchdb.ingest.unchanged import GRAIN_NS, hash_files
from tests.ingest.own import Files, make_files, n_rows, rows, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from benchdb.ingest.records import Record


def _grow(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("more")


def _rewrite_within_a_tick(path: Path) -> None:
    """Write other bytes of the same number and put the time of change back, as a coarse clock would leave it."""
    before = path.stat()
    path.write_text("B" * before.st_size, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replace(path: Path) -> None:
    other = path.with_name(f".{path.name}.new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "grows": (_grow, "changed while it was read"),
    "is rewritten": (_rewrite_within_a_tick, "changed while it was read"),
    "is replaced": (_replace, "changed while it was read"),
    "vanishes": (lambda path: path.unlink(), "vanished while it was read"),
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return make_files(tmp_path / "files", monkeypatch)


@pytest.mark.parametrize("is_large", [False, True], ids=["small", "in pieces"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_changes_while_it_is_read_is_refused(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch, name: str, is_large: bool
) -> None:
    """Nothing of it is in the database, the message says why, and the file beside it is imported."""
    change, reason = CHANGES[name]
    if is_large:
        monkeypatch.setattr(session, "PIECE", 1)

    def read() -> Iterator[Record]:
        yield run("m", "b", 1.0)
        yield run("m", "b", 2.0)
        change(path)
        yield run("m", "b", 3.0)

    path = files.stream("changing", read, content="A" * 20)
    steady = files.add("steady", run("m", "b", 9.0))
    report = files.load(db, path, steady)
    assert [file.state for file in report.files] == [FileState.FAILED, FileState.LOADED]
    assert f"{path}: the file {reason}" in str(report.files[0].message)
    assert rows(db, "score", "value") == [9.0]
    assert rows(db, "ingest", "sha256") == [hashlib.sha256(b"steady").hexdigest()]
    with db.connect() as connection:
        assert check(connection) == ()


def test_it_is_imported_once_it_is_left_alone(db: Engine, files: Files) -> None:
    """The same file, imported when nothing writes to it any more, is there with the hash of what was read."""
    changes = iter([True, False])

    def read() -> Iterator[Record]:
        yield run("m", "b", 1.0)
        if next(changes):
            _grow(path)

    path = files.stream("log", read, content="half")
    assert files.load(db, path).n_failed == 1
    assert n_rows(db) == {}
    assert files.load(db, path).n_failed == 0
    assert rows(db, "ingest", "sha256") == [hashlib.sha256(b"halfmore").hexdigest()]


def test_what_only_changes_its_links_is_the_same_file(db: Engine, files: Files) -> None:
    """A backup program that links the file, or a change of permissions, changes no bytes and is no reason to refuse it."""

    def read() -> Iterator[Record]:
        yield run("m", "b", 1.0)
        path.chmod(0o640)
        os.link(path, path.with_name(".linked"))

    path = files.stream("log", read)
    assert files.load(db, path).n_failed == 0


def test_a_file_that_vanished_before_it_was_looked_at_fails_alone(
    db: Engine, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that goes between listing the folder and reading it is reported; the others are imported."""
    gone, there = files.add("a-gone", run("m", "b", 1.0)), files.add("b", run("m", "b", 2.0))

    def recognise(path: Path, _columns: object = None, _head: object = None) -> object:
        if path == gone:
            gone.unlink(missing_ok=True)
            raise FormatNotRecognisedError.from_tried(str(path), ["own"])
        return files.importer

    monkeypatch.setattr(identity, "recognise", recognise)
    report = files.load(db)
    assert [(file.file, file.state) for file in report.files] == [
        (str(gone), FileState.FAILED), (str(there), FileState.LOADED)
    ]  # fmt: skip
    assert "No such file" in str(report.files[0].message)


def test_a_file_long_at_rest_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a file that changed within the grain of its times, or whose status changed since, is read a second time."""
    path = tmp_path / "log"
    path.write_text("a", encoding="utf-8")
    changed_ns = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    hashed: list[object] = []
    monkeypatch.setattr("benchdb.ingest.unchanged.Hashed._hash_again", lambda *_self: hashed.append(1))
    hash_files([path], lambda: changed_ns + GRAIN_NS + 1).require_same()
    assert hashed == []
    hash_files([path], lambda: changed_ns + GRAIN_NS - 1).require_same()
    assert hashed == [1]


def test_a_clock_that_went_back_hides_no_change(tmp_path: Path) -> None:
    """A file whose time lies ahead of the clock counts as fresh, so that its bytes are compared."""
    path = tmp_path / "log"
    path.write_text("a", encoding="utf-8")
    hashed = hash_files([path], lambda: path.stat().st_mtime_ns - 3600 * 1_000_000_000)
    _rewrite_within_a_tick(path)
    with pytest.raises(IngestError, match="changed while it was read"):
        hashed.require_same()
