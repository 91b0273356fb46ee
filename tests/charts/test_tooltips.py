"""Every mark that stands for a score says its value, interval, evidence, protocol and source, or there is a reason why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from benchdb.api.charts import CHART_TYPES
from benchdb.charts.save import to_vega_lite
from tests.charts.kinds import KINDS, Rows
from tests.charts.specification import rows as rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TRAITS = {
    "value": {"Value", "Values", "Mean", "Row minus column"},
    "interval": {"Interval"},
    "evidence": {"Evidence"},
    "protocol": {"Protocol", "Protocols"},
    "source": {"Source", "Sources"},
}
"""What a tooltip must tell, and the titles under which it does."""
NOT_A_SCORE = "no score: the cell says that there is none"
MANY_SCORES = "an aggregate of many scores, each with a protocol and a source of its own"
AN_OUTCOME = "an outcome of an item, not an estimate; that of the mean is a question of `benchdb leaderboard`"
OVER_MODELS = "a statement about an item, over the models that were asked"
REASONS: dict[tuple[str, str], dict[str, str]] = {
    ("heat-map", "missing"): dict.fromkeys(("interval", "evidence", "protocol", "source"), NOT_A_SCORE),
    ("coverage", "missing"): dict.fromkeys(("value", "interval", "evidence", "protocol"), NOT_A_SCORE),
    ("coverage", "claims"): dict.fromkeys(
        ("value", "interval", "evidence", "protocol"), "a number of claims, which may differ in all of these"
    ),
    ("leaderboard", "means"): dict.fromkeys(("protocol", "source"), MANY_SCORES),
    ("ranks", "ranks"): dict.fromkeys(("protocol", "source"), MANY_SCORES),
    ("items", "missing"): dict.fromkeys(TRAITS, NOT_A_SCORE),
    ("items", "items"): dict.fromkeys(("interval", "evidence"), AN_OUTCOME),
    ("items", "means"): dict.fromkeys(("interval", "evidence"), AN_OUTCOME),
    ("item-difficulty", "items"): dict.fromkeys(("interval", "evidence", "protocol", "source"), OVER_MODELS),
    ("item-difficulty", "items below zero"): dict.fromkeys(("interval", "evidence", "protocol", "source"), OVER_MODELS),
    **{
        ("noise", part): {"interval": "the standard error is what is drawn"}
        for part in ("from items", "from answers", "together")
    },
    **{
        ("conflicts", f"{end} values"): {
            "value": "each claim is listed with its value and its source",
            "source": "each claim is listed with its value and its source",
            "interval": "the errors of both claims stand together, as how many of them the claims are apart",
        }
        for end in ("least", "greatest")
    },
}
"""What the tooltips of a layer need not tell, and why."""
CASES = list(KINDS)


def tooltips(specification: dict[str, Any]) -> Iterator[tuple[str, dict[str, str], list[dict[str, Any]]]]:
    """Each layer that tells something: its name, titles by field, and rows."""
    for part in specification["layer"]:
        said = part.get("encoding", {}).get("tooltip")
        if isinstance(said, list):
            yield part["name"], {each["field"]: each["title"] for each in said}, rows_of(specification, part)


def test_every_kind_is_looked_at() -> None:
    """The tests that hold for all kinds know every kind of `benchdb chart`."""
    assert set(KINDS) == set(CHART_TYPES)


@pytest.mark.parametrize("kind", CASES)
def test_tells_what_is_known_of_a_score(kind: str, rows: Rows) -> None:
    """Value, interval, evidence, protocol and source are told, but for what has a reason; no reason is idle."""
    found = {name: set(titles.values()) for name, titles, _ in tooltips(to_vega_lite(KINDS[kind].draw(rows)))}
    assert found
    for name, titles in found.items():
        lacking = {trait for trait, words in TRAITS.items() if not titles & words}
        assert lacking == set(REASONS.get((kind, name), {})), name


@pytest.mark.parametrize("kind", CASES)
def test_every_field_told_is_there(kind: str, rows: Rows) -> None:
    """Each field of a tooltip is in the data, or looked up from a layer's own table, and none is empty."""
    for name, titles, records in tooltips(to_vega_lite(KINDS[kind].draw(rows))):
        looked_up = {"model", "item", "protocol", "source"} if (kind, name) == ("items", "items") else set()
        for record in records:
            lacking = {field for field in set(titles) - looked_up if record.get(field) is None}
            assert not lacking, (name, record)


@pytest.mark.parametrize("kind", ["grouped-bars", "heat-map", "trend", "leaderboard"])
def test_protocol_is_in_words(kind: str, rows: Rows) -> None:
    """The settings are said as a reader says them, not by a key."""
    said = {
        record["protocol"]
        for _, titles, records in tooltips(to_vega_lite(KINDS[kind].draw(rows)))
        for record in records
        if "protocol" in titles
    }
    assert said == {"temperature 0.6, 16 samples", "temperature 0.6, 4 samples"}


def test_both_claims_of_a_difference_are_named(rows: Rows) -> None:
    """Where protocols or sources differ both are told, the first model's first; a mirrored cell of a matrix turns them."""
    from dataclasses import replace

    found = [
        replace(row, source_a="One", source_b="Two", protocol_a="5-shot", protocol_b=None)
        for row in KINDS["matrix"].rows(rows)
    ]
    records = [record for _, _, records in tooltips(to_vega_lite(KINDS["matrix"].plot(found))) for record in records]
    assert {(record["sources"], record["protocols"]) for record in records} == {
        ("One / Two", "5-shot / not stated"),
        ("Two / One", "not stated / 5-shot"),
    }
