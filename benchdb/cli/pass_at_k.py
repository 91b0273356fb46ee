"""`benchdb pass-at-k`: what several attempts at each item are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options
from benchdb.cli.values import WholeNumbers

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "pass-at-k",
    cls=Command,
    examples=("benchdb pass-at-k -b HumanEval --k 1,10", "benchdb pass-at-k -m o1-mini --format csv -o curve.csv"),
)
@option(
    "--k",
    "-k",
    type=WholeNumbers(),
    default=(),
    help="Attempts allowed: 10, or 1,5,10.  [default: 1, 2, 4 … up to the fewest attempts at an item]",
)
@filter_options()
@output_options
@database_options
def command(k: tuple[int, ...], asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show how often k attempts hold a right one, or are all right.

    These are pass@k and pass^k. Both are unbiased estimates from the attempts in the database, averaged over items. A k above the attempts at some
    item is an error, since no unbiased estimate exists.
    """
    with target.open() as database:
        rates = database.pass_at_k(k=k, **asked)
    output.show(rates, dispensable=("attempts", "items"))
