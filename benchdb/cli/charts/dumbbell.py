"""`benchdb chart dumbbell`: draw two models side by side on each benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "dumbbell",
    cls=Command,
    examples=("benchdb chart dumbbell AM-Distill-Qwen-72B DeepSeek-R1-Distill-Llama-70B -o dumbbell.svg",),
)
@click.argument("first", metavar="MODEL", shell_complete=names_of("models"))
@click.argument("second", metavar="MODEL", shell_complete=names_of("models"))
@drawing_options("values")
@filter_options(without=("models",))
@database_options
def command(first: str, second: str, drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw two models on each benchmark, both values joined by their difference."""
    with target.open() as database:
        comparison = database.compare(first, second, **asked)
    drawing.write(comparison, kind="dumbbell")
