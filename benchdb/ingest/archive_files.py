"""Archives unpacked without trust: zip, tar and single files compressed by gzip, Zstandard, bzip2 or xz.

A member is copied as bytes in a stream, into a folder of our own and never out of it; links, devices and encrypted members are
left out with the reason. An archive that grows beyond `LIMITS` is refused as a whole.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import re
import stat
import tarfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast
from zipfile import BadZipFile, ZipFile

from benchdb.errors import IngestError, MalformedFileError
from benchdb.ingest.logs.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zipfile import ZipInfo

SEPARATOR = "!"
"""Stands between an archive's name and a member's."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP, _ZSTANDARD, _BZIP2, _XZ = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\x00"
_OFFICE = (b"[Content_Types].xml", b"mimetype")
_LOCAL_HEADER = 30
_TAR_MAGIC = slice(257, 262)
_TAR_BLOCK = 512
_SUFFIX = re.compile(r"\.(gz|zst|bz2|xz)$", re.IGNORECASE)
_OF_TAR = re.compile(r"\.(tar\.\w+|t\w+)$", re.IGNORECASE)
_CHUNK = 1 << 20
_UNENCRYPTED = 0
_UNIX_MODE = 16
_NAME_TROUBLES = frozenset({errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG})
_BROKEN = (
    BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, MalformedFileError, NotImplementedError, ValueError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an archive may grow."""

    n_bytes: int = 32 << 30
    """Bytes of all members together."""
    n_members: int = 1_000_000
    """Members."""
    ratio: int = 250
    """Bytes unpacked for each byte packed."""
    free_bytes: int = 256 << 20
    """Bytes unpacked that no ratio is asked of."""


LIMITS = Limits()
"""The limits that hold."""


@dataclass(slots=True)
class Budget:
    """What one archive, with the archives inside it, has taken so far."""

    name: str
    """The archive."""
    n_packed: int
    """Its size."""
    limits: Limits = field(default_factory=lambda: LIMITS)
    """How far it may grow."""
    n_bytes: int = 0
    """Bytes unpacked."""
    n_members: int = 0
    """Members unpacked."""

    def take(self, n_bytes: int) -> None:
        """Count bytes that are about to be written.

        Args:
            n_bytes: How many.

        Raises:
            IngestError: If the archive grows beyond a limit.
        """
        self.n_bytes += n_bytes
        if self.n_bytes > self.limits.n_bytes:
            raise self._refusal(f"unpacks to more than {self.limits.n_bytes:,} bytes")
        if self.n_bytes > max(self.limits.free_bytes, self.limits.ratio * self.n_packed):
            raise self._refusal(f"unpacks to more than {self.limits.ratio} times its size, as one made to fill a disk")

    def take_member(self) -> None:
        """Count one more member.

        Raises:
            IngestError: If there are too many.
        """
        self.n_members += 1
        if self.n_members > self.limits.n_members:
            raise self._refusal(f"holds more than {self.limits.n_members:,} members")

    def _refusal(self, reason: str) -> IngestError:
        return IngestError(f"{self.name}: the archive {reason}. If you trust it, unpack it and name the folder.")


def is_archive(head: bytes) -> bool:
    """Return whether a file is an archive or a compressed file; an office document, which is a zip too, is none.

    Args:
        head: Its first bytes.
    """
    if is_zip(head):
        return not head[_LOCAL_HEADER:].startswith(_OFFICE)
    return head.startswith((_GZIP, _ZSTANDARD, _BZIP2, _XZ)) or head[_TAR_MAGIC] == b"ustar"


def is_zip(head: bytes) -> bool:
    """Return whether a file is a zip.

    Args:
        head: Its first bytes.
    """
    return head.startswith(_ZIP)


def unpack(path: Path, folder: Path, budget: Budget) -> list[tuple[str, str]]:
    """Return the members left out, each with the reason, after unpacking the others.

    Args:
        path: A file that `is_archive`.
        folder: An empty folder of our own.
        budget: Counts what is written.

    Raises:
        IngestError: If the archive is broken or grows beyond a limit.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_TAR_BLOCK)
        if is_zip(head):
            return list(_unpack_zip(path, folder, budget))
        if head[_TAR_MAGIC] == b"ustar":
            with path.open("rb") as raw:
                return list(_unpack_tar(raw, folder, budget))
        return _unpack_stream(path, folder, budget)
    except _BROKEN as error:
        raise _broken(path, budget, error) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _broken(path, budget, error) from error


def _broken(path: Path, budget: Budget, error: Exception) -> IngestError:
    reason = str(error).replace(f"{path}: ", "").replace(f"{path}, ", "") or "it ends too early"
    return IngestError(f"{budget.name}: the archive is broken: {reason}. Fetch it anew; nothing of it was read.")


def _unpack_stream(path: Path, folder: Path, budget: Budget) -> list[tuple[str, str]]:
    """Unpack a compressed file: a tar, or one file that goes by the archive's name without the suffix."""
    with _decompressed(path) as plain:
        start = plain.read(_TAR_BLOCK)
    is_tar = start[_TAR_MAGIC] == b"ustar"
    with _decompressed(path) as plain:
        if is_tar or (_OF_TAR.search(path.name) and not start):
            return list(_unpack_tar(plain, folder, budget))
        _copy(plain, folder / (_SUFFIX.sub("", path.name) or path.name), budget)
    return []


@contextmanager
def _decompressed(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        head = file.read(len(_XZ))
    if head.startswith(_ZSTANDARD):
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as plain:
            yield cast("IO[bytes]", plain)
        return
    openers = {_GZIP: gzip.open, _BZIP2: bz2.open, _XZ: lzma.open}
    opener = next((opener for magic, opener in openers.items() if head.startswith(magic)), None)
    if opener is None:
        raise ValueError("something stands in front of it")
    with cast("Callable[[Path], IO[bytes]]", opener)(path) as plain:
        yield plain


def _unpack_tar(stream: IO[bytes], folder: Path, budget: Budget) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            budget.take_member()
            if member.isdir():
                continue
            target = _target(folder, member.name)
            if not member.isreg():
                yield member.name, "a link" if member.issym() or member.islnk() else "a device or pipe"
            elif target is None:
                yield member.name, "its name leads out of the archive"
            elif (content := archive.extractfile(member)) is not None and (trouble := _put(content, target, budget)):
                yield member.name, trouble


def _unpack_zip(path: Path, folder: Path, budget: Budget) -> Iterator[tuple[str, str]]:
    with ZipFile(path) as directory:
        members = {info.filename: info for info in directory.infolist()}
    archive = Archive(path)
    for name, info in members.items():
        budget.take_member()
        if name.endswith("/"):
            continue
        target = _target(folder, name.replace("\\", "/"))
        reason = _zip_reason(info)
        if reason is not None:
            yield name, reason
        elif target is None:
            yield name, "its name leads out of the archive"
        else:
            with archive.open(name) as content:
                trouble = _put(content, target, budget)
            if trouble:
                yield name, trouble


def _zip_reason(info: ZipInfo) -> str | None:
    mode = info.external_attr >> _UNIX_MODE
    if stat.S_ISLNK(mode):
        return "a link"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "a device or pipe"
    return "it is encrypted" if info.flag_bits & 1 != _UNENCRYPTED else None


def _target(folder: Path, name: str) -> Path | None:
    """Return where a member goes, or None if its name leads elsewhere."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name or re.match(r"[A-Za-z]:", name):
        return None
    return folder.joinpath(*parts)


def _put(content: IO[bytes], target: Path, budget: Budget) -> str | None:
    """Copy a member to its place; return why it cannot stand there, if so."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(content, target, budget)
    except OSError as error:
        if error.errno in _NAME_TROUBLES:
            return f"its name cannot be used here ({error.strerror})"
        raise
    return None


def _copy(content: IO[bytes], target: Path, budget: Budget) -> None:
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK):
            budget.take(len(chunk))
            file.write(chunk)
