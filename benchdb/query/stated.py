"""Every claim that counts, with its stated numbers and the unit of its metric.

A claim counts unless its latest correction retracts it or its import was undone. Values are converted between fractions
and percent only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, case, cast, func, or_, select

from benchdb.query.tables import CORRECTION, INGEST, METRIC, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.schema.vocab import CorrectionAction, ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select, Subquery

    from benchdb.query.filters import Scope

_FRACTION = ScoreUnit.FRACTION.value
_PERCENT = ScoreUnit.PERCENT.value


def select_retracted(as_of: datetime | None) -> Select[Any]:
    """Return the keys of scores whose latest correction retracts them; of two at one moment the retraction holds.

    Args:
        as_of: Only corrections decided by then count; None is now.
    """
    retracted_at, restored_at = (
        func.max(case((CORRECTION.c.action == action.value, CORRECTION.c.decided_at)))
        for action in (CorrectionAction.RETRACT, CorrectionAction.RESTORE)
    )
    statement = select(CORRECTION.c.target_id).where(CORRECTION.c.target_table == SCORE.name)
    if as_of is not None:
        statement = statement.where(CORRECTION.c.decided_at <= as_of)
    return statement.group_by(CORRECTION.c.target_id).having(
        or_(retracted_at >= restored_at, and_(retracted_at.is_not(None), restored_at.is_(None)))
    )


def stated_on() -> ColumnElement[date]:
    """Return the day a run took place, else the day its source was published; days are those of UTC."""
    return func.coalesce(cast(RUN.c.ran_at, Date), SOURCE.c.published_on)


def select_claims(scope: Scope, names: Collection[str] | None = None) -> Select[Any]:
    """Return every claim in scope that counts. Grain: one row per score.

    Args:
        scope: What the question is about.
        names: The columns wanted, since what a statement passes on it pays for; None is all of them.
    """
    columns = claim_columns()
    counts = scope.clauses()
    if scope.has_retractions:
        counts.append(SCORE.c.score_id.not_in(select_retracted(scope.filters.as_of)))
    return (
        select(*[column.label(name) for name, column in columns.items() if names is None or name in names])
        .select_from(SCORE)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
        .where(*counts)
    )


def claim_columns() -> dict[str, ColumnElement[Any]]:
    """Return the columns of a claim by name, of the tables that `select_claims` joins."""
    unit = case(
        (METRIC.c.unit.is_not(None), METRIC.c.unit),
        (SCORE.c.unit == _FRACTION, _PERCENT),
        else_=SCORE.c.unit,
    )
    limits = (PROTOCOL.c.item_limit, PROTOCOL.c.window_start_on, PROTOCOL.c.window_end_on)
    return {
        "model_id": RUN.c.model_id, "benchmark_id": RUN.c.benchmark_id, "metric_id": SCORE.c.metric_id, "run_id": SCORE.c.run_id,
        "score_id": SCORE.c.score_id, "variant": PROTOCOL.c.variant, "subset": RUN.c.subset, "fingerprint": PROTOCOL.c.fingerprint,
        "unit": unit, "stated_unit": SCORE.c.unit, "stated_value": SCORE.c.value, "decimals": SCORE.c.decimals,
        "is_approximate": SCORE.c.is_approximate, "stated_stderr": SCORE.c.stderr, "stderr_method": SCORE.c.stderr_method,
        "stated_lower": SCORE.c.interval_lower, "stated_upper": SCORE.c.interval_upper, "stated_level": SCORE.c.interval_level,
        "n_items": SCORE.c.n_items, "samples_per_item": func.coalesce(SCORE.c.samples_per_item, PROTOCOL.c.samples_per_item),
        "is_part": or_(RUN.c.subset != "", *(limit.is_not(None) for limit in limits)), "is_first_party": RUN.c.is_first_party,
        "ran_at": RUN.c.ran_at, "source_kind": SOURCE.c.kind, "source_title": SOURCE.c.title, "stated_on": stated_on(),
        "ingested_at": INGEST.c.ingested_at, "source_id": SOURCE.c.source_id, "harness": SOURCE.c.harness,
    }  # fmt: skip


def unit_factor(stated: Subquery) -> ColumnElement[float]:
    """Return what a claim's stated numbers are multiplied by to be in its metric's unit; NULL where nothing converts them.

    Args:
        stated: Claims with `unit` and `stated_unit`.
    """
    return factor_between(stated.c.stated_unit, stated.c.unit)


def factor_between(stated: ColumnElement[Any], unit: ColumnElement[Any]) -> ColumnElement[float]:
    """Return what numbers in one unit are multiplied by to be in another; NULL where nothing converts them.

    Args:
        stated: The unit they are in.
        unit: The unit they shall be in.
    """
    return case(
        (unit.is_not_distinct_from(stated), 1.0),
        (and_(stated == _FRACTION, unit == _PERCENT), 100.0),
        (and_(stated == _PERCENT, unit == _FRACTION), 0.01),
    )
