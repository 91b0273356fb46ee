"""`benchdb leaderboard`: models by benchmarks, with a mean, its error and the ranks that the noise allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


_MOST = 8
"""Benchmarks shown when none are named: more do not fit a terminal."""


AGGREGATES = (
    "mean", "weighted", "category-mean", "win-rate", "borda", "rank-sum", "z-score", "bradley-terry", "ability",
)  # fmt: skip
"""What models can be ranked by, as in `benchdb.query.aggregates.Aggregate`."""
MISSING = ("common", "listwise", "impute", "native", "show")
"""What can be done about missing scores, as in `benchdb.query.grids.Missing`."""
_RANKING = "Ranking"


class Weight(click.ParamType[tuple[str, float]]):
    """BENCHMARK=NUMBER as the name and the number."""

    name = "weight"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Return the name of a benchmark and its weight.

        Args:
            value: What was typed.
            param: The option.
            ctx: The command's context.
        """
        name, equals, number = str(value).rpartition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = 0.0
        if not equals or not name or not 0 < weight < float("inf"):
            self.fail(f"{value!r}: expected a benchmark and a number above 0, such as 'AIME 2024=2'", param, ctx)
        return name, weight


@click.command(
    "leaderboard",
    cls=Command,
    examples=(
        "benchdb leaderboard",
        "benchdb leaderboard -b 'AIME 2024' -b MATH-500 --open-weights --max-parameters 70B",
        "benchdb leaderboard --suite am-distill --aggregate win-rate",
        "benchdb leaderboard --suite am-distill --all-rankings",
        "benchdb leaderboard --suite am-distill --format csv -o leaderboard.csv",
    ),
)
@option(
    "--aggregate",
    section=_RANKING,
    type=click.Choice(AGGREGATES),
    default="mean",
    show_default=True,
    help="What to rank by.",
)
@option(
    "--missing",
    section=_RANKING,
    type=click.Choice(MISSING),
    help="What to do about missing scores: take the benchmarks all models have, the models that have all benchmarks,"
    " impute, take them as they are, or show all and rank nobody.  [default: native for bradley-terry and ability, else"
    " common]",
)
@option(
    "--weight",
    "weights",
    section=_RANKING,
    type=Weight(),
    multiple=True,
    metavar="NAME=NUMBER",
    help="Weight of a benchmark in the weighted mean, 1 for the others; may be repeated.",
)
@option("--all-rankings", section=_RANKING, is_flag=True, help="Rank by every aggregate, and compare the rankings.")
@option(
    "--seed",
    section=_RANKING,
    type=click.IntRange(min=0),
    default=20250325,
    show_default=True,
    help="Seed of what is simulated.",
)
@option(
    "--most",
    type=click.IntRange(min=1),
    help="Show at most this many benchmarks, those with the most models.  [default: 8, or all that are named]",
)
@filter_options()
@output_options
@database_options
def command(
    *, all_rankings: bool, most: int | None, asked: dict[str, Any], output: Output, target: Target, **ranking: Any
) -> None:
    """Rank models on benchmarks, with uncertainty.

    Shows one line a model: its rank with the ranks that the noise allows, its tier (models in one tier are not told
    apart from its leader), its chance of being the best, its mean over the benchmarks that all models shown have, and
    its scores. A missing score is never counted as zero. --format csv and json hold one row per model and benchmark.
    """
    if most is None and not asked.get("benchmarks") and asked.get("suite") is None:
        most = _MOST
    ranking["weights"] = dict(ranking["weights"])
    if ranking["weights"] and ranking["aggregate"] == "mean":
        ranking["aggregate"] = "weighted"
    if not all_rankings:
        with target.open() as database:
            board = database.leaderboard(most=most, **ranking, **asked)
        output.show(board)
        return
    del ranking["aggregate"]
    with target.open() as database:
        rankings = database.rankings(most=most, **ranking, **asked)
    parts = (rankings.agreement(), rankings.sensitivity()) if output.chosen() in {"table", "markdown"} else ()
    output.show_all([rankings, *parts])
