"""`benchdb chart ranks`: draw the ranks by every aggregate side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option
from benchdb.cli.ranking import ranking_options
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "ranks",
    cls=Command,
    examples=(
        "benchdb chart ranks --suite am-distill -o ranks.html",
        "benchdb chart ranks --suite am-distill --highlight QwQ-32B --highlight DeepSeek-R1 -o ranks.png",
    ),
)
@ranking_options(one=False)
@option(
    "--highlight",
    section="Drawing",
    multiple=True,
    metavar="NAME",
    shell_complete=names_of("models"),
    help="Draw this model in colour, by its name as drawn; may be repeated.  [default: the leaders and those that move most]",
)
@option(
    "--no-intervals",
    "intervals",
    section="Drawing",
    flag_value=False,
    default=True,
    help="Leave out the ranks that the uncertainty allows.",
)
@drawing_options()
@filter_options()
@database_options
def command(
    *,
    highlight: tuple[str, ...],
    intervals: bool,
    ranking: dict[str, Any],
    drawing: Drawing,
    asked: dict[str, Any],
    target: Target,
) -> None:
    """Draw the ranks by every aggregate side by side."""
    with target.open() as database:
        rankings = database.rankings(**ranking, **asked)
    options: dict[str, Any] = {"highlight": list(highlight)} if highlight else {}
    drawing.write(rankings, **options, **({} if intervals else {"intervals": False}))
