"""What a file is before it is read: an archive to open or a file of some format, with the key of importing it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from benchdb.errors import FormatNotRecognisedError, IngestError
from benchdb.ingest.archive_files import SEPARATOR, is_archive, is_zip
from benchdb.ingest.contents import hold
from benchdb.ingest.importer import HEAD_SIZE, ReadOptions, as_head, companion_of, importers, read_head, recognise
from benchdb.ingest.unchanged import hash_files
from benchdb.schema.keys import text_key

if TYPE_CHECKING:
    from pathlib import Path

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import Importer
    from benchdb.ingest.unchanged import Hashed

_DEFAULT = ReadOptions()
_MAGIC = 512
"""Bytes from which an archive is told."""


class _Last(threading.local):
    """The options that were spelled last: those of a whole import are the same object."""

    options = _DEFAULT
    text = "{}"


_last = _Last()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFile:
    """A file about to be read."""

    found: FoundFile
    importer: Importer
    hashed: Hashed
    ingest_id: int

    @property
    def sha256(self) -> str:
        """Hash of its bytes and its companions'."""
        return self.hashed.sha256

    def require_same(self) -> None:
        """Do nothing if the bytes that were read are those that were hashed.

        Raises:
            IngestError: If the file changed or vanished meanwhile.
        """
        if SEPARATOR not in self.found.name:  # what an archive was unpacked to is nobody else's
            self.hashed.require_same()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAlong:
    """A file that is only ever read along with another one."""

    owner: Importer
    """The importer that takes it in."""


def is_opened(path: Path, chosen: Importer | None) -> bool:
    """Return whether a file is an archive that no importer reads as it is.

    Args:
        path: The file.
        chosen: The importer to use for every file, if one was named.
    """
    try:
        if not is_archive(read_head(path, _MAGIC)):
            return False
        head = read_head(path)
    except OSError:
        return False
    # Only a zip can be a log as well: others hold text in the open that would be taken for the file itself.
    readers = [chosen] if chosen is not None else importers() if is_zip(head) else []
    return not any(importer.sniff(head, path.name) for importer in readers)


def identify(found: FoundFile, importer: Importer | None, options: ReadOptions) -> IngestFile | ReadAlong:
    """Return what a file is; a small one is held in memory from now on.

    Args:
        found: The file.
        importer: The importer to use for every file, if one was named.
        options: What the user says about it.

    Raises:
        FormatNotRecognisedError: If no importer claims it.
        IngestError: If it was named although it is only ever read along with another one.
    """
    data = hold(found.path)
    if importer is None:
        head = read_head(found.path) if data is None else as_head(data[:HEAD_SIZE])
        owner = companion_of(found.path, head)
        if owner is not None and not found.is_named:
            return ReadAlong(owner=owner)
        try:
            importer = recognise(found.path, options.columns if found.is_named else None, head)
        except FormatNotRecognisedError:
            if owner is None:
                raise
            message = f"{found.name}: {owner.name} reads this file along with the results file beside it; name that one"
            raise IngestError(message) from None
    return describe(found, importer, options)


def describe(found: FoundFile, importer: Importer, options: ReadOptions) -> IngestFile:
    """Return a file's identity: the hash of its bytes and its companions', and the key of importing it so and from there.

    Args:
        found: The file.
        importer: The importer that will read it.
        options: What the user says about it.
    """
    return named_by(found, importer, hash_files((found.path, *importer.companions(found.path))), options)


def named_by(found: FoundFile, importer: Importer, hashed: Hashed, options: ReadOptions) -> IngestFile:
    """Return the identity of a file whose hash is known.

    Args:
        found: The file.
        importer: The importer that will read it.
        hashed: Its bytes and its companions'.
        options: What the user says about it.
    """
    told = _last_parts(found.path, importer.path_parts) if importer.path_parts else ()
    key = text_key("ingest", hashed.sha256, importer.name, importer.version, spell_options(options), *told)
    return IngestFile(found=found, importer=importer, hashed=hashed, ingest_id=key)


def _last_parts(path: Path, n: int) -> tuple[str, ...]:
    parts = path.parts
    return parts[-n:] if len(parts) > n else path.absolute().parts[-n:]


def spell_options(options: ReadOptions) -> str:
    """Return the options that differ from the defaults, as canonical JSON.

    Args:
        options: What the user says about a file.
    """
    if options is not _last.options:
        _last.options, _last.text = options, _spell_options(options)
    return _last.text


def _spell_options(options: ReadOptions) -> str:
    default = _DEFAULT
    given = {
        each.name: value
        for each in fields(options)
        if (value := getattr(options, each.name)) != getattr(default, each.name)
    }
    return json.dumps(given, sort_keys=True, ensure_ascii=False, default=str)
