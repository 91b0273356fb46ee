"""Which entry rows count for: a merge of entries that one side decided acts on the rows of the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlalchemy import Column, MetaData, Table, literal, select, update

from benchdb.database.bulk import staged
from benchdb.database.merges import MERGED_INTO, follow, former
from benchdb.database.own_rows import own_runs, own_scores
from benchdb.errors import ConfigError
from benchdb.ingest.union.decisions import Amendment, write_amendments
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from benchdb.ingest.union.decisions import Decided
    from benchdb.ingest.union.sides import Sides

_COLUMNS = {EntityKind.MODEL: ("run", "model_id"), EntityKind.BENCHMARK: ("run", "benchmark_id"), EntityKind.METRIC: ("score", "metric_id")}  # fmt: skip
_OWNED = (("model", "organization_id"), ("source", "organization_id"))


def attribute(sides: Sides, before: tuple[Decided, Decided], after: Decided) -> None:
    """Let every row count for the entry that the decisions of both sides together say.

    Args:
        sides: Both databases, joined.
        before: What was decided on each side.
        after: What holds from now on.

    Raises:
        ConfigError: If items would have to be renumbered: a merge of benchmarks or metrics meets outcomes of the other side.
    """
    entries = {*after.merged, *before[0].merged, *before[1].merged}
    for kind in EntityKind:
        table = sides.here[str(kind)]
        key = table.c[f"{kind}_id"]
        for entry, slug in sides.connection.execute(
            select(key, table.c.slug).where(key.in_(entries)).order_by(key)
        ).all():
            if kind == EntityKind.ORGANIZATION:
                _give_to_organization(sides, entry, before, after)
            else:
                _give(sides, kind, (entry, slug), before, after)


def _give(
    sides: Sides, kind: EntityKind, entry: tuple[int, str], before: tuple[Decided, Decided], after: Decided
) -> None:
    """Let the rows that were made under an entry count for the one it counts as."""
    key, slug = entry
    name, column = _COLUMNS[kind]
    table = sides.here[name]
    into = follow(after.merged, key)
    merged = former(after.merged, *[side.merged for side in before])
    for kept in sorted({follow(side.merged, key) for side in before} - {into}):
        if kind == EntityKind.METRIC:
            own = own_scores(sides.connection, kept=kept, family=[key])
        else:
            own = own_runs(sides.connection, column, kept=kept, family=[key], merged=merged)
        if not len(own):
            continue
        row_key = table.c[f"{name}_id"]
        with staged(sides.connection, table, pa.table({row_key.name: own})) as stage:
            there = Table(stage, MetaData(), Column(row_key.name, row_key.type))
            mine = select(literal(1)).where(there.c[row_key.name] == row_key).exists()
            if kind != EntityKind.MODEL:
                _refuse_outcomes(sides, kind, slug, select(table.c.run_id).where(mine), kept)
            sides.connection.execute(update(table).where(mine).values({column: into}))
        sides.note_changed(name, len(own))


def _refuse_outcomes(sides: Sides, kind: EntityKind, slug: str, runs: Select[Any], kept: int) -> None:
    outcome = sides.here["outcome"]
    found = select(outcome.c.run_id).where(outcome.c.run_id.in_(runs))
    if kind == EntityKind.METRIC:
        found = found.where(outcome.c.metric_id == kept)
    if sides.connection.execute(found.limit(1)).all():
        raise ConfigError(
            f"{kind} {slug} is merged into another one in one of the two databases, and the other one has outcomes of its items, "
            f"which would have to be renumbered. Take that back first (benchdb alias merge {slug} --undo --kind {kind}), or "
            "merge it in both. Nothing was changed."
        )


def _give_to_organization(sides: Sides, entry: int, before: tuple[Decided, Decided], after: Decided) -> None:
    """Let models and sources of an organization count for the one it counts as; their keys do not say so, corrections do."""
    into = follow(after.merged, entry)
    for side in before:
        kept = follow(side.merged, entry)
        if kept not in {entry, into}:
            _take_back(sides, entry, kept, side.last[entry, MERGED_INTO].at)
    if into == entry:
        return
    decision = after.last[entry, MERGED_INTO]
    for name, column in _OWNED:
        table = sides.here[name]
        keys = sides.connection.execute(select(table.c[f"{name}_id"]).where(table.c[column] == entry)).scalars().all()
        rows = (
            Amendment(name, key, column, str(entry), str(into), decision.by, decision.at, decision.reason)
            for key in keys
        )
        write_amendments(sides, rows)
        sides.connection.execute(update(table).where(table.c[column] == entry).values({column: into}))
        if keys:
            sides.note_changed(name, len(keys))


def _take_back(sides: Sides, entry: int, kept: int, moment: datetime) -> None:
    """Give models and sources back to an organization that a merge of one side, which holds no more, had taken."""
    correction = sides.here["correction"]
    for name, column in _OWNED:
        table = sides.here[name]
        taken = select(correction.c.target_id).where(
            correction.c.target_table == name,
            correction.c.field == column,
            correction.c.old_value == str(entry),
            correction.c.decided_at == moment,
        )
        its = (table.c[f"{name}_id"].in_(taken), table.c[column] == kept)
        sides.note_changed(name, sides.count(select(table.c[column]).where(*its).subquery()))
        sides.connection.execute(update(table).where(*its).values({column: entry}))
