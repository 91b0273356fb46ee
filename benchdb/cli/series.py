"""`benchdb series`: the runs of one model on one benchmark in order, and where their level changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


def series_options(function: Any) -> Any:
    """Add MODEL, BENCHMARK, --by and --seed.

    Args:
        function: A command's function.
    """
    decorated = option("--seed", type=int, default=0, show_default=True, help="Seed of the simulated null.")(function)
    by = option(
        "--by", type=click.Choice(("auto", "time", "step")), default="auto", show_default=True,
        help="Order of the runs: time, or the checkpoint that a revision, variant or label names (step143000).",
    )  # fmt: skip
    decorated = click.argument("benchmark", shell_complete=names_of("benchmarks"))(by(decorated))
    return click.argument("model", shell_complete=names_of("models"))(decorated)


@click.command(
    "series",
    cls=Command,
    examples=(
        "benchdb series my-org/nightly 'MATH-500'",
        "benchdb series pythia-12b lambada --by step --format csv > points.csv",
    ),
)
@series_options
@filter_options(without=("models", "benchmarks", "suite", "policy"))
@output_options
@database_options
def command(asked: dict[str, Any], output: Output, target: Target, **about: Any) -> None:
    """Show a model's runs in order, and where their level changes.

    A table shows one line a level: its runs and mean, and the change from the level before with interval, p and verdict.
    The other formats hold the runs, one row each. Noise is learned from the series, from 8 runs on.
    """
    with target.open() as database:
        found = database.series(**about, **asked)
    output.show(found, dispensable=("with it", "interval"))
