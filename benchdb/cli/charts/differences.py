"""`benchdb chart differences`: draw the differences of models with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, several_models

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "differences",
    cls=Command,
    examples=("benchdb chart differences AM-Distill-Qwen-32B DeepSeek-R1-Distill-Qwen-32B -o differences.html",),
)
@several_models
@drawing_options("values")
@filter_options(without=("models",))
@database_options
def command(models: tuple[str, ...], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw the differences of models with their intervals."""
    with target.open() as database:
        comparison = database.compare(*models, **asked)
    drawing.write(comparison)
