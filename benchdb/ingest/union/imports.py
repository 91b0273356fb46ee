"""Imports of both sides: when each was first made, whether it counts, and what each brought first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)

from benchdb.database.restatements import DERIVED
from benchdb.ingest.union.sides import Difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Select, Table

    from benchdb.ingest.union.decisions import Decided, Decision
    from benchdb.ingest.union.sides import Sides


def brought(tables: Mapping[str, Table], name: str) -> Select[Any]:
    """Return the rows of a table by `key`, with the import that brought each first (`ingest_id`) and when that was (`moment`).

    Args:
        tables: Tables of one side.
        name: "source", "run" or "score".
    """
    table, ingest, again = tables[name], tables["ingest"], tables["restatement"].alias()
    key = table.c[f"{name}_id"]
    is_moved = and_(again.c.target_table == name, again.c.target_id == key, again.c.is_first == true())
    first = func.coalesce(again.c.ingest_id, table.c.ingest_id)
    return (
        select(key.label("key"), first.label("ingest_id"), ingest.c.ingested_at.label("moment"))
        .select_from(table)
        .outerjoin(again, is_moved)
        .join(ingest, ingest.c.ingest_id == first)
    )


def note_figures(sides: Sides) -> Table:
    """Return how much each import of each side brought: `is_here`, `ingest_id`, `n_outcomes`, and `n_read`, all it read.

    What it read does not depend on what else a database knew; scores that follow from outcomes were not read.

    Args:
        sides: Both databases, before anything is changed.
    """
    parts = []
    for is_here, tables in ((True, sides.here), (False, sides.there)):
        ingest = tables["ingest"]
        derived = _n_derived(tables)
        n_read = ingest.c.n_scores - func.coalesce(derived.c.n, 0) + ingest.c.n_outcomes + ingest.c.n_repeated
        parts.append(
            select(literal(is_here).label("is_here"), ingest.c.ingest_id, ingest.c.n_outcomes, n_read.label("n_read"))
            .select_from(ingest)
            .outerjoin(derived, derived.c.ingest_id == ingest.c.ingest_id)
        )
    return sides.keep("figures", select(union_all(*parts).subquery()))


def _n_derived(tables: Mapping[str, Table]) -> Any:
    score = tables["score"]
    first = brought(tables, "score").where(score.c.place.startswith(DERIVED)).subquery()
    return select(first.c.ingest_id, func.count().label("n")).group_by(first.c.ingest_id).subquery()


def join_imports(sides: Sides) -> None:
    """Add the imports of the other side; one that both made was made when and from where it was made first.

    Args:
        sides: Both databases.
    """
    here, there = sides.here["ingest"], sides.there["ingest"]
    is_earlier = or_(
        there.c.ingested_at < here.c.ingested_at,
        and_(there.c.ingested_at == here.c.ingested_at, there.c.name < here.c.name),
    )
    same = (here.c.ingest_id == there.c.ingest_id, is_earlier)
    sides.note_changed("ingest", sides.count(select(here.c.ingest_id).join(there, and_(*same)).subquery()))
    earlier = {"ingested_at": there.c.ingested_at, "name": there.c.name}
    sides.connection.execute(update(here).where(*same).values(earlier))
    sides.add_missing("ingest")


def settle_states(sides: Sides, decided: Decided) -> None:
    """Let imports count or not as the later decision about each says; where nobody decided, undone is undone.

    Args:
        sides: Both databases, with the imports of both in this one.
        decided: The decisions of both.
    """
    here, there = sides.here["ingest"], sides.there["ingest"]
    statement = (
        select(here.c.ingest_id, here.c.name, here.c.state, there.c.state.label("theirs"))
        .join(there, there.c.ingest_id == here.c.ingest_id)
        .where(here.c.state != there.c.state)
        .order_by(here.c.ingest_id)
    )
    states = {key: decision.new for (key, field), decision in decided.last.items() if is_state(field, decision)}
    for row in sides.connection.execute(statement).all():
        kept = states.setdefault(row.ingest_id, "undone")
        sides.differences.append(
            Difference(table="ingest", row=row.name, field="state", here=row.state, there=row.theirs, kept=kept)
        )
    for key, state in states.items():
        its = (here.c.ingest_id == key, here.c.state != state)
        if sides.connection.execute(select(here.c.ingest_id).where(*its)).first() is not None:
            sides.connection.execute(update(here).where(*its).values(state=state))
            sides.note_changed("ingest")


def is_state(field: str, decision: Decision) -> bool:
    """Return whether a decision is about whether an import counts.

    Args:
        field: What it sets.
        decision: The decision.
    """
    return field == "state" and decision.table == "ingest"


def settle_counts(sides: Sides, figures: Table, n_lost: Mapping[tuple[bool, int], int]) -> None:
    """Count again what each import brought first: runs, scores, outcomes, and what it repeats of others.

    Args:
        sides: Both databases, joined.
        figures: From `note_figures`.
        n_lost: Outcomes that an import of one side had brought first and that the other side's brought earlier.
    """
    ingest = sides.here["ingest"]
    lost = _lost(sides, n_lost)
    kept = (
        select(
            figures.c.ingest_id,
            func.sum(figures.c.n_outcomes - func.coalesce(lost.c.n, 0)).label("n_outcomes"),
            func.max(figures.c.n_read).label("n_read"),
        )
        .select_from(figures)
        .outerjoin(lost, and_(lost.c.ingest_id == figures.c.ingest_id, lost.c.is_here == figures.c.is_here))
        .group_by(figures.c.ingest_id)
        .subquery()
    )
    runs, scores = (_n_brought(sides, name) for name in ("run", "score"))
    derived = _n_derived(sides.here)
    n_runs, n_scores = (func.coalesce(each.c.n, 0) for each in (runs, scores))
    n_repeated = kept.c.n_read - (n_scores - func.coalesce(derived.c.n, 0)) - kept.c.n_outcomes
    counts = sides.keep(
        "counts",
        select(
            kept.c.ingest_id,
            _whole(n_runs).label("n_runs"),
            _whole(n_scores).label("n_scores"),
            _whole(kept.c.n_outcomes).label("n_outcomes"),
            _whole(func.greatest(n_repeated, 0)).label("n_repeated"),
        )
        .select_from(kept)
        .outerjoin(runs, runs.c.ingest_id == kept.c.ingest_id)
        .outerjoin(scores, scores.c.ingest_id == kept.c.ingest_id)
        .outerjoin(derived, derived.c.ingest_id == kept.c.ingest_id),
    )
    names = ("n_runs", "n_scores", "n_outcomes", "n_repeated")
    sides.connection.execute(
        update(ingest).where(ingest.c.ingest_id == counts.c.ingest_id).values({name: counts.c[name] for name in names})
    )


def _whole(number: Any) -> Any:
    return cast(number, BigInteger)


def _n_brought(sides: Sides, name: str) -> Any:
    first = brought(sides.here, name).subquery()
    return select(first.c.ingest_id, func.count().label("n")).group_by(first.c.ingest_id).subquery()


def _lost(sides: Sides, n_lost: Mapping[tuple[bool, int], int]) -> Table:
    columns: list[Column[Any]] = [Column("is_here", Boolean), Column("ingest_id", BigInteger), Column("n", BigInteger)]
    table = sides.make("lost", columns)
    rows = [{"is_here": is_here, "ingest_id": key, "n": n} for (is_here, key), n in n_lost.items() if n]
    if rows:
        sides.connection.execute(insert(table), rows)
    return table
