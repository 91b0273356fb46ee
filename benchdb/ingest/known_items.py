"""The items known of one benchmark: some one by one in a dictionary, many as sorted columns of twenty bytes an item."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

LOOSE = 30_000
"""Items that an import holds one by one, a few hundred bytes each."""


class KnownItems:
    """Numbers of the items of one benchmark.

    In columns an item is two 64-bit hashes of its subset and key, under this process's own secret, and its number. Both must
    agree: of ten million items the chance that any two are taken for one is about one in ten million million million million.
    """

    def __init__(self) -> None:
        self.following = 0
        """The number that the next new item gets."""
        self.n_loose = 0
        """Items held one by one."""
        self._loose: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._levels: list[_Level] = []

    def find(self, subsets: Sequence[str], keys: Sequence[str]) -> list[int | None]:
        """Return the number of each item, None for those that are not known.

        Args:
            subsets: Subset of each item.
            keys: Text key of each item.
        """
        loose = self._loose
        if len(set(subsets)) == 1:
            numbers = list(map(loose[subsets[0]].get, keys))
        else:
            numbers = [loose[subset].get(key) for subset, key in zip(subsets, keys, strict=True)]
        if not self._levels:
            return numbers
        open_ = [at for at, number in enumerate(numbers) if number is None]
        if open_:
            first, second = _hashes([subsets[at] for at in open_], [keys[at] for at in open_])
            for level in self._levels:
                for at, number in level.find(first, second):
                    numbers[open_[at]] = number
        return numbers

    def add(self, subset: str, key: str) -> int:
        """Return the number of an item that was not found: the next one, unless it was added since.

        Args:
            subset: Its subset.
            key: Its text key.
        """
        number = self._loose[subset].setdefault(key, self.following)
        if number == self.following:
            self.following += 1
            self.n_loose += 1
        return number

    def add_all(self, subset: str, keys: Sequence[str]) -> range:
        """Return the numbers of items of one subset, none of which was found and no two of which are equal: the next ones.

        Args:
            subset: Their subset.
            keys: Their text keys.
        """
        numbers = range(self.following, self.following + len(keys))
        self._loose[subset].update(zip(keys, numbers, strict=True))
        self.following += len(keys)
        self.n_loose += len(keys)
        return numbers

    def put(self, subset: str, key: str, number: int) -> None:
        """Take in an item that has its number.

        Args:
            subset: Its subset.
            key: Its text key.
            number: Its number.
        """
        self._loose[subset][key] = number
        self.n_loose += 1
        self.following = max(self.following, number + 1)

    def drop_from(self, number: int) -> None:
        """Forget every item from a number on.

        Args:
            number: The first that is forgotten.
        """
        for subset, held in self._loose.items():
            self._loose[subset] = {key: each for key, each in held.items() if each < number}
        self.n_loose = sum(map(len, self._loose.values()))
        self._levels = [level.below(number) for level in self._levels]
        self.following = number

    def compress(self) -> None:
        """Hold the items as columns; pieces of like size are merged, so that there are few."""
        import numpy as np

        keys = [key for held in self._loose.values() for key in held]
        if not keys:
            return
        subsets = [subset for subset, held in self._loose.items() for _key in held]
        numbers = np.array([number for held in self._loose.values() for number in held.values()], dtype=np.int32)
        level = _Level.of(*_hashes(subsets, keys), numbers)
        self._loose, self.n_loose = defaultdict(dict), 0
        while self._levels and len(self._levels[-1].numbers) <= 2 * len(level.numbers):
            level = level.merged(self._levels.pop())
        self._levels.append(level)


class _Level:
    """Items as columns, in order of their first hash."""

    def __init__(
        self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32]
    ) -> None:
        self.first = first
        self.second = second
        self.numbers = numbers

    @classmethod
    def of(cls, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], numbers: npt.NDArray[np.int32]) -> _Level:
        """Return the columns in order."""
        import numpy as np

        order = np.lexsort((second, first))
        return cls(first[order], second[order], numbers[order])

    def find(self, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
        """Return which items are here, by their position, and their numbers."""
        import numpy as np

        at = np.searchsorted(self.first, first)
        found: list[tuple[int, int]] = []
        places = np.arange(len(first))
        while len(places):  # once, but for items that share their first hash
            here = at < len(self.first)
            places, at = places[here], at[here]
            here = self.first[at] == first[places]
            places, at = places[here], at[here]
            same = self.second[at] == second[places]
            found += zip(places[same].tolist(), self.numbers[at[same]].tolist(), strict=True)
            places, at = places[~same], at[~same] + 1
        return found

    def merged(self, other: _Level) -> _Level:
        """Return the items of both."""
        import numpy as np

        pairs = ((self.first, other.first), (self.second, other.second))
        first, second = (np.concatenate(pair) for pair in pairs)
        return _Level.of(first, second, np.concatenate([self.numbers, other.numbers]))

    def below(self, number: int) -> _Level:
        """Return the items whose number is less."""
        kept = self.numbers < number
        return _Level(self.first[kept], self.second[kept], self.numbers[kept])


def _hashes(subsets: Sequence[str], keys: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return two hashes of each item's subset and key: of both as a pair and, apart by a NUL that stands in neither, as one text."""
    import numpy as np

    first = np.fromiter(map(hash, zip(subsets, keys, strict=True)), np.int64, len(keys))
    texts = (f"{subset}\0{key}" for subset, key in zip(subsets, keys, strict=True))
    return first, np.fromiter(map(hash, texts), np.int64, len(keys))
