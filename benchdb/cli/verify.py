"""`benchdb verify`: a chart derived again, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "verify",
    cls=Command,
    examples=("benchdb verify am-distill.vl.json", "benchdb verify chart.vl.json --format json"),
)
@click.argument("chart", metavar="CHART", type=click.Path(dir_okay=False))
@output_options
@database_options
def command(chart: str, output: Output, target: Target) -> int:
    """Derive a chart again and say what differs.

    CHART is a Vega-Lite file of "benchdb chart". Its question is asked as the database knew its numbers when it was drawn,
    which shows values that were changed in the file, and as it knows them now, which shows claims that were retracted or came
    since. Exits with 1 when anything differs.
    """
    with target.open(doing="Deriving") as database:
        found = database.verify(chart)
    if found.rows or output.chosen() != "table":
        output.show(found)
    elif not output.quiet:
        exits.say(" ".join(found.notes))
    return exits.DATA if found.rows else exits.OK
