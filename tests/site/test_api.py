"""The JSON API gives what the Python API gives, page by page, and says what is wrong where it cannot."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import benchdb
from benchdb.cli.output import render
from benchdb.errors import BenchdbError
from benchdb.site.server import asking
from benchdb.site.server.front import Guard
from benchdb.site.server.limits import Limits
from benchdb.site.server.questions import QUESTIONS
from tests.query.facts import Facts
from tests.site.served import PATIENT_S, Served

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from benchdb import Database

API = "/api/v1"
AM_72, AM_32 = "AM-Distill-Qwen-72B", "AM-Distill-Qwen-32B"
CLAIM = {"model": AM_32, "benchmark": "AIME 2024"}
ASKED: dict[str, tuple[dict[str, Any], Callable[[Database], Any]]] = {
    "leaderboard": (
        {"suite": "am-distill", "missing": "show", "variants": ["", "high"], "released_since": "2025-01-01", "policy": "newest"},
        lambda db: db.leaderboard(suite="am-distill", missing="show", variants=["", "high"], released_since=date(2025, 1, 1), policy="newest"),
    ),
    "rankings": ({"suite": "am-distill", "source_kinds": "paper"}, lambda db: db.rankings(suite="am-distill", source_kinds=["paper"])),
    "compare": ({"models": [AM_72, AM_32], "level": 0.9}, lambda db: db.compare(AM_72, AM_32, level=0.9)),
    "trend": ({"benchmarks": "MATH-500", "by": "date"}, lambda db: db.trend(benchmarks=["MATH-500"], by="date")),
    "frontier": ({"benchmarks": "MATH-500", "by": "maker"}, lambda db: db.frontier(benchmarks=["MATH-500"], by="maker")),
    "pareto": ({"benchmarks": "MATH-500", "jointly": "true"}, lambda db: db.pareto(benchmarks=["MATH-500"], jointly=True)),
    "coverage": ({"suite": "am-distill", "open_weights": "false"}, lambda db: db.coverage(suite="am-distill", open_weights=False)),
    "conflicts": ({"benchmarks": ["AIME 2024", "MATH-500"]}, lambda db: db.conflicts(benchmarks=["AIME 2024", "MATH-500"])),
    "claims": ({"suite": "am-distill", "source_kinds": "paper"}, lambda db: db.claims(suite="am-distill", source_kinds=["paper"])),
    "history": (CLAIM, lambda db: db.history(AM_32, "AIME 2024")),
    "models": ({}, lambda db: db.list("models")),
    "benchmarks": ({}, lambda db: db.list("benchmarks")),
    "metrics": ({}, lambda db: db.list("metrics")),
    "organizations": ({}, lambda db: db.list("organizations")),
    "suites": ({}, lambda db: db.list("suites")),
    "sources": ({}, lambda db: db.list("sources")),
}  # fmt: skip
"""A question of each kind: its parameters, and the same in Python."""


def _path(name: str, parameters: dict[str, Any] | None = None) -> str:
    return str(httpx.URL(f"{API}/{name}", params=parameters or {}))


def _printed(result: Any) -> list[dict[str, Any]]:
    """Return the rows as `--format json` prints them."""
    rows: list[dict[str, Any]] = json.loads(render(result, "json"))
    return rows


@pytest.mark.parametrize("name", ASKED)
def test_an_address_gives_the_rows_of_its_question(name: str, served: Served, seeds: Database) -> None:
    """Every row, in order, is the one that the Python API gives and `--format json` prints; so are title and notes."""
    parameters, question = ASKED[name]
    expected = question(seeds)
    path = _path(name, {**parameters, "limit": 1000})
    assert served.rows(path) == _printed(expected)
    head = served.get(path).json()
    assert (head["title"], head["notes"], head["n_rows"]) == (expected.title, list(expected.notes), len(_printed(expected)))  # fmt: skip


def test_every_question_is_asked_above() -> None:
    """No address is left out of the comparison but those that need runs and items, which have tests of their own."""
    assert {question.name for question in QUESTIONS} - {"series", "noise", "items", "pass-at-k"} == set(ASKED)


def test_a_series_is_the_one_of_python(db: Engine, db_url: str) -> None:
    """Runs of one model in time come out as the Python API has them."""
    facts = Facts()
    for day, value in enumerate((50.0, 51.0, 49.5), start=1):
        facts.claim("org/nightly", "math", value, ran_at=datetime(2025, 4, day, tzinfo=UTC), n_items=500)
    facts.write(db)
    db.dispose()
    with benchdb.connect(db_url, read_only=True) as database:
        expected = _printed(database.series("org/nightly", "math"))
    with Served(db_url) as server:
        assert server.rows(_path("series", {"model": "org/nightly", "benchmark": "math"})) == expected
    assert [row["value"] for row in expected] == [50.0, 51.0, 49.5]


def test_what_items_say_is_what_python_says(db: Engine, db_url: str) -> None:
    """Noise, items and several attempts come out as the Python API judges the outcomes."""
    facts = Facts()
    run = facts.run("org/one", "math")
    facts.score(run, 60.0)
    facts.outcomes(run, [4, 0, 3, 4, 1], attempts=4)
    facts.write(db)
    db.dispose()
    with benchdb.connect(db_url, read_only=True) as database:
        noise = _printed(database.noise())
        items = _printed(database.items("math"))
        rates = _printed(database.pass_at_k(k=[1, 3]))
    with Served(db_url) as server:
        assert server.rows(_path("noise")) == noise
        assert server.rows(_path("items", {"benchmark": "math"})) == items
        assert server.rows(_path("pass-at-k", {"k": [1, 3]})) == rates
    assert (len(noise), len(items)) == (1, 5)
    of_three = [row for row in rates if row["measure"] == "pass@k" and row["k"] == 3]
    assert [row["value"] for row in of_three] == [pytest.approx(100 * (1 + 0 + 1 + 1 + 3 / 4) / 5)]


def test_as_of_reaches_the_question(served: Served) -> None:
    """Before the first import the catalogue is empty; a moment needs its zone."""
    assert served.get(_path("models", {"as_of": "2001-01-01"})).json()["n_rows"] == 0
    assert served.get(_path("models", {"as_of": "2001-01-01T00:00:00"})).status_code == 422


def test_a_claim_is_traced_to_its_source(served: Served, seeds: Database) -> None:
    """The key that a row shows as text leads to the claim in full."""
    key = served.rows(_path("history", CLAIM))[0]["score_id"]
    assert served.rows(f"{API}/trace/{key}") == _printed(seeds.trace(int(key)))
    assert served.get(f"{API}/trace/{2**63 - 1}").json()["type"] == "urn:benchdb:problem:nothing-found"
    assert served.get(f"{API}/trace/{10**19 - 1}").status_code == 404
    assert served.get(f"{API}/trace/abc").status_code == 422


@pytest.mark.parametrize("limit", [1, 7, 90, 1000])
def test_pages_hold_every_row_once(limit: int, served_file: Served, seeds_file: Database) -> None:
    """Following `next` from the first page gives each row once and in order, whatever the size of the page."""
    expected = _printed(seeds_file.leaderboard(suite="am-distill"))
    assert served_file.rows(_path("leaderboard", {"suite": "am-distill", "limit": limit})) == expected


def test_claims_go_on_by_the_key_of_the_last_one(served_file: Served, seeds_file: Database) -> None:
    """Pages of claims hold each once and in order; the next one is found by `after`, and says the same of all of them."""
    expected = _printed(seeds_file.claims(suite="am-distill"))
    path = _path("claims", {"suite": "am-distill", "limit": 40})
    assert len(expected) > 80
    assert served_file.rows(path) == expected
    first = served_file.get(path)
    following = served_file.get(first.links["next"]["url"])
    assert httpx.URL(first.links["next"]["url"]).params["after"] == expected[39]["score_id"]
    for name in ("n_rows", "notes", "policy", "known_until"):
        assert following.json()[name] == first.json()[name]
    assert following.json()["n_rows"] == len(expected)
    assert "after" not in following.links["prev"]["url"]
    assert served_file.get(_path("claims", {"after": 5})).status_code == 404


def test_a_page_names_its_neighbours(served_file: Served) -> None:
    """The header Link has first, previous, next and last page; at either end there is none before or after."""

    def offsets(offset: int) -> dict[str, str]:
        found = served_file.get(_path("metrics", {"limit": 2, "offset": offset})).links
        return {str(name): httpx.URL(each["url"]).params["offset"] for name, each in found.items()}

    n_rows = served_file.get(_path("metrics")).json()["n_rows"]
    last = str((n_rows - 1) // 2 * 2)
    assert offsets(0) == {"first": "0", "next": "2", "last": last}
    assert offsets(3) == {"first": "0", "prev": "1", "next": "5", "last": last}
    assert offsets(n_rows + 50) == {"first": "0", "prev": last, "last": last}


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        (_path("leaderboard", {"models": "AM-Distil-Qwen-72B"}), 404, "unknown-name"),
        (_path("leaderboard", {"suite": "am-distill", "min_parameters": 10**15}), 404, "nothing-found"),
        (_path("leaderboard", {"model": AM_72}), 422, "bad-arguments"),
        (_path("leaderboard", {"limit": 1001}), 422, "bad-arguments"),
        (_path("leaderboard", {"models": ["x"] * 101}), 422, "bad-arguments"),
        (_path("leaderboard", {"released_since": "1700000000"}), 422, "bad-arguments"),
        (_path("leaderboard", {"level": "nan"}), 422, "bad-arguments"),
        (_path("leaderboard", {"aggregate": "weighted", "weights": "AIME 2024=0"}), 422, "bad-arguments"),
        (_path("compare", {"models": [AM_72, AM_72]}), 409, "ambiguous"),
        (_path("nowhere"), 404, "no-such-page"),
        ("/api/v1/../../etc/passwd", 404, "no-such-page"),
        (_path("models", {"as_of": "x" * 9000}), 414, "too-large"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(path: str, status: int, kind: str, served_file: Served) -> None:
    """Each mistake has its status, its kind, words for people, and neither path nor traceback."""
    answer = served_file.get(path)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"urn:benchdb:problem:{kind}")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], bool(problem["title"]), bool(problem["detail"])) == (status, True, True)
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
    assert str(served_file.asker.pool.path) not in answer.text


def test_an_unknown_name_says_what_was_meant(served_file: Served) -> None:
    """The nearest names stand in the words and as a list; hints for the command line do not."""
    problem = served_file.get(_path("leaderboard", {"models": "AM-Distil-Qwen-72B"})).json()
    assert "am/am-distill-qwen-72b" in str(problem["suggestions"]).lower() or AM_72 in problem["suggestions"]
    assert "Did you mean" in problem["detail"]
    assert "benchdb list" not in problem["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(method: str, served_file: Served) -> None:
    """Every method but GET and HEAD is refused wherever it is tried."""
    for answer in served_file.together(("/", f"{API}/leaderboard", f"{API}/nowhere"), method):
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_database_is_opened_for_reading(served_file: Served) -> None:
    """What the server lends its threads cannot write, whatever is asked of it."""
    with served_file.asker.pool.lend(1) as database, pytest.raises(BenchdbError, match="read"):
        database.sql("DELETE FROM score")


def test_an_etag_holds_until_the_database_changes(db: Engine, db_url: str) -> None:
    """The same tag means 304 without a body; a change gives another tag and the new rows."""
    facts = Facts()
    facts.claim("org/one", "math", 50.0)
    facts.write(db)
    db.dispose()
    path = _path("models")
    with Served(db_url, limits=Limits(seconds=PATIENT_S, recheck_s=0.0)) as server:
        first = server.get(path)
        tag = first.headers["etag"]
        again = server.get(path, headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert server.get(path, headers={"if-none-match": '"other"'}).status_code == 200
        assert server.get(_path("metrics")).headers["etag"] != tag
        server.asker.pool.close_unused()
        more = Facts()
        more.model("org/two")
        with benchdb.connect(db_url) as writable, writable.engine.begin() as connection:
            from sqlalchemy import insert

            from benchdb.query.tables import MODEL

            (row,) = more.rows["model"].values()
            connection.execute(insert(MODEL), [{**row, "organization_id": None}])
        changed = server.get(path, headers={"if-none-match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        assert {each["slug"] for each in changed.json()["rows"]} == {"org/one", "org/two"}


def test_the_same_answer_is_computed_once(served_file: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that come together and after each other ask the database once."""
    asked: list[str] = []
    method = benchdb.Database.leaderboard

    def counted(self: Database, **keywords: Any) -> Any:
        asked.append("leaderboard")
        return method(self, **keywords)

    monkeypatch.setattr(benchdb.Database, "leaderboard", counted)
    path = _path("leaderboard", {"suite": "am-distill", "level": 0.87})
    answers = [*served_file.together((path,) * 5), served_file.get(path)]
    assert len({answer.content for answer in answers}) == 1
    assert asked == ["leaderboard"]
    served_file.get(_path("leaderboard", {"suite": "am-distill", "level": 0.87, "limit": 3, "offset": 3}))
    assert asked == ["leaderboard"]


def test_head_and_gzip_say_the_same(served_file: Served) -> None:
    """HEAD has the headers of GET and no body; the compressed body is the plain one."""
    path = _path("models")
    plain = served_file.get(path, headers={"accept-encoding": "identity"})
    head = served_file.get(path, "HEAD", headers={"accept-encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(plain.headers)
    packed = served_file.get(path, headers={"accept-encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) == len(plain.content)
    assert len(gzip.compress(plain.content, 5, mtime=0)) == int(packed.headers["content-length"])
    assert "content-encoding" not in served_file.get(path, headers={"accept-encoding": "gzip;q=0"}).headers


def test_every_answer_keeps_browsers_safe(served_file: Served) -> None:
    """No sniffing, no framing, no script, no referrer, and no other site, on answers and problems alike."""
    for path in (_path("models"), _path("nowhere")):
        headers = served_file.get(path, headers={"origin": "https://evil.example"}).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("LOCALHOST:8000", 200), ("127.0.0.1:1", 200), ("[::1]:8000", 200), ("::1", 200), ("evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("localhost:8000@evil.example", 421), ("", 421), ("[::1].evil.example", 421),
    ],
)  # fmt: skip
def test_a_name_of_another_site_is_refused(host: str, status: int, served_file: Served) -> None:
    """A page that has its own name point to this machine reads nothing."""
    assert served_file.get(_path("health"), headers={"host": host}).status_code == status


def test_other_sites_read_only_where_allowed(seeded_duckdb: str) -> None:
    """With `cors` any page may read, and a browser that asks first is told so."""
    with Served(seeded_duckdb, guard=Guard(cors=True, log=False)) as server:
        answer = server.get(_path("metrics"), headers={"origin": "https://friend.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        asked = server.get(_path("metrics"), "OPTIONS", headers={"access-control-request-method": "GET"})
        assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (204, "GET, HEAD, POST")
        assert server.get(_path("metrics"), "POST").status_code == 405


def test_a_body_is_refused(served_file: Served) -> None:
    """A question has no body, so a large one, or one without an end, is not read."""
    assert served_file.get(_path("models"), content=b"x" * 70_000).status_code == 413
    assert served_file.get(_path("models"), headers={"content-length": "one"}).status_code == 413


def test_a_question_that_takes_too_long_is_stopped(seeds_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller gets 503 when the time is over, the statement ends, and the server goes on."""
    begun: list[bool] = []
    ended: list[BaseException] = []
    monkeypatch.setattr(asking, "_PATIENCE_S", PATIENT_S)

    def slow(self: Database, **_keywords: Any) -> Any:
        endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i > 0 AND i < 100000000) SELECT max(i) FROM n"
        begun.append(True)
        try:
            return self.sql(endless)
        except BaseException as error:
            ended.append(error)
            raise

    monkeypatch.setattr(benchdb.Database, "noise", slow)
    with Served(seeds_url, limits=Limits(seconds=0.3, at_once=1)) as server:
        while not begun:  # on a busy machine the time may be over before the database is open
            answer = server.get(_path("noise"))
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:benchdb:problem:too-long")
            assert answer.headers["retry-after"] == "30"
        server.asker.close()
    assert len(ended) == len(begun)


def test_too_many_questions_are_sent_away(seeded_duckdb: str) -> None:
    """Beyond those answered and those that may wait, a question gets 503 and when to ask again."""
    with Served(seeded_duckdb, limits=Limits(seconds=PATIENT_S, at_once=1, waiting=1)) as server:
        answers = server.together(tuple(_path("history", {**CLAIM, "limit": n}) for n in range(1, 9)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["type"] for answer in refused} == {"urn:benchdb:problem:overloaded"}
    assert {answer.headers["retry-after"] for answer in refused} == {"5"}
    assert {answer.status_code for answer in answers} == {200, 503}


def test_a_fault_shows_nothing_of_the_inside(
    served_file: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody expected is 500 without a word of it; the log has the traceback."""

    def fail(*_arguments: Any, **_keywords: Any) -> Any:
        message = "secret /etc/place"
        raise RuntimeError(message)

    monkeypatch.setattr(benchdb.Database, "noise", fail)
    answer = served_file.get(_path("noise"))
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:benchdb:problem:fault")
    assert "secret" not in answer.text
    assert "secret /etc/place" in caplog.text


def test_hostile_names_stay_text(db: Engine, db_url: str) -> None:
    """Names full of markup, quotes and control characters come back as they are, in JSON that no browser runs."""
    names = ["<script>alert(1)</script>", "\"'; DROP TABLE score; --", "\u202egpt\u202c", "🦆" * 100, "a\u2028b\tc\nd", "%00%0d%0aX: y"]  # fmt: skip
    facts = Facts()
    for number, name in enumerate(names):
        facts.model(f"org/m{number}", name=name)
        facts.claim(f"org/m{number}", "math", 50.0 + number)
    facts.write(db)
    db.dispose()
    with Served(db_url) as server:
        assert {row["name"] for row in server.rows(_path("models"))} == set(names)
        for number, name in enumerate(names):
            answer = server.get(_path("leaderboard", {"models": name}))
            assert [row["model"] for row in answer.json()["rows"]] == [f"org/m{number}"], answer.text
            assert answer.headers["content-type"] == "application/json"
        unknown = server.get(_path("leaderboard", {"models": "<img src=x>\r\nX: y"}))
        assert unknown.headers["content-type"] == "application/problem+json"
        assert "x" not in unknown.headers


def test_a_database_in_use_is_busy(own_process_holding: Callable[[str], None], db: Engine, db_url: str) -> None:
    """While another process writes to the file, a question gets 503, when to ask again, and no path."""
    if db.dialect.name != "duckdb":
        pytest.skip("PostgreSQL has no such lock")
    db.dispose()
    own_process_holding(db_url)
    with Served(db_url) as server:
        answer = server.get(_path("models"))
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:benchdb:problem:busy")
        assert answer.headers["retry-after"] == "5"
        assert str(server.asker.pool.path) not in answer.text


def test_an_idle_server_lets_the_file_go(db: Engine, db_url: str) -> None:
    """After a while without questions nothing is open, so that an import can have the file; the next question opens it again."""
    db.dispose()
    with Served(db_url) as server:
        assert server.get(_path("models")).status_code == 200
        server.asker.pool.close_unused(60)
        assert len(server.asker.pool) == 1
        server.asker.pool.close_unused(0)
        assert len(server.asker.pool) == 0
        assert server.get(_path("metrics")).status_code == 200


def test_status_counts_what_is_there(served: Served, seeds: Database) -> None:
    """The counts are those of the database; its place is not told."""
    found, expected = served.get(f"{API}/status").json(), seeds.status()
    assert (found["n_models"], found["n_scores"]) == (expected.n_models, expected.n_scores)
    assert expected.place not in json.dumps(found)
    health = served.get(f"{API}/health")
    assert (health.json(), health.headers["cache-control"], "etag" in health.headers) == ({"status": "ok"}, "no-store", False)  # fmt: skip
