"""`benchdb conflicts`: where sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "conflicts",
    cls=Command,
    examples=(
        "benchdb conflicts",
        "benchdb conflicts --suite am-distill --source 'Think Twice' --source '1.4 Million'",
        "benchdb conflicts --min-sigma 2 --format csv > conflicts.csv",
    ),
)
@option(
    "--min-sigma",
    type=click.FloatRange(min=0),
    metavar="NUMBER",
    help="Only disagreements of at least so many standard errors; those without a known error are left out.",
)
@filter_options(without=("policy", "level"))
@output_options
@database_options
def command(*, min_sigma: float | None, asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show where sources disagree.

    One line for each model and benchmark whose claims differ by more than their rounding, with the
    claims side by side, the difference in standard errors and what these rest on, and the settings
    of the protocols that differ between the least and the greatest value.
    """
    with target.open() as database:
        conflicts = database.conflicts(min_sigma=min_sigma, **asked)
    output.show(conflicts, dispensable=("metric",))
