"""`benchdb insights`: statements found in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "insights",
    cls=Command,
    examples=(
        "benchdb insights --suite am-distill --source '1.4 Million'",
        "benchdb insights --suite am-distill --family AM-Distill --limit 3",
        "benchdb insights --format json > insights.json",
    ),
)
@option("--limit", type=click.IntRange(min=1), default=10, show_default=True, help="Most statements of one kind.")
@filter_options()
@output_options
@database_options
def command(*, limit: int, asked: dict[str, Any], output: Output, target: Target) -> None:
    """Find statements that hold of the scores.

    The benchmark on which every model is highest or lowest, models ahead of others everywhere or
    alike, where models spread most and least, what size does within a family, benchmarks near
    their ceiling, ranks that depend on one benchmark. Each says whether it stands above the noise,
    corrected for the number of tests, and which command shows its numbers.
    """
    with target.open() as database:
        insights = database.insights(limit=limit, **asked)
    output.show(insights, dispensable=("see", "evidence"))
