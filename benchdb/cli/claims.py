"""`benchdb claims`: every claim that fits, with where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "claims",
    cls=Command,
    examples=(
        "benchdb claims --model DeepSeek-R1 --suite am-distill",
        "benchdb claims --source 'AM-DeepSeek-R1-Distilled' --format csv -o claims.csv",
    ),
)
@filter_options(without=("level",))
@output_options
@database_options
def command(asked: dict[str, Any], output: Output, target: Target) -> None:
    """List every claim that fits, with its source and place.

    One line a claim, by model and benchmark; those that the policy chooses and those that were retracted are marked.
    The score id of a claim leads to its source: benchdb trace SCORE_ID.
    """
    with target.open() as database:
        claims = database.claims(**asked)
    output.show(claims)
