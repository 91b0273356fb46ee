"""A chart that somebody sends is derived again, and what differs comes back; whatever else is sent gets a problem."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert

import benchdb
from benchdb.query.tables import CORRECTION
from benchdb.site.server.front import Guard
from benchdb.site.server.limits import Limits
from tests.site.conftest import plain_facts
from tests.site.served import PATIENT_S, Served

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from sqlalchemy import Engine

API = "/api/v1"
VERIFY = f"{API}/verify"


@pytest.fixture
def server(db: Engine, db_url: str) -> Iterator[Served]:
    """A server of three models on two benchmarks."""
    plain_facts().write(db)
    db.dispose()
    with Served(db_url, limits=Limits(seconds=PATIENT_S, recheck_s=0.0, body_bytes=200_000)) as found:
        yield found


def chart(server: Served) -> dict[str, Any]:
    """A chart of it, as its address gives it."""
    answer = server.get(f"{API}/charts/leaderboard?benchmarks=quiz")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def send(server: Served, body: Any, **options: Any) -> httpx.Response:
    """The answer to a chart."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", **options.pop("headers", {})}
    return server.get(VERIFY, "POST", content=content, headers=headers, **options)


def test_a_chart_of_this_database_is_derived_again_exactly(server: Served) -> None:
    """What an address drew has no departure, and the answer says which question was asked, and no place."""
    answer = send(server, chart(server))
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    found = answer.json()
    assert (found["rows"], found["n_rows"], found["notes"]) == ([], 0, ["leaderboard: derived again exactly."])
    assert found["known_until"] is not None


def test_a_changed_value_and_a_retracted_claim_are_told(server: Served, db_url: str) -> None:
    """One number changed in the file is "tampered" with both values; a claim taken back since is "retracted"."""
    drawn = chart(server)
    tampered = deepcopy(drawn)
    (rows,) = [rows for rows in tampered["datasets"].values() if any(row.get("mean") == 71.5 for row in rows)]
    for row in rows:
        if row.get("mean") == 71.5:
            row["mean"] = 91.5
    found = send(server, tampered).json()
    assert {(row["kind"], row["found"], row["expected"]) for row in found["rows"]} == {("tampered", "91.5", "71.5")}
    claim = next(row["score_id"] for row in server.rows(f"{API}/claims?models=red/two&benchmarks=quiz"))
    server.asker.pool.close_unused()
    facts = plain_facts()
    facts.correct(int(claim), after_days=500)
    (correction,) = [row for row in facts.rows["correction"].values() if row["target_id"] == int(claim)]
    with benchdb.connect(db_url) as writable, writable.engine.begin() as connection:
        connection.execute(insert(CORRECTION), [correction])
    kinds = {(row["kind"], row["where"]) for row in send(server, drawn).json()["rows"]}
    assert ("retracted", f"claim {claim}") in kinds


QUESTION: dict[str, Any] = {"method": "leaderboard", "positional": [], "keywords": {}, "known_until": None}


def noting(question: Any, options: Any = None) -> dict[str, Any]:
    """A specification that notes a question."""
    return {"usermeta": {"benchdb": {"question": question, "options": options}}}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 422, "bad-arguments"),
        (b"", 422, "bad-arguments"),
        (b"[1]", 422, "bad-arguments"),
        (b"\xff\xfe", 422, "bad-arguments"),
        (b'{"a":' * 30_000, 400, "bad-request"),
        ({}, 400, "bad-chart"),
        (noting({"method": "sql", "positional": ["SELECT 1"], "keywords": {}}), 400, "bad-chart"),
        (noting({"method": "close", "positional": [], "keywords": {}}), 400, "bad-chart"),
        (noting({"method": "doctor", "positional": [], "keywords": {}}), 400, "bad-chart"),
        (noting({"method": "leaderboard"}), 400, "bad-chart"),
        (noting({**QUESTION, "keywords": {"models": ["x"] * 101}}), 400, "bad-chart"),
        (noting({**QUESTION, "keywords": {"models": ["x" * 501]}}), 400, "bad-chart"),
        (noting({**QUESTION, "keywords": {"level": 7}}), 400, "bad-arguments"),
        (noting({**QUESTION, "keywords": {"nothing": 7}}), 400, "bad-chart"),
        (noting({**QUESTION, "positional": [1]}), 400, "bad-chart"),
        (noting({**QUESTION, "known_until": "soon"}), 400, "bad-chart"),
        (noting({"method": "compare", "positional": [], "keywords": {"all_pairs": True}}), 400, "bad-chart"),
        (noting(QUESTION, {"kind": "pie"}), 400, "bad-chart"),
        (noting(QUESTION, {"kind": "heat-map", "colour": 7}), 400, "bad-chart"),
        (noting(QUESTION, {"kind": "heat-map", "width": "wide"}), 400, "bad-chart"),
        (noting(QUESTION, [1, 2]), 400, "bad-chart"),
        (noting({**QUESTION, "keywords": {"models": ["nobody"]}}), 404, "unknown-name"),
        (b" " * 200_001, 413, "too-large"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, bytes | dict) else str(value),
)
def test_what_is_no_chart_is_a_problem(
    body: Any, status: int, kind: str, server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is sent, the answer is a problem that says what was wrong, and nothing fails inside."""
    answer = send(server, body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:benchdb:problem:{kind}")
    assert answer.headers["cache-control"] == "no-store"
    assert not caplog.records


def test_the_body_is_asked_for_as_json_and_never_read_beyond_its_limit(server: Served) -> None:
    """Another type is refused, so that no page of another site can send one; a body without an end is cut off."""
    assert send(server, chart(server), headers={"content-type": "text/plain"}).status_code == 415
    read = []

    async def endless() -> Any:
        while True:
            read.append(1)
            yield b" " * 50_000

    answer = server.get(VERIFY, "POST", content=endless(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:benchdb:problem:too-large")
    assert len(read) <= 6
    refused = send(server, chart(server), headers={"host": "evil.example"})
    assert refused.status_code == 421


def test_only_post_asks_it_and_only_here(server: Served) -> None:
    """GET says which method there is, and no other address takes a body."""
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = server.get(VERIFY, method)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert server.get(f"{API}/leaderboard", "POST").headers["allow"] == "GET, HEAD"


def test_other_sites_must_be_allowed_before_they_send_one(db_url: str, db: Engine) -> None:
    """With `cors` a browser that asks first is told that POST with a type is allowed; without it nobody is."""
    plain_facts().write(db)
    db.dispose()
    asked = {"origin": "https://friend.example", "access-control-request-method": "POST"}
    with Served(db_url, guard=Guard(cors=True, log=False)) as server:
        answer = server.get(VERIFY, "OPTIONS", headers=asked)
        assert (answer.status_code, answer.headers["access-control-allow-methods"]) == (204, "GET, HEAD, POST")
        assert "Content-Type" in answer.headers["access-control-allow-headers"]
    with Served(db_url) as server:
        assert "access-control-allow-origin" not in server.get(VERIFY, "OPTIONS", headers=asked).headers
