"""The only writer to standard output: results as a table, CSV, JSON, JSON lines or Markdown. Notes go to stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import click

from benchdb.cli import exits
from benchdb.errors import ConfigError
from benchdb.rows.safe import json_text, markdown_cell, spreadsheet_cell, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FORMATS = ("table", "csv", "json", "jsonl", "markdown")
"""Formats of every question; `table` and `markdown` are for people, the others hold every field of every row."""
_SUFFIXES = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown", ".txt": "table"}
_NARROWEST = 40
_USUAL = 80
_NOTES_WIDTH = 100


class Showable(Protocol):
    """What a question returns."""

    @property
    def title(self) -> str:
        """What it is, in a few words."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know."""

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
        """Return headings and lines for people."""

    def records(self) -> Sequence[Mapping[str, Any]]:
        """Return flat rows for programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where a result goes, and as what."""

    format: str | None = None
    """One of `FORMATS`; None for the file's suffix, else a table."""
    path: str | None = None
    """File to write; None or "-" for standard output."""
    quiet: bool = False
    """Whether titles and notes are left out."""

    def show(self, result: Showable, dispensable: Sequence[str] = ()) -> None:
        """Write a result: its rows to standard output or the file, its title and notes to stderr.

        Args:
            result: What a question returned.
            dispensable: Headings that a table may lose on a narrow terminal, the first one first; a note says so.
        """
        chosen = self.chosen()
        if chosen == "table" and not self._file() and not self.quiet:
            self.say(result.title, "")
        notes = list(result.notes)
        if chosen == "table":
            text, spared = self._table(result, dispensable)
            if spared:
                notes.append(f"Left out for lack of width: {', '.join(spared)}; --format csv shows all.")
        else:
            text = render(result, chosen)
        self._put(text)
        self._say_notes(notes)

    def show_all(self, results: Sequence[Showable]) -> None:
        """Write several results below each other, as parts of one answer; a file gets them all.

        Args:
            results: What a question returned, the first one with the notes on all.
        """
        if self._file() or len(results) == 1:
            text = "\n".join(render(result, self.chosen()) for result in results)
            self._put(text)
            self._say_notes([note for result in results for note in result.notes])
            return
        for number, result in enumerate(results):
            if not self.quiet:
                self.say(*([""] if number else []), result.title, "")
            elif number:
                put("\n")
            self._put(self._table(result, ())[0] if self.chosen() == "table" else render(result, self.chosen()))
        self._say_notes([note for result in results for note in result.notes])

    def _say_notes(self, notes: Sequence[str]) -> None:
        if not self.quiet and notes:
            self.say(*([""] if self.chosen() == "table" else []), *wrapped(notes))

    def chosen(self) -> str:
        """Return the format: the one asked for, else the one of the file's suffix, else a table."""
        suffix = Path(self.path or "").suffix.lower()
        return self.format or _SUFFIXES.get(suffix, "table")

    def say(self, *lines: str) -> None:
        """Write narration to stderr.

        Args:
            *lines: Lines of text.
        """
        for line in lines:
            click.echo(visible(line), err=True)

    def _table(self, result: Showable, dispensable: Sequence[str]) -> tuple[str, list[str]]:
        from benchdb.cli.layout import leave_out

        headers, rows = result.table()
        width = None if self._file() else terminal_width()
        spared: list[str] = []
        if width is not None:
            headers, rows, spared = leave_out(headers, rows, width, dispensable)
        return table_text(headers, rows, width, bold=self._is_terminal()), spared

    def _file(self) -> str | None:
        return None if self.path in {None, "-"} else self.path

    def _is_terminal(self) -> bool:
        return self._file() is None and is_colourful(sys.stdout)

    def _put(self, text: str) -> None:
        file = self._file()
        if file is None:
            put(text)
            return
        write_file(file, text)
        if not self.quiet:
            self.say(f"Wrote {file}")


def put(text: str) -> None:
    """Write text to standard output. A reader that has gone away ends the program quietly.

    Args:
        text: Lines, each with its end.

    Raises:
        click.exceptions.Exit: If nobody reads any more.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        exits.silence()
        raise click.exceptions.Exit(exits.OK) from None


def write_file(name: str, text: str) -> None:
    """Write a whole file or nothing of it.

    Args:
        name: Path of the file; one that exists is replaced.
        text: What it shall hold.

    Raises:
        ConfigError: If it cannot be written.
    """
    path = Path(name)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ConfigError(f"{name}: cannot be written: {error.strerror}. Name another file: -o PATH") from error


def render(result: Showable, output_format: str) -> str:
    """Return a result as text in one of the formats.

    Args:
        result: What a question returned.
        output_format: One of `FORMATS`.
    """
    renderers: dict[str, Callable[[Showable], str]] = {
        "csv": _csv,
        "json": _json,
        "jsonl": _jsonl,
        "markdown": _markdown,
    }
    if output_format in renderers:
        return renderers[output_format](result)
    return table_text(*result.table())


def table_text(
    headers: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None, *, bold: bool = False
) -> str:
    """Return a table for people.

    Args:
        headers: One header a column; no header line when all are empty.
        rows: Display strings.
        width: Columns of the terminal.
        bold: Whether the headings are bold.
    """
    from benchdb.cli.layout import lay_out

    blocks = lay_out([visible(header) for header in headers], [[visible(cell) for cell in row] for row in rows], width)
    if not bold:
        return "\n".join("".join(f"{line}\n" for line in block) for block in blocks)
    return "\n".join("".join(f"{line}\n" for line in _embolden(block)) for block in blocks)


def wrapped(notes: Iterable[str], width: int | None = None) -> list[str]:
    """Return notes as lines that fit the terminal, each note starting with a dash.

    Args:
        notes: Sentences.
        width: Columns; by default those of the terminal behind stderr.
    """
    width = width or terminal_width(sys.stderr) or _NOTES_WIDTH
    return [
        line
        for note in notes
        for line in click.wrap_text(visible(note), width, initial_indent="- ", subsequent_indent="  ").splitlines()
    ]


def terminal_width(stream: TextIO | None = None) -> int | None:
    """Return the columns that a table may take, None where nothing limits it.

    Args:
        stream: The stream that is written to; standard output by default.
    """
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), _NARROWEST)
    try:
        descriptor = (stream or sys.stdout).fileno()
        return max(os.get_terminal_size(descriptor).columns or _USUAL, _NARROWEST) if os.isatty(descriptor) else None
    except (OSError, ValueError):
        return None


def is_colourful(stream: TextIO) -> bool:
    """Return whether a stream is a terminal whose user has not refused colour.

    Args:
        stream: An open stream.
    """
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def plain(value: object) -> object:
    """Return a value as JSON has it: dates as ISO text, members of vocabularies as their text, tuples as lists.

    Args:
        value: A field of a row.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 - NaN
        return None
    return value


def _embolden(block: Sequence[str]) -> list[str]:
    rule = next((number for number, line in enumerate(block) if line.startswith("─")), None)
    if rule is None:
        return list(block)
    return [click.style(line, bold=True) for line in block[:rule]] + [
        click.style(block[rule], dim=True),
        *block[rule + 1 :],
    ]


def _csv(result: Showable) -> str:
    import csv
    import io

    records = result.records()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if records:
        writer.writerow(records[0])
    writer.writerows([_csv_cell(value) for value in record.values()] for record in records)
    return text.getvalue()


def _csv_cell(value: object) -> str:
    found = plain(value)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, list):
        found = "; ".join(map(str, found))
    return "" if found is None else spreadsheet_cell(str(found))


def _json(result: Showable) -> str:
    records = [_json_record(record) for record in result.records()]
    body = ",\n".join(records)
    return f"[\n{body}\n]\n" if records else "[]\n"


def _jsonl(result: Showable) -> str:
    return "".join(f"{_json_record(record)}\n" for record in result.records())


def _json_record(record: Mapping[str, Any]) -> str:
    import json

    values = {name: _json_value(name, value) for name, value in record.items()}
    return json_text(json.dumps(values, ensure_ascii=False, allow_nan=False))


def _json_value(name: str, value: object) -> object:
    """Return a value for JSON; keys become text, because many readers lose the last digits of a 63-bit number."""
    is_key = isinstance(value, int) and not isinstance(value, bool) and ("_id" in name or name == "fingerprint")
    return str(value) if is_key else plain(value)


def _markdown(result: Showable) -> str:
    from benchdb.cli.layout import is_number_column

    headers, rows = result.table()
    columns = list(zip(*rows, strict=True)) or [()] * len(headers)
    rule = ["--:" if is_number_column(column) else "---" for column in columns]
    lines = [
        [markdown_cell(header) for header in headers],
        rule,
        *[[markdown_cell(cell) for cell in row] for row in rows],
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
