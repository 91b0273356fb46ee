"""`benchdb chart trend`: draw scores over parameter size or release date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "trend",
    cls=Command,
    examples=(
        "benchdb chart trend -b MATH-500 -o trend.html",
        "benchdb chart trend --by date -b 'GPQA Diamond' -o - > trend.vl.json",
    ),
)
@option(
    "--by", type=click.Choice(("parameters", "date")), default="parameters", show_default=True, help="What to go along."
)
@drawing_options("intervals", "frontier", "bands")
@filter_options()
@database_options
def command(by: Literal["parameters", "date"], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw scores over parameter size or release date."""
    with target.open() as database:
        answer = database.trend(by=by, **asked)
    drawing.write(answer)
