"""Protocols in words: what a source states, as a reader says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchdb.query.compare import compare
from benchdb.query.filters import Filters
from benchdb.query.policies import Policy
from benchdb.query.protocols import _WORDS, in_words
from benchdb.query.scores import read_scores
from benchdb.schema.results import Protocol
from benchdb.schema.vocab import NOT_COMPARED
from tests.query.facts import Facts

if TYPE_CHECKING:
    from tests.query.conftest import Ask

NOTHING: dict[str, Any] = {name: None for name, _ in _WORDS}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, None),
        ({"n_shot": 5, "temperature": 0.0, "samples_per_item": 16}, "5-shot, temperature 0, 16 samples"),
        ({"samples_per_item": 1, "harness": "lm-eval"}, "1 sample, by lm-eval"),
        ({"item_limit": 100.0}, "limited to 100 items"),
        ({"item_limit": 1.0}, "limited to 1 item"),
        ({"item_limit": 0.1}, "limited to 10 % of the items"),
        ({"prompt_hash": "a" * 64}, "prompt aaaaaaaaaaaa…"),
    ],
)
def test_settings_are_said_as_a_reader_says_them(settings: dict[str, Any], words: str | None) -> None:
    """What is stated, in the order of its weight; nothing where nothing is."""
    assert in_words(NOTHING | settings) == words


def test_equal_words_are_equal_fingerprints() -> None:
    """The words say every setting that a fingerprint is the key of, and no other."""
    settings = {column.name for column in Protocol.__table__.columns} - {"protocol_id", "fingerprint", "variant"}
    assert {name for name, _ in _WORDS} == settings - NOT_COMPARED


def test_cells_and_differences_say_protocol_and_source(ask: Ask) -> None:
    """A cell has its claim's protocol in words; a difference those of both claims, and of both sources."""
    facts = Facts()
    facts.claim("a/one", "arith", 60.0, source_id=facts.source("Paper"), protocol={"n_shot": 5, "seed": 7}, n_items=100)
    facts.claim("b/two", "arith", 50.0, source_id=facts.source("Card"), n_items=100)
    connection = ask(facts)
    cells = [cell for cells in read_scores(connection, Filters(), Policy.PREFERRED, 0.95).by_model for cell in cells]
    assert {cell.model: cell.protocol for cell in cells} == {"a/one": "5-shot", "b/two": None}
    row = next(row for row in compare(connection, ["a/one", "b/two"], Filters()).differences if row.benchmark)
    assert (row.protocol_a, row.protocol_b, row.source_a, row.source_b) == ("5-shot", None, "Paper", "Card")
