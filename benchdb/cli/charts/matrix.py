"""`benchdb chart matrix`: draw the differences of all pairs of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, judging_options
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target


@click.command(
    "matrix",
    cls=Command,
    examples=(
        "benchdb chart matrix --suite am-distill -o matrix.html",
        "benchdb chart matrix -b MATH-500 --open-weights --correction bh -o math.png",
    ),
)
@click.argument("models", nargs=-1, metavar="[MODEL]...", shell_complete=names_of("models"))
@judging_options
@drawing_options("values")
@filter_options(without=("models",))
@database_options
def command(
    *,
    models: tuple[str, ...],
    drawing: Drawing,
    asked: dict[str, Any],
    target: Target,
    **judging: Any,
) -> None:
    """Draw the differences of all pairs of models, the established ones filled.

    Without MODEL it draws all models that fit the filters. Each cell is its row's model minus its column's: over one
    benchmark, or over the mean of those that both have.
    """
    with target.open() as database:
        comparison = database.compare(*models, all_pairs=True, **judging, **asked)
    drawing.write(comparison, kind="matrix")
