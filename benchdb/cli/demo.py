"""`benchdb demo`: the main job in one command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, option
from benchdb.cli.output import is_colourful, put, table_text, terminal_width, wrapped
from benchdb.cli.progress import waiting
from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.api import DemoReport, IngestReport, Result
    from benchdb.cli.options import Target

_WIDTH = 80


@click.command(
    "demo",
    cls=Command,
    examples=("benchdb demo", "benchdb demo --db /tmp/demo.duckdb --output-dir /tmp"),
)
@option(
    "--output-dir",
    type=click.Path(file_okay=False),
    default=".",
    show_default="the working directory",
    metavar="FOLDER",
    help="Where the charts are written.",
)
@database_options
def command(output_dir: str, target: Target) -> None:
    """Create a database, fill it, and show what benchdb is for.

    Imports the catalogue and the claims that ship with benchdb; shows a leaderboard of four models with its uncertainty,
    what is and is not established about their differences, and the trend over parameter size; and writes the chart as
    Vega-Lite JSON, HTML and PNG. Running it again changes nothing.
    """
    from benchdb.api import demo

    with waiting("Setting up"):
        report = demo(target.name, output_dir, wait_s=target.wait_s)
    put("".join(f"{line}\n" for line in _lines(report)))


def _lines(report: DemoReport) -> Iterator[str]:
    said: set[str] = set()
    yield from _database(report.place, report.report, is_new=report.is_new)
    yield from (
        "",
        _heading("1. Which model is best?"),
        "",
        *_table(report.leaderboard),
        *_notes(report.leaderboard, said),
    )
    yield from ("", _heading("2. Is the difference real?"), "", *wrapped(report.comparison.sentences(), _width()))
    yield from _notes(report.comparison, said)
    yield from (
        "",
        _heading("3. Do larger models score higher?"),
        "",
        *_table(report.trend),
        *_notes(report.trend, said),
    )
    yield from ("", _heading("Written"), *[f"  {visible(str(file))}" for file in report.files])
    yield from ("", _heading("Try next"), *[f"  {visible(line)}" for line in report.next_commands])


def _database(place: str, report: IngestReport, *, is_new: bool) -> Iterator[str]:
    if not is_new:
        yield f"{visible(place)} holds the seeds already; nothing was changed."
        return
    n_scores, n_files = report.total("n_scores"), len(report.files)
    yield f"Filled {visible(place)}: {n_scores:,} scores from {n_files} files that ship with benchdb."


def _table(result: Result[Any]) -> list[str]:
    headers, rows = result.table()
    return table_text(headers, rows, _width(), bold=is_colourful(sys.stdout)).splitlines()


def _notes(result: Result[Any], said: set[str]) -> list[str]:
    """Return the notes that no earlier part of the demo has shown."""
    new = [note for note in result.notes if note not in said]
    said.update(new)
    return ["", *wrapped(new, _width())] if new else []


def _width() -> int:
    return terminal_width() or _WIDTH


def _heading(text: str) -> str:
    return click.style(text, bold=True) if is_colourful(sys.stdout) else text
