"""Everything anybody claimed about one model on one benchmark, retracted claims included, and which one a policy chooses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, select

from benchdb.errors import EmptyResultError
from benchdb.query.claims import left_out_notes, undated_notes
from benchdb.query.details import select_details, to_claims
from benchdb.query.filters import Filters, kept_select, resolve
from benchdb.query.policies import DESCRIPTIONS, Policy, ordering
from benchdb.query.stated import claim_columns, factor_between
from benchdb.query.tables import INGEST, RUN, SCORE
from benchdb.rows.records import HistoryRows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from benchdb.query.filters import Scope

_CELL = ("model_id", "variant", "benchmark_id", "subset", "metric_id", "unit")


def history(
    connection: Connection,
    model: str,
    benchmark: str,
    filters: Filters | None = None,
    *,
    policy: Policy = Policy.PREFERRED,
) -> HistoryRows:
    """Return every claim about one model, in all its variants, on one benchmark, in all its subsets and metrics.

    Grain: one row per score, from the oldest statement to the newest, undated ones first, then by time of import.

    Args:
        connection: An open connection.
        model: A model's slug, name or alias.
        benchmark: A benchmark's slug, name or alias.
        filters: Further restrictions on the claims chosen from, and `as_of`; its models and benchmarks are not used.
        policy: Which claim of each cell is marked as chosen.

    Returns:
        The claims. An unknown name is an `UnknownNameError`.

    Raises:
        EmptyResultError: If nobody claims anything about the pair.
    """
    filters = replace(filters or Filters(), models=(model,), benchmarks=(benchmark,))
    scope = resolve(connection, filters)
    rows = connection.execute(*kept_select(_select_history, scope, policy)).all()
    if not rows:
        raise EmptyResultError(
            f"no source says anything about {model} on {benchmark}; benchdb coverage shows what there is"
        )
    rows = sorted(rows, key=_place)
    chosen, left_out = _chosen(rows, policy)
    notes = [*undated_notes(connection, scope), *left_out]
    claims = tuple(to_claims(connection, rows, chosen))
    retracted = sum(claim.is_retracted for claim in claims)
    if retracted:
        notes.append(f"{retracted} of {len(claims)} claims are retracted; they are listed and not used.")
    return HistoryRows(
        model=claims[0].model,
        benchmark=claims[0].benchmark,
        claims=claims,
        policy=policy.value,
        notes=(f"Policy {policy}: {DESCRIPTIONS[policy]}.", *notes),
    )


def _select_history(scope: Scope, policy: Policy) -> Select[Any]:
    """Select the claims in full, each with its cell and its number among the claims of that cell that count, or do not."""
    filters = scope.filters
    stated = claim_columns()
    factor = factor_between(SCORE.c.unit, stated["unit"])
    others = replace(scope, model_ids=(), benchmark_ids=(), filters=replace(filters, suite=None))
    details = select_details(
        filters.as_of,
        *[stated[name].label(f"cell_{name}") for name in _CELL],
        (SCORE.c.value * factor).label("converted"),
        stated["stated_on"].label("stated_on"),
        func.coalesce(and_(*others.clauses()), false()).label("fits"),
    ).where(scope.is_key(RUN.c.model_id, "model_ids"), scope.is_key(RUN.c.benchmark_id, "benchmark_ids"))
    if filters.as_of is not None:
        details = details.where(INGEST.c.ingested_at <= filters.as_of)
    claim = details.subquery("claim")
    counts = and_(claim.c.fits, claim.c.is_retracted.is_(False))
    order = ordering(policy, {**claim.c, "value": claim.c.converted})
    number = func.row_number().over(partition_by=[counts, *(claim.c[f"cell_{name}"] for name in _CELL)], order_by=order)
    return select(claim, counts.label("counts"), number.label("number"))


def _chosen(rows: Sequence[Row[Any]], policy: Policy) -> tuple[set[int], list[str]]:
    """Return the scores that the policy chooses, as `chosen_cells` does, and what is left out because of its unit."""
    cells: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        if row.counts:
            cell = (
                row.cell_model_id,
                row.cell_variant or "",
                row.cell_benchmark_id,
                row.cell_subset,
                row.cell_metric_id,
            )
            cells.setdefault((*cell, row.cell_unit), []).append(row)
    counted = {key: sum(row.converted is not None for row in claims) for key, claims in cells.items()}
    n_unconvertible = sum(len(claims) - counted[key] for key, claims in cells.items())
    best: dict[tuple[Any, ...], int] = {}
    n_of_other_units = 0
    for key in sorted((key for key, count in counted.items() if count), key=lambda key: (-counted[key], key[-1] or "")):
        place = (counted[key] + 1) // 2 if policy is Policy.MEDIAN else 1
        if key[:-1] in best:
            n_of_other_units += counted[key]
        else:
            best[key[:-1]] = next(row.score_id for row in cells[key] if row.number == place)
    return set(best.values()), left_out_notes(n_unconvertible=n_unconvertible, n_of_other_units=n_of_other_units)


def _place(row: Row[Any]) -> tuple[date, datetime, int]:
    """Return what claims are listed by; undated ones come first."""
    return row.stated_on or date.min, row.ingested_at, row.score_id
