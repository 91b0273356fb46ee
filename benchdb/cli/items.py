"""`benchdb items`: the single items of a benchmark, and how models differ on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from benchdb.cli.groups import Group
from benchdb.cli.options import database_options, filter_options, one_benchmark, option, output_options, several_models
from benchdb.cli.output import wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

F = TypeVar("F", bound="Callable[..., Any]")
_MOST = 20
"""Items shown as a table unless more are asked for; programs get all."""


@click.group("items", cls=Group)
def command() -> None:
    """Look at single items: the hardest, those that flip, agreement."""


def _most(command_: F) -> F:
    limit = option(
        "--most", type=click.IntRange(min=1), help=f"Show at most this many items.  [default: {_MOST} in a table]"
    )
    return limit(command_)


def _limit(most: int | None, output: Output) -> int | None:
    return _MOST if most is None and output.chosen() == "table" else most


@command.command(
    "hardest",
    examples=("benchdb items hardest -b GSM8K", "benchdb items hardest -b GSM8K --solved-by one --format csv"),
)
@one_benchmark
@option(
    "--solved-by",
    "show",
    type=click.Choice(("all", "one", "none")),
    default="all",
    show_default=True,
    help="Show all items, those that one model alone solves, or those that none solves.",
)
@_most
@filter_options(without=("benchmarks", "suite", "level"))
@output_options
@database_options
def hardest(
    *,
    benchmark: str,
    show: Literal["all", "one", "none"],
    most: int | None,
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """List the items of a benchmark, the hardest first.

    An item is solved when a model has more than half of its marks. Discrimination is the correlation over models between
    an item and the mean of the others: near zero or below, the item does not tell good models from poor ones.
    """
    with target.open() as database:
        found = database.items(benchmark, show=show, most=_limit(most, output), **asked)
    output.show(found, dispensable=("dated",))


@command.command(
    "compare",
    examples=(
        "benchdb items compare o1-mini Qwen2.5-72B-Instruct -b GSM8K",
        "benchdb items compare o1-mini Qwen2.5-72B-Instruct -b GSM8K --format csv -o flips.csv",
    ),
)
@several_models
@one_benchmark
@_most
@filter_options(without=("models", "benchmarks", "suite", "level"))
@output_options
@database_options
def compare(
    *,
    models: tuple[str, ...],
    benchmark: str,
    most: int | None,
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """List the items on which two models differ.

    Notes say how many of the shared items both solve, either or neither, with their agreement and Cohen's kappa.
    """
    if len(models) > 2:
        raise click.UsageError("Name two models; benchdb items agreement compares several.")
    with target.open() as database:
        found = database.flips(models[0], models[1], benchmark, most=_limit(most, output), **asked)
    output.show(found, dispensable=("dated",))
    if not output.quiet and found.sentence():
        output.say("", *wrapped([found.sentence()]))


@command.command("agreement", examples=("benchdb items agreement -b GSM8K",))
@one_benchmark
@filter_options(without=("benchmarks", "suite", "level"))
@output_options
@database_options
def agreement(benchmark: str, asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show for each pair of models how far they agree on which items they solve.

    Kappa is the agreement beyond what the two rates alone would give (Cohen): 1 for the same items, 0 for chance.
    """
    with target.open() as database:
        found = database.agreement(benchmark, **asked)
    output.show(found)


@command.command(
    "values", examples=("benchdb items values -b GSM8K --format csv -o values.csv", "benchdb items values -b GSM8K")
)
@one_benchmark
@filter_options(without=("benchmarks", "suite", "level"))
@output_options
@database_options
def values(benchmark: str, asked: dict[str, Any], output: Output, target: Target) -> None:
    """Show what every model made of every item.

    Items stand in order of difficulty, the hardest first, models in order of their mean, the best first.
    """
    with target.open() as database:
        found = database.item_values(benchmark, **asked)
    output.show(found)
