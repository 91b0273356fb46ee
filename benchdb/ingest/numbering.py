"""Small numbers for the items of benchmarks: each text key gets one, once, in order of arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.ingest.known_items import LOOSE, KnownItems
from benchdb.schema.results import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pyarrow as pa
    from sqlalchemy import Connection


class Numbering:
    """Numbers of the items of every benchmark that an import touches.

    A benchmark's known items are read once, when it is first touched. Items that the current file brings stay pending until
    the file is complete.

    Args:
        connection: Where known items are read.
        before_read: Called before the connection is used.
        is_new: Whether a benchmark came with this import, so that the database cannot know items of it.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        before_read: Callable[[], None] = lambda: None,
        is_new: Callable[[int], bool] = lambda _key: False,
    ) -> None:
        self._connection = connection
        self._before_read = before_read
        self._is_new = is_new
        self._known: dict[int, KnownItems] = {}
        self._n_loose = 0
        self._pending = _Pending()

    @property
    def n_pending(self) -> int:
        """New items that wait to be taken."""
        return len(self._pending.numbers)

    def number(
        self,
        benchmark_id: int,
        subsets: Sequence[str],
        keys: Sequence[str],
        dates: Sequence[date | None] | None = None,
        clusters: Sequence[str | None] | None = None,
    ) -> list[int]:
        """Return the number of each item, giving the next ones to new items.

        Args:
            benchmark_id: The benchmark.
            subsets: Subset of each item.
            keys: Text key of each item.
            dates: Day each item became public, where known.
            clusters: Cluster of each item, where known.
        """
        known = self._of(benchmark_id)
        n_before = known.n_loose
        numbers = known.find(subsets, keys)
        if numbers and _are_new(numbers, subsets, keys):
            new = known.add_all(subsets[0], keys)
            self._pending.add_all(benchmark_id, new, subsets, keys, dates, clusters)
            numbers = [*new]
        for position, found in enumerate(numbers):
            if found is not None:
                continue
            subset, key = subsets[position], keys[position]
            following = known.following
            numbers[position] = number = known.add(subset, key)
            if number == following:
                dated_on = dates[position] if dates is not None else None
                cluster = clusters[position] if clusters is not None else None
                self._pending.add(benchmark_id, number, subset, key, dated_on, cluster)
        self._n_loose += known.n_loose - n_before
        self._compress()
        return numbers  # type: ignore[return-value]  # the loop has filled every gap

    def take(self) -> pa.Table | None:
        """Return rows of `sample` for the new items and keep them: the file that brought them is complete."""
        table = self._pending.table() if self._pending.numbers else None
        self._pending = _Pending()
        return table

    def forget(self) -> None:
        """Drop the new items: the file that brought them failed."""
        dropped, self._pending = self._pending, _Pending()
        first: dict[int, int] = {}
        for benchmark_id, number in zip(dropped.benchmark_ids, dropped.numbers, strict=True):
            first.setdefault(benchmark_id, number)
        for benchmark_id, number in first.items():
            known = self._known[benchmark_id]
            self._n_loose -= known.n_loose
            known.drop_from(number)
            self._n_loose += known.n_loose

    def _of(self, benchmark_id: int) -> KnownItems:
        known = self._known.get(benchmark_id)
        if known is None:
            known = self._known[benchmark_id] = KnownItems()
            if not self._is_new(benchmark_id):
                self._read(benchmark_id, known)
        else:
            self._known[benchmark_id] = self._known.pop(benchmark_id)  # the one touched last comes last
        return known

    def _read(self, benchmark_id: int, known: KnownItems) -> None:
        """Read the items that the database knows of a benchmark."""
        self._before_read()
        wanted = select(Sample.subset, Sample.key, Sample.sample_number).where(Sample.benchmark_id == benchmark_id)
        with self._connection.execute(wanted) as result:
            for rows in result.partitions(LOOSE):
                known.compress()
                for subset, key, number in rows:
                    known.put(subset, key, number)
        self._n_loose += known.n_loose

    def _compress(self) -> None:
        """Hold items as columns where more than `LOOSE` are held one by one: those of benchmarks not asked for longest first."""
        if self._n_loose <= LOOSE:
            return
        for known in self._known.values():
            self._n_loose -= known.n_loose
            known.compress()
            if self._n_loose <= LOOSE // 2:
                return


def _are_new(numbers: Sequence[int | None], subsets: Sequence[str], keys: Sequence[str]) -> bool:
    """Return whether none of some items was found, no two are equal, and all are of one subset."""
    return numbers.count(None) == len(keys) == len(set(keys)) and len(set(subsets)) == 1


class _Pending:
    """Rows of `sample` on their way to the table, as columns."""

    def __init__(self) -> None:
        self.benchmark_ids: list[int] = []
        self.numbers: list[int] = []
        self.subsets: list[str] = []
        self.keys: list[str] = []
        self.dates: dict[int, date] = {}
        self.clusters: dict[int, str] = {}

    def add(
        self, benchmark_id: int, number: int, subset: str, key: str, dated_on: date | None, cluster: str | None
    ) -> None:
        """Add one item."""
        if dated_on is not None:
            self.dates[len(self.numbers)] = dated_on
        if cluster is not None:
            self.clusters[len(self.numbers)] = cluster
        self.benchmark_ids.append(benchmark_id)
        self.numbers.append(number)
        self.subsets.append(subset)
        self.keys.append(key)

    def add_all(
        self,
        benchmark_id: int,
        numbers: range,
        subsets: Sequence[str],
        keys: Sequence[str],
        dates: Sequence[date | None] | None,
        clusters: Sequence[str | None] | None,
    ) -> None:
        """Add items of one benchmark."""
        start = len(self.numbers)
        if dates is not None:
            self.dates.update((place, day) for place, day in enumerate(dates, start) if day is not None)
        if clusters is not None:
            self.clusters.update((place, name) for place, name in enumerate(clusters, start) if name is not None)
        self.benchmark_ids.extend([benchmark_id] * len(numbers))
        self.numbers.extend(numbers)
        self.subsets.extend(subsets)
        self.keys.extend(keys)

    def table(self) -> pa.Table:
        """Return the items as rows of `sample`."""
        import pyarrow as pa

        from benchdb.ingest.arrays import to_array

        places = range(len(self.numbers))
        return pa.table(
            {
                "benchmark_id": pa.array(self.benchmark_ids, pa.int64()),
                "sample_number": pa.array(self.numbers, pa.int32()),
                "subset": to_array(self.subsets, pa.string(), "subset of an item"),
                "key": to_array(self.keys, pa.string(), "key of an item"),
                "dated_on": to_array([self.dates.get(place) for place in places], pa.date32(), "day of an item")
                if self.dates
                else pa.nulls(len(places), pa.date32()),
                "cluster": to_array([self.clusters.get(place) for place in places], pa.string(), "cluster of an item")
                if self.clusters
                else pa.nulls(len(places), pa.string()),
            }
        )
