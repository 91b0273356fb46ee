"""`benchdb list`: the catalogue, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import FILTERS, database_options, output_options

if TYPE_CHECKING:
    from datetime import datetime

    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

KINDS = ("models", "benchmarks", "metrics", "organizations", "suites", "sources")
"""What can be listed."""
_DISPENSABLE = (
    "review state", "is open weights", "family", "parent", "higher is better", "url", "name", "benchmarks", "models", "organization",
)  # fmt: skip


@click.command(
    "list",
    cls=Command,
    examples=("benchdb list models", "benchdb list benchmarks --format csv -o benchmarks.csv"),
)
@click.argument("kind", type=click.Choice(KINDS))
@FILTERS["as_of"]
@output_options
@database_options
def command(kind: str, as_of: datetime | None, output: Output, target: Target) -> None:
    """List models, benchmarks and the rest of the catalogue.

    Entries that an import made and nobody has checked are marked unreviewed.
    """
    with target.open() as database:
        listing = database.list(kind, as_of=as_of)
    output.show(listing, dispensable=_DISPENSABLE)
    if not output.quiet:
        output.say("", f"{len(listing):,} {kind}")
