"""`benchdb site`: the database as a web site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.groups import Group
from benchdb.cli.options import database_options, filter_options, option
from benchdb.cli.progress import waiting
from benchdb.cli.ranking import AGGREGATES, MISSING

if TYPE_CHECKING:
    from benchdb.cli.options import Target


@click.group("site", cls=Group)
def command() -> None:
    """Write the database as a web site.

    The site needs no server: open index.html, or put the folder on any host. For example: benchdb site build public
    """


@command.command(
    "build",
    examples=(
        "benchdb site build public",
        "benchdb site build public --title 'Our evaluations' --suite am-distill",
        "benchdb site build public --open-weights --max-parameters 70B --with-database",
    ),
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@option("--title", default="Benchmark results", show_default=True, help="Title of the site.")
@option("--with-database", is_flag=True, help="Put the database itself among the downloads; it must be a DuckDB file.")
@option("--force", is_flag=True, help="Write into a folder that holds something else; what it holds stays.")
@option(
    "--aggregate",
    type=click.Choice(AGGREGATES),
    help="What to rank by.  [default: mean, or ability where no benchmark is common to all models]",
)
@option("--missing", type=click.Choice(MISSING), help="What to do about missing scores, as of benchdb leaderboard.")
@filter_options()
@database_options
def build(  # noqa: PLR0913 — click hands over each option by keyword
    *,
    folder: str,
    title: str,
    with_database: bool,
    force: bool,
    aggregate: str | None,
    missing: str | None,
    asked: dict[str, Any],
    target: Target,
) -> None:
    """Write the site of a database into a folder.

    Pages: the leaderboard, every model, benchmark and source, comparison, trends, conflicts, coverage, and how the
    numbers were chosen. The same database gives the same bytes. A site of ours that stands there is replaced.
    """
    from benchdb.site.build import build as write

    ranking = {"aggregate": aggregate, "missing": missing}
    with target.open(doing="Opening") as database, waiting("Writing", "files") as tick:
        report = write(
            database,
            folder,
            title=title,
            with_database=with_database,
            force=force,
            ranking=ranking,
            progress=tick,
            **asked,
        )
    exits.say(
        f"Wrote {report.n_pages:,} pages, {report.n_files:,} files, {report.n_bytes / 1e6:,.1f} MB"
        f" in {report.seconds:.1f} s: {report.folder}/index.html"
    )
