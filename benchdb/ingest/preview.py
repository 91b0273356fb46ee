"""What a file holds and how it would map, without writing: read, resolved and checked as an import would, and then forgotten."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import select

from benchdb.database.bulk import arrow_schema
from benchdb.database.bundle import BUNDLE_VERSION, file_of, is_empty, is_manifest, is_part, verify
from benchdb.database.revision import require_head
from benchdb.errors import BenchdbError
from benchdb.ingest.arrays import check_text
from benchdb.ingest.files import find_files, look_up
from benchdb.ingest.flatten import FileRows, Flattener, rows_to_table
from benchdb.ingest.identity import describe, is_opened
from benchdb.ingest.importer import companion_of, importer_named, recognise
from benchdb.ingest.keying import give_keys
from benchdb.ingest.numbering import Numbering
from benchdb.ingest.raw_text import RawTexts
from benchdb.ingest.records import PROTOCOL_FIELDS, ScoreRecord
from benchdb.ingest.resolve import Resolver
from benchdb.ingest.steps import add_record
from benchdb.schema.base import Base
from benchdb.schema.curation import Ingest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from benchdb.ingest.files import FoundFile
    from benchdb.ingest.importer import Importer, ReadOptions

_FIRST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NameUse:
    """A name in a file and what it means. Grain: one row per file, kind and name as written."""

    kind: str
    """model, benchmark, metric or organization."""
    written: str
    """The name as written."""
    slug: str
    """Slug of the entry it means."""
    is_new: bool
    """Whether an import would make that entry, unreviewed."""
    n: int
    """Runs of the model or benchmark, scores of the metric."""
    note: str | None = None
    """Size that the name states, unit and direction of the metric, settings split off the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstScore:
    """One of the first scores of a file."""

    model: str
    """Model, as written."""
    benchmark: str
    """Benchmark, as written, with its subset."""
    metric: str
    """Metric, as written."""
    value: float
    """Value in its own unit."""
    unit: str | None
    """Its unit."""
    place: str | None
    """Place in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """What one file holds. Grain: one row per file."""

    file: str
    """Path as given."""
    importer: str | None = None
    """Importer that reads it."""
    importer_version: str | None = None
    """Version of its mapping."""
    sources: tuple[str, ...] = ()
    """Sources of its numbers."""
    names: tuple[NameUse, ...] = ()
    """Names in it and what they mean."""
    protocols: tuple[str, ...] = ()
    """Settings that its runs were made under."""
    n_runs: int = 0
    """Runs."""
    n_scores: int = 0
    """Scores."""
    n_outcomes: int = 0
    """Outcomes of items."""
    first: tuple[FirstScore, ...] = ()
    """The first scores."""
    warnings: tuple[str, ...] = ()
    """What to know before importing it."""
    message: str | None = None
    """Why it cannot be imported."""


def preview(
    engine: Engine, paths: Sequence[Path], *, importer: str | None = None, options: ReadOptions
) -> tuple[FilePreview, ...]:
    """Return what each file holds; nothing is written.

    Args:
        engine: A database at the newest revision, whose catalogue the names are looked up in.
        paths: Files, folders, archives and patterns.
        importer: Name of an importer to use for every file; by default each file is recognised.
        options: What the user says about the files.

    Raises:
        ConfigError: If there is no importer of that name.
        IngestError: If a path does not exist or nothing fits a pattern.
    """
    chosen = None if importer is None else importer_named(importer)
    files = look_up(paths)
    with engine.connect() as connection:
        require_head(connection)
        reader = _Reader(connection, options)
        found = find_files(files, is_archive=lambda file: is_opened(file.path, chosen), before_removal=lambda: None)
        return tuple(each for file in found for each in reader.read(file, chosen))


class _Reader:
    """Reads files one by one against one catalogue."""

    def __init__(self, connection: Connection, options: ReadOptions) -> None:
        self._connection = connection
        self._options = options
        self._resolver = Resolver(connection)
        self._numbering = Numbering(connection, is_new=self._resolver.is_new)

    def read(self, found: FoundFile, chosen: Importer | None) -> Iterator[FilePreview]:
        """Yield what a file holds; nothing for one that is read along with another."""
        if found.message is not None:
            yield FilePreview(file=found.name, message=found.message)
            return
        bare = FilePreview(file=found.name)
        if chosen is None and is_part(found.path):
            return
        try:
            if chosen is None and is_manifest(found.path):
                bare = replace(bare, importer="bundle", importer_version=str(BUNDLE_VERSION))
                yield self._bundle(found, bare)
                return
            if chosen is None and not found.is_named and companion_of(found.path) is not None:
                return
            importer = chosen or recognise(found.path, self._options.columns if found.is_named else None)
            bare = replace(bare, importer=importer.name, importer_version=importer.version)
            yield self._summary(found, importer, bare)
        except (BenchdbError, OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            yield replace(bare, message=found.spell(error))
        finally:
            self._resolver.forget()
            self._numbering.forget()

    def _bundle(self, found: FoundFile, bare: FilePreview) -> FilePreview:
        """Return what a whole database in files holds, every file of it checked against the manifest."""
        import pyarrow.parquet as pq

        counts = {table: stated["n_rows"] for table, stated in verify(found.path).items()}
        sources = pq.read_table(found.path.with_name(file_of("source")), columns=["kind", "title", "url"])
        entries = ", ".join(
            f"{counts[table]} {table}s" for table in ("model", "benchmark", "metric", "correction", "sample")
        )
        into = (
            "the database is empty, so an import restores this one as it is"
            if is_empty(self._connection)
            else "the database holds rows, so an import joins this one with it"
        )
        return replace(
            bare, n_runs=counts["run"], n_scores=counts["score"], n_outcomes=counts["outcome"],
            sources=tuple(_source(source) for source in sources.to_pylist()),
            warnings=(f"a whole database: {entries}", into),
        )  # fmt: skip

    def _summary(self, found: FoundFile, importer: Importer, bare: FilePreview) -> FilePreview:
        file = describe(found, importer, self._options)
        flattener = Flattener(
            found.name, file.sha256, file.ingest_id,
            resolver=self._resolver, numbering=self._numbering, raws=RawTexts(), options=self._options,
        )  # fmt: skip
        tally = _Tally()
        for record in importer.read(found.path, self._options):
            for _step in add_record(flattener, record):
                tally.take(flattener.out)
                flattener.out = FileRows()
        is_known = self._connection.execute(select(Ingest.ingest_id).where(Ingest.ingest_id == file.ingest_id)).first()
        names = tuple(self._names(tally))
        return replace(
            bare, sources=tuple(tally.sources), names=names, protocols=tuple(tally.protocols.values()),
            n_runs=len(tally.runs), n_scores=tally.n_scores, n_outcomes=tally.n_outcomes, first=tuple(tally.first),
            warnings=tuple(_warnings(tally, names, flattener.n_without_unit, is_known=is_known is not None)),
        )  # fmt: skip

    def _names(self, tally: _Tally) -> Iterator[NameUse]:
        sizes = {entry["model_id"]: entry["parameters_label"] for entry in self._resolver.pending.model}
        for kind, uses in (("model", tally.models), ("benchmark", tally.benchmarks), ("metric", tally.metrics)):
            for (written, key), n in uses.items():
                note = (
                    self._metric_note(written)
                    if kind == "metric"
                    else tally.variants.get((written, key)) or sizes.get(key)
                )
                yield NameUse(
                    kind=kind, written=written, slug=self._resolver.slug_of(key), is_new=self._resolver.is_new(key), n=n, note=note
                )  # fmt: skip

    def _metric_note(self, written: str) -> str:
        facts = self._resolver.metric(ScoreRecord(metric=written, value=0.0))
        directions = {True: "higher is better", False: "lower is better", None: "direction unknown"}
        return f"{facts.unit or 'unit unknown'}, {directions[facts.higher_is_better]}"


def _source(source: dict[str, Any]) -> str:
    named = " ".join(filter(None, (source["title"], source["url"]))) or "without a title"
    return f"{source['kind']}: {named}"


@dataclass(slots=True)
class _Tally:
    """What has been met in a file so far."""

    runs: dict[int, tuple[str, str]] = field(default_factory=dict)
    models: Counter[tuple[str, int]] = field(default_factory=Counter)
    benchmarks: Counter[tuple[str, int]] = field(default_factory=Counter)
    metrics: Counter[tuple[str, int]] = field(default_factory=Counter)
    variants: dict[tuple[str, int], str] = field(default_factory=dict)
    variant_of: dict[int, str | None] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    protocols: dict[int, str] = field(default_factory=dict)
    first: list[FirstScore] = field(default_factory=list)
    n_scores: int = 0
    n_outcomes: int = 0

    def take(self, rows: FileRows) -> None:
        """Count the rows of a part of the file."""
        give_keys(rows)
        for source in _gathered(rows, "source").to_pylist():
            self.sources.append(_source(source))
        for protocol in _gathered(rows, "protocol").to_pylist():
            stated = [f"{name} {protocol[name]}" for name in PROTOCOL_FIELDS if protocol[name] is not None]
            self.protocols[protocol["protocol_id"]] = ", ".join(stated) or "nothing stated"
            self.variant_of[protocol["protocol_id"]] = protocol["variant"]
        for run in _gathered(rows, "run").to_pylist():
            if run["run_id"] in self.runs:
                continue
            subset = f" [{run['subset']}]" if run["subset"] else ""
            self.runs[run["run_id"]] = (run["model_label"], f"{run['benchmark_label']}{subset}")
            self.models[run["model_label"], run["model_id"]] += 1
            self.benchmarks[run["benchmark_label"], run["benchmark_id"]] += 1
            if variant := self.variant_of.get(run["protocol_id"]):
                self.variants.setdefault((run["model_label"], run["model_id"]), f"variant {variant}")
        self._take_scores(_gathered(rows, "score"))
        self.n_outcomes += sum(part.rows.num_rows for part in rows.outcomes)

    def _take_scores(self, scores: pa.Table) -> None:
        self.n_scores += scores.num_rows
        counted = scores.group_by(["metric_label", "metric_id"], use_threads=False).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            self.metrics[row["metric_label"], row["metric_id"]] += row["count_all"]
        for score in scores.slice(0, _FIRST - len(self.first)).to_pylist():
            model, benchmark = self.runs[score["run_id"]]
            self.first.append(
                FirstScore(
                    model=model, benchmark=benchmark, metric=score["metric_label"], value=score["value"], unit=score["unit"],
                    place=score["place"],
                )
            )  # fmt: skip


def _gathered(rows: FileRows, name: str) -> pa.Table:
    schema = arrow_schema(Base.metadata.tables[name])
    parts = [table.select(schema.names).cast(schema) for table in rows.tables.get(name, [])]
    table = pa.concat_tables([rows_to_table(rows.rows.get(name, []), schema), *parts])
    check_text(table, name)
    return table


def _warnings(tally: _Tally, names: Sequence[NameUse], n_without_unit: int, *, is_known: bool) -> Iterator[str]:
    if is_known:
        yield "this file was imported before, with the same importer and options; importing it again adds nothing"
    if not tally.n_scores and not tally.n_outcomes:
        yield "it holds neither scores nor outcomes"
    if n_without_unit:
        yield f"{n_without_unit:,} scores state no unit, so that only history shows them; --score-unit says it"
    undirected = [name.written for name in names if name.kind == "metric" and "direction unknown" in (name.note or "")]
    if undirected:
        yield f"of {', '.join(undirected)} nobody has said whether higher is better, so that it ranks nothing"
    fresh = [name for name in names if name.is_new]
    if fresh:
        yield f"{len(fresh):,} names are not in the catalogue; an import makes entries of them, unreviewed"
