"""Instance maps of SWE-bench of any size: instance → result, and model → instance → result.

A large one is gone through once for the numbers and once more for the outcomes, or model by model. What holds a name twice, or is no
such map, has to be read as a whole.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.logs.fields import number
from benchdb.ingest.logs.json_files import MOST_WHOLE, members, nested_members
from benchdb.ingest.logs.json_pieces import Part
from benchdb.ingest.logs.swebench_items import SIDE, SIZES, block_of, mark_of, share
from benchdb.ingest.records import ScoreRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from benchdb.ingest.logs.json_pieces import Wanted
    from benchdb.ingest.records import OutcomeBlock

BLOCK = 10_000
"""Instances in a block of outcomes."""
MOST_INSTANCES = 1 << 20
"""Instances of one model among several, at most."""
_WANTED: Mapping[str, Wanted] = {"resolved": Part.WHOLE, **dict.fromkeys(SIDE, Part.PLAIN)}


class Instances:
    """The instances of one system, added up: of each no more stays in memory than a few numbers.

    Args:
        where: The file, for messages.
        entries: Gives instance → what the file says of it, in the same order each time.
        place: Place of the instances in the file.
        with_side: Whether costs and calls are wanted.
    """

    def __init__(
        self, where: str, entries: Callable[[], Iterable[tuple[str, object]]], *, place: str = "", with_side: bool
    ) -> None:
        self._where = where
        self._place = place
        self._entries = entries
        self.n_resolved = 0
        self.first: list[str] = []
        """Those that come first: enough to tell benchmarks of one size apart."""
        self._n = 0
        self._side = {name: array("d") for name in SIDE if with_side}

    def __len__(self) -> int:
        return self._n

    def add(self, key: str, result: object) -> None:
        """Take in the next instance.

        Args:
            key: Its id.
            result: What the file says of it.

        Raises:
            MalformedFileError: If that is not whether it was resolved.
        """
        self._n += 1
        self.n_resolved += self._mark(key, result)
        if len(self.first) <= SIZES["SWE-bench Lite"]:
            self.first.append(key)
        for name in list(self._side):
            value = number(result.get(name)) if isinstance(result, dict) else None
            if value is None:
                del self._side[name]
            else:
                self._side[name].append(value)

    def scores(self) -> Iterator[ScoreRecord]:
        """Yield the share that was resolved and, where they are wanted, every instance states them and they are not zero throughout, the mean cost and number of calls."""
        yield share(self.n_resolved, self._n, self._place)
        for name, values in self._side.items():
            if any(values):
                yield ScoreRecord(
                    metric=f"instance_{name.removeprefix('api_')}",
                    value=sum(values) / len(values),
                    unit=SIDE[name],
                    n_items=len(values),
                    place=f"{self._place}.{name}".lstrip("."),
                )

    def outcomes(self) -> Iterator[OutcomeBlock]:
        """Yield the outcomes, which are read once more."""
        entries = iter(self._entries())
        while part := list(islice(entries, BLOCK)):
            yield block_of({key: self._mark(key, each) for key, each in part})

    def _mark(self, key: str, result: object) -> bool:
        return mark_of(result, self._where, f"{self._place}.{key}.resolved")


def instances_of(path: Path, data: Mapping[str, Any], *, place: str = "", with_side: bool) -> Instances:
    """Return instances whose results are in memory.

    Args:
        path: The file.
        data: Instance → what it says of it.
        place: Place of the instances in the file.
        with_side: Whether costs and calls are wanted.

    Raises:
        MalformedFileError: If an instance does not say whether it was resolved.
    """
    found = Instances(str(path), data.items, place=place, with_side=with_side)
    for key, each in data.items():
        found.add(key, each)
    return found


def large_map(path: Path, *, with_side: bool) -> Instances | Iterator[tuple[str, object]] | None:
    """Return what a large file holds: the instances of one system, those of several as `read_instances` takes them, or None.

    Args:
        path: The file.
        with_side: Whether costs and calls are wanted.

    Returns:
        None where only the whole tells, as where an instance stands in it twice: its last result counts.

    Raises:
        MalformedFileError: If something is wrong in a file that is too large to be read as a whole.
    """
    try:
        return _gone_through(path, with_side=with_side)
    except MalformedFileError:
        if path.stat().st_size > MOST_WHOLE:
            raise
        return None


def _gone_through(path: Path, *, with_side: bool) -> Instances | Iterator[tuple[str, object]] | None:
    found = Instances(str(path), lambda: members(path, None, {"*": _WANTED}), with_side=with_side)
    names, is_flat = array("q"), None
    for name, value in members(path, None, {"*": _WANTED}):
        if is_flat is None and isinstance(value, dict):
            is_flat = isinstance(value.get("resolved"), bool)
        if is_flat is None or name == "leaderboards":
            return None
        names.append(hash(name))
        if is_flat:
            found.add(name, value)
    if is_flat is None:
        return None
    if not _are_distinct(names):
        raise MalformedFileError.at(str(path), "", "a name twice", "one result for each")
    return found if is_flat else _models(path)


def _are_distinct(hashes: array[int]) -> bool:
    """Return whether there are no two equal ones; of ten million names two have the same one time in half a million."""
    import numpy as np

    found = np.sort(np.frombuffer(hashes, dtype=np.int64))
    return not bool((found[1:] == found[:-1]).any())


def _models(path: Path) -> Iterator[tuple[str, object]]:
    for model, value in nested_members(path, _WANTED):
        if not isinstance(value, Iterator):
            yield model, value
            continue
        details: dict[str, object] = {}
        for key, each in value:
            details[key] = each
            if len(details) > MOST_INSTANCES:
                found = f"more than {MOST_INSTANCES:,} instances"
                raise MalformedFileError.at(str(path), model, found, "those of a benchmark")
        yield model, details
