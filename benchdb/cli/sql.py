"""`benchdb sql`: one statement that reads, answered in every format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, option, output_options
from benchdb.cli.values import Size

if TYPE_CHECKING:
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

_LINES = 1_000


@click.command(
    "sql",
    cls=Command,
    examples=(
        "benchdb sql 'SELECT model, value FROM leaderboard_cells WHERE benchmark = $$math-500$$ ORDER BY value DESC LIMIT 5'",
        "benchdb sql 'DESCRIBE claims'",
        'benchdb sql "SELECT wilson(29, 30) AS interval"',
        "benchdb sql - -o spread.csv < spread.sql",
    ),
)
@click.argument("statement", metavar="STATEMENT|-")
@option(
    "--limit",
    "most",
    type=click.IntRange(min=0),
    metavar="ROWS",
    help=f"Rows to show at most; 0 shows all.  [default: {_LINES} as a table or Markdown, else all]",
)
@option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop the statement after so long, with exit code 4.  [default: it runs until Ctrl-C]",
)
@option(
    "--memory",
    type=Size(),
    metavar="SIZE",
    help="Stop a statement that needs more, such as 2GB, with exit code 4: DuckDB's own memory, and the rows of the answer on "
    "both engines.  [default: DuckDB takes four fifths of the machine's, then goes to disk]",
)
@output_options
@database_options
def command(
    *,
    statement: str,
    most: int | None,
    timeout_s: float | None,
    memory: int | None,
    output: Output,
    target: Target,
) -> None:
    """Answer one statement of SQL that reads.

    Tables, the views made for reading (claims, leaderboard_cells, outcomes_by_model, runs, models, benchmarks, sources) and the
    statistical functions are described in docs/sql.md. The database is opened read-only: a statement cannot write, attach,
    read files or load extensions. "-" reads the statement from standard input. A program that runs statements of others gives
    them --timeout and --memory.
    """
    if statement == "-":
        statement = sys.stdin.read()
    if most is None and output.chosen() in {"table", "markdown"}:
        most = _LINES
    with target.open(memory=memory) as database:
        answer = database.sql(statement, most=most or None, timeout_s=timeout_s, memory=memory)
    output.show(answer)
