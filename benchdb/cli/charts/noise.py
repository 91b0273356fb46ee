"""`benchdb chart noise`: draw where the errors of scores come from."""

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
    "noise",
    cls=Command,
    examples=("benchdb chart noise -b 'AIME 2024' -o noise.png", "benchdb chart noise -m QwQ-32B -o noise.html"),
)
@drawing_options()
@filter_options()
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw where errors come from: items or answers.

    For scores with outcomes of items; the two parts are known where every item had two attempts or more.
    """
    with target.open() as database:
        noise = database.noise(**asked)
    drawing.write(noise)
