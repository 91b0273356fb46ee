"""The importer contract and the registry that finds importers.

An importer is one module in `benchdb/ingest/formats/` (or a third party's, through the entry-point group
`benchdb.importers`) that ends in a module constant `IMPORTER`. It knows files and records: no database, network, clock,
environment or other importer.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError, FormatNotRecognisedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchdb.ingest.records import Record
    from benchdb.schema.vocab import ScoreUnit

HEAD_SIZE = 65_536
"""Bytes of a file that `sniff` gets to see."""
ENTRY_POINT_GROUP = "benchdb.importers"
"""Entry points of this group name an `Importer`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What the user said about the files."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field of ours → column of the file (`--map field=column`); a value "=text" is a constant for every row."""
    score_unit: ScoreUnit | None = None
    """Unit of values whose unit the file does not state."""
    with_samples: bool = True
    """Whether outcomes of items are read."""
    with_answers: bool = False
    """Whether the answers themselves are read beside the outcomes, where the file has them."""
    all_metrics: bool = False
    """Whether side metrics are read beside the main ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One format: how to recognise a file and how to read it."""

    name: str
    """Name for `--from`, lower case with hyphens."""
    version: str
    """Version of the mapping; a new one imports known files anew."""
    sniff: Callable[[bytes, str], bool]
    """`sniff(head, name)`: whether the file is of this format, from its first `HEAD_SIZE` bytes; the name only breaks ties."""
    read: Callable[[Path, ReadOptions], Iterator[Record]]
    """Yields the file's records; raises `MalformedFileError`."""
    priority: int = 50
    """Asked in ascending order: 10 for a format with a signature of its own, 50 by default, 90 for catch-alls."""
    companions: Callable[[Path], Sequence[Path]] = lambda _path: ()
    """Files beside the given one that `read` takes in with it; they are hashed with it."""
    is_companion: Callable[[bytes, str], bool] = lambda _head, _name: False
    """Whether a file is only ever read along with another one, so that it is not unknown on its own."""
    path_parts: int = 0
    """How many of the last parts of a file's path `read` looks at, 1 being its name: a format that names the model in a folder
    gives equal bytes in two folders two meanings, so these parts belong to the file's identity."""
    summary: str = ""
    """First line of the module's docstring; filled by the registry."""


@cache
def importers() -> tuple[Importer, ...]:
    """Return every importer, in the order they are asked.

    Raises:
        ConfigError: If two importers share a name, or a plug-in is not an importer.
    """
    found: dict[str, Importer] = {}
    for importer in (*_shipped(), *_plugged_in()):
        if importer.name in found:
            raise ConfigError(f'two importers are called "{importer.name}"; uninstall one of the plug-ins')
        found[importer.name] = importer
    return tuple(sorted(found.values(), key=lambda importer: (importer.priority, importer.name)))


def importer_named(name: str) -> Importer:
    """Return the importer of that name.

    Args:
        name: As in `--from`.

    Raises:
        ConfigError: If there is none.
    """
    known = {importer.name: importer for importer in importers()}
    if name not in known:
        raise ConfigError(f'no importer is called "{name}"; there are: {", ".join(sorted(known))}')
    return known[name]


def recognise(path: Path, columns: Mapping[str, str] | None = None, head: bytes | None = None) -> Importer:
    """Return the importer of a file, from its content.

    Args:
        path: An existing file.
        columns: Columns that the user mapped to fields of ours; a file that no importer claims is then a table.
        head: What `read_head` gave for it, where it has been asked.

    Raises:
        FormatNotRecognisedError: If no importer claims it.
    """
    head = read_head(path) if head is None else head
    name = path.name
    for importer in importers():
        if importer.sniff(head, name):
            return importer
    if columns:
        return importer_named("table")
    raise FormatNotRecognisedError.from_tried(str(path), (importer.name for importer in importers()))


def companion_of(path: Path, head: bytes | None = None) -> Importer | None:
    """Return the importer that reads this file along with another one, if any.

    Args:
        path: An existing file.
        head: What `read_head` gave for it, where it has been asked.
    """
    head = read_head(path) if head is None else head
    name = path.name
    return next((importer for importer in _with_companions() if importer.is_companion(head, name)), None)


def read_head(path: Path, size: int = HEAD_SIZE) -> bytes:
    """Return the first bytes of a file, without a UTF-8 byte-order mark.

    Args:
        path: An existing file.
        size: How many.
    """
    with path.open("rb", buffering=0) as file:
        head: bytes = file.read(size)
        while len(head) < size and (more := file.read(size - len(head))):
            head += more
    return as_head(head)


def as_head(data: bytes) -> bytes:
    """Return the first bytes of a file as `sniff` gets to see them, without a UTF-8 byte-order mark.

    Args:
        data: At most `HEAD_SIZE` bytes.
    """
    return data.removeprefix(b"\xef\xbb\xbf")


@cache
def _with_companions() -> tuple[Importer, ...]:
    """Return the importers that read other files along."""
    (unasked,) = (each.default for each in fields(Importer) if each.name == "is_companion")
    return tuple(importer for importer in importers() if importer.is_companion is not unasked)


def _shipped() -> Iterator[Importer]:
    from benchdb.ingest import formats

    for module_info in pkgutil.iter_modules(formats.__path__, f"{formats.__name__}."):
        module = importlib.import_module(module_info.name)
        yield _with_summary(module.IMPORTER, module.__doc__)


def _plugged_in() -> Iterator[Importer]:
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            importer = entry_point.load()
        except (ImportError, AttributeError, SyntaxError) as error:
            raise ConfigError(
                f"entry point {entry_point.name} of {ENTRY_POINT_GROUP} ({entry_point.value}) cannot be loaded: {error}. "
                "Update or uninstall the package that brings it."
            ) from error
        if not isinstance(importer, Importer):
            raise ConfigError(f"entry point {entry_point.name} of {ENTRY_POINT_GROUP} is not a benchdb Importer")
        module = importlib.import_module(importer.read.__module__)
        yield importer if importer.summary else _with_summary(importer, module.__doc__)


def _with_summary(importer: Importer, docstring: str | None) -> Importer:
    from dataclasses import replace

    return replace(importer, summary=(docstring or "").strip().split("\n", 1)[0])
