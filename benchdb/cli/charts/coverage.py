"""`benchdb chart coverage`: draw what is known and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command("coverage", cls=Command, examples=("benchdb chart coverage --organization DeepSeek -o coverage.png",))
@drawing_options("values")
@filter_options(without=("policy", "level"))
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw what is known and what is missing."""
    with target.open() as database:
        answer = database.coverage(**asked)
    drawing.write(answer)
