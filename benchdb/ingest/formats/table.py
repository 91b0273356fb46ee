"""benchdb's own tables: CSV, TSV, JSON, JSON Lines, YAML and Parquet, long or wide, and documents of claims.

Specification: docs/importers.md. The shape is told from the columns: model, benchmark and value make a table of scores; a column
for the item one of outcomes; a first column of models with benchmarks beside it a wide one; an object with `source`, `defaults`
and `rows` a document that transcribes a paper or page. `--map field=column` names a column, `--map field==text` gives every row
the same text, `--map ignore=column` leaves one out; "metric.COLUMN" and "unit.COLUMN" speak of one column of a wide table.
The answers of a table of outcomes (column `answer`) are kept with `--answers`. Missing marks ("-", "n/a", "", NaN …) drop the score; a metric is never guessed. Facts about models (size, licence …) are passed
over, and so is an average over a wide table's own columns unless `--metrics all` asks for it. An apostrophe that keeps a CSV cell from being a formula is taken off, and
a column `decimals` says it for every row (empty: full precision). A row's number counts the header of a CSV file as row 1 and leaves out blank lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.importer import Importer, ReadOptions, read_head
from benchdb.ingest.records import SourceRecord
from benchdb.schema.vocab import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from benchdb.ingest.records import OutcomeTable, Record, ScoreTable
    from benchdb.ingest.tables.fields import Assignment
    from benchdb.ingest.tables.reading import Batch

_FILE = SourceRecord(kind=SourceKind.MANUAL)


def sniff(head: bytes, name: str) -> bool:
    """Return whether a file is a table of ours.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    from benchdb.ingest.tables.sniffing import is_table

    return is_table(head, name)


def read(path: Path, options: ReadOptions) -> Iterator[Record]:
    """Yield the file's rows, batch by batch.

    Args:
        path: The file.
        options: What the user said.

    Raises:
        MalformedFileError: If the file is not such a table, or a value in it is not what it should be.
    """
    source, batches = _open(path, options)
    is_empty = True
    for batch in batches:
        if batch.rows.num_rows == 0:
            continue
        is_empty = False
        record = _read_batch(batch, source, options, str(path))
        if record is not None:
            yield record
    if is_empty:
        raise MalformedFileError.at(str(path), "", "none", "rows below the header")


def _open(path: Path, options: ReadOptions) -> tuple[SourceRecord, Iterable[Batch]]:
    from benchdb.ingest.tables.fields import check_fields
    from benchdb.ingest.tables.reading import read_csv, read_json_lines, read_parquet

    check_fields(options.columns)
    head = read_head(path)
    start = head.lstrip()
    if head.startswith(b"PAR1"):
        return _FILE, read_parquet(path, options.columns)
    if not start:
        raise MalformedFileError.at(str(path), "", "nothing", "a table")
    if start.startswith(b"{") and _is_json_lines(start):
        return _FILE, read_json_lines(path)
    name = path.name.casefold()
    if (
        start[:1] in {b"[", b"{"}
        or name.endswith((".yaml", ".yml"))
        or start.startswith((b"- ", b"source:", b"defaults:", b"rows:", b"#", b"---"))
    ):
        return _open_document(path)
    return _FILE, read_csv(path, options.columns)


def _open_document(path: Path) -> tuple[SourceRecord, Iterable[Batch]]:
    from benchdb.ingest.contents import is_small
    from benchdb.ingest.tables.documents import DOCUMENT_KEYS, read_rows, read_source
    from benchdb.ingest.tables.reading import Batch, read_document, read_json_rows, rows_to_batch

    is_list = read_head(path).lstrip().startswith(b"[") and not path.name.casefold().endswith((".yaml", ".yml"))
    if is_list and not is_small(path):
        return _FILE, read_json_rows(path)
    document: Any = read_document(path)
    source = _FILE
    if isinstance(document, dict) and DOCUMENT_KEYS & document.keys():
        source, document = read_source(document, str(path)), read_rows(document, str(path))
    elif isinstance(document, dict):
        document = _rows_of_columns(document, str(path))
    if not isinstance(document, list):
        raise MalformedFileError.at(
            str(path), "", type(document).__name__, "a list of rows, an object of columns, or a document with rows"
        )
    return source, [Batch(first_row=1, rows=rows_to_batch(document, str(path)))]


def _rows_of_columns(columns: dict[str, Any], where: str) -> list[dict[str, Any]]:
    """Return the rows of an object that holds a list for each column; a single row may stand without lists."""
    if not any(isinstance(column, list) for column in columns.values()):
        return [columns]
    longest = max(len(column) for column in columns.values() if isinstance(column, list))
    for name, column in columns.items():
        if not isinstance(column, list) or len(column) != longest:
            found = f"{len(column)} values" if isinstance(column, list) else "no list"
            raise MalformedFileError.at(
                where, str(name), found, f"a list of {longest} values, as in the longest column"
            )
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_json_lines(start: bytes) -> bool:
    import json

    first, newline, rest = start.partition(b"\n")
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return bool(newline and rest.lstrip().startswith(b"{")) or not any(
        isinstance(each, list | dict) for each in value.values()
    )


def _read_batch(
    batch: Batch, source: SourceRecord, options: ReadOptions, where: str
) -> ScoreTable | OutcomeTable | None:
    from benchdb.ingest.tables.fields import assign
    from benchdb.ingest.tables.long import read_outcomes, read_scores
    from benchdb.ingest.tables.shapes import Shape, shape_of
    from benchdb.ingest.tables.wide import read_wide

    names = batch.rows.schema.names
    assigned: Assignment = assign(names, options.columns, where)
    shape = shape_of(names, assigned)
    if shape is Shape.OUTCOMES:
        return _outcomes(read_outcomes(batch, assigned, source, where), options) if options.with_samples else None
    if shape is Shape.WIDE and assigned.others:
        return read_wide(batch, assigned, source, options, where)
    return read_scores(batch, assigned, source, options, where)


def _outcomes(table: OutcomeTable, options: ReadOptions) -> OutcomeTable:
    """Return the outcomes without the answers, unless they were asked for."""
    from dataclasses import replace

    names = table.rows.column_names
    if options.with_answers or "answer" not in names:
        return table
    return replace(table, rows=table.rows.drop_columns("answer"))


IMPORTER = Importer(name="table", version="3", sniff=sniff, read=read, priority=80)
