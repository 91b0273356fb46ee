"""What is known and what is missing: for each model and benchmark in question the claims, their sources and their items."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import distinct, func, select

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.stated import select_claims, select_retracted
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, OUTCOME, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.query.uncertainty import STRENGTH, to_cells
from benchdb.rows.coverage import Coverage, CoverageRows

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

    from benchdb.query.filters import Filters, Scope


def coverage(connection: Connection, filters: Filters) -> CoverageRows:
    """Return what is known of each model on each benchmark in question, missing cells included.

    Grain: one row per (model, variant, benchmark, metric), ordered so; a missing (model, variant, benchmark) is one row
    without a metric. In question are the models and benchmarks with a claim that fits, and those asked for by name.

    Args:
        connection: An open connection.
        filters: What the question is about.

    Returns:
        The cells, their numbers and notes. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If the database holds no claim that fits.
    """
    scope = resolve(connection, filters)
    known = connection.execute(_select_known(scope)).all()
    if not known:
        raise EmptyResultError(
            "no score fits these filters; benchdb list models and benchdb list benchmarks show all names"
        )
    items = {tuple(row[:4]): int(row[4]) for row in connection.execute(_select_items(scope))}
    models = {(row.model_id, row.variant): (row.model, row.model_name) for row in known}
    benchmarks = {row.benchmark_id: (row.benchmark, row.benchmark_name) for row in known}
    models, benchmarks = _with_named(connection, scope, models, benchmarks)
    present = {(row.model_id, row.variant, row.benchmark_id) for row in known}
    cells = [_known(row, items.get((row.model_id, row.variant, row.benchmark_id, row.metric_id), 0)) for row in known]
    missing = [
        _missing(*model, variant, *benchmark)
        for (model_id, variant), model in models.items()
        for benchmark_id, benchmark in benchmarks.items()
        if (model_id, variant, benchmark_id) not in present
    ]
    notes = [f"{len(present)} of {len(models) * len(benchmarks)} pairs of model and benchmark have a score."]
    notes += _evidence_notes(connection, scope)
    return CoverageRows(
        cells=tuple(sorted([*cells, *missing], key=_order)),
        n_models=len(models),
        n_benchmarks=len(benchmarks),
        n_missing=len(missing),
        notes=tuple(notes),
    )


def _evidence_notes(connection: Connection, scope: Scope) -> list[str]:
    """Return what the errors of the cells rest on, each kind with its share, and what was left out for lack of a date."""
    chosen, notes = chosen_cells(connection, scope, Policy.PREFERRED)
    cells, _ = to_cells(
        connection, chosen, 0.95, as_of=scope.filters.as_of, published_until=scope.filters.published_until
    )
    kinds = Counter(cell.evidence for cell in cells)
    if not kinds:
        return notes
    shares = ", ".join(f"{kind} {kinds[kind]} ({kinds[kind] / len(cells):.0%})" for kind in STRENGTH if kinds[kind])
    return [f"What the errors of the {len(cells)} cells rest on: {shares}.", *notes]


def _select_known(scope: Scope) -> Select[Any]:
    claim = select_claims(scope).add_columns(RUN.c.source_id).subquery("claim")
    counted = (
        select(
            claim.c.model_id,
            claim.c.variant,
            claim.c.benchmark_id,
            claim.c.metric_id,
            func.count().label("n_claims"),
            func.count(distinct(claim.c.source_id)).label("n_sources"),
            func.count(distinct(claim.c.fingerprint)).label("n_protocols"),
        )
        .group_by(claim.c.model_id, claim.c.variant, claim.c.benchmark_id, claim.c.metric_id)
        .subquery("counted")
    )
    return (
        select(
            counted,
            MODEL.c.slug.label("model"),
            MODEL.c.name.label("model_name"),
            BENCHMARK.c.slug.label("benchmark"),
            BENCHMARK.c.name.label("benchmark_name"),
            METRIC.c.slug.label("metric"),
        )
        .join(MODEL, MODEL.c.model_id == counted.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == counted.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == counted.c.metric_id)
    )


def _select_items(scope: Scope) -> Select[Any]:
    """Count items of runs with a claim in scope, so that outcomes nobody claims anything about do not count."""
    keys = (RUN.c.model_id, PROTOCOL.c.variant, RUN.c.benchmark_id, OUTCOME.c.metric_id)
    claimed = (
        select(SCORE.c.run_id, SCORE.c.metric_id)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
        .where(*scope.clauses(), SCORE.c.score_id.not_in(select_retracted(scope.filters.as_of)))
        .distinct()
        .subquery("claimed")
    )
    return (
        select(*keys, func.count(distinct(OUTCOME.c.sample_number)))
        .select_from(OUTCOME)
        .join(claimed, (claimed.c.run_id == OUTCOME.c.run_id) & (claimed.c.metric_id == OUTCOME.c.metric_id))
        .join(RUN, RUN.c.run_id == OUTCOME.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .group_by(*keys)
    )


def _with_named(
    connection: Connection,
    scope: Scope,
    models: dict[tuple[int, str | None], tuple[str, str]],
    benchmarks: dict[int, tuple[str, str]],
) -> tuple[dict[tuple[int, str | None], tuple[str, str]], dict[int, tuple[str, str]]]:
    seen = {model_id for model_id, _ in models}
    absent = [key for key in scope.model_ids if key not in seen]
    if absent:
        statement = select(MODEL.c.model_id, MODEL.c.slug, MODEL.c.name).where(MODEL.c.model_id.in_(absent))
        models = {**models, **{(row[0], None): (row[1], row[2]) for row in connection.execute(statement)}}
    absent = [key for key in scope.benchmark_ids if key not in benchmarks]
    if absent:
        named = select(BENCHMARK.c.benchmark_id, BENCHMARK.c.slug, BENCHMARK.c.name)
        rows = connection.execute(named.where(BENCHMARK.c.benchmark_id.in_(absent)))
        benchmarks = {**benchmarks, **{row[0]: (row[1], row[2]) for row in rows}}
    return models, benchmarks


def _known(row: Row[Any], n_items: int) -> Coverage:
    return Coverage(
        model=row.model,
        model_name=row.model_name,
        variant=row.variant,
        benchmark=row.benchmark,
        benchmark_name=row.benchmark_name,
        metric=row.metric,
        n_claims=int(row.n_claims),
        n_sources=int(row.n_sources),
        n_items_seen=n_items,
        n_protocols=int(row.n_protocols),
    )


def _missing(model: str, model_name: str, variant: str | None, benchmark: str, benchmark_name: str) -> Coverage:
    return Coverage(
        model=model,
        model_name=model_name,
        variant=variant,
        benchmark=benchmark,
        benchmark_name=benchmark_name,
        metric=None,
        n_claims=0,
        n_sources=0,
        n_items_seen=0,
    )


def _order(cell: Coverage) -> tuple[str, str, str, str]:
    return (cell.model, cell.variant or "", cell.benchmark, cell.metric or "")
