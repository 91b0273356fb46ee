"""The API keeps what its own description promises, tried by schemathesis with arguments that fit and that do not."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

import benchdb
from benchdb.site.server.app import describe
from benchdb.site.server.charts import CHARTS
from benchdb.site.server.questions import QUESTIONS
from tests.site.conftest import plain_facts
from tests.site.served import Served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

N_EXAMPLES = 4
"""Requests of each kind that are made up for each address."""
PATHS = [f"/api/v1/{question.name}" for question in QUESTIONS] + [
    f"/api/v1/{name}"
    for name in (*(f"charts/{chart.kind}" for chart in CHARTS), "trace/{score_id}", "charts", "status", "health")
]
"""Every address of the description."""
POSTED = "/api/v1/verify"
"""The address that takes a body."""
BARE = ("/api/v1/charts", "/api/v1/status", "/api/v1/health")
"""Addresses that take nothing, so that nothing can be wrong."""


@pytest.fixture(scope="session")
def small(duckdb_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a few models, which answers every question in a moment."""
    path = tmp_path_factory.mktemp("small") / "small.duckdb"
    shutil.copy(duckdb_template, path)
    with benchdb.connect(path) as database:
        plain_facts().write(database.engine)
    with Served(str(path)) as found:
        yield found


@pytest.fixture(scope="session")
def description(small: Served) -> schemathesis.BaseSchema:
    """The API as it describes itself. 400 is what arguments get that fit one by one and not together, and a body that is no JSON."""
    expected = {
        "positive_data_acceptance": {"expected-statuses": ["200", "400", "404", "409", "414"]},
        "negative_data_rejection": {"expected-statuses": ["400", "404", "414", "422"]},
    }
    found: schemathesis.BaseSchema = schemathesis.openapi.from_dict(
        small.get("/api/v1/openapi.json").json(), config=schemathesis.Config.from_dict({"checks": expected})
    )
    return found


def test_the_description_is_the_one_of_the_application(small: Served) -> None:
    """What is sent is what is made, with every question and chart in it, and without schemas that nobody uses."""
    found = small.get("/api/v1/openapi.json").json()
    assert found == describe(small.api)
    assert set(found["paths"]) == {*PATHS, POSTED}
    text = small.get("/api/v1/openapi.json").text
    assert not [name for name in found["components"]["schemas"] if f"#/components/schemas/{name}" not in text]


@pytest.mark.parametrize(
    ("mode", "path"),
    [
        (mode, path)
        for mode in ("positive", "negative")
        for path in (*PATHS, POSTED)
        if mode == "positive" or path not in BARE
    ],
)
def test_every_answer_is_as_described(
    mode: str, path: str, description: schemathesis.BaseSchema, small: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is asked, fitting or not, the answer has a described status, type and shape, and nothing fails inside."""
    caplog.set_level(logging.ERROR, "benchdb.serve")
    operation = description[path]["POST" if path == POSTED else "GET"]

    @given(operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(max_examples=N_EXAMPLES, phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
    def answers_as_described(case: schemathesis.Case[Any]) -> None:
        request = case.as_transport_kwargs(base_url="http://127.0.0.1")
        kept = {name: request[name] for name in ("params", "headers") if request.get(name)}
        kept |= {as_: request[name] for name, as_ in (("json", "json"), ("data", "content")) if name in request}
        answer = small.get(request["url"], request["method"], **kept)
        case.validate_response(schemathesis.Response.from_any(answer))

    answers_as_described()
    assert not caplog.records
