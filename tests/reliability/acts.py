"""What is killed, and what must be true afterwards: imports, undoing, migration, creation, backup, restoring, compaction, merge.

Every act says how its database is made, what the process does that is killed, what may be there after the kill, and how a user
goes on: by the same command.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tests.reliability.places import (
    BLOCK_SIZE,
    FILES_PER_TRANSACTION,
    HUGE_BLOCK_SIZE,
    HUGE_PIECE,
    PIECE,
    Content,
    Place,
    content_of,
    half_imports,
    reader,
    rows_by_import,
    tables_of,
)
from tests.reliability.processes import ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNDONE = "small-03.csv"
OLD_REVISION = "0003"
_TAKEN = 2
_SMALL = {"PIECE": PIECE, "FILES_PER_TRANSACTION": FILES_PER_TRANSACTION, "BLOCK_SIZE": BLOCK_SIZE}
_FEW = {"PIECE": HUGE_PIECE, "FILES_PER_TRANSACTION": FILES_PER_TRANSACTION, "BLOCK_SIZE": HUGE_BLOCK_SIZE}
N_STEPS = 4
"""Decisions of `undo`."""


@dataclass(slots=True, kw_only=True)
class Known:
    """What undisturbed runs have left: what is right."""

    before: dict[str, Content] = field(default_factory=dict)
    """Start of an act → what its database holds then."""
    steps: list[Content] = field(default_factory=list)
    """What the database holds after each step of undoing."""
    whole: dict[str, dict[int, dict[str, int]]] = field(default_factory=dict)
    """Start of an import → import → rows of each table."""
    final: dict[str, Content] = field(default_factory=dict)
    """Act → what its database holds at the end."""
    copies: dict[str, Content] = field(default_factory=dict)
    """Act → what its copy holds at the end."""
    names: dict[str, list[str]] = field(default_factory=dict)
    """Act → files in its folder at the end."""

    def is_checked(self, content: Content) -> bool:
        """Return whether a database that holds the same, row for row, was found sound when nothing had disturbed it.

        Args:
            content: What a database holds.
        """
        return any(content == each for each in (*self.steps, *self.final.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that a process does."""

    name: str
    """What it is called."""
    start: str
    """Which database it starts from: nothing, empty, full, old or half."""
    do: Callable[[Place, Path], int]
    """What the process does, given its place and the folder of inputs; it returns an exit code."""
    judge: Callable[[Place, Known], list[str]]
    """What is wrong with what a kill has left; nothing where all is well."""
    has_copy: bool = False
    """Whether it makes a copy in its folder."""
    again: Callable[[Place, Path], int] | None = None
    """How a user goes on where that is not the same command."""


def command(*arguments: str | Path, pieces: dict[str, int] = _SMALL) -> int:
    """Run a command of benchdb in this process, with imports in small pieces; return its exit code.

    Args:
        *arguments: As on the command line.
        pieces: Constant → its value while this process lives.
    """
    from benchdb.cli import cli

    _use(pieces)
    return int(cli.main([str(each) for each in arguments], prog_name="benchdb", standalone_mode=False))


def _use(pieces: dict[str, int]) -> None:
    """Have imports read and write in pieces of our sizes, wherever these constants are kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith("benchdb.ingest"):
            for constant, value in pieces.items():
                if hasattr(module, constant):
                    setattr(module, constant, value)


def _create(place: Place, _inputs: Path) -> int:
    return command("db", "init", "--db", place.url)


def _import(place: Place, inputs: Path) -> int:
    return command("ingest", inputs, "--answers", "--db", place.url)


def _import_with_others(place: Place, inputs: Path) -> int:
    """Have other processes read the files; they must be gone when this one is."""
    return command("ingest", inputs, "--answers", "--jobs", "2", "--db", place.url)


def _import_huge(place: Place, inputs: Path) -> int:
    """Import a file whose transaction is written piece by piece, and that DuckDB does not keep in memory until the commit."""
    return command("ingest", inputs.parent / "huge.csv", "--db", place.url, pieces=_FEW)


def _upgrade(place: Place, _inputs: Path) -> int:
    return command("db", "upgrade", "--db", place.url)


def undo(place: Place, inputs: Path, n_steps: int = N_STEPS) -> int:
    """Undo two imports and take both back, by its command and by importing the file again; go on where that stopped.

    Args:
        place: A full database.
        inputs: Folder of its files.
        n_steps: How many of the steps to take.
    """
    small, large = _import_named(place, UNDONE), _import_named(place, "large.csv")
    undoing = ("undo", "--reason", "a test", "--by", "tests")
    steps: tuple[tuple[str | Path, ...], ...] = (
        (*undoing, small), (*undoing, large), (*undoing, "--redo", small), ("ingest", "--answers", inputs / "large.csv")
    )  # fmt: skip
    for step in steps[ask(partial(_n_decisions, place.url)) : n_steps]:
        if code := command(*step, "--db", place.url):
            return code
    return 0


def _import_named(place: Place, name: str) -> str:
    found = ask(partial(_query, place.url, f"SELECT ingest_id FROM ingest WHERE name LIKE '%{name}'"))
    return str(found[0][0])


def _query(url: str, statement: str) -> list[tuple[object, ...]]:
    return reader(url)(statement)


def _n_decisions(url: str) -> int:
    return int(reader(url)("SELECT count(*) FROM correction")[0][0])


def _backup(place: Place, _inputs: Path) -> int:
    return command("db", "backup", place.folder / "copy.duckdb", "--force", "--db", place.url)


def _restore(place: Place, inputs: Path) -> int:
    is_done = place.file.exists() if place.is_duckdb else bool(ask(partial(_holds_imports, place.url)))
    code = command("db", "restore", inputs.parent / "full.duckdb", "--db", place.url)
    return 0 if is_done and code == _TAKEN else code  # a place that is taken is refused


def _holds_imports(url: str) -> int:
    query = reader(url)
    return int(query("SELECT count(*) FROM ingest")[0][0]) if "ingest" in tables_of(query) else 0


def _compact(place: Place, _inputs: Path) -> int:
    return command("db", "compact", "--db", place.url)


def _merge(place: Place, inputs: Path) -> int:
    return command("db", "merge", inputs.parent / "other.duckdb", "--db", place.url)


def is_sound(place: Place) -> list[str]:
    """Return what `benchdb db check` finds wrong; a process of its own opens the database as a user does.

    Args:
        place: Where it is.
    """
    code, said = ask(partial(_checked, place.url))
    return [] if code == 0 else [f"db check ends with {code}: {said}"]


def _checked(url: str) -> tuple[int, str]:
    import contextlib
    import io

    from benchdb.cli import exits

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = exits.run(partial(command, "db", "check", "--db", url))
    return code, said.getvalue()


def _judge_import(start: str, place: Place, known: Known) -> list[str]:
    found = ask(partial(rows_by_import, place.url))
    return [*half_imports(found, known.whole[start]), *is_sound(place)]


def _judge_undoing(place: Place, known: Known) -> list[str]:
    now = ask(partial(content_of, place.url))
    wrong = [] if now in known.steps else ["the database is in none of the states between two decisions"]
    return [*wrong, *_sound_unless_checked(place, now, known)]


def _sound_unless_checked(place: Place, now: Content, known: Known) -> list[str]:
    """Return what is wrong with a database; one that is an undisturbed run's in every row was found sound there."""
    return [] if known.is_checked(now) else is_sound(place)


def _judge_migration(place: Place, known: Known) -> list[str]:
    """Every table of before has its rows, whatever revision was reached; each step is whole or not there."""
    revision, n_rows = ask(partial(_revision_and_rows, place.url))
    if revision is None:
        return ["the revision is gone"]
    before = known.before["old"]
    wrong = [
        f"{table} has {n_rows.get(table)} rows of {n}" for table, (n, _hash) in before.items() if n_rows.get(table) != n
    ]
    expected = {table for step in _REVISIONS[: _REVISIONS.index(revision) + 1] for table in _TABLES[step]}
    if set(n_rows) - {"alembic_version"} != expected:
        wrong.append(f"at revision {revision} there are the tables {sorted(n_rows)}")
    return wrong


def _judge_creation(place: Place, _known: Known) -> list[str]:
    if place.is_duckdb and not place.file.exists():
        return []
    revision, n_rows = ask(partial(_revision_and_rows, place.url))
    expected = set() if revision is None else {
        table for step in _REVISIONS[: _REVISIONS.index(revision) + 1] for table in _TABLES[step]
    }  # fmt: skip
    found = set(n_rows) - {"alembic_version"}
    return [] if found == expected else [f"at revision {revision} there are the tables {sorted(found)}"]


def _revision_and_rows(url: str) -> tuple[str | None, dict[str, int]]:
    """Return the revision and the rows of each table, after opening the database as benchdb does."""
    from benchdb.api import connect

    connect(url, any_revision=True).close()
    query = reader(url)
    n_rows = {table: int(query(f"SELECT count(*) FROM {table}")[0][0]) for table in tables_of(query)}
    stamped = query("SELECT version_num FROM alembic_version") if "alembic_version" in n_rows else []
    return (str(stamped[0][0]) if stamped else None), n_rows


def _judge_copying(place: Place, known: Known) -> list[str]:
    """The database is as before, and the copy is the old one or the new one."""
    now = ask(partial(content_of, place.url))
    wrong = [] if now == known.before["full"] else ["the database is not as it was"]
    copy = place.folder / "copy.duckdb"
    if copy.exists() and ask(partial(content_of, f"duckdb:///{copy}")) not in (
        known.before["copy"],
        known.copies.get("backup"),
    ):
        wrong.append("the copy is neither the one of before nor the new one")
    return [*wrong, *_sound_unless_checked(place, now, known)]


def _judge_restoring(place: Place, known: Known) -> list[str]:
    if place.is_duckdb and not place.file.exists():
        return []
    now = ask(partial(content_of, place.url))
    if now == known.final["restore"]:
        return _sound_unless_checked(place, now, known)
    if place.is_duckdb or any(n for table, (n, _hash) in now.items() if table != "alembic_version"):
        return ["there is a part of the backup"]
    return []


def _judge_merging(place: Place, known: Known) -> list[str]:
    now = ask(partial(content_of, place.url))
    wrong = [] if now in (known.before["half"], known.final["merge"]) else ["a part of the other database is there"]
    return [*wrong, *_sound_unless_checked(place, now, known)]


def _revisions() -> tuple[list[str], dict[str, set[str]]]:
    from tests.migrations.every_table import STATEMENTS

    return sorted(STATEMENTS), {revision: set(tables) for revision, tables in STATEMENTS.items()}


_REVISIONS, _TABLES = _revisions()


def acts_of(engine: str) -> tuple[Act, ...]:
    """Return what is killed on an engine.

    Args:
        engine: duckdb or postgresql.
    """
    both = (
        Act(name="import", start="empty", do=_import, judge=partial(_judge_import, "empty")),
        Act(
            name="import-by-two",
            start="empty",
            do=_import_with_others,
            judge=partial(_judge_import, "empty"),
            again=_import,
        ),
        Act(name="import-huge", start="half", do=_import_huge, judge=partial(_judge_import, "half")),
        Act(name="undo", start="full", do=undo, judge=_judge_undoing),
        Act(name="upgrade", start="old", do=_upgrade, judge=_judge_migration),
        Act(name="init", start="nothing", do=_create, judge=_judge_creation),
        Act(name="backup", start="full", do=_backup, judge=_judge_copying, has_copy=True),
        Act(name="restore", start="nothing", do=_restore, judge=_judge_restoring),
        *((Act(name="merge", start="half", do=_merge, judge=_judge_merging),) if _can_merge() else ()),
    )
    if engine == "postgresql":
        return both
    return (*both, Act(name="compact", start="full", do=_compact, judge=_judge_copying))


def _can_merge() -> bool:
    from benchdb.cli.db import command as group

    return "merge" in group.commands


def ends_well(place: Place, act: Act, known: Known) -> list[str]:
    """Return what is wrong with the end of an act that was killed and done again: it must be an undisturbed run's.

    Args:
        place: Where.
        act: Which.
        known: What an undisturbed run has left.
    """
    wrong = []
    now = ask(partial(content_of, place.url))
    if now != known.final[act.name]:
        tables = [table for table in now if now[table] != known.final[act.name].get(table)]
        wrong.append(f"the content differs from an undisturbed run's in {', '.join(tables) or 'its tables'}")
    if act.has_copy and ask(partial(content_of, f"duckdb:///{place.folder / 'copy.duckdb'}")) != known.copies[act.name]:
        wrong.append("the copy differs from an undisturbed run's")
    if place.names() != known.names[act.name]:
        wrong.append(f"the folder holds {place.names()}, after an undisturbed run {known.names[act.name]}")
    return wrong
