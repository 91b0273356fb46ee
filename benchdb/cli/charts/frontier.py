"""`benchdb chart frontier`: draw the best so far of each group of models over release dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.frontier import grouping
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "frontier",
    cls=Command,
    examples=(
        "benchdb chart frontier -b 'GPQA Diamond' -o frontier.png",
        "benchdb chart frontier --by maker -b MATH-500 -o makers.html",
    ),
)
@grouping
@drawing_options("intervals", "values")
@filter_options()
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target, **grouped: Any) -> None:
    """Draw the best so far of each group of models over release dates."""
    with target.open() as database:
        answer = database.frontier(**grouped, **asked)
    drawing.write(answer)
