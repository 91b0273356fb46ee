"""Claims and cells as rows: the one of each cell that a policy chooses, and every one, with the facts of the catalogue.

A claim in any other unit than its metric's that does not convert to it is left out and counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from benchdb.query.cells import select_cells, select_every
from benchdb.query.chosen import Chosen
from benchdb.query.filters import kept_select, published_on
from benchdb.query.known import known_facts
from benchdb.query.policies import DESCRIPTIONS, Policy
from benchdb.query.stated import select_claims

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection

    from benchdb.query.filters import Scope

_N_STATED = Chosen._fields.index("model")
_FINGERPRINT = Chosen._fields.index("fingerprint")
_KEYS = (*map(Chosen._fields.index, ("model_id", "benchmark_id", "metric_id")), _FINGERPRINT)


def _with_catalogue(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Chosen]:
    """Return the rows of `select_cells` with the facts of their models, benchmarks and metrics."""
    if not rows:
        return []
    keys = [{row[place] for row in rows} for place in _KEYS]
    models, benchmarks, metrics, protocols = known_facts(connection, keys)
    return [
        Chosen._make((*row, *models[row[0]], *benchmarks[row[1]], *metrics[row[2]], protocols[row[_FINGERPRINT]]))
        for row in rows
    ]


def chosen_cells(connection: Connection, scope: Scope, policy: Policy) -> tuple[list[Chosen], list[str]]:
    """Return the chosen claims and notes on what was left out; ordered by model, variant, benchmark, subset, metric.

    A metric without a unit of its own may have claims in several; each cell then keeps the unit with most claims.

    Args:
        connection: An open connection.
        scope: What the question is about.
        policy: Which claim is chosen.
    """
    rows = _with_catalogue(connection, connection.execute(*kept_select(select_cells, scope, policy)).all())
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


def every_claim(connection: Connection, scope: Scope, *more: ColumnElement[Any]) -> list[tuple[Chosen, Sequence[Any]]]:
    """Return every claim in scope whose value converts to its metric's unit, by key, as if it were alone in its cell.

    Args:
        connection: An open connection.
        scope: What the question is about.
        *more: Columns of run and protocol to return beside each claim.
    """
    rows = connection.execute(*kept_select(select_every, scope, *more)).all()
    claims = _with_catalogue(connection, [row[:_N_STATED] for row in rows])
    found = [(claim, row[_N_STATED:]) for claim, row in zip(claims, rows, strict=True) if claim.value is not None]
    return sorted(found, key=lambda each: each[0].score_id)


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
