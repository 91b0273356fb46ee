"""Names that mean one entry on one side and are an entry of their own on the other: told, since only a person can decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from benchdb.database.merges import follow
from benchdb.ingest.union.sides import Difference
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import EntityKind, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Table

    from benchdb.ingest.union.decisions import Decided
    from benchdb.ingest.union.sides import Sides


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """An entry whose name is an alias of another one."""

    kind: str
    """What it is."""
    slug: str
    """The entry."""
    meant: str
    """The entry that the alias means."""


def read_clashes(connection: Connection, tables: Mapping[str, Table], decided: Decided) -> set[Clash]:
    """Return the entries of one side whose slug, or name as a file wrote it, is an alias of another entry of that side.

    Args:
        connection: Where both sides are seen.
        tables: Tables of the side.
        decided: What it decided; entries that are merged are one.
    """
    alias = tables["alias"]
    meant: dict[str, dict[str, int]] = {str(kind): {} for kind in EntityKind}
    used = select(alias.c.kind, alias.c.normalized_name, alias.c.target_id).where(
        alias.c.review_state != str(ReviewState.REJECTED)
    )
    for kind, name, target in connection.execute(used):
        meant[kind][name] = target
    found = set()
    for kind, targets in meant.items():
        table = tables[kind]
        entries = connection.execute(
            select(table.c[f"{kind}_id"], table.c.slug, table.c.name, table.c.review_state)
        ).all()
        slugs = {key: slug for key, slug, _name, _state in entries}
        for key, slug, name, state in entries:
            spelled = [spelling for spelling in _spellings(slug, name, state) if spelling in targets]
            for target in {targets[spelling] for spelling in spelled}:
                if follow(decided.merged, target) != follow(decided.merged, key) and target in slugs:
                    found.add(Clash(kind, slug, slugs[target]))
    return found


def _spellings(slug: str, name: str, state: str) -> Iterator[str]:
    yield normalize_name(slug)
    if state == ReviewState.UNREVIEWED:
        yield normalize_name(name)


def tell_clashes(sides: Sides, before: set[Clash], decided: Decided) -> None:
    """Tell the clashes that neither side had alone.

    Args:
        sides: Both databases, joined.
        before: Clashes that either side had.
        decided: What both decided together.
    """
    for clash in sorted(read_clashes(sides.connection, sides.here, decided) - before):
        remedy = f"both; if they are one: benchdb alias merge {clash.meant} {clash.slug} --kind {clash.kind}"
        sides.differences.append(
            Difference(table=clash.kind, row=clash.slug, field="alias", here=clash.meant, there=clash.slug, kept=remedy)
        )
