"""Claims as Python rows, a model at a time, for formats that hold documents."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchdb.export.contract import Rows

Claim = dict[str, Any]
"""A claim: every column of the extract by name, facts included."""


def claims_of_models(rows: Rows) -> Iterator[tuple[str, list[Claim]]]:
    """Yield each model's slug with its claims, in the order of the rows.

    Args:
        rows: Claims in the order of their models.
    """
    every = (claim for batch in rows.batches for claim in batch.to_pylist())
    for model, claims in groupby(every, key=lambda claim: claim["model"]):
        yield model, list(claims)


def filled(facts: dict[str, Any]) -> dict[str, Any]:
    """Return those facts that are known.

    Args:
        facts: Values by name; None and empty mappings are left out.
    """
    return {name: value for name, value in facts.items() if value is not None and value != {}}
