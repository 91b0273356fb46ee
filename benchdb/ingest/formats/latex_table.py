"""Tables in LaTeX: tabular and its relatives, with booktabs, multirow and multicolumn.

Specification: LaTeX's `array`, `booktabs`, `multirow`, `longtable`, `tabularx`. Parsed with pylatexenc; checked with tables of
embeddings-benchmark/embedders-dilemma (commit 1a94652) and paperswithcode/axcell (commit f4648d8).

Headings are the rows above the first rule below a row; headings of several rows are joined. Emphasis, colours, footnote marks,
citations and comments (also tables that are commented out) are dropped, macros that the file defines are filled in, a number of
tasks behind a heading ("Cls (8)") is dropped. Which axis holds the models and which metric is measured are told as for tables in
Markdown; the tables seldom say the metric, so that `--map metric==NAME` does, and `--map benchmark==NAME` makes the columns subsets
of one benchmark. The unit comes from "%" or from the caption ("on a 0--100 scale", "percent"), else from `--score-unit`. Columns
that describe a model (rank, type, cost, year …) are passed over; "--" and empty cells are missing. Averages over a table's own columns come with `--metrics all`.
`--map table==2` reads the second table only. The tables of a file may have 250,000 characters, commands and signs together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import ConfigError, MalformedFileError
from benchdb.ingest.cells import whole_number
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.plain_text import read_text
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchdb.ingest.records import RunRecord
    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.pipes import Grid
    from benchdb.schema.vocab import ScoreUnit

_TABLE = re.compile(rb"^[^%\n]*\\begin\s*\{(?:tabular[*xy]?|long(?:table|tabu)|tabu)\}", re.MULTILINE)
_LONGEST = 1 << 22
"""Bytes of a file, at most; what is read of its tables has a limit of its own."""


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file has a table in LaTeX.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    return (
        b"\0" not in head and head.lstrip()[:1] not in {b"{", b"["} and _TABLE.search(head) is not None and b"&" in head
    )


def read(path: Path, options: ReadOptions) -> Iterator[RunRecord]:
    """Yield the runs of every table of scores in a file.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If it has no such table, or a table does not say what its numbers are.
    """
    from benchdb.ingest.tables.claims import runs_of, stated
    from benchdb.ingest.tables.latex import latex_grids
    from benchdb.ingest.tables.spans import claims_of

    where = str(path)
    said = stated(where, options)
    text = read_text(path, _LONGEST)
    grids = _chosen(list(latex_grids(text, where)), said)
    claims = [
        claim for grid, unit in grids for claim in claims_of(grid, replace(said, score_unit=said.score_unit or unit))
    ]
    if not claims:
        expected = "a table with models on one axis and numbers; if there is one, say where the models stand: --map orientation==rows or ==columns"
        raise MalformedFileError.at(where, "", "none", expected)
    yield from runs_of(claims, said.source(SourceKind.PAPER))


def _chosen(grids: list[tuple[Grid, ScoreUnit | None]], said: Stated) -> list[tuple[Grid, ScoreUnit | None]]:
    number = said.constant("table")
    if number is None:
        return grids
    chosen = whole_number(number)
    if chosen is None or not 1 <= chosen <= len(grids):
        raise ConfigError(f"--map table=={number}: {said.where} has tables 1 to {len(grids)}")
    return [grids[chosen - 1]]


IMPORTER = Importer(name="latex-table", version="1", sniff=sniff, read=read, priority=90)
