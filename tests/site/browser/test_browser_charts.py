"""The HTML files of `benchdb chart`, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchdb.cli import cli
from benchdb.cli.chart import KINDS
from tests.site.browser.conftest import written
from tests.site.browser.watching import breaches, drawn
from tests.site.drawable import drawable_facts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.browser.conftest import Shared, Visit

pytestmark = pytest.mark.browser
KIND_NAMES = tuple(entry.name for entries in KINDS.values() for entry in entries)
ARGUMENTS = {
    "differences": ("red/m0", "red/m1", "blue/m2"),
    "dumbbell": ("red/m0", "red/m1"),
    "matrix": ("red/m0", "red/m1", "blue/m2", "blue/m3"),
    "series": ("red/m0", "nightly"),
    "pass-at-k": ("-b", "code"),
    "items": ("-b", "code"),
    "item-difficulty": ("-b", "code"),
    "frontier": ("-b", "quiz"),
    "trend": ("-b", "quiz"),
    "pareto": ("-b", "quiz"),
    "claims": ("red/m1", "quiz"),
    "noise": ("-b", "code"),
}
"""What a kind of chart is asked for; the others draw everything."""


@pytest.fixture(scope="session")
def charts_database(shared: Shared) -> Path:
    """Six models with sizes and dates on two benchmarks, one with ten attempts at twelve items, and nine nightly runs of one model."""

    def make(path: Path) -> None:
        written(drawable_facts(), path)

    return shared("charts.duckdb", make)


def chart(database: Path, folder: Path, kind: str, *arguments: str) -> str:
    """Draw a chart into an HTML file and return its address."""
    target = folder / f"{kind}.html"
    words = ["chart", kind, *arguments, "-o", str(target), "--db", str(database)]
    result = CliRunner().invoke(cli, words, env={"BENCHDB_URL": None}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return target.as_uri()


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_each_kind_of_chart_is_drawn_by_its_file(
    kind: str, charts_database: Path, tmp_path: Path, visit: Visit
) -> None:
    """A chart's HTML file draws its marks on the paper of its theme, logs nothing and asks nobody."""
    for theme in ("light", "dark"):
        watch = visit()
        address = chart(charts_database, tmp_path, kind, *ARGUMENTS.get(kind, ()), "--theme", theme)
        page = watch.open(address)
        page.locator("#chart svg.marks").wait_for()
        assert drawn(page, "#chart") >= 6
        assert watch.requests == [address]
        red, green, blue = page.evaluate(
            "() => getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).slice(0, 3).map(Number)"
        )
        assert (red + green + blue < 200) is (theme == "dark")


@pytest.mark.parametrize("kind", ["grouped-bars", "leaderboard", "coverage", "trend", "frontier"])
def test_names_that_attack_are_text_in_a_chart(kind: str, hostile_database: Path, tmp_path: Path, visit: Visit) -> None:
    """No name of a database runs as script or becomes markup in a chart's file, nor in its tooltips."""
    page = visit().open(chart(hostile_database, tmp_path, kind, "-b", "common"))
    page.locator("#chart svg.marks").wait_for()
    assert drawn(page, "#chart") >= 10
    assert page.locator("#chart script, #chart img, #chart b").count() == 0
    marks = page.locator("#chart svg.marks .role-mark path[aria-roledescription]")
    for number in range(min(5, marks.count())):
        marks.nth(number).dispatch_event("mouseover")
        marks.nth(number).dispatch_event("mousemove")
        assert page.locator("#vg-tooltip-element :is(script, img, svg, b)").count() == 0
    assert "\x1b" not in page.content()


def test_the_file_of_a_chart_is_accessible(charts_database: Path, tmp_path: Path, visit: Visit, axe: str) -> None:
    """Axe-core finds no breach of WCAG 2 A and AA in the page of a chart, and its menu opens by the keyboard."""
    page = visit().open(chart(charts_database, tmp_path, "leaderboard", "--title", "All of them"))
    page.locator("#chart summary[aria-label]").wait_for()
    assert breaches(page, axe) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#chart details[open] a").first.is_visible()
