"""Data of a specification in files of their own beside it, for charts of many rows, and back again."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, Literal

from benchdb.errors import ChartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

DataForm = Literal["inline", "csv", "arrow"]
"""Where the data stand: inside, or beside the specification as CSV or Arrow IPC."""

_NUMBERS = re.compile(r"[-+−\d.,%\[\]() ]+")
_PARSED = {"double": "number", "int64": "number", "bool": "boolean"}


def with_data_beside(
    specification: dict[str, Any], stem: str, form: Literal["csv", "arrow"], prefix: str = ""
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The specification with its data taken out.

    Args:
        specification: One whose data sets stand inside it.
        stem: What the files' names begin with; the layer that shows the data comes next.
        form: Form of the files. Renderers read CSV; Arrow needs Vega's loader for it.
        prefix: What stands before a file's name in the specification, for instance the address of a folder.

    Returns:
        The specification, and the files' contents by name.

    Raises:
        ChartError: If rows have values that a file of that form cannot hold.
    """
    outside: dict[str, Any] = json.loads(json.dumps(specification))
    datasets: dict[str, list[dict[str, Any]]] = outside.pop("datasets", {})
    files: dict[str, bytes] = {}
    named: dict[str, dict[str, Any]] = {}
    for number, part in enumerate(_parts(outside)):
        name = part["data"].get("name")
        if name not in datasets or not any(datasets[name]):
            continue
        if name not in named:
            file = f"{stem}.{_slug(part.get('name') or f'data-{number}')}.{form}"
            table = _table(datasets[name], file)
            files[file] = _csv(table, file) if form == "csv" else _arrow(table)
            named[name] = {"url": prefix + file, "format": {"type": form}}
            if form == "csv":
                named[name]["format"]["parse"] = _parse(table, _times(outside, name))
        part["data"] = named[name]
    if kept := {name: rows for name, rows in datasets.items() if name not in named}:
        outside["datasets"] = kept
    return outside, files


def with_data_inside(specification: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The specification with the data that stand in files beside it.

    Only files of that folder are read, by the last part of their address; nothing is fetched.

    Args:
        specification: One that may name files.
        folder: Where it lies.

    Returns:
        The same with the rows as data sets; a specification whose data stand inside it comes back as it is.

    Raises:
        ChartError: If a file is missing or cannot be read.
    """
    inside: dict[str, Any] = dict(specification)
    datasets = dict(specification.get("datasets") or {})
    for part in _parts(inside):
        url = part["data"].get("url")
        if not isinstance(url, str):
            continue
        name = url.rsplit("/", 1)[-1]
        form = part["data"].get("format")
        parse = form.get("parse") if isinstance(form, dict) else None
        datasets.setdefault(name, _rows(folder / name, parse if isinstance(parse, dict) else {}))
        part["data"] = {"name": name}
    if datasets:
        inside["datasets"] = datasets
    return inside


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every part of a specification that names its data."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), dict):
            yield value
        for name in ("layer", "vconcat", "hconcat", "concat"):
            for item in value.get(name) or ():
                yield from _parts(item)


def _slug(text: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in text.lower())


def _table(rows: list[dict[str, Any]], file: str) -> pa.Table:
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row))
    try:
        columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    except pa.ArrowException as error:
        raise ChartError(
            f"{file}: these data cannot stand in a file of their own: {error}. Leave --data out."
        ) from error
    return pa.table(columns)


def _csv(table: pa.Table, file: str) -> bytes:
    import pyarrow as pa
    import pyarrow.csv

    nested = [field.name for field in table.schema if pa.types.is_nested(field.type)]
    if nested:
        raise ChartError(
            f"{file}: a CSV file cannot hold the lists in {', '.join(nested)}. Leave --data out or choose arrow."
        )
    texts = [column for column in table.columns if pa.types.is_string(column.type)]
    formula = next(
        (text for column in texts for text in column.unique().to_pylist() if text and _is_formula(text)), None
    )
    if formula is not None:
        raise ChartError(
            f'{file}: a spreadsheet would take "{formula[:60]}" for a formula. Leave --data out or choose arrow.'
        )
    sink = io.BytesIO()
    pyarrow.csv.write_csv(table, sink)
    return sink.getvalue()


def _is_formula(text: str) -> bool:
    return text[0] in "=+-@\t\r" and not _NUMBERS.fullmatch(text)


def _arrow(table: pa.Table) -> bytes:
    import pyarrow as pa

    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _parse(table: pa.Table, times: set[str]) -> dict[str, str]:
    """How Vega reads each column: without it numbers in names, and long keys, would be taken for numbers."""
    return {
        field.name: "date" if field.name in times else _PARSED.get(str(field.type), "string") for field in table.schema
    }


def _times(specification: dict[str, Any], name: str) -> set[str]:
    return {
        channel["field"]
        for part in _parts(specification)
        if part["data"].get("name") == name
        for channel in part.get("encoding", {}).values()
        if isinstance(channel, dict) and channel.get("type") == "temporal" and "field" in channel
    }


def _rows(path: Path, parse: dict[str, Any]) -> list[dict[str, Any]]:
    import pyarrow as pa

    try:
        content = path.read_bytes()
        if path.suffix == ".arrow":
            with pa.ipc.open_file(pa.BufferReader(content)) as reader:
                table = reader.read_all()
        else:
            table = _read_csv(content, parse)
    except OSError as error:
        raise ChartError(f"{path}: the chart's data cannot be read: {error.strerror or error}") from error
    except pa.ArrowInvalid as error:
        raise ChartError(f"{path}: the chart's data cannot be read: {error}") from error
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _read_csv(content: bytes, parse: dict[str, Any]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.csv

    kinds = {"number": pa.float64(), "boolean": pa.bool_()}
    header = next(csv.reader(io.StringIO(content.decode("utf-8"))), [])
    types = {name: kinds.get(str(parse.get(name)), pa.string()) for name in header}
    # A value that was never set is empty, an empty text is two quotes.
    convert = pyarrow.csv.ConvertOptions(
        column_types=types, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    return pyarrow.csv.read_csv(pa.BufferReader(content), convert_options=convert)
