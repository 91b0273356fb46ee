"""Papers with Code: evaluation tables in JSON, of `sota-extractor` and of the public dump.

Checked with paperswithcode/sota-extractor (commit e6374da). Upstream: paperswithcode/sota-extractor, sota_extractor/taskdb/v01/;
paperswithcode/paperswithcode-data, README.md.

Tasks and data sets are walked with their parts; a data set is the benchmark, a part of it the subset, the path of tasks is kept in
`raw`. A row that names its paper belongs to the paper, published on `paper_date`; another one to the table, dated midnight UTC of
that day. Names of models stand as written, with "(ensemble)" and the like. Values are text: "" and dashes are missing, and text
that is no number is kept in `raw` ("unreadable"), since rows were typed by thousands of people. A metric called Parameters is the
size of the model. "%" in the metric's name or the value means percent; of other proportions a value above 1 in the table does;
else the unit is open. Directions are not stated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchdb.errors import MalformedFileError
from benchdb.ingest.cells import BadCell, ParsedCell, parse_cell
from benchdb.ingest.importer import Importer, ReadOptions
from benchdb.ingest.logs.fields import day, object_at, text
from benchdb.ingest.logs.json_files import read_array
from benchdb.ingest.logs.loose_values import units_of
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.ingest.tables.headings import parse_heading
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_DATASETS = re.compile(rb'"datasets"\s*:\s*\[')
_OF_TASK = re.compile(rb'"(?:subtasks|sota|dataset_links|dataset_citations)"\s*:')
_SIZE_NAMES = re.compile(r"#?\s*(?:parameters|params|number of param(?:eter)?s|num\. params)", re.IGNORECASE)
_SIZE = re.compile(r"(?P<number>\d{1,18}(?:\.\d+)?)\s*(?P<unit>[kmbt]?)", re.IGNORECASE)
_COUNTS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """One table of a data set, or of a part of it."""

    place: str
    tasks: tuple[str, ...]
    benchmark: str
    subset: str
    link: str | None
    rows: list[dict[str, Any]] = field(default_factory=list)


def sniff(head: bytes, _name: str) -> bool:
    """Return whether a file is a list of tasks with tables of data sets.

    Args:
        head: Its first bytes.
        _name: Its name, which decides nothing.
    """
    return (
        re.match(rb"\s*\[\s*\{", head) is not None
        and _DATASETS.search(head) is not None
        and _OF_TASK.search(head) is not None
    )


def read(path: Path, _options: ReadOptions) -> Iterator[RunRecord]:
    """Yield one run for each row that holds a number.

    Args:
        path: The file.
        _options: What the user said; nothing of it is needed.

    Raises:
        MalformedFileError: If a task, data set or model has no name, or a list is none.
    """
    where = str(path)
    for number, task in enumerate(read_array(path, "a list")):
        for table in _tables_of_task(where, f"[{number}]", _object(where, f"[{number}]", task), ()):
            yield from _runs(where, table)


def _tables_of_task(where: str, place: str, task: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[_Table]:
    tasks = (*above, _name(where, f"{place}.task", task.get("task")))
    for number, dataset in enumerate(_objects(where, f"{place}.datasets", task.get("datasets"))):
        spot = f"{place}.datasets[{number}]"
        name = _name(where, f"{spot}.dataset", dataset.get("dataset"))
        base = _Table(place=spot, tasks=tasks, benchmark=name, subset="", link=text(task.get("source_link")))
        yield from _tables_of_data(where, base, dataset)
    for number, subtask in enumerate(_objects(where, f"{place}.subtasks", task.get("subtasks"))):
        yield from _tables_of_task(where, f"{place}.subtasks[{number}]", subtask, tasks)


def _tables_of_data(where: str, base: _Table, data: Mapping[str, Any]) -> Iterator[_Table]:
    rows = _objects(where, f"{base.place}.sota.rows", object_at(data, "sota").get("rows"))
    yield _Table(
        place=base.place, tasks=base.tasks, benchmark=base.benchmark, subset=base.subset, link=base.link, rows=rows
    )
    for number, part in enumerate(_objects(where, f"{base.place}.subdatasets", data.get("subdatasets"))):
        spot = f"{base.place}.subdatasets[{number}]"
        name = _name(where, f"{spot}.subdataset", part.get("subdataset"))
        subset = f"{base.subset}/{name}" if base.subset else name
        below = _Table(place=spot, tasks=base.tasks, benchmark=base.benchmark, subset=subset, link=base.link)
        yield from _tables_of_data(where, below, part)


def _runs(where: str, table: _Table) -> Iterator[RunRecord]:
    cells = [{metric: _cell(value) for metric, value in object_at(row, "metrics").items()} for row in table.rows]
    columns = (item for row in cells for item in row.items())
    units = units_of(
        (metric, cell) for metric, cell in columns if isinstance(cell, ParsedCell) and not _SIZE_NAMES.fullmatch(metric)
    )
    for number, (row, found) in enumerate(zip(table.rows, cells, strict=True)):
        place = f"{table.place}.sota.rows[{number}]"
        scores = tuple(
            _score(metric, cell, units.get(metric), f'{place}.metrics["{metric}"]')
            for metric, cell in found.items()
            if isinstance(cell, ParsedCell) and not _SIZE_NAMES.fullmatch(metric)
        )
        if not scores:
            continue
        source = _source(row, table)
        yield RunRecord(
            source=source,
            model=_model(where, place, row),
            benchmark=BenchmarkRecord(name=table.benchmark),
            subset=table.subset,
            ran_at=None if source.published_on else _midnight(row.get("paper_date")),
            raw=_raw(row, table, found),
            scores=scores,
        )


def _score(metric: str, cell: ParsedCell, unit: ScoreUnit | None, place: str) -> ScoreRecord:
    return ScoreRecord(
        metric=metric,
        value=cell.value,
        unit=cell.unit or (ScoreUnit.PERCENT if "%" in metric else unit),
        decimals=cell.decimals,
        is_approximate=cell.is_approximate,
        is_aggregate=parse_heading(metric).is_aggregate,
        stderr=cell.stderr,
        place=place,
    )


def _cell(value: object) -> ParsedCell | BadCell | None:
    return None if value is None else parse_cell(str(value))


def _model(where: str, place: str, row: Mapping[str, Any]) -> ModelRecord:
    sizes = {metric: str(value) for metric, value in object_at(row, "metrics").items() if _SIZE_NAMES.fullmatch(metric)}
    size = next((match for value in sizes.values() if (match := _SIZE.fullmatch(value.strip()))), None)
    count = None if size is None else int(Decimal(size["number"]) * _COUNTS[size["unit"].casefold()])
    return ModelRecord(
        name=_name(where, f"{place}.model_name", row.get("model_name")),
        n_parameters=count or None,
        parameters_label=size.group() if count and size is not None else None,
    )


def _source(row: Mapping[str, Any], table: _Table) -> SourceRecord:
    title, url = text(row.get("paper_title")), text(row.get("paper_url"))
    if title is None and url is None:
        return SourceRecord(kind=SourceKind.LEADERBOARD, url=table.link)
    return SourceRecord(
        kind=SourceKind.PAPER, title=title, url=url, published_on=day(row.get("paper_date")), is_file=False
    )


def _raw(row: Mapping[str, Any], table: _Table, cells: Mapping[str, object]) -> dict[str, Any]:
    unreadable = {
        metric: cell.found
        for metric, cell in cells.items()
        if isinstance(cell, BadCell) and not _SIZE_NAMES.fullmatch(metric)
    }
    found = {
        "task": list(table.tasks),
        "uses_additional_data": row.get("uses_additional_data"),
        "code_links": row.get("code_links"),
        "model_links": row.get("model_links"),
        "unreadable": unreadable,
    }
    return {key: value for key, value in found.items() if value not in (None, [], {}, False)}


def _midnight(value: object) -> datetime | None:
    found = day(value)
    return None if found is None else datetime(found.year, found.month, found.day, tzinfo=UTC)


def _objects(where: str, place: str, value: object) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedFileError.at(where, place, type(value).__name__, "a list")
    return [_object(where, f"{place}[{number}]", each) for number, each in enumerate(value)]


def _object(where: str, place: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedFileError.at(where, place, type(value).__name__, "a JSON object")
    return value


def _name(where: str, place: str, value: object) -> str:
    found = text(value)
    if found is None:
        raise MalformedFileError.at(where, place, "nothing", "a name")
    return found


IMPORTER = Importer(name="papers-with-code", version="1", sniff=sniff, read=read, priority=20)
