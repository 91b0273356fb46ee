"""The pages of `benchdb serve`, from a live database, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import benchdb
from tests.site.browser.test_browser_site import (
    DESK,
    KINDS,
    PAIR,
    PHONE,
    Site,
    cells_of,
    draw_all,
    number,
    overhang,
    ready,
)
from tests.site.browser.watching import breaches, drawn
from tests.site.served import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site.browser.conftest import Visit

pytestmark = pytest.mark.browser
LISTED = {"model": "models/index.html", "benchmark": "benchmarks/index.html", "source": "sources/index.html"}


def served(database: Path) -> Iterator[Site]:
    """Serve a database by a process of its own, and yield its address."""
    with serving("--db", str(database)) as (_process, address):
        yield Site(database.parent, address)


@pytest.fixture(scope="module")
def live(seeds_database: Path) -> Iterator[Site]:
    """A server of the seeds."""
    yield from served(seeds_database)


@pytest.fixture(scope="module")
def live_hostile(hostile_database: Path) -> Iterator[Site]:
    """A server of a database whose every text attacks."""
    yield from served(hostile_database)


def address_of(site: Site, kind: str, visit: Visit) -> str:
    """The address of a page of a kind; of a model, benchmark or source the last one that its listing links to."""
    if kind not in LISTED:
        return site.page(kind)
    page = visit().open(f"{site.address}{LISTED[kind]}")
    found = page.locator("main table a").evaluate_all("(all) => all.map((each) => each.href)")
    return str([each for each in found if each.startswith(f"{site.address}{kind}s/")][-1])


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_comes_from_the_live_database(kind: str, live: Site, visit: Visit) -> None:
    """Each page loads, draws its pictures within the policy that its header sets, logs nothing and asks nobody outside."""
    watch = visit()
    page = watch.open(address_of(live, kind, visit))
    draw_all(page)
    assert page.locator("h1").count() == 1
    assert drawn(page, "main") >= 5 * page.locator("figure[data-picture]").count()
    assert {request.partition("?")[0].startswith(live.address) for request in watch.requests} == {True}


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_attack_are_text_on_a_live_page(kind: str, live_hostile: Site, visit: Visit) -> None:
    """No name of the database becomes script or markup, and none breaks the layout of a phone."""
    page = visit(width=PHONE).open(address_of(live_hostile, kind, visit))
    draw_all(page)
    assert page.locator("script:not([src]), main :is(script, img, iframe, object, embed, b, base, meta)").count() == 0
    assert overhang(page) == 0


@pytest.mark.parametrize("kind", ["leaderboard", "model", "compare"])
def test_a_live_page_breaches_no_wcag(kind: str, live: Site, visit: Visit, axe: str) -> None:
    """Axe-core finds no breach of WCAG 2 A and AA on a page that the server made."""
    three = f"#a={PAIR[0]}&b={PAIR[1]}&c=qwen/qwq-32b" if kind == "compare" else ""
    page = visit(width=DESK).open(address_of(live, kind, visit) + three)
    if three:
        page.locator("#answer:not([hidden])").wait_for()
    draw_all(page)
    assert breaches(page, axe) == []


def test_a_script_of_another_place_cannot_run(live: Site, visit: Visit) -> None:
    """The policy of the header holds: a script put into the page does not run, and evaluating text is refused."""
    watch = visit()
    page = watch.open(live.page("about"))
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }"
    )
    assert page.evaluate("() => window.ran") is None
    assert watch.faults
    assert [fault for fault in watch.faults if "Content Security Policy" not in fault] == []
    watch.faults.clear()


def test_two_models_that_no_build_judged_are_judged_by_the_live_database(
    live: Site, seeds_database: Path, visit: Visit
) -> None:
    """Differences, intervals and verdicts of a pair on a live page are those that `compare` gives now."""
    page = ready(visit().open(f"{live.page('compare')}#a={PAIR[0]}&b={PAIR[1]}"))
    page.locator("#asked:not([hidden])").wait_for()
    lines = {row[0]: row[1:] for row in cells_of(page, "#lines tr")}
    with benchdb.connect(seeds_database, read_only=True) as database:
        answer = database.compare(*PAIR)
    rows = [row for row in answer if row.benchmark_name in lines]
    assert len(rows) >= 2
    for row in rows:
        found = lines[row.benchmark_name]
        assert number(found[4]) == pytest.approx(row.difference, abs=0.051)
        assert found[6] == row.verdict
        assert (row.lower is None) == (found[5] == "–")


def test_three_models_are_compared_pair_by_pair(live: Site, seeds_database: Path, visit: Visit) -> None:
    """Of three models the page shows values side by side, and each pair's mean difference and verdict, judged together."""
    names = (*PAIR, "QwQ-32B")
    page = ready(visit().open(live.page("leaderboard")))
    for name in names:
        page.locator("#filters [name=q]").fill(name)
        page.get_by_label(f"Compare {name}", exact=True).first.check()
    page.locator("#compare-link").click()
    page.locator("#each:not([hidden])").wait_for()
    assert page.locator("#heads th").count() == 4
    with benchdb.connect(seeds_database, read_only=True) as database:
        overall = [row for row in database.compare(*names) if row.benchmark is None]
    pairs = cells_of(page, "#each-lines tr")
    assert len(pairs) == 3
    assert len(overall) >= 1
    for row in overall:
        (line,) = [each for each in pairs if re.sub(r"\s+", " ", each[0]) == f"{row.model_name_a} – {row.model_name_b}"]
        assert number(line[2]) == pytest.approx(row.difference, abs=0.051)
        assert line[4] == row.verdict
    page.locator("#each-lines a").first.click()
    page.locator("#heads th").nth(7).wait_for()
    assert page.locator("#heads th").count() == 8
