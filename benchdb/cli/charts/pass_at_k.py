"""`benchdb chart pass-at-k`: draw what several attempts at each item are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option
from benchdb.cli.values import WholeNumbers

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "pass-at-k",
    cls=Command,
    examples=(
        "benchdb chart pass-at-k -b HumanEval -o curves.html",
        "benchdb chart pass-at-k -b HumanEval --k 1,10,100 --measure pass@k -o curves.png",
    ),
)
@option(
    "--k",
    "-k",
    type=WholeNumbers(),
    default=(),
    help="Attempts allowed: 10, or 1,5,10.  [default: 1, 2, 4 … up to the fewest attempts at an item]",
)
@drawing_options("measures", "bands")
@filter_options()
@database_options
def command(k: tuple[int, ...], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw pass@k and pass^k over the attempts allowed."""
    with target.open() as database:
        rates = database.pass_at_k(k=k, **asked)
    drawing.write(rates)
