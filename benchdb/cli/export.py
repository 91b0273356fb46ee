"""`benchdb export`: claims, printed tables or the whole database as files of other programs."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option
from benchdb.cli.progress import waiting
from benchdb.cli.ranking import AGGREGATES, MISSING

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from benchdb.api import ExportFormat
    from benchdb.cli.options import Target

_ROWS = "Rows"
_PRINTED = "Printed tables"
_WHAT = ("claims", "cells", "outcomes", "samples")


class Format(click.ParamType["ExportFormat"]):
    """The name of a format as the format."""

    name = "format"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> ExportFormat:
        """Return the format.

        Args:
            value: What was typed.
            param: The argument.
            ctx: The command's context.
        """
        from benchdb.api import export_formats

        known = {each.name: each for each in export_formats()}
        typed = str(value).casefold()
        if typed not in known:
            near = difflib.get_close_matches(typed, known, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]}?" if near else ""
            self.fail(f'nobody writes the format "{value}".{hint} Choose one of: {", ".join(known)}', param, ctx)
        return known[typed]

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the formats that begin so.

        Args:
            ctx: The command's context.
            param: The argument.
            incomplete: What was typed so far.
        """
        del ctx, param
        from click.shell_completion import CompletionItem

        from benchdb.api import export_formats

        return [
            CompletionItem(each.name, help=each.summary)
            for each in export_formats()
            if each.name.startswith(incomplete)
        ]


@click.command(
    "export",
    cls=Command,
    examples=(
        "benchdb export csv -o claims.csv",
        "benchdb export parquet --what outcomes -b 'AIME 2024' -o outcomes.parquet",
        "benchdb export latex --suite am-distill --variant '' -o table.tex",
        "benchdb export bundle -o backup",
    ),
)
@click.argument("form", metavar="FORMAT", type=Format())
@option(
    "--output",
    "-o",
    "target_path",
    required=True,
    type=click.Path(allow_dash=True),
    metavar="PATH",
    help="File or folder to write; - is standard output.",
)
@option("--quiet", "-q", is_flag=True, help="Leave out what is said on stderr.")
@option(
    "--what",
    section=_ROWS,
    type=click.Choice(_WHAT),
    default="claims",
    show_default=True,
    help="Rows to write: every claim, each cell's chosen claim, or outcomes and items.",
)
@option(
    "--raw",
    "exact",
    section=_ROWS,
    is_flag=True,
    help="Leave text in CSV as it is where a spreadsheet would take it for a formula.  [default: an apostrophe before it]",
)
@option(
    "--best/--no-best",
    section=_PRINTED,
    default=True,
    help="Print the best of a column bold and underline the second.  [default: do]",
)
@option("--errors/--no-errors", section=_PRINTED, default=True, help="Print standard errors.  [default: print]")
@option("--caption", section=_PRINTED, help="What stands above the table.  [default: none]")
@option(
    "--aggregate",
    section=_PRINTED,
    type=click.Choice(AGGREGATES),
    default="mean",
    show_default=True,
    help="What to rank by.",
)
@option(
    "--missing",
    section=_PRINTED,
    type=click.Choice(MISSING),
    help="What to do about missing scores, as of benchdb leaderboard.",
)
@option(
    "--most", section=_PRINTED, type=click.IntRange(min=1), help="Print at most this many benchmarks.  [default: all]"
)
@filter_options()
@database_options
def command(
    *, form: ExportFormat, target_path: str, quiet: bool, asked: dict[str, Any], target: Target, **options: Any
) -> None:
    """Write claims, tables or the whole database as files.

    docs/exports.md lists the formats with what each keeps and loses. A file appears whole or not at all. Formats of rows are read again by
    "benchdb ingest".
    """
    with waiting("Exporting", "pieces") as tick, target.open() as database:
        done = database.export(form.name, target_path, progress=tick, **options, **asked)
    if quiet:
        return
    for note in done.notes:
        exits.say(note)
    if target_path != "-":
        exits.say(f"Wrote {target_path}: {done.n_rows:,} rows, {done.n_bytes:,} bytes. The format loses: {done.loses}.")
