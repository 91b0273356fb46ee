"""Members of a zip file as text, stored, deflated or compressed by Zstandard, which `zipfile` knows only from Python 3.14 on.

Where a name occurs twice the last member counts. Lengths and checksums are compared.
"""

from __future__ import annotations

import io
import lzma
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from typing_extensions import override

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import AT_ONCE, held_of
from benchdb.ingest.logs import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO, TextIO
    from zipfile import ZipInfo

    from _typeshed import WriteableBuffer as Buffer

ZSTANDARD = 93
"""Number of the compression in the zip format."""
_LOCAL_HEADER = 30
_ENCRYPTED = 1


class Archive:
    """A zip file, of which one member at a time is read."""

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        try:
            with self._packed() as packed, ZipFile(packed) as directory:
                self._members = {info.filename: info for info in directory.infolist()}
            if any(info.header_offset < 0 for info in self._members.values()):
                raise BadZipFile("a member stands in front of it")  # noqa: TRY301 — it reads as the others
        except (BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise MalformedFileError.at(self.where, "", f"a broken zip file ({error})", "a whole one") from error

    def names(self) -> list[str]:
        """Return the members' names, each once, in their order."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """Return a member's bytes, or None where there is no such member.

        Args:
            name: Its name.

        Raises:
            MalformedFileError: If it is broken, or longer than `json_text.LONGEST`, whatever it states.
        """
        if name not in self._members:
            return None
        found = self._read_at_once(self._members[name])
        if found is not None:
            return found
        with self.open(name) as file:
            found = file.read(json_text.LONGEST + 1)
        if len(found) > json_text.LONGEST:
            raise MalformedFileError.too_large(self.where, name, json_text.LONGEST)
        return found

    def is_small(self, name: str) -> bool:
        """Return whether a member states that it is small enough to be in memory as a whole.

        Args:
            name: Its name; it exists.
        """
        info = self._members[name]
        return max(info.file_size, info.compress_size) <= AT_ONCE

    @contextmanager
    def text(self, name: str) -> Iterator[TextIO]:
        """Give a member as text that is decompressed while it is read.

        Args:
            name: Its name; it exists.
        """
        with self.open(name) as file, io.TextIOWrapper(file, encoding="utf-8-sig") as text:
            yield text

    @contextmanager
    def open(self, name: str) -> Iterator[io.BufferedReader]:
        """Give a member's bytes, decompressed while they are read.

        Args:
            name: Its name; it exists.

        Raises:
            MalformedFileError: If the member is broken.
        """
        info = self._members[name]
        try:
            with self._packed() as raw, _plain(raw, info) as plain:
                yield io.BufferedReader(_Checked(plain, info), buffer_size=1 << 18)
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise MalformedFileError.at(self.where, name, f"a broken member ({error})", "a whole one") from error
        except OSError as error:
            if error.errno is not None:
                raise
            # bz2 says so of bytes that are none of its own.
            raise MalformedFileError.at(self.where, name, f"a broken member ({error})", "a whole one") from error
        except UnicodeDecodeError as error:
            raise MalformedFileError.at(
                self.where, name, f"bytes that are not ({error.reason})", "UTF-8 text"
            ) from error

    def _packed(self) -> io.BufferedReader | io.BytesIO:
        held = held_of(self._path)
        return self._path.open("rb") if held is None else io.BytesIO(held.data)

    def _read_at_once(self, info: ZipInfo) -> bytes | None:
        """Return the bytes of a small member, or None where it is not small, or `open` has to say what is wrong with it."""
        if not self.is_small(info.filename) or info.flag_bits & _ENCRYPTED:
            return None
        with self._packed() as raw:
            packed = _find(raw, info) and raw.read(info.compress_size)
        plain = _unpacked(packed, info) if packed else None
        return plain if plain is not None and len(plain) == info.file_size and zlib.crc32(plain) == info.CRC else None


class _Readable(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most so many bytes, none at the end."""


class _Part:
    """The next bytes of a file and no more."""

    def __init__(self, file: _Readable, size: int) -> None:
        self.file = file
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        found = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(found)
        return found


class _Checked(io.RawIOBase):
    """Bytes of a member, whose number and checksum are compared at the end."""

    def __init__(self, plain: _Readable, info: ZipInfo) -> None:
        self.plain = plain
        self.info = info
        self.size = 0
        self.checksum = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        target = memoryview(buffer)
        found = self.plain.read(len(target))
        target[: len(found)] = found
        self.size += len(found)
        self.checksum = zlib.crc32(found, self.checksum)
        if not found and (self.size != self.info.file_size or self.checksum != self.info.CRC):
            raise BadZipFile("its length or checksum is not the stated one")
        return len(found)


def _find(raw: io.BufferedReader | io.BytesIO, info: ZipInfo) -> bool:
    """Go to where a member's packed bytes begin; return whether its own header stands before them."""
    raw.seek(info.header_offset)
    header = raw.read(_LOCAL_HEADER)
    raw.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), io.SEEK_CUR)
    return header.startswith(b"PK\x03\x04")


def _unpacked(packed: bytes, info: ZipInfo) -> bytes | None:
    """Return the bytes that a member was packed from, at most one more than it states; None where they cannot be had."""
    if info.compress_type == ZIP_STORED:
        return packed
    try:
        if info.compress_type == ZIP_DEFLATED:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, info.file_size + 1)
        if info.compress_type == ZSTANDARD:
            return _unpacked_zstandard(packed, info.file_size + 1)
    except zlib.error:
        return None
    return None


def _unpacked_zstandard(packed: bytes, most: int) -> bytes | None:
    import zstandard

    try:
        with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as plain:
            return plain.read(most)
    except zstandard.ZstdError:
        return None


@contextmanager
def _plain(raw: io.BufferedReader | io.BytesIO, info: ZipInfo) -> Iterator[_Readable]:
    """Give a member's bytes, decompressed."""
    if info.compress_type != ZSTANDARD:
        with ZipFile(raw) as directory, directory.open(info) as plain:
            yield plain
        return
    import zstandard

    _find(raw, info)
    part = cast("IO[bytes]", _Part(raw, info.compress_size))
    try:
        yield zstandard.ZstdDecompressor().stream_reader(part, read_across_frames=True)
    except zstandard.ZstdError as error:
        raise BadZipFile(str(error)) from error
