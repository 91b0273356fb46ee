"""`benchdb noise`: where the error of a score comes from, and what would lower it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "noise",
    cls=Command,
    examples=("benchdb noise", "benchdb noise -b 'AIME 2024' -m QwQ-32B --format json"),
)
@filter_options()
@output_options
@database_options
def command(asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show where errors come from: items or answers.

    Splits the error over items into data noise, from which items were drawn, and prediction noise, from which answers
    came out. Twice the items lower both; twice the attempts lower the second only. For scores with outcomes of items;
    the split needs two attempts or more at each.
    """
    with target.open() as database:
        noise = database.noise(**asked)
    output.show(noise, dispensable=("items × 2", "attempts × 2", "attempts", "items"))
