"""Claims in full, with the names as written, the protocol in words, the place in the source and the import behind them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, select

from benchdb.query.known import MOST_KEYS
from benchdb.query.protocols import FORBIDDING, LISTED, spell
from benchdb.query.stated import select_retracted
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.rows.filling import row_maker
from benchdb.rows.records import Claim

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

SETTINGS = (*FORBIDDING, *LISTED, "model_revision")
"""Protocol settings that a claim spells out, in this order."""


_STATED: dict[str, ColumnElement[Any]] = {
    "score_id": SCORE.c.score_id, "model": MODEL.c.slug, "model_label": RUN.c.model_label, "variant": PROTOCOL.c.variant,
    "benchmark": BENCHMARK.c.slug, "benchmark_label": RUN.c.benchmark_label, "subset": RUN.c.subset, "metric": METRIC.c.slug,
    "metric_label": SCORE.c.metric_label, "value": SCORE.c.value, "unit": SCORE.c.unit, "decimals": SCORE.c.decimals,
    "is_approximate": SCORE.c.is_approximate, "is_aggregate": SCORE.c.is_aggregate, "stderr": SCORE.c.stderr,
    "stderr_method": SCORE.c.stderr_method, "n_items": SCORE.c.n_items, "samples_per_item": SCORE.c.samples_per_item,
    "fingerprint": PROTOCOL.c.fingerprint, "is_first_party": RUN.c.is_first_party, "ran_at": RUN.c.ran_at,
    "source_id": RUN.c.source_id, "source_kind": SOURCE.c.kind, "source_title": SOURCE.c.title, "source_url": SOURCE.c.url,
    "published_on": SOURCE.c.published_on, "place": SCORE.c.place, "file": INGEST.c.name, "importer": INGEST.c.importer,
    "ingested_at": INGEST.c.ingested_at,
}  # fmt: skip
"""Fields of a claim that are read as they stand, with their columns."""
_CLAIM = row_maker(Claim, (*_STATED, "is_retracted", "protocol", "is_chosen"))
_N_STATED = len(_STATED)


def select_details(as_of: datetime | None, *more: ColumnElement[Any]) -> Select[Any]:
    """Return every claim in full, retracted ones included. Grain: one row per score.

    Args:
        as_of: Only corrections decided by then count; None is now.
        *more: Columns of the tables joined to return beside what `to_claims` needs.
    """
    retracted = case((SCORE.c.score_id.in_(select_retracted(as_of)), True), else_=False)
    return (
        select(
            *[column.label(name) for name, column in _STATED.items()], retracted.label("is_retracted"),
            PROTOCOL.c.protocol_id, *more,
        )
        .select_from(SCORE)
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
    )  # fmt: skip


def to_claims(connection: Connection, rows: Sequence[Row[Any]], chosen: Collection[int]) -> list[Claim]:
    """Return rows of `select_details` as claims, in the same order.

    Args:
        connection: An open connection.
        rows: The rows.
        chosen: Scores that a policy chooses for their cells.
    """
    settings = _settings(connection, {row[_N_STATED + 1] for row in rows})
    return [
        _CLAIM((*row[:_N_STATED], bool(row[_N_STATED]), settings[row[_N_STATED + 1]], row[0] in chosen)) for row in rows
    ]


def _settings(connection: Connection, protocol_ids: Collection[int]) -> dict[int, str]:
    """Return the stated settings of protocols as "name=value, …"; claims share them, so they are spelled once each."""
    if not protocol_ids:
        return {}
    is_named = len(protocol_ids) <= MOST_KEYS
    given = {"protocol_ids": sorted(protocol_ids)} if is_named else {}
    return {
        protocol_id: ", ".join(f"{name}={spell(value)}" for name, value in zip(SETTINGS, stated, strict=True) if value is not None)
        for protocol_id, *stated in connection.execute(_select_settings(is_named=is_named), given).all()
    }  # fmt: skip


@cache
def _select_settings(*, is_named: bool) -> Select[Any]:
    statement: Select[Any] = select(PROTOCOL.c.protocol_id, *[PROTOCOL.c[name] for name in SETTINGS])
    if not is_named:
        return statement
    return statement.where(PROTOCOL.c.protocol_id.in_(bindparam("protocol_ids", expanding=True)))
