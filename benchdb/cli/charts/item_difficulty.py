"""`benchdb chart item-difficulty`: draw how hard each item is against how well it tells models apart."""

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
    "item-difficulty",
    cls=Command,
    examples=(
        "benchdb chart item-difficulty -b GSM8K -o items.html",
        "benchdb chart item-difficulty -b GSM8K --theme dark -o - > items.vl.json",
    ),
)
@one_benchmark
@drawing_options("values")
@filter_options(without=("benchmarks", "suite", "level"))
@database_options
def command(benchmark: str, drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw the difficulty of items against their discrimination.

    Items whose discrimination is not known, because too few models have an outcome or all the same, are not drawn but counted.
    """
    with target.open() as database:
        found = database.items(benchmark, **asked)
    drawing.write(found)
