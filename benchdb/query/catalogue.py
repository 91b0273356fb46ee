"""What the database knows by name: models, benchmarks, metrics, organizations, sources and suites, with counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import distinct, func, select

from benchdb.database.merges import read_merges
from benchdb.errors import ConfigError
from benchdb.query.rewind import rewind
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, ORGANIZATION, RUN, SCORE, SOURCE, SUITE, SUITE_MEMBER
from benchdb.rows.catalogue import (
    BenchmarkEntry,
    CatalogueRows,
    MetricEntry,
    ModelEntry,
    OrganizationEntry,
    SourceEntry,
    SuiteEntry,
)
from benchdb.schema.keys import text_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select, Subquery

    from benchdb.rows.catalogue import CatalogueEntry


KINDS = ("model", "benchmark", "metric", "organization", "source", "suite")
"""Kinds of entries that can be listed."""


def catalogue(connection: Connection, kind: str, as_of: datetime | None = None) -> CatalogueRows:
    """Return the entries of one kind, by slug, those merged into others left out; sources by title and key.

    Args:
        connection: An open connection.
        kind: model, benchmark, metric, organization, source or suite.
        as_of: The entries, their facts and the claims that the database knew by then; aware; None is now.

    Raises:
        ConfigError: If the kind is another one.
    """
    if kind not in _QUESTIONS:
        raise ConfigError(f'"{kind}" is not a kind of catalogue entry; there are: {", ".join(KINDS)}')
    rewind(connection, as_of, entries=True)
    statement, entry = _QUESTIONS[kind]
    merged = read_merges(connection)
    rows = connection.execute(statement()).mappings()
    entries: list[CatalogueEntry] = [
        entry(**row) for row in rows if not merged or text_key(kind, row.get("slug")) not in merged
    ]
    unreviewed = sum(getattr(found, "review_state", "") == "unreviewed" for found in entries)
    notes = [f"{unreviewed} of {len(entries)} entries were made by imports and not reviewed."] if unreviewed else []
    return CatalogueRows(kind=kind, entries=tuple(entries), notes=tuple(notes))


def _counts(key: ColumnElement[Any], other: ColumnElement[Any]) -> Subquery:
    """Count claims, and different values of another column, for each value of a key."""
    return (
        select(key.label("key"), func.count().label("n_claims"), func.count(distinct(other)).label("n_others"))
        .select_from(SCORE)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .group_by(key)
        .subquery("counts")
    )


def _zero(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return func.coalesce(column, 0).label(name)


def _select_models() -> Select[Any]:
    counts = _counts(RUN.c.model_id, RUN.c.benchmark_id)
    names = (
        "slug",
        "name",
        "family",
        "parameters_label",
        "n_parameters",
        "released_on",
        "is_open_weights",
        "review_state",
    )
    return (
        select(
            *(MODEL.c[name] for name in names),
            ORGANIZATION.c.name.label("organization"),
            _zero(counts.c.n_others, "n_benchmarks"),
            _zero(counts.c.n_claims, "n_claims"),
        )
        .outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == MODEL.c.organization_id)
        .outerjoin(counts, counts.c.key == MODEL.c.model_id)
        .order_by(MODEL.c.slug)
    )


def _select_benchmarks() -> Select[Any]:
    counts = _counts(RUN.c.benchmark_id, RUN.c.model_id)
    whole = BENCHMARK.alias("whole")
    return (
        select(
            *(BENCHMARK.c[name] for name in ("slug", "name", "category", "n_items", "released_on", "review_state")),
            whole.c.slug.label("parent"),
            METRIC.c.slug.label("metric"),
            _zero(counts.c.n_others, "n_models"),
            _zero(counts.c.n_claims, "n_claims"),
        )
        .outerjoin(whole, whole.c.benchmark_id == BENCHMARK.c.parent_id)
        .outerjoin(METRIC, METRIC.c.metric_id == BENCHMARK.c.metric_id)
        .outerjoin(counts, counts.c.key == BENCHMARK.c.benchmark_id)
        .order_by(BENCHMARK.c.slug)
    )


def _select_metrics() -> Select[Any]:
    counts = _counts(SCORE.c.metric_id, SCORE.c.run_id)
    return (
        select(
            *(METRIC.c[name] for name in ("slug", "name", "unit", "higher_is_better", "review_state")),
            _zero(counts.c.n_claims, "n_claims"),
        )
        .outerjoin(counts, counts.c.key == METRIC.c.metric_id)
        .order_by(METRIC.c.slug)
    )


def _select_organizations() -> Select[Any]:
    makers = _tally(MODEL.c.organization_id).subquery("makers")
    reporters = _tally(SOURCE.c.organization_id).subquery("reporters")
    return (
        select(
            *(ORGANIZATION.c[name] for name in ("slug", "name", "country", "review_state")),
            _zero(makers.c.n, "n_models"),
            _zero(reporters.c.n, "n_sources"),
        )
        .outerjoin(makers, makers.c.key == ORGANIZATION.c.organization_id)
        .outerjoin(reporters, reporters.c.key == ORGANIZATION.c.organization_id)
        .order_by(ORGANIZATION.c.slug)
    )


def _select_sources() -> Select[Any]:
    counts = _counts(RUN.c.source_id, RUN.c.run_id)
    return (
        select(
            *(SOURCE.c[name] for name in ("source_id", "kind", "title", "url", "published_on")),
            ORGANIZATION.c.name.label("organization"),
            _zero(counts.c.n_others, "n_runs"),
            _zero(counts.c.n_claims, "n_claims"),
        )
        .outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == SOURCE.c.organization_id)
        .outerjoin(counts, counts.c.key == SOURCE.c.source_id)
        .order_by(SOURCE.c.title.asc().nulls_last(), SOURCE.c.source_id)
    )


def _select_suites() -> Select[Any]:
    members = _tally(SUITE_MEMBER.c.suite_id).subquery("members")
    return (
        select(SUITE.c.slug, SUITE.c.name, _zero(members.c.n, "n_benchmarks"))
        .outerjoin(members, members.c.key == SUITE.c.suite_id)
        .order_by(SUITE.c.slug)
    )


def _tally(key: ColumnElement[Any]) -> Select[Any]:
    return select(key.label("key"), func.count().label("n")).where(key.is_not(None)).group_by(key)


_QUESTIONS: dict[str, tuple[Callable[[], Select[Any]], Callable[..., CatalogueEntry]]] = {
    "model": (_select_models, ModelEntry),
    "benchmark": (_select_benchmarks, BenchmarkEntry),
    "metric": (_select_metrics, MetricEntry),
    "organization": (_select_organizations, OrganizationEntry),
    "source": (_select_sources, SourceEntry),
    "suite": (_select_suites, SuiteEntry),
}
