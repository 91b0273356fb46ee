"""Which files an import reads: named ones, those of folders, patterns and archives; what is left out says why."""

from __future__ import annotations

import glob
import os
import re
import stat
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchdb.errors import IngestError
from benchdb.ingest.archive_files import SEPARATOR, Budget, unpack
from benchdb.ingest.report import FileState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_READ = frozenset({".eval_results"})
"""Hidden folders that hold results: Hugging Face keeps them so in a model's repository."""
_LEFT_OUT = frozenset({"__MACOSX"})
_SUFFIX = re.compile(r"(\.tar)?\.(zip|tar|t\w{2,3}|gz|zst|bz2|xz)$", re.IGNORECASE)
_NESTED = "an archive inside an archive inside an archive is not opened; unpack it first"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file that an import has come upon."""

    path: Path
    """Where its bytes are."""
    name: str
    """How it is reported: as given, or "archive.zip!member/path"."""
    is_named: bool = False
    """Whether it was named itself rather than found in a folder, a pattern or an archive."""
    state: FileState | None = None
    """What became of it, where that is settled before it is read."""
    message: str | None = None
    """Why."""

    def spell(self, error: Exception) -> str:
        """Return an error's message with the file called by its name.

        Args:
            error: What reading it raised.
        """
        text = str(error).replace(str(self.path), self.name)
        if SEPARATOR not in self.name or not self.name.endswith(self.path.name):
            return text
        return text.replace(f"{self.path.parent}/", self.name.removesuffix(self.path.name))


def look_up(paths: Iterable[Path]) -> list[FoundFile]:
    """Return the files and folders that are meant: each path that exists, and what fits one that is a pattern.

    Args:
        paths: Files, folders and patterns ("logs/**/*.json") that no shell has expanded.

    Raises:
        IngestError: If a path does not exist or nothing fits a pattern.
    """
    found = []
    for path in paths:
        if os.path.lexists(path):
            found.append(FoundFile(path=path, name=str(path), is_named=True))
        elif not glob.has_magic(str(path)):
            raise IngestError(f"{path}: there is no such file or folder")
        else:
            fitting = sorted(Path(each) for each in glob.glob(str(path), recursive=True))  # noqa: PTH207 — it may be absolute
            if not fitting:
                raise IngestError(f"{path}: no file or folder fits this pattern")
            folders = {each for each in fitting if each.is_dir()}
            found += [FoundFile(path=each, name=str(each)) for each in fitting if not folders & set(each.parents)]
    return found


def find_files(
    start: Iterable[FoundFile],
    *,
    is_archive: Callable[[FoundFile], bool],
    before_removal: Callable[[], None],
    settle_s: float = 0.0,
) -> Iterator[FoundFile]:
    """Yield every file to read or to report; members of an archive exist only until the one after them is asked for.

    Args:
        start: Files and folders from `look_up`.
        is_archive: Whether a file is to be opened as an archive.
        before_removal: Called before the members of an archive are removed again.
        settle_s: Seconds for which a file must have been left alone; one that changed later is settled as `UNSETTLED`.
    """
    for found in start:
        for file in _walk(found):
            if file.state is None and settle_s and (reason := unsettled(file.path.stat(), settle_s)):
                yield replace(file, state=FileState.UNSETTLED, message=f"{file.name}: {reason}")
            elif file.state is None and is_archive(file):
                yield from _members(file, is_archive, before_removal)
            else:
                yield file


def unsettled(status: os.stat_result, settle_s: float) -> str | None:
    """Return why a file is not read yet, or None if nobody has written to it lately.

    Args:
        status: Of the file.
        settle_s: Seconds for which it must have been left alone.
    """
    return f"written to less than {settle_s:g} seconds ago" if time.time() - status.st_mtime < settle_s else None


def extent(paths: Iterable[Path]) -> tuple[int, int]:
    """Return how many files there are to read, and their bytes; an archive is one file.

    Args:
        paths: Files, folders and patterns.
    """
    n_files = n_bytes = 0
    for start in look_up(paths):
        for file in _walk(start):
            with suppress(OSError):
                n_bytes += file.path.stat().st_size
            n_files += 1
    return n_files, n_bytes


def _walk(found: FoundFile) -> Iterator[FoundFile]:
    """Yield a file itself, or every file of a folder in order of name."""
    if found.path.is_dir():
        root = found.path.resolve()
        yield from _walk_folder(found, root, set())
        return
    yield _judged(found)


def _walk_folder(folder: FoundFile, root: Path, seen: set[Path]) -> Iterator[FoundFile]:
    try:
        with os.scandir(folder.path) as listed:
            entries = sorted(listed, key=_name_of)
    except OSError as error:
        yield replace(folder, state=FileState.FAILED, message=f"{folder.name}: {error.strerror}")
        return
    before = "" if folder.name == "." else f"{folder.name.rstrip('/')}/"
    for entry in entries:
        path = folder.path / entry.name
        found = FoundFile(path=path, name=f"{before}{entry.name}")
        if entry.is_file(follow_symlinks=False):
            yield found
        elif not path.is_dir():
            yield _judged(found)
        elif (path.name.startswith(".") and path.name not in _READ) or path.name in _LEFT_OUT:
            continue
        elif path.is_symlink() and (reason := _led_astray(path, root, seen)):
            yield replace(found, state=FileState.SKIPPED, message=f"{found.name}: {reason}")
        else:
            yield from _walk_folder(found, root, seen)


def _name_of(entry: os.DirEntry[str]) -> str:
    return entry.name


def _led_astray(path: Path, root: Path, seen: set[Path]) -> str | None:
    """Return why a link to a folder is not followed; a folder that is followed counts as seen."""
    target = path.resolve()
    if target.is_relative_to(root):
        return "a link to a folder that is read anyway"
    if root.is_relative_to(target):
        return "a link to a folder above the one to read"
    if any(target.is_relative_to(each) or each.is_relative_to(target) for each in seen):
        return "a link to a folder that another link has led to"
    seen.add(target)
    return None


def _judged(found: FoundFile) -> FoundFile:
    """Return a file, settled already if it is not one that can be read."""
    reason = _unreadable(found.path)
    if reason is None:
        return found
    state = FileState.FAILED if found.is_named else FileState.SKIPPED
    return replace(found, state=state, message=f"{found.name}: {reason}; only files can be imported")


def _unreadable(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link that leads nowhere" if path.is_symlink() else "it cannot be looked at"
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}
    return kinds.get(stat.S_IFMT(mode))


def _members(
    archive: FoundFile, is_archive: Callable[[FoundFile], bool], before_removal: Callable[[], None]
) -> Iterator[FoundFile]:
    """Yield the members of an archive, and those of archives among them."""
    budget = Budget(name=archive.name, n_packed=archive.path.stat().st_size)
    with ExitStack() as scratch:
        for member in _unpacked(archive, budget, scratch):
            if member.state is not None or not is_archive(member):
                yield member
                continue
            for inner in _unpacked(member, budget, scratch):
                is_third = inner.state is None and is_archive(inner)
                message = f"{inner.name}: {_NESTED}"
                yield replace(inner, state=FileState.SKIPPED, message=message) if is_third else inner
        before_removal()


def _unpacked(archive: FoundFile, budget: Budget, scratch: ExitStack) -> Iterator[FoundFile]:
    """Unpack an archive into a folder of its own name, so that whatever asks for that name finds it."""
    place = scratch.enter_context(TemporaryDirectory(prefix="benchdb-"))
    folder = Path(place).resolve() / (_SUFFIX.sub("", archive.path.name) or "archive")
    folder.mkdir()
    try:
        left_out = unpack(archive.path, folder, budget)
    except IngestError as error:
        yield replace(archive, state=FileState.FAILED, message=str(error))
        return
    except OSError as error:
        yield replace(archive, state=FileState.FAILED, message=f"{archive.name}: {error.strerror or error}")
        return
    for name, reason in left_out:
        shown = f"{archive.name}{SEPARATOR}{name}"
        yield FoundFile(path=folder, name=shown, state=FileState.SKIPPED, message=f"{shown}: {reason}")
    for file in _walk(FoundFile(path=folder, name=f"{archive.name}{SEPARATOR}")):
        yield replace(file, name=f"{archive.name}{SEPARATOR}{file.path.relative_to(folder)}")
