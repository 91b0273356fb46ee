"""`benchdb undo`: what a file brought counts no more, or counts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from benchdb.cli import exits
from benchdb.cli.alias import decision_options
from benchdb.cli.groups import Command
from benchdb.cli.ingest import count
from benchdb.cli.options import database_options, option
from benchdb.cli.progress import waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.cli.options import Target
    from benchdb.ingest.undo import UndoReport


@click.command(
    "undo",
    cls=Command,
    examples=(
        'benchdb undo results.csv --reason "scores of the wrong checkpoint"',
        "benchdb undo results.csv --redo",
    ),
)
@click.argument("ingest")
@option("--redo", is_flag=True, help="Take the undoing back.")
@decision_options
@database_options
def command(ingest: str, *, redo: bool, by: str, reason: str | None, target: Target) -> None:
    """Take an import back, or take that back.

    What INGEST alone brought counts no more. It is the file as it was named, the key of the import, or the beginning of the
    file's SHA-256. Nothing is deleted: the decision is kept with who, when and why, questions with --as-of before it still count the import, and --redo or importing
    the file again takes it back. What another import states as well goes on to count.
    """
    from benchdb.api import connect

    given = {} if reason is None else {"reason": reason}
    with waiting("Redoing" if redo else "Undoing"), connect(target.name, wait_s=target.wait_s) as database:
        report = database.undo(ingest, by=by, redo=redo, **given)
    for line in _lines(report):
        exits.say(line)


def _lines(report: UndoReport) -> Iterator[str]:
    parts = [(report.n_scores, "score"), (report.n_runs, "run"), (report.n_outcomes, "outcome")]
    brought = ", ".join(count(number, noun) for number, noun in parts if number) or "nothing of its own"
    again = "counts again" if report.state == "complete" else "counts no more"
    yield f"{report.file} (import {report.ingest_id}) {again}: {brought}."
    if report.n_shared:
        is_one = report.n_shared == 1
        yield (
            f"{count(report.n_shared, 'run or score', 'runs and scores')} of it {'counts' if is_one else 'count'} either way: "
            "another import states the same."
        )
    if report.n_outcomes_kept:
        yield (
            f"{count(report.n_outcomes_kept, 'outcome')} that it brought to runs which another import states, too, "
            "count as long as those runs do."
        )
