"""Every claim that fits, in full: what stands behind the numbers of a page, a file or an answer about many models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.query.claims import chosen_cells, stated_on
from benchdb.query.details import select_details, to_claim
from benchdb.query.filters import resolve
from benchdb.query.policies import DESCRIPTIONS, Policy
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, RUN, SCORE
from benchdb.rows.records import ClaimRows

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
    details = select_details(filters.as_of)
    wanted = [column for column in details.selected_columns if column.name != "raw"]
    statement = details.with_only_columns(*wanted, maintain_column_froms=True).where(*scope.clauses())
    ordered = statement.order_by(
        MODEL.c.slug, BENCHMARK.c.slug, RUN.c.subset, METRIC.c.slug, stated_on().asc().nulls_first(),
        INGEST.c.ingested_at, SCORE.c.score_id,
    )  # fmt: skip
    rows = connection.execute(ordered).all()
    chosen, notes = chosen_cells(connection, scope, policy)
    keys = {cell.score_id for cell in chosen}
    claims = tuple(to_claim(row, keys) for row in rows)
    retracted = sum(claim.is_retracted for claim in claims)
    if retracted:
        notes.append(f"{retracted} of {len(claims)} claims are retracted; they are listed and not used.")
    return ClaimRows(claims=claims, policy=policy.value, notes=(f"Policy {policy}: {DESCRIPTIONS[policy]}.", *notes))
