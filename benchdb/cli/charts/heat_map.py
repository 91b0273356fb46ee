"""`benchdb chart heat-map`: draw models by benchmarks, the better a score the stronger its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "heat-map",
    cls=Command,
    examples=(
        "benchdb chart heat-map -o everything.html",
        "benchdb chart heat-map --suite am-distill --shade value -o scores.png",
    ),
)
@drawing_options("values", "shade")
@filter_options()
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw models by benchmarks, the better a score the stronger its cell."""
    with target.open() as database:
        board = database.leaderboard(**asked)
    drawing.write(board, kind="heat-map", order=asked.get("models", ()))
