"""Outcomes out of the samples files that lm-evaluation-harness writes beside its results."""

from __future__ import annotations

import math
import re
from array import array
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.json_text import lines
from benchdb.ingest.plain_text import has_file
from benchdb.ingest.records import OutcomeBlock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

BLOCK = 10_000
"""Items in a block."""
_TIME = r"_(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)"
_STAMP = re.compile(_TIME + r"\.json$")
_STAMP_OF_SAMPLES = re.compile(_TIME + r"\.jsonl$")
_SAMPLES = re.compile(rb'^\s*\{\s*"doc_id"\s*:')
_OF_ONE = "pass@1"


@dataclass(frozen=True, slots=True)
class Column:
    """One metric over the documents of a task."""

    keys: pa.ChunkedArray
    """Keys of the documents; no two are equal."""
    values: npt.NDArray[np.float64]
    """What the metric says of each."""


class _Documents:
    """The documents under one filter as columns, since a file can hold a million: eight bytes a value beside the keys."""

    def __init__(self) -> None:
        self._n_rows = 0
        self._keys: list[str] = []
        self._chunks: list[pa.Array] = []
        self._hashes = array("q")
        self._rows: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._values: defaultdict[str, array[float]] = defaultdict(lambda: array("d"))

    def add(self, key: str, values: Iterable[tuple[str, float]]) -> None:
        """Add a document."""
        self._keys.append(key)
        self._hashes.append(hash(key))
        for metric, value in values:
            self._rows[metric].append(self._n_rows)
            self._values[metric].append(value)
        self._n_rows += 1
        if len(self._keys) >= BLOCK:
            self._settle()

    def columns(self) -> dict[str, Column]:
        """Return what every metric says; the documents are used up."""
        import numpy as np
        import pyarrow as pa

        self._settle()
        keys = _told_apart(self._chunks, np.frombuffer(self._hashes, np.int64))
        found = {}
        for metric in list(self._rows):
            rows, values = np.frombuffer(self._rows.pop(metric), np.uint32), self._values.pop(metric)
            is_everywhere = np.array_equal(rows, np.arange(self._n_rows, dtype=np.uint32))
            found[metric] = Column(keys if is_everywhere else keys.take(pa.array(rows)), np.frombuffer(values))
        return found

    def _settle(self) -> None:
        import pyarrow as pa

        from benchdb.ingest.arrays import to_array

        self._chunks.append(to_array(self._keys, pa.string(), "key of an item"))
        self._keys = []


def samples_beside(path: Path) -> list[Path]:
    """Return the samples files of the same run as a results file, in order of name.

    Args:
        path: The results file; its name ends in the time at which both were written.
    """
    stamp = _STAMP.search(path.name)
    if stamp is None or not path.parent.is_dir():
        return []
    beside = _samples_by_time(path.parent, path.parent.stat().st_mtime_ns)
    return [path.parent / name for name in beside.get(stamp[1], ())]


@lru_cache(maxsize=8)
def _samples_by_time(folder: Path, _changed: int) -> dict[str, list[str]]:
    """Return the names of a folder's samples files by their time, in order of name; listed anew when the folder changed.

    A folder may hold results in thousands, and each asks.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in sorted(folder.iterdir()):
        stamp = _STAMP_OF_SAMPLES.search(entry.name)
        if stamp is not None and entry.name.startswith("samples_"):
            found[stamp[1]].append(entry.name)
    return dict(found)


def samples_of(path: Path, task: str) -> Path | None:
    """Return the samples file of one task, or None.

    Args:
        path: The results file.
        task: The task.
    """
    stamp = _STAMP.search(path.name)
    name = None if stamp is None else f"samples_{task}_{stamp[1]}.jsonl"
    return path.parent / name if name is not None and "/" not in task and has_file(path.parent, name) else None


def is_samples(head: bytes, name: str) -> bool:
    """Return whether a file is a samples file.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    return (
        name.endswith(".jsonl")
        and _SAMPLES.match(head) is not None
        and b'"arguments"' in head
        and (name.startswith("samples_") or b'"resps"' in head)
    )


class TaskSamples:
    """The samples file of one task, read once, when the first outcomes are asked for."""

    def __init__(self, path: Path, filters: frozenset[str]) -> None:
        self.path = path
        self.filters = filters
        self._columns: dict[str, dict[str, Column]] | None = None

    def column(self, extraction: str, metric: str) -> Column | None:
        """Return the values of one metric under one filter, None where there are none.

        Args:
            extraction: The filter.
            metric: The metric.
        """
        if self._columns is None:
            self._columns = {name: documents.columns() for name, documents in self._read().items()}
        return self._columns.get(extraction, {}).get(metric)

    def _read(self) -> dict[str, _Documents]:
        found: defaultdict[str, _Documents] = defaultdict(_Documents)
        for line, row in lines(self.path):
            # The oldest rows do not name their filter; with more than one they cannot be told apart.
            name = row.get("filter", next(iter(self.filters)) if len(self.filters) == 1 else None)
            if isinstance(name, str):
                found[name].add(self._key(row, line), _values(row))
        return found

    def _key(self, row: Mapping[str, Any], line: int) -> str:
        found = row.get("doc_hash")
        if isinstance(found, str) and found:
            return found
        number = row.get("doc_id")
        if not isinstance(number, int | str):
            raise MalformedFileError.at(str(self.path), f"line {line}", "no doc_hash and no doc_id", "one of them")
        return f"lm-eval/{number}"


def blocks(metric: str, column: Column, repeats: int | None) -> Iterator[OutcomeBlock]:
    """Yield the outcomes of one metric, in blocks.

    A metric that is 0 or 1 for every document is right or wrong. pass@1 of several attempts says how many were right.

    Args:
        metric: Its name.
        column: Its values.
        repeats: Attempts at each document.
    """
    import numpy as np

    attempts = repeats if repeats and metric.startswith("pass@") else 1
    scale = attempts if metric == _OF_ONE else 1
    parts = [slice(start, start + BLOCK) for start in range(0, len(column.keys), BLOCK)]
    is_count = scale == attempts and all(_are_counts(column.values[part], scale) for part in parts)
    for part in parts:
        keys, values = column.keys[part].to_pylist(), column.values[part]
        yield OutcomeBlock(
            metric=metric,
            keys=keys,
            n_attempts=[attempts] * len(keys),
            n_correct=np.rint(values * scale).astype(np.int64).tolist() if is_count else None,
            values=None if is_count else values.tolist(),
        )


def _are_counts(values: npt.NDArray[np.float64], scale: int) -> bool:
    """Return whether shares of so many attempts are whole numbers of them, but for rounding."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):  # what becomes infinite is no count
        scaled = values * scale
        counts = np.rint(scaled)
        is_close = np.abs(counts - scaled) <= 1e-9 * np.maximum(1.0, np.maximum(np.abs(counts), np.abs(scaled)))
    return bool((is_close & (counts >= 0) & (counts <= scale)).all())


def _values(row: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the metrics of a row that are finite numbers; values for the whole corpus are lists and say nothing of an item."""
    names = row.get("metrics")
    listed = names if isinstance(names, list) else [name for name in row if name not in _NOT_METRICS]
    for name in (each for each in listed if isinstance(each, str)):
        value = row.get(name)
        if isinstance(value, int | float) and math.isfinite(value):
            yield name, float(value)


_NOT_METRICS = frozenset({
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash",
    "target_hash",
})  # fmt: skip


def _told_apart(chunks: list[pa.Array], hashes: npt.NDArray[np.int64]) -> pa.ChunkedArray:
    """Return a key of its own for each document: equal documents of one data set are told apart by their order.

    Only keys whose hash stands there twice are looked at one by one.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    ordered = np.sort(hashes)
    is_open = np.isin(hashes, ordered[1:][ordered[1:] == ordered[:-1]])
    if not is_open.any():
        return pa.chunked_array(chunks, pa.string())
    seen: dict[str, int] = {}
    told, start = [], 0
    for chunk in chunks:
        mask = pa.array(is_open[start : start + len(chunk)])
        names = [_distinct(key, seen) for key in chunk.filter(mask).to_pylist()]
        told.append(pc.replace_with_mask(chunk, mask, pa.array(names, pa.string())))
        start += len(chunk)
    return pa.chunked_array(told, pa.string())


def _distinct(key: str, seen: dict[str, int]) -> str:
    """Return a key of its own for each document: equal documents of one data set are told apart by their order."""
    seen[key] = seen.get(key, 0) + 1
    return key if seen[key] == 1 else f"{key}#{seen[key]}"
