"""`connect` and `Database`: every question and every import as a method."""

from __future__ import annotations

import atexit
import weakref
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from benchdb.api.exporting import Exporting
from benchdb.api.keeping import Keeping
from benchdb.api.questions.asking import ask_twice
from benchdb.api.questions.auditing import Auditing
from benchdb.api.questions.comparing import Comparing
from benchdb.api.questions.following import Following
from benchdb.api.questions.inside import Inside
from benchdb.api.questions.measuring import Measuring
from benchdb.api.questions.ranking import Ranking
from benchdb.api.questions.records import Records
from benchdb.api.questions.statements import Statements
from benchdb.api.questions.windows import Windowing
from benchdb.config import database_path, database_url
from benchdb.database.connect import engine_path, open_engine
from benchdb.database.revision import HEAD, current_revision, place_of, require_head, shipped_folder
from benchdb.database.visible import Running, file_state, server_state
from benchdb.errors import DatabaseError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

    from benchdb.api.curation import Curation
    from benchdb.api.previewing import Preview
    from benchdb.api.results.verification import Verification
    from benchdb.database.check import Finding
    from benchdb.ingest.meter import Meter
    from benchdb.ingest.report import IngestReport

_open: weakref.WeakSet[Database] = weakref.WeakSet()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a database holds."""

    place: str
    """File, or URL without the password."""
    engine: str
    """duckdb or postgresql, with its version."""
    revision: str | None
    """Revision of its schema; None where there is none."""
    head: str
    """Revision this benchdb works with."""
    n_models: int = 0
    """Models in the catalogue."""
    n_benchmarks: int = 0
    """Benchmarks in the catalogue."""
    n_sources: int = 0
    """Sources."""
    n_runs: int = 0
    """Runs."""
    n_scores: int = 0
    """Scores."""
    n_outcomes: int = 0
    """Outcomes."""
    n_bytes: int | None = None
    """Size of the file; None where it is not a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatInfo:
    """One format that `ingest` reads."""

    name: str
    """Name for `--from`."""
    summary: str
    """What it reads."""
    version: str
    """Version of the mapping."""


def connect(
    target: str | os.PathLike[str] | None = None,
    *,
    read_only: bool = False,
    wait_s: float = 10.0,
    create: bool = False,
    any_revision: bool = False,
    memory: int | None = None,
) -> Database:
    """Return an open database; use it in a `with` block or close it.

    Args:
        target: A path, a SQLAlchemy URL, or None for BENCHDB_URL and then ./benchdb.duckdb.
        read_only: Open for reading; several processes may read one DuckDB file at a time.
        wait_s: Seconds to wait for another process that holds a DuckDB file.
        create: Make the database, or bring it to the newest revision, where it is not.
        any_revision: Open it whatever its revision, to describe or upgrade it; questions need the newest.
        memory: Bytes that DuckDB may take; a question that needs more fails. PostgreSQL has limits of its own.

    Raises:
        ConfigError: If the URL names an engine other than DuckDB or PostgreSQL.
        DatabaseError: If the database does not exist and is not to be made, or cannot be opened.
        DatabaseBusyError: If another process keeps holding the file.
        DatabaseRevisionError: If its schema is older or newer than this benchdb.
        NotABenchdbError: If it holds something else.
    """
    url = database_url(target)
    path = database_path(url)
    if path is not None and not path.exists() and not create:
        raise DatabaseError(
            f"{path}: there is no such database. Create it with its first data: benchdb demo, or empty: benchdb db init"
        )
    if path is not None and create:
        from benchdb.database.revision import create_file

        create_file(path)
    elif path is not None and any_revision and not read_only:
        from benchdb.database.staging import remove_leftovers

        remove_leftovers(path)
    database = Database(open_engine(url, read_only=read_only, wait_s=wait_s, memory=memory))
    try:
        if create:
            database.upgrade()
        if not any_revision:
            with database.engine.connect() as connection:
                require_head(connection)
    except BaseException:
        database.close()
        raise
    return database


def formats() -> tuple[FormatInfo, ...]:
    """Return the formats that `Database.ingest` reads, in the order files are tried."""
    from benchdb.ingest.importer import importers

    return tuple(FormatInfo(name=item.name, summary=item.summary, version=item.version) for item in importers())


class Database(
    Ranking,
    Comparing,
    Auditing,
    Following,
    Measuring,
    Inside,
    Records,
    Statements,
    Windowing,
    Exporting,
    Keeping,
):
    """An open database. Made by `connect`.

    Every question takes the same filters by keyword (`benchdb.api.filters.Asked`): `models`, `benchmarks`, `suite`, `metric`,
    `organizations`, `families`, `open_weights`, `min_parameters`, `max_parameters`, `released_since`, `released_until`,
    `n_shot`, `source_kinds`, `harness`, `variants`, `as_of`, `published_until`; and `policy`, which chooses among several claims for one cell,
    and `level`, the coverage of intervals.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._running = Running(engine)
        _open.add(self)

    @property
    def place(self) -> str:
        """File, or URL without the password."""
        return place_of(self.engine)

    @property
    def curation(self) -> Curation:
        """What people decide about the catalogue: aliases, duplicates, merges (`benchdb.api.curation.Curation`)."""
        from benchdb.api.curation import Curation

        return Curation(self.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Database {self.place}>"

    def close(self) -> None:
        """Close the connection; a DuckDB file is then free for other processes."""
        self.engine.dispose()

    def upgrade(self) -> tuple[str | None, str]:
        """Return the revision before and after bringing the schema to the newest one.

        Raises:
            NotABenchdbError: If the database holds tables that are not ours.
            DatabaseRevisionError: If it is newer than this benchdb.
        """
        with self.engine.connect() as connection:
            found = current_revision(connection)
        if found == HEAD:
            return found, HEAD
        from benchdb.database.revision import upgrade

        return upgrade(self.engine)

    def state(self) -> str:
        """Return a text that is another one whenever the database holds something else; two states may hold the same."""
        path = engine_path(self.engine)
        if path is not None:
            return file_state(path)
        return server_state(self.engine) if self.engine.dialect.name == "postgresql" else str(uuid4())

    def interrupt(self) -> None:
        """Stop, from another thread, the statement that a question runs now; the question fails."""
        self._running.stop()

    def status(self) -> Status:
        """Return what the database holds."""
        return ask_twice(self.engine, partial(read_status, self.engine))

    def check(self) -> tuple[Finding, ...]:
        """Return every broken reference, key or constraint; an empty tuple is a sound database."""
        from benchdb.database.check import check

        with self.engine.connect() as connection:
            return check(connection)

    def ingest(  # noqa: PLR0913 — each says one thing about the files
        self,
        *paths: str | os.PathLike[str],
        importer: str | None = None,
        columns: Mapping[str, str] | None = None,
        score_unit: str | None = None,
        with_samples: bool = True,
        with_answers: bool = False,
        all_metrics: bool = False,
        dry_run: bool = False,
        jobs: int | None = None,
        reread: bool = False,
        settle_s: float = 0.0,
        replaces: bool = False,
        progress: Callable[[Path], None] | None = None,
        meter: Meter | None = None,
    ) -> IngestReport:
        """Return what became of each file.

        Args:
            *paths: Files, folders, archives and patterns.
            importer: Importer to use for every file; by default each file is recognised from its content.
            columns: Field of ours → column of the file, for tables; "=text" is a constant.
            score_unit: Unit of values whose unit the file does not state ("percent", "fraction" …).
            with_samples: Whether outcomes of items are read.
            with_answers: Whether the answers themselves are read beside the outcomes (Inspect logs, tables of outcomes).
            all_metrics: Whether side metrics are read beside the main ones.
            dry_run: Read and resolve everything, then write nothing.
            jobs: Processes that read files, 1 for none but this one; by default as many as there are cores, at most eight, where
                reading takes longer than starting them. What is in the database afterwards does not depend on it.
            reread: Open and hash every file, also those whose size, times and inode say that they are as they were.
            settle_s: Seconds for which a file must have been left alone; one written to later is `unsettled` and left out.
            replaces: Undo the earlier imports of files that have changed since (by path, importer and options), and leave undone what a person undid.
            progress: Called with each path when it is done.
            meter: Counts files, bytes and rows that are done, also inside a file, for another thread to show.

        Raises:
            ConfigError: If there is no such importer or unit.
            IngestError: If a path does not exist or nothing fits a pattern.
        """
        from benchdb.api.loading import read_options
        from benchdb.ingest.load import ingest
        from benchdb.ingest.remembered import Remembered, cache_file

        options = read_options(
            columns, score_unit, with_samples=with_samples, all_metrics=all_metrics, with_answers=with_answers
        )
        files = [Path(path) for path in paths]
        with Remembered(None if reread else cache_file()) as memory:
            return ingest(
                self.engine, files, importer=importer, options=options, dry_run=dry_run, jobs=jobs, progress=progress, meter=meter,
                memory=memory, settle_s=settle_s, replaces=replaces,
            )  # fmt: skip

    def preview(
        self,
        *paths: str | os.PathLike[str],
        importer: str | None = None,
        columns: Mapping[str, str] | None = None,
        score_unit: str | None = None,
        with_samples: bool = True,
        all_metrics: bool = False,
    ) -> Preview:
        """Return what each file holds and how its names, metrics and settings would map; nothing is written.

        Args:
            *paths: Files, folders, archives and patterns.
            importer: Importer to use for every file; by default each file is recognised from its content.
            columns: Field of ours → column of the file, for tables; "=text" is a constant.
            score_unit: Unit of values whose unit the file does not state ("percent", "fraction" …).
            with_samples: Whether outcomes of items are read.
            all_metrics: Whether side metrics are read beside the main ones.

        Raises:
            ConfigError: If there is no such importer or unit.
            IngestError: If a path does not exist or nothing fits a pattern.
        """
        from benchdb.api.loading import read_options
        from benchdb.api.previewing import Preview
        from benchdb.ingest.preview import preview

        options = read_options(columns, score_unit, with_samples=with_samples, all_metrics=all_metrics)
        return Preview(preview(self.engine, [Path(path) for path in paths], importer=importer, options=options))

    def verify(self, chart: str | os.PathLike[str] | Mapping[str, Any]) -> Verification:
        """Return in what a chart departs from this database, now and as it knew the chart's numbers then.

        Args:
            chart: A Vega-Lite file, PNG or SVG that a result's chart was written to, or the specification itself.

        Raises:
            ChartError: If the file is no chart of ours, or asks what this database cannot answer.
        """
        from benchdb.api.origin import departures, noted_origin, read_chart
        from benchdb.api.results.verification import Verification

        specification, redrawn = read_chart(chart)
        asked = noted_origin(specification)["question"]
        return Verification(
            [*redrawn, *departures(self, specification)], question=f"{asked.get('method')} of {self.place}"
        )

    def seed(self, *, progress: Callable[[Path], None] | None = None) -> IngestReport:
        """Return what became of the catalogue and the claims that ship with benchdb.

        Args:
            progress: Called with each path when it is done.
        """
        from benchdb.api.loading import seed

        return seed(self.engine, shipped_folder("seeds"), datetime.now(UTC), progress)


def read_status(engine: Engine) -> Status:
    """Return what a database holds, whatever its revision.

    Args:
        engine: An open engine.
    """
    from sqlalchemy import func, select

    from benchdb.schema.catalog import Benchmark, Model
    from benchdb.schema.results import Outcome, Run, Score, Source

    path = engine_path(engine)
    with engine.connect() as connection:
        version = (
            ".".join(map(str, connection.dialect.server_version_info or ()))
            if engine.dialect.name != "duckdb"
            else _duckdb_version()
        )
        revision = current_revision(connection)
        counts: dict[str, int] = {}
        if revision == HEAD:
            tables: dict[str, Any] = {
                "n_models": Model, "n_benchmarks": Benchmark, "n_sources": Source, "n_runs": Run, "n_scores": Score, "n_outcomes": Outcome,
            }  # fmt: skip
            statement = select(
                *[
                    select(func.count()).select_from(table).scalar_subquery().label(name)
                    for name, table in tables.items()
                ]
            )
            counts = dict(connection.execute(statement).mappings().one())
    return Status(
        place=place_of(engine),
        engine=f"{engine.dialect.name} {version}",
        revision=revision,
        head=HEAD,
        n_bytes=path.stat().st_size if path is not None and path.exists() else None,
        **counts,
    )


def _duckdb_version() -> str:
    import duckdb

    return duckdb.__version__


@atexit.register
def _close_all() -> None:
    """Close what the program left open, before the interpreter takes DuckDB's module apart."""
    for database in list(_open):
        database.close()
