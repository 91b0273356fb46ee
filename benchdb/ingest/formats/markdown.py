"""Tables in Markdown, as in READMEs: models as rows, models as columns, one row a score, and lm-evaluation-harness's own.

Specification: GitHub Flavored Markdown 0.29, section 4.10; lm-evaluation-harness 0.3 and 0.4, `make_table` in `lm_eval/utils.py`.
Which axis holds the models follows from a heading "Model" or from names of models; where neither decides,
`--map orientation==rows` or `==columns` does. Metrics come from headings and brackets ("AIME 2024 (Pass@1)"), a column Metric, or
`--map metric==pass@1`; units from "%", from a metric that has only one (Elo, perplexity), or `--score-unit`. Rows and columns
without a single number are descriptions. An average over a table's own columns is read with `--metrics all` only: averages of
different tables are different things. Tables in HTML are the importer `html-table`'s. `--map table==2` reads the second table only, and
`--map benchmark==NAME` makes the labels subsets of one benchmark.
"""

from __future__ import annotations

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
    from benchdb.ingest.tables.claims import Claim, Stated
    from benchdb.ingest.tables.pipes import Grid


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file has a table drawn with pipes that may hold scores.

    Args:
        head: Its first bytes.
        name: Its name, which decides nothing.
    """
    from benchdb.ingest.tables.claims import Stated
    from benchdb.ingest.tables.layouts import layout_of
    from benchdb.ingest.tables.pipes import read_grids

    if b"|" not in head or b"\0" in head or head.lstrip()[:1] in {b"{", b"["}:
        return False
    stated = Stated(where=name, mapped={}, score_unit=None)
    try:
        return any(layout_of(grid, stated) is not None for grid in read_grids(head.decode("utf-8", "replace"), name))
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
    from benchdb.ingest.tables.pipes import read_grids

    where = str(path)
    said = stated(where, options)
    text = read_text(path)
    claims = list(_claims(_chosen(list(read_grids(text, where)), said), said))
    if not claims:
        expected = "a table with models on one axis and numbers; if there is one, say where the models stand: --map orientation==rows or ==columns"
        raise MalformedFileError.at(where, "", "none", expected)
    yield from runs_of(claims, said.source(SourceKind.MANUAL))


def _chosen(grids: list[Grid], said: Stated) -> list[Grid]:
    number = said.constant("table")
    if number is None:
        return grids
    chosen = whole_number(number)
    if chosen is None or not 1 <= chosen <= len(grids):
        raise ConfigError(f"--map table=={number}: {said.where} has tables 1 to {len(grids)}")
    return [grids[chosen - 1]]


def _claims(grids: list[Grid], said: Stated) -> Iterator[Claim]:
    from benchdb.ingest.tables.grids import read_grid
    from benchdb.ingest.tables.harness_grids import model_before, read_harness_grid
    from benchdb.ingest.tables.layouts import Layout, layout_of

    model: str | None = None
    for grid in grids:
        model = model_before(grid.before) or model
        layout = layout_of(grid, said)
        if layout is Layout.HARNESS:
            yield from read_harness_grid(grid, model, said)
        elif layout is not None:
            yield from read_grid(grid, layout, said)


IMPORTER = Importer(name="markdown", version="1", sniff=sniff, read=read, priority=90)
