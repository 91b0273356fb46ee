"""The examples of docs/serve.md are one of each address, and answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchdb.site.server.limits import Limits
from tests.site.served import Served
from tests.site.test_openapi import PATHS, POSTED

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs" / "serve.md"
EXAMPLES = re.findall(r"^(/api/v1/\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
WITHOUT_DATA = {"noise", "pass-at-k", "items", "item-difficulty"}
"""What the seeds, which hold no outcomes of items, cannot answer."""


@pytest.fixture(scope="module")
def patient(seeded_duckdb: str) -> Iterator[Served]:
    """A server of the seeds that gives every question its time."""
    with Served(seeded_duckdb, limits=Limits(seconds=300)) as found:
        yield found


def test_every_address_has_an_example() -> None:
    """Each address of the description is among the examples once, and no other is; what takes a body is shown as a command."""
    shown = [example.partition("?")[0].replace("SCORE_ID", "{score_id}") for example in EXAMPLES]
    assert sorted(shown) == sorted(PATHS)
    assert POSTED in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_answers(example: str, patient: Served) -> None:
    """On the claims that ship with benchdb each example has an answer, or says that it needs data which they lack."""
    if "SCORE_ID" in example:
        key = patient.get("/api/v1/claims?limit=1").json()["rows"][0]["score_id"]
        example = example.replace("SCORE_ID", key)
    answer = patient.get(example)
    name = example.partition("?")[0].rpartition("/")[2]
    if name in WITHOUT_DATA:
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:benchdb:problem:nothing-found")
    else:
        assert answer.status_code == 200, answer.text
