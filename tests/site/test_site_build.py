"""A site as files: whole, the same twice, kept apart from what is no site, and readable without JavaScript."""

from __future__ import annotations

import csv
import io
import json
import posixpath
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import altair as alt
import html5lib
import pyarrow.parquet as pq
import pytest

from benchdb.api import Database
from benchdb.errors import ConfigError
from benchdb.site.build import DATABASE, MARK, build
from tests.query.facts import Facts
from tests.site.conftest import HOSTILE, addresses, built, parsed

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

_LINKS = {"href", "src", "data-picture"}


def test_every_link_leads_somewhere(plain: Database, tmp_path: Path) -> None:
    """Each link of each page names a file of the site, and an anchor that stands in it."""
    files = built(plain, tmp_path / "site")
    anchors = {path: set(tree.xpath("//@id")) for path, tree in parsed(files)}
    n_links = 0
    for path, tree in parsed(files):
        for link in tree.xpath("//@href | //@src"):
            target = urlsplit(link)
            if target.scheme:
                continue
            n_links += 1
            there = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target.path)))
                if target.path
                else path
            )
            assert there in files, f"{path}: {link}"
            if target.fragment and there in anchors and not there.startswith("compare"):
                assert target.fragment in anchors[there], f"{path}: {link}"
    assert n_links > 200


def test_every_picture_of_a_page_is_a_file(plain: Database, tmp_path: Path) -> None:
    """A picture has its specification in both themes, with the question behind it, and the script that brings it."""
    files = built(plain, tmp_path / "site")
    named = {name for _path, tree in parsed(files) for name in tree.xpath("//@data-picture")}
    assert {"charts/leaderboard", "charts/pairs", "charts/coverage", "charts/benchmarks/quiz"} <= named
    for name in named - {"charts/model"}:
        for suffix in ("", ".dark"):
            specification = json.loads(files[f"{name}{suffix}.vl.json"])
            assert specification["usermeta"]["benchdb"]["question"]["method"] in {
                "leaderboard", "compare", "coverage", "trend",
            }  # fmt: skip
            assert f"{name}{suffix}.js" in files
            assert not plain.verify(specification).rows


def test_the_page_of_a_model_has_the_numbers_of_its_picture(plain: Database, tmp_path: Path) -> None:
    """The one picture of all models has no rows; each row of a model's table says value, ends of the interval and unit."""
    files = built(plain, tmp_path / "site")
    for suffix in ("", ".dark"):
        specification = json.loads(files[f"charts/model{suffix}.vl.json"])
        alt.Chart.from_dict(specification)  # which checks it against Vega-Lite's schema
        assert specification["data"] == {"name": "scores"}
        assert "datasets" not in specification
    tree = dict(parsed(files))["models/red_one.html"]
    (figure,) = tree.xpath("//figure")
    assert figure.get("data-picture") == "charts/model"
    (table,) = tree.xpath("//table[@id=$id]", id=figure.get("data-rows"))
    told = [(line.get("data-score"), line.get("data-unit")) for line in table.xpath(".//tbody/tr")]
    # 71.5 % of 100 items, and 30 % of 400: Wilson's interval.
    expected = [(value, *wilson(value / 100, n)) for value, n in ((30.0, 400), (71.5, 100))]
    found = sorted(tuple(float(number) for number in str(numbers).split()) for numbers, _unit in told)
    assert {unit for _numbers, unit in told} == {"percent"}
    for numbers, wanted in zip(found, expected, strict=True):
        assert numbers == pytest.approx(wanted, abs=1e-4)


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of 95 % by its formula, in per cent."""
    z = 1.959963984540054
    middle, half = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


def test_each_benchmark_is_asked_for_once(db: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build asks for the leaderboard of each benchmark once, and draws those of 60 models at most."""
    facts = Facts()
    for benchmark, n_models in (("large", 61), ("full", 60), ("small", 2), ("wide", 61)):
        for number in range(n_models):
            facts.claim(f"maker/m{number}", benchmark, 20.0 + number, decimals=1)
    asked: list[list[str]] = []
    leaderboard = Database.leaderboard

    def count(database: Database, **options: Any) -> Any:
        asked.append(options.get("benchmarks", []))
        return leaderboard(database, **options)

    monkeypatch.setattr(Database, "leaderboard", count)
    files = built(Database(facts.write(db)), tmp_path / "site")
    names = ("full", "large", "small", "wide")
    assert sorted(each for each in asked if len(each) == 1) == [[name] for name in names]
    drawn = [name for name in names if f"charts/benchmarks/{name}.vl.json" in files]
    assert drawn == ["full", "small"]
    assert all(f"benchmarks/{name}.html" in files for name in names)


def test_pages_are_valid_html(plain: Database, tmp_path: Path) -> None:
    """A strict parser of HTML 5 finds no error in any page."""
    assert _parse_strictly(built(plain, tmp_path / "site")) > 14


def test_pages_of_hostile_names_are_valid_html(hostile: Database, tmp_path: Path) -> None:
    """Nor does it where names are full of markup, quotes and control characters."""
    assert _parse_strictly(built(hostile, tmp_path / "site")) > 35


def _parse_strictly(files: dict[str, bytes]) -> int:
    pages = [content for path, content in files.items() if path.endswith(".html")]
    for content in pages:
        html5lib.HTMLParser(strict=True).parse(content.decode())
    return len(pages)


def test_the_same_database_gives_the_same_bytes(plain: Database, tmp_path: Path) -> None:
    """Two builds of one database are the same files with the same bytes, downloads and pictures included."""
    assert built(plain, tmp_path / "first") == built(plain, tmp_path / "second")


def test_nothing_is_asked_of_anybody_else(hostile: Database, tmp_path: Path) -> None:
    """No page, style or script of the site loads anything from outside; outside links are links and no more."""
    files = built(hostile, tmp_path / "site")
    for path, tree in parsed(files):
        loaded = tree.xpath("//@src | //link/@href | //@srcset | //@poster | //@action | //@data")
        assert not [link for link in loaded if urlsplit(link).scheme or link.startswith("//")], path
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not tree.xpath("//style | //*[@style]"), path
        assert not tree.xpath("//script[not(@src)]"), path
    assert not addresses(files["static/site.css"].decode())


def test_hostile_names_are_texts(hostile: Database, tmp_path: Path) -> None:
    """Names full of markup make no element and no attribute, and each is shown as it is, isolated."""
    files = built(hostile, tmp_path / "site")
    known = {path for path in files if path.endswith(".html")}
    shown: set[str] = set()
    for path, tree in parsed(files):
        assert not tree.xpath("//img | //iframe | //object | //svg | //@*[starts-with(name(), 'on')]"), path
        assert not [
            link for link in tree.xpath("//@href") if link.strip().lower().startswith(("javascript:", "data:"))
        ], path
        shown |= set(tree.xpath("//bdi//text()"))
        assert not [name for name in known if ".." in name]
    for name in HOSTILE:
        assert re.sub("[\x1b\x07\u202e\u202c]", "\ufffd", name) in shown
    assert not [text for text in shown if "\x1b" in text or "\u202e" in text]
    read_by_browsers = [content for path, content in files.items() if path.endswith((".html", ".js"))]
    assert not [content for content in read_by_browsers if b"<script>alert" in content]


def test_links_of_sources_are_addresses_of_the_web(plain: Database, tmp_path: Path) -> None:
    """A source's address becomes a link if it is one of the web; any other is text."""
    files = built(plain, tmp_path / "site")
    outside = {link for _path, tree in parsed(files) for link in tree.xpath("//a/@href") if urlsplit(link).scheme}
    assert outside == {"https://example.org/report"}


def test_the_tables_are_in_the_pages(plain: Database, tmp_path: Path) -> None:
    """Without JavaScript the leaderboard shows values as printed, with errors, each linked to its claim."""
    files = built(plain, tmp_path / "site")
    tree = dict(parsed(files))["index.html"]
    table = tree.xpath("//table[@id='board']")[0]
    rows = {
        row.xpath("string(th)").strip(): [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
        for row in table.xpath(".//tbody/tr")
    }
    # 71.5 of 100 items: sqrt(.715 * .285 / 100) = 4.5 points; 60.25 of the benchmark's 100: 4.9.
    assert "71.5 ± 4.5" in rows["One"]
    assert any(cell.startswith("60.25") for cell in rows["Two"])
    assert any(cell.startswith("~55") for cell in rows["Three"])
    assert "–" in rows["Three"]
    assert "99" not in " ".join(rows["Three"])
    assert all(heading.get("scope") == "col" for heading in table.xpath(".//thead//th"))
    assert table.xpath("string(caption)")


def test_every_value_leads_to_its_claim(plain: Database, tmp_path: Path) -> None:
    """The anchor of a value is the row of its claim, with place, file, source and key."""
    files = built(plain, tmp_path / "site")
    trees = dict(parsed(files))
    links = trees["index.html"].xpath("//td/a[contains(@class, 'score')]/@href")
    assert len(links) == 5
    for link in links:
        page, _, anchor = link.partition("#")
        row = trees[page].xpath(f"//tr[@id='{anchor}']")[0]
        assert anchor.removeprefix("score-") in row.text_content()
        assert "file.csv" in row.text_content()
    one = trees["models/red_one.html"].xpath("//table[contains(@class, 'claims')]")[0].text_content()
    assert "Table 1, row One" in one
    assert "retracted" in trees["models/blue_three.html"].text_content()


def test_a_sheet_computes_nothing(hostile: Database, tmp_path: Path) -> None:
    """No text of a CSV begins like a formula; numbers stay numbers."""
    files = built(hostile, tmp_path / "site")
    for name in ("data/scores.csv", "data/claims.csv"):
        rows = list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))
        texts = [value for row in rows for value in row.values()]
        assert '\'=HYPERLINK("http://evil.example")' in texts
        assert not [text for text in texts if text.startswith(("=", "+", "@", "\t", "\r"))]
        assert {float(row["value"]) for row in rows} >= {40.0, 50.0}


def test_downloads_hold_every_claim(plain: Database, tmp_path: Path) -> None:
    """Parquet and CSV hold the seven claims, the retracted one marked, and the leaderboard's five scores."""
    files = built(plain, tmp_path / "site")
    claims = pq.read_table(io.BytesIO(files["data/claims.parquet"]))
    assert claims.num_rows == 7
    assert sum(claims["is_retracted"].to_pylist()) == 1
    assert len(files["data/claims.csv"].splitlines()) == 8
    assert pq.read_table(io.BytesIO(files["data/scores.parquet"])).num_rows == 5


def test_an_empty_database_has_a_site(db: Engine, tmp_path: Path) -> None:
    """Without any score every page says so, and links still lead somewhere."""
    files = built(Database(db), tmp_path / "site")
    assert b"holds no score" in files["index.html"]
    assert "data/scores.csv" not in files


@pytest.mark.parametrize(
    ("models", "benchmarks"), [(("a/one",), ("quiz",)), (("a/one", "a/two"), ("quiz",)), (("a/one",), ("quiz", "maze"))]
)
def test_small_databases_have_a_site(
    db: Engine, tmp_path: Path, models: tuple[str, ...], benchmarks: tuple[str, ...]
) -> None:
    """One model, one benchmark, no date and no size are enough for every page."""
    facts = Facts()
    for place, model in enumerate(models):
        for benchmark in benchmarks:
            facts.claim(model, benchmark, 50.0 + place)
    files = built(Database(facts.write(db)), tmp_path / "site")
    assert {"index.html", "models/a_one.html", "benchmarks/quiz.html", "trends.html"} <= set(files)
    assert b"No model has both a score" in files["trends.html"]


def test_filters_restrict_the_site(plain: Database, tmp_path: Path) -> None:
    """A site of one maker holds the pages of that maker's models only, and says so."""
    files = built(plain, tmp_path / "site", organizations=["Blue"])
    assert [path for path in files if path.startswith("models/") and "index" not in path] == ["models/blue_three.html"]
    assert b"organizations" in files["about.html"]


def test_a_folder_that_is_no_site_is_left_alone(plain: Database, tmp_path: Path) -> None:
    """Building refuses a folder with something else in it; with force what it holds stays."""
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="no site of benchdb"):
        build(plain, folder)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
    build(plain, folder, force=True)
    assert (folder / "letter.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "index.html").is_file()
    with pytest.raises(ConfigError, match="a site is a folder"):
        build(plain, folder / "letter.txt")


def test_a_rebuilt_site_has_no_old_pages(plain: Database, tmp_path: Path) -> None:
    """Building again removes pages that the new site does not have, and nothing else."""
    folder = tmp_path / "site"
    build(plain, folder)
    (folder / "CNAME").write_text("example.org", encoding="utf-8")
    assert (folder / "models" / "red_one.html").is_file()
    build(plain, folder, organizations=["Blue"])
    assert not (folder / "models" / "red_one.html").exists()
    assert (folder / "CNAME").is_file()
    assert "models/red_one.html" not in (folder / MARK).read_text(encoding="utf-8")


def test_the_database_is_a_download_on_request(duckdb_template: Path, tmp_path: Path) -> None:
    """With the database, its file is copied byte by byte and the page of downloads links to it."""
    import benchdb

    with benchdb.connect(duckdb_template, read_only=True) as database:
        files = built(database, tmp_path / "site", with_database=True)
    assert files[DATABASE] == duckdb_template.read_bytes()
    assert b"data/benchdb.duckdb" in files["about.html"]


def test_verdicts_are_those_of_the_database(plain: Database, tmp_path: Path) -> None:
    """What the comparison page shows of a pair is what `compare` says of all pairs together, in both orders."""
    files = built(plain, tmp_path / "site")
    told = files["data/verdicts.js"].decode()
    data = json.loads(json.loads(told[told.index(", ") + 2 : told.rindex(")")]))
    asked = plain.compare("red/one", "red/two", "blue/three", all_pairs=True, benchmarks=["quiz", "maze"])
    expected = {(row.model_a, row.model_b, row.benchmark): row.verdict for row in asked}
    found = {(data["models"][row[0]], data["models"][row[1]], row[2]): row[6] for row in data["rows"]}
    assert found == expected
    assert ("red/one", "red/two", "maze") in {(*sorted(key[:2]), key[2]) for key in found}
    matrix = dict(parsed(files))["compare.html"].xpath("//table[contains(@class, 'pairs')]")[0]
    # One leads on quiz by 11.25, Two on maze by 10: the mean over both differs by 0.625, which rounds to +0.6.
    texts = {cell.text_content().strip(" ?*×\n") for cell in matrix.xpath(".//td")}
    assert {"+0.6", "-0.6"} <= texts


def test_conflicts_are_those_of_the_database(plain: Database, tmp_path: Path) -> None:
    """The page shows the two values that sources print for one score, each linked to its claim."""
    files = built(plain, tmp_path / "site")
    (row,) = dict(parsed(files))["conflicts.html"].xpath("//table/tbody/tr")
    assert [link.text for link in row.xpath("td[5]/a")] == ["70.0", "71.5"]
    assert row.xpath("string(td[3])") == "1.5"


def _verdicts(files: dict[str, bytes]) -> dict[str, Any]:
    text = files["data/verdicts.js"].decode().removeprefix('benchdb.receive("data/verdicts", ').removesuffix(");\n")
    found: dict[str, Any] = json.loads(json.loads(text))
    return found


def test_verdicts_are_there_where_nobody_is_ranked(db: Engine, tmp_path: Path) -> None:
    """A model whose many scores are on benchmarks of its own, and one whose slug reads as a variant, keep no other pair from a verdict."""
    facts = Facts()
    for place in range(4):
        facts.claim("a/alone", f"own-{place}", 50.0, n_items=400)
    for slug, value in (("b/low", 20.0), ("c/high", 80.0), ("d/odd[x]", 50.0)):
        facts.claim(slug, "quiz", value, n_items=400)
    files = built(Database(facts.write(db)), tmp_path / "site")
    found = _verdicts(files)
    assert found["models"] == ["b/low", "c/high"]
    assert [(row[2], row[3], row[6]) for row in found["rows"]] == [("quiz", "-60.0", "worse"), (None, "-60.0", "worse")]
    assert b"The models with the most scores on the 1 benchmark" in files["compare.html"]


def test_verdicts_are_of_the_models_ranked_first(db: Engine, tmp_path: Path) -> None:
    """Of more than thirty models the thirty with the highest mean are judged, all pairs of them."""
    facts = Facts()
    for place in range(32):
        facts.claim(f"org/m{place:02}", "quiz", 30.0 + place, n_items=400)
    found = _verdicts(built(Database(facts.write(db)), tmp_path / "site"))
    assert set(found["models"]) == {f"org/m{place:02}" for place in range(2, 32)}
    assert sum(row[2] == "quiz" for row in found["rows"]) == 30 * 29 // 2
