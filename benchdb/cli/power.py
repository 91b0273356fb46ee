"""`benchdb power`: what a benchmark can show between two models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options
from benchdb.cli.output import wrapped
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "power",
    cls=Command,
    examples=(
        "benchdb power 'AIME 2024' --models AM-Distill-Qwen-32B DeepSeek-R1-Distill-Qwen-32B --difference 0.1",
        "benchdb power MATH-500 'GPQA Diamond' --difference 1 --power 0.9",
    ),
)
@click.argument("benchmarks", nargs=-1, required=True, metavar="BENCHMARK...", shell_complete=names_of("benchmarks"))
@option("--models", nargs=2, metavar="A B", shell_complete=names_of("models"), help="The two models in question.  [default: any two]")  # fmt: skip
@option("--difference", type=click.FloatRange(min=0, min_open=True), metavar="POINTS", help="Wanted difference, in percent points or the metric's own unit.  [default: that of the two models' values]")  # fmt: skip
@option("--power", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.8, show_default=True, metavar="SHARE", help="Wanted chance to find it.")  # fmt: skip
@filter_options(without=("models", "benchmarks"))
@output_options
@database_options
def command(  # noqa: PLR0913 - each option is an argument
    *,
    benchmarks: tuple[str, ...],
    models: tuple[str, str] | None,
    difference: float | None,
    power: float,
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """Say what a benchmark can show between two models.

    Gives the smallest true difference that is found with the wanted power on the items there are, the power for a wanted
    difference, and the items, or attempts an item, that it would take. The variance is that of the two models' shared items
    where they are stored, else of similar pairs', else of the models' errors; "evidence" says which.
    """
    with target.open() as database:
        found = database.power(*benchmarks, models=models, difference=difference, power=power, **asked)
    output.show(found, ("attempts needed",))
    if not output.quiet:
        output.say("", *wrapped(found.sentences()))
