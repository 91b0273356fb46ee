"""`benchdb doctor`: forensic checks over the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli.exits import DATA
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, filter_options, option, output_options

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output


@click.command(
    "doctor",
    cls=Command,
    examples=(
        "benchdb doctor",
        "benchdb doctor --check granularity --check averages --format csv > findings.csv",
        "benchdb doctor --source aider --strict",
    ),
)
@option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; may be repeated.")
@option(
    "--limit", type=click.IntRange(min=1), default=1000, show_default=True, help="Most findings shown for each check."
)
@option("--strict", is_flag=True, help="Exit with 1 if anything is found.")
@filter_options(without=("policy", "level"))
@output_options
@database_options
@click.pass_context
def command(  # noqa: PLR0913 - one argument a group of options
    ctx: click.Context,
    *,
    checks: tuple[str, ...],
    limit: int,
    strict: bool,
    asked: dict[str, Any],
    output: Output,
    target: Target,
) -> None:
    """Look for numbers that cannot be right.

    Values that no count could have produced, averages that miss their parts, percent stored as
    fractions, impossible standard errors and dates, duplicates and contradictions, items that do
    not join. Each finding says how bad it is and how sure, and names its claims and sources;
    nothing is changed. The exit code is 0 whatever is found, unless --strict is given.
    """
    with target.open() as database:
        diagnosis = database.doctor(checks=checks, limit=limit, **asked)
    output.show(diagnosis, dispensable=("score id", "source"))
    if strict and diagnosis.n_findings:
        ctx.exit(DATA)
