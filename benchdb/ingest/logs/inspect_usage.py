"""What an Inspect log says it took: tokens and cost of the model evaluated, and the time from start to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchdb.ingest.logs.fields import moment, number, object_at
from benchdb.ingest.records import ScoreRecord
from benchdb.schema.vocab import ScoreUnit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COUNTS = (
    "input_tokens", "output_tokens", "total_tokens", "reasoning_tokens", "input_tokens_cache_read", "input_tokens_cache_write",
)  # fmt: skip
"""The tool's counts, over all attempts at all items."""


def usage_records(header: Mapping[str, Any], n_items: int | None) -> Iterator[ScoreRecord]:
    """Yield tokens, cost and seconds of the whole evaluation; those of graders and of other models are not the model's.

    Args:
        header: The log's header.
        n_items: Items evaluated.
    """
    model = object_at(header, "eval").get("model")
    usage = object_at(header, "stats").get("model_usage")
    used = usage.get(model) if isinstance(usage, dict) and isinstance(model, str) else None
    for name in (*COUNTS, "total_cost"):
        value = number(used.get(name)) if isinstance(used, dict) and not isinstance(used.get(name), str) else None
        if value is not None:
            unit = ScoreUnit.USD if name == "total_cost" else None
            place = f'stats.model_usage["{model}"].{name}'
            yield ScoreRecord(metric=name, value=value, unit=unit, n_items=n_items, place=place)
    started, ended = (moment(object_at(header, "stats").get(f"{name}_at")) for name in ("started", "completed"))
    if started is not None and ended is not None and ended >= started:
        seconds = (ended - started).total_seconds()
        yield ScoreRecord(
            metric="evaluation_time",
            value=seconds,
            unit=ScoreUnit.SECONDS,
            n_items=n_items,
            place="stats.completed_at - stats.started_at",
        )
