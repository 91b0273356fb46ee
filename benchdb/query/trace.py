"""Where one number comes from: the claim, its run and protocol, its source, its place in it, and the file it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from benchdb.errors import EmptyResultError
from benchdb.query.claims import chosen_cells
from benchdb.query.details import select_details, to_claims
from benchdb.query.filters import Filters, Scope
from benchdb.query.policies import Policy
from benchdb.query.tables import CORRECTION, INGEST, ORGANIZATION, OUTCOME, RUN, SCORE, SOURCE
from benchdb.rows.records import Decision, TraceRows

if TYPE_CHECKING:
    from sqlalchemy import Connection


def trace(connection: Connection, score_id: int, *, policy: Policy = Policy.PREFERRED) -> TraceRows:
    """Return one claim and the way back to its source.

    Args:
        connection: An open connection.
        score_id: Key of the claim, as the cells of other answers name it.
        policy: Decides whether the claim is marked as the chosen one of its cell.

    Raises:
        EmptyResultError: If there is no such claim.
    """
    details = select_details(
        None, SCORE.c.run_id, SCORE.c.metric_id, RUN.c.model_id, RUN.c.benchmark_id, RUN.c.label.label("run_label"), RUN.c.raw,
        ORGANIZATION.c.name.label("reporter"), INGEST.c.sha256, INGEST.c.importer_version,
    ).outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == SOURCE.c.organization_id)  # fmt: skip
    row = connection.execute(details.where(SCORE.c.score_id == score_id)).one_or_none()
    if row is None:
        raise EmptyResultError(f"no claim has the key {score_id}; benchdb history MODEL BENCHMARK lists keys of claims")
    scope = Scope(filters=Filters(), model_ids=(row.model_id,), benchmark_ids=(row.benchmark_id,), is_narrow=True)
    chosen, _ = chosen_cells(connection, scope, policy)
    about_it = select(CORRECTION).where(CORRECTION.c.target_table == SCORE.name, CORRECTION.c.target_id == score_id)
    decisions = connection.execute(about_it.order_by(CORRECTION.c.decided_at, CORRECTION.c.correction_id)).all()
    outcomes = select(func.count()).where(OUTCOME.c.run_id == row.run_id, OUTCOME.c.metric_id == row.metric_id)
    n_outcomes = connection.execute(outcomes).scalar_one()
    (claim,) = to_claims(connection, [row], {cell.score_id for cell in chosen})
    notes = ["This claim is retracted; no other answer uses it."] if claim.is_retracted else []
    if not claim.is_retracted and not claim.is_chosen:
        notes.append(f"Policy {policy} chooses another claim for this cell; benchdb history shows it.")
    return TraceRows(
        claim=claim,
        organization=row.reporter,
        run_label=row.run_label,
        raw=row.raw,
        sha256=row.sha256,
        importer_version=row.importer_version,
        n_outcomes=n_outcomes,
        decisions=tuple(
            Decision(action=found.action, decided_by=found.decided_by, decided_at=found.decided_at, reason=found.reason)
            for found in decisions
        ),
        notes=tuple(notes),
    )
