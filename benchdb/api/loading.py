"""Imports asked for through the door: options as words, and the seeds that ship with benchdb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.errors import ConfigError
from benchdb.ingest.importer import ReadOptions
from benchdb.ingest.report import IngestReport
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine


def read_options(
    columns: Mapping[str, str] | None,
    score_unit: str | None,
    *,
    with_samples: bool,
    all_metrics: bool,
    with_answers: bool = False,
) -> ReadOptions:
    """Return what the user said about the files.

    Args:
        columns: Field of ours → column of the file.
        score_unit: A unit, as text.
        with_samples: Whether outcomes are read.
        all_metrics: Whether side metrics are read.
        with_answers: Whether the answers themselves are read.

    Raises:
        ConfigError: If there is no such unit.
    """
    if score_unit is not None and score_unit not in {str(unit) for unit in ScoreUnit}:
        raise ConfigError(f'there is no unit "{score_unit}"; there are: {", ".join(ScoreUnit)}')
    unit = None if score_unit is None else ScoreUnit(score_unit)
    return ReadOptions(
        columns=dict(columns or {}),
        score_unit=unit,
        with_samples=with_samples,
        with_answers=with_answers,
        all_metrics=all_metrics,
    )


def seed(engine: Engine, folder: Path, now: datetime, progress: Callable[[Path], None] | None) -> IngestReport:
    """Return what became of the files that ship with benchdb: the catalogue first, then claims and figures.

    Args:
        engine: A database at the newest revision.
        folder: Folder of the seeds.
        now: Current time, aware.
        progress: Called with each path when it is done.
    """
    from benchdb.ingest.catalogue import load_catalogue
    from benchdb.ingest.load import ingest

    catalogue = load_catalogue(engine, folder, clock=lambda: now)
    claims = ingest(engine, [folder / "claims", folder / "figures"], clock=lambda: now, progress=progress, base=folder)
    return IngestReport(files=(*catalogue, *claims.files), new_names=claims.new_names)


def in_memory(folder: Path, now: datetime) -> Engine:
    """Return a database in memory that knows the catalogue that ships with benchdb and nothing else.

    Args:
        folder: Folder of the seeds.
        now: Current time, aware.
    """
    from benchdb.config import database_url
    from benchdb.database.connect import open_engine
    from benchdb.database.revision import upgrade
    from benchdb.ingest.catalogue import load_catalogue

    engine = open_engine(database_url(":memory:"))
    upgrade(engine)
    load_catalogue(engine, folder, clock=lambda: now)
    return engine
