"""`benchdb chart conflicts`: draw the cells whose claims disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command("conflicts", cls=Command, examples=("benchdb chart conflicts --suite am-distill -o conflicts.html",))
@option(
    "--min-sigma",
    type=click.FloatRange(min=0),
    metavar="NUMBER",
    help="Only disagreements of at least so many standard errors; those without a known error are left out.",
)
@drawing_options("values")
@filter_options(without=("policy", "level"))
@database_options
def command(min_sigma: float | None, drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw where sources disagree, from the least value claimed to the greatest."""
    with target.open() as database:
        found = database.conflicts(min_sigma=min_sigma, **asked)
    drawing.write(found)
