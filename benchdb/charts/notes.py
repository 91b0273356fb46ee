"""Footnotes that several charts share."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from benchdb.schema.vocab import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EVIDENCE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "paired": "paired outcomes of the same items",
        Evidence.ITEMS: "outcomes of the items",
        Evidence.REPORTED: "reported standard errors",
        Evidence.REPEATS: "repeated runs with the noise of their items",
        Evidence.COUNTS: "stated numbers of items (upper bounds where items have several attempts)",
        Evidence.BORROWED: "the benchmark's catalogued number of items, or one that other claims imply (not stated by the source)",
        Evidence.IMPUTED: "reported and imputed scores with the error of the fit",
        Evidence.BENCHMARKS: "the scatter over benchmarks",
        Evidence.PARTIAL: "the known part of the errors (lower bounds)",
    }
)
"""What an interval rests on, in words."""


def evidence_note(kinds: Sequence[str], level: float | None, *, marks: str = "Lines") -> str:
    """A statement of what intervals are and rest on.

    Args:
        kinds: Kinds of evidence of the intervals drawn.
        level: Their coverage as a fraction; None where the rows do not say.
        marks: What shows them.

    Returns:
        For instance "Lines are 95 % intervals, from reported standard errors."
    """
    words = [EVIDENCE_WORDS.get(kind, kind) for kind in dict.fromkeys(kinds)]
    coverage = "" if level is None else f"{level * 100:g} % "
    return f"{marks} are {coverage}intervals, from {'; '.join(words)}."
