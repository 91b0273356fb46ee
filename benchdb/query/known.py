"""What the catalogue says of the models, benchmarks, metrics and protocols of claims: one statement for all of them.

DuckDB takes most of a millisecond for any statement, however little it reads, and SQLAlchemy as long again, so that four small
statements cost more than one with the rows of four tables below each other.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Double,
    Integer,
    Text,
    bindparam,
    cast,
    literal,
    null,
    select,
    union_all,
)

from benchdb.query.protocols import STATED, in_words
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, ORGANIZATION, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Select
    from sqlalchemy.sql.selectable import CompoundSelect
    from sqlalchemy.types import TypeEngine

_MODEL, _BENCHMARK, _METRIC, _PROTOCOL = range(4)
MOST_KEYS = 500
"""Keys that are named in a statement; of more than that all rows are read."""
_SELECTED: tuple[tuple[ColumnElement[Any], tuple[ColumnElement[Any], ...]], ...] = (
    (MODEL.c.model_id, (
        MODEL.c.slug, MODEL.c.name, ORGANIZATION.c.name, MODEL.c.family, MODEL.c.n_parameters, MODEL.c.n_active_parameters,
        MODEL.c.parameters_label, MODEL.c.released_on, MODEL.c.is_open_weights,
    )),
    (BENCHMARK.c.benchmark_id, (
        BENCHMARK.c.slug, BENCHMARK.c.name, BENCHMARK.c.parent_id, BENCHMARK.c.metric_id, BENCHMARK.c.n_items,
    )),
    (METRIC.c.metric_id, (
        METRIC.c.slug, METRIC.c.name, METRIC.c.higher_is_better, METRIC.c.is_proportion, METRIC.c.lower_bound, METRIC.c.upper_bound,
    )),
    (PROTOCOL.c.fingerprint, tuple(PROTOCOL.c[name] for name in STATED)),
)  # fmt: skip
"""Key and facts of each kind, in the order of the kinds; the facts in the order of the fields of `Chosen`."""
_TYPES: tuple[TypeEngine[Any], ...] = (Text(), BigInteger(), Double(), Date(), Boolean())


class Known(NamedTuple):
    """Facts by key."""

    models: dict[int, tuple[Any, ...]]
    """Slug, name, maker, family, parameters, active parameters, label of parameters, release, open weights."""
    benchmarks: dict[int, tuple[Any, ...]]
    """Slug, name, parent, main metric, items."""
    metrics: dict[int, tuple[Any, ...]]
    """Slug, name, direction, whether a proportion, bounds."""
    protocols: dict[int, str | None]
    """Fingerprint → the settings that make scores comparable, in words; None where nothing is stated."""


def known_facts(connection: Connection, keys: Sequence[Iterable[int]]) -> Known:
    """Return what the catalogue says.

    Args:
        connection: An open connection.
        keys: Keys of models, of benchmarks, of metrics, and fingerprints of protocols.
    """
    wanted = [sorted(set(some)) for some in keys]
    named = tuple(len(some) <= MOST_KEYS for some in wanted)
    given = {f"keys_{kind}": some for kind, some in enumerate(wanted) if named[kind]}
    found: tuple[dict[int, tuple[Any, ...]], ...] = ({}, {}, {}, {})
    places = _slots()[1]
    for row in connection.execute(_select_facts(named), given).all():
        found[row[0]][row[1]] = tuple([row[place] for place in places[row[0]]])
    protocols = {key: in_words(dict(zip(STATED, stated, strict=True))) for key, stated in found[_PROTOCOL].items()}
    return Known(found[_MODEL], found[_BENCHMARK], found[_METRIC], protocols)


@lru_cache(maxsize=16)
def _select_facts(named: tuple[bool, ...]) -> CompoundSelect[Any]:
    """Select the facts of each kind below each other; where keys are named, of those alone."""
    parts = []
    slots, places = _slots()
    for kind, (key, facts) in enumerate(_SELECTED):
        columns: list[ColumnElement[Any]] = [cast(null(), slot) for slot in slots]
        for place, fact in zip(places[kind], facts, strict=True):
            columns[place - 2] = fact
        part: Select[Any] = select(literal(kind), key, *[each.label(f"fact_{i}") for i, each in enumerate(columns)])
        if kind == _MODEL:
            part = part.outerjoin_from(MODEL, ORGANIZATION, ORGANIZATION.c.organization_id == MODEL.c.organization_id)
        if named[kind]:
            part = part.where(key.in_(bindparam(f"keys_{kind}", expanding=True)))
        parts.append(part)
    return union_all(*parts)


@lru_cache(maxsize=1)
def _slots() -> tuple[list[TypeEngine[Any]], list[list[int]]]:
    """Return the types of the columns behind kind and key, and in which columns of a row the facts of each kind stand."""
    numbers = [[_type_number(fact.type) for fact in facts] for _, facts in _SELECTED]
    most = [max(counts[number] for counts in map(Counter, numbers)) for number in range(len(_TYPES))]
    first = [2 + sum(most[:number]) for number in range(len(_TYPES))]
    places = [[first[number] + some[:place].count(number) for place, number in enumerate(some)] for some in numbers]
    return [kind for kind, count in zip(_TYPES, most, strict=True) for _ in range(count)], places


def _type_number(kind: TypeEngine[Any]) -> int:
    wide = BigInteger() if isinstance(kind, Integer) else kind
    return next(number for number, each in enumerate(_TYPES) if type(each) is type(wide))
