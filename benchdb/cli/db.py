"""`benchdb db`: creating, upgrading, describing, checking and copying a database."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.db_merge import merge
from benchdb.cli.groups import Group
from benchdb.cli.options import database_options, option, output_options
from benchdb.cli.progress import waiting
from benchdb.cli.sheet import Sheet
from benchdb.errors import DatabaseBusyError, DatabaseError, NotABenchdbError

if TYPE_CHECKING:
    from benchdb.api import Status
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output
    from benchdb.database.copies import CopyReport


@click.group("db", cls=Group)
def command() -> None:
    """Create, upgrade, describe, check, copy or merge a database."""


command.add_command(merge)


@command.command("init", examples=("benchdb db init", "benchdb db init --db postgresql://me@localhost/results"))
@database_options
def init(target: Target) -> None:
    """Create an empty database.

    Names to import results for come with "benchdb demo" or with the files themselves. One that is there already is left
    as it is; a file or database that holds something else is refused.
    """
    from benchdb.api import connect

    found = _find(target)
    if found is not None and found.revision is not None:
        exits.say(f"{found.place} is there already, at revision {found.revision}. Nothing was changed.")
        return
    with waiting("Creating"), connect(target.name, wait_s=target.wait_s, create=True) as database:
        exits.say(f"Created {database.place} at revision {database.status().revision}.")


def _find(target: Target) -> Status | None:
    """Return what a database holds, whatever its revision, or None when there is none yet.

    Raises:
        DatabaseBusyError: If another process holds the file.
        NotABenchdbError: If there is something else.
    """
    from benchdb.api import connect

    try:
        with connect(target.name, wait_s=target.wait_s, any_revision=True) as database:
            return database.status()
    except (DatabaseBusyError, NotABenchdbError):
        raise
    except DatabaseError:
        return None


@command.command("upgrade", examples=("benchdb db upgrade", "benchdb db upgrade --db old.duckdb"))
@database_options
def upgrade(target: Target) -> None:
    """Bring a database to the revision that this benchdb needs.

    Each step is one transaction: a step that fails leaves the database as it was before it.
    """
    from benchdb.api import connect

    with waiting("Upgrading"), connect(target.name, wait_s=target.wait_s, any_revision=True) as database:
        before, after = database.upgrade()
        if before == after:
            exits.say(f"{database.place} is at revision {after}, the newest. Nothing was changed.")
        else:
            exits.say(f"{database.place} was at revision {before or 'none'} and is now at {after}.")


@command.command("status", examples=("benchdb db status", "benchdb db status --format json"))
@output_options
@database_options
def status(output: Output, target: Target) -> None:
    """Describe a database: its place, its revision, what it holds."""
    with target.open(any_revision=True) as database:
        found = asdict(database.status())
    output.show(Facts(found))


@command.command("check", examples=("benchdb db check", "benchdb db check --db results.duckdb --format json"))
@output_options
@database_options
def check(output: Output, target: Target) -> int:
    """Prove that every reference, key and count in a database holds.

    Prints the rules that are broken and exits with 1; a sound database prints nothing.
    """
    with target.open(doing="Checking") as database:
        findings, place = database.check(), database.place
    if not findings:
        exits.say(f"{place} is sound: every reference, key and count holds.")
        if output.chosen() == "table":
            return exits.OK
    headings = {"table": "table", "rule": "what must hold", "n_rows": "rows", "example": "for example"}
    rows = [asdict(finding) for finding in findings]
    output.show(Sheet(title=f"{place}: rules that are broken", rows=rows, headings=headings))
    return exits.DATA if findings else exits.OK


@command.command("backup", examples=("benchdb db backup results.duckdb", "benchdb db backup copy.duckdb --force"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@option("--force", is_flag=True, help="Replace FILE if it is there, once the new copy is proved.")
@database_options
def backup(file: Path, *, force: bool, target: Target) -> int:
    """Copy a database into a file of its own, and prove the copy.

    FILE is a DuckDB database whatever the engine. Others may read meanwhile, and on PostgreSQL write: the copy is of one
    moment. It is closed, opened again and compared row for row before it gets its name.
    """
    from benchdb.api import connect

    with (
        waiting("Copying", "tables") as tick,
        connect(target.name, read_only=True, wait_s=target.wait_s) as database,
    ):
        report = database.backup(file, force=force, progress=tick)
    return _copied(report, "Copied")


@command.command("restore", examples=("benchdb db restore copy.duckdb --db results.duckdb",))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@database_options
def restore(file: Path, target: Target) -> int:
    """Copy a backup into an empty place, and prove the copy.

    The place is a DuckDB file that does not exist, or a PostgreSQL database without rows; nothing is ever overwritten.
    """
    from benchdb.api import restore

    with waiting("Restoring", "tables") as tick:
        report = restore(file, target.name, wait_s=target.wait_s, progress=tick)
    return _copied(report, "Restored")


@command.command("compact", examples=("benchdb db compact", "benchdb db compact --db results.duckdb --wait 60"))
@database_options
def compact(target: Target) -> int:
    """Write a DuckDB file anew, without the room that deleted and changed rows left.

    The new file takes the old one's place in one step, once it is proved to hold the same rows. Others may go on reading; a
    process that writes is waited for. There must be room for both files.
    """
    from benchdb.api import connect

    with (
        waiting("Writing anew", "tables") as tick,
        connect(target.name, read_only=True, wait_s=target.wait_s) as database,
    ):
        report = database.compact(wait_s=target.wait_s, progress=tick)
    exits.say(f"{report.target}: {report.n_bytes_before:,} bytes before, {report.n_bytes:,} now.")
    return _copied(report, "Wrote", is_same=True)


def _copied(report: CopyReport, done: str, *, is_same: bool = False) -> int:
    """Say what was copied; a copy of a database that is not sound is a copy all the same, and is told."""
    where = "" if is_same else f" from {report.source} to {report.target}"
    exits.say(f"{done} {report.n_rows:,} rows{where}; opened again, every row is the same.")
    if report.left_out:
        exits.say(f"Not copied, because it is not benchdb's: {', '.join(report.left_out)}.")
    for rule in report.broken:
        exits.say(f"Broken in both, {rule}. See: benchdb db check")
    return exits.DATA if report.broken else exits.OK


class Facts:
    """What is known of one thing, a line a fact for people and one row for programs."""

    title = "Database"
    notes: tuple[str, ...] = ()

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return one line a fact."""
        return ["", ""], [
            [_fact(name), f"{value:,}" if isinstance(value, int) else str(value)]
            for name, value in self._facts.items()
            if value is not None
        ]

    def records(self) -> list[dict[str, Any]]:
        """Return the facts as one row."""
        return [self._facts]


def _fact(name: str) -> str:
    return {"head": "newest revision"}.get(name, name.removeprefix("n_").replace("_", " "))
