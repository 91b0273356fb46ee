"""Every claim that fits, in full: what stands behind the numbers of a page, a file or an answer about many models."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, func, literal

from benchdb.query.claims import chosen_cells
from benchdb.query.details import select_details, to_claims
from benchdb.query.filters import resolve
from benchdb.query.policies import DESCRIPTIONS, Policy
from benchdb.query.stated import stated_on
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, RUN, SCORE
from benchdb.rows.records import ClaimRows

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from benchdb.query.filters import Filters


def every_claim(connection: Connection, filters: Filters, *, policy: Policy = Policy.PREFERRED) -> ClaimRows:
    """Return every claim that fits the filters in full, retracted ones included and marked.

    Grain: one row per score, by model, benchmark, subset and metric, then from the oldest statement to the newest, undated
    ones first. No claim that fits gives no rows.

    Args:
        connection: An open connection.
        filters: What the question is about.
        policy: Which claim of each cell is marked as chosen.
    """
    scope = resolve(connection, filters)
    rows = connection.execute(select_details(filters.as_of).where(*scope.clauses()).order_by(*order())).all()
    chosen, notes = chosen_cells(connection, scope, policy)
    keys = {cell.score_id for cell in chosen}
    claims = tuple(to_claims(connection, rows, keys))
    notes = [policy_note(policy), *notes, *retracted_notes(sum(claim.is_retracted for claim in claims), len(claims))]
    return ClaimRows(claims=claims, n_claims=len(claims), policy=policy.value, notes=tuple(notes))


def order() -> list[ColumnElement[Any]]:
    """Return what claims are listed by; no two claims have the same, and none of it is NULL."""
    stated = func.coalesce(stated_on(), literal(date.min, Date))
    return [
        MODEL.c.slug, BENCHMARK.c.slug, RUN.c.subset, METRIC.c.slug, stated, INGEST.c.ingested_at, SCORE.c.score_id,
    ]  # fmt: skip


def policy_note(policy: Policy) -> str:
    """Return the policy in words.

    Args:
        policy: Which claim of each cell is chosen.
    """
    return f"Policy {policy}: {DESCRIPTIONS[policy]}."


def retracted_notes(n_retracted: int, n_claims: int) -> list[str]:
    """Return how many claims are retracted, if any are.

    Args:
        n_retracted: Claims that are.
        n_claims: All.
    """
    if not n_retracted:
        return []
    return [f"{n_retracted} of {n_claims} claims are retracted; they are listed and not used."]
