"""Unreviewed entries that may be another entry under a second name, with what speaks for it; and the aliases there are.

Only names that share a word or a beginning are compared. A pair is left out where a number in each name, the size, the unit or
the direction tells the two apart, where one source has both under unlike names, where they are merged, or where a person has said
that they differ.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchdb.database.merges import DISTINCT_FROM, read_merges
from benchdb.query.spellings import contains, numbers_differ, similarity, without_maker, words
from benchdb.query.tables import ALIAS, BENCHMARK, CORRECTION, METRIC, MODEL, ORGANIZATION, RUN, SCORE
from benchdb.rows.catalogue import AliasEntry, DuplicateEntry
from benchdb.schema.keys import text_key
from benchdb.schema.vocab import EntityKind, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

KINDS = tuple(str(kind) for kind in EntityKind)
"""Kinds of entries that may be merged."""
_TABLES: dict[str, tuple[Any, ColumnElement[Any]]] = {
    EntityKind.MODEL: (MODEL, MODEL.c.model_id),
    EntityKind.BENCHMARK: (BENCHMARK, BENCHMARK.c.benchmark_id),
    EntityKind.METRIC: (METRIC, METRIC.c.metric_id),
    EntityKind.ORGANIZATION: (ORGANIZATION, ORGANIZATION.c.organization_id),
}
_SAME = {
    EntityKind.MODEL: (("n_parameters", "size"), ("organization_id", "maker")),
    EntityKind.BENCHMARK: (("parent_id", "parent"), ("n_items", "number of items")),
    EntityKind.METRIC: (("unit", "unit"), ("higher_is_better", "direction"), ("k", "k")),
    EntityKind.ORGANIZATION: (("country", "country"),),
}
_TELLS_APART = frozenset({"n_parameters", "n_items", "unit", "higher_is_better", "k", "country"})
_SHARED = {
    EntityKind.MODEL: (RUN.c.model_id, RUN.c.benchmark_id, "benchmark"),
    EntityKind.BENCHMARK: (RUN.c.benchmark_id, RUN.c.model_id, "model"),
    EntityKind.METRIC: (SCORE.c.metric_id, RUN.c.benchmark_id, "benchmark"),
    EntityKind.ORGANIZATION: (MODEL.c.organization_id, MODEL.c.family, "family"),
}
_SAME_LETTERS = 100.0
_LEAST = 82.0
_LEAST_WITH_EVIDENCE = 66.0
_ENOUGH_EVIDENCE = 2
_COMMON = 300
_BEGINNING = 5


@dataclass(frozen=True, slots=True)
class _Entry:
    key: int
    slug: str
    name: str
    state: str
    facts: Mapping[str, Any]
    shared: frozenset[Any]
    sources: frozenset[int]


def duplicates(connection: Connection, kinds: Sequence[str] = KINDS) -> tuple[DuplicateEntry, ...]:
    """Return pairs of entries that may be one, the most alike first, then by kind and slug.

    Args:
        connection: An open connection.
        kinds: model, benchmark, metric, organization.
    """
    apart = select(CORRECTION.c.target_id, CORRECTION.c.target_table, CORRECTION.c.new_value)
    refused = {
        (entry, text_key(kind, slug))
        for entry, kind, slug in connection.execute(apart.where(CORRECTION.c.field == DISTINCT_FROM))
    }
    found = [pair for kind in kinds for pair in _of_kind(connection, EntityKind(kind), refused)]
    return tuple(sorted(found, key=lambda pair: (-pair.similarity, pair.kind, pair.entry, pair.like)))


def aliases(connection: Connection, kinds: Sequence[str] = KINDS) -> tuple[AliasEntry, ...]:
    """Return the aliases, rejected ones included, by kind and spelling.

    Args:
        connection: An open connection.
        kinds: model, benchmark, metric, organization.
    """
    slugs: dict[tuple[str, int], str] = {}
    for kind in kinds:
        table, key = _TABLES[EntityKind(kind)]
        slugs.update({(kind, found): slug for found, slug in connection.execute(select(key, table.c.slug))})
    names = ("kind", "name", "review_state", "decided_by", "decided_at", "reason", "source_url")
    statement = select(ALIAS).where(ALIAS.c.kind.in_(kinds)).order_by(ALIAS.c.kind, ALIAS.c.normalized_name)
    return tuple(
        AliasEntry(**{name: row[name] for name in names}, target=slugs.get((row["kind"], row["target_id"])))
        for row in connection.execute(statement).mappings()
    )


def _of_kind(connection: Connection, kind: EntityKind, refused: set[tuple[int, int]]) -> Iterator[DuplicateEntry]:
    entries = _entries(connection, kind)
    near: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        for sign in _signs(kind, entry):
            near[sign].append(entry)
    for entry in entries:
        if entry.state != ReviewState.UNREVIEWED:
            continue
        others = {
            other.key: other for sign in _signs(kind, entry) if len(near[sign]) <= _COMMON for other in near[sign]
        }
        for other in others.values():
            if _is_first(entry, other) and not {(entry.key, other.key), (other.key, entry.key)} & refused:
                yield from _judge(kind, entry, other)


def _entries(connection: Connection, kind: EntityKind) -> list[_Entry]:
    table, key = _TABLES[kind]
    merged = read_merges(connection)
    owner, other, _noun = _SHARED[kind]
    shared = _values(connection, kind, owner, other)
    sources = {} if kind == EntityKind.ORGANIZATION else _values(connection, kind, owner, RUN.c.source_id)
    facts = [name for name, _noun in _SAME[kind]]
    statement = select(key, table.c.slug, table.c.name, table.c.review_state, *[table.c[name] for name in facts])
    rows = connection.execute(statement.order_by(table.c.slug)).all()
    return [
        _Entry(
            row[0], row[1], row[2], row[3], dict(zip(facts, row[4:], strict=True)),
            frozenset(shared.get(row[0], ())), frozenset(sources.get(row[0], ())),
        )
        for row in rows
        if row[0] not in merged
    ]  # fmt: skip


def _values(
    connection: Connection, kind: EntityKind, owner: ColumnElement[Any], value: ColumnElement[Any]
) -> dict[int, set[Any]]:
    """Return the distinct values of a column for each entry that rows refer to."""
    pairs = select(owner, value).where(owner.is_not(None), value.is_not(None)).distinct()
    if kind == EntityKind.METRIC:
        pairs = pairs.select_from(SCORE.join(RUN, RUN.c.run_id == SCORE.c.run_id))
    found: dict[int, set[Any]] = {}
    for key, each in connection.execute(pairs):
        found.setdefault(key, set()).add(each)
    return found


def _spellings(kind: EntityKind, entry: _Entry) -> tuple[str, str]:
    """Return the slug and the name of an entry, those of a model without its maker."""
    return (
        (without_maker(entry.slug), without_maker(entry.name)) if kind == EntityKind.MODEL else (entry.slug, entry.name)
    )


def _signs(kind: EntityKind, entry: _Entry) -> set[str]:
    """Return what an entry is found by: its words, and the beginning of its name without separators."""
    parts = words(_spellings(kind, entry)[0])
    return {*parts, "".join(parts)[:_BEGINNING]}


def _is_first(entry: _Entry, other: _Entry) -> bool:
    """Return whether the first of two entries is the one to give up; of two unreviewed ones that without a maker, else the longer."""
    if entry.key == other.key:
        return False
    if other.state != ReviewState.UNREVIEWED:
        return other.state == ReviewState.REVIEWED
    return ("/" in entry.slug, -len(entry.slug), entry.slug) < ("/" in other.slug, -len(other.slug), other.slug)


def _judge(kind: EntityKind, entry: _Entry, other: _Entry) -> Iterator[DuplicateEntry]:
    named, others_named = _spellings(kind, entry), _spellings(kind, other)
    evidence = _evidence(kind, entry, other, is_contained=contains(named[0], others_named[0]))
    if evidence is None or numbers_differ(named[0], others_named[0]):
        return
    alike = max(similarity(one, two) for one in named for two in others_named)
    if alike < _SAME_LETTERS and entry.sources & other.sources:
        return
    if alike >= _LEAST or (alike >= _LEAST_WITH_EVIDENCE and len(evidence) >= _ENOUGH_EVIDENCE):
        pair = f"{text_key('pair', str(kind), entry.slug, other.slug) % 16**6:06x}"
        yield DuplicateEntry(
            pair=pair, kind=str(kind), entry=entry.slug, like=other.slug, like_state=other.state, similarity=alike,
            evidence=tuple(evidence),
        )  # fmt: skip


def _evidence(kind: EntityKind, entry: _Entry, other: _Entry, *, is_contained: bool) -> list[str] | None:
    """Return what speaks for two entries being one, or None where a fact tells them apart."""
    evidence = []
    for name, noun in _SAME[kind]:
        mine, theirs = entry.facts[name], other.facts[name]
        if mine is None or theirs is None:
            continue
        if mine == theirs:
            evidence.append(f"same {noun}")
        elif name in _TELLS_APART:
            return None
    if is_contained:
        evidence.append("one name holds the other")
    if common := len(entry.shared & other.shared):
        evidence.append(f"{common} shared {_SHARED[kind][2]}{'' if common == 1 else 's'}")
    if both := len(entry.sources & other.sources):
        evidence.append(f"but {both} {'source has' if both == 1 else 'sources have'} both")
    return evidence
