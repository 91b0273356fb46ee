"""An importer of the tests' own: what it yields is said in the test, so that loading is tested and no format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.ingest import identity, load
from benchdb.ingest.importer import Importer
from benchdb.ingest.records import BenchmarkRecord, ModelRecord, ProtocolRecord, RunRecord, ScoreRecord, SourceRecord
from benchdb.schema import catalog, curation, results
from benchdb.schema.base import Base
from benchdb.schema.vocab import ScoreUnit, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pytest
    from sqlalchemy import Engine

    from benchdb.ingest.importer import ReadOptions
    from benchdb.ingest.records import Record
    from benchdb.ingest.report import IngestReport

MODULES = (catalog, curation, results)
"""Imported for the tables they define."""

NOW = datetime(2025, 4, 1, 12, tzinfo=UTC)
PAPER = SourceRecord(kind=SourceKind.PAPER, title="Report", url="https://example.org/report", is_file=False)
LOG = SourceRecord(kind=SourceKind.HARNESS_LOG)


@dataclass
class Files:
    """Files in a folder, each with the records that its importer is to yield."""

    folder: Path
    records: dict[str, Callable[[], Iterable[Record]]] = field(default_factory=dict)

    def add(self, name: str, *records: Record | Exception, content: str | None = None) -> Path:
        """Write a file that holds these records; an exception among them is raised in its place."""

        def read() -> Iterator[Record]:
            for record in records:
                if isinstance(record, Exception):
                    raise record
                yield record

        return self.stream(name, read, content=content)

    def stream(self, name: str, read: Callable[[], Iterable[Record]], *, content: str | None = None) -> Path:
        """Write a file whose records come from a function."""
        path = self.folder / name
        path.write_text(name if content is None else content, encoding="utf-8")
        self.records[name] = read
        return path

    def read(self, path: Path, _options: ReadOptions) -> Iterator[Record]:
        """Yield the records of a file."""
        yield from self.records[path.name]()

    @property
    def importer(self) -> Importer:
        """The importer of these files."""
        return Importer(name="own", version="1", sniff=lambda _head, _name: True, read=self.read)

    def load(self, engine: Engine, *paths: Path, **options: Any) -> IngestReport:
        """Import files, all of them unless some are named."""
        return load.ingest(engine, paths or [self.folder], clock=lambda: NOW, **options)


def make_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Return an empty folder of files, whose importer reads every file."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder)
    monkeypatch.setattr(identity, "recognise", lambda _path, _columns=None, _head=None: files.importer)
    return files


def run(model: str | ModelRecord, benchmark: str | BenchmarkRecord, *values: float, **facts: Any) -> RunRecord:
    """Return a run with one accuracy in percent for each value."""
    metric, unit = facts.pop("metric", "accuracy"), facts.pop("unit", ScoreUnit.PERCENT)
    named = {
        "source": PAPER,
        "model": ModelRecord(name=model) if isinstance(model, str) else model,
        "benchmark": BenchmarkRecord(name=benchmark) if isinstance(benchmark, str) else benchmark,
    } | facts
    if "protocol" in named and isinstance(named["protocol"], dict):
        named["protocol"] = ProtocolRecord(**named["protocol"])
    scores = tuple(ScoreRecord(metric=metric, value=value, unit=unit) for value in values)
    record: dict[str, Any] = {"scores": scores} | named
    return RunRecord(**record)


def rows(engine: Engine, table: str, *columns: str) -> list[Any]:
    """Return rows of a table, sorted; single values where one column is asked for."""
    source = Base.metadata.tables[table]
    wanted = [source.c[name] for name in columns or source.c.keys()]
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(*wanted))]
    found.sort(key=repr)
    return [row[0] for row in found] if len(columns) == 1 else found


def n_rows(engine: Engine) -> dict[str, int]:
    """Return the number of rows of every table that has any."""
    counts = {table: len(rows(engine, table)) for table in Base.metadata.tables}
    return {table: n for table, n in counts.items() if n}


def export(engine: Engine) -> dict[str, list[Any]]:
    """Return everything the database holds but what depends on when, in which order and how often it was learned."""
    local = {"ingest_id", "ingested_at", "sample_number"}
    found = {
        name: rows(engine, name, *[column.name for column in table.columns if column.name not in local])
        for name, table in Base.metadata.tables.items()
        if name not in {"outcome", "ingest", "restatement"}
    }
    outcome, item, the_run = (Base.metadata.tables[name] for name in ("outcome", "sample", "run"))
    statement = (
        select(outcome.c.run_id, outcome.c.metric_id, item.c.subset, item.c.key, outcome.c.n_attempts, outcome.c.n_correct, outcome.c.value)
        .join(the_run, the_run.c.run_id == outcome.c.run_id)
        .join(item, (item.c.benchmark_id == the_run.c.benchmark_id) & (item.c.sample_number == outcome.c.sample_number))
    )  # fmt: skip
    with engine.connect() as connection:
        found["outcome"] = sorted((tuple(row) for row in connection.execute(statement)), key=repr)
    return found
