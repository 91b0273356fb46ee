"""What happened inside benchmarks on both sides: items numbered anew, outcomes and answers under the new numbers."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Integer,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from benchdb.ingest.union.sides import Difference, content, differs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Row, Select, Table

    from benchdb.ingest.union.sides import Sides

_FACTS = ("dated_on", "cluster")
_COUNTS = ("n_attempts", "n_correct", "value")
_ITEM = ("run_id", "metric_id", "sample_number")


def join_items(sides: Sides) -> Table:
    """Return the number here of each item of the other side (`benchmark_id`, `there`, `number`), after adding its items.

    Items are told by benchmark, subset and key; new ones get the next numbers of their benchmark. A fact that one side
    states of an item holds for both; of two days the earlier one, of two clusters the first in the alphabet.

    Args:
        sides: Both databases, with the benchmarks of both in this one.
    """
    here, there = sides.here["sample"], sides.there["sample"]
    same = and_(*[here.c[name] == there.c[name] for name in ("benchmark_id", "subset", "key")])
    _tell_facts(sides, same)
    known = select(
        there.c.benchmark_id, there.c.sample_number.label("there"), here.c.sample_number.label("number")
    ).join(here, same)
    top = (
        select(here.c.benchmark_id, func.max(here.c.sample_number).label("number"))
        .group_by(here.c.benchmark_id)
        .subquery()
    )
    following = func.row_number(type_=BigInteger).over(
        partition_by=there.c.benchmark_id, order_by=there.c.sample_number
    )
    new = sides.keep(
        "new_items",
        select(
            there.c.benchmark_id,
            there.c.sample_number.label("there"),
            cast(func.coalesce(top.c.number, -1) + following, Integer).label("number"),
        )
        .outerjoin(top, top.c.benchmark_id == there.c.benchmark_id)
        .where(~select(literal(1)).select_from(here).where(same).exists()),
    )
    numbers = sides.keep("numbers", select(union_all(known, select(new)).subquery()))
    columns = {**{column.name: there.c[column.name] for column in here.columns}, "sample_number": new.c.number}
    rows = select(*columns.values()).join(
        new, and_(new.c.benchmark_id == there.c.benchmark_id, new.c.there == there.c.sample_number)
    )
    sides.connection.execute(insert(here).from_select(list(columns), rows))
    return numbers


def _tell_facts(sides: Sides, same: Any) -> None:
    """Give items that both sides know the facts that either states, and tell where both state different ones."""
    here, there = sides.here["sample"], sides.there["sample"]
    benchmark = sides.here["benchmark"]
    for name in _FACTS:
        one, other = here.c[name], there.c[name]
        statement = (
            select(
                benchmark.c.slug,
                here.c.subset,
                here.c.key,
                one.label("one"),
                other.label("other"),
                func.least(one, other).label("kept"),
            )
            .join(there, same)
            .join(benchmark, benchmark.c.benchmark_id == here.c.benchmark_id)
            .where(one != other)
            .order_by(benchmark.c.slug, here.c.subset, here.c.key)
        )
        for row in sides.connection.execute(statement):
            item = "/".join(part for part in (row.slug, row.subset, row.key) if part)
            sides.differences.append(
                Difference(
                    table="sample", row=item, field=name, here=str(row.one), there=str(row.other), kept=str(row.kept)
                )
            )
    kept = {name: func.least(here.c[name], there.c[name]) for name in _FACTS}
    is_new = or_(*[here.c[name].is_distinct_from(value) for name, value in kept.items()])
    n_rows = sides.count(select(here.c.key).join(there, and_(same, is_new)).subquery())
    if n_rows:
        sides.connection.execute(update(here).where(same, is_new).values(kept))
        sides.note_changed("sample", n_rows)


def _renumbered(sides: Sides, name: str, numbers: Table) -> Select[Any]:
    """Return the outcomes or answers of the other side under this side's numbers of items."""
    table, run = sides.there[name], sides.there["run"]
    columns = [
        numbers.c.number.label(column.name) if column.name == "sample_number" else column for column in table.columns
    ]
    return (
        select(*columns)
        .join(run, run.c.run_id == table.c.run_id)
        .join(numbers, and_(numbers.c.benchmark_id == run.c.benchmark_id, numbers.c.there == table.c.sample_number))
    )


def _is_shared(table: Any, shared: Table) -> Any:
    return select(literal(1)).where(shared.c.key == table.c.run_id).exists()


def join_outcomes(sides: Sides, numbers: Table, shared: Table) -> dict[tuple[bool, int], int]:
    """Return how many outcomes each import of each side (`is_here`, key) had brought that the other side's brought earlier.

    Outcomes of a run that both sides hold are those of the side that learned of the run first, and the other one's for items
    that it lacks, as in one database. Where both have outcomes of an item that differ, that is told.

    Args:
        sides: Both databases, with the runs of both in this one.
        numbers: From `join_items`.
        shared: Runs that both sides hold, from `claims.share`.
    """
    here = sides.here["outcome"]
    theirs = _renumbered(sides, "outcome", numbers)
    again = theirs.where(_is_shared(sides.there["outcome"], shared)).subquery()
    same = and_(*[here.c[name] == again.c[name] for name in _ITEM])
    names = [column.name for column in here.columns]
    fresh = theirs.where(~_is_shared(sides.there["outcome"], shared)).subquery()
    overlap = sides.keep(
        "overlap",
        select(
            again.c.run_id,
            func.count().label("n"),
            func.sum(case((differs(here, again, _COUNTS), 1), else_=0)).label("n_differ"),
        )
        .select_from(here.join(again, same))
        .group_by(again.c.run_id),
    )
    _tell_outcomes(sides, overlap, shared)
    is_theirs = or_(
        and_(shared.c.is_theirs, ~shared.c.is_tie),
        and_(shared.c.is_tie, content(again, _COUNTS) < content(here, _COUNTS)),
    )
    taken = (same, shared.c.key == here.c.run_id, is_theirs, differs(here, again, _COUNTS))
    missing = select(*[again.c[name] for name in names]).where(
        ~select(literal(1)).select_from(here).where(same).exists()
    )
    lost = _lost(sides, overlap, shared)
    if sides.count(overlap):
        n_rows = sides.count(select(here.c.run_id).select_from(here, again, shared).where(*taken).subquery())
        if n_rows:
            sides.connection.execute(update(here).where(*taken).values({name: again.c[name] for name in _COUNTS}))
            sides.note_changed("outcome", n_rows)
    sides.connection.execute(insert(here).from_select(names, missing))
    sides.connection.execute(insert(here).from_select(names, select(fresh)))
    return lost


def _tell_outcomes(sides: Sides, overlap: Table, shared: Table) -> None:
    run, benchmark, model = (sides.here[name] for name in ("run", "benchmark", "model"))
    statement = (
        select(model.c.slug, benchmark.c.slug, run.c.run_id, overlap.c.n_differ, shared.c.is_theirs)
        .select_from(overlap)
        .join(run, run.c.run_id == overlap.c.run_id)
        .join(shared, shared.c.key == run.c.run_id)
        .join(model, model.c.model_id == run.c.model_id)
        .join(benchmark, benchmark.c.benchmark_id == run.c.benchmark_id)
        .where(overlap.c.n_differ > 0)
        .order_by(run.c.run_id)
    )
    for slug, part, run_id, n_differ, _is_theirs in sides.connection.execute(statement):
        sides.differences.append(
            Difference(
                table="outcome",
                row=f"{slug} on {part}, run {run_id}",
                field="outcomes of items",
                here=None,
                there=None,
                kept=f"{n_differ} of the earlier import",
            )
        )


def _lost(sides: Sides, overlap: Table, shared: Table) -> dict[tuple[bool, int], int]:
    """Return which imports did not bring first, after all, what they had brought: exact where one import states a run."""
    found: dict[tuple[bool, int], int] = defaultdict(int)
    for is_here, tables in ((True, sides.here), (False, sides.there)):
        is_lost = and_(shared.c.key == overlap.c.run_id, shared.c.is_theirs.is_(is_here))
        stating = _stating(tables)
        statement = select(overlap.c.run_id, overlap.c.n).join(shared, is_lost)
        wanted = statement.subquery()
        alone = (
            select(stating.c.run_id, func.min(stating.c.ingest_id).label("ingest_id"), func.count().label("n_imports"))
            .group_by(stating.c.run_id)
            .subquery()
        )
        single = (
            select(alone.c.ingest_id, func.sum(wanted.c.n))
            .join(wanted, wanted.c.run_id == alone.c.run_id)
            .where(alone.c.n_imports == 1)
            .group_by(alone.c.ingest_id)
        )
        for ingest_id, n in sides.connection.execute(single):
            found[is_here, ingest_id] += int(n)
        several = (
            select(wanted.c.run_id, wanted.c.n, stating.c.ingest_id)
            .join(alone, alone.c.run_id == wanted.c.run_id)
            .join(stating, stating.c.run_id == wanted.c.run_id)
            .where(alone.c.n_imports > 1)
        )
        rows = sides.connection.execute(several).all()
        if rows:
            for ingest_id, n in _share_losses(rows, _capacity(sides, tables, alone)):
                found[is_here, ingest_id] += n
    return found


def _stating(tables: Mapping[str, Table]) -> Any:
    run, again = tables["run"], tables["restatement"]
    others = select(again.c.target_id, again.c.ingest_id).where(again.c.target_table == "run")
    return union_all(select(run.c.run_id, run.c.ingest_id), others).subquery()


def _capacity(sides: Sides, tables: Mapping[str, Table], alone: Any) -> dict[int, int]:
    """Return how many outcomes each import brought to runs that others state as well."""
    outcome, ingest = tables["outcome"], tables["ingest"]
    n_own = (
        select(alone.c.ingest_id, func.count().label("n"))
        .join(outcome, outcome.c.run_id == alone.c.run_id)
        .where(alone.c.n_imports == 1)
        .group_by(alone.c.ingest_id)
        .subquery()
    )
    statement = select(ingest.c.ingest_id, ingest.c.n_outcomes - func.coalesce(n_own.c.n, 0)).outerjoin(
        n_own, n_own.c.ingest_id == ingest.c.ingest_id
    )
    return {key: int(n) for key, n in sides.connection.execute(statement)}


def _share_losses(rows: Iterable[Row[Any]], capacity: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield imports with what they lost: each run's loss goes to the imports that state it, none more than it brought."""
    stating: dict[int, list[int]] = defaultdict(list)
    lost: dict[int, int] = {}
    for run_id, n, ingest_id in (tuple(row) for row in rows):
        stating[run_id].append(ingest_id)
        lost[run_id] = int(n)
    for run_id, n_lost in sorted(lost.items()):
        left = n_lost
        for ingest_id in sorted(stating[run_id]):
            charged = min(left, max(capacity.get(ingest_id, 0), 0))
            capacity[ingest_id] = capacity.get(ingest_id, 0) - charged
            left -= charged
            yield ingest_id, charged


def join_answers(sides: Sides, numbers: Table, shared: Table) -> None:
    """Add the answers of the other side; of a run whose answers both hold, those of the side that learned of it first hold.

    Args:
        sides: Both databases, with the outcomes of both in this one.
        numbers: From `join_items`.
        shared: Runs that both sides hold, from `claims.share`.
    """
    here, there = sides.here["answer"], sides.there["answer"]
    names = [column.name for column in here.columns]
    mine, theirs = _answered(sides, shared)
    replaced = select(mine.c.run_id).join(theirs, theirs.c.run_id == mine.c.run_id).where(theirs.c.is_theirs)
    n_runs = sides.count(replaced.subquery())
    if n_runs:
        sides.connection.execute(delete(here).where(here.c.run_id.in_(replaced)))
        sides.note_changed("answer", n_runs)
    is_known = select(literal(1)).where(mine.c.run_id == there.c.run_id).exists()
    wanted = _renumbered(sides, "answer", numbers)
    fresh = wanted.where(~_is_shared(there, shared))
    sides.connection.execute(insert(here).from_select(names, fresh))
    if sides.count(theirs):
        again = wanted.where(_is_shared(there, shared), or_(~is_known, there.c.run_id.in_(replaced))).subquery()
        fits = _same_outcome(sides, numbers, again)
        sides.connection.execute(insert(here).from_select(names, select(again).where(fits)))


def _answered(sides: Sides, shared: Table) -> tuple[Table, Table]:
    """Return the runs of both sides that have answers here, and those that have answers there."""
    here, there = sides.here["answer"], sides.there["answer"]
    mine = select(here.c.run_id).join(shared, shared.c.key == here.c.run_id)
    theirs = select(there.c.run_id, shared.c.is_theirs).join(shared, shared.c.key == there.c.run_id)
    return sides.keep("answered_here", mine.distinct()), sides.keep("answered_there", theirs.distinct())


def _same_outcome(sides: Sides, numbers: Table, answers: Any) -> ColumnElement[bool]:
    """Return whether the outcome that answers belong to is the one that is kept."""
    outcome, old = sides.here["outcome"], _renumbered(sides, "outcome", numbers).subquery()
    is_kept = and_(*[old.c[name] == outcome.c[name] for name in _ITEM], ~differs(outcome, old, _COUNTS))
    is_its = and_(*[outcome.c[name] == answers.c[name] for name in _ITEM])
    return select(literal(1)).select_from(outcome.join(old, is_kept)).where(is_its).exists()
