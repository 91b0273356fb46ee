"""`benchdb pareto`: which models no other beats in score and size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "pareto",
    cls=Command,
    examples=(
        "benchdb pareto -b MATH-500",
        "benchdb pareto --size both --jointly --suite am-distill",
        "benchdb pareto --size active --format csv > front.csv",
    ),
)
@option(
    "--size", type=click.Choice(("total", "active", "both")), default="total", show_default=True,
    help="Which number of parameters counts.",
)  # fmt: skip
@option("--jointly", is_flag=True, help="One front over all benchmarks at once, of the models that have them all.")
@filter_options()
@output_options
@database_options
def command(
    size: Literal["total", "active", "both"],
    jointly: bool,  # noqa: FBT001 — click hands it over by name
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """Show which models no other beats in score and size.

    A model is beaten if another one is at least as good and as small, and better or smaller in something; the last
    column says whether the better score is established.
    """
    with target.open() as database:
        found = database.pareto(size=size, jointly=jointly, **asked)
    output.show(found, dispensable=("active", "total", "in score"))
