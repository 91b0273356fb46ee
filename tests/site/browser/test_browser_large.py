"""A site of many models and benchmarks: how soon it answers, how little it makes, and that it shows all."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

import pytest

import benchdb
from benchdb.site.build import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.site.browser.conftest import Shared, Visit

pytestmark = pytest.mark.browser
N_MODELS, N_BENCHMARKS = (int(each) for each in os.environ.get("BENCHDB_LARGE_SITE", "300x20").split("x"))
"""Models and benchmarks; docs/performance.md was measured with more."""


def ingest_many(path: Path) -> None:
    """Write every model on every benchmark, one in a hundred scores missing, into a new database."""
    draw = random.Random(5)  # noqa: S311 — sample data, no secret
    lines = ["model,benchmark,metric,value,unit,n_items"]
    for place in range(N_BENCHMARKS):
        for number in range(N_MODELS):
            if place == 0 or draw.random() > 0.01:
                value = 20 + 60 * number / N_MODELS + 10 * draw.random()
                lines.append(f"maker-{number % 40}/model-{number},quiz-{place},accuracy,{value:.1f},percent,1000")
    table = path.with_suffix(".csv")
    table.write_text("\n".join(lines), encoding="utf-8")
    with benchdb.connect(path, create=True) as database:
        assert database.ingest(table).n_failed == 0


def test_a_large_site_answers_soon_and_makes_only_rows_in_sight(
    shared: Shared, serve_folder: Callable[[Path], str], visit: Visit
) -> None:
    """All models are in the table, of which few rows are made; it is ready, sorts and searches in the blink of an eye."""

    def make(folder: Path) -> None:
        ingest_many(folder.with_suffix(".duckdb"))
        with benchdb.connect(folder.with_suffix(".duckdb"), read_only=True) as database:
            report = build(database, folder)
        print(  # noqa: T201 — shown by -s, for docs/performance.md
            f"built {N_MODELS} x {N_BENCHMARKS} in {report.seconds:.1f} s: {report.n_pages} pages, {report.n_bytes / 1e6:.1f} MB"
        )

    address = serve_folder(shared(f"large-{N_MODELS}x{N_BENCHMARKS}", make))
    page = visit().open(f"{address}index.html")
    page.locator("html[data-ready=yes]").wait_for()
    n_bytes, scripted, interactive = page.evaluate(
        "() => { const all = performance.getEntriesByType('resource'); const [first] = performance.getEntriesByType('navigation');"
        " return [first.encodedBodySize + all.reduce((sum, each) => sum + each.encodedBodySize, 0), first.domContentLoadedEventEnd, performance.now()]; }"
    )
    rows = page.locator("#board tbody tr:not(.spacer)")
    assert rows.count() < min(N_MODELS, 100)
    assert page.locator("#board").get_attribute("aria-rowcount") == str(N_MODELS + 1)
    start = time.perf_counter()
    page.locator("#board thead button", has_text="quiz-1").first.click()
    assert page.locator("#board thead [aria-sort=descending]").count() == 1
    sorted_in = time.perf_counter() - start
    start = time.perf_counter()
    page.locator("#filters [name=q]").fill(f"model-{N_MODELS - 1}")
    page.get_by_text(f"1 of {N_MODELS} models", exact=True).wait_for()
    found_in = time.perf_counter() - start
    assert page.locator("#board tbody th a").all_inner_texts() == [f"maker-{(N_MODELS - 1) % 40}/model-{N_MODELS - 1}"]
    page.locator("#filters [name=q]").fill("")
    page.locator("#board-scroll").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    page.locator(f"#board tbody tr[aria-rowindex='{N_MODELS + 1}']").wait_for()
    assert rows.count() < min(N_MODELS, 100)
    print(  # noqa: T201 — shown by -s, for docs/performance.md
        f"first page {n_bytes / 1e6:.2f} MB, DOM {scripted:.0f} ms, ready {interactive:.0f} ms, sorted {sorted_in * 1000:.0f} ms, found {found_in * 1000:.0f} ms"
    )
    assert interactive < 120_000
    assert n_bytes < 40_000_000
