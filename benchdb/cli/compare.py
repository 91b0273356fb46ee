"""`benchdb compare`: what is and is not established about the difference between models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import JUDGING, database_options, filter_options, judging_options, option, output_options
from benchdb.cli.output import wrapped
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

TESTS = ("auto", "t", "sign", "mcnemar", "permutation")
"""How p is computed, as in `benchdb.query.contrasts.ChosenTest`."""
_DISPENSABLE = ("p", "prediction noise", "data noise", "in items")


def _enough(ctx: click.Context, parameter: click.Parameter, models: tuple[str, ...]) -> tuple[str, ...]:
    del parameter
    if len(models) < 2 and not ctx.resilient_parsing and not (ctx.params.get("all_pairs") and not models):
        ctx.fail("Name at least two models, or take all that fit the filters: --all-pairs.")
    return models


@click.command(
    "compare",
    cls=Command,
    examples=(
        "benchdb compare AM-Distill-Qwen-32B DeepSeek-R1-Distill-Qwen-32B",
        "benchdb compare AM-Distill-Qwen-72B DeepSeek-R1-Distill-Llama-70B -b MATH-500 --level 99%",
        "benchdb compare --all-pairs --suite am-distill --correction bh",
    ),
)
@click.argument("models", nargs=-1, metavar="MODEL MODEL...", callback=_enough, shell_complete=names_of("models"))
@option(
    "--all-pairs",
    is_flag=True,
    is_eager=True,
    help="Show a matrix of all pairs; without MODEL of all models that fit the filters.",
)
@option(
    "--test",
    section=JUDGING,
    type=click.Choice(TESTS),
    default="auto",
    show_default=True,
    help="How p is computed, as far as the evidence allows.",
)
@option(
    "--seed",
    section=JUDGING,
    type=click.IntRange(min=0),
    metavar="N",
    help="Seed of the permutation test.  [default: a fixed one, printed]",
)
@judging_options
@filter_options(without=("models",))
@output_options
@database_options
def command(*, models: tuple[str, ...], asked: dict[str, Any], output: Output, target: Target, **judging: Any) -> None:
    """Say what is established about the difference of models.

    Gives the difference on each benchmark that both models have, its interval, p, what that rests on, and a verdict: better,
    worse, not distinguishable, unknown (nothing says how uncertain the scores are) or not comparable (measured in
    different ways). Three models and more are compared pair by pair. The verdicts count how many comparisons were asked
    for; each interval stands for itself.
    """
    with target.open() as database:
        comparison = database.compare(*models, **judging, **asked)
    output.show(comparison, _DISPENSABLE)
    if not output.quiet:
        output.say("", *wrapped(comparison.sentences()))
