"""From the records that an importer yields to rows, one part at a time, so that the caller can write what has gathered."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from benchdb.errors import IngestError, MalformedFileError
from benchdb.ingest.records import OutcomeTable, RunRecord
from benchdb.schema.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from benchdb.ingest.flatten import Flattener
    from benchdb.ingest.identity import IngestFile
    from benchdb.ingest.records import Record


@contextmanager
def faults_of_importer(file: IngestFile) -> Iterator[None]:
    """Turn what an importer did not foresee into the failure of its file: a third party may have written it.

    Args:
        file: The file that it reads inside the block.

    Raises:
        IngestError: In place of such an error.
    """
    try:
        yield
    except UnicodeDecodeError:
        raise
    except RecursionError as error:
        raise nested_too_deeply(file.found.path) from error
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        raise IngestError(
            f"{file.found.path}: the importer {file.importer.name} failed with {type(error).__name__}: {error}. "
            "This is a fault of the importer; report it with the file."
        ) from error


def nested_too_deeply(path: Path) -> MalformedFileError:
    """Return what to say of a file whose values no reader could follow to the bottom.

    Args:
        path: The file.
    """
    return MalformedFileError.at(
        str(path), "", "values nested too deeply", "values nested some hundred levels deep at most"
    )


def add_record(flattener: Flattener, record: Record) -> Iterator[None]:
    """Add one record to a file's rows, pausing after each part so that the caller can write what has gathered.

    Args:
        flattener: The file's rows.
        record: What its importer yielded.

    Yields:
        None after each part.
    """
    if isinstance(record, RunRecord):
        yield from flattener.add_run(record)
        return
    from benchdb.ingest.columns import ColumnFlattener

    columns = ColumnFlattener(flattener)
    if isinstance(record, OutcomeTable):
        columns.add_outcomes(record)
    else:
        columns.add_scores(record)
    yield


def steps(flattener: Flattener, records: Iterable[Record]) -> Iterator[None]:
    """Add record after record to a file's rows, pausing after each part.

    Args:
        flattener: The file's rows.
        records: What its importer yields.
    """
    held, seen = flattener.out, 0
    for record in records:
        for _part in add_record(flattener, record):
            if flattener.out is not held:
                held, seen = flattener.out, 0
            flattener.gathered(held.n_large - seen)
            seen = held.n_large
            yield


def entry_rows(table: str, entries: list[dict[str, Any]], ingest_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield new catalogue entries as rows of their table, marked unreviewed.

    Args:
        table: Name of the table.
        entries: Columns that are known, by name.
        ingest_id: The import that brings them.
    """
    names = _columns(table) if entries else ()
    for entry in entries:
        facts = {"review_state": "unreviewed", "ingest_id": ingest_id, **entry}
        yield tuple([facts.get(name) for name in names])


@cache
def _columns(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in Base.metadata.tables[table].columns)
