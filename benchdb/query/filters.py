"""What a question is about: the filters every query shares, the catalogue keys they mean, and the clauses they give."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, bindparam, cast, false, func, or_, select

from benchdb.query.names import SUITE_KIND, find_names
from benchdb.query.rewind import rewind
from benchdb.query.tables import INGEST, MODEL, OUTCOME, PROTOCOL, RUN, SCORE, SOURCE, SUITE_MEMBER
from benchdb.schema.vocab import EntityKind

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Set
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Connection, Select

MOST_RUNS = 20_000
"""Runs that are named in a statement; of more the database finds out by itself whether they have outcomes."""


_KEYS = ("model_ids", "benchmark_ids", "metric_ids")
"""Fields of a scope that are parameters of a statement for its shape."""
_SOME = (0,)
"""Stands for any keys in a shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a question is restricted to; an empty field restricts nothing. Names may be slugs, names or aliases."""

    models: tuple[str, ...] = ()
    """Models by name."""
    benchmarks: tuple[str, ...] = ()
    """Benchmarks by name, in the order to show them."""
    subsets: tuple[str, ...] = ()
    """Subsets of benchmarks; "" is the whole."""
    suite: str | None = None
    """A suite; its benchmarks are shown in its order, unless benchmarks are named too."""
    metric: str | None = None
    """The one metric to show."""
    organizations: tuple[str, ...] = ()
    """Makers of the models."""
    families: tuple[str, ...] = ()
    """Families of models, without regard to case."""
    open_weights: bool | None = None
    """Models whose weights can be downloaded, or cannot; where that is unknown a model is neither."""
    min_parameters: int | None = None
    """Least total parameters; a model of unknown size is left out."""
    max_parameters: int | None = None
    """Most total parameters; a model of unknown size is left out."""
    released_since: date | None = None
    """First release date of a model; a model without one is left out."""
    released_until: date | None = None
    """Last release date of a model; a model without one is left out."""
    n_shot: int | None = None
    """Worked examples in the prompt, as the protocol states them."""
    sources: tuple[str, ...] = ()
    """Sources by URL, title, or a part of the title, without regard to case."""
    kinds: tuple[str, ...] = ()
    """Kinds of sources (`benchdb.schema.vocab.SourceKind`)."""
    harness: str | None = None
    """Evaluation tool of the run, without regard to case."""
    variants: tuple[str, ...] = ()
    """Variants of models; "" is the plain model."""
    include_aggregates: bool = True
    """Whether claims that their source computed from other scores count."""
    as_of: datetime | None = None
    """Only what the database had learned by then, with the catalogue as it was; aware."""
    published_until: date | None = None
    """Only claims published by that day, else run by then; a claim without any date is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Filters whose names have become catalogue keys."""

    filters: Filters
    """The filters as given."""
    model_ids: tuple[int, ...] = ()
    """Models asked for by name, in their order."""
    benchmark_ids: tuple[int, ...] = ()
    """Benchmarks asked for by name or suite, in their order."""
    metric_ids: tuple[int, ...] = ()
    """The metric asked for."""
    organization_ids: tuple[int, ...] = ()
    """Makers asked for."""
    is_narrow: bool = False
    """Whether benchmarks were asked for by name, so that parts are shown beside their whole."""
    needs_outcomes: bool = False
    """Whether only claims count whose run has outcomes of items under the claim's metric."""
    outcomes_of: Set[tuple[int, int]] | None = None
    """Runs and metrics that are known to have outcomes; only their claims count. None where that was not asked."""
    has_retractions: bool = True
    """Whether any claim may have been retracted; where none was, statements do not look for those that were."""
    is_shape: bool = False
    """Whether keys are parameters by name, so that a statement can be kept for other keys."""

    def clauses(self) -> list[ColumnElement[bool]]:
        """Return the conditions on score, run, protocol, source and ingest that the filters give."""
        filters = self.filters
        clauses: list[ColumnElement[bool]] = [INGEST.c.state == "complete"]
        if self.benchmark_ids or filters.suite is not None:
            clauses.append(self.is_key(RUN.c.benchmark_id, "benchmark_ids"))
        if self.metric_ids:
            clauses.append(self.is_key(SCORE.c.metric_id, "metric_ids"))
        if not filters.include_aggregates:
            clauses.append(SCORE.c.is_aggregate.is_(False))
        if filters.as_of is not None:
            clauses.append(INGEST.c.ingested_at <= filters.as_of)
        if filters.published_until is not None:
            clauses.append(published_on() <= filters.published_until)
        if self.outcomes_of is not None and len(self.outcomes_of) <= MOST_RUNS:
            clauses.append(_is_one_of(self.outcomes_of))
        elif self.needs_outcomes or self.outcomes_of is not None:
            of_claim = and_(OUTCOME.c.run_id == SCORE.c.run_id, OUTCOME.c.metric_id == SCORE.c.metric_id)
            clauses.append(select(OUTCOME.c.run_id).where(of_claim).exists())
        return [*clauses, *self._model_clauses(), *_protocol_clauses(filters)]

    def is_key(self, column: ColumnElement[int], name: str) -> ColumnElement[bool]:
        """Return the condition that a column holds one of the keys that were asked for.

        Args:
            column: The column.
            name: Field of the keys.
        """
        keys = getattr(self, name)
        return column.in_(bindparam(name, expanding=True) if self.is_shape and keys else keys)

    def shape(self) -> Scope:
        """Return what this scope shares with those that differ by keys of models, benchmarks and metrics alone."""
        unnamed = replace(self.filters, models=(), benchmarks=(), metric=None)
        models, benchmarks, metrics = (getattr(self, name) and _SOME for name in _KEYS)
        return replace(
            self, filters=unnamed, is_shape=True, model_ids=models, benchmark_ids=benchmarks, metric_ids=metrics
        )

    def keys(self) -> dict[str, tuple[int, ...]]:
        """Return the keys that a statement for the shape takes, by name of the parameter."""
        return {name: keys for name in _KEYS if (keys := getattr(self, name))}

    def _model_clauses(self) -> list[ColumnElement[bool]]:
        clauses: list[ColumnElement[bool]] = []
        if self.model_ids:
            clauses.append(self.is_key(RUN.c.model_id, "model_ids"))
        facts = self.model_facts()
        if facts:
            clauses.append(RUN.c.model_id.in_(select(MODEL.c.model_id).where(*facts)))
        return clauses

    def model_facts(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the model table that the filters give, names apart."""
        filters = self.filters
        bounds = [
            (filters.open_weights, MODEL.c.is_open_weights, operator.eq),
            (filters.min_parameters, MODEL.c.n_parameters, operator.ge),
            (filters.max_parameters, MODEL.c.n_parameters, operator.le),
            (filters.released_since, MODEL.c.released_on, operator.ge),
            (filters.released_until, MODEL.c.released_on, operator.le),
        ]
        facts: list[ColumnElement[bool]] = [
            compare(column, bound) for bound, column, compare in bounds if bound is not None
        ]
        if self.organization_ids:
            facts.append(MODEL.c.organization_id.in_(self.organization_ids))
        if filters.families:
            facts.append(func.lower(MODEL.c.family).in_([family.lower() for family in filters.families]))
        return facts


def kept_select(
    build: Callable[..., Select[Any]], scope: Scope, *others: Hashable
) -> tuple[Select[Any], dict[str, tuple[int, ...]]]:
    """Return a statement about a scope, with its parameters; statements for one shape are built once.

    To build the statement of a cell takes as long as DuckDB takes for a small one, and SQLAlchemy finds its text again by going over all of it.

    Args:
        build: Makes the statement of a scope and the others; it uses keys in `Scope.clauses` alone.
        scope: What the question is about.
        *others: What else the statement depends on.
    """
    if scope.outcomes_of is not None:
        return build(scope, *others), {}
    return _kept(build, scope.shape(), *others), scope.keys()


@lru_cache(maxsize=64)
def _kept(build: Callable[..., Select[Any]], shape: Scope, *others: Hashable) -> Select[Any]:
    return build(shape, *others)


def _is_one_of(keys: Set[tuple[int, int]]) -> ColumnElement[bool]:
    """Return the condition that a claim is of one of some runs, under the metric that stands beside it."""
    runs: dict[int, list[int]] = {}
    for run_id, metric_id in sorted(keys):
        runs.setdefault(metric_id, []).append(run_id)
    # The keys stand in the statement itself: they are whole numbers of ours, and engines limit the parameters of a statement.
    return or_(
        false(),
        *[
            and_(
                SCORE.c.metric_id == metric_id,
                SCORE.c.run_id.in_(bindparam(None, found, expanding=True, literal_execute=True)),
            )
            for metric_id, found in runs.items()
        ],
    )


def published_on() -> ColumnElement[date]:
    """Return the day a claim's source was published, else the day its run took place; days are those of UTC."""
    return func.coalesce(SOURCE.c.published_on, cast(RUN.c.ran_at, Date))


def _protocol_clauses(filters: Filters) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if filters.subsets:
        clauses.append(RUN.c.subset.in_(filters.subsets))
    if filters.n_shot is not None:
        clauses.append(PROTOCOL.c.n_shot == filters.n_shot)
    if filters.sources:
        clauses.append(or_(*[_is_source(name) for name in filters.sources]))
    if filters.kinds:
        clauses.append(SOURCE.c.kind.in_([str(kind) for kind in filters.kinds]))
    if filters.harness is not None:
        harness = func.lower(func.coalesce(PROTOCOL.c.harness, SOURCE.c.harness))
        clauses.append(harness == filters.harness.lower())
    named = [variant for variant in filters.variants if variant]
    if filters.variants:
        plain = [PROTOCOL.c.variant.is_(None)] if "" in filters.variants else []
        clauses.append(or_(PROTOCOL.c.variant.in_(named), *plain))
    return clauses


def _is_source(name: str) -> ColumnElement[bool]:
    return or_(SOURCE.c.url == name, func.lower(SOURCE.c.title).contains(name.lower(), autoescape=True))


def resolve(connection: Connection, filters: Filters) -> Scope:
    """Return the scope of a question: its names as catalogue keys; the connection then sees the moment asked about.

    Args:
        connection: An open connection.
        filters: The filters as given.

    Returns:
        The scope. An unknown name is an `UnknownNameError`, one with several meanings an `AmbiguousQueryError`.
    """
    rewind(connection, filters.as_of)
    keys, has_retractions = find_names(
        connection,
        {
            EntityKind.MODEL.value: filters.models,
            EntityKind.BENCHMARK.value: filters.benchmarks,
            EntityKind.METRIC.value: () if filters.metric is None else (filters.metric,),
            EntityKind.ORGANIZATION.value: filters.organizations,
            SUITE_KIND: () if filters.suite is None else (filters.suite,),
        },
    )
    keys = {kind: tuple(dict.fromkeys(found)) for kind, found in keys.items()}
    named = keys.get(EntityKind.BENCHMARK.value, ())
    benchmark_ids = named
    if SUITE_KIND in keys:
        members = select(SUITE_MEMBER.c.benchmark_id).where(SUITE_MEMBER.c.suite_id.in_(keys[SUITE_KIND]))
        ordered = connection.execute(members.order_by(SUITE_MEMBER.c.position)).scalars().all()
        benchmark_ids = tuple(key for key in named if key in set(ordered)) if named else tuple(ordered)
    return Scope(
        filters=filters,
        model_ids=keys.get(EntityKind.MODEL.value, ()),
        benchmark_ids=benchmark_ids,
        metric_ids=keys.get(EntityKind.METRIC.value, ()),
        organization_ids=keys.get(EntityKind.ORGANIZATION.value, ()),
        is_narrow=bool(named),
        has_retractions=has_retractions,
    )
