"""`benchdb leaderboard`: models by benchmarks, with a mean, its error and the ranks that the noise allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options
from benchdb.cli.ranking import ranking_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


_MOST = 8
"""Benchmarks shown when none are named: more do not fit a terminal."""
_RANKING = "Ranking"


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
@ranking_options()
@option("--all-rankings", section=_RANKING, is_flag=True, help="Rank by every aggregate, and compare the rankings.")
@option(
    "--most",
    type=click.IntRange(min=1),
    help="Show at most this many benchmarks, those with the most models.  [default: 8, or all that are named]",
)
@filter_options()
@output_options
@database_options
def command(
    *,
    all_rankings: bool,
    most: int | None,
    ranking: dict[str, Any],
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """Rank models on benchmarks, with uncertainty.

    Shows one line a model: its rank with the ranks that the noise allows, its tier (models in one tier are not told
    apart from its leader), its chance of being the best, its mean over the benchmarks that all models shown have, and
    its scores. A missing score is never counted as zero. --format csv and json hold one row per model and benchmark.
    """
    if most is None and not asked.get("benchmarks") and asked.get("suite") is None:
        most = _MOST
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
