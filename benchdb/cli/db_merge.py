"""`benchdb db merge`: another person's database into one's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.ingest import count
from benchdb.cli.options import database_options, option, output_options
from benchdb.cli.progress import waiting
from benchdb.cli.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.cli.options import Target
    from benchdb.cli.output import Output
    from benchdb.ingest.union.joining import MergeReport

_HEADINGS = {
    "table": "table",
    "row": "row",
    "field": "field",
    "here": "here",
    "there": "there",
    "kept": "kept",
}


@click.command(
    "merge",
    cls=Command,
    examples=("benchdb db merge theirs.duckdb --dry-run", "benchdb db merge theirs.duckdb --db ours.duckdb"),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@option("--dry-run", is_flag=True, help="Do everything, say what became of it, and roll it back.")
@output_options
@database_options
def merge(file: Path, *, dry_run: bool, output: Output, target: Target) -> None:
    """Merge another database into this one; claims that contradict each other are all kept.

    FILE is a DuckDB database; it is only read, and the whole of it is merged in one transaction or nothing. What both know
    stands once. Where one row had to be chosen, such as an alias that means different entries, the later decision holds,
    whichever of the two is merged into the other; what both said is printed. Merging again adds nothing.
    """
    from benchdb.api import connect

    with waiting("Merging", "tables") as tick, connect(target.name, wait_s=target.wait_s) as database:
        report = database.merge(file, dry_run=dry_run, wait_s=target.wait_s, progress=tick)
    for line in _lines(report):
        exits.say(line)
    if report.differences or output.chosen() != "table":
        rows = [asdict(difference) for difference in report.differences]
        output.show(Sheet(title="What the two say differently", rows=rows, headings=_HEADINGS))


def _lines(report: MergeReport) -> Iterator[str]:
    would = "Would merge" if report.is_dry_run else "Merged"
    yield f"{would} {report.source} into {report.target}: {count(report.n_added, 'row')} added, {count(report.n_changed, 'row')} changed."
    for table in report.tables:
        if not table.n_there:
            continue
        changed = f", {table.n_changed:,} changed" if table.n_changed else ""
        yield f"  {table.table}: {table.n_there:,} there, {table.n_added:,} added{changed}"
    if report.n_superseded:
        gave = count(report.n_superseded, "score")
        yield f"{gave} that followed from outcomes gave way to an earlier one of the same run and metric."
    if report.differences:
        yield f"{count(len(report.differences), 'difference')} had to be settled."
    if report.n_added and not report.is_dry_run:
        yield "Claims that contradict each other are all kept; list them: benchdb conflicts"
