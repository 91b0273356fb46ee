"""`benchdb chart items`: draw what every model made of every item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, one_benchmark

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "items",
    cls=Command,
    examples=(
        "benchdb chart items -b GSM8K -o items.png",
        "benchdb chart items -b GSM8K -m o1-mini -m Qwen2.5-72B-Instruct --theme dark -o items.html",
    ),
)
@one_benchmark
@drawing_options("page")
@filter_options(without=("benchmarks", "suite", "level"))
@database_options
def command(benchmark: str, drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw models by items, the hardest on the left.

    A missing outcome is a thin line, never a wrong answer. Where there are more items than pixels, neighbours in
    difficulty share a cell; a hundred models make a page.
    """
    with target.open() as database:
        found = database.item_values(benchmark, **asked)
    drawing.write(found)
