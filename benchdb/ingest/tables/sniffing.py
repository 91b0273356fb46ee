"""Whether the beginning of a file is that of a table of ours, in any of its six formats."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any

from benchdb.ingest.importer import HEAD_SIZE
from benchdb.ingest.logs.yaml_text import load_yaml
from benchdb.ingest.tables.documents import DOCUMENT_KEYS, is_document
from benchdb.ingest.tables.reading import delimiter_of, header_of
from benchdb.ingest.tables.shapes import has_columns, is_known_header, is_long, looks_wide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DECODER = json.JSONDecoder()
_YAML_ITEM = re.compile(r"^- .*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_N_ROWS = 5


def is_table(head: bytes, name: str) -> bool:
    """Return whether a file is a table of ours.

    Args:
        head: Its first bytes.
        name: Its name.
    """
    if head.startswith(b"PAR1"):
        return _is_parquet_table(head, name)
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    start = text.lstrip()
    if start.startswith("["):
        first = next(_values(start[1:].lstrip()), None)
        return isinstance(first, dict) and has_columns(first)
    if start.startswith("{"):
        return _is_json_table(start)
    return _is_csv_table(text) or _is_yaml_table(start)


def _is_parquet_table(head: bytes, name: str) -> bool:
    """A long file shows its columns only at its end, so that its name must do."""
    if len(head) >= HEAD_SIZE:
        return name.casefold().endswith(".parquet") and not name.casefold().startswith("details_")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return is_known_header(pq.read_schema(io.BytesIO(head)).names)
    except (pa.ArrowException, OSError):
        return False


def _is_json_table(text: str) -> bool:
    values = list(_take(_values(text), 2))
    if values and isinstance(values[0], dict):
        return _is_object_table(values[0], is_alone=len(values) == 1)
    return is_document(_keys_of(text[1:]))


def _is_object_table(value: Mapping[str, Any], *, is_alone: bool) -> bool:
    if not is_alone or has_columns(value):
        return has_columns(value)
    columns = all(isinstance(column, list) for column in value.values()) and is_known_header(
        [str(name) for name in value]
    )
    return is_document(value) or columns


def _is_csv_table(text: str) -> bool:
    names = header_of(text)
    if len(names) < 2 or not is_known_header(names):
        return False
    if is_long(names):
        return True
    lines = text.lstrip("\r\n").splitlines()
    rows = [line.split(delimiter_of(lines[0])) for line in lines[1 : 1 + _N_ROWS]]
    return looks_wide(names, [row for row in rows if len(row) == len(names)])


def _is_yaml_table(text: str) -> bool:
    try:
        if re.search(r"^source:", text, re.MULTILINE) and re.search(r"^rows:", text, re.MULTILINE):
            before, _, _ = text.partition("\nrows:")
            found = load_yaml(before)
            return isinstance(found, dict) and is_document(found)
        item = _YAML_ITEM.search(text)
        if item is None or text[: item.start()].strip(" \n-").startswith(tuple("|`*>")):
            return False
        found = load_yaml(item.group())
    except ValueError:
        return False
    return isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) and has_columns(found[0])


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON values at the beginning of a text that may be cut off."""
    position = 0
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield value
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1


def _keys_of(text: str) -> dict[str, Any]:
    """Return as many entries of a cut-off JSON object as are whole; the entry that is cut off has None."""
    found: dict[str, Any] = {}
    position = 0
    while True:
        match = re.compile(r'[\s,]*"(\w+)"\s*:\s*').match(text, position)
        if match is None or match[1] not in DOCUMENT_KEYS:
            return found
        try:
            found[match[1]], position = _DECODER.raw_decode(text, match.end())
        except (ValueError, RecursionError):
            return found


def _take(values: Iterator[Any], n: int) -> Iterator[Any]:
    for _, value in zip(range(n), values, strict=False):
        yield value
