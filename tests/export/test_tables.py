"""Printed tables: what stands out, what is missing, approximate or of another evidence, and that no name of a stranger is markup."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from lxml import html
from sqlalchemy import select

import benchdb
from benchdb.api.database import Database
from benchdb.api.printing import printed
from benchdb.database.revision import shipped_folder
from benchdb.ingest.catalogue import load_catalogue
from benchdb.query.tables import SCORE
from tests.query.facts import START, Facts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

TABLES = ("markdown", "latex", "html")
HOSTILE = [
    "<script>alert(1)</script>", "a | b **c** `d` [e](javascript:f)", r"\input{/etc/passwd}%&$#_^~{}", "=cmd|' /C calc'!A0",
    "\x1b[31mred\x1b[0m", "\u202egnp.exe", "模型 😀 é ß", "x" * 300, "[t] at the start",
]  # fmt: skip
PDFLATEX = shutil.which("pdflatex")
DOCUMENT = r"""\documentclass{{article}}
\usepackage[paperwidth=60cm,paperheight=60cm,margin=1cm]{{geometry}}
\usepackage{{booktabs}}
\begin{{document}}
{table}
\end{{document}}
"""


def board(db: Engine) -> Database:
    """Return four models on two benchmarks: b ties with a where it is printed, one score is approximate, one is missing."""
    facts = Facts()
    facts.benchmark("aime", n_items=30)
    facts.metric("loss", unit="nats", higher_is_better=False, is_proportion=False)
    values = {"lab/a": (80.04, 1.5), "lab/b": (80.01, 1.25), "lab/c": (70.0, None), "lab/d": (60.0, 1.75)}
    for model, (aime, loss) in values.items():
        facts.claim(
            model, "aime", aime, decimals=1, is_approximate=model == "lab/c", stderr=2.5 if model == "lab/d" else None
        )
        if loss is not None:
            facts.claim(model, "perplexity", loss, metric="loss", unit="nats", decimals=2)
    return Database(facts.write(db))


def test_what_stands_out_is_the_best_and_the_second(db: Engine) -> None:
    """All that print as the best do, the next printed number is second, a lower loss is better, and a missing score is a dash."""
    table = printed(board(db).leaderboard(benchmarks=["aime", "perplexity"]).answer)
    shown = {line[0].text: dict(zip(table.headings, line, strict=True)) for line in table.lines}
    assert {name: (line["AIME"].text, line["AIME"].is_best, line["AIME"].is_second) for name, line in shown.items()} == {
        "A": ("80.0", True, False), "B": ("80.0", True, False), "C": ("70.0", False, True), "D": ("60.0", False, False),
    }  # fmt: skip
    assert [name for name, line in shown.items() if line["PERPLEXITY"].is_best] == ["B"]
    assert [name for name, line in shown.items() if line["PERPLEXITY"].is_second] == ["A"]
    assert shown["C"]["PERPLEXITY"].text == "–"
    assert [name for name, line in shown.items() if line["AIME"].is_approximate] == ["C"]


def test_footnotes_say_what_a_reader_could_mistake(db: Engine) -> None:
    """Errors of two kinds have a letter each; missing and approximate scores and the policy are explained, and nothing that is absent is."""
    answer = board(db).leaderboard(benchmarks=["aime", "perplexity"]).answer
    table = printed(answer)
    notes = dict(table.footnotes)
    letters = {cell.mark for line in table.lines for cell in line if cell.error is not None}
    assert letters == {"a", "b"}
    assert "reported standard errors" in notes["b"]
    text = " ".join(text for _mark, text in table.footnotes)
    assert all(
        part in text for part in ("never counted as zero", "~: approximate", "harness logs before third parties")
    )
    plain = printed(answer, errors=False, best=False)
    assert not any(cell.error or cell.mark or cell.is_best or cell.is_second for line in plain.lines for cell in line)
    assert "±" not in " ".join(text for _mark, text in plain.footnotes)


@pytest.mark.parametrize("form", TABLES)
def test_the_numbers_come_back(seeds_file: Database, tmp_path: Path, form: str) -> None:
    """The scores of a printed table, read again, are those that were printed: model by model, to the decimal."""
    path = tmp_path / "table.txt"
    seeds_file.export(form, path, suite="am-distill", variants=[""], best=False, errors=False, source_kinds=["paper"])
    expected = sorted(
        cell.value for cell in seeds_file.leaderboard(suite="am-distill", variants=[""], source_kinds=["paper"]).cells
    )
    importer = next(each.importer for each in benchdb.api.export_formats() if each.name == form)
    with benchdb.connect(tmp_path / "fresh.duckdb", create=True) as fresh:
        load_catalogue(fresh.engine, shipped_folder("seeds"), clock=lambda: START)
        report = fresh.ingest(path, importer=importer, columns={"metric": "=pass@1"}, score_unit="percent")
        assert not report.n_failed, report.files[0].message
        with fresh.engine.connect() as connection:
            found = connection.execute(select(SCORE.c.value).where(SCORE.c.is_aggregate.is_(False))).scalars().all()
    assert sorted(found) == pytest.approx(expected, abs=0.0501)


def hostile(db: Engine) -> Database:
    """Return a database whose names are somebody's tricks."""
    facts = Facts()
    facts.benchmark("aime", name="AIME <b> & | \\\\ 100%")
    for number, name in enumerate(HOSTILE):
        facts.model(f"lab/m{number}", name=name)
        facts.claim(f"lab/m{number}", "aime", 50.0 + number, decimals=1)
    return Database(facts.write(db))


def test_no_name_is_markup(db: Engine, tmp_path: Path) -> None:
    """In HTML the only elements are ours, in Markdown no cell is cut and no tag opened, and no control character is left in any."""
    database = hostile(db)
    for form in TABLES:
        database.export(form, tmp_path / form, caption=HOSTILE[0])
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", (tmp_path / form).read_text())
    page = html.fromstring((tmp_path / "html").read_text())
    assert {element.tag for element in page.iter()} <= {
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "p",
        "strong",
        "u",
        "sup",
    }
    assert HOSTILE[0] in {element.text for element in page.iter("th")}
    lines = (tmp_path / "markdown").read_text().splitlines()[2:]
    cells = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("|")]
    assert {len(each) for each in cells} == {len(cells[0])}
    assert not re.search(r"(?<!\\)<(?!/?(u|sup)>)", (tmp_path / "markdown").read_text())


def test_latex_text_is_only_text(db: Engine, tmp_path: Path) -> None:
    """No command of a name is left in LaTeX: every special sign is escaped, and the file is plain ASCII."""
    hostile(db).export("latex", tmp_path / "table.tex")
    text = (tmp_path / "table.tex").read_text()
    assert text.isascii()
    assert "\\input" not in text
    assert r"{\textbackslash}input\{/etc/passwd\}" in text.replace(r"{\{}", r"\{").replace(r"{\}}", r"\}")
    assert "U+1F600" in text


@pytest.mark.skipif(
    PDFLATEX is None,
    reason="pdflatex is not installed (Debian: apt-get install texlive-latex-base texlive-latex-recommended)",
)
def test_latex_compiles(db: Engine, tmp_path: Path) -> None:
    """Pdflatex makes a page of the table, whatever the names are, with booktabs alone."""
    hostile(db).export("latex", tmp_path / "table.tex", caption="Scores & more: 100% [sic]")
    (tmp_path / "document.tex").write_text(DOCUMENT.format(table=(tmp_path / "table.tex").read_text()))
    done = subprocess.run(
        [str(PDFLATEX), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "document.tex"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600, errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "document.pdf").read_bytes().startswith(b"%PDF")
