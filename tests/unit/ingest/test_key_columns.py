"""Keys and items as columns say what a Python set and dictionary say."""

from __future__ import annotations

import random

import numpy as np
import pytest

from benchdb.ingest.key_sets import KeyMap, KeySet, distinct_keys, first_places
from benchdb.ingest.known_items import KnownItems


def test_a_key_set_is_a_set() -> None:
    """Pieces with repeats, within and between them, and questions in between."""
    generator = np.random.default_rng(1)
    keys, plain = KeySet(), set()
    for _ in range(20):
        asked = generator.integers(-50, 50, 30)
        assert keys.holds(asked).tolist() == [key in plain for key in asked.tolist()]
        piece = generator.integers(-50, 50, 5)
        keys.add(piece)
        plain |= set(piece.tolist())
    assert keys.keys.tolist() == sorted(plain)


def test_of_a_key_the_last_number_counts() -> None:
    """In one piece, in later pieces, and after questions; a key without a number is an error."""
    generator = np.random.default_rng(2)
    numbers, plain = KeyMap(), dict[int, int]()
    for turn in range(20):
        piece, values = generator.integers(0, 40, 7), generator.integers(0, 1000, 7)
        numbers.add(piece, values)
        plain |= dict(zip(piece.tolist(), values.tolist(), strict=True))
        if turn % 3 == 0:
            asked = np.array(sorted(plain))
            assert numbers.of(asked).tolist() == [plain[key] for key in asked.tolist()]
    with pytest.raises(KeyError):
        numbers.of(np.array([99]))


def test_different_keys_and_their_first_places() -> None:
    """By hand; None says that all differ."""
    assert distinct_keys(np.array([3, 1, 3, 2, 1])).tolist() == [1, 2, 3]
    assert distinct_keys(np.array([], dtype=np.int64)).tolist() == []
    first = first_places(np.array([3, 1, 3, 2, 1]))
    assert first is not None
    assert first.tolist() == [0, 1, 3]
    assert first_places(np.array([3, 1, 2])) is None


def test_items_keep_their_numbers_however_they_are_held() -> None:
    """Items added, compressed at any time, dropped and added again have the numbers that a dictionary gives."""
    generator = random.Random(3)  # noqa: S311 — made-up items
    known, plain = KnownItems(), dict[tuple[str, str], int]()
    for turn in range(200):
        items = [
            (generator.choice(["", "a", "ab"]), f"{generator.choice(['', 'b'])}{generator.randrange(300)}")
            for _ in range(9)
        ]
        subsets, keys = ([item[0] for item in items], [item[1] for item in items])
        assert known.find(subsets, keys) == [plain.get(item) for item in items]
        for item in items:
            if item not in plain:
                plain[item] = len(plain)
                assert known.add(*item) == plain[item]
        if turn % 7 == 0:
            known.compress()
            assert known.n_loose == 0
        if turn % 31 == 30:
            kept = len(plain) * 2 // 3
            known.drop_from(kept)
            plain = {item: number for item, number in plain.items() if number < kept}
        assert known.following == len(plain)


def test_items_that_share_their_first_hash_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first hash is the same for all, the second tells them."""

    def hashes(_subsets: list[str], keys: list[str]) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(len(keys), dtype=np.int64), np.array([int(key) for key in keys], dtype=np.int64)

    monkeypatch.setattr("benchdb.ingest.known_items._hashes", hashes)
    known = KnownItems()
    for key in ("5", "9", "2"):
        known.add("", key)
    known.compress()
    assert known.find(["", "", "", ""], ["2", "5", "9", "7"]) == [2, 0, 1, None]


def test_many_items_at_once_get_the_next_numbers() -> None:
    """Items of one subset that are new together are numbered on, and found among those added one by one."""
    known = KnownItems()
    assert known.add("s", "a") == 0
    assert list(known.add_all("s", ["b", "c"])) == [1, 2]
    assert (known.add("t", "b"), known.following, known.n_loose) == (3, 4, 4)
    known.compress()
    assert known.find(["s", "s", "t", "s"], ["c", "b", "b", "d"]) == [2, 1, 3, None]
