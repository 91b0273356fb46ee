"""The catalogue of both sides: entries, suites and aliases, with every fact that they state differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, update

from benchdb.ingest.union.decisions import DECIDED_BY, Amendment, both_decided, write_amendments
from benchdb.ingest.union.sides import Difference, differs
from benchdb.schema.vocab import ReviewState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row, Table

    from benchdb.ingest.union.decisions import Decided
    from benchdb.ingest.union.sides import Sides

ENTRIES = ("organization", "metric", "benchmark", "model", "suite")
"""Tables of entries, in the order that references need."""
_BOOKKEEPING = frozenset({"ingest_id", "source_url", "retrieved_on", "review_state"})
_RANKS = {str(ReviewState.REVIEWED): 0, str(ReviewState.REJECTED): 1, str(ReviewState.UNREVIEWED): 2}
_REFERENCES = {
    "organization_id": "organization",
    "base_model_id": "model",
    "parent_id": "benchmark",
    "metric_id": "metric",
}
_MEANING = ("target_id", "review_state")


def join_entries(sides: Sides, here: Decided, there: Decided) -> None:
    """Add the entries of the other side, and give each that both have the facts that hold.

    A field that somebody decided on keeps the later decision. Else the whole row is that of the side where a person has
    reviewed it; of two reviewed ones the one that was learned later, as new seeds replace old ones; of two that files
    brought the one that was learned first, as in one database that reads both files.

    Args:
        sides: Both databases.
        here: What was decided here.
        there: What was decided in the other database.
    """
    moments = _moments(sides)
    for name in ENTRIES:
        changed = [_settle(sides, name, row, moments, (here, there)) for row in _differing(sides, name)]
        sides.add_missing(name)
        table = sides.here[name]
        key = table.c[f"{name}_id"]
        for entry, facts in changed:
            if facts:
                sides.connection.execute(update(table).where(key == entry).values(facts))
                sides.note_changed(name)
    _join_members(sides)


def _moments(sides: Sides) -> dict[int, Any]:
    """Return when the imports were made that brought entries; the earlier where both sides know one."""
    found: dict[int, Any] = {}
    for tables in (sides.here, sides.there):
        ingest = tables["ingest"]
        makers = select(ingest.c.ingest_id, ingest.c.ingested_at).where(
            or_(*[ingest.c.ingest_id.in_(select(tables[name].c.ingest_id)) for name in ENTRIES])
        )
        for key, moment in sides.connection.execute(makers):
            found[key] = min(moment, found.get(key, moment))
    return found


def _differing(sides: Sides, name: str) -> list[Row[Any]]:
    """Return both rows, side by side, of each entry that the two state differently."""
    here, there = sides.here[name], sides.there[name]
    names = here.columns.keys()
    key = f"{name}_id"
    columns = [
        *[here.c[each].label(f"here_{each}") for each in names],
        *[there.c[each].label(f"there_{each}") for each in names],
    ]
    statement = (
        select(*columns)
        .join(there, here.c[key] == there.c[key])
        .where(differs(here, there, names))
        .order_by(here.c[key])
    )
    return list(sides.connection.execute(statement).all())


def _settle(
    sides: Sides, name: str, row: Row[Any], moments: Mapping[int, Any], decided: tuple[Decided, Decided]
) -> tuple[int, dict[str, Any]]:
    """Return the key of an entry and the facts of the other side that hold from now on, telling what was contradicted."""
    names = sides.here[name].columns.keys()
    one, other = ({each: getattr(row, f"{side}_{each}") for each in names} for side in ("here", "there"))
    key = one[f"{name}_id"]
    is_theirs = _order(other, moments) < _order(one, moments)
    both_reviewed = one["review_state"] == other["review_state"] == ReviewState.REVIEWED
    is_same_rank = one["review_state"] == other["review_state"]
    facts, noted = {}, []
    for each in names:
        if one[each] == other[each]:
            continue
        by_decision = _later(decided, (key, each))
        from_there = is_theirs if by_decision is None else by_decision
        if from_there:
            facts[each] = other[each]
        if each in _BOOKKEEPING or (by_decision is None and not is_same_rank):
            continue
        if by_decision is None or both_decided(*decided, (key, each)):
            said = [_spelled(value) for value in (one[each], other[each])]
            told = [_told(sides, each, value) for value in (one[each], other[each])]
            sides.differences.append(
                Difference(table=name, row=one["slug"], field=each, here=told[0], there=told[1], kept=told[from_there])
            )
            makers = [side["ingest_id"] for side in (one, other)]
            if by_decision is None and both_reviewed and all(maker in moments for maker in makers):
                at = max(moments[maker] for maker in makers)
                noted.append(
                    Amendment(
                        name,
                        key,
                        each,
                        said[not from_there],
                        said[from_there],
                        DECIDED_BY,
                        at,
                        "two databases stated different facts",
                    )
                )
    write_amendments(sides, noted)
    return key, facts


def _order(entry: Mapping[str, Any], moments: Mapping[int, Any]) -> tuple[Any, ...]:
    """Return by what the rows of one entry are put in order; the first one holds, on whichever side it is."""
    rank = _RANKS.get(entry["review_state"], len(_RANKS))
    moment = moments.get(entry["ingest_id"])
    seconds = 0.0 if moment is None else moment.timestamp()
    learned = -seconds if rank == 0 else seconds
    return (
        rank,
        moment is None,
        learned,
        entry["ingest_id"] or 0,
        repr(sorted((name, _spelled(value)) for name, value in entry.items())),
    )


def _later(decided: tuple[Decided, Decided], about: tuple[int, str]) -> bool | None:
    """Return whether the other side decided on a field later; None where nobody has decided, or both the same."""
    one, other = (side.last.get(about) for side in decided)
    if one == other:
        return None
    if one is None or other is None:
        return other is not None
    return other > one


def _told(sides: Sides, field: str, value: Any) -> str | None:
    """Return a fact for people: an entry that is referred to by its slug."""
    kind = _REFERENCES.get(field)
    if kind is None or value is None:
        return _spelled(value)
    for tables in (sides.here, sides.there):
        table = tables[kind]
        slug = sides.connection.execute(select(table.c.slug).where(table.c[f"{kind}_id"] == value)).scalar()
        if slug is not None:
            return str(slug)
    return _spelled(value)


def _spelled(value: object) -> str | None:
    return None if value is None else str(value)


def _join_members(sides: Sides) -> None:
    """Add the members of suites; of two places of one member the nearer to the front holds."""
    here, there = sides.here["suite_member"], sides.there["suite_member"]
    suite, benchmark = sides.here["suite"], sides.here["benchmark"]
    same = and_(here.c.suite_id == there.c.suite_id, here.c.benchmark_id == there.c.benchmark_id)
    statement = (
        select(suite.c.slug, benchmark.c.slug, here.c.position, there.c.position, here.c.suite_id, here.c.benchmark_id)
        .join(there, same)
        .join(suite, suite.c.suite_id == here.c.suite_id)
        .join(benchmark, benchmark.c.benchmark_id == here.c.benchmark_id)
        .where(here.c.position != there.c.position)
        .order_by(suite.c.slug, benchmark.c.slug)
    )
    for slug, member, ours, theirs, suite_id, benchmark_id in sides.connection.execute(statement).all():
        kept = min(ours, theirs)
        sides.differences.append(
            Difference(
                table="suite_member",
                row=f"{slug}, {member}",
                field="position",
                here=str(ours),
                there=str(theirs),
                kept=str(kept),
            )
        )
        if kept != ours:
            its = (here.c.suite_id == suite_id, here.c.benchmark_id == benchmark_id)
            sides.connection.execute(update(here).where(*its).values(position=kept))
            sides.note_changed("suite_member")
    sides.add_missing("suite_member")


def join_aliases(sides: Sides) -> None:
    """Add the aliases of the other side; of two that mean different entries the one that was decided later holds.

    Args:
        sides: Both databases, with the entries of both in this one.
    """
    here, there = sides.here["alias"], sides.there["alias"]
    names = [column.name for column in here.columns if column.name not in {"alias_id", "kind", "normalized_name"}]
    columns = [
        *[here.c[name].label(f"here_{name}") for name in names],
        *[there.c[name].label(f"there_{name}") for name in names],
    ]
    statement = (
        select(here.c.alias_id, here.c.kind, *columns)
        .join(there, there.c.alias_id == here.c.alias_id)
        .where(differs(here, there, names))
        .order_by(here.c.alias_id)
    )
    for row in sides.connection.execute(statement).all():
        one, other = ({name: getattr(row, f"{side}_{name}") for name in names} for side in ("here", "there"))
        is_theirs = _alias_order(other, one) < _alias_order(one, other)
        if is_theirs:
            sides.connection.execute(update(here).where(here.c.alias_id == row.alias_id).values(other))
            sides.note_changed("alias")
        _note_alias(sides, row, one, other, is_theirs=is_theirs)
    sides.add_missing("alias")


def _alias_order(alias: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return by what two rows of one alias are put in order: the later decision first, the earlier where both mean the same."""
    seconds = alias["decided_at"].timestamp()
    is_same = all(alias[name] == other[name] for name in _MEANING)
    return seconds if is_same else -seconds, repr([_spelled(value) for value in alias.values()])


def _note_alias(
    sides: Sides, row: Row[Any], one: Mapping[str, Any], other: Mapping[str, Any], *, is_theirs: bool
) -> None:
    kept, dropped = (other, one) if is_theirs else (one, other)
    noted = []
    for name in _MEANING:
        if one[name] == other[name]:
            continue
        at, by, reason = (
            kept["decided_at"],
            kept["decided_by"],
            kept["reason"] or "decided later than in the other database",
        )
        noted.append(Amendment("alias", row.alias_id, name, str(dropped[name]), str(kept[name]), by, at, reason))
        said = [_meant(sides, row.kind, name, value) for value in (one[name], other[name], kept[name])]
        sides.differences.append(
            Difference(
                table="alias", row=f"{row.kind} {one['name']}", field=name, here=said[0], there=said[1], kept=said[2]
            )
        )
    write_amendments(sides, noted)


def _meant(sides: Sides, kind: str, name: str, value: Any) -> str:
    """Return what an alias says, an entry by its slug."""
    if name != "target_id":
        return str(value)
    table: Table = sides.here[kind]
    slug = sides.connection.execute(select(func.max(table.c.slug)).where(table.c[f"{kind}_id"] == value)).scalar()
    return str(slug or value)
