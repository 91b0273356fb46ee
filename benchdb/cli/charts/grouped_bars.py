"""`benchdb chart grouped-bars`: draw models side by side on each benchmark."""

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
    "grouped-bars",
    cls=Command,
    examples=(
        "benchdb chart grouped-bars --suite am-distill -m AM-Distill-Qwen-32B -m AM-Distill-Qwen-72B -o bars.png",
        "benchdb chart grouped-bars -b MATH-500 --error-bars -o bars.html",
        "benchdb chart grouped-bars --suite am-distill --highlight AM-Distill-Qwen-72B --hatch-by evidence -o bars.png",
    ),
)
@drawing_options(
    "values", "y_title", "domain", "step", "colour", "hatch", "hatch_by", "highlight", "error_bars", "legend"
)
@filter_options()
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw models side by side on each benchmark.

    Models named with -m stand in the order in which they are named, others in the order of the leaderboard.
    """
    with target.open() as database:
        board = database.leaderboard(**asked)
    drawing.write(board, **({"order": asked["models"]} if asked["models"] else {}))
