"""Which catalogue entry a name given by a user means: its slug, its name or an alias, and nothing guessed."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, literal, or_, select, union_all

from benchdb.database.merges import MERGED_INTO, follow, read_merges
from benchdb.errors import AmbiguousQueryError, UnknownNameError
from benchdb.query.tables import ALIAS, BENCHMARK, CORRECTION, METRIC, MODEL, ORGANIZATION, SUITE
from benchdb.schema.names import normalize_name
from benchdb.schema.vocab import CorrectionAction, EntityKind, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import BindParameter, Connection, Select
    from sqlalchemy.sql.selectable import CompoundSelect

SUITE_KIND = "suite"
"""What a suite's name is the name of; suites have no aliases."""

_TABLES = {
    EntityKind.MODEL.value: (MODEL, MODEL.c.model_id),
    EntityKind.BENCHMARK.value: (BENCHMARK, BENCHMARK.c.benchmark_id),
    EntityKind.METRIC.value: (METRIC, METRIC.c.metric_id),
    EntityKind.ORGANIZATION.value: (ORGANIZATION, ORGANIZATION.c.organization_id),
    SUITE_KIND: (SUITE, SUITE.c.suite_id),
}
_MERGES = "merge"
_SUGGESTIONS = 3
_LEAST_SIMILARITY = 0.6
_CONTAINED = 0.75


class Found(NamedTuple):
    """What names mean."""

    keys: dict[str, tuple[int, ...]]
    """Keys by kind."""
    has_retractions: bool
    """Whether any claim was ever retracted; where that was not asked, one may have been."""


class _Candidate(NamedTuple):
    kind: str
    key: int
    slug: str
    name: str
    is_alias: bool


def resolve_names(
    connection: Connection, wanted: Mapping[str, Sequence[str]], *, through_merges: bool = True
) -> dict[str, tuple[int, ...]]:
    """Return the key each name means, by kind, in the order given: the keys of `find_names`.

    Args:
        connection: An open connection.
        wanted: Kind ("model", "benchmark", "metric", "organization", "suite") → names.
        through_merges: Whether an entry that was merged into another one means that one.
    """
    return find_names(connection, wanted, through_merges=through_merges).keys


def find_names(connection: Connection, wanted: Mapping[str, Sequence[str]], *, through_merges: bool = True) -> Found:
    """Return what names mean; one statement unless a name needs a closer look or entries were merged.

    Args:
        connection: An open connection.
        wanted: Kind ("model", "benchmark", "metric", "organization", "suite") → names.
        through_merges: Whether an entry that was merged into another one means that one.

    Returns:
        The key each name means, by kind, in the order given. A name nothing goes by is an `UnknownNameError`, one that several
        entries go by an `AmbiguousQueryError`.
    """
    wanted = {kind: names for kind, names in wanted.items() if names}
    if not wanted:
        return Found({}, has_retractions=True)
    found: dict[str, list[_Candidate]] = defaultdict(list)
    for row in connection.execute(_select_exact(tuple(wanted)), _folded(wanted)).all():
        found[row[0]].append(_Candidate(*row))
    keys = {
        kind: tuple(_choose(connection, kind, name, found[kind]) for name in names) for kind, names in wanted.items()
    }
    decided = found[_MERGES][0]
    merged = read_merges(connection) if decided.key and through_merges else {}
    if merged:
        keys = {kind: tuple(follow(merged, key) for key in found) for kind, found in keys.items()}
    return Found(keys, has_retractions=bool(decided.is_alias))


def exact_names(connection: Connection, kind: str, names: Sequence[str]) -> set[str]:
    """Return those of some names that an entry has letter by letter, case apart: as slug, name or alias.

    Args:
        connection: An open connection.
        kind: Kind of the entries.
        names: Names as typed; without any no statement is made.
    """
    if not names:
        return set()
    rows = connection.execute(_select_exact((kind,)), _folded({kind: names})).all()
    known = {name.casefold() for row in rows if row[0] != _MERGES for name in (row[2], row[3])}
    return {name for name in names if name.casefold() in known}


def _folded(wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the spellings that are looked for, by parameter of `_select_exact`."""
    return {
        f"{kind}_names": sorted({name.casefold() for name in names} | {normalize_name(name) for name in names})
        for kind, names in wanted.items()
    }


@cache
def _select_exact(kinds: tuple[str, ...]) -> CompoundSelect[Any]:
    """Select the entries that have one of the names, the aliases that spell one, and what was decided, as an entry."""
    parts, aliases = [], []
    for kind in kinds:
        table, key = _TABLES[kind]
        folded: BindParameter[str] = bindparam(f"{kind}_names", expanding=True)
        entries = select(literal(kind), key, table.c.slug, table.c.name, literal(value=False))
        parts.append(entries.where(or_(table.c.slug.in_(folded), func.lower(table.c.name).in_(folded))))
        if kind != SUITE_KIND:
            aliases.append(and_(ALIAS.c.kind == kind, ALIAS.c.normalized_name.in_(folded)))
    if aliases:
        parts.append(_select_aliases().where(or_(*aliases)))
    return union_all(*parts, _select_decided())


def _select_aliases() -> Select[Any]:
    return select(ALIAS.c.kind, ALIAS.c.target_id, ALIAS.c.normalized_name, ALIAS.c.name, literal(value=True)).where(
        ALIAS.c.review_state != ReviewState.REJECTED.value
    )


def _select_decided() -> Select[Any]:
    """Select, in the columns of an entry, how many decisions about merges there are and whether a claim was ever retracted.

    Where there are none they need not be read.
    """
    merges = case((CORRECTION.c.field == MERGED_INTO, 1))
    retractions = case((CORRECTION.c.action == CorrectionAction.RETRACT.value, 1))
    count = select(func.count(merges).label("n"), func.count(retractions).label("n_retractions")).subquery("decided")
    return select(literal(_MERGES), count.c.n, literal(""), literal(""), count.c.n_retractions > 0)


def _choose(connection: Connection, kind: str, name: str, candidates: Iterable[_Candidate]) -> int:
    keys = _matches(name, candidates)
    if len(keys) == 1:
        return keys.pop()
    everything = _everything(connection, kind)
    keys = keys or _matches(name, everything) or _tail_matches(name, everything)
    if len(keys) == 1:
        return keys.pop()
    entries = [entry for entry in everything if not entry.is_alias]
    if keys:
        slugs = ", ".join(sorted(entry.slug for entry in entries if entry.key in keys))
        raise AmbiguousQueryError(f'{kind.capitalize()} "{name}" may mean {slugs}. Write one of these in full.')
    raise UnknownNameError.from_suggestions(kind, name, _suggest(name, everything))


def _matches(name: str, candidates: Iterable[_Candidate]) -> set[int]:
    folded, normalized = name.casefold(), normalize_name(name)
    rungs: list[set[int]] = [set(), set(), set(), set()]
    for entry in candidates:
        if entry.is_alias:
            if normalized == entry.slug:
                rungs[2].add(entry.key)
        elif entry.slug == folded:
            rungs[0].add(entry.key)
        elif entry.name.casefold() == folded:
            rungs[1].add(entry.key)
        elif normalized in {normalize_name(entry.slug), normalize_name(entry.name)}:
            rungs[3].add(entry.key)
    return next((rung for rung in rungs if rung), set())


def _tail_matches(name: str, candidates: Iterable[_Candidate]) -> set[int]:
    normalized = normalize_name(name)
    return {
        entry.key
        for entry in candidates
        if not entry.is_alias and normalize_name(entry.slug.rpartition("/")[2]) == normalized
    }


def _everything(connection: Connection, kind: str) -> list[_Candidate]:
    table, key = _TABLES[kind]
    entries = select(literal(kind), key, table.c.slug, table.c.name, literal(value=False))
    statement = entries if kind == SUITE_KIND else union_all(entries, _select_aliases().where(ALIAS.c.kind == kind))
    return [_Candidate(*row) for row in connection.execute(statement)]


def _suggest(name: str, candidates: Iterable[_Candidate]) -> list[str]:
    from difflib import SequenceMatcher

    wanted = _squeeze(name)
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    slugs: dict[int, str] = {}
    best: dict[int, float] = defaultdict(float)
    for entry in candidates:
        if not entry.is_alias:
            slugs[entry.key] = entry.slug
        for spelling in (entry.slug, entry.slug.rpartition("/")[2], entry.name):
            squeezed = _squeeze(spelling)
            matcher.set_seq1(squeezed)
            contained = bool(wanted) and (wanted in squeezed or (len(squeezed) > 2 and squeezed in wanted))
            best[entry.key] = max(best[entry.key], matcher.ratio(), _CONTAINED if contained else 0.0)
    near = sorted((-ratio, slugs[key]) for key, ratio in best.items() if ratio >= _LEAST_SIMILARITY and key in slugs)
    return [slug for _, slug in near[:_SUGGESTIONS]]


def _squeeze(text: str) -> str:
    return normalize_name(text).replace("-", "")
