"""`benchdb ingest`: files of results into the database, with a report of what became of each."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from benchdb.cli import exits
from benchdb.cli.groups import Command
from benchdb.cli.options import database_options, option, output_options
from benchdb.cli.progress import importing
from benchdb.cli.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.shell_completion import CompletionItem

    from benchdb.api import FileReport, IngestReport
    from benchdb.cli.options import Target
    from benchdb.cli.output import Output

F = TypeVar("F", bound="Callable[..., Any]")
SCORE_UNITS = ("fraction", "percent", "points", "elo", "seconds", "usd", "ratio", "nats", "bits")
"""Units of scores, as in `benchdb.schema.vocab.ScoreUnit`."""
_MOST_NAMES = 10
_LAST = ("skipped", "unknown")
_HEADINGS = {
    "file": "file",
    "state": "state",
    "importer": "format",
    "n_runs": "runs",
    "n_scores": "scores",
    "n_outcomes": "outcomes",
    "n_repeated": "repeated",
}


def _pairs(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        field, sign, column = value.partition("=")
        if not sign or not field.strip() or not column:
            raise click.BadParameter(f'"{value}" is not of the form FIELD=COLUMN. Write --map model=model_name.')
        name = field.strip()
        if name in pairs and name != "ignore":
            raise click.BadParameter(f'{name} is mapped twice: to "{pairs[name]}" and to "{column}". Keep one.')
        pairs[name] = f"{pairs[name]},{column}" if name in pairs else column
    return pairs


def _complete_formats(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from benchdb.api import formats

    return [CompletionItem(item.name, help=item.summary) for item in formats() if item.name.startswith(incomplete)]


_READING: tuple[Callable[[Any], Any], ...] = (
    option(
        "--from",
        "importer",
        metavar="FORMAT",
        shell_complete=_complete_formats,
        help="Read every file as this format (benchdb formats).  [default: recognised from the content]",
    ),
    option(
        "--map",
        "columns",
        multiple=True,
        metavar="FIELD=COLUMN",
        callback=_pairs,
        help="Which column of a table holds a field of ours; FIELD==TEXT sets it for every row. May be repeated.",
    ),
    option(
        "--score-unit",
        type=click.Choice(SCORE_UNITS),
        help="Unit of scores where the file does not say; a leaderboard shows only scores whose unit is known.",
    ),
    option("--no-samples", is_flag=True, help="Leave out the outcomes of single items.  [default: read them]"),
    option(
        "--metrics",
        type=click.Choice(("main", "all")),
        default="main",
        show_default=True,
        help="Read the main metrics of a log, or the side ones too.",
    ),
)


def reading_options(command: F) -> F:
    """Add --from, --map, --score-unit, --no-samples and --metrics, which say how files are read.

    Args:
        command: A command's function.
    """
    for add in reversed(_READING):
        command = add(command)
    return command


@click.command(
    "ingest",
    cls=Command,
    examples=(
        "benchdb ingest logs/ results.csv runs.tar.gz",
        "benchdb ingest scores.csv --map model=Name --map value=acc --score-unit percent",
        "benchdb ingest README.md --from markdown --dry-run",
        "benchdb ingest --watch logs/",
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path())
@reading_options
@option(
    "--answers",
    "with_answers",
    is_flag=True,
    help="Keep the answers to items beside their outcomes, for majority votes (Inspect logs, tables with a column answer).",
)
@option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that read files, 1 for none but this one.  [default: one a core, where there is enough to read]",
)
@option(
    "--progress",
    "shows",
    is_flag=True,
    help="Say every few seconds how far it is, although standard error is no terminal, where that shows anyway.",
)
@option("--dry-run", is_flag=True, help="Read everything, say what would change, and write nothing.")
@option(
    "--reread",
    is_flag=True,
    help="Open every file.  [default: not those that stand as they did when they were read last]",
)
@option(
    "--replace/--keep-earlier",
    "replaces",
    default=None,
    help="Undo the earlier import of a file that has changed since, or let both count.  [default: replace with --watch, else keep]",
)
@option(
    "--watch",
    "follows",
    is_flag=True,
    help="Follow folders: import what is finished in them until Ctrl-C (extra watch).",
)
@option(
    "--settle",
    "settle_s",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    default=2.0,
    show_default=True,
    help="With --watch: read a file once nobody has written to it for so long.",
)
@output_options
@database_options
def command(
    paths: tuple[str, ...], output: Output, target: Target, *, follows: bool, settle_s: float, shows: bool, **asked: Any
) -> int:
    """Import files of results.

    A folder or archive (zip, tar, gz, zst) stands for every file in it, a pattern ("logs/**/*.json") for every file that
    fits. Each file is imported whole or not at all; one that fails is reported and the others go on, and importing a file
    again adds nothing. The exit code is 1 when any file failed.

    --watch goes on to follow the folders, a line for each file that comes, until Ctrl-C, with exit code 0. The database is
    held only while something is imported.
    """
    asked["all_metrics"], asked["with_samples"] = asked.pop("metrics") == "all", not asked.pop("no_samples")
    asked["replaces"] = follows if asked["replaces"] is None else asked["replaces"]
    if follows and asked["dry_run"]:
        raise click.UsageError("--watch imports what comes; for a dry run leave it out")
    if follows:
        from benchdb.cli.following import follow

        return follow(paths, output, target, settle_s, asked)
    from benchdb.api import Meter, connect, extent

    doing, meter = "Reading" if asked["dry_run"] else "Importing", Meter()
    with (
        importing(doing, meter, lambda: extent(map(Path, paths)), is_asked=shows),
        connect(target.name, wait_s=target.wait_s) as database,
    ):
        report = database.ingest(*paths, meter=meter, **asked)
    output.show(report_sheet(report, dry_run=asked["dry_run"]))
    output.say(*_messages(report))
    return exits.DATA if report.n_failed else exits.OK


def report_sheet(report: IngestReport, *, dry_run: bool = False) -> Sheet:
    """Return the report of an import as something to show.

    Args:
        report: What became of the files.
        dry_run: Whether nothing was written.
    """
    rows = [{**asdict(file), "state": str(file.state)} for file in report.files]
    headings = {
        name: text for name, text in _HEADINGS.items() if name in {"file", "state"} or any(row[name] for row in rows)
    }
    return Sheet(
        title="What would be imported" if dry_run else "What was imported",
        rows=rows,
        headings=headings,
        notes=tuple(_notes(report, dry_run=dry_run)),
    )


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 file", "1,200 files".

    Args:
        number: How many.
        one: The noun for one.
        many: The noun for several; by default with an s.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _notes(report: IngestReport, *, dry_run: bool) -> Iterator[str]:
    states = ", ".join(f"{number:,} {state}" for state, number in sorted(report.states().items()))
    yield f"{count(len(report.files), 'file')}: {states}." if states else "No files were found."
    totals = [
        (report.total("n_scores"), "score"),
        (report.total("n_runs"), "run"),
        (report.total("n_outcomes"), "outcome"),
    ]
    added = [count(number, noun) for number, noun in totals if number]
    yield (
        f"{'Would add' if dry_run else 'Added'} {', '.join(added)}."
        if added
        else "Nothing new was found; the database is as before."
    )
    if repeated := report.total("n_repeated"):
        yield f"{count(repeated, 'claim')} {'was' if repeated == 1 else 'were'} known already, or stood in a file twice."
    if report.n_replaced:
        yield f"{count(report.n_replaced, 'earlier import')} of changed files undone; benchdb undo --redo takes that back."
    if report.new_names:
        shown = ", ".join(f"{kind} {slug}" for kind, slug in report.new_names[:_MOST_NAMES])
        more = len(report.new_names) - _MOST_NAMES
        rest = f" and {more:,} more" if more > 0 else ""
        yield f"{count(len(report.new_names), 'new catalogue entry', 'new catalogue entries')}, unreviewed: {shown}{rest}."


def _messages(report: IngestReport) -> Iterator[str]:
    """Yield why files were left out: failures first, unknown files at the end."""
    told = [file for file in report.files if file.message]
    for file in sorted(told, key=lambda file: _LAST.index(file.state) if file.state in _LAST else -1):
        yield ""
        yield _message(file)
    if any(file.state == "unknown" for file in told):
        yield ""
        yield "For a file that benchdb can read and did not recognise, name the format: --from NAME (benchdb formats)."


def _message(file: FileReport) -> str:
    message = file.message or ""
    return f"{file.state}: {message}" if message.startswith(file.file) else f"{file.state}: {file.file}: {message}"
