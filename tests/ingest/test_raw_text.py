"""What a run keeps is spelled as Python's own encoder spells it, however often its parts come again."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import pytest

from benchdb.ingest.raw_text import RawTexts

ALIKE = (
    {"a": [1]},
    {"a": [1.0]},
    {"a": [True]},
    {"a": ["1"]},
    {"a": [None]},
    {"a": [math.nan]},
    {"a": [0.0]},
    {"a": [-0.0]},
)


def plain(raw: Any) -> str:
    """Return the text by the standard library alone."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)


def test_values_that_are_equal_in_python_and_not_in_json_keep_their_own_text() -> None:
    """1, 1.0, true and "1" are four texts, null and NaN two, 0.0 and -0.0 two, whichever came first."""
    texts = RawTexts()
    for _ in range(2):
        assert [texts.spell({"part": each}) for each in ALIKE] == [plain({"part": each}) for each in ALIKE]


@pytest.mark.parametrize(
    "raw",
    [
        {"b": 1, "a": {"z": [1e-05, 10**30, "é\u2028"], "y": None}, 'quo"te': "x"},
        {"when": date(2025, 1, 2), "nested": {"when": [date(2025, 1, 2)]}},
        {"empty": {}, "none": None, "list": [], "flag": True, "tuple": ((1, 2), [3])},
    ],
)
def test_text_is_that_of_the_standard_library(raw: dict[str, Any]) -> None:
    """Members are sorted at every level; what is not JSON is spelled by `str`; a second run with the same parts says the same."""
    texts = RawTexts()
    assert texts.spell(raw) == texts.spell(raw) == plain(raw)


def test_a_part_that_changes_between_two_runs_is_spelled_anew() -> None:
    """The memory goes by what a part holds, not by which object it is."""
    texts, part = RawTexts(), {"n": [1]}
    assert texts.spell({"part": part}) == '{"part": {"n": [1]}}'
    part["n"].append(2)
    assert texts.spell({"part": part}) == '{"part": {"n": [1, 2]}}'


def test_keys_that_are_no_text_become_text_and_half_a_surrogate_pair_an_escape() -> None:
    """YAML has numbers as keys, and no database holds half of a surrogate pair."""
    assert RawTexts().spell({"by": {2: "two", 10: "ten"}}) == '{"by": {"10": "ten", "2": "two"}}'
    assert RawTexts().spell({1: "\ud800"}) == '{"1": "\\ud800"}'  # type: ignore[dict-item]  # as YAML has it
    assert RawTexts().spell({}) is RawTexts().spell(None) is None
