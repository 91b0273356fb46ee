"""`benchdb coverage`: which models have scores on which benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.api import Result
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "coverage",
    cls=Command,
    examples=(
        "benchdb coverage",
        "benchdb coverage --organization DeepSeek --suite am-distill",
        "benchdb coverage --next 10 --suite am-distill",
        "benchdb coverage --format csv > coverage.csv",
    ),
)
@option(
    "--next", "n_next", type=click.IntRange(min=1), metavar="N",
    help="Show the N missing scores that would tell most about the ranking, instead of the table.",
)  # fmt: skip
@filter_options(without=("policy", "level"))
@output_options
@database_options
def command(n_next: int | None, asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show which models have scores on which benchmarks.

    A cell is the number of claims in the database; a dash is a score that nobody has reported. With --next, missing
    scores are ordered by how much each would take from the mean variance of a difference between two models.
    """
    with target.open() as database:
        shown: Result[Any] = database.coverage(**asked) if n_next is None else database.next_cells(n_next, **asked)
    output.show(shown)
