"""Everything anybody claimed about one model on one benchmark, retracted claims included, and which one a policy chooses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_keys
from benchdb.query.details import select_details, to_claim
from benchdb.query.filters import Filters, resolve
from benchdb.query.policies import DESCRIPTIONS, Policy
from benchdb.query.stated import stated_on
from benchdb.query.tables import INGEST, RUN, SCORE
from benchdb.rows.records import HistoryRows

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
    statement = select_details(filters.as_of).where(
        RUN.c.model_id.in_(scope.model_ids), RUN.c.benchmark_id.in_(scope.benchmark_ids)
    )
    if filters.as_of is not None:
        statement = statement.where(INGEST.c.ingested_at <= filters.as_of)
    ordered = statement.order_by(stated_on().asc().nulls_first(), INGEST.c.ingested_at, SCORE.c.score_id)
    rows = connection.execute(ordered).all()
    if not rows:
        raise EmptyResultError(
            f"no source says anything about {model} on {benchmark}; benchdb coverage shows what there is"
        )
    chosen, notes = chosen_keys(connection, scope, policy)
    claims = tuple(to_claim(row, chosen) for row in rows)
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
