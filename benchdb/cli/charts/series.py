"""`benchdb chart series`: draw the runs of one model on one benchmark in order, and where their level changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options
from benchdb.cli.series import series_options

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "series",
    cls=Command,
    examples=(
        "benchdb chart series my-org/nightly MATH-500 -o nightly.png",
        "benchdb chart series pythia-12b lambada --by step --intervals -o checkpoints.html",
    ),
)
@series_options
@drawing_options("intervals", "values")
@filter_options(without=("models", "benchmarks", "suite", "policy"))
@database_options
def command(drawing: Drawing, asked: dict[str, Any], target: Target, **about: Any) -> None:
    """Draw the runs of one model on one benchmark in order, and where their level changes."""
    with target.open() as database:
        answer = database.series(**about, **asked)
    drawing.write(answer)
