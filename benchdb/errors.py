"""Every exception benchdb raises on purpose.

The tree, with the exit code the command line gives each branch::

    BenchdbError                      1
    ├── ConfigError                   2   a URL, option or setting that cannot be used
    ├── DatabaseError                 3   the database cannot be reached or used
    │   ├── DatabaseBusyError         3   another process holds the file or the right to write
    │   ├── DatabaseLostError         3   the connection was lost, or another transaction was in the way
    │   ├── DatabaseRevisionError     3   the schema is older or newer than this benchdb
    │   └── NotABenchdbError          3   the file or database holds something else
    ├── IngestError                   1   a file could not be imported
    │   ├── FormatNotRecognisedError  1   no importer knows the file
    │   └── MalformedFileError        1   an importer knows the file but cannot read a part of it
    ├── UnknownNameError              1   a model, benchmark, metric or organization nobody has named
    ├── AmbiguousQueryError           1   the question has several answers; an option must choose
    ├── EmptyResultError              1   the question is valid and nothing in the database answers it
    ├── SqlError                      2   a statement of SQL that cannot be run
    │   └── SqlLimitError             4   a statement that takes more time or memory than it may
    ├── ChartError                    1   rows that cannot be drawn, or a file type nobody writes
    ├── ExportError                   1   a format nobody writes, or a place that cannot be written
    └── StatisticsInputError          1   numbers outside a statistic's domain

`Interrupted` is none of them: it is the interruption that a user asked for, with what was done until then, exit code 130.

A message says where, what was found and expected, and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_LONGEST_MESSAGE = 1_000
_LONGEST_PART = 200


def shorten(text: str, most: int = _LONGEST_PART) -> str:
    """Return a text with its middle left out where it is long, since what a message repeats of a file has no limit.

    Args:
        text: Any text.
        most: Characters that are kept.
    """
    if len(text) <= most:
        return text
    tail = most // 4
    return f"{text[: most - tail]} … {text[-tail:]} ({len(text):,} characters)"


class BenchdbError(Exception):
    """Base of every error that benchdb raises on purpose."""

    exit_code: ClassVar[int] = 1
    """Exit code of the command line for this error."""


class ConfigError(BenchdbError):
    """A URL, option or setting that cannot be used."""

    exit_code: ClassVar[int] = 2


class DatabaseError(BenchdbError):
    """The database cannot be reached or used."""

    exit_code: ClassVar[int] = 3


class DatabaseLostError(DatabaseError):
    """The connection was lost or another transaction was in the way; the same may be tried again."""


class Interrupted(KeyboardInterrupt):
    """The user stopped what was going on; the message says what was done until then."""


class DatabaseBusyError(DatabaseError):
    """Another process holds the DuckDB file, or the right to write to a PostgreSQL database."""

    @classmethod
    def from_holder(cls, path: str, waited_s: float, holder: str) -> DatabaseBusyError:
        """Return the error for a database that stayed locked.

        Args:
            path: The DuckDB file, or the URL without a password.
            waited_s: Seconds waited.
            holder: What is known of the process that holds it.
        """
        return cls(
            f"{path}: another process is using this database ({holder}); waited {waited_s:.0f} s. "
            f"Wait for it to finish or stop it, then run the command again (--wait SECONDS waits longer)."
        )


class DatabaseRevisionError(DatabaseError):
    """The schema is older or newer than this benchdb."""

    @classmethod
    def from_revisions(cls, where: str, found: str | None, needed: str) -> DatabaseRevisionError:
        """Return the error for a schema at the wrong revision.

        Args:
            where: The database, without a password.
            found: Its revision, or None when it has no tables of ours.
            needed: The revision this benchdb works with.
        """
        if found is None:
            return cls(f"{where}: there is no benchdb schema here. Create it: benchdb db init")
        if found < needed:
            return cls(f"{where} is at revision {found}; this benchdb needs {needed}. Upgrade it: benchdb db upgrade")
        return cls(f"{where} is at revision {found}, newer than {needed} of this benchdb. Install a newer benchdb.")


class NotABenchdbError(DatabaseError):
    """The file or database exists and holds something else."""


class IngestError(BenchdbError):
    """A file could not be imported."""

    def __init__(self, message: str = "") -> None:
        """Keep the beginning and the end of a message that repeats too much of a file to be read."""
        super().__init__(shorten(message, _LONGEST_MESSAGE))


class FormatNotRecognisedError(IngestError):
    """No importer recognises the file."""

    @classmethod
    def from_tried(cls, where: str, tried: Iterable[str]) -> FormatNotRecognisedError:
        """Return the error for a file no importer claims.

        Args:
            where: The file.
            tried: Names of the importers asked.
        """
        names = sorted(tried)
        return cls(f"{where}: no importer recognises this file (tried {', '.join(names)}). Name one: --from {names[0]}")


class MalformedFileError(IngestError):
    """An importer recognises the file but cannot read a part of it."""

    @classmethod
    def at(cls, where: str, place: str, found: str, expected: str) -> MalformedFileError:
        """Return the error for one unreadable place.

        Args:
            where: The file.
            place: Key path, line or member inside it ("" for the whole file).
            found: What stands there.
            expected: What should stand there.
        """
        spot = f"{where}, {shorten(place)}" if place else where
        return cls(f"{spot}: expected {expected}, found {shorten(found)}")

    @classmethod
    def too_large(cls, where: str, place: str, limit: int, n_bytes: int | None = None) -> MalformedFileError:
        """Return the error for what has to be in memory as a whole and is too large for that.

        Args:
            where: The file.
            place: Place inside it ("" for the whole file).
            limit: Bytes that it may have.
            n_bytes: Bytes that it has; None if nobody has read on to its end.
        """
        spot = f"{where}, {shorten(place)}" if place else where
        found = "more than that" if n_bytes is None else f"{n_bytes:,} bytes"
        return cls(
            f"{spot}: expected at most {limit:,} bytes, since this part of the format is read as a whole, found {found}. "
            "Divide the file, or take out what is no result"
        )


class UnknownNameError(BenchdbError):
    """A model, benchmark, metric or organization that the database does not know."""

    suggestions: tuple[str, ...] = ()
    """Nearest known names, best first."""

    @classmethod
    def from_suggestions(cls, kind: str, name: str, suggestions: Sequence[str]) -> UnknownNameError:
        """Return the error for an unknown name, with the nearest known ones.

        Args:
            kind: "model", "benchmark", "metric", "organization", "suite" or "source".
            name: The name as given.
            suggestions: Nearest known names, best first; may be empty.
        """
        hint = f" Did you mean {', '.join(suggestions)}?" if suggestions else ""
        error = cls(f'{kind.capitalize()} "{name}" is unknown.{hint} List them: benchdb list {kind}s')
        error.suggestions = tuple(suggestions)
        return error


class AmbiguousQueryError(BenchdbError):
    """The question has several answers; an option must choose one."""


class EmptyResultError(BenchdbError):
    """The question is valid and nothing in the database answers it."""


class SqlError(BenchdbError):
    """A statement of SQL that is not one, does not only read, or that the database refuses."""

    exit_code: ClassVar[int] = 2


class SqlLimitError(SqlError):
    """A statement of SQL that takes more time or memory than it may; it was stopped."""

    exit_code: ClassVar[int] = 4


class ChartError(BenchdbError):
    """Rows that cannot be drawn, or an output type that benchdb does not write."""


class StatisticsInputError(BenchdbError):
    """Numbers outside the domain of a statistic."""


class ExportError(BenchdbError):
    """An export cannot be written: unknown format, a place that is taken, rows that the format cannot hold."""
