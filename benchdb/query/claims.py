"""Claims and cells as rows: the one of each cell that a policy chooses, and every one, with the facts of the catalogue.

A claim in any other unit than its metric's that does not convert to it is left out and counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from benchdb.query.cells import select_cells, select_choices
from benchdb.query.chosen import Chosen
from benchdb.query.filters import published_on
from benchdb.query.policies import DESCRIPTIONS, Policy
from benchdb.query.stated import select_claims
from benchdb.query.tables import BENCHMARK, METRIC, MODEL, ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from benchdb.query.filters import Scope

_MOST_KEYS = 500


def _with_catalogue(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Chosen]:
    """Return the rows of `select_cells` with the facts of their models, benchmarks and metrics."""
    models = _facts(
        connection,
        select(
            MODEL.c.model_id, MODEL.c.slug, MODEL.c.name, ORGANIZATION.c.name, MODEL.c.family, MODEL.c.n_parameters,
            MODEL.c.n_active_parameters, MODEL.c.parameters_label, MODEL.c.released_on, MODEL.c.is_open_weights,
        ).outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == MODEL.c.organization_id),
        MODEL.c.model_id, {row[0] for row in rows},
    )  # fmt: skip
    benchmark = BENCHMARK.c
    benchmarks = _facts(
        connection,
        select(
            benchmark.benchmark_id, benchmark.slug, benchmark.name, benchmark.parent_id, benchmark.metric_id, benchmark.n_items
        ),
        benchmark.benchmark_id, {row[1] for row in rows},
    )  # fmt: skip
    metric = METRIC.c
    metrics = _facts(
        connection,
        select(
            metric.metric_id, metric.slug, metric.name, metric.higher_is_better, metric.is_proportion, metric.lower_bound,
            metric.upper_bound,
        ),
        metric.metric_id, {row[2] for row in rows},
    )  # fmt: skip
    return [Chosen._make((*row, *models[row[0]], *benchmarks[row[1]], *metrics[row[2]])) for row in rows]


def _facts(
    connection: Connection, statement: Select[Any], key: ColumnElement[int], keys: set[int]
) -> dict[int, tuple[Any, ...]]:
    if len(keys) <= _MOST_KEYS:
        statement = statement.where(key.in_(sorted(keys)))
    return {row[0]: tuple(row[1:]) for row in connection.execute(statement)}


def chosen_cells(connection: Connection, scope: Scope, policy: Policy) -> tuple[list[Chosen], list[str]]:
    """Return the chosen claims and notes on what was left out; ordered by model, variant, benchmark, subset, metric.

    A metric without a unit of its own may have claims in several; each cell then keeps the unit with most claims.

    Args:
        connection: An open connection.
        scope: What the question is about.
        policy: Which claim is chosen.
    """
    rows = _with_catalogue(connection, connection.execute(select_cells(scope, policy)).all())
    notes = undated_notes(connection, scope)
    notes += left_out_notes(n_unconvertible=sum(row.n_unconvertible for row in rows))
    rows = [row for row in rows if row.value is not None]
    best = {cell_key(row): row for row in rows}
    if len(best) == len(rows):
        return [best[key] for key in sorted(best)], notes
    best = {}
    for row in sorted(rows, key=lambda row: (-row.n_claims, row.unit or "")):
        best.setdefault(cell_key(row), row)
    n_dropped = sum(row.n_claims for row in rows) - sum(row.n_claims for row in best.values())
    notes += left_out_notes(n_of_other_units=n_dropped)
    return [best[key] for key in sorted(best)], notes


def chosen_keys(connection: Connection, scope: Scope, policy: Policy) -> tuple[set[int], list[str]]:
    """Return the scores that `chosen_cells` chooses, and its notes.

    Args:
        connection: An open connection.
        scope: What the question is about.
        policy: Which claim is chosen.
    """
    rows = connection.execute(select_choices(scope, policy)).all()
    notes = undated_notes(connection, scope)
    notes += left_out_notes(n_unconvertible=sum(row.n_all - row.n_claims for row in rows))
    best: dict[tuple[Any, ...], int] = {}
    n_dropped = 0
    for row in sorted((row for row in rows if row.n_claims), key=lambda row: (-row.n_claims, row.unit or "")):
        key = (row.model_id, row.variant or "", row.benchmark_id, row.subset, row.metric_id)
        n_dropped += row.n_claims if key in best else 0
        best.setdefault(key, row.score_id)
    return set(best.values()), [*notes, *left_out_notes(n_of_other_units=n_dropped)]


def left_out_notes(*, n_unconvertible: int = 0, n_of_other_units: int = 0) -> list[str]:
    """Return how many claims count for nothing because of their unit, if any do.

    Args:
        n_unconvertible: Claims whose unit is not their metric's and does not convert to it.
        n_of_other_units: Claims of metrics without a unit whose cell shows another unit.
    """
    notes = []
    if n_unconvertible:
        notes.append(
            f"{_claims(n_unconvertible)} left out: the unit is not that of the metric, and only percent and fraction convert."
        )
    if n_of_other_units:
        notes.append(
            f"{_claims(n_of_other_units)} left out: the metric has no unit of its own and its claims use several."
        )
    return notes


def undated_notes(connection: Connection, scope: Scope) -> list[str]:
    """Return how many claims a question about publication leaves out because they have no date at all.

    Args:
        connection: An open connection.
        scope: What the question is about.
    """
    if scope.filters.published_until is None:
        return []
    every = replace(scope, filters=replace(scope.filters, published_until=None))
    undated = select_claims(every).where(published_on().is_(None)).subquery("undated")
    count = connection.execute(select(func.count()).select_from(undated)).scalar_one()
    return [f"{_claims(count)} left out: neither a day of publication nor of the run is known."] if count else []


def every_claim(connection: Connection, scope: Scope) -> list[Chosen]:
    """Return every claim in scope whose value converts to its metric's unit, by key.

    Args:
        connection: An open connection.
        scope: What the question is about.
    """
    statement = select_cells(scope, Policy.PREFERRED, every=True)
    rows = _with_catalogue(connection, connection.execute(statement).all())
    return sorted((row for row in rows if row.value is not None), key=lambda row: row.score_id)


def cell_key(row: Chosen) -> tuple[str, str, str, str, str]:
    """Return what identifies a cell, for sorting and grouping; a plain model sorts before its variants.

    Args:
        row: A chosen claim.
    """
    return (row.model, row.variant or "", row.benchmark, row.subset, row.metric)


def policy_notes(rows: Sequence[Chosen], policy: Policy) -> list[str]:
    """Return what a reader must know about the choice of claims: the policy, rivals, mixed protocols, approximate values.

    Args:
        rows: The cells shown.
        policy: Which claim was chosen.
    """
    notes = [f"Policy {policy}: {DESCRIPTIONS[policy]}."]
    rivals = sum(row.n_claims > 1 for row in rows)
    if rivals:
        notes.append(
            f"{rivals} of {len(rows)} cells have several claims; benchdb history MODEL BENCHMARK shows them all."
        )
    if mixed := sum(row.is_mixed for row in rows):
        notes.append(f"In {mixed} of them the claims were made under different protocols.")
    if approximate := sum(row.is_approximate for row in rows):
        notes.append(f"{approximate} of {len(rows)} values are approximate.")
    return notes


def _claims(count: int) -> str:
    return "1 claim was" if count == 1 else f"{count} claims were"
