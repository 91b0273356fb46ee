"""A whole database into another one, in one transaction: everything of both, once, in an order that references allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchdb.database.bulk import rows_refused
from benchdb.database.bundle import is_empty, restore, verify
from benchdb.database.other import other_tables, readable
from benchdb.database.revision import place_of, require_head
from benchdb.ingest.union.attribution import attribute
from benchdb.ingest.union.claims import join_scores, pass_on, share, superseded, take_wording
from benchdb.ingest.union.clashes import read_clashes, tell_clashes
from benchdb.ingest.union.decisions import read_decided, settle_merges
from benchdb.ingest.union.entries import join_aliases, join_entries
from benchdb.ingest.union.holders import settle_holders
from benchdb.ingest.union.imports import join_imports, note_figures, settle_counts, settle_states
from benchdb.ingest.union.items import join_answers, join_items, join_outcomes
from benchdb.ingest.union.sides import Difference, Sides, TableReport
from benchdb.ingest.writing import write_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Engine, Table

_CATALOGUE = ("organization", "metric", "benchmark", "model", "suite", "suite_member", "alias", "correction")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What became of another database that was merged into this one."""

    source: str
    """The other database."""
    target: str
    """This one."""
    is_dry_run: bool
    """Whether everything was rolled back in the end."""
    tables: tuple[TableReport, ...]
    """What became of the rows of each table."""
    n_superseded: int
    """Scores that follow from outcomes and gave way to an earlier score of the same run and metric."""
    differences: tuple[Difference, ...]
    """What the two say differently and of which one had to be kept. Claims are not among them: all are kept."""

    @property
    def n_added(self) -> int:
        """Rows that this database gained."""
        return sum(table.n_added for table in self.tables)

    @property
    def n_changed(self) -> int:
        """Rows that say something else now."""
        return sum(table.n_changed for table in self.tables)


def merge_file(
    engine: Engine,
    path: Path,
    *,
    dry_run: bool = False,
    wait_s: float = 10.0,
    progress: Callable[[str], object] | None = None,
) -> MergeReport:
    """Return what became of a database in a DuckDB file that was merged into another one.

    Args:
        engine: A database at the newest revision.
        path: The file; it is only read. One of an earlier revision is upgraded in a copy.
        dry_run: Do everything, then roll it back.
        wait_s: Seconds to wait for another process that writes to the file.
        progress: Called with the name of each table that is done.

    Raises:
        ConfigError: If the file is the database itself, or items would have to be renumbered.
        DatabaseError: If the file cannot be read, or is not sound.
        DatabaseRevisionError: If either is at a revision that this benchdb cannot use.
        IngestError: If this database refuses a row.
    """
    with engine.connect() as connection:
        require_head(connection)
    with readable(path, engine, wait_s=wait_s) as ready, rows_refused():
        tables, superseded_scores, differences = write_once(
            engine, lambda connection: join(connection, ready, progress), is_kept=not dry_run
        )
    return MergeReport(
        source=str(path),
        target=place_of(engine),
        is_dry_run=dry_run,
        tables=tables,
        n_superseded=superseded_scores,
        differences=differences,
    )


def take_bundle(connection: Connection, manifest: Path) -> dict[str, int]:
    """Return how many rows each table gained from a bundle: all of them in an empty database, else what it lacked.

    Args:
        connection: A connection inside a transaction.
        manifest: The bundle's manifest.

    Raises:
        MalformedFileError: If a file is missing, is not the one that the manifest names, or has other columns.
        IngestError: If the bundle is of another revision.
        ConfigError: If items would have to be renumbered.
    """
    if is_empty(connection):
        return restore(connection, manifest)
    verify(manifest)
    tables, _superseded, _differences = join(connection, manifest, None)
    return {table.table: table.n_added for table in tables}


def join(
    connection: Connection, place: Path, progress: Callable[[str], object] | None
) -> tuple[tuple[TableReport, ...], int, tuple[Difference, ...]]:
    """Return what became of each table, how many scores gave way, and what the two databases say differently.

    Args:
        connection: A connection inside a transaction; whoever opened it commits.
        place: A DuckDB file at the newest revision, or the manifest of a bundle whose files were checked.
        progress: Called with the name of each table that is done.
    """
    done = progress or (lambda _table: None)
    with other_tables(connection, place) as there:
        sides = Sides(connection, there)
        n_before = {name: sides.count(table) for name, table in sides.here.items()}
        n_gone = _join(sides, done)
        tables = tuple(
            TableReport(
                table=name,
                n_there=sides.count(there[name]),
                n_added=sides.count(table) - n_before[name] + (n_gone if name == "score" else 0),
                n_changed=sides.changed.get(name, 0),
            )
            for name, table in sides.here.items()
        )
        sides.close()
    return tables, n_gone, tuple(sides.differences)


def _join(sides: Sides, done: Callable[[str], object]) -> int:
    before = (
        read_decided(sides.connection, sides.here["correction"]),
        read_decided(sides.connection, sides.there["correction"]),
    )
    figures = note_figures(sides)
    clashes = read_clashes(sides.connection, sides.here, before[0]) | read_clashes(
        sides.connection, sides.there, before[1]
    )
    shared = {name: share(sides, name) for name in ("source", "run", "score")}
    lost = superseded(sides, shared["run"])
    passed_on = pass_on(sides, lost)
    join_entries(sides, *before)
    join_imports(sides)
    sides.add_missing("correction")
    join_aliases(sides)
    decided = settle_merges(sides, *before)
    settle_states(sides, decided)
    for name in _CATALOGUE:
        done(name)
    for name in ("source", "protocol", "run"):
        if name in shared:
            take_wording(sides, name, shared[name])
        sides.add_missing(name)
        done(name)
    take_wording(sides, "score", shared["score"])
    n_gone = join_scores(sides, lost)
    done("score")
    n_lost = _join_items(sides, shared["run"], done)
    settle_holders(
        sides, shared, passed_on, decided
    )  # after outcomes, whose losses go by who stated a run on each side
    done("restatement")
    attribute(sides, before, decided)
    tell_clashes(sides, clashes, decided)
    settle_counts(sides, figures, n_lost)
    done("ingest")
    return n_gone


def _join_items(sides: Sides, shared_runs: Table, done: Callable[[str], object]) -> dict[tuple[bool, int], int]:
    """Join items, outcomes and answers; return how many outcomes imports had brought that others brought earlier."""
    numbers = join_items(sides)
    done("sample")
    n_lost = join_outcomes(sides, numbers, shared_runs)
    done("outcome")
    join_answers(sides, numbers, shared_runs)
    done("answer")
    return n_lost
