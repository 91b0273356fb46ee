"""Bytes of a table into Arrow batches: CSV, TSV, JSON Lines, Parquet and large JSON lists as a stream, other JSON and YAML as a whole.

Numbers in text formats stay text where the file has them as text, so that their decimals survive.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
import pyarrow.parquet as pq

from benchdb.errors import IngestError, MalformedFileError
from benchdb.ingest.arrays import to_array
from benchdb.ingest.importer import read_head
from benchdb.ingest.logs import json_text
from benchdb.ingest.logs.json_files import MOST_WHOLE, read_array
from benchdb.ingest.logs.yaml_text import LONGEST, load_yaml
from benchdb.ingest.meter import passed
from benchdb.ingest.plain_text import whole_file
from benchdb.ingest.tables.casts import NAME_TYPE
from benchdb.ingest.tables.fields import KINDS, Kind, field_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

BLOCK_SIZE = 1 << 23
"""Bytes of text parsed at a time."""
BATCH_ROWS = 1 << 19
"""Rows of a Parquet file held at a time."""
_MOST_VALUES = 1 << 16
"""Values of a JSON list held at a time."""
_NUMERIC = frozenset({Kind.VALUE, Kind.NUMBER})
_DEEPEST = 1_000
_MARKED = "^'+[=+\\-@\t\r\n＝＋－＠]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some consecutive rows of a table."""

    first_row: int
    """Number of the first one as a person counts: the header of a CSV file is row 1, the first record of others is."""
    rows: pa.RecordBatch
    """The rows as read."""


def delimiter_of(header: str) -> str:
    """Return what separates the columns: the commonest of comma, tab and semicolon.

    Args:
        header: First line of the file.
    """
    outside = "".join(header.split('"')[::2])
    return max(",\t;", key=outside.count)


def header_of(text: str) -> list[str]:
    """Return the column names of a CSV file, empty for a file without any.

    Args:
        text: The beginning of the file.
    """
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    try:
        return next(csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=delimiter_of(first_line)), [])
    except csv.Error:
        return []


def read_csv(path: Path, mapped: Mapping[str, str]) -> Iterator[Batch]:
    """Yield the rows of a CSV, TSV or semicolon-separated file; every column is text.

    Args:
        path: The file.
        mapped: Field → column as the user says, so that columns of names are read dictionary-encoded.

    Raises:
        MalformedFileError: If the file is not a table of that sort.
    """
    head = read_head(path).decode("utf-8", "replace")
    names = header_of(head)
    _require_different(path, names)
    own = {column: name for name, column in mapped.items()}
    first_line = head.lstrip("\r\n").split("\n", 1)[0]
    first_row = 2
    try:
        reader = _open_csv(path, delimiter_of(first_line), names, own)
        if not set(reader.schema.names) <= set(names):
            # The header ends elsewhere than at the first line end; no column may be of a type that nobody asked for.
            names = reader.schema.names
            _require_different(path, names)
            reader = _open_csv(path, delimiter_of(first_line), names, own)
        numbers = {name for name in names if KINDS.get(own.get(name) or field_named(name) or "") in _NUMERIC}
        for rows in reader:
            yield Batch(first_row=first_row, rows=_without_marks(rows, numbers))
            first_row += rows.num_rows
            passed(BLOCK_SIZE)
    except UnicodeDecodeError as error:
        raise _unreadable(path, first_row, error, "text in UTF-8") from error
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise _unreadable(path, first_row, error, "rows with as many cells as the header") from error


def _open_csv(path: Path, delimiter: str, names: Sequence[str], own: Mapping[str, str]) -> pa_csv.CSVStreamingReader:
    types = {name: _csv_type(own.get(name) or field_named(name)) for name in names}
    return pa_csv.open_csv(
        path,
        read_options=pa_csv.ReadOptions(block_size=BLOCK_SIZE),
        parse_options=pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""]),
    )


def _require_different(path: Path, names: Sequence[str]) -> None:
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise MalformedFileError.at(
            str(path), "row 1", f'more than one column "{double}"', "a different name for each column"
        )


def _without_marks(rows: pa.RecordBatch, left: Collection[str]) -> pa.RecordBatch:
    """Return rows without the apostrophe that keeps spreadsheets from taking text for a formula.

    Args:
        rows: Columns of text, dictionary-encoded or not.
        left: Columns to leave as they are.
    """
    columns = [
        column if name in left else _without_mark(column)
        for name, column in zip(rows.schema.names, rows.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def _without_mark(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, _without_mark(column.dictionary))
    if not pa.types.is_string(column.type) or not pc.any(pc.starts_with(column, "'"), min_count=0).as_py():
        return column
    is_marked = pc.match_substring_regex(column, _MARKED)
    return pc.if_else(is_marked, pc.utf8_slice_codeunits(column, 1), column)


def read_parquet(path: Path, mapped: Mapping[str, str]) -> Iterator[Batch]:
    """Yield the rows of a Parquet file.

    Args:
        path: The file.
        mapped: Field → column as the user says, so that columns of names are read dictionary-encoded.

    Raises:
        MalformedFileError: If it is not a Parquet file.
    """
    own = {column: name for name, column in mapped.items()}
    first_row = 1
    try:
        names = pq.read_schema(path).names
        encoded = [name for name in names if KINDS.get(own.get(name) or field_named(name) or "") is Kind.NAME]
        with pq.ParquetFile(path, read_dictionary=encoded) as file:
            per_row = path.stat().st_size / max(1, file.metadata.num_rows)
            for rows in file.iter_batches(batch_size=BATCH_ROWS):
                yield Batch(first_row=first_row, rows=rows)
                first_row += rows.num_rows
                passed(int(per_row * rows.num_rows))
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(path, first_row, error, "a Parquet file") from error


def read_json_lines(path: Path) -> Iterator[Batch]:
    """Yield the rows of a file with one JSON object a line.

    Args:
        path: The file.

    Raises:
        MalformedFileError: If a line is not a JSON object of plain values, or longer than `json_text.LONGEST`.
    """
    first_row, rest = 1, b""
    with path.open("rb") as file:
        file.seek(3 if file.read(3) == b"\xef\xbb\xbf" else 0)
        while chunk := file.read(BLOCK_SIZE):
            passed(len(chunk))
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            if len(rest) > json_text.LONGEST:
                raise MalformedFileError.too_large(str(path), f"row {first_row} or after", json_text.LONGEST)
            if newline:
                rows = _parse_lines(path, whole, first_row)
                yield Batch(first_row=first_row, rows=rows)
                first_row += rows.num_rows
    if rest.strip():
        yield Batch(first_row=first_row, rows=_parse_lines(path, rest, first_row))


def read_document(path: Path) -> object:
    """Return what a JSON or YAML file holds.

    Args:
        path: The file; JSON if it begins with a bracket, else YAML.

    Raises:
        MalformedFileError: If it is neither, or too large to be read as a whole.
    """
    is_json = read_head(path).lstrip()[:1] in {b"[", b"{"}
    is_yaml = not is_json or path.name.casefold().endswith((".yaml", ".yml"))
    data = whole_file(path, LONGEST if is_yaml else MOST_WHOLE).removeprefix(b"\xef\xbb\xbf")
    if is_json:
        try:
            return _load_json(data)
        except ValueError as error:
            if not is_yaml:
                raise MalformedFileError.at(str(path), "", str(error), "JSON") from error
    try:
        return load_yaml(data)
    except ValueError as error:
        raise MalformedFileError.at(str(path), "", " ".join(str(error).split()), "YAML") from error


def read_json_rows(path: Path) -> Iterator[Batch]:
    """Yield the rows of a large JSON list, which is read twice: only the whole of it tells what columns there are and of which types.

    Args:
        path: The file.

    Raises:
        MalformedFileError: If an element is not an object of plain values.
    """
    where = str(path)
    kinds: dict[str, pa.DataType] = {}
    for first_row, rows in _some_rows(path):
        for field in rows_to_batch(rows, where, first_row).schema:
            kinds[field.name] = _common(kinds.get(field.name, pa.null()), field.type)
    for first_row, rows in _some_rows(path):
        yield Batch(first_row=first_row, rows=rows_to_batch(rows, where, first_row, kinds))


def _some_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield the elements of a JSON list, some at a time, each time with the number of the first."""
    first_row, rows, n_values = 1, [], 0
    for row in read_array(path, "a list of rows"):
        rows.append(row)
        n_values += len(row) if isinstance(row, dict) else 1
        if n_values >= _MOST_VALUES:
            yield first_row, rows
            first_row, rows, n_values = first_row + len(rows), [], 0
    yield first_row, rows


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return the type of a column of which one part has one type and another part another."""
    if one == other or pa.types.is_null(one):
        return other
    if pa.types.is_null(other):
        return one
    are_numbers = {one, other} == {pa.int64(), pa.float64()}
    return pa.float64() if are_numbers else pa.string()


def rows_to_batch(
    rows: Sequence[Mapping[str, Any]], where: str, first_row: int = 1, kinds: Mapping[str, pa.DataType] | None = None
) -> pa.RecordBatch:
    """Return objects as a record batch; a column of mixed types becomes text.

    Args:
        rows: One mapping a row; a key that a row lacks is null.
        where: The file, for messages.
        first_row: Number of the first row.
        kinds: Columns and their types, where they are known from more than these rows.

    Raises:
        MalformedFileError: If a row is not an object, or a value is itself a list or an object.
    """
    names: dict[str, pa.DataType | None] = dict(kinds or {})
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            raise MalformedFileError.at(
                where, f"row {first_row + position}", f'"{row}"', "an object with a model, a benchmark and a value"
            )
        if kinds is None:
            names.update(dict.fromkeys(map(str, row)))
        nested = next((name for name, value in row.items() if isinstance(value, list | dict)), None)
        if nested is not None:
            raise MalformedFileError.at(
                where, f"row {first_row + position}, {nested}", "a list or an object", "a plain value"
            )
    try:
        columns = [_column([row.get(name) for row in rows], f"column {name}", kind) for name, kind in names.items()]
        return pa.RecordBatch.from_arrays(columns, names=list(names))
    except (IngestError, UnicodeError, ValueError) as error:
        raise MalformedFileError.at(where, f"rows from {first_row} on", str(error), "rows of plain values") from error


def _column(values: list[Any], name: str, kind: pa.DataType | None = None) -> pa.Array:
    try:
        if kind is None or not pa.types.is_string(kind):
            return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError, UnicodeError):
        pass  # as text
    return to_array([None if value is None else _text(value) for value in values], pa.string(), name)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _csv_type(field: str | None) -> pa.DataType:
    return pa.string() if field is None or KINDS.get(field) in {Kind.TEXT, Kind.VALUE, Kind.NUMBER} else NAME_TYPE


def _parse_lines(path: Path, lines: bytes, first_row: int) -> pa.RecordBatch:
    table = None if _is_deep(lines) else _parse_plain_lines(lines)
    if table is not None:
        return table.combine_chunks().to_batches()[0]
    rows: list[Any] = []
    for position, line in enumerate(filter(bytes.strip, lines.split(b"\n"))):
        try:
            rows.append(_load_json(line))
        except ValueError as error:
            raise MalformedFileError.at(
                str(path), f"row {first_row + position}", str(error), "one JSON object a line"
            ) from error
    return rows_to_batch(rows, str(path), first_row)


def _parse_plain_lines(lines: bytes) -> pa.Table | None:
    """Return lines of JSON objects of plain values, or None where there are others."""
    first = lines.lstrip().split(b"\n", 1)[0]
    try:
        if not lines.isascii():
            lines.decode()  # Arrow takes what is not UTF-8, and fails where somebody looks at it
        sample = _load_json(first)
        items = sample.items() if isinstance(sample, dict) else ()
        texts = [(str(name), pa.string()) for name, value in items if isinstance(value, str)]
        options = pa_json.ParseOptions(explicit_schema=pa.schema(texts), newlines_in_values=False)
        block = pa_json.ReadOptions(block_size=len(lines) + 1)
        table = pa_json.read_json(io.BytesIO(lines), read_options=block, parse_options=options)
    except ValueError:
        return None
    kinds = table.schema.types
    is_plain = table.num_rows and not any(pa.types.is_nested(kind) or pa.types.is_timestamp(kind) for kind in kinds)
    return table if is_plain else None


def _is_deep(lines: bytes) -> bool:
    """Return whether a line may be nested so deeply that Arrow's parser would run out of stack and end the process."""
    if lines.count(b"[") + lines.count(b"{") - lines.count(b"\n") <= _DEEPEST:
        return False
    return any(line.count(b"[") + line.count(b"{") > _DEEPEST for line in lines.split(b"\n"))


def _load_json(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            return json.loads(data)
        except RecursionError as error:
            raise ValueError("it is nested too deeply") from error


def _unreadable(path: Path, row: int, error: Exception, expected: str) -> MalformedFileError:
    return MalformedFileError.at(str(path), f"row {row} or after", " ".join(str(error).split()), expected)
