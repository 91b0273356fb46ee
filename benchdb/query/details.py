"""Claims in full, with the names as written, the protocol in words, the place in the source and the import behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select

from benchdb.query.protocols import FORBIDDING, LISTED, spell
from benchdb.query.stated import select_retracted
from benchdb.query.tables import BENCHMARK, INGEST, METRIC, MODEL, ORGANIZATION, PROTOCOL, RUN, SCORE, SOURCE
from benchdb.rows.records import Claim

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row, Select

SETTINGS = (*FORBIDDING, *LISTED, "model_revision")
"""Protocol settings that a claim spells out, in this order."""


def select_details(as_of: datetime | None) -> Select[Any]:
    """Return every claim in full, retracted ones included. Grain: one row per score.

    Args:
        as_of: Only corrections decided by then count; None is now.
    """
    retracted = case((SCORE.c.score_id.in_(select_retracted(as_of)), True), else_=False)
    return (
        select(
            SCORE, MODEL.c.slug.label("model"), BENCHMARK.c.slug.label("benchmark"), METRIC.c.slug.label("metric"),
            RUN.c.model_label, RUN.c.benchmark_label, RUN.c.subset, RUN.c.is_first_party, RUN.c.ran_at, RUN.c.raw,
            RUN.c.label.label("run_label"), RUN.c.source_id, SOURCE.c.kind, SOURCE.c.title, SOURCE.c.url,
            SOURCE.c.published_on, ORGANIZATION.c.name.label("reporter"), PROTOCOL.c.fingerprint, PROTOCOL.c.variant,
            *(PROTOCOL.c[name].label(f"setting_{name}") for name in SETTINGS), INGEST.c.name.label("file"),
            INGEST.c.sha256, INGEST.c.importer, INGEST.c.importer_version, INGEST.c.ingested_at,
            retracted.label("is_retracted"),
        )
        .join(RUN, RUN.c.run_id == SCORE.c.run_id)
        .join(MODEL, MODEL.c.model_id == RUN.c.model_id)
        .join(BENCHMARK, BENCHMARK.c.benchmark_id == RUN.c.benchmark_id)
        .join(METRIC, METRIC.c.metric_id == SCORE.c.metric_id)
        .join(PROTOCOL, PROTOCOL.c.protocol_id == RUN.c.protocol_id)
        .join(SOURCE, SOURCE.c.source_id == RUN.c.source_id)
        .join(INGEST, INGEST.c.ingest_id == SCORE.c.ingest_id)
        .outerjoin(ORGANIZATION, ORGANIZATION.c.organization_id == SOURCE.c.organization_id)
    )  # fmt: skip


def to_claim(row: Row[Any], chosen: Collection[int]) -> Claim:
    """Return a row of `select_details` as a claim.

    Args:
        row: The row.
        chosen: Scores that a policy chooses for their cells.
    """
    stated = [(name, getattr(row, f"setting_{name}")) for name in SETTINGS]
    return Claim(
        score_id=row.score_id,
        model=row.model,
        model_label=row.model_label,
        variant=row.variant,
        benchmark=row.benchmark,
        benchmark_label=row.benchmark_label,
        subset=row.subset,
        metric=row.metric,
        metric_label=row.metric_label,
        value=row.value,
        unit=row.unit,
        decimals=row.decimals,
        is_approximate=row.is_approximate,
        is_aggregate=row.is_aggregate,
        is_retracted=bool(row.is_retracted),
        is_chosen=row.score_id in chosen,
        stderr=row.stderr,
        stderr_method=row.stderr_method,
        n_items=row.n_items,
        samples_per_item=row.samples_per_item,
        protocol=", ".join(f"{name}={spell(value)}" for name, value in stated if value is not None),
        fingerprint=row.fingerprint,
        is_first_party=row.is_first_party,
        ran_at=row.ran_at,
        source_id=row.source_id,
        source_kind=row.kind,
        source_title=row.title,
        source_url=row.url,
        published_on=row.published_on,
        place=row.place,
        file=row.file,
        importer=row.importer,
        ingested_at=row.ingested_at,
    )
