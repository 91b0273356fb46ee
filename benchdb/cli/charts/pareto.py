"""`benchdb chart pareto`: draw scores over size with the front that no model beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "pareto",
    cls=Command,
    examples=(
        "benchdb chart pareto -b MATH-500 -o front.html",
        "benchdb chart pareto --parameters active -b MATH-500 --intervals -o front.png",
    ),
)
@option(
    "--parameters",
    type=click.Choice(("total", "active", "both")),
    default="total",
    show_default=True,
    help="Which number of parameters counts.",
)
@drawing_options("intervals", "bands")
@filter_options()
@database_options
def command(
    parameters: Literal["total", "active", "both"], drawing: Drawing, asked: dict[str, Any], target: Target
) -> None:
    """Draw scores over size with the front that no model beats.

    Models on the front are named and joined by steps. The straight line is fitted over the logarithm of the size; its band
    is the interval of the mean, which says nothing of single models.
    """
    with target.open() as database:
        found = database.pareto(size=parameters, **asked)
    drawing.write(found)
