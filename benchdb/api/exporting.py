"""Exports asked for through the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from benchdb.api.filters import Asked, split_filters
from benchdb.database.connect import is_duckdb
from benchdb.errors import ConfigError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from sqlalchemy import Connection, Engine

    from benchdb.export.contract import Exporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    place: str
    """File or folder; "-" for standard output."""
    format: str
    """Name of the format."""
    n_rows: int
    """Claims, cells, outcomes or items in it; rows of all tables for a whole database; models for a printed table."""
    n_bytes: int
    """Size of everything written."""
    loses: str
    """What the database knows and the format does not say."""
    notes: tuple[str, ...] = ()
    """What a reader must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFormat:
    """One format that `export` writes."""

    name: str
    """Name of the format."""
    suffix: str
    """Ending of its files; empty for a folder."""
    summary: str
    """What it writes."""
    needs: str
    """What it is made of: rows, claims, leaderboard or database."""
    keeps: str
    """What a reader finds in it."""
    loses: str
    """What the database knows and the format does not say."""
    importer: str | None
    """Importer that reads it again."""


def export_formats() -> tuple[ExportFormat, ...]:
    """Return the formats that `Database.export` writes, by name."""
    from benchdb.export.contract import exporters

    return tuple(
        ExportFormat(
            name=each.name, suffix=each.suffix, summary=each.summary, needs=str(each.needs), keeps=each.keeps, loses=each.loses,
            importer=each.importer,
        )
        for each in exporters()
    )  # fmt: skip


class Exporting:
    """Something with an open engine whose answers can be taken away as files."""

    engine: Engine
    """The database."""

    def export(  # noqa: PLR0913 — each says one thing about the file
        self,
        format: str,  # noqa: A002 — as everywhere in benchdb
        target: str | os.PathLike[str],
        *,
        what: str = "claims",
        exact: bool = False,
        best: bool = True,
        errors: bool = True,
        caption: str | None = None,
        progress: Callable[[object], None] | None = None,
        models: Sequence[str] = (),
        aggregate: str = "mean",
        missing: str | None = None,
        most: int | None = None,
        **asked: Unpack[Asked],
    ) -> Exported:
        """Return what was written: a file or folder of another program's format, whole or not at all.

        Args:
            format: Name of a format, as `benchdb.api.export_formats` lists them.
            target: File or folder to write; "-" is standard output.
            what: Rows of csv, jsonl, parquet and arrow: "claims", "cells" (each cell's chosen claim), "outcomes" or "samples".
            exact: Whether text in CSV stays as it is where a spreadsheet would take it for a formula.
            best: Whether the best of a column is bold and the second underlined, in printed tables.
            errors: Whether standard errors stand behind the values, in printed tables.
            caption: What stands above a printed table.
            progress: Called with each piece that is done.
            models: Models by name.
            aggregate: What a printed table ranks by, as of `Database.leaderboard`.
            missing: What a printed table does about missing scores, as of `Database.leaderboard`.
            most: Benchmarks of a printed table at most.
            **asked: Filters, policy and level.

        Raises:
            ExportError: If there is no such format, or the place cannot be written.
            ConfigError: If an option means nothing for the format.
            UnknownNameError: If a name is not in the catalogue.
            EmptyResultError: If nothing fits the filters.
        """
        from benchdb.export.contract import Needs, exporter_named

        exporter = exporter_named(format)
        place = str(target)
        if exporter.needs is Needs.TABLE:
            from benchdb.api.printing import printed

            board = self.leaderboard(aggregate=aggregate, missing=missing, most=most, models=models, **asked)  # type: ignore[attr-defined]  # the door has it
            material = printed(board.answer, best=best, errors=errors, caption=caption)
            return _written(exporter, place, material, len(board.rows), board.notes)
        if exporter.needs is Needs.DATABASE:
            if models or any(
                value not in ((), None, True) for name, value in asked.items() if name not in {"policy", "level"}
            ):
                raise ConfigError(
                    f"{format} is the whole database: filters mean nothing for it; leave them out, or choose another format"
                )
            return self._whole(exporter, place)
        if exporter.needs is Needs.CLAIMS and what not in {"claims", "cells"}:
            raise ConfigError(f"{format} holds claims; --what claims and cells are possible")
        filters, policy, _level = split_filters(asked, models)
        with self.engine.connect() as connection:
            from benchdb.database.stream import schema_of, stream
            from benchdb.export.contract import Rows
            from benchdb.query.extracts import extract

            found = extract(connection, filters, what=what, policy=policy, facts=exporter.needs is Needs.CLAIMS)
            batches = _told(stream(connection, found.statement), progress)
            rows = Rows(schema=schema_of(found.statement), batches=batches, is_exact=exact)
            return _written(exporter, place, rows, found.n_rows, found.notes)

    def _whole(self, exporter: Exporter, place: str) -> Exported:
        with self.engine.connect() as connection:
            if not is_duckdb(connection):
                connection.execution_options(isolation_level="REPEATABLE READ")  # all tables as of one moment
            return _written(exporter, place, connection, _count(connection), ())


def _written(exporter: Exporter, place: str, material: Any, n_rows: int, notes: Sequence[str]) -> Exported:
    from benchdb.export.place import whole

    with whole(place, is_folder=exporter.is_folder) as path:
        exporter.write(material, path)
        n_bytes = _size(path)
    return Exported(
        place=place, format=exporter.name, n_rows=n_rows, n_bytes=n_bytes, loses=exporter.loses, notes=tuple(notes)
    )


def _told(batches: Iterator[pa.RecordBatch], progress: Callable[[object], None] | None) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch
        if progress is not None:
            progress(batch)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _count(connection: Connection) -> int:
    from sqlalchemy import func, select

    from benchdb.database.bundle import tables

    counts = [select(func.count()).select_from(table).scalar_subquery() for table in tables()]
    return sum(connection.execute(select(*counts)).one())
