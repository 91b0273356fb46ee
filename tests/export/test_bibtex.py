"""BibTeX: one entry a source, which bibtex itself reads, whatever the titles are."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from benchdb.api.database import Database
from tests.query.facts import Facts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

BIBTEX = shutil.which("bibtex")


def database(db: Engine) -> Database:
    """Return claims of three sources: two papers that would share a key, and one of no publisher with an odd title."""
    facts = Facts()
    lab = facts.organization("lab")
    for number, title in enumerate(("Models & more: 100% {better}", "Models again")):
        source = facts.source(
            title, published_on=date(2025, 3, 25), organization_id=lab, url=f"https://arxiv.org/abs/2503.1963{number}"
        )
        facts.claim("lab/big", "aime", 70.0 + number, source_id=source)
    odd = facts.source('@comment{"x} % \\input{y}', "leaderboard", url="https://example.org/a b?{c}")
    facts.claim("lab/big", "aime", 60.0, source_id=odd)
    facts.claim("lab/big", "math", 61.0, source_id=odd)
    return Database(facts.write(db))


def test_each_source_is_an_entry(db: Engine, tmp_path: Path) -> None:
    """Keys are unique, an arXiv link gives its number, special signs are escaped, and each entry says how many claims it makes."""
    database(db).export("bibtex", tmp_path / "x.bib")
    text = (tmp_path / "x.bib").read_text()
    assert re.findall(r"^@misc\{(.*),$", text, re.MULTILINE) == [
        "lab-2025-models",
        "lab-2025-models-2",
        "leaderboard-comment",
    ]
    assert sorted(re.findall(r"eprint = \{(.*)\}", text)) == ["2503.19630", "2503.19631"]
    assert "title = {{Models {\\&} more: 100{\\%}" in text
    assert "url = {https://example.org/a%20b?%7Bc%7D}" in text
    assert re.findall(r"note = \{.*?(\d claims? used)\}", text) == ["1 claim used", "1 claim used", "2 claims used"]
    assert text.count("{") == text.count("}")


@pytest.mark.skipif(BIBTEX is None, reason="bibtex is not installed (Debian: apt-get install texlive-binaries)")
def test_bibtex_reads_it(db: Engine, tmp_path: Path) -> None:
    """Bibtex finds every entry and complains of none."""
    database(db).export("bibtex", tmp_path / "x.bib")
    (tmp_path / "x.aux").write_text("\\relax\n\\citation{*}\n\\bibstyle{plain}\n\\bibdata{x}\n")
    done = subprocess.run([str(BIBTEX), "x"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout.lower()
    assert (tmp_path / "x.bbl").read_text().count("\\bibitem") == 3
