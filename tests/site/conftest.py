"""Fixtures of the tests of site and server: databases of about ten rows, one with names that attack, and the site of each."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from lxml import html

from benchdb.api import Database
from benchdb.site.build import build
from tests.query.facts import Facts
from tests.site.served import Served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lxml.etree import _Element
    from sqlalchemy import Engine

HOSTILE = (
    "<script>alert(1)</script>",
    "\"' onmouseover='alert(2)' x=\"",
    "\u202egnp.live\u202c",
    "🧨 دليل",
    "n" * 300,
    "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    '=HYPERLINK("http://evil.example")',
    "../../etc/passwd",
    "</script><img src=x onerror=alert(3)>",
    "{{ 7 * 7 }}",
)
"""Names that would do harm where they are not taken as text."""


def plain_facts() -> Facts:
    """Return three models on two benchmarks, one score missing, one told twice, one retracted."""
    facts = Facts()
    facts.model(
        "red/one",
        name="One",
        n_parameters=7_000_000_000,
        parameters_label="7B",
        released_on=date(2025, 1, 2),
        is_open_weights=True,
    )
    facts.model("red/two", name="Two", released_on=date(2025, 3, 4))
    facts.model("blue/three", name="Three", is_open_weights=False)
    facts.benchmark("quiz", name="Quiz", n_items=100)
    facts.benchmark("maze", name="Maze", n_items=400)
    report = facts.source("report", url="https://example.org/report", published_on=date(2025, 6, 1))
    blog = facts.source("blog", kind="leaderboard", url="javascript:alert(1)", published_on=date(2025, 5, 1))
    facts.claim("red/one", "quiz", 71.5, decimals=1, n_items=100, source_id=report, place="Table 1, row One")
    facts.claim("red/one", "quiz", 70.0, decimals=1, n_items=100, source_id=blog)
    facts.claim("red/two", "quiz", 60.25, decimals=2, source_id=report)
    facts.claim("blue/three", "quiz", 55.0, decimals=0, is_approximate=True, source_id=report)
    facts.claim("red/one", "maze", 30.0, decimals=1, source_id=report)
    facts.claim("red/two", "maze", 40.0, decimals=1, source_id=report)
    facts.correct(facts.claim("blue/three", "maze", 99.0, source_id=report))
    return facts


def hostile_facts() -> Facts:
    """Return models, benchmarks, makers, sources, variants, subsets, places and metrics with names that attack."""
    facts = Facts()
    for number, name in enumerate(HOSTILE):
        text = name.replace("\x00", "")
        facts.model(text, name=text, family=text, parameters_label=text, organization_id=facts.organization(text))
        facts.benchmark(f"b{text}", name=text, category=text, metric=text)
        facts.metric(text)
        source = facts.source(text, url=f"http://evil.example/{text}")
        facts.claim(
            text,
            f"b{text}",
            50.0 + number,
            metric=text,
            source_id=source,
            place=text,
            protocol={"variant": text, "harness": text},
        )
        facts.claim(text, f"b{HOSTILE[0]}", 40.0 + number, metric=HOSTILE[0], source_id=source, n_items=50)
    return facts


@pytest.fixture
def plain(db: Engine) -> Database:
    """The plain database."""
    return Database(plain_facts().write(db))


@pytest.fixture
def hostile(db: Engine) -> Database:
    """The database of names that attack."""
    return Database(hostile_facts().write(db))


def built(database: Database, folder: Path, **options: object) -> dict[str, bytes]:
    """Return every file of the site of a database by its path."""
    build(database, folder, **options)  # type: ignore[arg-type]  # as the test says
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def parsed(files: dict[str, bytes]) -> Iterator[tuple[str, _Element]]:
    """Yield each page of a site with its tree."""
    for path, content in files.items():
        if path.endswith(".html"):
            yield path, html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))


def addresses(content: str) -> list[str]:
    """Return what a style sheet asks for."""
    return re.findall(r"url\(([^)]*)\)|@import\s+([^;]+)", content)


@pytest.fixture(scope="session")
def served_file(seeded_duckdb: str) -> Iterator[Served]:
    """A server of the seeds on DuckDB, for what does not depend on the engine; it keeps answers from test to test."""
    with Served(seeded_duckdb) as found:
        yield found


@pytest.fixture(scope="session")
def served_postgresql(seeded_postgresql: str) -> Iterator[Served]:
    """A server of the seeds on PostgreSQL; it keeps answers from test to test."""
    with Served(seeded_postgresql) as found:
        yield found


@pytest.fixture
def served(engine_name: str, request: pytest.FixtureRequest) -> Served:
    """A server of the seeds, on each engine."""
    found: Served = request.getfixturevalue("served_file" if engine_name == "duckdb" else "served_postgresql")
    return found


@pytest.fixture
def own_process_holding() -> Iterator[Callable[[str], None]]:
    """Have another process hold a DuckDB file open for writing until the test ends."""
    started: list[subprocess.Popen[str]] = []
    program = "import sys, benchdb; db = benchdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"

    def hold(url: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", program, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"

    yield hold
    for process in started:
        process.communicate()
