"""`benchdb window`: scores on the items of a window of dates, such as those after a model's training data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, one_benchmark, option, output_options
from benchdb.cli.values import Day

if TYPE_CHECKING:
    from datetime import date

    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "window",
    cls=Command,
    examples=(
        "benchdb window -b LiveCodeBench --since 2024-08",
        "benchdb window -b LiveCodeBench --after-cutoff each --format csv",
        "benchdb window -b LiveCodeBench -m o1-mini -m DSCoder-33b-Ins --after-cutoff all --pairs",
    ),
)
@one_benchmark
@option("--since", "--items-since", type=Day(), help="Only items dated on or after: 2024-08-01, 2024-08, 2024.")
@option("--until", "--items-until", type=Day(last=True), help="Only items dated on or before.")
@option(
    "--after-cutoff",
    type=click.Choice(("each", "all")),
    help="Only items after each model's own training cut-off, or after the latest one of all models.",
)
@option("--pairs", is_flag=True, help="Compare each pair of models on the items inside both their windows.")
@filter_options(without=("benchmarks", "suite"))
@output_options
@database_options
def command(  # noqa: PLR0913 — each is an option
    *,
    benchmark: str,
    since: date | None,
    until: date | None,
    after_cutoff: Literal["each", "all"] | None,
    pairs: bool,
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """Rank models on the items of a window of dates.

    Shows each model's score on the items inside the window and on the other dated ones, and whether they differ: worse on
    items after the training data than on earlier ones is a sign of contamination. Items without a date are left out.
    """
    bounds: dict[str, Any] = {"since": since, "until": until, "after_cutoff": after_cutoff, **asked}
    with target.open() as database:
        if pairs:
            output.show(database.window_pairs(benchmark, **bounds), dispensable=("score of second", "score"))
        else:
            output.show(database.window(benchmark, **bounds), dispensable=("interval", "items before or after"))
