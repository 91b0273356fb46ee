"""Tables in HTML, in pages and in Markdown files, and the tables drawn with pipes beside them.

Specification: HTML Living Standard, section 4.9, "Tabular data". Read with lxml, which takes omitted end tags as browsers do and knows
the line of each row.

A cell that covers several rows counts in each of them; headings of several rows are joined ("Grounding A"). Headings are the rows of
`thead`, else the first rows of `th` alone, else the first row. Which axis holds the models, the metric and the unit are told as for
tables in Markdown: by a heading "Model" or names of models, by columns for benchmark, metric and shots, by brackets and "%"; and
`--map orientation==rows`, `--map metric==NAME`, `--score-unit` say what the table does not. Footnotes in `sup` are dropped, missing
marks ("-", "n/a", empty) are no scores. Averages over a table's own columns come with `--metrics all`. `--map table==2` reads the
second table of the file only, HTML tables and others counted from the top.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from benchdb.errors import BenchdbError, ConfigError, MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.plain_text import read_text
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.ingest.records import RunRecord
    from benchdb.ingest.tables.claims import Claim, Stated
    from benchdb.ingest.tables.pipes import Grid

_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_LAST = re.compile(rb"</table\s*>", re.IGNORECASE)


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file has a table in HTML that may hold scores.

    Args:
        head: Its first bytes.
        name: Its name, which decides nothing.
    """
    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.html import html_grids
    from benchdb.ingest.tables.layouts import layout_of

    ends = list(_LAST.finditer(head))
    if _TABLE.search(head) is None or b"\0" in head or head.lstrip()[:1] in {b"{", b"["}:
        return False
    if not ends:
        return b"<tr" in head.lower()
    stated = Stated(where=name, mapped={}, score_unit=None)
    try:
        grids = list(html_grids(head[: ends[-1].end()].decode("utf-8", "replace"), name))
        return any(layout_of(grid, stated) is not None for grid in grids)
    except MalformedFileError:
        return True


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of every table of scores in a file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it has no such table, or a table does not say what its numbers are.
    """
    from benchdb.ingest.tables.claims import runs_of, stated

    where = str(path)
    said = stated(where, options)
    text = read_text(path)
    grids = _chosen(_grids(text, where), said.constant("table"), where)
    claims = list(_claims(grids, said))
    if not claims:
        expected = "a table with models on one axis and numbers; if there is one, say where the models stand: --map orientation==rows or ==columns"
        raise MalformedFileError.at(where, "", "none", expected)
    yield from runs_of(claims, said.source(SourceKind.MANUAL))


def _claims(grids: list[Grid], said: Stated) -> Iterator[Claim]:
    from benchdb.ingest.tables.harness_grids import model_before, read_harness_grid
    from benchdb.ingest.tables.layouts import Layout, layout_of
    from benchdb.ingest.tables.spans import claims_of

    model: str | None = None
    for grid in grids:
        model = model_before(grid.before) or model
        is_harness = layout_of(grid, said) is Layout.HARNESS
        yield from read_harness_grid(grid, model, said) if is_harness else claims_of(grid, said)


def _grids(text: str, where: str) -> list[Grid]:
    """Return the tables of a text in their order, those in HTML and those drawn with pipes."""
    from benchdb.ingest.tables.html import html_grids
    from benchdb.ingest.tables.pipes import read_grids

    try:
        drawn = list(read_grids(text, where))
    except BenchdbError:
        drawn = []
    return sorted([*html_grids(text, where), *drawn], key=lambda grid: grid.line)


def _chosen(grids: list[Grid], number: str | None, where: str) -> list[Grid]:
    if number is None:
        return grids
    chosen = whole_number(number)
    if chosen is None or not 1 <= chosen <= len(grids):
        raise ConfigError(f"--map table=={number}: {where} has tables 1 to {len(grids)}")
    return [grids[chosen - 1]]


IMPORTER = Importer(name="html-table", version="1", sniff=sniff, read=read, priority=85)
