"""`benchdb frontier`: the best so far of each group of models, and how far one is behind the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.api import Result
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


def grouping(function: Any) -> Callable[..., Any]:
    """Add --by, what groups of models are made by.

    Args:
        function: A command's function.
    """
    decorated: Callable[..., Any] = option(
        "--by", type=click.Choice(("weights", "maker", "family")), default="weights", show_default=True,
        help="What groups of models are made by; weights are open or closed.",
    )(function)  # fmt: skip
    return decorated


@click.command(
    "frontier",
    cls=Command,
    examples=(
        "benchdb frontier -b 'GPQA Diamond'",
        "benchdb frontier --by maker -b MATH-500 --show lags",
        "benchdb frontier --show records --format csv > records.csv",
    ),
)
@grouping
@option(
    "--show", type=click.Choice(("groups", "lags", "records")), default="groups", show_default=True,
    help="A row for each group, for each record that a group had still to reach, or for each record of a group.",
)  # fmt: skip
@filter_options()
@output_options
@database_options
def command(
    by: Literal["weights", "maker", "family"], show: str, asked: dict[str, Any], output: Output, target: Target
) -> None:
    """Show which group of models leads, and by how many months.

    A group's frontier is its best so far over release dates. Each group is held against all others together. A lag runs from the day a model set a record to the day the group
    reached its value; "> 7.2" is not reached yet.
    """
    with target.open() as database:
        found = database.frontier(by=by, **asked)
    dispensable = ("a year", "on", "models", "median lag", "verdict")
    shown: Result[Any] = found
    if show != "groups":
        shown = found.lags if show == "lags" else found.steps
    output.show(shown, dispensable=dispensable)
