"""Claims of both sides: sources, runs and scores that both state, told once; scores that follow from outcomes, kept once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, delete, func, literal, null, or_, select, type_coerce, union_all, update
from sqlalchemy.types import BigInteger

from benchdb.database.restatements import DERIVED
from benchdb.ingest.union.imports import brought
from benchdb.ingest.union.sides import content, differs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select, Table

    from benchdb.ingest.union.sides import Sides

_SAID = {
    "source": ("title", "harness", "harness_version", "published_on", "retrieved_at", "organization_id"),
    "run": ("is_first_party", "model_label", "benchmark_label", "raw"),
    "score": ("metric_label", "place"),
}
"""What does not follow from a row's key: the side that learned the row first says it, as in one database."""


def share(sides: Sides, name: str) -> Table:
    """Return the rows that both sides hold: `key`, `held_there`, `is_theirs` where the other side learned it first, `is_tie`.

    Args:
        sides: Both databases, before rows of this table are joined.
        name: "source", "run" or "score".
    """
    here, there = sides.here[name], sides.there[name]
    one, other = (brought(tables, name).subquery() for tables in (sides.here, sides.there))
    key = f"{name}_id"
    is_tie = and_(one.c.moment == other.c.moment, one.c.ingest_id == other.c.ingest_id)
    is_theirs = or_(
        other.c.moment < one.c.moment,
        and_(other.c.moment == one.c.moment, other.c.ingest_id < one.c.ingest_id),
        and_(is_tie, content(there, _SAID[name]) < content(here, _SAID[name])),
    )
    return sides.keep(
        f"shared_{name}",
        select(
            here.c[key].label("key"), there.c.ingest_id.label("held_there"), is_theirs.label("is_theirs"), is_tie.label("is_tie")
        )
        .join(there, there.c[key] == here.c[key])
        .join(one, one.c.key == here.c[key])
        .join(other, other.c.key == here.c[key]),
    )  # fmt: skip


def take_wording(sides: Sides, name: str, shared: Table) -> None:
    """Let rows that both sides hold say what the side says that learned them first.

    Args:
        sides: Both databases.
        name: The table.
        shared: From `share`.
    """
    here, there = sides.here[name], sides.there[name]
    key = f"{name}_id"
    theirs = (
        here.c[key] == shared.c.key, shared.c.is_theirs, there.c[key] == shared.c.key, differs(here, there, _SAID[name]),
    )  # fmt: skip
    n_rows = sides.count(select(here.c[key]).select_from(here, there, shared).where(*theirs).subquery())
    if n_rows:
        values = {column: there.c[column] for column in _SAID[name]}
        sides.connection.execute(update(here).where(*theirs).values(values))
        sides.note_changed(name, n_rows)


def superseded(sides: Sides, shared_runs: Table) -> Table:
    """Return the scores of one side that follow from outcomes and give way to an earlier score of the other side.

    In one database a run and metric that has a score gets none from its outcomes. Columns: `score_id`, `is_here`, and
    `winner_id`, the other side's score if that follows from outcomes as well.

    Args:
        sides: Both databases, before scores are joined.
        shared_runs: From `share`.
    """
    mine, theirs = (
        _alone(*tables, shared_runs).subquery() for tables in ((sides.here, sides.there), (sides.there, sides.here))
    )
    same = and_(mine.c.run_id == theirs.c.run_id, mine.c.metric_id == theirs.c.metric_id)
    order = [
        (mine.c.moment, theirs.c.moment),
        (mine.c.ingest_id, theirs.c.ingest_id),
        (mine.c.score_id, theirs.c.score_id),
    ]
    is_mine_first = or_(
        *[and_(*[a == b for a, b in order[:place]], order[place][0] < order[place][1]) for place in range(len(order))]
    )
    parts = []
    for is_here, loser, winner, is_lost in ((False, theirs, mine, is_mine_first), (True, mine, theirs, ~is_mine_first)):
        nothing = type_coerce(null(), BigInteger)
        winner_id = case((winner.c.is_derived, winner.c.score_id), else_=nothing)
        parts.append(
            select(loser.c.score_id, literal(is_here).label("is_here"), winner_id.label("winner_id"))
            .select_from(mine.join(theirs, same))
            .where(loser.c.is_derived, is_lost)
        )
    lost = union_all(*parts).subquery()
    statement = select(
        lost.c.score_id, lost.c.is_here, func.max(lost.c.winner_id, type_=BigInteger()).label("winner_id")
    )
    return sides.keep("superseded", statement.group_by(lost.c.score_id, lost.c.is_here))


def _alone(tables: Mapping[str, Table], others: Mapping[str, Table], shared_runs: Table) -> Select[Any]:
    """Return the scores of runs that both sides hold which only one of them holds."""
    score, other = tables["score"], others["score"].alias()
    first = brought(tables, "score").subquery()
    return (
        select(
            score.c.score_id, score.c.run_id, score.c.metric_id, first.c.ingest_id, first.c.moment,
            func.coalesce(score.c.place.startswith(DERIVED), False).label("is_derived"),
        )
        .join(shared_runs, shared_runs.c.key == score.c.run_id)
        .join(first, first.c.key == score.c.score_id)
        .where(~select(literal(1)).where(other.c.score_id == score.c.score_id).exists())
    )  # fmt: skip


def pass_on(sides: Sides, lost: Table) -> Table:
    """Return what imports state of scores that gave way, as statements of the scores they gave way to.

    Args:
        sides: Both databases.
        lost: From `superseded`.
    """
    parts = []
    for is_here, tables in ((True, sides.here), (False, sides.there)):
        score, again = tables["score"], tables["restatement"]
        for table, is_its in (
            (score, score.c.score_id == lost.c.score_id),
            (again, and_(again.c.target_table == "score", again.c.target_id == lost.c.score_id)),
        ):
            parts.append(
                select(literal("score").label("target_table"), lost.c.winner_id.label("target_id"), table.c.ingest_id)
                .join(table, is_its)
                .where(lost.c.is_here.is_(is_here), lost.c.winner_id.is_not(None))
            )
    return sides.keep("passed_on", select(union_all(*parts).subquery()))


def join_scores(sides: Sides, lost: Table) -> int:
    """Return how many scores of this side gave way, after adding the other side's but for those that gave way.

    Args:
        sides: Both databases, with the runs of both in this one.
        lost: From `superseded`.
    """
    here, again, theirs = sides.here["score"], sides.here["restatement"], sides.there["score"]
    mine = select(lost.c.score_id).where(lost.c.is_here.is_(True))
    n_rows = sides.count(mine.subquery())
    if n_rows:
        sides.connection.execute(delete(again).where(again.c.target_table == "score", again.c.target_id.in_(mine)))
        sides.connection.execute(delete(here).where(here.c.score_id.in_(mine)))
    gone = select(literal(1)).where(lost.c.score_id == theirs.c.score_id, lost.c.is_here.is_(False))
    sides.add_missing("score", ~gone.exists())
    return n_rows
