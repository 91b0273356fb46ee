"""The site of `benchdb site build`, in a real browser: at a desk and on a phone, in light and dark, by mouse and by keys."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import altair as alt
import pytest

import benchdb
from benchdb.site.build import build
from tests.site.browser.watching import breaches, drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from benchdb.api import Database
    from tests.site.browser.conftest import Shared, Visit

pytestmark = pytest.mark.browser
PAIR = ("AM-Distill-Qwen-32B", "DeepSeek-R1-Distill-Qwen-32B")
KINDS = ("leaderboard", "models", "model", "benchmarks", "benchmark", "sources", "source", "compare", "trends", "conflicts", "coverage", "about")  # fmt: skip
DESK, PHONE = 1280, 390


@dataclass(frozen=True, slots=True)
class Site:
    """A built site that is served from loopback."""

    folder: Path
    address: str

    def page(self, kind: str) -> str:
        """Return the address of a page of a kind; of models, benchmarks and sources the one with the most to show."""
        if kind in {"model", "benchmark", "source"}:
            pages = [path for path in (self.folder / f"{kind}s").glob("*.html") if not path.name.startswith("index")]
            most = max(pages, key=lambda path: (path.stat().st_size, path.name))
            return f"{self.address}{kind}s/{most.name}"
        if kind in {"models", "benchmarks", "sources"}:
            return f"{self.address}{kind}/index.html"
        return f"{self.address}{'index' if kind == 'leaderboard' else kind}.html"


def served(shared: Shared, serve_folder: Callable[[Path], str], name: str, database: Path) -> Site:
    def make(folder: Path) -> None:
        with benchdb.connect(database, read_only=True) as opened:
            build(opened, folder)

    folder = shared(f"{name}-site", make)
    return Site(folder, serve_folder(folder))


@pytest.fixture(scope="session")
def seeds(shared: Shared, serve_folder: Callable[[Path], str], seeds_database: Path) -> Site:
    """The site of the seeds."""
    return served(shared, serve_folder, "seeds", seeds_database)


@pytest.fixture(scope="session")
def hostile(shared: Shared, serve_folder: Callable[[Path], str], hostile_database: Path) -> Site:
    """The site of a database whose every text attacks."""
    return served(shared, serve_folder, "hostile", hostile_database)


@pytest.fixture
def database(seeds_database: Path) -> Iterator[Database]:
    """The database of the seeds' site."""
    with benchdb.connect(seeds_database, read_only=True) as opened:
        yield opened


def ready(page: Page) -> Page:
    """Wait until a page with a live table answers."""
    page.locator("html[data-ready=yes]").wait_for()
    return page


def draw_all(page: Page) -> None:
    """Bring each picture of a page into sight and wait until it is drawn."""
    figures = page.locator("figure[data-picture]").all()
    for figure in figures:
        figure.scroll_into_view_if_needed()
        figure.locator("svg.marks").wait_for()
    if figures:
        page.locator("figure[data-picture][data-drawn]").nth(len(figures) - 1).wait_for()
    page.evaluate("() => scrollTo(0, 0)")


def overhang(page: Page) -> int:
    """Pixels by which a page is wider than its window."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def first_names(page: Page, n: int = 3) -> list[str]:
    """Names of the first models in the table."""
    return [text.strip() for text in page.locator("#board tbody th a").all_inner_texts()[:n]]


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_stands_at_every_width_and_colour(kind: str, seeds: Site, visit: Visit) -> None:
    """Each page fits its window, draws its pictures, follows the colour scheme, logs nothing and asks nobody outside."""
    papers = {}
    for width, dark in ((DESK, False), (DESK, True), (PHONE, False), (PHONE, True)):
        page = visit(width=width, dark=dark).open(seeds.page(kind))
        draw_all(page)
        assert page.locator("h1").count() == 1
        assert overhang(page) == 0, f"{width} pixels"
        for figure in page.locator("figure[data-picture]").all():
            assert figure.get_attribute("data-drawn") == "yes"
        assert drawn(page, "main") >= 5 * page.locator("figure[data-picture]").count()
        papers[dark] = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert papers[False] != papers[True]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_page_breaches_wcag(kind: str, dark: bool, seeds: Site, visit: Visit, axe: str) -> None:
    """Axe-core finds no breach of WCAG 2 A and AA on any kind of page, nor on a phone."""
    for width in (DESK, PHONE):
        pair = f"#a={PAIR[0]}&b={PAIR[1]}" if kind == "compare" else ""
        page = visit(width=width, dark=dark).open(seeds.page(kind) + pair)
        if pair:
            page.locator("#answer:not([hidden])").wait_for()
        draw_all(page)
        assert breaches(page, axe) == []


@pytest.mark.parametrize("kind", KINDS)
def test_names_that_attack_are_text_on_each_page(kind: str, hostile: Site, visit: Visit) -> None:
    """No name becomes script, markup or a link of its own making, and none breaks the layout, at a desk or on a phone."""
    for width in (DESK, PHONE):
        page = visit(width=width).open(hostile.page(kind))
        draw_all(page)
        assert overhang(page) == 0, f"{width} pixels"
        assert (
            page.locator("script:not([src]), main :is(script, img, iframe, object, embed, b, base, meta)").count() == 0
        )
        handlers = "() => [...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]).filter((each) => each.name.startsWith('on')).length"
        assert page.evaluate(handlers) == 0
        links = page.evaluate(
            "() => [...document.querySelectorAll('a[href], svg a')].map((each) => String(each.href.baseVal ?? each.href))"
        )
        assert links
        assert [
            link
            for link in links
            if not link.startswith((hostile.address, f"blob:{hostile.address}", "http://outside.example/"))
        ] == []
        assert "49" not in page.locator("h1").inner_text()


def test_names_that_attack_can_be_sorted_searched_and_compared(hostile: Site, visit: Visit) -> None:
    """Live tables show each name as it is written, and a comparison of two hostile names finds them."""
    page = ready(visit().open(hostile.page("leaderboard")))
    names = page.locator("#board tbody th").all_inner_texts()
    assert sum("<script>alert(1)</script>" in name for name in names) >= 1
    page.locator("#board thead [data-key=name] button").press("Enter")
    page.locator("#filters [name=q]").fill("<script>")
    assert page.locator("#board tbody th").count() >= 1
    for checkbox in page.locator("#board tbody input[type=checkbox]").all()[:2]:
        checkbox.check()
    page.locator("#filters [name=q]").fill("gnp.live")
    assert first_names(page) == ["\ufffdgnp.live\ufffd"]
    page.locator("#filters [name=q]").fill("camel")
    assert {"Camel", "camel"} <= set(first_names(page, 9))


def test_a_column_is_sorted_by_mouse_and_by_keys(seeds: Site, database: Database, visit: Visit) -> None:
    """The heading of a benchmark sorts by it, best first and then worst first, and says so; focus stays on the heading."""
    cells = [cell for cell in database.leaderboard().cells if cell.benchmark == "mmlu"]
    best = max(cell.value for cell in cells)
    worst = min(cell.value for cell in cells)
    page = ready(visit().open(seeds.page("leaderboard")))
    heading = page.locator("#board thead th").filter(has_text=re.compile("^MMLU$"))
    column = page.locator("#board thead th").evaluate_all(
        "(all) => all.findIndex((each) => each.innerText.startsWith('MMLU'))"
    )
    top = page.locator(f"#board tbody tr:not(.spacer) >> nth=0 >> :is(th, td) >> nth={column}")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert top.inner_text().startswith(f"{best:.1f}")
    assert page.locator("#board thead [aria-sort]").count() == 1
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert top.inner_text().startswith(f"{worst:.1f}")
    page.keyboard.press("Space")
    assert heading.get_attribute("aria-sort") == "descending"
    assert page.evaluate("() => document.activeElement.innerText") == "MMLU"
    last = page.locator("#board").get_attribute("aria-rowcount")
    page.locator("#board-scroll").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    page.locator(f"#board tbody tr[aria-rowindex='{last}']").wait_for()
    assert page.locator(f"#board tbody tr[aria-rowindex='{last}'] >> :is(th, td) >> nth={column}").inner_text() == "–"


def test_filters_narrow_the_table_and_stand_in_the_address(seeds: Site, database: Database, visit: Visit) -> None:
    """Search, maker, weights, size and date keep the models they should, counted by the database, and a link restores them."""
    board = database.leaderboard()
    page = ready(visit().open(seeds.page("leaderboard")))
    page.locator("#filters [name=maker]").select_option("DeepSeek")
    page.locator("#filters [name=open]").select_option("yes")
    page.locator("#filters [name=min]").fill("10B")
    wanted = {
        (row.model, row.variant)
        for row in board
        if row.organization == "DeepSeek"
        and row.cells[0].is_open_weights
        and (row.cells[0].n_parameters or 0) >= 10_000_000_000
    }
    assert len(wanted) > 2
    assert page.get_by_role("status").inner_text() == f"{len(wanted)} of {len(board)} models"
    assert page.locator("#board tbody tr:not(.spacer)").count() == len(wanted)
    page.locator("#filters [name=q]").fill("distill 32b")
    few = {key for key in wanted if "distill" in key[0].casefold() and "32b" in key[0].casefold()}
    assert page.locator("#board tbody tr:not(.spacer)").count() == len(few) > 0
    page.locator(".chooser summary").click()
    page.locator("#find-benchmark").fill("aime 2024")
    choice = page.locator("#benchmark-choices").get_by_label("AIME 2024")
    if not choice.is_checked():
        choice.check()
    page.locator(".chooser summary").click()
    page.locator("#board thead button", has_text="AIME 2024").click()
    link, shown = page.url, page.locator("#board tbody").inner_text()
    other = ready(visit(width=PHONE, dark=True).open(link))
    assert other.locator("#board tbody").inner_text() == shown
    assert other.locator("#filters [name=maker]").input_value() == "DeepSeek"
    assert other.locator("#filters [name=q]").input_value() == "distill 32b"
    assert other.locator("#board thead [aria-sort=descending]").inner_text() == "AIME 2024"
    other.get_by_role("button", name="Clear").click()
    other.get_by_text(f"{len(board)} models", exact=True).wait_for()


def test_the_way_back_and_a_new_link_restore_the_table(seeds: Site, visit: Visit) -> None:
    """After a look at a model the way back leads to the table as it was, and another link in the same window to another."""
    page = ready(visit().open(seeds.page("leaderboard")))
    page.locator("#filters [name=q]").fill("qwen")
    page.locator("#board thead [data-key=name] button").click()
    shown = first_names(page)
    page.locator("#board tbody th a").first.click()
    page.wait_for_url("**/models/*.html")
    assert page.locator("h1").is_visible()
    page.go_back()
    ready(page)
    assert page.locator("#filters [name=q]").input_value() == "qwen"
    assert first_names(page) == shown
    page.goto(f"{seeds.page('leaderboard')}#q=llama&sort=name")
    page.get_by_text(re.compile(r"^\d+ of \d+ models$")).wait_for()
    page.wait_for_function(
        "() => document.querySelector('#board tbody th a').innerText.toLowerCase().includes('llama')"
    )
    assert page.locator("#filters [name=q]").input_value() == "llama"


def test_two_ticked_models_are_compared_as_the_database_does(seeds: Site, database: Database, visit: Visit) -> None:
    """Ticking two models leads to their comparison: values, differences and verdicts are those of `compare`."""
    page = ready(visit().open(seeds.page("leaderboard")))
    link = page.locator("#compare-link")
    assert link.get_attribute("aria-disabled") == "true"
    for name in PAIR:
        page.locator("#filters [name=q]").fill(name)
        page.get_by_label(f"Compare {name}", exact=True).first.check()
    assert link.get_attribute("aria-disabled") == "false"
    link.click()
    page.locator("#answer:not([hidden])").wait_for()
    lines = {row[0]: row[1:] for row in cells_of(page, "#lines tr")}
    answer = database.compare(*PAIR)
    compared = [row for row in answer if row.benchmark_name in lines]
    assert len(compared) >= 2
    for row in compared:
        found = lines[row.benchmark_name]
        assert number(found[0]) == pytest.approx(row.value_a)
        assert number(found[2]) == pytest.approx(row.value_b)
        assert number(found[4]) == pytest.approx(row.difference, abs=0.051)
    page.get_by_role("button", name="Swap").click()
    turned = {row[0]: row[1:] for row in cells_of(page, "#lines tr")}
    for row in compared:
        assert number(turned[row.benchmark_name][4]) == pytest.approx(-row.difference, abs=0.051)


def cells_of(page: Page, rows: str) -> list[list[str]]:
    """Texts of the cells of table rows."""
    found: list[list[str]] = page.locator(rows).evaluate_all(
        "(all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
    )
    return found


def number(text: str) -> float:
    """The first number of a text, with a minus sign of either kind."""
    found = re.match(r"~?([+-]?[0-9.]+)", text.replace("\N{MINUS SIGN}", "-"))
    assert found, text
    return float(found[1])


def test_everything_is_reached_by_keys_with_visible_focus(seeds: Site, visit: Visit) -> None:
    """Tab visits the skip link, the pages, the filters and the table, each with a visible outline; keys do the rest."""
    page = ready(visit().open(seeds.page("leaderboard")))
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "() => { const e = document.activeElement; const s = getComputedStyle(e);"
                " return [e.tagName + (e.name ? `.${e.name}` : '') + (e.id ? `#${e.id}` : ''), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0]; }"
            )
        )
    assert [name for name, is_visible in seen if not is_visible] == []
    names = [name for name, _ in seen]
    assert {"INPUT.q", "SELECT.maker", "INPUT.min", "SUMMARY", "DIV#board-scroll"} <= set(names)
    page.locator("[name=maker]").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=maker]").input_value() != ""
    page.locator("[name=maker]").select_option("")
    page.locator("#board-scroll").focus()
    page.keyboard.press("End")
    last = page.locator("#board").get_attribute("aria-rowcount")
    page.locator(f"#board tbody tr[aria-rowindex='{last}']").wait_for()


def test_the_skip_link_leads_past_the_head(seeds: Site, visit: Visit) -> None:
    """The first stop of Tab leads to the content."""
    page = visit().open(seeds.page("about"))
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate(
        "(link) => link === document.activeElement && link.getBoundingClientRect().left >= 0"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "content"


def test_pictures_follow_the_colour_scheme_while_open(seeds: Site, visit: Visit) -> None:
    """A picture is drawn anew when the reader's colour scheme changes."""
    page = visit().open(seeds.page("trends"))
    draw_all(page)
    ink = "() => getComputedStyle(document.querySelector('svg.marks .role-axis-label text')).fill"
    light = page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        f"(before) => document.querySelector('svg.marks .role-axis-label text') && ({ink})() !== before", arg=light
    )


def test_a_model_is_drawn_from_its_own_table(seeds: Site, visit: Visit) -> None:
    """A dot a row that has a number, a panel a unit; and the file to take away holds the rows, valid Vega-Lite."""
    page = visit().open(seeds.page("model"))
    draw_all(page)
    told = page.locator("#scores-table tbody tr[data-score]").evaluate_all(
        "(all) => all.map((row) => [row.cells[0].textContent.trim(), row.dataset.unit, ...row.dataset.score.split(' ').map(Number)])"
    )
    shown = page.locator("#scores-table tbody tr").evaluate_all(
        "(all) => all.map((row) => [row.cells[1].textContent, row.cells[2].textContent])"
    )
    for (_name, _unit, value, *ends), (text, interval) in zip(told, shown, strict=True):
        assert float(re.findall("[0-9.]+", text)[0]) == pytest.approx(value, abs=0.06)
        assert bool(ends) == any(sign.isdigit() for sign in interval)
    picture = page.locator("figure svg.marks")
    assert picture.locator(".mark-symbol.role-mark path").count() == len(told) > 10
    assert len({unit for _name, unit, *_ in told}) > 1
    assert str(len(told)) in str(picture.get_attribute("aria-label"))
    with page.expect_download() as download:
        page.locator("figure a[download$='.vl.json']").click()
    specification = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    alt.Chart.from_dict(specification)  # which checks it against Vega-Lite's schema
    rows = [row for panel in specification["vconcat"] for row in panel["data"]["values"]]
    numbers = sorted((row["unit"], row["value"]) for row in rows)
    assert numbers == sorted((unit, value) for _name, unit, value, *_ in told)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_are_read_and_walked_without_javascript(kind: str, seeds: Site, visit: Visit) -> None:
    """Without JavaScript a page shows its table and no dead control, and each of its links and fragments exists."""
    page = visit(javascript=False).open(seeds.page(kind))
    if kind not in {"compare", "about"}:
        assert page.locator("main table tbody tr, main li").count() >= 3
    assert page.locator("main :is(form, button):visible").count() == 0
    for link in page.locator("a[href]").evaluate_all("(all) => all.map((each) => each.href)"):
        if not link.startswith(seeds.address):
            continue
        path, _, fragment = link.removeprefix(seeds.address).partition("#")
        target = seeds.folder / unquote(path.partition("?")[0])
        assert target.is_file(), link
        if fragment and "=" not in fragment:
            text = target.read_text(encoding="utf-8")
            assert f'id="{unquote(fragment)}"' in text, link


def test_the_site_works_from_a_disk(seeds: Site, visit: Visit) -> None:
    """Opened as files, without any server, the table sorts and pictures are drawn."""
    page = ready(visit().open((seeds.folder / "index.html").as_uri()))
    page.locator("#board thead [data-key=name] button").click()
    names = [name.casefold() for name in first_names(page, 9)]
    assert names == sorted(names)
    draw_all(page)
    assert drawn(page, "main") > 20
