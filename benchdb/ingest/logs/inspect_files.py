"""Inspect logs as files: the header and the samples, from a zip (`.eval`) or from one JSON object."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from benchdb.errors import MalformedFileError
from benchdb.ingest.contents import is_small, read_bytes, read_start
from benchdb.ingest.logs.archive import Archive
from benchdb.ingest.logs.inspect_samples import OF_SAMPLE
from benchdb.ingest.logs.json_files import elements, members, small_array
from benchdb.ingest.logs.json_pieces import Part, Pieces
from benchdb.ingest.logs.json_text import parse_object, some_members, unparsed_members, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted

Begin: TypeAlias = Callable[[dict[str, Any]], Callable[[dict[str, Any]], None]]
"""Takes a header and returns what takes its samples."""
ZIP = b"PK\x03\x04"
"""First bytes of a zip file."""
HEADER = "header.json"
"""Member with everything but the samples."""
_SUMMARIES = "summaries.json"
_BIG = frozenset({"samples", "reductions", "attachments", "events"})
_SAMPLE: Mapping[str, Wanted] = dict.fromkeys((*OF_SAMPLE, "epoch"), Part.WHOLE)
_WANTED: Mapping[str, Wanted] = {**dict.fromkeys(_BIG, Part.NOTHING), "samples": {"*": _SAMPLE}, "*": Part.WHOLE}
"""Of a sample no messages and events."""


def read_log(path: Path, begin: Begin | None) -> dict[str, Any]:
    """Return the header of a log, after handing over its samples one by one.

    A zip's samples are taken from its summaries, which hold scores and short metadata; those without one are read themselves.

    Args:
        path: The file.
        begin: Takes the header as it is known before the samples, and returns what takes a sample or its summary; None leaves the
            samples unread.

    Raises:
        MalformedFileError: If it is not a log, or the log of an evaluation that has not finished.
    """
    is_zip = read_start(path, len(ZIP)) == ZIP
    return _read_zip(path, begin) if is_zip else _read_json(path, begin)


def _read_json(path: Path, begin: Begin | None) -> dict[str, Any]:
    found = _read_small(read_bytes(path), begin) if is_small(path) else None
    if found is not None:
        return found
    header: dict[str, Any] = {}
    each = None
    for name, value in members(path, "samples", _WANTED):
        if name not in _BIG:
            header[name] = value
        elif name == "samples" and isinstance(value, dict) and begin is not None:
            each = each or begin(header)
            each(value)
    return header


def _read_small(data: bytes, begin: Begin | None) -> dict[str, Any] | None:
    """Return the header of a log in memory, parsing only what is wanted of it; None where it has to be read by another way."""
    parts = unparsed_members(data)
    if parts is None:
        return None
    samples: list[dict[str, Any]] | None = []
    if begin is not None and "samples" in parts:
        samples = some_members(parts["samples"], OF_SAMPLE)
    try:
        header = {name: value_of(part) for name, part in parts.items() if name not in _BIG}
    except orjson.JSONDecodeError:
        return None
    if begin is not None and samples:
        names = list(parts)
        before = set(names[: names.index("samples")])
        add = begin({name: value for name, value in header.items() if name in before})
        for sample in samples:
            add(sample)
    return None if samples is None else header


def _read_zip(path: Path, begin: Begin | None) -> dict[str, Any]:
    archive = Archive(path)
    data = archive.read(HEADER)
    if data is None:
        expected = "the log of a finished evaluation; finish it with `inspect eval-retry`"
        raise MalformedFileError.at(str(path), HEADER, "no such member", expected)
    header = parse_object(data, str(path), HEADER)
    if begin is not None:
        each = begin(header)
        for sample in _samples(archive):
            each(sample)
    return header


def _samples(archive: Archive) -> Iterator[dict[str, Any]]:
    names = dict.fromkeys(name for name in archive.names() if name.startswith("samples/") and name.endswith(".json"))
    seen = set()
    if _SUMMARIES in archive.names():
        for summary in _summaries(archive):
            if isinstance(summary, dict):
                seen.add(key := f"{summary.get('id')}_epoch_{summary.get('epoch')}")
                names.pop(f"samples/{key}.json", None)
                yield summary
    for name in names:
        sample = _sample(archive, name)
        if f"{sample.get('id')}_epoch_{sample.get('epoch')}" not in seen:
            yield sample


def _sample(archive: Archive, name: str) -> dict[str, Any]:
    if archive.is_small(name):
        return parse_object(archive.read(name) or b"", archive.where, name)
    with archive.text(name) as text:
        pieces = Pieces(text, archive.where, name)
        sample = pieces.value(_SAMPLE)
        pieces.finish()
    if not isinstance(sample, dict):
        raise MalformedFileError.at(archive.where, name, type(sample).__name__, "a JSON object")
    return sample


def _summaries(archive: Archive) -> Iterator[object]:
    found = small_array(archive.read(_SUMMARIES) or b"") if archive.is_small(_SUMMARIES) else None
    if found is not None:
        yield from found
        return
    with archive.text(_SUMMARIES) as text:
        yield from elements(text, archive.where, _SUMMARIES)
