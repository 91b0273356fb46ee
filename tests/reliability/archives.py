"""Archives made bad: of real files, in every kind that is opened, then turned, cut and spliced."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from typing import TYPE_CHECKING

from tests.reliability.mutations import cut, double_chunk, drop_chunk, insert_bytes, splice, swap_chunks, turn_bits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

_NAMES = (
    "../out",
    "/etc/out",
    "C:\\out",
    "a\\..\\..\\out",
    "",
    ".",
    "a" * 300,
    "a/b",
    "a",
    "\x1b[2J",
    "é",
    "\u202eabc",
    "x.zip",
)


def make_archive(rng: Random, files: Sequence[Path], donor: bytes) -> tuple[str, bytes]:
    """Return a name with what was done to it, and the bytes of an archive.

    Args:
        rng: Source of every choice.
        files: Real files to put in.
        donor: Bytes of another file, to splice in.
    """
    members = [(path.name if rng.random() < 0.7 else rng.choice(_NAMES), path.read_bytes()[:100_000]) for path in files]
    kind = rng.choice(("zip", "zip", "tar", "tar.gz", "tar.xz", "gz", "bz2", "xz", "zst", "zip.gz"))
    data = _pack(rng, kind, members)
    for _ in range(rng.choice((0, 1, 1, 2))):
        way = rng.choice((turn_bits, turn_bits, cut, drop_chunk, double_chunk, swap_chunks, insert_bytes, splice))
        data = way(rng, data, donor)
    return f"archive.{kind} of {len(members)}", data


def _pack(rng: Random, kind: str, members: Sequence[tuple[str, bytes]]) -> bytes:
    if kind == "zip":
        return _zip(rng, members)
    if kind == "zip.gz":
        return gzip.compress(_zip(rng, members), mtime=0)
    if kind.startswith("tar"):
        plain = _tar(rng, members)
        return {"tar": bytes, "tar.gz": lambda data: gzip.compress(data, mtime=0), "tar.xz": lzma.compress}[kind](plain)
    if kind == "zst":
        import zstandard

        return zstandard.ZstdCompressor().compress(members[0][1])
    ways = {"gz": lambda data: gzip.compress(data, mtime=0), "bz2": bz2.compress, "xz": lzma.compress}
    return ways[kind](members[0][1])


def _zip(rng: Random, members: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = rng.choice(
                (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
            )
            info.external_attr = rng.choice((0, 0o100644, 0o120777, 0o010644, 0o040755)) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _tar(rng: Random, members: Sequence[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = rng.choice(
                (tarfile.REGTYPE,) * 4 + (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
            )
            info.linkname = "../../etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
