"""Every value of real files replaced by one of another kind; the long run is `python -m tests.reliability.every_value`."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING

import pytest

from tests.reliability.corpus import REPOSITORY, Base, collect
from tests.reliability.every_value import HALF, Document, changed, documents, places, sweep
from tests.reliability.mutations import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.trial import Laboratory

ROOT = REPOSITORY / "tests" / "data"
FILES = {
    name: found for name, bases in collect().items() if (found := next((b for b in bases if any(documents(b))), None))
}
"""Importer → its smallest real file that holds a tree."""


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_value_of_another_kind_ends_in_records_or_one_error(name: str, laboratory: Laboratory) -> None:
    """A list, an object, or half of a pair of characters in each place, or nothing at all: no other exception."""
    ends = list(sweep(laboratory, name, [FILES[name]], ([], {"a": [1]}, HALF)))
    assert {state for state, _said, _path, _data in ends} <= {"records", "error"}, [
        said for state, said, _path, _data in ends if state == "fault"
    ][:3]
    assert any(state == "error" for state, *_rest in ends)


def test_places_stand_for_all_elements_and_the_tree_stays_as_it_was(tmp_path: Path) -> None:
    """The elements of a list are one place, kinds of values are given to it in turn, and at last it is taken out."""
    tree = {"a": [{"b": 1}, {"b": 2}], "c": "text"}
    kept = copy.deepcopy(tree)
    found = {kind: place for place, kind in places(tree)}
    assert found == {
        (): (),
        ("a",): ("a",),
        ("a", "[]"): ("a", 1),
        ("a", "[]", "b"): ("a", 1, "b"),
        ("c",): ("c",),
    }
    base = Base(tmp_path, tmp_path / "x.json", (), 1)
    texts = dict(changed(Document(base, base.path, tree, to_json), ("a", 0, "b"), ([], HALF)))
    assert [*texts] == ["[]", r'"\ud800"', "nothing"]
    assert json.loads(texts["[]"]) == {"a": [{"b": []}, {"b": 2}], "c": "text"}
    assert json.loads(texts["nothing"]) == {"a": [{}, {"b": 2}], "c": "text"}
    assert rb'{"b": "\ud800"}' in texts[r'"\ud800"']
    assert tree == kept
