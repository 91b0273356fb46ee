"""`benchdb chart claims`: draw everything claimed for one model on one benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.charts.drawing import drawing_options
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option
from benchdb.cli.values import names_of

if TYPE_CHECKING:
    from benchdb.cli.charts.drawing import Drawing
    from benchdb.cli.options import Target

_CELL = "Which claims"


@click.command(
    "claims",
    cls=Command,
    examples=(
        "benchdb chart claims DeepSeek-R1-Distill-Qwen-32B 'AIME 2024' -o claims.png",
        "benchdb chart claims DeepSeek-R1-Distill-Qwen-32B 'AIME 2024' --metric cons@64 -o consensus.svg",
    ),
)
@click.argument("model", shell_complete=names_of("models"))
@click.argument("benchmark", shell_complete=names_of("benchmarks"))
@option(
    "--metric", section=_CELL, metavar="NAME", help="Only this metric, by slug or as written.  [default: most claims]"
)
@option(
    "--variant", section=_CELL, metavar="NAME", help='Only this variant, "" is the plain model.  [default: most claims]'
)
@option("--subset", section=_CELL, metavar="NAME", help='Only this subset, "" is the whole.  [default: most claims]')
@drawing_options("values")
@filter_options(without=("models", "benchmarks", "suite", "metric", "variants", "subsets", "level"))
@database_options
def command(  # noqa: PLR0913 - click hands over each option by name
    *,
    model: str,
    benchmark: str,
    metric: str | None,
    variant: str | None,
    subset: str | None,
    drawing: Drawing,
    asked: dict[str, Any],
    target: Target,
) -> None:
    """Draw every claim for one score, with sources, the chosen one marked."""
    with target.open() as database:
        history = database.history(model, benchmark, **asked)
    cell = {"metric": metric, "variant": variant, "subset": subset}
    drawing.write(history, **{name: value for name, value in cell.items() if value is not None})
