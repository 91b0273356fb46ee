"""Messages between the process that writes and those that read: what a pipe carries, and how records get into it.

Both ends are this package in processes that one import started; nothing that a file holds is ever unpickled.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from benchdb.ingest.records import OutcomeBlock, OutcomeTable, RunRecord, ScoreTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.reading import Verdict
    from benchdb.ingest.records import Record, SourceRecord
    from benchdb.ingest.unchanged import Hashed

NOT_PICKLED = (pickle.PickleError, TypeError, AttributeError, RecursionError)
"""What pickling raises of things that it cannot take."""
_LENGTH = 8
_PER_RUN, _PER_SCORE, _PER_ITEM = 2_000, 200, 60


@dataclass(frozen=True, slots=True)
class Setup:
    """What a process needs to know before the first file."""

    importer: str | None
    options: ReadOptions
    settled: bytes
    """Keys of imports that need not be read again, as the bytes of an int64 array in ascending order."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The first message of a process: it can read."""


@dataclass(frozen=True, slots=True)
class Task:
    """Files to read, one after the other."""

    files: tuple[tuple[int, FoundFile], ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """What a file is."""

    importer: str
    hashed: Hashed | None
    """None where it is read along with another file."""
    ingest_id: int = 0
    is_skipped: bool = False
    """Whether its records are not sent, because its import is known."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A run whose blocks of outcomes follow."""

    run: RunRecord


@dataclass(frozen=True, slots=True)
class Packed:
    """A table of scores or outcomes as an Arrow stream."""

    kind: type[ScoreTable | OutcomeTable]
    source: SourceRecord
    stream: pickle.PickleBuffer


@dataclass(frozen=True, slots=True)
class End:
    """The end of a file: why it failed, or None."""

    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Unsendable:
    """Records that do not go through a pipe; the file has to be read where it is written."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Bytes of a file gone through since the last message."""

    n_bytes: int


Part: TypeAlias = "Identified | Begin | OutcomeBlock | Packed | End | Unsendable | Passed"
Parcel: TypeAlias = "list[tuple[int, Part]]"
"""Parts of files, each with its file's number."""


def parts_of(record: Record) -> Iterator[tuple[Part, int]]:
    """Yield a record as parts, each with about so many bytes.

    Args:
        record: Its blocks of outcomes are consumed.
    """
    if not isinstance(record, RunRecord):
        stream = _to_stream(record.rows)
        yield Packed(type(record), record.source, pickle.PickleBuffer(stream)), stream.size
        return
    yield Begin(replace(record, outcomes=())), _PER_RUN + _PER_SCORE * len(record.scores)
    for block in record.outcomes:
        yield block, _PER_ITEM * len(block.keys)


def record_of(packed: Packed) -> ScoreTable | OutcomeTable:
    """Return the table that `parts_of` packed.

    Args:
        packed: Its part.
    """
    import pyarrow as pa

    return packed.kind(source=packed.source, rows=pa.ipc.open_stream(pa.py_buffer(packed.stream)).read_all())


def pack(message: Any) -> list[memoryview]:
    """Return a message as the pieces that `send` writes; raises one of `NOT_PICKLED` if something in it cannot be sent.

    Args:
        message: Anything that can be pickled.
    """
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    return [memoryview(body), *(buffer.raw() for buffer in buffers)]


def send(pipe: BinaryIO, pieces: list[memoryview]) -> None:
    """Write a message to a pipe.

    Args:
        pipe: An unbuffered pipe.
        pieces: From `pack`.
    """
    head = b"".join(number.to_bytes(_LENGTH, "little") for number in (len(pieces), *map(len, pieces)))
    for piece in (memoryview(head), *pieces):
        _write(pipe, piece)


def receive(pipe: BinaryIO) -> tuple[Any, int] | None:
    """Return the next message of a pipe and its size in bytes, or None at its end.

    Args:
        pipe: A pipe that `send` writes to; an end within a message is an end.
    """
    n = _read(pipe, _LENGTH)
    if n is None:
        return None
    lengths = _read(pipe, _LENGTH * int.from_bytes(n, "little"))
    if lengths is None:
        return None
    sizes = [int.from_bytes(lengths[at : at + _LENGTH], "little") for at in range(0, len(lengths), _LENGTH)]
    parts = [_read(pipe, size) for size in sizes]
    whole = [part for part in parts if part is not None]
    if len(whole) < len(parts):
        return None
    return pickle.loads(whole[0], buffers=whole[1:]), sum(sizes)  # noqa: S301 — from a process of ours


def _to_stream(rows: pa.Table) -> pa.Buffer:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue()


def _write(pipe: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[pipe.write(data) :]


def _read(pipe: BinaryIO, size: int) -> bytearray | None:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        n = pipe.readinto(view)  # type: ignore[attr-defined]  # an unbuffered pipe has it
        if not n:
            return None
        view = view[n:]
    return data
