"""What tooltips say of a difference: its interval, what it rests on, and the protocol and source of either claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchdb.charts.labels import clean_name, format_interval, pair_label, protocol_label, source_label

if TYPE_CHECKING:
    from benchdb.rows.comparison import Difference

_OF_EACH = "those of the benchmarks"


def difference_record(row: Difference) -> dict[str, str]:
    """The fields that every chart of differences shows in its tooltips.

    Args:
        row: A difference.

    Returns:
        Texts by field: interval, verdict, evidence, method, differing, protocols and sources.
    """
    protocols, sources = claim_sides(row)
    return {
        "interval": format_interval(row.lower, row.upper, row.unit, signed=True),
        "verdict": clean_name(row.verdict),
        "evidence": row.evidence,
        "method": clean_name(row.method or "none"),
        "differing": clean_name("; ".join(row.protocol_differences) or "nothing known").replace("_", " "),
        "protocols": pair_label(*protocols),
        "sources": pair_label(*sources),
    }


def claim_sides(row: Difference) -> tuple[tuple[str, str], tuple[str, str]]:
    """Protocol and source of the first and of the second claim, in words.

    Args:
        row: A difference.

    Returns:
        Both protocols and both sources. A mean over benchmarks has those of its benchmarks.
    """
    if row.benchmark is None:
        return (_OF_EACH, _OF_EACH), (_OF_EACH, _OF_EACH)
    return (
        (protocol_label(row.protocol_a), protocol_label(row.protocol_b)),
        (source_label(row.source_a), source_label(row.source_b)),
    )
