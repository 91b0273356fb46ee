"""`benchdb chart leaderboard`: draw one line a model: its mean with the interval, and its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options
from benchdb.cli.ranking import ranking_options

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "leaderboard",
    cls=Command,
    examples=(
        "benchdb chart leaderboard --suite am-distill -o leaderboard.svg",
        "benchdb chart leaderboard --suite am-distill --aggregate win-rate -o win-rates.png",
    ),
)
@ranking_options()
@drawing_options("values", "scores")
@filter_options()
@database_options
def command(ranking: dict[str, Any], drawing: Drawing, asked: dict[str, Any], target: Target) -> None:
    """Draw one line a model: its mean with the interval, and its scores.

    By another aggregate it is that with its interval; scores are drawn beside means only. A rule stands between tiers.
    """
    with target.open() as database:
        board = database.leaderboard(**ranking, **asked)
    drawing.write(board, kind="leaderboard")
