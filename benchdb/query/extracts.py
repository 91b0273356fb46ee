"""Extracts: flat rows for other programs, as statements to be streamed. Claims, chosen claims of cells, outcomes and items.

The columns carry the names by which `benchdb ingest` reads tables (docs/importers.md). Names are the catalogue's slugs, so that they mean the
same entries wherever they are read. Rows stand in the order of their content, so that equal facts give equal files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, case, func, select

from benchdb.errors import AmbiguousQueryError, ConfigError, EmptyResultError
from benchdb.query.cells import select_cells
from benchdb.query.filters import resolve
from benchdb.query.policies import Policy
from benchdb.query.stated import select_retracted
from benchdb.query.tables import (
    BENCHMARK,
    INGEST,
    METRIC,
    MODEL,
    ORGANIZATION,
    OUTCOME,
    PROTOCOL,
    RUN,
    SAMPLE,
    SCORE,
    SOURCE,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, FromClause, Select

    from benchdb.query.filters import Filters, Scope

WHAT = ("claims", "cells", "outcomes", "samples")
"""What can be extracted."""
_SETTINGS = (
    "split", "n_shot", "temperature", "top_p", "max_tokens", "seed", "prompt_hash", "harness", "harness_version", "harness_task",
    "task_version", "dataset_revision", "window_start_on", "window_end_on", "extraction", "item_limit", "model_revision",
    "quantisation", "reasoning_effort", "scaffold", "engine",
)  # fmt: skip
_MORE = "fact_"
"""Begins the names of columns that no importer reads; `fact_columns` adds them for formats that want them."""


@dataclass(frozen=True, slots=True)
class Extract:
    """A statement to stream, and what a reader must know."""

    statement: Select[Any]
    """Its columns are in the order of the file."""
    n_rows: int
    """Rows it gives."""
    notes: tuple[str, ...] = ()
    """What was left out."""


def extract(
    connection: Connection,
    filters: Filters,
    *,
    what: str = "claims",
    policy: Policy = Policy.PREFERRED,
    facts: bool = False,
) -> Extract:
    """Return the statement that gives flat rows. Grain: one row per claim, chosen claim, outcome or item.

    Retracted claims, and those of undone imports, are left out.

    Args:
        connection: An open connection; it then sees the moment asked about.
        filters: Which claims, or whose outcomes and items.
        what: One of `WHAT`.
        policy: Which claim of a cell is its chosen one, for `cells`.
        facts: Whether columns that begin with "fact_" say more of models, metrics and sources; for claims and cells.

    Raises:
        ConfigError: If there is no such kind of rows, or the policy makes numbers that nobody claims.
        AmbiguousQueryError: If the outcomes asked for do not fit one table.
        EmptyResultError: If no row fits the filters.
    """
    if what not in WHAT:
        raise ConfigError(f'there are no rows called "{what}"; there are: {", ".join(WHAT)}')
    if what == "cells" and policy is Policy.MEAN_OF_RUNS:
        raise ConfigError(
            "the policy mean-of-runs makes means that nobody claims; export a table of a leaderboard, or another policy"
        )
    scope = resolve(connection, filters)
    columns = _columns(connection, scope, what, facts=facts)
    of = {"outcomes": _outcomes, "samples": _samples}.get(what)
    statement = _claims(columns, scope, policy if what == "cells" else None) if of is None else of(columns, scope)
    n_rows = connection.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    if not n_rows:
        raise EmptyResultError(f"no {what} fit these filters; benchdb coverage shows what there is")
    return Extract(statement.order_by(*_order(statement)), n_rows)


def _columns(connection: Connection, scope: Scope, what: str, *, facts: bool) -> dict[str, ColumnElement[Any]]:
    if what == "samples":
        return {**_item(), "n_runs": func.count(OUTCOME.c.run_id.distinct())}
    if what == "outcomes":
        result = _result_column(connection, scope)
        return {**_named(), **_item(), "n_attempts": OUTCOME.c.n_attempts, result: OUTCOME.c[result], **_run()}
    more = _facts() if facts else {}
    return {**_named(), "subset": _subset(), **_value(), **_run(), "place": SCORE.c.place, **more}


def _named() -> dict[str, ColumnElement[Any]]:
    return {"model": MODEL.c.slug, "benchmark": BENCHMARK.c.slug, "metric": METRIC.c.slug}


def _subset() -> ColumnElement[str]:
    return func.nullif(RUN.c.subset, "", type_=RUN.c.subset.type)


def _value() -> dict[str, ColumnElement[Any]]:
    names = (
        "value", "unit", "decimals", "is_approximate", "is_aggregate", "stderr", "stderr_method", "interval_lower", "interval_upper",
        "interval_level", "n_items",
    )  # fmt: skip
    return {name: SCORE.c[name] for name in names} | {
        "samples_per_item": func.coalesce(SCORE.c.samples_per_item, PROTOCOL.c.samples_per_item)
    }


def _run() -> dict[str, ColumnElement[Any]]:
    return {
        "is_first_party": RUN.c.is_first_party,
        "ran_at": RUN.c.ran_at,
        "label": RUN.c.label,
        "source_kind": SOURCE.c.kind,
        "source_title": SOURCE.c.title,
        "source_url": SOURCE.c.url,
        "source_organization": ORGANIZATION.c.name,
        "source_published_on": SOURCE.c.published_on,
        **{name: PROTOCOL.c[name] for name in _SETTINGS},
    }


def _item() -> dict[str, ColumnElement[Any]]:
    return {
        "benchmark": BENCHMARK.c.slug,
        "subset": func.nullif(SAMPLE.c.subset, "", type_=SAMPLE.c.subset.type),
        "sample": SAMPLE.c.key,
        "sample_dated_on": SAMPLE.c.dated_on,
        "sample_cluster": SAMPLE.c.cluster,
    }


def _facts() -> dict[str, ColumnElement[Any]]:
    maker = ORGANIZATION.alias("maker")
    found: dict[str, ColumnElement[Any]] = {
        "score_id": SCORE.c.score_id, "source_id": SOURCE.c.source_id, "variant": PROTOCOL.c.variant, "model_name": MODEL.c.name,
        "maker": select(maker.c.name).where(maker.c.organization_id == MODEL.c.organization_id).scalar_subquery(),
        "is_open_weights": MODEL.c.is_open_weights, "n_parameters": MODEL.c.n_parameters, "benchmark_name": BENCHMARK.c.name,
        "benchmark_url": BENCHMARK.c.url, "metric_name": METRIC.c.name, "higher_is_better": METRIC.c.higher_is_better,
        "lower_bound": METRIC.c.lower_bound, "upper_bound": METRIC.c.upper_bound, "metric_unit": METRIC.c.unit,
        "retrieved_at": SOURCE.c.retrieved_at, "ingested_at": INGEST.c.ingested_at, "tool": SOURCE.c.harness,
        "tool_version": SOURCE.c.harness_version,
    }  # fmt: skip
    return {f"{_MORE}{name}": column for name, column in found.items()}


def _joined() -> FromClause:
    return (
        RUN.join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == SOURCE.c.organization_id)
    )


def _claims(columns: dict[str, ColumnElement[Any]], scope: Scope, policy: Policy | None) -> Select[Any]:
    clauses = [*scope.clauses(), SCORE.c.score_id.not_in(select_retracted(scope.filters.as_of))]
    if policy is not None:
        chosen = select_cells(scope, policy).subquery("chosen")
        clauses.append(SCORE.c.score_id.in_(select(chosen.c.score_id)))
    joined = (
        _joined()
        .join(SCORE, SCORE.c.run_id == RUN.c.run_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
    )
    return _labelled(columns).select_from(joined).where(*clauses)


def _outcomes(columns: dict[str, ColumnElement[Any]], scope: Scope) -> Select[Any]:
    joined = _joined().join(OUTCOME, OUTCOME.c.run_id == RUN.c.run_id)
    return _labelled(columns).select_from(_with_items(joined)).where(*_of_outcomes(scope))


def _samples(columns: dict[str, ColumnElement[Any]], scope: Scope) -> Select[Any]:
    joined = _joined().join(OUTCOME, OUTCOME.c.run_id == RUN.c.run_id)
    grouped = [column for name, column in _item().items() if name != "subset"]
    statement = _labelled(columns).select_from(_with_items(joined)).where(*_of_outcomes(scope))
    return statement.group_by(*grouped, SAMPLE.c.subset)


def _with_items(joined: FromClause) -> FromClause:
    is_item = (SAMPLE.c.benchmark_id == RUN.c.benchmark_id) & (SAMPLE.c.sample_number == OUTCOME.c.sample_number)
    return (
        joined.join(SAMPLE, is_item)
        .join(METRIC, METRIC.c.metric_id == OUTCOME.c.metric_id)
        .join(INGEST, INGEST.c.ingest_id == RUN.c.ingest_id)
    )


def _of_outcomes(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the conditions on outcomes: those of the filters, with the metric being the outcome's."""
    from dataclasses import replace

    filters = replace(scope.filters, include_aggregates=True)
    clauses = replace(scope, metric_ids=(), filters=filters).clauses()
    return [*clauses, OUTCOME.c.metric_id.in_(scope.metric_ids)] if scope.metric_ids else clauses


def _result_column(connection: Connection, scope: Scope) -> str:
    """Return the column that holds the outcomes asked for: a table has one of counts or one of values.

    Raises:
        AmbiguousQueryError: If some outcomes are counts and others are values.
    """
    counted = case((OUTCOME.c.n_correct.is_not(None) & OUTCOME.c.value.is_(None), 1))
    valued = case((OUTCOME.c.n_correct.is_(None), 1))
    joined = _with_items(_joined().join(OUTCOME, OUTCOME.c.run_id == RUN.c.run_id))
    statement = (
        select(func.count(), func.count(counted), func.count(valued)).select_from(joined).where(*_of_outcomes(scope))
    )
    n, n_counted, n_valued = connection.execute(statement).one()
    if n not in {n_counted, n_valued}:
        raise AmbiguousQueryError(
            f"{n_counted:,} of these outcomes are counts of right attempts, {n - n_counted:,} have values, and a table has a column for one of them; "
            "choose with --metric or --benchmark, or export the whole database as a bundle"
        )
    return "n_correct" if n == n_counted else "value"


def _labelled(columns: dict[str, ColumnElement[Any]]) -> Select[Any]:
    return select(*[column.label(name) for name, column in columns.items()])


def _order(statement: Select[Any]) -> list[ColumnElement[Any]]:
    """Return what to order rows by: every column a reader sees, text by its bytes, so that both engines agree."""
    seen = [column for column in statement.selected_columns if not str(column.name).startswith(_MORE)]
    return [column.element.collate("C") if isinstance(column.type, Text) else column.element for column in seen]
