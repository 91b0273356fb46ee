"""`benchdb ingest --watch`: a line for each file that came, until somebody stops it."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from benchdb.cli import exits
from benchdb.cli.ingest import count
from benchdb.rows.safe import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.api import FileReport, WatchPass
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

_COUNTS = {"n_runs": "run", "n_scores": "score", "n_outcomes": "outcome", "n_repeated": "known claim"}


def follow(paths: tuple[str, ...], output: Output, target: Target, settle_s: float, options: dict[str, Any]) -> int:
    """Import what folders hold, then whatever is finished in them; return the exit code once it is stopped.

    Args:
        paths: Folders.
        output: How the lines are written.
        target: The database.
        settle_s: Seconds for which a file must have been left alone.
        options: As for `Database.ingest`.
    """
    if output.format not in {None, "table", "json"} or output.path not in {None, "-"}:
        message = "--watch writes a line for each file to standard output: text, or an object each with --format json"
        raise click.UsageError(message)
    from benchdb.api import watch

    teller = _Teller(as_json=output.format == "json", quiet=output.quiet)
    try:
        with _ended_by_term():
            for done in watch(target.name, *paths, settle_s=settle_s, wait_s=target.wait_s, **options):
                teller.tell(done)
    except KeyboardInterrupt:
        teller.sum_up()
    return exits.OK


@dataclass(slots=True)
class _Teller:
    """Says what came, and at the end how much it was."""

    as_json: bool
    quiet: bool
    n_passes: int = 0
    n_added: int = 0
    loaded: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)

    def tell(self, done: WatchPass) -> None:
        """Write a line for each file of a pass."""
        if done.busy is not None:
            exits.say(f"{_now()}  waiting: {done.busy}")
            return
        self.n_passes += 1
        for file in done.report.files:
            self._count(file)
            click.echo(_as_json(file) if self.as_json else visible(_as_text(file)))
        if done.report.n_replaced:
            exits.say(f"{_now()}  {count(done.report.n_replaced, 'earlier import')} of changed files undone")
        if self.n_passes == 1 and not self.quiet:
            writing = f", {done.n_unsettled:,} still being written to" if done.n_unsettled else ""
            exits.say(f"{_now()}  {count(done.n_files, 'file')} seen{writing}. Following; Ctrl-C stops.")

    def sum_up(self) -> None:
        """Say how much came in all."""
        failed = f"; {len(self.failed):,} could not be read" if self.failed else ""
        exits.say(f"Stopped. {count(len(self.loaded), 'file')} brought {count(self.n_added, 'score')}{failed}.")

    def _count(self, file: FileReport) -> None:
        if file.state == "loaded":
            self.loaded.add(file.file)
            self.failed.discard(file.file)
            self.n_added += file.n_scores
        else:
            self.failed.add(file.file)


@contextmanager
def _ended_by_term() -> Iterator[None]:
    """Let SIGTERM, which service managers send, end the watch as Ctrl-C does."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _now() -> str:
    return datetime.now().astimezone().strftime("%H:%M:%S")


def _as_json(file: FileReport) -> str:
    return json.dumps(
        {"at": datetime.now().astimezone().isoformat(timespec="seconds"), **asdict(file)}, ensure_ascii=False
    )


def _as_text(file: FileReport) -> str:
    counts = ", ".join(count(number, noun) for name, noun in _COUNTS.items() if (number := getattr(file, name)))
    told = file.message if file.state != "loaded" or not counts else counts
    importer = f" ({file.importer})" if file.importer else ""
    if told is None:
        told = "nothing new"
    return (
        f"{_now()}  {file.state}  {told}"
        if told.startswith(file.file)
        else f"{_now()}  {file.state}  {file.file}{importer}: {told}"
    )
