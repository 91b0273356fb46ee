"""Taking an import back, and taking that back: its claims count no more, or again. Nothing is deleted.

Both are decisions about the row of `ingest`, kept in `correction` with who, when and why. Rows that another complete import
states as well go to that one and still count. Outcomes hang on their run: they count as long as it does, whoever brought it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from benchdb.database.restatements import hand_back, hand_over
from benchdb.errors import AmbiguousQueryError, ConfigError, UnknownNameError
from benchdb.ingest.decisions import Change, record
from benchdb.ingest.writing import writes_once
from benchdb.schema.curation import Ingest, Restatement
from benchdb.schema.results import Outcome, Run, Score

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from benchdb.ingest.decisions import Decision

CATALOGUE = "catalogue"
_SHORTEST_HASH = 8
_LIST = 'benchdb sql "SELECT ingest_id, name, sha256 FROM ingest"'


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What became of an import."""

    file: str
    """The file, as its import names it."""
    ingest_id: int
    """Key of the import."""
    state: str
    """`undone`, or `complete` where that was taken back."""
    n_runs: int
    """Runs it holds, which count no more, or again."""
    n_scores: int
    """Scores it holds, which count no more, or again."""
    n_outcomes: int
    """Outcomes of those runs."""
    n_shared: int
    """Runs and scores that it states and that count either way, because another complete import states them."""
    n_outcomes_kept: int
    """Outcomes that it brought to runs of other imports; they count as long as those runs do."""


@writes_once
def undo(connection: Connection, wanted: str, decision: Decision, *, redo: bool = False) -> UndoReport:
    """Return what became of an import after it was taken back.

    Args:
        connection: A transaction; whoever calls gives the engine of a database at the newest revision.
        wanted: Key of the import, name of its file, or the beginning of the hash of the file's bytes.
        decision: Who, when and why.
        redo: Take an earlier undoing back instead.

    Raises:
        UnknownNameError: If there is no such import.
        AmbiguousQueryError: If there are several.
        ConfigError: If it is undone already, or is not; or brought names of the catalogue and no claims.
    """
    found = _find(connection, wanted, "undone" if redo else "complete")
    if found.importer == CATALOGUE:
        raise ConfigError(
            f"{found.name}: this is the catalogue that ships with benchdb; it brought names and no claims"
        )
    if (found.state == "undone") != redo:
        done = "counts already; there is nothing to take back" if redo else "is undone already"
        raise ConfigError(f"{found.name} (import {found.ingest_id}) {done}")
    if redo:
        redo_import(connection, found.ingest_id, decision)
    else:
        set_state(connection, found.ingest_id, decision, old="complete", new="undone")
        hand_over(connection)
    return _report(connection, found, "complete" if redo else "undone")


def redo_import(connection: Connection, ingest_id: int, decision: Decision) -> None:
    """Let an import that was undone count again; rows it brought first are its own again.

    Args:
        connection: A connection in a transaction.
        ingest_id: The import.
        decision: Who, when and why.
    """
    set_state(connection, ingest_id, decision, old="undone", new="complete")
    hand_back(connection, ingest_id)
    hand_over(connection)


def set_state(connection: Connection, ingest_id: int, decision: Decision, *, old: str, new: str) -> None:
    """Change the state of an import and write down who did it.

    Args:
        connection: A connection in a transaction.
        ingest_id: The import.
        decision: Who, when and why.
        old: State before.
        new: State from now on.
    """
    record(connection, [Change(table="ingest", key=ingest_id, field="state", old=old, new=new)], decision)
    connection.execute(update(Ingest).where(Ingest.ingest_id == ingest_id).values(state=new))


def _find(connection: Connection, wanted: str, state: str) -> Row[int, str, str, str, int]:
    conditions = [Ingest.name == wanted]
    if wanted.isdecimal() and len(wanted) < 20:
        conditions.append(Ingest.ingest_id == int(wanted))
    if len(wanted) >= _SHORTEST_HASH and all(letter in "0123456789abcdef" for letter in wanted):
        conditions.append(Ingest.sha256.startswith(wanted))
    columns = (Ingest.ingest_id, Ingest.name, Ingest.state, Ingest.importer, Ingest.n_outcomes)
    statement = select(*columns).where(or_(*conditions)).order_by(Ingest.ingested_at, Ingest.ingest_id)
    found = connection.execute(statement).all()
    if not found:
        raise UnknownNameError(
            f'Import "{wanted}" is unknown. Name its file as the import does, its key, or the beginning of the '
            f"file's SHA-256: {_LIST}"
        )
    in_state = [row for row in found if row.state == state] or found
    if len(in_state) > 1:
        keys = ", ".join(f"{row.ingest_id} ({row.importer}, {row.state})" for row in in_state)
        raise AmbiguousQueryError(f'"{wanted}" is the name of {len(in_state)} imports: {keys}. Name one by its key.')
    return in_state[0]


def _report(connection: Connection, found: Row[int, str, str, str, int], state: str) -> UndoReport:
    key = found.ingest_id
    runs = select(func.count()).select_from(Run).where(Run.ingest_id == key)
    scores = select(func.count()).select_from(Score).where(Score.ingest_id == key)
    outcomes = select(func.count()).select_from(Outcome).join(Run, Run.run_id == Outcome.run_id)
    n_runs, n_scores, n_outcomes = (
        int(connection.execute(statement).scalar_one())
        for statement in (runs, scores, outcomes.where(Run.ingest_id == key))
    )
    return UndoReport(
        file=found.name,
        ingest_id=key,
        state=state,
        n_runs=n_runs,
        n_scores=n_scores,
        n_outcomes=n_outcomes,
        n_shared=_n_stated(connection, key),
        n_outcomes_kept=max(found.n_outcomes - n_outcomes, 0),
    )


def _n_stated(connection: Connection, ingest_id: int) -> int:
    """Return how many runs and scores an import states that another, complete one holds, or states as well."""
    complete = select(Ingest.ingest_id).where(Ingest.state == "complete")
    n_rows = 0
    for name, entity in (("run", Run), ("score", Score)):
        key = next(iter(entity.__table__.primary_key))
        ours = select(Restatement.target_id).where(Restatement.ingest_id == ingest_id, Restatement.target_table == name)
        others = select(Restatement.target_id).where(
            Restatement.ingest_id != ingest_id, Restatement.ingest_id.in_(complete), Restatement.target_table == name
        )
        elsewhere = (key.in_(ours)) & entity.ingest_id.in_(complete)
        here_too = (entity.ingest_id == ingest_id) & key.in_(others)
        statement = select(func.count()).select_from(entity).where(or_(elsewhere, here_too))
        n_rows += int(connection.execute(statement).scalar_one())
    return n_rows
